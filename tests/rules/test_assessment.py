"""A member's month: who owes it, by which row and base, why, and what a later fact makes of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Finding, Refused
from ledger.period import Month
from ledger.rules.assessment import Assessment, assess, assess_all
from ledger.rules.explaining import explain
from ledger.rules.facts import (
    Base,
    Chosen,
    Frequency,
    MemberFacts,
    Reduction,
    StatusSince,
    Stay,
)
from ledger.rules.rate_tables import RateTable
from ledger.rules.reassessment import difference, recompute
from ledger.rules.record import as_record, as_text, of_record
from ledger.rules.rulebook import Rulebook
from tests.rules.tables import ASSOCIATION, BOOK, BRACKETS, NATION, one_rate, read, shipped

MARCH = Month(2026, 3)
JANUARY = Month(2026, 1)
LONG_AGO = date(2015, 6, 1)
PARTY = shipped("party")
UNION = shipped("union-member")
YEARLY = one_rate(ASSOCIATION)


def member(
    *bases: Base,
    start: date = LONG_AGO,
    end: date | None = None,
    status: str = "staff",
    **facts: object,
) -> MemberFacts:
    known: dict[str, object] = {
        "stays": (Stay(start, end),),
        "statuses": (StatusSince(status, start),),
        "bases": bases or (Base(3001_00, start),),
        **facts,
    }
    return MemberFacts("m-7F3K2", **known)  # type: ignore[arg-type]


def owed(facts: MemberFacts, table: RateTable = PARTY, month: Month = MARCH) -> Assessment:
    found = assess(facts, table, month)
    assert isinstance(found, Assessment), found
    return found


def months_owed(facts: MemberFacts, table: RateTable, *, year: int = 2026) -> list[int]:
    return [
        month
        for month in range(1, 13)
        if isinstance(assess(facts, table, Month(year, month)), Assessment)
    ]


def with_terms(table_text: str, **terms: str) -> RateTable:
    for name, value in terms.items():
        before = next(line for line in table_text.splitlines() if f'name = "{name}"' in line)
        old = before.split('value = "')[1].split('"')[0]
        after = before.replace(f'value = "{old}"', f'value = "{value}"')
        table_text = table_text.replace(before, after)
    return one_rate(table_text)


def test_an_assessment_says_what_it_was_made_of() -> None:
    found = owed(member())
    assert found.table == BOOK.rates("party", MARCH, NATION)
    assert (found.amount.text, found.row.id, found.confidence) == ("30.01", "pay-2", "confirmed")
    assert found.table.head.key == "party-dues@2008"
    assert found.source.startswith("中组发〔2008〕3号")
    assert found.arithmetic.zh == "3001.00 × 1 % = 30.01"
    assert found.due == date(2026, 3, 31)


# ---- who owes the month --------------------------------------------------------------------------


@pytest.mark.parametrize("day", [1, 15, 31])
def test_a_probationary_member_owes_the_whole_month_in_which_the_meeting_admits_them(
    day: int,
) -> None:
    start = date(2026, 3, day)
    assert months_owed(member(start=start), PARTY) == list(range(3, 13))
    assert owed(member(start=start)).fen == 3001


def test_where_the_rule_says_so_a_joiner_owes_from_the_month_after() -> None:
    table = with_terms(BRACKETS, joins="next-month")
    assert months_owed(member(start=date(2026, 3, 1)), table) == list(range(4, 13))
    assert months_owed(member(start=date(2026, 12, 31)), table) == []


def test_who_leaves_owes_the_month_of_leaving_or_not_as_the_rule_says() -> None:
    """The end is the first day on which somebody is no member any more."""
    not_owed = with_terms(BRACKETS, leaves="month-before")
    for end, month_of, month_before in (
        (date(2026, 3, 1), [1, 2], [1, 2]),
        (date(2026, 3, 2), [1, 2, 3], [1, 2]),
        (date(2026, 3, 31), [1, 2, 3], [1, 2]),
        (date(2026, 4, 1), [1, 2, 3], [1, 2, 3]),
    ):
        assert months_owed(member(end=end), PARTY) == month_of
        assert months_owed(member(end=end), not_owed) == month_before


def test_who_joins_and_leaves_within_a_month_owes_it_once() -> None:
    facts = member(start=date(2026, 3, 5), end=date(2026, 3, 20))
    assert months_owed(facts, PARTY) == [3]
    stays = (Stay(date(2026, 3, 5), date(2026, 3, 8)), Stay(date(2026, 3, 20)))
    again = member(start=date(2026, 3, 5), stays=stays)
    assert months_owed(again, PARTY) == list(range(3, 13))
    assert owed(again).fen == 3001


@given(
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    collects=st.sampled_from(["old-unit", "new-unit"]),
    joins=st.sampled_from(["month-of", "next-month"]),
    leaves=st.sampled_from(["month-of", "month-before"]),
)
def test_a_transfer_leaves_no_month_unowed_and_none_owed_twice(
    day: date, collects: str, joins: str, leaves: str
) -> None:
    table = with_terms(BRACKETS, transfers=collects, joins=joins, leaves=leaves)
    old = member(stays=(Stay(LONG_AGO, day, went="transferred"),))
    new = member(start=LONG_AGO, stays=(Stay(day, came="transferred"),))
    assert sorted(months_owed(old, table) + months_owed(new, table)) == list(range(1, 13))


@given(day=st.dates(date(2026, 4, 1), date(2026, 9, 30)), later=st.integers(-2, 2))
def test_what_a_letter_of_transfer_says_goes_before_the_rule(day: date, later: int) -> None:
    paid = Month(2026, day.month + later)
    old = member(stays=(Stay(LONG_AGO, day, went="transferred", went_paid=paid),))
    new = member(start=day, stays=(Stay(day, came="transferred", came_paid=paid),))
    assert months_owed(old, PARTY) == list(range(1, paid.month + 1))
    assert months_owed(new, PARTY) == list(range(paid.month + 1, 13))


def test_a_letter_that_reaches_into_the_next_year_holds_there_too() -> None:
    day = date(2025, 12, 10)
    stay = Stay(day, came="transferred", came_paid=Month(2026, 2))
    assert months_owed(member(start=day, stays=(stay,)), PARTY) == list(range(3, 13))


def test_who_is_no_member_owes_nothing() -> None:
    assert assess(member(start=date(2026, 4, 1)), PARTY, MARCH) is None
    assert assess(member(stays=()), PARTY, MARCH) is None


# ---- status and base -----------------------------------------------------------------------------


def test_the_base_of_the_year_s_start_stays_for_the_year() -> None:
    facts = member(Base(3001_00, LONG_AGO), Base(6000_00, date(2026, 7, 1)))
    assert {owed(facts, month=Month(2026, m)).fen for m in range(1, 13)} == {3001}
    assert owed(facts, month=Month(2027, 1)).fen == 9000


def test_a_base_that_was_fixed_again_counts_from_its_month() -> None:
    """Art. 10: from the month in which the new wage is drawn, here on the 20th."""
    again = Base(6000_00, date(2026, 7, 20), refixed=True, decision="支部决议〔2026〕7号")
    facts = member(Base(3001_00, LONG_AGO), again)
    assert [owed(facts, month=Month(2026, m)).fen for m in (6, 7, 8)] == [3001, 9000, 9000]


def test_a_raise_in_january_counts_from_january_on() -> None:
    facts = member(Base(3001_00, LONG_AGO), Base(6000_00, date(2026, 1, 15)))
    assert owed(facts, month=JANUARY).fen == 9000


def test_a_joiner_s_base_is_the_one_they_come_with() -> None:
    start = date(2026, 5, 10)
    facts = member(Base(3001_00, start), Base(6000_00, date(2026, 8, 1)), start=start)
    assert [owed(facts, month=Month(2026, m)).fen for m in (5, 8, 12)] == [3001] * 3


def test_a_joiner_s_base_is_that_of_the_month_of_joining_whatever_they_earned_before() -> None:
    bases = (Base(3001_00, date(2026, 1, 1)), Base(6000_00, date(2026, 3, 1)))
    facts = member(*bases, start=date(2026, 5, 10))
    assert {owed(facts, month=Month(2026, m)).fen for m in range(5, 13)} == {9000}


def test_who_is_transferred_in_is_fixed_by_the_base_of_that_month() -> None:
    bases = (Base(3001_00, LONG_AGO), Base(6000_00, date(2026, 3, 1)))
    facts = member(*bases, stays=(Stay(date(2026, 5, 10), came="transferred"),))
    assert {owed(facts, month=Month(2026, m)).fen for m in range(6, 13)} == {9000}


def test_a_base_that_is_known_only_later_counts_from_then() -> None:
    facts = member(Base(3001_00, date(2026, 3, 10)))
    assert isinstance(assess(facts, PARTY, Month(2026, 2)), Finding)
    assert owed(facts, month=MARCH).fen == 3001


def test_union_dues_follow_the_wage_of_each_month() -> None:
    facts = member(Base(3001_00, LONG_AGO), Base(6000_00, date(2026, 7, 1)))
    assert [owed(facts, UNION, Month(2026, m)).fen for m in (6, 7)] == [1500, 3000]


def test_annual_pay_and_changing_income_are_not_fixed_for_the_year() -> None:
    bases = (
        Base(3001_00, LONG_AGO, "pay-drawn"),
        Base(9999_00, date(2026, 5, 1), "pay"),  # another kind of base
        Base(6000_00, date(2026, 7, 1), "pay-drawn"),
    )
    facts = member(*bases, status="annual")
    assert [owed(facts, month=Month(2026, m)).fen for m in (6, 7)] == [3001, 9000]


def test_who_retires_within_the_year_owes_by_their_pension_from_that_month() -> None:
    statuses = (StatusSince("staff", LONG_AGO), StatusSince("retired", date(2026, 6, 12)))
    bases = (Base(9000_00, LONG_AGO), Base(4800_00, date(2026, 6, 12), "pension"))
    facts = member(*bases, statuses=statuses)
    assert [owed(facts, month=Month(2026, m)).fen for m in (5, 6, 7)] == [13500, 2400, 2400]


def test_a_change_of_status_that_leaves_the_kind_of_base_fixes_no_base_again() -> None:
    """A probationary member is admitted in May; the raise of February waits for January."""
    statuses = (StatusSince("probation", LONG_AGO), StatusSince("staff", date(2026, 5, 9)))
    facts = member(Base(3001_00, LONG_AGO), Base(6000_00, date(2026, 2, 1)), statuses=statuses)
    assert {owed(facts, month=Month(2026, m)).fen for m in range(1, 13)} == {3001}


def test_who_takes_up_work_owes_by_the_pay_of_that_month() -> None:
    statuses = (StatusSince("student", LONG_AGO), StatusSince("staff", date(2026, 7, 9)))
    bases = (
        Base(800_00, date(2026, 1, 1)),  # beside their studies
        Base(3001_00, date(2026, 7, 9)),
        Base(6000_00, date(2026, 9, 1)),
    )
    facts = member(*bases, statuses=statuses)
    assert [owed(facts, month=Month(2026, m)).fen for m in (6, 7, 9)] == [20, 3001, 3001]


def test_a_wage_is_no_base_for_who_has_retired() -> None:
    facts = member(status="retired")
    found = assess(facts, PARTY, MARCH)
    assert isinstance(found, Finding)
    assert (found.rule, "pension" in found.what.en) == ("no-base", True)


def test_a_change_counts_in_the_next_month_where_the_rule_says_so() -> None:
    table = with_terms(BRACKETS, changes="next-month")
    facts = member(Base(500_00, LONG_AGO), Base(2000_00, date(2026, 3, 2)))
    assert [owed(facts, table, Month(2026, m)).fen for m in (3, 4)] == [500, 4000]
    joiner = member(Base(500_00, date(2026, 3, 15)), start=date(2026, 3, 15))
    assert owed(joiner, table, MARCH).fen == 500


def test_a_student_owes_twenty_fen_and_needs_no_base() -> None:
    found = owed(member(status="student", bases=()))
    assert (found.fen, found.base) == (20, None)


def test_a_farmer_owes_what_the_branch_chose_and_a_choice_out_of_range_is_a_finding() -> None:
    chosen = (Chosen(50, LONG_AGO, "支部决议"), Chosen(100, date(2026, 3, 1), "支部决议"))
    facts = member(status="farmer", bases=(), chosen=chosen)
    assert [owed(facts, month=Month(2026, m)).fen for m in (2, 3)] == [50, 100]
    for wrong in ((), (Chosen(101, LONG_AGO, "支部决议"),)):
        found = assess(replace(facts, chosen=wrong), PARTY, MARCH)
        assert isinstance(found, Finding)
        assert found.rule == "not-chosen"


def test_a_status_that_the_rule_does_not_know_is_a_finding() -> None:
    for facts in (
        member(status="chief"),
        member(statuses=(StatusSince("staff", date(2026, 4, 1)),)),
    ):
        found = assess(facts, PARTY, MARCH)
        assert isinstance(found, Finding)
        assert found.rule == "no-status"


def test_a_rate_that_changes_within_the_year_changes_no_month_before() -> None:
    from_july = BRACKETS.replace("effective_from = 2026-01-01", "effective_from = 2026-07-01")
    book = Rulebook([*BOOK.tables, *read(from_july)])
    facts = member()
    amounts = [
        owed(facts, book.in_force(RateTable, "party", Month(2026, m).first, NATION), Month(2026, m))
        for m in (6, 7)
    ]
    assert [(one.table.head.key, one.fen) for one in amounts] == [
        ("party-dues@2008", 3001),
        ("local-dues@1", 6002),
    ]


# ---- reductions, quarters, dues by the year ------------------------------------------------------


def reduction(fen: int = 0, **fields: object) -> Reduction:
    known: dict[str, object] = {
        "start": Month(2026, 2), "end": Month(2026, 4), "reason": "生活困难",
        "study": "支部决议〔2026〕2号", "approval": "党委批复〔2026〕5号",
    }  # fmt: skip
    return Reduction(fen, **{**known, **fields})  # type: ignore[arg-type]


def test_an_approved_reduction_holds_for_its_months_and_says_so() -> None:
    facts = member(reductions=(reduction(5_00),))
    assert [owed(facts, month=Month(2026, m)).fen for m in (1, 2, 3, 4)] == [3001, 500, 500, 3001]
    assert "减免后 5.00" in owed(facts).arithmetic.zh
    assert owed(member(reductions=(reduction(0),))).fen == 0


@pytest.mark.parametrize("missing", ["study", "approval"])
def test_a_reduction_that_was_not_studied_and_approved_is_not_applied(missing: str) -> None:
    found = owed(member(reductions=(reduction(0, **{missing: ""}),)))
    assert (found.fen, found.reduced) == (3001, False)
    assert "不适用" in found.arithmetic.zh


def test_an_assessment_explains_itself_line_by_line() -> None:
    again = Base(6000_00, date(2026, 2, 20), refixed=True, decision="支部决议〔2026〕7号")
    facts = member(Base(3001_00, LONG_AGO), again, reductions=(reduction(5_00),))
    lines = {line.key: line for line in explain(owed(facts))}
    assert list(lines) == [
        "amount", "arithmetic", "row", "source", "rule", "status", "base", "reduction", "due",
        "term-proration", "term-base", "term-changes", "term-reduction",
    ]  # fmt: skip
    assert lines["amount"].text.zh == "5.00 元"
    assert lines["arithmetic"].text.zh == "6000.00 × 1.5 % = 90.00；生活困难，减免后 5.00"
    assert "支部决议〔2026〕7号" in lines["base"].text.en
    assert lines["term-base"].text.zh.endswith("(secondary)")
    assert "党委批复〔2026〕5号" in lines["reduction"].text.zh
    student = [line.key for line in explain(owed(member(status="student", bases=())))]
    assert not {"base", "reduction", "term-base"} & set(student)


def test_dues_fall_due_so_many_days_later_as_a_table_says() -> None:
    term = '  { name = "due_days", value = 10, source = "第5条", confidence = "confirmed" },\n'
    table = one_rate(BRACKETS.replace("terms = [\n", f"terms = [\n{term}"))
    assert owed(member(), table).due == date(2026, 4, 10)


def test_a_reduction_never_makes_the_amount_larger() -> None:
    assert owed(member(reductions=(reduction(99_00),))).fen == 3001


def test_a_rule_that_knows_no_reduction_gives_none() -> None:
    assert owed(member(reductions=(reduction(),)), UNION).fen == 1500


def test_who_pays_by_the_quarter_owes_each_month_by_the_quarter_s_end() -> None:
    facts = member(frequencies=(Frequency("quarterly", date(2026, 1, 1), "支部同意"),))
    dues = [owed(facts, month=Month(2026, m)).due for m in (1, 3, 4, 12)]
    assert dues == [date(2026, 3, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 12, 31)]
    back = (*facts.frequencies, Frequency("monthly", date(2026, 7, 1)))
    again = replace(facts, frequencies=back)
    assert [owed(again, month=Month(2026, m)).due.month for m in (4, 7)] == [6, 7]
    assert owed(facts, UNION, JANUARY).due == date(2026, 1, 31)  # a rule that knows no quarters
    with pytest.raises(ValueError, match="consent"):
        Frequency("quarterly", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("start", "month", "fen"),
    [
        (date(2020, 1, 1), 3, 120_00),  # here before: the whole year, in March
        (date(2026, 1, 20), 3, 120_00),
        (date(2026, 2, 1), 3, 110_00),
        (date(2026, 7, 1), 7, 60_00),  # a July joiner owes half, in July
        (date(2026, 12, 31), 12, 10_00),
    ],
)
def test_dues_by_the_year_fall_due_once_and_a_joiner_owes_the_months_that_are_left(
    start: date, month: int, fen: int
) -> None:
    facts = member(start=start, status="person", bases=())
    assert months_owed(facts, YEARLY) == [month]
    found = owed(facts, YEARLY, Month(2026, month))
    assert found.fen == fen
    assert recompute(of_record(as_record(found), Rulebook([YEARLY]))) == found


def test_who_comes_back_after_years_owes_the_months_that_are_left() -> None:
    stays = (Stay(LONG_AGO, date(2024, 5, 1)), Stay(date(2026, 7, 1)))
    facts = member(status="person", stays=stays)
    assert months_owed(facts, YEARLY) == [7]
    assert owed(facts, YEARLY, Month(2026, 7)).fen == 60_00


def test_who_left_before_yearly_dues_fell_due_owes_none() -> None:
    assert months_owed(member(end=date(2026, 2, 1), status="person"), YEARLY) == []


def test_who_comes_back_within_the_year_does_not_owe_the_year_twice() -> None:
    stays = (Stay(LONG_AGO, date(2026, 5, 1)), Stay(date(2026, 9, 1)))
    assert months_owed(member(status="person", stays=stays), YEARLY) == [3]


# ---- facts that cannot be ------------------------------------------------------------------------


def test_facts_that_cannot_be_are_not_built() -> None:
    day = date(2026, 3, 1)
    for build in (
        lambda: Stay(day, day),
        lambda: Stay(day, came="born"),
        lambda: Stay(day, came_paid=MARCH),
        lambda: Stay(day, went="transferred", went_paid=MARCH),
        lambda: Base(-1, day),
        lambda: Base(1, day, refixed=True),
        lambda: Chosen(50, day, ""),
        lambda: Frequency("weekly", day),
        lambda: reduction(-1),
        lambda: reduction(0, reason=""),
        lambda: reduction(0, end=Month(2026, 2)),
        lambda: MemberFacts("m-1", (Stay(day), Stay(date(2026, 4, 1)))),
        lambda: member(Base(1, day), Base(1, LONG_AGO)),
        lambda: member(reductions=(reduction(), reduction())),
    ):
        with pytest.raises(ValueError):
            build()


# ---- again ---------------------------------------------------------------------------------------

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def members(draw: st.DrawFn) -> MemberFacts:
    start = draw(DAYS)
    end = start + timedelta(days=draw(st.integers(1, 900))) if draw(st.booleans()) else None
    status = draw(st.sampled_from(["staff", "retired", "farmer", "student", "person"]))
    kind = "pension" if status == "retired" else "pay"
    bases = sorted(
        (
            Base(draw(st.integers(0, 20_000_00)), day, kind, refixed, "决议")
            for day, refixed in draw(st.lists(st.tuples(DAYS, st.booleans()), max_size=4))
        ),
        key=lambda base: base.since,
    )
    first = draw(st.integers(1, 12))
    ends = st.sampled_from([None, Month(2027, 1), Month(2027, 6)])
    reductions = (
        (reduction(draw(st.integers(0, 50_00)), start=Month(2026, first), end=draw(ends),
                   approval=draw(st.sampled_from(["", "批复"]))),)
        if draw(st.booleans()) else ()
    )  # fmt: skip
    return MemberFacts(
        "m-7F3K2",
        (Stay(start, end),),
        (StatusSince(status, start),),
        tuple(bases),
        (Chosen(draw(st.integers(10, 110)), start, "决议"),) if draw(st.booleans()) else (),
        (),
        reductions,
    )


@given(members(), st.integers(1, 12))
def test_assessed_again_with_unchanged_facts_nothing_is_different(
    facts: MemberFacts, number: int
) -> None:
    month = Month(2026, number)
    first, second = assess(facts, PARTY, month), assess(facts, PARTY, month)
    assert first == second
    if isinstance(first, Finding) or isinstance(second, Finding):
        return
    assert difference(first, second) is None


_PARTS = (
    "base", "base_since", "base_kind", "base_refixed", "base_decision", "chosen", "chosen_since",
    "chosen_decision", "reduction", "reduction_start", "reduction_end", "reduction_reason",
    "reduction_study", "reduction_approval", "reduced",
)  # fmt: skip
TABLES = [PARTY, UNION, shipped("league"), one_rate(BRACKETS), YEARLY]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.head.key)
@given(facts=members(), number=st.integers(1, 12))
def test_what_is_stored_recomputes_to_itself(
    table: RateTable, facts: MemberFacts, number: int
) -> None:
    found = assess(facts, table, Month(2026, number))
    if isinstance(found, Assessment):
        record = as_record(found)
        assert json.loads(as_text(found)) == record
        kept = of_record(record, Rulebook([table]))
        assert kept == found
        # Before, a record named also what an assessment has none of.
        assert of_record({**dict.fromkeys(_PARTS), **record}, Rulebook([table])) == found
        assert recompute(kept) == found
        assert explain(kept) == explain(found)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.head.key)
@given(facts=members(), number=st.integers(1, 12))
def test_the_arithmetic_ends_with_the_amount(
    table: RateTable, facts: MemberFacts, number: int
) -> None:
    found = assess(facts, table, Month(2026, number))
    if isinstance(found, Assessment):
        for text in found.arithmetic:
            bare = re.sub(r"（[^）]*）|\([^)]*\)", "", text)
            assert re.findall(r"[0-9]+\.[0-9]{2,}", bare)[-1] == found.amount.text, text


@given(members(), st.integers(1, 12), st.integers(1, 10**6))
def test_an_altered_amount_does_not_recompute(facts: MemberFacts, number: int, more: int) -> None:
    found = assess(facts, PARTY, Month(2026, number))
    if isinstance(found, Assessment):
        for altered in (
            replace(found, fen=found.fen + more),
            replace(found, full=found.full + more),
        ):
            assert recompute(altered) != altered


@given(members(), members(), st.integers(1, 12))
def test_a_difference_leads_from_what_was_assessed_to_what_is_owed(
    before: MemberFacts, after: MemberFacts, number: int
) -> None:
    old, new = (assess(one, PARTY, Month(2026, number)) for one in (before, after))
    if isinstance(old, Finding) or isinstance(new, Finding):
        return
    found = difference(old, new)
    assert (old.fen if old else 0) + (found.fen if found else 0) == (new.fen if new else 0)
    if found is not None:
        assert found.reasons


def test_a_difference_says_what_changed() -> None:
    old = owed(member(Base(3001_00, LONG_AGO)))
    new = owed(member(Base(6000_00, LONG_AGO)))
    found = difference(old, new)
    assert found is not None
    assert found.amount.text == "59.99"
    assert [reason.en for reason in found.reasons] == [
        "base 3001.00 (2015-06-01) → 6000.00 (2015-06-01)",
        "row above 3,000 up to 5,000 → above 5,000 up to 10,000",
    ]
    left = difference(old, None)
    assert left is not None
    assert left.fen == -3001
    came = difference(None, new)
    assert came is not None
    assert came.fen == 9000


def test_a_difference_says_every_other_thing_that_can_change() -> None:
    plain = owed(member())
    quarterly = (Frequency("quarterly", LONG_AGO, "支部同意"),)
    table = replace(PARTY, head=replace(PARTY.head, version="2027"))
    for new, fen, reason in (
        (member(reductions=(reduction(5_00),)), -2501, "reduction – → 5.00"),
        (member(reductions=(reduction(5_00, study=""),)), 0, "reduction – → 未批准 not approved"),
        (member(frequencies=quarterly, start=LONG_AGO), 0, ""),
        (member(status="probation"), 0, "status monthly-paid staff → probationary member on pay"),
    ):
        found = difference(plain, owed(new))
        if reason:
            assert found is not None
            assert (found.fen, [one.en for one in found.reasons]) == (fen, [reason])
        else:
            assert found is None  # March ends its quarter
    later = difference(owed(member(), month=JANUARY),
                       owed(member(frequencies=quarterly), month=JANUARY))  # fmt: skip
    assert later is not None
    assert [one.en for one in later.reasons] == ["due 2026-01-31 → 2026-03-31"]
    ruled = difference(plain, owed(member(), table))
    assert ruled is not None
    assert [one.en for one in ruled.reasons] == ["rule party-dues@2008 → party-dues@2027"]
    farmers = [
        owed(member(status="farmer", bases=(), chosen=(Chosen(fen, LONG_AGO, "支部决议"),)))
        for fen in (50, 80)
    ]
    chosen = difference(*farmers)
    assert chosen is not None
    assert (chosen.fen, len(chosen.reasons), chosen.reasons[0].en[:13]) == (30, 1, "chosen amount")
    wrong = difference(replace(plain, fen=1), plain)
    assert wrong is not None
    assert [one.en for one in wrong.reasons] == ["the amount was wrong 0.01 → 30.01"]


def test_a_difference_of_two_members_or_months_is_refused() -> None:
    old = owed(member())
    for other in (replace(old, member="m-OTHER"), replace(old, month=JANUARY)):
        with pytest.raises(ValueError, match="one member and month"):
            difference(old, other)


def test_a_table_that_was_changed_under_its_version_explains_no_stored_amount() -> None:
    record = as_record(owed(member(), one_rate(BRACKETS)))
    assert of_record(record, Rulebook(read(BRACKETS))).fen == 6002
    with pytest.raises(Refused, match="rule-changed"):
        of_record(record, Rulebook(read(BRACKETS.replace('"0.02"', '"0.03"'))))


def test_many_are_assessed_together_and_what_is_missing_is_told_by_member() -> None:
    facts = [
        replace(member(), member="m-1"),
        replace(member(status="retired"), member="m-2"),
        replace(member(start=date(2026, 4, 1)), member="m-3"),
    ]
    done, missing = assess_all(facts, PARTY, MARCH)
    assert [one.member for one in done] == ["m-1"]
    assert [(id, fault.rule) for id, fault in missing] == [("m-2", "no-base")]


def test_members_are_not_assessed_by_a_table_for_employers() -> None:
    with pytest.raises(ValueError, match="members"):
        assess(member(), shipped("union-levy"), MARCH)
