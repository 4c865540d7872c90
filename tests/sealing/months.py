"""A unit whose January and February are closed, lived once and copied for each test."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger import bookchain, closing, reopening
from ledger.clock import CHINA
from ledger.errors import Finding
from ledger.period import Month
from ledger.registry import Registry
from ledger.sealing import proving, signing
from ledger.sealing.acting import Sealed, seal_month
from tests.house import ACTIVITY, BANK, UNIT, House, build_house

NOW = datetime(2026, 5, 5, 10, 0, 0, tzinfo=CHINA)
JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)
KEY, OTHER = signing.new_key(), signing.new_key()


def live(house: House) -> None:
    """Two vouchers of dues in January, one of spending in February, one of March; two closings."""
    for day, amount in ((5, "100.00"), (20, "50.50")):
        house.post(house.draft(amount, day=date(2026, 1, day)))
    close(house, JANUARY)
    house.post(house.draft("30.25", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 2, 3)))
    close(house, FEBRUARY)
    house.post(house.draft("7.00", day=date(2026, 3, 1)))


def close(house: House, month: Month, **later: float) -> None:
    at = house.now + timedelta(**later)
    closing.close_month(house.registry, UNIT, month, house.maker, at)


def reopen(house: House, month: Month, **later: float) -> None:
    at = house.now + timedelta(**later)
    reopening.ask(house.registry, UNIT, month, house.maker, at, "漏记")
    reopening.confirm(house.registry, UNIT, month, house.checker, at)


def build(folder: Path) -> House:
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    live(house)
    return house


def copied(lived: House, folder: Path) -> House:
    """The same federation in a folder of the test's own."""
    shutil.copytree(lived.registry.folder, folder)
    return replace(lived, registry=Registry.open(folder))


def seal(house: House, month: Month, key: signing.SigningKey | None = KEY) -> Sealed:
    return seal_month(house.registry, UNIT, month, house.maker, house.now, key)


def faults(house: House) -> list[Finding]:
    """What :func:`proving.check_seals` finds, of a book that is whole."""
    book, found = bookchain.read_book(house.folder)
    assert not found
    return proving.check_seals(house.registry, UNIT, book)
