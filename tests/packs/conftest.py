"""A unit whose January and February are closed and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.period import Month
from ledger.sealing import acting
from ledger.sealing.signing import SigningKey
from tests.house import UNIT, House
from tests.sealing.months import KEY, build, copied


def _lived(folder: Path, key: SigningKey | None) -> House:
    house = build(folder)
    for month in (Month(2026, 1), Month(2026, 2)):
        acting.seal_month(house.registry, UNIT, month, house.maker, house.now, key)
    house.registry.close()
    return house


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    return _lived(tmp_path_factory.mktemp("packs") / "federation", None)


@pytest.fixture(scope="module")
def lived_signed(tmp_path_factory: pytest.TempPathFactory) -> House:
    return _lived(tmp_path_factory.mktemp("signed") / "federation", KEY)


@pytest.fixture
def signed(lived_signed: House, tmp_path: Path) -> Iterator[House]:
    """Sealed with a key."""
    house = copied(lived_signed, tmp_path / "federation")
    yield house
    house.registry.close()


@pytest.fixture
def sealed(lived: House, tmp_path: Path) -> Iterator[House]:
    house = copied(lived, tmp_path / "federation")
    yield house
    house.registry.close()
