"""What the stories share: one demonstration, built as a newcomer builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.cli.main import main


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "federation"
    assert main(["demo", str(folder)]) == 0
    return folder
