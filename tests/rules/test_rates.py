"""What rules say for a base: published examples, and every boundary to the fen on both sides."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.money import yuan
from ledger.rules.rate_tables import RateTable
from ledger.rules.rating import rate
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Rounding
from tests.rules.tables import BOOK, NATION, shipped

BASED = [
    (rule, status.id)
    for rule in ("party", "league", "union-member", "union-levy", "union-preparation")
    for status in shipped(rule).statuses
    if status.base
]


@pytest.mark.parametrize(
    ("base", "row", "owed"),
    [
        ("0", "pay-1", "0.00"),
        ("0.99", "pay-1", "0.00"),  # 0.495 fen
        ("1.00", "pay-1", "0.01"),  # half a fen goes up
        ("2999.99", "pay-1", "15.00"),
        ("3000.00", "pay-1", "15.00"),
        ("3000.01", "pay-2", "30.00"),
        ("3001.00", "pay-2", "30.01"),
        ("4999.99", "pay-2", "50.00"),
        ("5000.00", "pay-2", "50.00"),
        ("5000.01", "pay-3", "75.00"),
        ("9999.99", "pay-3", "150.00"),
        ("10000.00", "pay-3", "150.00"),
        ("10000.01", "pay-4", "200.00"),
        ("12345.67", "pay-4", "246.91"),  # 246.9134
    ],
)
@pytest.mark.parametrize("status", ["staff", "annual", "self-employed", "probation"])
def test_a_party_member_on_pay_owes_the_rate_of_the_bracket_on_the_whole_base(
    base: str, row: str, owed: str, status: str
) -> None:
    found = rate(shipped("party"), status, yuan(base).fen)
    assert (found.row.id, found.amount.text) == (row, owed)


@pytest.mark.parametrize(
    ("base", "owed"),
    [("4999.99", "25.00"), ("5000.00", "25.00"), ("5000.01", "50.00"), ("5001.00", "50.01")],
)
def test_a_retired_party_member_owes_by_two_brackets(base: str, owed: str) -> None:
    assert rate(shipped("party"), "离退休", yuan(base).fen).amount.text == owed


@pytest.mark.parametrize("status", ["student", "laid-off", "relief", "subsistence"])
@pytest.mark.parametrize("rule", ["party", "league"])
def test_who_has_no_pay_owes_twenty_fen_whatever_base_is_named(rule: str, status: str) -> None:
    assert rate(shipped(rule), status).amount.text == "0.20"
    named = rate(shipped(rule), status, yuan("9000").fen)
    assert (named.amount.text, named.base) == ("0.20", None)


@pytest.mark.parametrize(
    ("base", "owed"),
    [
        ("0", "3.00"),
        ("1999.99", "3.00"),
        ("2000.00", "4.00"),
        ("2499.99", "4.00"),
        ("2500.00", "5.00"),
        ("5000.00", "10.00"),
        ("5499.99", "10.00"),
        ("5500.00", "11.00"),
        ("9999.99", "19.00"),
        ("10000.00", "20.00"),
        ("99999.00", "20.00"),
    ],
)
def test_a_league_member_owes_two_per_thousand_without_fractions_of_a_yuan_at_most_twenty(
    base: str, owed: str
) -> None:
    assert rate(shipped("league"), base=yuan(base).fen).amount.text == owed


@pytest.mark.parametrize(
    ("base", "owed"),
    [("9.99", "0.00"), ("10.00", "0.05"), ("3456.78", "17.25"), ("3459.99", "17.25"),
     ("3460.00", "17.30")],
)  # fmt: skip
def test_a_union_member_owes_half_a_percent_and_the_tail_under_ten_yuan_is_ignored(
    base: str, owed: str
) -> None:
    assert rate(shipped("union-member"), base=yuan(base).fen).amount.text == owed


def test_the_arithmetic_tells_every_step_that_changed_the_figure() -> None:
    assert rate(shipped("party"), base=300100).arithmetic.zh == "3001.00 × 1 % = 30.01"
    assert rate(shipped("league"), base=1099900).arithmetic.en == (
        "10999.00 × 0.2 % = 21.998 → 21.00 (fractions of a yuan dropped) → 20.00 (at most 20.00)"
    )
    assert rate(shipped("union-member"), base=345678).arithmetic.en == (
        "3456.78 (tail under 10 yuan ignored) → 3450.00 × 0.5 % = 17.25"
    )
    assert rate(shipped("party"), "student").arithmetic.zh == "定额 0.20"


def test_a_farmer_owes_what_was_chosen_within_the_range_and_nothing_is_chosen_for_them() -> None:
    table = shipped("party")
    for chosen in (20, 50, 100):
        assert rate(table, "farmer", chosen=chosen).fen == chosen
    for wrong in (None, 19, 101):
        with pytest.raises(Refused, match="not-chosen"):
            rate(table, "farmer", chosen=wrong)


def test_what_a_rule_asks_for_and_does_not_get_is_a_finding() -> None:
    with pytest.raises(Refused, match="no-base"):
        rate(shipped("party"))
    with pytest.raises(Refused, match="no-status"):
        rate(shipped("party"), "vip", 1)


def test_each_row_says_how_well_it_is_known() -> None:
    assert rate(shipped("league"), "farmer").row.confidence == "recalled"
    assert rate(shipped("league"), "student").row.confidence == "confirmed"


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("party", date(2008, 3, 31)),
        ("league", date(2016, 8, 9)),
        ("association", date(2026, 3, 1)),
        ("union-levy", date(2001, 10, 26)),
    ],
)
def test_where_no_rule_is_in_force_none_is_made_up(rule: str, day: date) -> None:
    with pytest.raises(NoRuleLoaded, match="no rule loaded"):
        BOOK.in_force(RateTable, rule, day, NATION)


def test_a_law_that_was_amended_is_cited_as_it_stood_on_the_day() -> None:
    assert "第四十二条" in rate(shipped("union-levy", date(2021, 12, 31)), base=100).source
    assert "第四十三条" in rate(shipped("union-levy", date(2022, 1, 1)), base=100).source


# ---- laws of every shipped table -----------------------------------------------------------------

BASES = st.integers(0, 10**10)


@pytest.mark.parametrize(("rule", "status"), BASED)
@given(base=BASES, more=st.integers(0, 10**7))
def test_the_amount_never_falls_as_the_base_grows(
    rule: str, status: str, base: int, more: int
) -> None:
    table = shipped(rule)
    assert rate(table, status, base).fen <= rate(table, status, base + more).fen


@pytest.mark.parametrize(("rule", "status"), BASED)
@given(base=BASES)
def test_within_a_bracket_the_amount_does_not_jump(rule: str, status: str, base: int) -> None:
    """One fen more of base moves the amount by one step of rounding at the most; brackets jump."""
    table = shipped(rule)
    one, other = rate(table, status, base), rate(table, status, base + 1)
    if one.row == other.row:
        step = max(one.row.rounding.unit, one.row.base_unit * (one.row.rate or 0))
        assert 0 <= other.fen - one.fen <= step
    else:
        assert other.row.first == base + 1


@pytest.mark.parametrize(("rule", "status"), BASED)
@given(base=BASES)
def test_the_amount_is_the_exact_product_rounded_as_the_rule_says(
    rule: str, status: str, base: int
) -> None:
    found = rate(shipped(rule), status, base)
    row = found.row
    if row.rate is None or found.fen == row.cap:
        return
    exact = Fraction(base - base % row.base_unit) * row.rate
    unit = row.rounding.unit
    if row.rounding.mode == "down":
        assert 0 <= exact - found.fen < unit
    else:
        assert -Fraction(unit, 2) <= exact - found.fen < Fraction(unit, 2)


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.sampled_from([1, 10, 100]))
def test_rounding_stays_within_its_unit(numerator: int, denominator: int, unit: int) -> None:
    exact = Fraction(numerator, denominator)
    down = Rounding("down", unit).apply(numerator, denominator)
    near = Rounding("half-up", unit).apply(numerator, denominator)
    assert down % unit == near % unit == 0
    assert 0 <= exact - down < unit
    assert -Fraction(unit, 2) <= exact - near < Fraction(unit, 2)
