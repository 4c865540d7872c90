"""On which days statements prove a unit's money, and what of its vouchers has no paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from ledger.checklist import waivers
from ledger.checklist.papers import bare_vouchers, exempt, sifted
from ledger.checklist.reconciled import AccountDays, Range, account_days
from ledger.checklist.waivers import Paper
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import imports, schema, stated, statement_files
from ledger.registry.statement_files import FileRow
from tests.asked import count
from tests.house import ACTIVITY, BANK, UNIT, House

JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)
QUARTER = (JANUARY, FEBRUARY, MARCH)


def account(house: House, name: str = BANK) -> None:
    with house.registry.write() as conn:
        row = imports.MoneyAccount(UNIT, name, "bank", "某行", "6222000011112222", "F01")
        imports.add_account(conn, house.registry.vault, row)


def statement(
    house: House, first: date, last: date, closing: str | None, *,
    lines: tuple[tuple[date, str], ...] = (), name: str = BANK,
) -> None:  # fmt: skip
    """A statement of some days; ``lines`` are days with the balance after them."""
    with house.registry.write() as conn:
        row = FileRow(
            UNIT, name, f"{first}{last}{name}"[:64], "icbc", first, last, None,
            None if closing is None else yuan(closing).fen, {}, "A", len(lines), house.maker.id,
            house.now.isoformat(),
        )  # fmt: skip
        file = statement_files.add_file(conn, house.registry.vault, row, "a.csv")
        for place, (day, balance) in enumerate(lines):
            conn.execute(
                insert(schema.statement_row).values(
                    unit=UNIT, account=name, import_id=f"{file}-{place}", file=file, row=place,
                    place=place, day=day, fen=1, currency="CNY", balance_fen=yuan(balance).fen,
                    bank_ref="", sealed=b"", state="posted",
                )
            )  # fmt: skip


def test_days_that_no_statement_covers_are_told_by_their_ranges(small_house: House) -> None:
    account(small_house)
    statement(small_house, date(2025, 12, 20), date(2026, 1, 10), None)
    statement(small_house, date(2026, 1, 8), date(2026, 1, 20), None)
    statement(small_house, date(2026, 2, 1), date(2026, 2, 28), "0.00")
    (found,) = account_days(small_house.registry, UNIT, QUARTER)
    gaps = (
        Range(date(2026, 1, 21), date(2026, 1, 31)), Range(date(2026, 3, 1), date(2026, 3, 31)),
    )  # fmt: skip
    assert found == AccountDays(BANK, 90, gaps, (), ())
    assert found.unreconciled == 11 + 31


def test_a_months_end_on_which_book_and_statement_differ_is_a_day_more(small_house: House) -> None:
    account(small_house)
    small_house.post(small_house.draft("25.00", day=date(2026, 1, 5)))
    for month, closing in ((JANUARY, "25.00"), (FEBRUARY, "24.00"), (MARCH, "25.00")):
        statement(small_house, month.first, month.period.last, closing)
    (found,) = account_days(small_house.registry, UNIT, QUARTER)
    assert (found.uncovered, found.differs) == ((), (date(2026, 2, 28),))
    assert found.unreconciled == 1


def test_what_a_bank_confirmed_is_told_beside_the_days(small_house: House) -> None:
    account(small_house)
    small_house.post(small_house.draft("25.00", day=date(2026, 1, 5)))
    for amount in ("24.00", "25.00"):
        row = waivers.count(
            small_house.registry, UNIT, BANK, JANUARY, yuan(amount), small_house.maker,
            small_house.now, paper=Paper(b"slip", "slip.txt"), reason="银行函证",
        )  # fmt: skip
        waivers.confirm(small_house.registry, UNIT, row.code, small_house.checker, small_house.now)
    (found,) = account_days(small_house.registry, UNIT, QUARTER)
    assert found.counted == (date(2026, 1, 31),)
    assert found.unreconciled == 90


def test_ends_of_months_are_those_of_each_account_asked_one_by_one(small_house: House) -> None:
    """Closing balances, balances of lines before the end, and what no statement reaches."""
    names = (BANK, "Assets:101-库存现金")
    for name in names:
        account(small_house, name)
    statement(small_house, date(2026, 1, 1), date(2026, 1, 31), "10.00")
    statement(
        small_house, date(2026, 2, 1), date(2026, 3, 31), None,
        lines=((date(2026, 2, 3), "7.00"), (date(2026, 2, 3), "8.00")),
    )  # fmt: skip
    statement(small_house, date(2026, 3, 2), date(2026, 3, 9), "1.00", name=names[1])
    with small_house.registry.read() as conn:
        found = stated.month_ends(conn, UNIT, QUARTER)
        one_by_one = {
            (name, month): fen
            for name in names
            for month in QUARTER
            if (fen := statement_files.balance_at(conn, UNIT, name, month.period.last)) is not None
        }
    assert found == one_by_one
    assert found == {(BANK, JANUARY): 1000, (BANK, FEBRUARY): 800, (BANK, MARCH): 800}


def test_neither_accounts_nor_months_make_more_questions(small_house: House) -> None:
    account(small_house)
    registry = small_house.registry
    few = count(registry, lambda: account_days(registry, UNIT, (JANUARY,)))
    account(small_house, "Assets:101-库存现金")
    year = [Month(2026, number) for number in range(1, 13)]
    assert count(registry, lambda: account_days(registry, UNIT, year)) == few


@pytest.mark.parametrize("months", [(), (JANUARY,)])
def test_a_unit_without_money_accounts_has_none(
    small_house: House, months: tuple[Month, ...]
) -> None:
    assert account_days(small_house.registry, UNIT, months) == []


def test_a_months_vouchers_are_sifted_by_whether_they_need_a_paper(small_house: House) -> None:
    house = small_house
    first = house.post(house.draft("25.00", day=date(2026, 1, 5)))
    house.post(house.draft("5.00", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 1, 6)))
    with house.registry.read() as conn:
        before = sifted(conn, UNIT, JANUARY)
    assert before.vouchers == len(before.bare) + sum(before.exempt.values())
    assert {one.number for one in before.bare} >= {first.number}
    assert set(before.exempt) <= {*(kind.words for kind in exempt()[0]), exempt()[1]}
    with house.registry.read() as conn:
        assert bare_vouchers(conn, UNIT, JANUARY) == list(before.bare)
    assert before.bare[0].day + timedelta(days=1) == before.bare[1].day
