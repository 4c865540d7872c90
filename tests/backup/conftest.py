"""A federation of one unit that is sealed, published and backed up, built once and copied."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.registry import papers
from tests.backup.scenarios import Case
from tests.cli.command import by_user
from tests.house import ACTIVITY, BANK, PASSWORD, UNIT, House
from tests.sealing.months import FEBRUARY, JANUARY, KEY, MARCH, build, close, seal


def lived(folder: Path, out: Path) -> None:
    """Three months closed, sealed and published; one voucher has a paper, one person a name."""
    house = build(folder)
    digest = papers.store_bytes(
        house.registry, UNIT, b"%PDF-1.4 a bill", "bill.pdf", user=house.maker.id, now=house.now
    )
    spent = house.draft(
        "12.30", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 3, 2), papers=(digest,)
    )
    house.post(spent)
    earlier = out.with_name("earlier.zip")
    told = by_user(folder, "admin", "backup", "-o", earlier, "--quick")
    assert told.status == 0, told.err
    close(house, MARCH)
    for month in (JANUARY, FEBRUARY, MARCH):
        seal(house, month, KEY)
    house.registry.close()
    told = by_user(folder, "zhou", "publish", "--period", "2026-Q1", "-o", out)
    assert told.status == 0, told.err


def lived_on(house: House, count: int) -> None:
    """Some vouchers of March, which stays open."""
    for _ in range(count):
        house.post(house.draft("2.00"))


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """What all begin with; to look at only."""
    place = tmp_path_factory.mktemp("backup")
    folder, out, backup = place / "federation", place / "out", place / "backup.zip"
    lived(folder, out)
    told = by_user(folder, "admin", "backup", "-o", backup)
    assert told.status == 0, told.err
    return Case(folder, backup, out, folder / "master.key", UNIT, PASSWORD)


@pytest.fixture
def case(start: Case, tmp_path: Path) -> Case:
    """The same, to damage: the live folder, the backup, and the key that was kept apart."""
    folder, backup, key = tmp_path / "live", tmp_path / "backup.zip", tmp_path / "kept.key"
    shutil.copytree(start.folder, folder)
    shutil.copyfile(start.backup, backup)
    shutil.copyfile(start.key, key)
    return replace(start, folder=folder, backup=backup, key=key)
