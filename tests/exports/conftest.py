"""What tests of exports begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Office, copy_of
from tests.exports.desk import Desk


@pytest.fixture
def desk(lived: Office, tmp_path: Path) -> Desk:
    place = tmp_path / "out"
    place.mkdir()
    office = copy_of(lived.folder, tmp_path / "federation")
    (office.folder / ".session").unlink(missing_ok=True)  # nobody is logged in
    return Desk(office, place)
