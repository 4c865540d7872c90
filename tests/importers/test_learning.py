"""What a person decides is learnt from that decision alone, as long as it stands."""

from __future__ import annotations

from datetime import date

import pytest

from importers import answering, undoing
from importers.drafting import OtherSide, claim_meta
from ledger import reversing, workflow
from ledger.errors import Refused
from ledger.money import yuan
from ledger.reference import make_code
from ledger.registry import claims, members, persons
from tests.house import DUES, PASSWORD, UNIT, House
from tests.importers.desk import Desk

CODES = [make_code("HY", 2026, 900 + n) for n in range(6)]
CARD = "6222000000009999"


@pytest.fixture
def desk(small_house: House) -> Desk:
    return _desk(small_house)


@pytest.fixture
def both(house: House) -> Desk:
    return _desk(house)


def _desk(house: House) -> Desk:
    desk = Desk(house)
    for place, (name, number) in enumerate((("欧阳示例", "007"), ("诸葛样本", "008"))):
        desk.claim(CODES[place], "25.00", desk.member(name, number))
    return desk


def pay(desk: Desk, amount: str = "25.00", name: str = "欧阳示力") -> int:
    desk.one(amount, name=name, account=CARD)
    return max(line.id for line in desk.lines())


def accept(desk: Desk, line: int, day: date | None = None) -> str:
    return answering.accept_suggestion(
        desk.registry, UNIT, line, desk.house.maker, desk.house.now, day=day
    )


def payers(desk: Desk) -> list[str]:
    with desk.registry.read() as conn:
        return persons.find(conn, desk.vault, "payer", CARD)


def member(desk: Desk) -> str:
    with desk.registry.read() as conn:
        return members.by_numbers(conn, UNIT, {"007"})["007"].id


def settle(desk: Desk, line: int, code: str, amount: str = "25.00") -> str:
    """Answer a line with the claim of a code."""
    with desk.registry.read() as conn:
        row = claims.find(conn, UNIT, code)
    assert row is not None
    side = OtherSide(DUES, "F01", yuan(amount), claim_meta(row.member, code))
    return answering.answer(desk.registry, UNIT, line, [side], desk.house.maker, desk.house.now)


def test_a_withdrawn_answer_teaches_nothing(desk: Desk) -> None:
    draft = accept(desk, pay(desk))
    assert len(payers(desk)) == 1
    workflow.withdraw(desk.registry, draft, desk.house.maker, desk.house.now)
    assert payers(desk) == []


def test_a_returned_answer_teaches_nothing_until_its_maker_stands_by_it(desk: Desk) -> None:
    draft = accept(desk, pay(desk))
    workflow.send_back(desk.registry, draft, desk.house.checker, desk.house.now, "是谁付的？")
    assert payers(desk) == []
    waits = workflow.find_waiting(desk.registry, draft)
    answering.correct(desk.registry, draft, waits.draft, desk.house.maker, desk.house.now)
    assert len(payers(desk)) == 1


def test_the_answers_of_an_undone_file_teach_nothing(desk: Desk) -> None:
    done = desk.one("25.00", name="欧阳示力", account=CARD)
    accept(desk, desk.questions()[0].number)
    maker, now = desk.house.maker, desk.house.now
    undoing.undo(desk.registry, UNIT, done.number, maker, now, "导错")
    assert payers(desk) == []


def test_a_reversed_voucher_teaches_nothing(both: Desk) -> None:
    accept(both, pay(both))
    (number,) = list(both.approve_all())
    assert len(payers(both)) == 1
    reversing.reverse(
        both.registry, UNIT, number, both.house.maker, both.house.now,
        day=both.house.now.date(), reason="付款人不符",
    )  # fmt: skip
    list(both.approve_all())
    assert payers(both) == []


def test_a_corrected_answer_teaches_the_member_it_names_now(desk: Desk) -> None:
    line = pay(desk)
    accept(desk, line)
    before = payers(desk)
    settle(desk, line, CODES[1])
    after = payers(desk)
    assert len(before) == len(after) == 1 and before != after


def test_what_two_answers_taught_stands_while_one_of_them_does(desk: Desk) -> None:
    first = accept(desk, pay(desk))
    for code in CODES[2:4]:
        desk.claim(code, "30.00", member(desk))
    # Two equal dues of the member whose account it is: suggested, and never entered by itself.
    second = accept(desk, pay(desk, "30.00", name="上官无关"))
    workflow.withdraw(desk.registry, first, desk.house.maker, desk.house.now)
    assert len(payers(desk)) == 1
    workflow.withdraw(desk.registry, second, desk.house.maker, desk.house.now)
    assert payers(desk) == []


@pytest.mark.parametrize("stands", [True, False])
def test_an_account_that_was_forgotten_pays_no_due_by_itself(desk: Desk, stands: bool) -> None:
    draft = accept(desk, pay(desk))
    if not stands:
        workflow.withdraw(desk.registry, draft, desk.house.maker, desk.house.now)
    desk.claim(CODES[2], "30.00", member(desk))
    assert len(desk.one("30.00", name="上官无关", account=CARD).drafts) == stands


# ---- a suggestion on a later day ---------------------------------------------------------------


def test_a_suggestion_of_a_closed_month_is_accepted_on_a_later_day(desk: Desk) -> None:
    line = pay(desk)
    accept(desk, line, date(2026, 3, 20))
    (waits,) = desk.drafts()
    assert waits.draft.day == date(2026, 3, 20)
    with pytest.raises(Refused, match="day-before-line"):
        accept(desk, pay(desk, name="诸葛样木"), date(2026, 2, 1))


def test_the_command_accepts_a_suggestion_with_its_day_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ledger.cli.main import main

    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    words = ["answer", str(desk.registry.folder), "--unit", UNIT, "--user", "zhou"]
    line = str(pay(desk))
    assert main([*words, line, "--suggested", "--narration", "会费"]) == 1
    assert "suggested-alone" in capsys.readouterr().err
    assert main([*words, line, "--suggested", "--date", "2026-03-04"]) == 0
    assert desk.drafts()[0].draft.day == date(2026, 3, 4)
