"""A unit whose January and February are closed and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.period import Month
from ledger.sealing import acting
from tests.house import UNIT, House
from tests.sealing.months import build, copied


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build(tmp_path_factory.mktemp("packs") / "federation")
    for month in (Month(2026, 1), Month(2026, 2)):
        acting.seal_month(house.registry, UNIT, month, house.maker, house.now)
    house.registry.close()
    return house


@pytest.fixture
def sealed(lived: House, tmp_path: Path) -> Iterator[House]:
    house = copied(lived, tmp_path / "federation")
    yield house
    house.registry.close()
