"""Statement lines that pay dues in part, above, twice, or pay them back: answered by the member."""

from __future__ import annotations

from datetime import date

import pytest

from importers import staging
from importers.staging import OfMember
from ledger import workflow
from ledger.errors import Refused
from ledger.money import yuan
from ledger.registry import claims, members
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import UNIT, House
from tests.importers.desk import FULL, Desk, history


@pytest.fixture
def till(house: House) -> Till:
    return Till(Roll(house))


def answer(till: Till, desk: Desk, number: int, member: str, **more: object) -> str:
    house = till.roll.house
    with house.registry.read() as conn:
        row = members.find(conn, member)
    assert row is not None
    whose = OfMember(row.number, **more)  # type: ignore[arg-type]
    draft, _ = staging.answer_member(house.registry, UNIT, number, whose, house.maker, house.now)
    return draft


def test_an_answer_in_part_and_above_and_its_change_of_mind(till: Till) -> None:
    desk = Desk(till.roll.house)
    member = till.roll.add("3001")
    till.roll.assess()
    desk.read_in(FULL.csv(history([1000, 9900])))
    part, above = sorted(desk.questions(), key=lambda line: line.amount.fen)
    before = till.states(member)
    # Said of the large one first, then of both: a change of mind leaves no trace in the claims.
    first = answer(till, desk, above.number, member)
    workflow.withdraw(desk.registry, first, till.roll.house.maker, till.roll.house.now)
    assert till.states(member) == before
    answer(till, desk, part.number, member)
    answer(till, desk, part.number, member)
    answer(till, desk, above.number, member)
    assert sorted(till.states(member)) == [
        ("dues", "drafted", 10_00), ("dues", "drafted", 20_01), ("prepaid", "drafted", 78_99),
    ]  # fmt: skip
    list(desk.approve_all())
    till.prove()
    assert sorted(till.states(member)) == [
        ("dues", "paid", 10_00), ("dues", "paid", 20_01), ("prepaid", "credit", 78_99),
    ]  # fmt: skip
    with pytest.raises(Refused, match="line-posted"):
        answer(till, desk, above.number, member)


def test_money_out_pays_a_credit_back(till: Till) -> None:
    desk = Desk(till.roll.house)
    member = till.roll.add("3001")
    till.roll.assess()
    till.pay(member, "50.00", day=date(2026, 3, 1))
    desk.read_in(FULL.csv(history([-1999, -100])))
    small, large = sorted(desk.questions(), key=lambda line: -line.amount.fen)
    answer(till, desk, large.number, member)
    with pytest.raises(Refused, match="no-credit"):
        answer(till, desk, small.number, member)
    list(desk.approve_all())
    assert [(row.kind, row.fen) for row in till.roll.claims(member, claims.USED)] == [
        ("prepaid", 19_99)
    ]
    till.prove()


def test_a_code_of_another_member_is_refused_and_nothing_is_left_divided(till: Till) -> None:
    desk = Desk(till.roll.house)
    one, other = till.roll.add("3001"), till.roll.add("3001")
    till.roll.assess()
    desk.read_in(FULL.csv(history([1000])))
    (line,) = desk.questions()
    theirs = till.roll.claims(other)[0].code
    with pytest.raises(Refused, match="not-their-claim"):
        answer(till, desk, line.number, one, codes=(theirs,))
    with pytest.raises(Refused, match="payment-amount"):
        answer(till, desk, line.number, one, voluntary=yuan("10.01"))
    assert len(till.roll.claims(one)) == len(till.roll.claims(other)) == 1
