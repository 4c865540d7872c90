"""The book that a query reads is the book that Beancount reads, and what is opened is what was."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount.core import data
from beancount.core.convert import get_cost
from beancount.core.inventory import Inventory

from ledger.audit.query import verified
from ledger.audit.query_book import EARLIER, OPENING_WORDS, PLACES, load
from ledger.canonical_reader import NotCanonical
from ledger.entry import Draft, Lot, Posting
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import yuan
from ledger.period import Month
from ledger.plain_book import read_whole
from ledger.registry import entries
from tests.house import ACTIVITY, BANK, DUES, UNIT, House

THINGS = "Assets:141-库存物品:02-设备"
POLICY = b'option "booking_method" "STRICT"\n'
TINY = Path(__file__).parents[2] / "books" / "tiny"


def bare(entry: Any) -> Any:
    """A directive without where it stands and what Beancount notes for itself."""

    def meta(found: dict[str, Any] | None) -> dict[str, Any]:
        return {
            key: value
            for key, value in (found or {}).items()
            if key not in PLACES and not key.startswith("__")
        }

    if isinstance(entry, data.Transaction):
        postings = [one._replace(meta=meta(one.meta)) for one in entry.postings]
        entry = entry._replace(postings=postings)
    return entry._replace(meta=meta(entry.meta))


def beancounts(files: list[tuple[str, bytes]]) -> list[Any]:
    found, errors, _ = read_whole(Path(), {"book.bean": POLICY, **dict(files)})
    assert not errors
    return list(map(bare, found))


def thing(day: date, units: int, label: str | None = None) -> Draft:
    lot = Lot(Decimal(units), "FA-00012", yuan("1200.00"), label)
    postings = (Posting(THINGS, lot.weight, "F01", (), lot), Posting(BANK, -lot.weight, "F01"))
    return Draft(UNIT, day, "转", "设备 {台}", postings)


@pytest.fixture
def furnished(small_house: House) -> House:
    """Vouchers of three months: money, things that come and go, signs of all kinds."""
    house = small_house
    with open_pen(house.registry, UNIT, house.now) as pen:
        row = entries.AccountRow(THINGS, "Equipment", "", False, date(2026, 1, 1), None)
        open_accounts(pen, [row])
    house.post(house.draft("9000.00", day=date(2026, 1, 1)))
    for month in (1, 2, 3):
        house.post(house.draft(f"{month}00.00", day=date(2026, month, 1), payee='引 "号" \\ 店'))
        house.post(
            house.draft("7.00", debit=ACTIVITY, credit=BANK, day=date(2026, month, 2), kind="付",
                        narration=f"活动 {month}　全角", fund="F01")
        )  # fmt: skip
    house.post(thing(date(2026, 1, 3), 2, "甲"))
    house.post(thing(date(2026, 2, 3), -1, "甲"))
    house.post(thing(date(2026, 3, 3), 1))
    return house


def test_a_book_is_read_as_beancount_reads_it(furnished: House) -> None:
    files = verified(furnished.registry, UNIT)
    ours = load(files)
    assert sorted(map(repr, map(bare, ours.entries))) == sorted(map(repr, beancounts(files)))
    days = [entry.date for entry in ours.entries]
    assert days == sorted(days)
    assert ours.vouchers == 10
    assert ours.opened is None


def test_the_checked_in_book_is_read_as_beancount_reads_it() -> None:
    names = ["chart.bean", "funds.bean", *(f"2026/{month:02d}.bean" for month in range(1, 13))]
    files = [(name, (TINY / name).read_bytes()) for name in names]
    ours = load(files)
    assert sorted(map(repr, map(bare, ours.entries))) == sorted(map(repr, beancounts(files)))
    assert ours.vouchers == 14


def is_nothing(held: Any) -> bool:
    return bool(held.is_empty())


def balances(directives: list[Any]) -> dict[tuple[str, str], Inventory]:
    found: dict[tuple[str, str], Inventory] = defaultdict(Inventory)
    for entry in directives:
        if isinstance(entry, data.Transaction):
            posting: Any
            for posting in entry.postings:
                found[posting.account, posting.meta["fund"]].add_position(posting)
    return {key: held for key, held in found.items() if not is_nothing(held)}


@pytest.mark.parametrize("month", [2, 3])
def test_what_is_opened_is_what_was_there(furnished: House, month: int) -> None:
    """Balances after opening are those of the whole book; flows are the period's alone."""
    files = verified(furnished.registry, UNIT)
    whole, part = load(files), load(files, Month(2026, month))
    first = date(2026, month, 1)
    assert part.opened == Month(2026, month - 1).period.last
    assert part.vouchers == sum(
        isinstance(entry, data.Transaction) and entry.date >= first for entry in whole.entries
    )
    of_all, of_part = balances(whole.entries), balances(part.entries)
    for key in of_all.keys() | of_part.keys():
        if not key[0].startswith(("Income", "Expenses")) and key[0] != EARLIER:
            assert of_part.get(key) == of_all.get(key), key
    later = [entry for entry in whole.entries if entry.date >= first]
    for key, held in balances(later).items():
        if key[0].startswith(("Income", "Expenses")):
            assert of_part[key] == held
    [opening] = [one for one in part.entries if getattr(one, "narration", "") == OPENING_WORDS]
    assert (opening.flag, opening.date) == ("S", part.opened)
    sums: dict[str, Inventory] = defaultdict(Inventory)
    for posting in opening.postings:
        sums[posting.meta["fund"]].add_position(posting)
    assert all(is_nothing(held.reduce(get_cost)) for held in sums.values())  # type: ignore[no-untyped-call]


def test_nothing_says_where_a_file_lies(furnished: House) -> None:
    for entry in load(verified(furnished.registry, UNIT), Month(2026, 2)).entries:
        assert "filename" not in entry.meta
        assert entry.meta["lineno"] == 0
        for posting in getattr(entry, "postings", ()):
            assert not PLACES & posting.meta.keys()


def test_what_the_program_did_not_write_is_not_read(furnished: House) -> None:
    files = dict(verified(furnished.registry, UNIT))
    text = files["2026/02.bean"]
    for spoilt in (
        text.replace(b"7.00 CNY", b"7.0 CNY", 1),
        text + b'2026-02-28 * "x"\n  Assets:101  1.00 CNY\n  Income:401  -1.00 CNY\n\n',
        b'include "/etc/passwd"\n\n' + text,
        b'plugin "os"\n\n' + text,
    ):
        changed = list((files | {"2026/02.bean": spoilt}).items())
        for since in (None, Month(2026, 2), Month(2026, 3)):
            with pytest.raises(NotCanonical):
                load(changed, since)


def test_income_of_earlier_months_is_told_apart(furnished: House) -> None:
    part = load(verified(furnished.registry, UNIT), Month(2026, 3))
    held = balances(part.entries)
    assert str(held[EARLIER, "F01"]) == "(-9286.00 CNY)"  # 9000 + 100 + 200 came in, 2 × 7 went out
    assert str(held[DUES, "F01"]) == "(-300.00 CNY)"
