"""Gifts followed through real books: nothing is lost or invented, to the fen and to the piece.

Campaigns are random and written through the posting path; the sums are compared with what
Beancount's own loader says of the book.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.entry import Posting
from ledger.gifts.standing import CampaignStanding, campaign_standing, gift_standing
from ledger.money import Money, yuan
from ledger.rules.rulebook import NoRuleLoaded
from tests.asked import count
from tests.gifts.giving import UNIT, Giving
from tests.gifts.life import STEPS, Life, Step, lived


def standing(giving: Giving, code: str) -> CampaignStanding:
    return campaign_standing(giving.registry, UNIT, code, giving.now.date())


# ---- stories -----------------------------------------------------------------------------------


def test_first_in_first_out_spends_the_first_gift_first(any_chart: Giving) -> None:
    row = any_chart.campaign()
    first, second = (any_chart.give(f"{fen}.00", campaign=row.code) for fen in (100, 50))
    paid = any_chart.spend("120.00", row.fund, date(2026, 4, 1), purpose="帐篷")
    assert any_chart.sums(first) == ("100.00", "100.00", "0.00", "0.00")
    assert any_chart.sums(second) == ("50.00", "20.00", "30.00", "0.00")
    told = any_chart.run("gift", "trace", second, "--json", user="shen").json
    assert told["lines"] == [
        {"voucher": paid.number, "date": "2026-04-01", "amount": "20.00", "purpose": "帐篷",
         "paper": ""}
    ]  # fmt: skip
    assert told["deadline"] == "2026-08-31"
    assert standing(any_chart, row.code).coverage == "100.0 %"


def test_in_proportion_every_gift_pays_its_share(giving: Giving) -> None:
    row = giving.campaign("pro-rata")
    codes = [giving.give(amount, campaign=row.code) for amount in ("100.00", "50.00", "0.01")]
    giving.spend("75.00", row.fund, date(2026, 4, 1))
    used = [giving.stands(code).used_fen for code in codes]
    assert sum(used) == 7500
    assert used[:2] in ([4999, 2500], [5000, 2500], [4999, 2501])


def test_named_gifts_pay_what_names_them_and_the_rest_is_untraced(giving: Giving) -> None:
    row = giving.campaign("named")
    one, other = (giving.give("100.00", campaign=row.code) for _ in range(2))
    giving.spend("30.00", row.fund, date(2026, 4, 1), gift=other)
    giving.spend("10.00", row.fund, date(2026, 4, 2))
    assert (giving.sums(one)[1], giving.sums(other)[1]) == ("0.00", "30.00")
    told = standing(giving, row.code).as_json()
    assert (told["traced"], told["untraced"], told["coverage"]) == ("30.00", "10.00", "75.0 %")


def test_other_money_of_the_fund_is_no_gift(giving: Giving) -> None:
    row = giving.campaign()
    code = giving.give("100.00", campaign=row.code)
    interest = giving.account("490101")
    giving.post(
        Posting(giving.bank, yuan("5.00"), row.fund), Posting(interest, yuan("-5.00"), row.fund),
        day=date(2026, 3, 1), narration="利息",
    )  # fmt: skip
    giving.spend("105.00", row.fund, date(2026, 4, 1))
    assert giving.sums(code) == ("100.00", "100.00", "0.00", "0.00")
    assert standing(giving, row.code).fund.untraced_fen == 500


def test_a_thing_bought_from_the_fund_is_spent_and_its_depreciation_is_not(
    any_chart: Giving,
) -> None:
    row = any_chart.campaign()
    code = any_chart.give("1000.00", campaign=row.code)
    if any_chart.chart == "npo-2004":  # its table of classes ended with 2025
        with pytest.raises(NoRuleLoaded):
            any_chart.buy("600.00", row.fund, date(2026, 4, 1))
        return
    any_chart.buy("600.00", row.fund, date(2026, 4, 1))
    any_chart.wear("2026-05")
    assert any_chart.sums(code) == ("1000.00", "600.00", "400.00", "0.00")


def test_the_years_close_carries_over_and_spends_nothing(any_chart: Giving) -> None:
    row = any_chart.campaign()
    code = any_chart.give("100.00", campaign=row.code)
    any_chart.spend("40.00", row.fund, date(2026, 4, 1))
    union = any_chart.chart.startswith("union")
    income, net = ("408", "32103") if union else ("410102", "3102")
    cost = "50404" if union else "5101"
    any_chart.post(
        Posting(any_chart.account(income), yuan("100.00"), row.fund),
        Posting(any_chart.account(cost), yuan("-40.00"), row.fund),
        Posting(any_chart.account(net), yuan("-60.00"), row.fund),
        day=date(2026, 5, 31), narration="结转",
    )  # fmt: skip
    assert any_chart.sums(code) == ("100.00", "40.00", "60.00", "0.00")


def test_a_spending_that_is_reversed_gives_back_what_it_took(giving: Giving) -> None:
    row = giving.campaign()
    first, second = (giving.give("100.00", campaign=row.code) for _ in range(2))
    paid = giving.spend("150.00", row.fund, date(2026, 4, 1))
    giving.reverse(paid, date(2026, 4, 2))
    assert [giving.sums(code)[2] for code in (first, second)] == ["100.00", "100.00"]
    assert standing(giving, row.code).fund.spent_fen == 0
    giving.spend("10.00", row.fund, date(2026, 4, 3))
    assert giving.sums(first)[1] == "10.00"


def test_what_is_asked_of_a_day_knows_nothing_later(giving: Giving) -> None:
    row = giving.campaign()
    code = giving.give("100.00", date(2026, 3, 2), campaign=row.code)
    giving.spend("40.00", row.fund, date(2026, 4, 1))
    assert giving.stands(code, date(2026, 3, 31)).used_fen == 0
    assert giving.stands(code, date(2026, 3, 1)).received_fen == 0
    assert giving.stands(code, date(2026, 4, 1)).used_fen == 4000


def test_a_gift_that_is_not_there_is_a_finding(giving: Giving) -> None:
    told = giving.run("gift", "trace", "JZ2026-0099-0")
    assert (told.status, "[no-gift]" in told.err) == (2, True)


# ---- any campaign ------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["union-2021-basic", "npo-2024"]),
    st.sampled_from(["fifo", "pro-rata", "named"]),
    st.lists(STEPS, min_size=1, max_size=12),
)
def test_no_campaign_loses_or_invents_a_fen_or_a_piece(
    chart: str, rule: str, steps: list[Step]
) -> None:
    with lived(chart, rule, steps) as life:
        _look(life)


def _look(life: Life) -> None:
    giving = life.giving
    found = standing(giving, life.row.code)
    for code in (*life.money, *life.goods):
        one = giving.stands(code)  # received = used + held + returned
        assert one.held_fen >= 0 and one.used_fen >= 0 and one.returned_fen >= 0
        assert one.received_fen == (life.money.get(code) or life.goods[code][0])
        assert one.used_fen == sum(use.fen for part in one.parts for use in part.uses)
    for code, (_, pieces) in life.goods.items():
        (part,) = giving.stands(code).parts
        assert part.units == Decimal(pieces) == part.units_used + part.units_held
        assert part.units_held >= 0
    union = giving.chart.startswith("union")
    fund = life.row.fund
    # What Beancount's loader says of the money account is what was paid in and out.
    assert giving.balance("10201" if union else "100201", fund) == Money(life.bank).text
    # It is what gifts hold of money, less what was spent that no gift gave.
    money = sum(giving.stands(code).held_fen for code in life.money)
    assert money - found.fund.untraced_fen == life.bank
    # What is left of things is what stands on their account.
    things = sum(giving.stands(code).held_fen for code in life.goods)
    if life.goods:
        assert giving.balance("14191" if union else "120191", fund) == Money(things).text
    assert found.fund.spent_fen == sum(v.draft.postings[0].amount.fen for v in life.spent)
    assert found.raised_fen == found.used_fen + found.held_fen + found.returned_fen


# ---- what it costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["campaign", "gift", "list"])
def test_more_gifts_are_no_more_queries(giving: Giving, what: str) -> None:
    from ledger.gifts.standing import gift_standings

    row = giving.campaign("pro-rata")
    code = giving.give("100.00", campaign=row.code)
    asks = {
        "campaign": lambda: standing(giving, row.code),
        "gift": lambda: gift_standing(giving.registry, UNIT, code, giving.now.date()),
        "list": lambda: gift_standings(giving.registry, UNIT, giving.now.date()),
    }
    few = count(giving.registry, asks[what])
    for _ in range(6):
        giving.give("1.00", campaign=row.code)
    assert count(giving.registry, asks[what]) == few
