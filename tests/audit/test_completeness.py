"""Whether a year is complete: gaps, doubles, papers and delays, out of the text."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from ledger.audit.completeness import Known, month_facts, year_facts
from ledger.canonical import voucher_text
from ledger.entry import Draft, Posting, Voucher
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import papers
from tests.house import ACTIVITY, BANK, DUES, UNIT, House

MARCH = Month(2026, 3)
TINY = Path(__file__).parents[2] / "books" / "tiny"


def text(*numbers: str, day: int = 1, posted: int = 1) -> bytes:
    """Vouchers of these numbers as the program writes them."""
    draft = Draft(
        UNIT, date(2026, 3, day), "收", '付-202603-9999 "号"',
        (Posting(BANK, yuan("1.00"), "F01"), Posting(DUES, yuan("-1.00"), "F01")),
    )  # fmt: skip
    return b"".join(
        voucher_text(
            Voucher(draft, number, f"v-{place}", place, "u-A", ("u-B",),
                    datetime.fromisoformat(f"2026-03-{posted:02d}T10:00:00+08:00"), "0" * 64)
        ).encode()
        for place, number in enumerate(numbers, 1)
    )  # fmt: skip


def test_numbers_without_a_gap_are_told_so() -> None:
    facts = month_facts(MARCH, text("收-202603-0001", "收-202603-0002"))
    assert facts.is_gapless
    assert [(one.kind, one.count, one.last) for one in facts.classes] == [
        ("收", 2, 2), ("付", 0, 0), ("转", 0, 0),
    ]  # fmt: skip


def test_a_number_that_is_missing_or_there_twice_is_found() -> None:
    facts = month_facts(MARCH, text("收-202603-0001", "收-202603-0004", "收-202603-0004"))
    assert not facts.is_gapless
    assert (facts.classes[0].missing, facts.classes[0].doubled) == ((2, 3), (4,))


def test_an_absurd_number_costs_nothing() -> None:
    facts = month_facts(MARCH, text("收-202603-999999999"))
    assert 1 < len(facts.classes[0].missing) < 1000


@pytest.mark.parametrize(
    ("days", "median", "most"), [([1], 0, 0), ([1, 3], 0, 2), ([1, 5, 11], 4, 10)]
)
def test_days_between_event_and_posting(days: list[int], median: int, most: int) -> None:
    written = b"".join(text("收-202603-0001", posted=day) for day in days)
    facts = month_facts(MARCH, written)
    assert (facts.median_days, facts.most_days) == (median, most)


def test_an_empty_month_is_left_out() -> None:
    assert year_facts([(Month(2026, 2), b""), (MARCH, text("收-202603-0001"))])[0].month == MARCH


def test_only_a_month_that_changed_is_looked_at_again() -> None:
    known = Known(most=3)
    first = (Month(2026, 2), text("收-202603-0001"))
    one, two = text("收-202603-0001"), text("收-202603-0001", "收-202603-0002")
    for written, looked_at in ((one, 2), (one, 2), (two, 3), (one, 3)):
        facts = year_facts([first, (MARCH, written)], known)
        assert known.looked_at == looked_at
        assert facts == year_facts([first, (MARCH, written)])
    year_facts([(Month(2026, 1), one)], known)
    assert known.looked_at == 4


def test_every_voucher_of_a_book_is_counted(small_house: House) -> None:
    house = small_house
    paper = papers.store_bytes(
        house.registry, UNIT, b"%PDF-1.4", "a.pdf", user=house.maker.id, now=house.now
    )
    house.post(house.draft("300.00", payee='带 "引号"', papers=(paper,)))
    house.post(house.draft("9.00", debit=ACTIVITY, credit=BANK, kind="付"))
    facts = month_facts(MARCH, (house.folder / "2026/03.bean").read_bytes())
    assert (facts.count, facts.with_papers, facts.is_gapless) == (2, 1, True)


def test_the_checked_in_book_is_complete() -> None:
    files = [(Month(2026, n), (TINY / f"2026/{n:02d}.bean").read_bytes()) for n in range(1, 13)]
    facts = year_facts(files)
    assert all(one.is_gapless for one in facts)
    assert sum(one.count for one in facts) == 14
