"""A transfer between own accounts is suggested where its other side is certain, and cleared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from importers import answering, staging
from importers.drafting import OtherSide
from importers.staging import Imported
from ledger import clearing
from ledger.cli.main import main
from ledger.errors import Refused
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import Money
from ledger.period import Month
from ledger.registry import entries
from tests.house import BANK, CASH, PASSWORD, PAYABLE, UNIT, House
from tests.importers.desk import NUMBER, OTHER_NUMBER, Desk, Layout, Move

CLEARING = "Assets:135-其他应收款:09-在途资金"
AT = datetime(2026, 3, 2, 9)
NUMBER_OF = {BANK: NUMBER, CASH: OTHER_NUMBER}


@pytest.fixture
def desk(small_house: House) -> Desk:
    with open_pen(small_house.registry, UNIT, small_house.now) as pen:
        row = entries.AccountRow(CLEARING, "In transit", "CNY", False, AT.date(), None)
        open_accounts(pen, [replace(row, opened=datetime(2026, 1, 1).date())])
    return Desk(small_house)


def out(desk: Desk, *fens: int, day: int = 0, account: str = OTHER_NUMBER) -> Imported:
    return _file(desk, NUMBER, [-fen for fen in fens], day, account)


def come(desk: Desk, *fens: int, day: int = 0, account: str = NUMBER) -> Imported:
    return _file(desk, OTHER_NUMBER, fens, day, account)


def _file(desk: Desk, number: str, fens: Sequence[int], day: int, account: str) -> Imported:
    moves = []
    held = 900_000 + sum(line.fen for line in desk.lines() if number == NUMBER_OF[line.account])
    for place, fen in enumerate(fens):
        held += fen
        at = AT + timedelta(days=day, minutes=place)
        ref = f"{number[-2:]}{day}{place}{len(desk.lines())}"
        moves.append(Move(at, fen, held, account=account, ref=ref))
    return desk.read_in(Layout(opening=True, number=number).csv(moves), f"{number}-{day}.csv")


def accept(desk: Desk, line: int) -> str:
    return answering.accept_suggestion(desk.registry, UNIT, line, desk.house.maker, desk.house.now)


def numbers(desk: Desk) -> list[int]:
    return sorted(line.id for line in desk.lines())


def suggested(desk: Desk) -> dict[int, int]:
    """The other side that each open line is suggested to have."""
    return {
        line.number: line.suggestion.other
        for line in desk.questions()
        if line.suggestion is not None
    }


def on_clearing(desk: Desk) -> list[tuple[str, int]]:
    return [
        (p.fund, p.amount.fen)
        for waits in desk.drafts()
        for p in waits.draft.postings
        if p.account == CLEARING
    ]


def test_both_sides_are_suggested_as_soon_as_both_are_known(desk: Desk) -> None:
    out(desk, 50000)
    assert suggested(desk) == {}
    come(desk, 50000)
    first, second = numbers(desk)
    assert suggested(desk) == {first: second, second: first}
    told = staging.inbox(desk.registry, UNIT).as_json()["rows"][0]["proposal"]
    assert told["tier"] == "C" and told["draft"]["transfer"] == second
    assert told["draft"]["postings"] == [{"account": CLEARING, "amount": "500.00", "fund": "F01"}]


def test_each_accepted_side_stands_against_clearing_and_both_leave_it_at_zero(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000)
    first, second = numbers(desk)
    accept(desk, first)
    assert on_clearing(desk) == [("F01", 50000)]
    assert suggested(desk) == {second: first}
    accept(desk, second)
    assert sorted(on_clearing(desk)) == [("F01", -50000), ("F01", 50000)]
    links = [waits.draft.links for waits in desk.drafts()]
    assert set(links[0]) == set(links[1])
    assert {p.account for w in desk.drafts() for p in w.draft.postings} == {BANK, CASH, CLEARING}


def test_a_side_that_names_no_account_is_suggested_once_the_other_is_accepted(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000, account="")
    first, second = numbers(desk)
    assert second not in suggested(desk)
    staging.match_again(desk.registry, UNIT, desk.house.maker, desk.house.now)
    assert suggested(desk) == {first: second, second: first}
    accept(desk, first)
    accept(desk, second)
    assert sum(fen for _, fen in on_clearing(desk)) == 0


def test_the_other_side_takes_the_fund_in_which_the_first_was_entered(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000)
    first, second = numbers(desk)
    sides = [
        OtherSide(CLEARING, "F02", Money(-20000)), OtherSide(CLEARING, "F01", Money(-30000)),
    ]  # fmt: skip
    answering.answer(desk.registry, UNIT, first, sides, desk.house.maker, desk.house.now)
    accept(desk, second)
    assert sorted(on_clearing(desk)) == [
        ("F01", -30000), ("F01", 30000), ("F02", -20000), ("F02", 20000),
    ]  # fmt: skip


def test_two_equal_transfers_are_not_told_apart(desk: Desk) -> None:
    out(desk, 50000, 50000)
    come(desk, 50000, 50000)
    assert suggested(desk) == {}
    later = [line.reason for line in desk.questions() if line.account == CASH]
    assert len(later) == 2 and all("另一边可能是流水" in reason for reason in later)


def test_a_second_equal_transfer_finds_its_side_once_the_first_is_entered(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000)
    for number in numbers(desk):
        accept(desk, number)
    out(desk, 50000, day=1)
    come(desk, 50000, day=1)
    third, fourth = sorted(line.number for line in desk.questions())
    assert suggested(desk) == {third: fourth, fourth: third}


def test_a_line_that_names_a_stranger_is_no_other_side(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000, account="6222000000001111")
    assert suggested(desk) == {}


def test_a_line_that_was_answered_otherwise_or_set_aside_is_no_other_side(desk: Desk) -> None:
    come(desk, 50000)
    (line,) = desk.lines()
    side = OtherSide(PAYABLE, "F01", Money(50000))
    answering.answer(desk.registry, UNIT, line.id, [side], desk.house.maker, desk.house.now)
    out(desk, 50000)
    assert suggested(desk) == {}
    maker, now = desk.house.maker, desk.house.now
    staging.set_aside(desk.registry, UNIT, line.id, maker, now, "待查")
    staging.match_again(desk.registry, UNIT, maker, now)
    assert suggested(desk) == {}


def test_a_suggestion_lapses_when_its_other_side_is_answered_otherwise(desk: Desk) -> None:
    out(desk, 50000)
    come(desk, 50000)
    first, second = numbers(desk)
    side = OtherSide(PAYABLE, "F01", Money(50000))
    answering.answer(desk.registry, UNIT, second, [side], desk.house.maker, desk.house.now)
    assert suggested(desk) == {}
    with pytest.raises(Refused, match="nothing-suggested"):
        accept(desk, first)


@pytest.mark.parametrize("printed", ["6200***********0026", "6200 0000 0000 0000 026"])
def test_a_masked_or_grouped_number_names_the_own_account(desk: Desk, printed: str) -> None:
    out(desk, 50000, account=printed)
    come(desk, 50000)
    assert len(suggested(desk)) == 2


def test_without_a_clearing_account_it_is_said_so(small_house: House) -> None:
    desk = Desk(small_house)
    out(desk, 50000)
    come(desk, 50000)
    assert suggested(desk) == {}
    assert all("没有在途资金科目" in line.reason for line in desk.questions())


def test_a_rule_says_which_account_transfers_pass_through(small_house: House) -> None:
    desk = Desk(small_house)
    desk.rules(
        f'[[rule]]\ntitle = "划转"\nfor = "transfer"\n'
        f'to = {{ account = "{PAYABLE}", fund = "F02" }}\n'
    )
    out(desk, 50000)
    come(desk, 50000)
    for number in numbers(desk):
        accept(desk, number)
    found = [p for waits in desk.drafts() for p in waits.draft.postings if p.account == PAYABLE]
    assert sorted((p.fund, p.amount.fen) for p in found) == [("F02", -50000), ("F02", 50000)]


@pytest.mark.parametrize(
    "more", ['memo = "划转"', 'account = "x"', 'direction = "in"', 'amount = "1.00"']
)
def test_a_rule_for_transfers_looks_at_nothing(desk: Desk, more: str) -> None:
    to = f'to = {{ account = "{CLEARING}", fund = "F01" }}'
    with pytest.raises(Refused, match="bad-rule"):
        desk.rules(f'[[rule]]\ntitle = "划转"\nfor = "transfer"\n{more}\n{to}\n')
    with pytest.raises(Refused, match="bad-rule"):
        desk.rules(f'[[rule]]\ntitle = "划转"\nfor = "transfers"\nmemo = "x"\n{to}\n')


# ---- what stays on the way ---------------------------------------------------------------------


@pytest.fixture
def posted(house: House) -> Desk:
    """A transfer of which only the side that left was entered, in March."""
    with open_pen(house.registry, UNIT, house.now) as pen:
        opened = datetime(2026, 1, 1).date()
        open_accounts(pen, [entries.AccountRow(CLEARING, "In transit", "CNY", False, opened, None)])
    desk = Desk(house)
    out(desk, 50000)
    come(desk, 50000)
    accept(desk, numbers(desk)[0])
    list(desk.approve_all())
    return desk


def test_what_a_month_leaves_on_clearing_is_told_until_its_other_side_is_entered(
    posted: Desk,
) -> None:
    def left(today: date) -> list[dict[str, object]]:
        rows = staging.inbox(posted.registry, UNIT, today).as_json()["rows"]
        return [row for row in rows if row["state"] == "clearing"]

    assert left(date(2026, 3, 31)) == []
    (row,) = left(date(2026, 4, 1))
    assert set(row) == {"id", "line", "state", "proposal"} and row["proposal"] is None
    line = row["line"]
    assert isinstance(line, dict)
    assert (line["account"], line["amount"], line["fund"]) == (CLEARING, "500.00", "F01")
    assert line["since"] == line["day"] == "2026-03-02"
    accept(posted, numbers(posted)[1])
    list(posted.approve_all())
    assert left(date(2026, 4, 1)) == []


def test_since_when_is_counted_from_the_last_day_it_was_empty(posted: Desk) -> None:
    accept(posted, numbers(posted)[1])
    out(posted, 700, day=2)
    come(posted, 700, day=2)
    accept(posted, numbers(posted)[2])
    list(posted.approve_all())
    (left,) = clearing.in_transit(posted.registry, UNIT, Month.parse("2026-03"))
    assert (left.amount.text, left.since) == ("7.00", date(2026, 3, 4))
    assert clearing.in_transit(posted.registry, UNIT, Month.parse("2026-02")) == []


def test_the_reconciliation_and_the_inbox_tell_it_on_the_command_line(
    posted: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    words = [str(posted.registry.folder), "--unit", UNIT, "--user", "zhou"]
    of = ["--account", "基本户", "--period", "2026-03"]
    main(["reconcile", *words, *of, "--json"])
    told = json.loads(capsys.readouterr().out)["clearing"]
    assert told == [
        {"account": CLEARING, "fund": "F01", "amount": "500.00", "since": "2026-03-02"}
    ]  # fmt: skip
    main(["reconcile", *words, *of])
    assert "在途未结平" in capsys.readouterr().out
    main(["inbox", *words])
    assert "在途资金 F01 500.00，自 since 2026-03-02" in capsys.readouterr().out
