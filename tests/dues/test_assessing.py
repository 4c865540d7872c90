"""A month's dues: what each member owes and why, and what a changed fact changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ledger.dues.assessing import assess_month
from ledger.errors import NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import claims, members, oplog, persons
from ledger.rules.facts import Base, MemberFacts, Reduction, StatusSince, Stay
from tests.dues.roll import MARCH, SINCE, Roll
from tests.house import UNIT, House


@pytest.fixture
def roll(house: House) -> Roll:
    return Roll(house)


@pytest.fixture
def small_roll(small_house: House) -> Roll:
    return Roll(small_house)


def test_a_member_owes_what_the_rule_says_under_a_code_to_pay_by(roll: Roll) -> None:
    low, high = roll.add("3000"), roll.add("3001")
    done = roll.assess()
    assert (done.owing, done.fresh, done.total) == (2, 2, yuan("45.01"))
    assert not done.missing and not done.changed
    assert [row.fen for row in roll.claims(low)] == [15_00]
    (claim,) = roll.claims(high, claims.OPEN)
    assert (claim.fen, claim.month, claim.rule, claim.due) == (
        30_01, "2026-03", "party", date(2026, 3, 31),
    )  # fmt: skip
    assert claim.code in done.codes


def test_the_reason_is_kept_with_the_amount_and_recomputes_to_it(roll: Roll) -> None:
    member = roll.add("3001")
    roll.assess()
    found = roll.explain(member)
    assert found.total == yuan("30.01") and found.holds
    told = found.as_json()["steps"][0]
    assert told["base"] == "3001.00" and told["recomputed"]
    assert "3001.00 × 1 % = 30.01" in told["arithmetic"]
    assert "中组发〔2008〕3号" in told["source"] and told["confidence"] == "confirmed"


def test_assessing_again_with_unchanged_facts_enters_nothing(roll: Roll) -> None:
    member = roll.add()
    roll.assess()
    again = roll.assess()
    assert (again.fresh, again.changed, again.codes) == (0, (), ())
    assert (again.owing, again.total) == (1, yuan("30.01"))
    assert len(roll.claims(member)) == 1


def test_a_higher_base_is_a_difference_beside_the_first_amount(roll: Roll) -> None:
    member = roll.add("3001")
    roll.assess()
    roll.base(member, "6000", date(2026, 3, 1))
    (change,) = roll.assess().changed
    assert (change.fen, change.total_fen) == (59_99, 90_00)
    assert [row.fen for row in roll.claims(member, claims.OPEN)] == [30_01, 59_99]
    found = roll.explain(member)
    assert [step.row.fen for step in found.steps] == [30_01, 59_99]
    assert found.holds and "3001.00" in str(found.steps[1].reasons[0])


def test_a_lower_base_takes_back_what_is_open_and_leaves_a_code_for_the_rest(roll: Roll) -> None:
    member = roll.add("6000")
    roll.assess()
    (first,) = roll.claims(member)
    roll.base(member, "3001", date(2026, 3, 1))
    assert roll.assess().changed[0].fen == -59_99
    (open_now,) = roll.claims(member, claims.OPEN)
    assert (open_now.fen, open_now.parent) == (30_01, first.code)
    assert [row.code for row in roll.claims(member, claims.VOID)] == [first.code]


def test_what_was_paid_too_much_is_the_members_credit(roll: Roll) -> None:
    member = roll.add("6000")
    roll.assess()
    (first,) = roll.claims(member)
    with roll.house.registry.write() as conn:
        claims.set_state(conn, UNIT, [first.code], claims.PAID, date(2026, 3, 9))
    roll.base(member, "3001", date(2026, 3, 1))
    roll.assess()
    assert [row.fen for row in roll.claims(member, claims.CREDIT)] == [59_99]
    assert [row.code for row in roll.claims(member, claims.PAID)] == [first.code]


def test_nobody_owes_before_joining_or_after_leaving(small_roll: Roll) -> None:
    roll = small_roll
    joined = roll.add(since=date(2026, 3, 20))
    left = roll.add()
    facts = roll.facts(left)
    roll.put(replace(facts, stays=(Stay(SINCE, date(2026, 2, 10)),)))
    owing = {
        month: {code[:2] for code in roll.assess(Month(2026, month)).codes} for month in (1, 4)
    }
    assert owing == {1: {"HY"}, 4: {"HY"}}
    assert [row.month for row in roll.claims(joined)] == ["2026-04"]
    assert [row.month for row in roll.claims(left)] == ["2026-01"]


def test_a_month_that_is_not_owed_after_all_is_taken_back_whole(small_roll: Roll) -> None:
    roll = small_roll
    member = roll.add()
    roll.assess()
    roll.put(replace(roll.facts(member), stays=(Stay(SINCE, date(2026, 1, 10)),)))
    (change,) = roll.assess().changed
    assert (change.fen, change.total_fen) == (-30_01, 0)
    assert roll.claims(member, claims.OPEN) == []
    assert roll.explain(member).holds
    # And owed once more when the mistake is found.
    roll.put(replace(roll.facts(member), stays=(Stay(SINCE),)))
    assert roll.assess().changed[0].fen == 30_01
    assert roll.explain(member).total == yuan("30.01") and roll.explain(member).holds
    assert not roll.assess().changed


def test_an_exemption_needs_the_papers_that_the_rule_asks_for(small_roll: Roll) -> None:
    roll = small_roll
    member = roll.add()
    facts = roll.facts(member)
    poor = Reduction(0, MARCH, None, "生活困难", "支部决议〔2026〕3号")
    roll.put(replace(facts, reductions=(poor,)))
    assert roll.assess().total == yuan("30.01")
    roll.put(replace(facts, reductions=(replace(poor, approval="党委批复〔2026〕1号"),)))
    (change,) = roll.assess().changed
    assert change.total_fen == 0
    assert roll.explain(member).steps[-1].as_json()["exemption"] == "生活困难"


def test_a_member_of_whom_nothing_is_known_is_told_not_left_out(small_roll: Roll) -> None:
    roll = small_roll
    nobody, unknown = roll.add(None), roll.add()
    roll.put(MemberFacts(unknown, (Stay(SINCE),), (StatusSince("staff", SINCE),)))
    found = dict(roll.assess().missing)
    assert found[nobody].rule == "no-facts"
    assert found[unknown].rule == "no-base"


def test_a_unit_without_a_scheme_and_a_reader_assess_nothing(small_house: House) -> None:
    house = small_house
    with pytest.raises(Refused, match="no-dues-scheme"):
        assess_month(house.registry, UNIT, MARCH, house.maker, house.now)
    Roll(house)
    with pytest.raises(NotAllowed):
        assess_month(house.registry, UNIT, MARCH, house.reader, house.now)


def test_without_a_rule_in_force_nothing_is_assessed(small_house: House) -> None:
    roll = Roll(small_house, "association")
    roll.add()
    with pytest.raises(Refused, match="no-rule-loaded"):
        roll.assess()


@pytest.mark.parametrize("column", ["total_fen", "fen"])
def test_an_amount_that_was_altered_is_found(small_roll: Roll, column: str) -> None:
    roll = small_roll
    member = roll.add()
    roll.assess()
    with roll.house.registry.write() as conn:
        conn.execute(text(f"UPDATE assessment SET {column} = 1"))
    assert not roll.explain(member).holds


def test_who_was_erased_still_owes_and_nobody_reads_why(small_roll: Roll) -> None:
    roll = small_roll
    member = roll.add()
    roll.assess()
    with roll.house.registry.write() as conn:
        row = members.find(conn, member)
        assert row is not None
        persons.erase(conn, row.person)
    (step,) = roll.explain(member).steps
    assert step.fault is not None and step.fault.rule == "erased" and step.row.total_fen == 30_01


def test_no_base_stands_in_the_log_or_in_clear_in_the_registry(small_roll: Roll) -> None:
    roll = small_roll
    roll.add("13579.11")
    roll.assess()
    with roll.house.registry.read() as conn:
        told = str(oplog.entries(conn))
        assert "1357911" not in told and "13579" not in told
    stored = b"".join(path.read_bytes() for path in roll.house.registry.folder.glob("registry.db*"))
    assert b"1357911" not in stored and "示例会员001".encode() not in stored


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.integers(0, 20_000_00), st.sampled_from(["staff", "retired", "student"]),
                  st.booleans()),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_differences_always_lead_to_what_the_facts_of_today_say(
    small_house: House, steps: list[tuple[int, str, bool]]
) -> None:
    roll = Roll(small_house)
    member = roll.add("5000")
    roll.assess()
    for fen, status, stays in steps:
        kind = "pension" if status == "retired" else "pay"
        stay = Stay(SINCE) if stays else Stay(SINCE, date(2026, 1, 5))
        roll.put(
            MemberFacts(
                member, (stay,), (StatusSince(status, SINCE),), (Base(fen, SINCE, kind),)
            )
        )  # fmt: skip
        roll.assess()
        found = roll.explain(member)
        assert found.holds
        owed = sum(row.fen for row in roll.claims(member, claims.OPEN) if row.member == member)
        credit = sum(row.fen for row in roll.claims(member, claims.CREDIT))
        assert owed - credit == found.total.fen
