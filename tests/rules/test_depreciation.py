"""A cost is spread to the fen: whatever is revised, nothing is lost and nothing past changes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.period import Month
from ledger.rules.assets import METHODS
from ledger.rules.depreciation import (
    LONGEST_LIFE,
    Revision,
    Terms,
    accumulated,
    charge_of,
    charges,
    first_month,
    last_month,
)

MARCH = Month(2026, 3)
YEARLY = ("double-declining", "sum-of-years")


def number(month: Month) -> int:
    return month.year * 12 + month.month


def plus(month: Month, months: int) -> Month:
    at = number(month) - 1 + months
    return Month(at // 12, at % 12 + 1)


def a_month(terms: Terms) -> int:
    """How many units are used every month where it is by units."""
    return terms.units_total // 7 + 1


def line(cost: int, life: int, residual: int = 0, first: Month = MARCH) -> Terms:
    return Terms(cost, residual, life, "straight-line", first)


def by_year(terms: Terms) -> list[int]:
    """The charges of each year of use."""
    fen = [amount for _, amount in charges(terms)]
    return [sum(fen[at : at + 12]) for at in range(0, len(fen), 12)]


# ---- worked by hand ------------------------------------------------------------------------------


def test_a_computer_of_a_union_is_charged_from_its_month_of_addition_for_six_years() -> None:
    """12,000.00 over 72 months is 166.666…: 166.67, 166.66, 166.67 and so on, 12,000.00 in all."""
    found = charges(line(1_200_000, 72))
    assert found[:3] == [(MARCH, 16667), (Month(2026, 4), 16666), (Month(2026, 5), 16667)]
    assert found[-1][0] == Month(2032, 2)
    assert (len(found), sum(fen for _, fen in found)) == (72, 1_200_000)


def test_double_declining_takes_two_nths_a_year_and_shares_the_last_two_alike() -> None:
    """100,000.00 less 4,000.00, five years: 40,000; 24,000; 14,400; then (21,600 - 4,000)/2."""
    terms = Terms(10_000_000, 400_000, 60, "double-declining", MARCH)
    assert by_year(terms) == [4_000_000, 2_400_000, 1_440_000, 880_000, 880_000]
    assert charges(terms)[0] == (MARCH, 333_333)


@pytest.mark.parametrize(("life", "years"), [(12, [960]), (24, [480, 480]), (36, [667, 146, 147])])
def test_double_declining_over_few_years(life: int, years: list[int]) -> None:
    """One and two years are straight lines; three begin with two thirds of the cost."""
    assert by_year(Terms(1000, 40, life, "double-declining", MARCH)) == years


def test_declining_never_takes_the_net_value_below_the_residual_one() -> None:
    """100.00 with 60.00 left, five years: 40.00 is gone in the first year, and that is all."""
    assert by_year(Terms(10_000, 6_000, 60, "double-declining", MARCH)) == [4_000, 0, 0, 0, 0]


def test_the_sum_of_the_years_falls_by_one_part_a_year() -> None:
    """100,000.00 less 4,000.00 over 5+4+3+2+1 = 15 parts of 6,400.00."""
    terms = Terms(10_000_000, 400_000, 60, "sum-of-years", MARCH)
    assert by_year(terms) == [3_200_000, 2_560_000, 1_920_000, 1_280_000, 640_000]
    assert charges(terms)[0] == (MARCH, 266_667)


def test_units_are_charged_as_they_are_used_and_never_beyond_their_total() -> None:
    """A car of 240,000.00 good for 300,000 km costs 0.80 a kilometre."""
    car = Terms(24_000_000, 0, 96, "units", MARCH, units_total=300_000)
    assert accumulated(car, MARCH, units_used=2_500) == 200_000
    assert charge_of(car, (), Month(2026, 4), 200_000, units_used=3_751) == 100_080
    assert accumulated(car, Month(2040, 1), units_used=310_000) == 24_000_000
    assert accumulated(car, MARCH, units_used=-5) == 0


def test_a_plan_by_units_goes_until_they_are_used_up() -> None:
    car = Terms(24_000_000, 0, 96, "units", MARCH, units_total=300_000)
    plan = charges(car, units_month=70_000)
    assert [fen for _, fen in plan] == [5_600_000] * 4 + [1_600_000]
    assert charges(car) == []
    with pytest.raises(Refused, match="1200 months at most"):
        charges(car, units_month=1)


# ---- when it begins and ends ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "addition", "after"),
    [
        (date(2026, 3, 1), "2026-03", "2026-04"), (date(2026, 3, 31), "2026-03", "2026-04"),
        (date(2024, 2, 29), "2024-02", "2024-03"), (date(2025, 12, 31), "2025-12", "2026-01"),
    ],
)  # fmt: skip
def test_the_first_month_is_that_of_addition_or_the_one_after(
    day: date, addition: str, after: str
) -> None:
    assert str(first_month(day, "addition")) == addition
    assert str(first_month(day, "next")) == after
    with pytest.raises(ValueError, match="addition or next"):
        first_month(day, "later")


@pytest.mark.parametrize(
    ("day", "addition", "after"),
    [
        (date(2026, 3, 1), "2026-02", "2026-03"), (date(2026, 1, 31), "2025-12", "2026-01"),
        (date(2024, 2, 29), "2024-01", "2024-02"),
    ],
)  # fmt: skip
def test_the_month_of_removal_is_charged_only_where_that_of_addition_is_not(
    day: date, addition: str, after: str
) -> None:
    assert str(last_month(day, "addition")) == addition
    assert str(last_month(day, "next")) == after


@pytest.mark.parametrize("starts", ["addition", "next"])
def test_what_is_added_and_removed_in_one_month_is_never_charged(starts: str) -> None:
    terms = line(1_200_000, 72, first=first_month(date(2026, 3, 2), starts))
    until = last_month(date(2026, 3, 30), starts)
    assert charges(terms, until=until) == []
    assert charge_of(terms, (), Month(2027, 1), 0, until=until) == 0


def test_nothing_is_charged_before_the_first_month_or_after_the_life() -> None:
    terms = line(1_200_000, 72)
    assert accumulated(terms, Month(2026, 2)) == 0
    assert accumulated(terms, Month(2032, 2)) == accumulated(terms, Month(2999, 12)) == 1_200_000
    assert charge_of(terms, (), Month(2032, 3), 1_200_000) == 0


def test_what_was_left_out_is_caught_up_and_what_was_too_much_is_not_taken_back() -> None:
    terms = line(1_200_000, 72)
    assert charge_of(terms, (), Month(2026, 5), 16_667) == 33_333
    assert charge_of(terms, (), Month(2026, 5), 60_000) == 0
    assert charge_of(terms, (), Month(2026, 6), 60_000) == 6_667


# ---- another estimate ----------------------------------------------------------------------------


def test_a_longer_life_spreads_what_is_left_and_leaves_what_was_charged() -> None:
    """After two years 8,000.00 are left; over sixty months instead of forty-eight: 133.33."""
    terms = line(1_200_000, 72)
    longer = Revision(Month(2028, 3), 60, 0, "straight-line", 400_000)
    revised = charges(terms, [longer])
    assert revised[:24] == charges(terms)[:24]
    assert revised[24] == (Month(2028, 3), 13_333)
    assert (revised[-1][0], sum(fen for _, fen in revised)) == (Month(2033, 2), 1_200_000)


def test_a_building_that_was_extended_is_spread_at_its_new_cost() -> None:
    terms = line(36_000_000, 360)
    wing = Revision(Month(2031, 3), 360, 0, "straight-line", 6_000_000, cost_fen=42_000_000)
    assert accumulated(terms, Month(2031, 2), [wing]) == 6_000_000
    assert accumulated(terms, Month(2031, 3), [wing]) == 6_100_000
    assert accumulated(terms, Month(2061, 2), [wing]) == 42_000_000


def test_an_estimate_before_use_does_not_bring_its_beginning_forward() -> None:
    terms = line(1_200_000, 60, first=Month(2026, 4))
    sooner = Revision(MARCH, 120, 0, "straight-line", 0)
    assert accumulated(terms, MARCH, [sooner]) == 0
    assert accumulated(terms, Month(2026, 4), [sooner]) == 10_000


def test_units_that_turn_out_fewer_are_spread_from_then_on() -> None:
    car = Terms(24_000_000, 0, 96, "units", MARCH, units_total=300_000)
    worn = Revision(
        Month(2027, 3), 84, 0, "units", 8_000_000, units_before=100_000, units_left=100_000
    )
    assert accumulated(car, Month(2027, 2), [worn], 100_000) == 8_000_000
    assert accumulated(car, Month(2027, 3), [worn], 101_000) == 8_160_000
    assert accumulated(car, Month(2028, 3), [worn], 500_000) == 24_000_000


def test_estimates_out_of_order_are_our_mistake_not_a_sum() -> None:
    later = Revision(Month(2028, 1), 12, 0, "straight-line", 0)
    sooner = Revision(Month(2027, 1), 12, 0, "straight-line", 0)
    with pytest.raises(ValueError, match="order"):
        accumulated(line(100, 12), Month(2029, 1), [later, sooner])
    with pytest.raises(ValueError, match="not negative"):
        Revision(Month(2027, 1), 12, 0, "straight-line", -1)


def test_an_estimate_that_leaves_more_than_there_is_is_refused() -> None:
    left = Revision(Month(2028, 3), 60, 900_000, "straight-line", 400_000)
    with pytest.raises(Refused, match=r"9000\.00 does not lie from zero to .* 8000\.00"):
        accumulated(line(1_200_000, 72), Month(2028, 3), [left])


# ---- what is no estimate -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ((-1, 0, 12, "straight-line"), "a cost of -0.01 is none"),
        ((10**17 + 1, 0, 12, "straight-line"), "is none"),
        ((100, 101, 12, "straight-line"), "residual value of 1.01"),
        ((100, -1, 12, "straight-line"), "residual value of -0.01"),
        ((100, 0, 0, "straight-line"), "a life of 0 months"),
        ((100, 0, 1201, "straight-line"), "a life of 1201 months"),
        ((100, 0, 12, "guess"), "there is no method guess"),
        ((100, 0, 30, "double-declining"), "30 months are no whole years"),
        ((100, 0, 13, "sum-of-years"), "13 months are no whole years"),
        ((100, 0, 12, "units"), "total of units is needed"),
        ((100, 0, 12, "straight-line", 5), "takes no total of units"),
    ],
)  # fmt: skip
def test_terms_that_say_nothing_are_refused(terms: tuple, said: str) -> None:  # type: ignore[type-arg]
    cost, residual, life, method, *units = terms
    with pytest.raises(Refused, match="bad-depreciation") as refusal:
        Terms(cost, residual, life, method, MARCH, *units)
    assert said in str(refusal.value)


def test_every_fault_of_terms_is_told_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        Terms(-1, -1, 0, "guess", MARCH)
    assert len(refusal.value.findings) == 4


def test_a_life_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Refused, match="1200 months from 2900-02 on: the calendar ends before"):
        Terms(100, 0, 1200, "straight-line", Month(2900, 2))
    assert charges(Terms(100, 0, 1200, "straight-line", Month(2900, 1)))[-1][0] == Month(2999, 12)
    with pytest.raises(Refused, match="the month after 2999-12: the calendar ends"):
        first_month(date(2999, 12, 1), "next")
    with pytest.raises(Refused, match="a plan from 2990-01 on: the calendar ends"):
        charges(Terms(100, 0, 12, "units", Month(2990, 1), 1000), units_month=1)


# ---- laws ----------------------------------------------------------------------------------------

MONTHS = st.integers(0, 600).map(lambda months: plus(Month(2000, 1), months))


@st.composite
def anything(draw: st.DrawFn) -> Terms:
    method = draw(st.sampled_from(sorted(METHODS)))
    cost = draw(st.integers(0, 10**10))
    life = draw(st.integers(1, 240))
    if method in YEARLY:
        life = 12 * draw(st.integers(1, 60))
    units = draw(st.integers(1, 10**6)) if method == "units" else 0
    return Terms(cost, draw(st.integers(0, cost)), life, method, draw(MONTHS), units)


@st.composite
def revised(draw: st.DrawFn, terms: Terms) -> list[Revision]:
    """Estimates as a unit enters them: each begins from what its book says by then."""
    found: list[Revision] = []
    month = terms.first
    for _ in range(draw(st.integers(0, 3))):
        month = plus(month, draw(st.integers(1, 60)))
        used = a_month(terms) * (number(month) - number(terms.first))
        stands = accumulated(terms, month.previous(), found, used)
        cost = (found[-1].cost_fen if found else None) or terms.cost_fen
        if draw(st.booleans()):
            cost += draw(st.integers(0, 10**8))
        method = draw(st.sampled_from(["straight-line", *YEARLY]))
        life = 12 * draw(st.integers(1, 20)) if method in YEARLY else draw(st.integers(1, 240))
        residual = draw(st.integers(0, cost - stands))
        found.append(Revision(month, life, residual, method, stands, cost_fen=cost))
    return found


@given(anything(), st.data())
def test_all_charges_are_the_cost_less_the_residual_value_whatever_is_revised(
    terms: Terms, data: st.DataObject
) -> None:
    revisions = data.draw(revised(terms))
    found = charges(terms, revisions, units_month=a_month(terms))
    last = revisions[-1] if revisions else None
    cost = last.cost_fen if last and last.cost_fen is not None else terms.cost_fen
    assert sum(fen for _, fen in found) == cost - (
        last.residual_fen if last else terms.residual_fen
    )
    assert all(fen >= 0 for _, fen in found)
    assert [month for month, _ in found] == [plus(terms.first, at) for at in range(len(found))]


@given(anything(), st.data())
def test_a_recomputation_changes_no_month_before_the_estimate(
    terms: Terms, data: st.DataObject
) -> None:
    revisions = data.draw(revised(terms))
    for count in range(len(revisions)):
        begins = revisions[count].month
        older = dict(charges(terms, revisions[:count], units_month=a_month(terms)))
        newer = dict(charges(terms, revisions[: count + 1], units_month=a_month(terms)))
        for month, fen in newer.items():
            if month < begins:
                assert older.get(month, 0) == fen


@given(anything(), st.integers(-5, 800), st.data())
def test_each_sum_by_itself_is_what_the_list_adds_up_to(
    terms: Terms, months: int, data: st.DataObject
) -> None:
    revisions = data.draw(revised(terms))
    month = plus(terms.first, months)
    used = a_month(terms)
    listed = sum(fen for at, fen in charges(terms, revisions, units_month=used) if at <= month)
    counted = used * max(months + 1, 0)
    assert accumulated(terms, month, revisions, counted) == listed


@given(anything())
def test_no_charge_is_a_fen_or_more_from_the_exact_one(terms: Terms) -> None:
    if terms.method != "straight-line":
        return
    exact = Fraction(terms.base_fen, terms.life_months)
    assert all(abs(fen - exact) <= 1 for _, fen in charges(terms))


@given(anything())
def test_accelerated_charges_never_rise_before_the_last_two_years(terms: Terms) -> None:
    if terms.method not in YEARLY or terms.residual_fen > terms.cost_fen // 100:
        return
    years = by_year(terms)
    assert all(later <= sooner + 1 for sooner, later in pairwise(years[:-2]))


@given(
    anything(), st.integers(0, 300), st.sampled_from(["addition", "next"]), st.integers(0, 2**32)
)
def test_what_is_removed_was_charged_and_the_rest_is_its_net_value(
    terms: Terms, months: int, starts: str, seed: int
) -> None:
    """Posted month by month with holes, as people do: the last month makes up for them."""
    removed = plus(terms.first, months)
    until = last_month(removed.first, starts)
    posted = 0
    for at in range(months + 3):
        month = plus(terms.first, at)
        if month == until or not (seed >> at % 32) & 1:
            posted += charge_of(
                terms, (), month, posted, until=until, units_used=terms.units_total * (at + 1) // 50
            )
            assert 0 <= posted <= terms.base_fen
    if until >= terms.first and terms.method != "units":
        assert posted == accumulated(terms, until)
        assert posted == sum(fen for _, fen in charges(terms, until=until))


def test_the_longest_life_of_each_method_adds_up() -> None:
    for method in METHODS:
        terms = Terms(10**17, 7, LONGEST_LIFE, method, MARCH, 10 * (method == "units"))
        assert sum(fen for _, fen in charges(terms, units_month=1)) == 10**17 - 7
