"""What employers owe and whose it is; what goes up and comes back; floors, payments, purposes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Finding, Refused
from ledger.money import Money, total, yuan
from ledger.period import Month
from ledger.rules.levy import levy_due, shares_of
from ledger.rules.payment import late_payment, split_payment, unpaid_months
from ledger.rules.rate_tables import FloorTable, RateTable, RemittanceTable, SplitTable
from ledger.rules.remittance import check_floor, remittance_due
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.spending_tables import UseTable
from ledger.rules.table import Place
from ledger.rules.uses import Permitted, check_use
from tests.rules.tables import BOOK, DAY, NATION, read, shipped

LEVY = shipped("union-levy")
SPLIT = BOOK.in_force(SplitTable, "union-levy", DAY, NATION)
PARTY = shipped("party")
UP = BOOK.in_force(RemittanceTable, "party", DAY, NATION)


# ---- the levy ------------------------------------------------------------------------------------


def test_a_levy_is_two_percent_of_the_payroll_shared_sixty_to_forty() -> None:
    levy = levy_due(yuan("635250.00"), LEVY, SPLIT)
    assert levy.amount == yuan("12705.00")
    assert (levy.kept("grass-roots"), levy.kept("upper")) == (yuan("7623.00"), yuan("5082.00"))
    assert "第四十三条" in levy.rated.source
    assert SPLIT.head.confidence == "secondary"


def test_without_a_rule_of_its_split_a_levy_is_not_shared() -> None:
    assert levy_due(yuan("100.00"), LEVY).shares == ()
    assert levy_due(yuan("100.00"), LEVY).kept("upper") == Money(0)


@given(st.integers(0, 10**13))
def test_the_shares_of_a_levy_are_the_levy_to_the_fen(fen: int) -> None:
    levy = levy_due(Money(fen), LEVY, SPLIT)
    assert total(share.amount for share in levy.shares) == levy.amount
    for share in levy.shares:
        exact = levy.amount.fen * share.part.share
        assert abs(share.amount.fen - exact) < 1


@given(st.integers(0, 10**12))
def test_what_came_in_is_shared_to_the_fen_as_what_was_due_is(came: int) -> None:
    assert total(share.amount for share in shares_of(Money(came), SPLIT)).fen == came


def test_a_payroll_that_cannot_be_is_refused() -> None:
    for payroll in (Money(-1), Money(1, "USD")):
        with pytest.raises(ValueError, match="payroll"):
            levy_due(payroll, LEVY)
    with pytest.raises(ValueError, match="employers"):
        levy_due(Money(1), PARTY)


# ---- up and back ---------------------------------------------------------------------------------


def test_a_province_passes_five_percent_to_the_centre_by_the_end_of_april() -> None:
    due = remittance_due(UP, "province", yuan("1234567.89"), 2025)
    assert (due.amount, due.due) == (yuan("61728.39"), date(2026, 4, 30))
    assert due.source.endswith("第十五条")
    assert due.arithmetic.en == "1234567.89 × 5 % = 61728.39"
    assert due.outstanding(yuan("60000.00")) == yuan("1728.39")


def test_other_shares_are_their_rule_s_and_a_day_that_none_names_is_none() -> None:
    for payer, amount in (("railway-aviation", "100.00"), ("central-finance", "50.00")):
        due = remittance_due(UP, payer, yuan("1000.00"), 2025)
        assert (due.amount.text, due.due) == (amount, None)
    organ = Place(kinds=frozenset({"central-organ"}))
    table = BOOK.in_force(RemittanceTable, "party", DAY, organ)
    due = remittance_due(table, "organ-committee", yuan("1000.00"), 2025)
    assert (due.amount.text, due.due) == ("200.00", date(2026, 3, 31))


def test_below_the_province_there_is_no_share_until_a_local_file_brings_one() -> None:
    with pytest.raises(Refused, match="no rule loaded"):
        remittance_due(UP, "county", yuan("1000.00"), 2025)


def test_dues_of_members_in_social_organisations_come_back_whole() -> None:
    table = BOOK.in_force(RemittanceTable, "party-return", DAY, NATION)
    due = remittance_due(table, "upper-committee", yuan("321.05"), 2025)
    assert (due.amount, due.arithmetic.zh) == (yuan("321.05"), "全额 321.05")
    assert due.outstanding(yuan("300.00")) == yuan("21.05")


def test_union_dues_stay_where_they_are() -> None:
    table = BOOK.in_force(RemittanceTable, "union-member", DAY, NATION)
    assert remittance_due(table, "basic-unit", yuan("500.00"), 2025).amount == Money(0)


LOCAL = """
[[table]]
kind = "remittance"
id = "up"
version = "1"
rule = "party"
name = "上缴"
name_en = "Up"
source = "某省委组织部〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
rounding = { mode = "half-up", unit = "0.01", source = "第2条", confidence = "confirmed" }

[[table.rows]]
id = "county"
payer = "branch"
to = "county"
name = "支部上缴县"
name_en = "branch to county"
share = "0.3"
of = "实交党费"
of_en = "dues paid"
due = "02-29"

[[table.rows]]
id = "city"
payer = "branch"
to = "city"
name = "支部上缴市"
name_en = "branch to city"
share = "0.1"
of = "实交党费"
of_en = "dues paid"
"""


def test_a_local_share_is_a_line_of_data_and_its_deadline_a_day_that_there_is() -> None:
    (table,) = read(LOCAL)
    assert isinstance(table, RemittanceTable)
    for year, due in ((2026, date(2027, 2, 28)), (2027, date(2028, 2, 29))):
        found = remittance_due(table, "branch", yuan("1000.05"), year, to="county")
        assert (found.amount.text, found.due) == ("300.02", due)
    with pytest.raises(Refused, match="which-remittance"):
        remittance_due(table, "branch", yuan("1000.05"), 2026)


@given(st.integers(0, 10**12))
def test_a_remittance_is_never_more_than_what_was_received(fen: int) -> None:
    for row in UP.rows:
        assert 0 <= remittance_due(UP, row.payer, Money(fen), 2025).amount.fen <= fen


def test_the_floor_is_a_hundred_yuan_a_head_and_year_to_the_fen() -> None:
    table = BOOK.in_force(FloorTable, "party-floor", DAY, Place("北京市"))
    assert check_floor(table, 37, yuan("3700.00"), 2026).finding() is None
    below = check_floor(table, 37, yuan("3699.99"), 2026)
    fault = below.finding()
    assert (below.short.text, fault is not None and fault.severity) == ("0.01", "warning")
    assert check_floor(table, 0, Money(0), 2026).met
    with pytest.raises(NoRuleLoaded):
        BOOK.in_force(FloorTable, "party-floor", DAY, Place("甲省"))


# ---- payments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "owed", "voluntary", "parts"),
    [
        ("30.01", "30.01", "0", ("30.01", "0.00", "0.00", "0.00")),
        ("20.00", "30.01", "0", ("20.00", "0.00", "0.00", "0.00")),
        ("1030.01", "30.01", "1000.00", ("30.01", "1000.00", "0.00", "0.00")),
        ("1030.02", "30.01", "1000.01", ("30.01", "0.00", "1000.01", "0.00")),
        ("5000.00", "30.01", "5000.00", ("0.00", "0.00", "5000.00", "0.00")),
        ("360.12", "30.01", "0", ("30.01", "0.00", "0.00", "330.11")),
    ],
)
def test_a_voluntary_payment_above_a_thousand_is_passed_up_whole(
    paid: str, owed: str, voluntary: str, parts: tuple[str, ...]
) -> None:
    """What is beyond dues and not declared voluntary is left for somebody to say."""
    found = split_payment(yuan(paid), yuan(owed), yuan(voluntary), PARTY)
    assert (
        found.dues.text, found.voluntary.text, found.passed_up.text, found.left.text
    ) == parts  # fmt: skip
    assert ("第十一条" in found.source) == (parts[2] != "0.00")


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_the_parts_of_a_payment_are_the_payment(paid: int, owed: int, voluntary: int) -> None:
    if voluntary > paid:
        with pytest.raises(ValueError, match="voluntary"):
            split_payment(Money(paid), Money(owed), Money(voluntary), PARTY)
        return
    found = split_payment(Money(paid), Money(owed), Money(voluntary), PARTY)
    assert total((found.dues, found.voluntary, found.passed_up, found.left)).fen == paid
    assert found.dues.fen <= owed


def test_where_the_rule_knows_no_threshold_nothing_is_passed_up() -> None:
    found = split_payment(yuan("5000"), Money(0), yuan("5000"), shipped("union-member"))
    assert (found.voluntary, found.passed_up) == (yuan("5000"), Money(0))


def test_dues_paid_back_after_more_than_six_months_are_told() -> None:
    owed = Month(2025, 11)
    assert late_payment(owed, Month(2026, 5), PARTY) is None
    late = late_payment(owed, Month(2026, 6), PARTY)
    assert late is not None
    assert (late.severity, "7 months later" in late.what.en) == ("warning", True)
    assert "第十二条" in late.remedy.zh
    assert late_payment(owed, Month(2030, 1), shipped("union-member")) is None


def test_six_months_unpaid_in_a_row_are_told_and_nobody_is_struck_off() -> None:
    five = [Month(2025, 10), Month(2025, 11), Month(2025, 12), Month(2026, 1), Month(2026, 2)]
    assert unpaid_months(five, PARTY) is None
    assert unpaid_months([*five, Month(2026, 4)], PARTY) is None
    found = unpaid_months([Month(2024, 1), *reversed(five), Month(2026, 3)], PARTY)
    assert found is not None
    assert (found.severity, "6 months unpaid in a row: 2025-10 to 2026-03" in found.what.en) == (
        "warning",
        True,
    )
    assert "由组织决定" in found.remedy.zh
    earlier = [Month(2024, month) for month in range(1, 8)]
    longest = unpaid_months([*earlier, *five], PARTY)
    assert longest is not None
    assert "2024-01 to 2024-07" in longest.what.en
    assert unpaid_months(earlier, shipped("union-member")) is None


# ---- purposes ------------------------------------------------------------------------------------


def test_a_permitted_purpose_names_its_article_and_any_other_is_a_finding() -> None:
    table = BOOK.in_force(UseTable, "party", DAY, NATION)
    found = check_use(table, "hardship")
    assert isinstance(found, Permitted)
    assert found.source.endswith("第十九条（四）")
    assert isinstance(check_use(table, "培训党员"), Permitted)
    for purpose in ("banquet", "", "Training"):
        refused = check_use(table, purpose)
        assert isinstance(refused, Finding)
        assert "第十九条（一）" in refused.remedy.zh


def test_party_dues_know_five_uses_the_league_seven_and_unions_six() -> None:
    for rule, count in (("party", 5), ("league", 7), ("union-levy", 6)):
        assert len(BOOK.in_force(UseTable, rule, DAY, NATION).uses) == count


def test_the_tables_in_force_are_of_the_kind_that_was_asked_for() -> None:
    assert isinstance(BOOK.in_force(RateTable, "party", DAY, NATION), RateTable)
    assert isinstance(BOOK.in_force(UseTable, "party", DAY, NATION), UseTable)
