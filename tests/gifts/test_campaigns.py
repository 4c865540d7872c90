"""Campaigns: opened and closed by two, each with its fund, followed by a rule that stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.errors import NotAllowed, Refused
from ledger.gifts import campaigns
from ledger.gifts.standing import campaign_standing
from ledger.money import yuan
from ledger.registry import entries
from tests.gifts.giving import UNIT, Giving

MARCH = date(2026, 3, 1)


def asked(giving: Giving, *words: str) -> Any:
    return giving.run(
        "campaign", "open", "--name", "防汛救灾", "--purpose", "救助受灾群众", "--start",
        "2026-03-01", "--end", "2026-08-31", "--target", "1000.00", "--rule", "pro-rata", *words,
        "--json",
    )  # fmt: skip


def test_one_asks_another_opens_and_the_fund_is_there(giving: Giving) -> None:
    told = asked(giving, "--line", "物资", "800", "--line", "运输", "200", "--emergency")
    assert told.status == 0, told.err
    code = told.json["code"]
    assert told.json == {"code": code, "state": "waiting", "fund": code, "rule": "pro-rata"}
    own = giving.run("campaign", "approve", code, "--json")
    assert (own.status, own.json["findings"][0]["rule"]) == (1, "not-allowed")
    opened = giving.run("campaign", "approve", code, "--json", user="lin")
    assert opened.json["state"] == "open"
    with giving.registry.read() as conn:
        fund = entries.funds(conn, UNIT, [code])[code]
    assert (fund.restriction, fund.name) == ("purpose", "防汛救灾")
    (listed,) = giving.run("campaign", "list", "--json", user="shen").json["campaigns"]
    assert (listed["raised"], listed["coverage"], listed["emergency"]) == ("0.00", "", True)
    assert [line["amount"] for line in listed["budget"]] == ["800.00", "200.00"]
    assert "防汛救灾" in giving.run("campaign", "list").out


def test_who_asks_never_opens_or_closes_even_with_both_rights(giving: Giving) -> None:
    from ledger.registry import users

    with giving.registry.write() as conn:
        both = users.add(
            conn, login="liang", password="correct horse", now=giving.now,
            roles=frozenset({(UNIT, "accountant")}),
        )  # fmt: skip
    giving.maker = both
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        giving.checker = both
        giving.campaign()


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "}, {"purpose": ""}, {"end": date(2025, 1, 1)}, {"rule": "lifo"},
        {"public": True}, {"target": yuan("-1.00")}, {"restriction": "none"}, {"fund": "f 1"},
        {"fund": "F01"}, {"lines": [("", yuan("1.00"))]}, {"lines": [("物资", yuan("0.00"))]},
    ],
)  # fmt: skip
def test_a_campaign_that_makes_no_sense_is_refused(giving: Giving, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad-campaign"):
        giving.campaign(**changed)


def test_a_campaign_names_nobody(giving: Giving) -> None:
    giving.donor("沈示例")
    with pytest.raises(Refused, match="name-in-text") as caught:
        giving.campaign(purpose="沈示例助学")
    assert "沈示例" not in str(caught.value)


def test_a_fund_is_one_campaigns_only(giving: Giving) -> None:
    row = giving.campaign(fund="F02")
    with pytest.raises(Refused, match=f"活动 {row.code} 的"):
        giving.campaign(fund="F02")
    with pytest.raises(Refused, match="请写活动"):
        giving.give("1.00", fund="F02")


def test_a_campaign_that_is_taken_back_leaves_its_fund_to_another(giving: Giving) -> None:
    told = asked(giving, "--fund", "F02").json
    assert giving.run("campaign", "back", told["code"], "--json").json["state"] == "withdrawn"
    assert giving.run("campaign", "approve", told["code"], user="lin").status == 1
    assert giving.campaign(fund="F02").fund == "F02"


def test_the_rule_changes_before_the_first_gift_only_and_by_two(giving: Giving) -> None:
    row = giving.campaign()
    changed = giving.run("campaign", "rule", row.code, "--rule", "named", "--json")
    assert (changed.json["rule"], changed.json["state"]) == ("named", "waiting")
    with pytest.raises(Refused, match="campaign-state"):
        giving.give("1.00", campaign=row.code)
    assert giving.run("campaign", "approve", row.code, user="lin").status == 0
    giving.give("1.00", campaign=row.code)
    fixed = giving.run("campaign", "rule", row.code, "--rule", "fifo")
    assert (fixed.status, "[rule-fixed]" in fixed.err) == (1, True)


def test_gifts_come_within_its_days(giving: Giving) -> None:
    row = giving.campaign(end=date(2026, 3, 31))
    with pytest.raises(Refused, match="campaign-days"):
        giving.give("1.00", date(2026, 4, 1), campaign=row.code)


def test_what_is_left_or_too_much_needs_a_decision_to_close(giving: Giving) -> None:
    row = giving.campaign(target=yuan("100.00"))
    giving.give("150.00", campaign=row.code)
    close = ("campaign", "close", row.code, "--on", "2026-06-30")
    refused = giving.run(*close)
    assert (refused.status, "[no-decision]" in refused.err) == (1, True)
    giving.spend("150.00", row.fund, date(2026, 4, 1))
    over = giving.run(*close)
    assert "超出目标" in over.err
    asked_ = giving.run(
        *close, "--decision", "会〔2026〕9号", "--leftover", "超出部分用于同一目的", "--json"
    )
    assert asked_.json["state"] == "closing"
    assert giving.run("campaign", "approve", row.code, user="lin").status == 0
    with pytest.raises(Refused, match="campaign-state"):
        giving.give("1.00", campaign=row.code)
    told = campaign_standing(giving.registry, UNIT, row.code, giving.now.date()).as_json()
    assert (told["state"], told["decision"], told["coverage"]) == (
        "closed", "会〔2026〕9号", "100.0 %",
    )  # fmt: skip


def test_a_closing_that_is_sent_back_leaves_it_open(giving: Giving) -> None:
    row = giving.campaign()
    campaigns.ask_to_close(giving.registry, UNIT, row.code, MARCH, "", "", giving.maker, giving.now)
    assert giving.run("campaign", "back", row.code, "--json", user="lin").json["state"] == "open"
    assert giving.run("campaign", "close", "HD2026-0099-0", "--on", "2026-03-01").status == 2
