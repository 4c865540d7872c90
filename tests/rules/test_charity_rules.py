"""Rules of charity are read strictly; shares are judged exactly, by the tier of the year before."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.rules.disclosure_tables import NO_DAY, DeadlineTable, RatioTable, RatioTier
from ledger.rules.ratios import BROKEN, EXEMPT, KEPT, UNKNOWN, Figures, judge, tier_of
from ledger.rules.reading import read_tables
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place

BOOK = load()[0]
CHARITY = Place(kinds=frozenset({"charity"}))
RULE = BOOK.in_force(RatioTable, "charity-spending", date(2025, 12, 31), CHARITY)
_HEAD = """
[[table]]
kind = "{kind}"
id = "ours"
version = "2026"
rule = "{rule}"
name = "本会规定"
name_en = "Ours"
source = "示会〔2026〕9号"
effective_from = 2026-01-01
confidence = "confirmed"
scope = {{ unit = "chunfeng" }}
"""
_TIER = 'id = "{}", forms = ["association"], public = "no", name = "一", name_en = "one"'


def deadline(rows: str) -> DeadlineTable:
    text = _HEAD.format(kind="deadline", rule="disclosure-annual") + rows
    ((table,), _) = read_tables(text.encode(), "ours.toml")
    assert isinstance(table, DeadlineTable)
    return table


@pytest.mark.parametrize(
    "rows",
    [
        "", "every_days = 5\nevery_months = 3\n", "every_days = 0\n", 'every_days = "5"\n',
        "every_days = 367\n", "within_months = 61\n", 'by = "02-30"\n',
        'within_days = 5\ncampaigns = "some"\n', "within_days = 5\nmore = 1\n",
        "every_months = 3\nover_months = 0\n", 'undated = "no"\n',
        'undated = "yes"\nwithin_days = 5\n', 'within_days = 5\naudience = "neighbours"\n',
        'within_days = 5\nreports = "budget"\n', 'within_days = 5\npacks = "maybe"\n',
    ],
)  # fmt: skip
def test_a_faulty_deadline_is_refused(rows: str) -> None:
    with pytest.raises(Refused, match="bad-rule"):
        deadline(rows)


def test_a_rule_that_names_no_day_is_never_late() -> None:
    table = deadline('undated = "yes"\naudience = "members"\nreports = ["budget"]\npacks = "yes"\n')
    assert (table.undated, table.after(date(2026, 1, 1))) == (True, NO_DAY)
    assert (table.audience, table.reports, table.packs) == ("members", ("budget",), True)
    assert table.words.en == "the rule names no day"


def test_a_union_may_resolve_to_publish_by_a_day_of_its_own() -> None:
    table = deadline('by = "02-29"\narticle = "第五条"\n')
    assert table.after(date(2027, 1, 1)) == date(2027, 2, 28)
    assert table.after(date(2028, 1, 1)) == date(2028, 2, 29)
    assert table.after(date(2028, 2, 29)) == date(2028, 2, 29)
    assert table.after(date(2028, 3, 1)) == date(2029, 2, 28)
    assert table.head.scope.covers(Place(unit="chunfeng"))


@pytest.mark.parametrize(
    "rows",
    [
        "[]",
        "management = '0.2'",
        "spend_of_income = '0.5'",
        "spend_of_income = 0.5, management = '0.2'",
        "spend_of_income = '0.5', management = '1.2'",
        "spend_of_income = '0.5', management = '0.2', from = '5.00', below = '5.00'",
        "spend_of_income = '0.5', management = '0.2', more = 1",
    ],
)
def test_a_faulty_tier_is_refused(rows: str) -> None:
    text = _HEAD.format(kind="ratios", rule="charity-spending")
    tier = rows if rows == "[]" else f"[{{ {_TIER.format('a')}, {rows} }}]"
    with pytest.raises(Refused, match="bad-rule"):
        read_tables(f"{text}tiers = {tier}\n".encode(), "ours.toml")


def test_tiers_in_which_a_unit_could_stand_twice_are_refused() -> None:
    text = _HEAD.format(kind="ratios", rule="charity-spending")
    shares = "spend_of_income = '0.5', management = '0.2'"

    def read(first: str, second: str) -> None:
        tiers = ", ".join(
            f"{{ {_TIER.format(name)}, {shares}, {bounds} }}"
            for name, bounds in (("a", first), ("b", second))
        )
        read_tables(f"{text}tiers = [{tiers}]\n".encode(), "ours.toml")

    read("below = '5.00'", "from = '5.00'")
    with pytest.raises(Refused, match="overlaps another tier"):
        read("below = '5.01'", "from = '5.00'")


# ---- in force ------------------------------------------------------------------------------------


def test_the_ratios_of_2016_ended_when_they_were_replaced() -> None:
    assert BOOK.in_force(RatioTable, "charity-spending", date(2026, 4, 26), CHARITY) is RULE
    with pytest.raises(NoRuleLoaded) as refused:
        BOOK.in_force(RatioTable, "charity-spending", date(2026, 4, 27), CHARITY)
    assert "2016-10-11–2026-04-26" in refused.value.findings[0].remedy.zh
    with pytest.raises(NoRuleLoaded):
        BOOK.in_force(RatioTable, "charity-spending", date(2025, 12, 31), Place())


def test_the_law_itself_still_binds_foundations_that_raise_from_the_public() -> None:
    law = BOOK.in_force(RatioTable, "charity-law-spending", date(2026, 12, 31), CHARITY)
    tier = tier_of(law, "foundation", public=True, net_assets=None)
    assert tier is not None
    assert (tier.spend, tier.management) == ((("income", Fraction(7, 10)),), Fraction(1, 10))
    assert tier_of(law, "association", public=True, net_assets=0) is None


@pytest.mark.parametrize(
    "duty, day, kinds, key",
    [
        ("annual", "2026-01-01", "charity", "charity-annual@2026"),
        ("annual", "2025-12-31", "charity", ""),
        ("annual", "2026-06-01", "social-organisation", ""),
        ("related-party", "2026-06-01", "charity", "charity-related@2026"),
        ("related-party", "2026-06-01", "", ""),
        ("interim", "2026-06-01", "", "charity-interim@2024"),
        ("interim", "2026-06-01", "charity public-fundraising", "charity-interim-projects@2024"),
        ("emergency", "2024-09-04", "", ""),
        ("leftover", "2026-06-01", "charity public-fundraising", "charity-leftover-projects@2026"),
    ],
)
def test_who_is_bound_by_which_deadline_when(duty: str, day: str, kinds: str, key: str) -> None:
    place = Place(kinds=frozenset(kinds.split()))
    try:
        found = BOOK.in_force(
            DeadlineTable, f"disclosure-{duty}", date.fromisoformat(day), place
        ).head.key
    except NoRuleLoaded:
        found = ""
    assert found == key


# ---- tiers and shares ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form, net_assets, tier",
    [
        ("association", "0", "other-0"), ("association", "-5", "other-0"),
        ("association", "999999.99", "other-0"), ("association", "1000000", "other-1m"),
        ("social-service", "4999999.99", "other-1m"), ("association", "5000000", "other-5m"),
        ("association", "10000000", "other-10m"), ("foundation", "3999999.99", "foundation-0"),
        ("foundation", "4000000", "foundation-4m"), ("foundation", "7999999.99", "foundation-4m"),
        ("foundation", "8000000", "foundation-8m"), ("foundation", "60000000", "foundation-60m"),
    ],
)  # fmt: skip
def test_the_tier_is_that_of_net_assets_before(form: str, net_assets: str, tier: str) -> None:
    fen = int(Fraction(net_assets) * 100)
    found = tier_of(RULE, form, public=False, net_assets=fen)
    assert found is not None and found.id == tier


@given(st.integers(-(10**9), 10**12), st.sampled_from(("foundation", "association")))
def test_every_charity_stands_in_exactly_one_tier(net_assets: int, form: str) -> None:
    fitting = [
        tier
        for tier in RULE.tiers
        if form in tier.forms
        and not tier.public
        and tier.first <= max(net_assets, 0)
        and (tier.below is None or net_assets < tier.below)
    ]
    assert [tier_of(RULE, form, public=False, net_assets=net_assets)] == fitting


def test_without_net_assets_a_tier_that_depends_on_them_is_not_guessed() -> None:
    assert tier_of(RULE, "association", public=False, net_assets=None) is None
    public = tier_of(RULE, "association", public=True, net_assets=None)
    assert public is not None and public.id == "public-other"
    assert tier_of(RULE, "union", public=True, net_assets=0) is None


def figures(**changed: int | None) -> Figures:
    said: dict[str, int | None] = {
        "spending": 70_00, "management": 1_000_000_00, "total": 10_000_000_00, "income": 100_00,
        "net_assets": 0,
    }  # fmt: skip
    return Figures(**{**said, **changed})  # type: ignore[arg-type]


def states(of: Figures, tier: str = "public-other") -> list[str]:
    found = next(one for one in RULE.tiers if one.id == tier)
    return [check.state for check in judge(of, found, RULE)]


def test_the_limit_itself_keeps_the_rule_and_a_fen_beyond_breaks_it() -> None:
    assert states(figures()) == [KEPT, KEPT]
    assert states(figures(spending=69_99))[0] == BROKEN
    assert states(figures(management=1_300_000_00))[1] == KEPT
    assert states(figures(management=1_300_000_01))[1] == BROKEN


def test_management_below_200000_has_no_limit() -> None:
    small = figures(management=199_999_99, total=200_000_00)
    assert states(small)[1] == EXEMPT
    assert states(figures(management=200_000_00, total=200_000_00))[1] == BROKEN
    assert states(figures(management=0, total=0))[1] == KEPT


def test_the_mean_of_three_years_may_stand_for_the_year_before() -> None:
    found = figures(spending=50_00, income_mean=70_00)
    checks = judge(found, RULE.tiers[0], RULE)
    assert (checks[0].state, checks[0].mean, checks[0].share) == (KEPT, True, "71.4 %")
    assert states(figures(spending=50_00, income_mean=80_00))[0] == BROKEN


def test_small_associations_are_measured_by_income_and_by_net_assets() -> None:
    small = figures(spending=50_00, income=100_00, net_assets=625_00)
    assert states(small, "other-0")[:2] == [KEPT, KEPT]
    assert states(figures(spending=49_99, net_assets=1_00), "other-0")[:2] == [BROKEN, KEPT]
    assert states(figures(spending=50_00, net_assets=625_01), "other-0")[:2] == [KEPT, BROKEN]


def test_what_is_not_known_is_not_judged() -> None:
    assert states(figures(income=None)) == [UNKNOWN, KEPT]
    assert states(figures(management=None)) == [KEPT, UNKNOWN]


def test_each_tier_says_how_well_it_is_known() -> None:
    assert {tier.confidence for tier in RULE.tiers} == {"confirmed", "secondary", "recalled"}
    assert all(isinstance(tier, RatioTier) and tier.article for tier in RULE.tiers)
