"""Closed months to seal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House
from tests.sealing.months import build, copied


@pytest.fixture(scope="session")
def lived_months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = build(tmp_path_factory.mktemp("sealing") / "federation")
    house.registry.close()
    yield house


@pytest.fixture
def closed(lived_months: House, tmp_path: Path) -> Iterator[House]:
    """January and February closed, March open; nothing sealed."""
    house = copied(lived_months, tmp_path / "federation")
    yield house
    house.registry.close()
