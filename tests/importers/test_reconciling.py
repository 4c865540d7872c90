"""A bank account against the book: balances of both, and what only one of them has."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from importers import answering
from importers.drafting import OtherSide
from ledger.money import yuan
from ledger.period import Period
from reports.reconciling import Reconciliation, reconcile
from tests.house import BANK, DUES, UNIT, House
from tests.importers.desk import Desk, Layout, Move

MARCH = Period.parse("2026-03")
WHOLE = Layout(opening=True)


@pytest.fixture
def desk(small_house: House) -> Desk:
    return Desk(small_house)


def march(desk: Desk) -> None:
    """Opening 0.00; 100.00 and 50.00 come, 30.00 goes; the last line is of the 31st."""
    held, moves = 0, []
    for place, (day, fen) in enumerate(((1, 10000), (15, 5000), (31, -3000))):
        held += fen
        moves.append(
            Move(datetime(2026, 3, day, 9) + timedelta(minutes=place), fen, held, ref=f"8{place}")
        )
    desk.read_in(WHOLE.csv(moves))


def told(desk: Desk) -> Reconciliation:
    return reconcile(desk.registry, UNIT, BANK, MARCH)


def enter(desk: Desk, line: int, amount: str) -> None:
    size = yuan(amount.removeprefix("-"))
    answering.answer(
        desk.registry, UNIT, line, [OtherSide(DUES, "F01", -size if amount[0] == "-" else size)],
        desk.house.maker, desk.house.now,
    )  # fmt: skip


def test_what_only_the_bank_has_explains_the_difference(desk: Desk) -> None:
    march(desk)
    first = desk.questions()[0]
    enter(desk, first.number, "100.00")
    list(desk.approve_all())
    found = told(desk)
    assert found.bank.as_json() == {
        "opening": "0.00", "in": "150.00", "out": "30.00", "closing": "120.00",
    }  # fmt: skip
    assert found.book.as_json() == {
        "opening": "0.00", "in": "100.00", "out": "0.00", "closing": "100.00",
    }  # fmt: skip
    assert [(item.id, item.amount.text) for item in found.only_bank] == [
        (f"{UNIT}/line-{line.number}", line.amount.text) for line in desk.questions()
    ]
    assert found.only_book == ()
    assert found.difference == yuan("0.00") and found.agrees


def test_what_only_the_book_has_is_listed_by_its_voucher(desk: Desk) -> None:
    march(desk)
    for line, amount in zip(desk.questions(), ("100.00", "50.00", "-30.00"), strict=True):
        enter(desk, line.number, amount)
    list(desk.approve_all())
    voucher = desk.house.post(desk.house.draft("7.00"))
    found = told(desk)
    assert [(item.id, item.amount.text) for item in found.only_book] == [
        (f"{UNIT}/{voucher.number}", "7.00")
    ]
    assert found.agrees


def test_a_first_statement_without_an_opening_balance_opens_with_its_first_line(desk: Desk) -> None:
    moves = [
        Move(datetime(2026, 3, 2, 9), 10000, 70000, ref="80"),
        Move(datetime(2026, 3, 31, 9), -3000, 67000, ref="82"),
    ]
    desk.read_in(Layout().csv(moves))
    assert told(desk).bank.opening == yuan("600.00")
    assert told(desk).bank.steps is True


def test_statements_that_lack_a_line_do_not_agree(desk: Desk) -> None:
    moves = [
        Move(datetime(2026, 3, 1, 9), 10000, 10000, ref="80"),
        Move(datetime(2026, 3, 31, 9), -3000, 12000, ref="82"),
    ]
    desk.read_in(WHOLE.csv(moves))
    assert told(desk).bank.steps is False
    assert not told(desk).agrees


def test_an_account_without_statements_tells_the_book_alone(desk: Desk) -> None:
    desk.house.post(desk.house.draft("7.00"))
    found = told(desk)
    assert found.bank.closing is None and found.difference is None and not found.agrees
    assert found.book.closing == yuan("7.00")
