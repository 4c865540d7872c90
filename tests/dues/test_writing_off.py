"""Dues are given up by two who did not propose it, with a decision, and may be owed again."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.dues import writing_off
from ledger.errors import NotAllowed, Refused
from ledger.registry import claims, persons, users, write_offs
from ledger.registry.persons import PersonData
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import PASSWORD, UNIT, House


@pytest.fixture
def till(small_house: House) -> Till:
    return Till(Roll(small_house))


def propose(till: Till, code: str, reason: str = "失联", decision: str = "支委会2026-8号") -> str:
    house = till.roll.house
    return writing_off.propose(
        house.registry, UNIT, code, house.maker, house.now, reason=reason, decision=decision
    )


def test_two_checkers_give_dues_up_and_a_reason_takes_it_back(till: Till) -> None:
    house = till.roll.house
    member = till.roll.add("3001")
    till.roll.assess()
    claim = till.roll.claims(member)[0].code
    code = propose(till, claim)
    one = writing_off.approve(house.registry, UNIT, code, house.checker, house.now)
    assert one.state == "proposed" and till.states(member) == [("dues", "open", 30_01)]
    done = writing_off.approve(house.registry, UNIT, code, house.second, house.now)
    assert (done.state, done.off_on) == ("off", house.now.date())
    (row,) = till.roll.claims(member)
    assert (row.state, row.settled_by, row.settled_on) == ("off", code, house.now.date())
    till.prove()
    # Money that comes after all is a credit until the dues are owed again.
    till.pay(member, "30.01", claim)
    till.prove()
    with pytest.raises(Refused, match="no-reason"):
        writing_off.reopen(house.registry, UNIT, code, house.maker, house.now, " ")
    writing_off.reopen(house.registry, UNIT, code, house.maker, house.now, "本人补交")
    till.roll.assess()
    assert sorted(till.states(member)) == [("dues", "paid", 30_01), ("prepaid", "used", 30_01)]
    till.prove()
    with house.registry.read() as conn:
        (kept,) = write_offs.of_unit(conn, UNIT)
    assert [act.deed for act in kept.acts] == ["propose", "approve", "approve", "reopen"]


def test_nobody_writes_off_alone(till: Till) -> None:
    house = till.roll.house
    member = till.roll.add("3001")
    till.roll.assess()
    with house.registry.write() as conn:
        both = users.add(
            conn, login="kong", password=PASSWORD, roles=frozenset({(UNIT, "accountant")}),
            now=house.now,
        )  # fmt: skip
    claim = till.roll.claims(member)[0].code
    code = writing_off.propose(
        house.registry, UNIT, claim, both, house.now, reason="失联", decision="8号"
    )
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        writing_off.approve(house.registry, UNIT, code, both, house.now)
    with pytest.raises(NotAllowed):
        writing_off.approve(house.registry, UNIT, code, house.maker, house.now)
    writing_off.approve(house.registry, UNIT, code, house.checker, house.now)
    with pytest.raises(Refused, match="approved-already"):
        writing_off.approve(house.registry, UNIT, code, house.checker, house.now)
    with pytest.raises(NotAllowed):
        writing_off.propose(
            house.registry, UNIT, claim, house.checker, house.now, reason="失联", decision="8号"
        )
    assert till.states(member) == [("dues", "open", 30_01)]


def test_what_was_paid_meanwhile_is_not_written_off(till: Till) -> None:
    house = till.roll.house
    member = till.roll.add("3001")
    till.roll.assess()
    code = propose(till, till.roll.claims(member)[0].code)
    writing_off.approve(house.registry, UNIT, code, house.checker, house.now)
    till.pay(member, "30.01")
    with pytest.raises(Refused, match="not-open-dues"):
        writing_off.approve(house.registry, UNIT, code, house.second, house.now)
    done = writing_off.refuse(house.registry, UNIT, code, house.checker, house.now, "已交")
    assert done.state == "refused"
    assert till.states(member) == [("dues", "paid", 30_01)]


def test_a_write_off_says_why_by_which_decision_and_names_nobody(till: Till) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    claim = till.roll.claims(member)[0].code
    house = till.roll.house
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, PersonData("示例甲"), house.now)
    for reason, decision in (("", "8号"), ("失联", " "), ("示例甲失联", "8号")):
        with pytest.raises(Refused):
            propose(till, claim, reason, decision)
    first = propose(till, claim)
    with pytest.raises(Refused, match="write-off-waits"):
        propose(till, claim)
    assert first.startswith("WO2026-0001")


def test_dues_that_become_less_after_they_were_given_up_are_no_credit(till: Till) -> None:
    house = till.roll.house
    member = till.roll.add("6000")
    till.roll.assess()
    code = propose(till, till.roll.claims(member)[0].code)
    for user in (house.checker, house.second):
        writing_off.approve(house.registry, UNIT, code, user, house.now)
    till.roll.base(member, "3001", date(2026, 3, 1))
    till.roll.assess()
    assert till.states(member) == [("dues", "off", 30_01)]
    till.prove()
    writing_off.reopen(house.registry, UNIT, code, house.maker, house.now, "本人补交")
    assert [row.fen for row in till.roll.claims(member, claims.OPEN)] == [30_01]
    till.prove()
