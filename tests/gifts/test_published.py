"""What the public reads of a campaign: every fen and every gift, and of donors what they allow."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from ledger.entry import Posting
from ledger.gifts import campaigns
from ledger.gifts.campaigns import Terms
from ledger.gifts.consented import masked
from ledger.gifts.published import published
from ledger.money import Money, yuan
from ledger.registry import donors, oplog
from tests.asked import count
from tests.gifts.giving import NOW, UNIT, Giving

PLAN = [("帐篷", yuan("300.00")), ("口粮", yuan("200.00"))]
APRIL = date(2026, 4, 1)


def public(giving: Giving, code: str, *words: str) -> dict[str, Any]:
    told = giving.run("campaign", "show", code, "--public", "--json", *words, user="shen")
    assert told.status == 0, told.err
    return dict(told.json)


def inside(giving: Giving, code: str, *words: str) -> dict[str, Any]:
    return dict(giving.run("campaign", "show", code, "--json", *words, user="shen").json)


def sum_of(gifts: list[dict[str, Any]], key: str) -> str:
    return Money(sum(yuan(one[key]).fen for one in gifts)).text


# ---- money -------------------------------------------------------------------------------------


def test_terms_sums_budget_and_every_gifts_way_are_told(any_chart: Giving) -> None:
    row = any_chart.campaign(
        target=yuan("1000.00"), lines=PLAN, filing="备-1", public=True, partner="某基金会（示例）",
        name_en="Flood relief",
    )  # fmt: skip
    first = any_chart.give("300.00", campaign=row.code, purpose="买帐篷")
    any_chart.give("100.00", date(2026, 3, 9), campaign=row.code)
    paid = any_chart.spend("350.00", row.fund, APRIL, purpose="帐篷")
    any_chart.spend("20.00", row.fund, date(2026, 4, 2), purpose="口粮")
    told = public(any_chart, row.code)
    assert {key: told[key] for key in ("name", "name_en", "filing", "partner", "state")} == {
        "name": "防汛救灾", "name_en": "Flood relief", "filing": "备-1",
        "partner": "某基金会（示例）", "state": "open",
    }  # fmt: skip
    sums = [told[key] for key in ("target", "progress", "raised", "used", "held", "returned")]
    assert sums == ["1000.00", "40.0 %", "400.00", "370.00", "30.00", "0.00"]
    assert told["budget"] == [
        {"purpose": "帐篷", "budget": "300.00", "spent": "350.00"},
        {"purpose": "口粮", "budget": "200.00", "spent": "20.00"},
    ]
    gift = told["gifts"][0]
    assert [gift[key] for key in ("gift", "kind", "amount", "state", "purpose")] == [
        first, "money", "300.00", "used", "买帐篷",
    ]  # fmt: skip
    assert gift["lines"] == [
        {"voucher": paid.number, "date": "2026-04-01", "amount": "300.00", "purpose": "帐篷",
         "paper": ""}
    ]  # fmt: skip
    for key, whole in (("amount", "raised"), ("used", "used"), ("held", "held")):
        assert sum_of(told["gifts"], key) == told[whole]
    bank = "102" if any_chart.chart.startswith("union") else "1002"
    assert any_chart.balance(f"{bank}01", row.fund) == told["held"]


def test_things_are_told_by_the_piece_and_what_they_went_for(any_chart: Giving) -> None:
    row = any_chart.campaign(lines=PLAN)
    done = any_chart.record(
        kind="goods", amount=yuan("900.00"), quantity="30", measure="袋", basis="invoice",
        campaign=row.code, paper=b"x", paper_name="x.txt",
    )  # fmt: skip
    any_chart.approve(done.draft)
    union = any_chart.chart.startswith("union")
    expense = () if union else ("--expense", any_chart.account("5101"))
    given = any_chart.run(
        "gift", "give", done.row.code, "--quantity", "12", "--on", "2026-05-10", "--purpose",
        "口粮", *expense, "--json",
    )  # fmt: skip
    any_chart.approve(given.json["draft"])
    told = public(any_chart, row.code)
    (gift,) = told["gifts"]
    assert (gift["kind"], gift["quantity"], gift["measure"]) == ("things", "30", "袋")
    assert [line["purpose"] for line in gift["lines"]] == ["口粮"]
    assert told["budget"][1] == {"purpose": "口粮", "budget": "200.00", "spent": "360.00"}
    assert (told["used"], told["held"], told["spent"]) == ("360.00", "540.00", "0.00")


def test_what_no_gift_gave_is_told_and_budget_lines_add_up_with_it(giving: Giving) -> None:
    row = giving.campaign()
    giving.give("100.00", campaign=row.code)
    interest = giving.account("490101")
    giving.post(
        Posting(giving.bank, yuan("5.00"), row.fund), Posting(interest, yuan("-5.00"), row.fund),
        day=date(2026, 3, 20), narration="利息",
    )  # fmt: skip
    two = [Posting(giving.account("5101"), yuan(text), row.fund, (("purpose", purpose),))
           for text, purpose in (("60.00", "帐篷"), ("45.00", "口粮"))]  # fmt: skip
    giving.post(*two, Posting(giving.bank, yuan("-105.00"), row.fund), day=APRIL)
    told = public(giving, row.code)
    assert (told["coverage"], told["untraced"], told["used"]) == ("95.2 %", "5.00", "100.00")
    assert {one["purpose"]: one["spent"] for one in told["budget"]} == {
        "帐篷": "60.00", "口粮": "45.00",
    }  # fmt: skip


def test_a_spending_that_was_taken_back_leaves_nothing_under_its_purpose(giving: Giving) -> None:
    row = giving.campaign()
    giving.give("100.00", campaign=row.code)
    paid = giving.spend("40.00", row.fund, APRIL, purpose="帐篷")
    giving.reverse(paid, date(2026, 4, 2))
    told = public(giving, row.code)
    assert told["budget"] == []
    assert [line["amount"] for line in told["gifts"][0]["lines"]] == ["40.00", "-40.00"]
    assert public(giving, row.code, "--on", "2026-04-01")["budget"][0]["spent"] == "40.00"


def test_a_gift_that_went_to_another_campaign_is_told_in_both(
    giving: Giving, tmp_path: Path
) -> None:
    row, other = giving.campaign(), giving.campaign(name="助学", fund="")
    code = giving.give("100.00", campaign=row.code)
    giving.spend("30.00", row.fund, date(2026, 3, 10))
    paper = tmp_path / "consent.txt"
    paper.write_text("同意", encoding="utf-8")
    asked = giving.run(
        "gift", "change", code, "--campaign", other.code, "--on", "2026-03-20", "--purpose", "助学",
        "--paper", paper, "--json",
    )  # fmt: skip
    done = giving.run("gift", "approve", code, str(asked.json["event"]), "--json", user="lin")
    giving.approve(done.json["draft"])
    here, there = public(giving, row.code), public(giving, other.code)
    assert [here[key] for key in ("raised", "used", "held", "moved_out")] == [
        "100.00", "30.00", "0.00", "70.00",
    ]  # fmt: skip
    assert [there[key] for key in ("raised", "moved_in", "held")] == ["0.00", "70.00", "70.00"]
    assert [one["state"] for one in (*here["gifts"], *there["gifts"])] == ["used", "held"]
    assert here["gifts"][0]["commitment"] == there["gifts"][0]["commitment"]


def test_what_came_above_the_target_and_what_becomes_of_it_is_told_once_two_agree(
    giving: Giving,
) -> None:
    row = giving.campaign(target=yuan("50.00"))
    giving.give("80.00", campaign=row.code)
    giving.run(
        "campaign", "close", row.code, "--on", "2026-06-01", "--decision", "理事会 3 号",
        "--leftover", "转入助学",
    )  # fmt: skip
    before = public(giving, row.code)
    assert [before[key] for key in ("state", "closed", "decision", "over_target")] == [
        "open", None, "", "30.00",
    ]  # fmt: skip
    assert inside(giving, row.code)["state"] == "closing"
    giving.run("campaign", "approve", row.code, user="lin")
    after = public(giving, row.code)
    assert [after[key] for key in ("state", "closed", "decision", "leftover")] == [
        "closed", "2026-06-01", "理事会 3 号", "转入助学",
    ]  # fmt: skip
    # What was published before it was closed reads as it did then, and nothing before it began.
    earlier = public(giving, row.code, "--on", "2026-04-30")
    assert [earlier[key] for key in ("state", "closed", "decision")] == ["open", None, ""]
    assert inside(giving, row.code, "--on", "2026-04-30")["state"] == "open"
    never = giving.run("campaign", "show", row.code, "--public", "--on", "2025-12-01")
    assert (never.status, "[not-published]" in never.err) == (1, True)


def test_promises_are_no_gifts_before_they_come(giving: Giving) -> None:
    row = giving.campaign()
    pledge = giving.run(
        "gift", "pledge", "--donor", giving.donor(), "--on", "2026-03-01", "--campaign", row.code,
        "--part", "2026-04-01", "300", "--json",
    ).json["gift"]  # fmt: skip
    giving.record(amount=yuan("5.00"), campaign=row.code)  # waits for the bank's line
    told = public(giving, row.code)
    assert told["gifts"] == []
    assert told["promised"] == {"expected": "300.00", "defaulted": "0.00"}
    giving.run("gift", "default", pledge, "--amount", "120", "--on", "2026-05-01")
    assert public(giving, row.code)["promised"]["defaulted"] == "0.00"  # one said so alone
    giving.run("gift", "approve", pledge, "1", user="lin")
    told = public(giving, row.code)
    assert told["promised"] == {"expected": "180.00", "defaulted": "120.00"}


def test_what_no_figure_measures_is_told_by_the_piece(giving: Giving) -> None:
    row = giving.campaign()
    giving.record(kind="memo", campaign=row.code, quantity="3", measure="幅", purpose="义卖字画")
    (gift,) = public(giving, row.code)["gifts"]
    assert [gift[key] for key in ("state", "kind", "amount", "quantity", "measure")] == [
        "memo", "things", "0.00", "3", "幅",
    ]  # fmt: skip


# ---- persons -----------------------------------------------------------------------------------


def test_each_donor_stands_there_as_they_consented(giving: Giving) -> None:
    row = giving.campaign()
    people = [
        giving.donor("王示例", consent="named"),
        giving.donor("欧阳示例", consent="masked"),
        giving.donor("北京青禾食品有限公司", "company", consent="masked"),
        giving.donor("沈示例"),
        giving.donor(),
    ]
    for donor in people:
        giving.give("10.00", campaign=row.code, donor=donor)
    told = public(giving, row.code)
    assert [(one["donor"], one["consent"]) for one in told["gifts"]] == [
        ("王示例", "named"), ("欧**", "masked"), ("北京**公司", "masked"),
        ("匿名", "anonymous"), ("匿名", "anonymous"),
    ]  # fmt: skip
    text = json.dumps(told, ensure_ascii=False)
    assert not [donor for donor in people if donor in text]
    assert not [name for name in ("欧阳", "青禾", "沈示例") if name in text]
    assert [one["donor_id"] for one in inside(giving, row.code)["gifts"]] == people


def test_the_consent_in_force_decides_and_who_was_erased_is_nobody(
    giving: Giving, tmp_path: Path
) -> None:
    row = giving.campaign()
    donor = giving.donor("王示例", consent="named")
    giving.give("10.00", campaign=row.code, donor=donor)
    gift = public(giving, row.code)["gifts"][0]
    assert (gift["donor"], len(gift["commitment"])) == ("王示例", 64)
    giving.run("donors", "consent", donor, "--to", "masked")
    # Also of an earlier day: what is published today rests on what is consented to today.
    assert public(giving, row.code, "--on", "2026-03-31")["gifts"][0]["donor"] == "王**"
    paper = tmp_path / "consent.txt"
    paper.write_text("同意", encoding="utf-8")
    giving.run("donors", "consent", donor, "--to", "named", "--paper", paper)
    assert public(giving, row.code)["gifts"][0]["donor"] == "王示例"
    erased = giving.run("donors", "erase", donor, "--reason", "本人要求", user="admin")
    assert erased.status == 0
    gift = public(giving, row.code)["gifts"][0]
    assert (gift["donor"], gift["consent"], gift["commitment"]) == ("匿名", "anonymous", "")
    assert gift["amount"] == "10.00"


def test_two_gifts_of_one_who_is_anonymous_have_nothing_in_common(giving: Giving) -> None:
    row = giving.campaign()
    donor = giving.donor("沈示例")
    for day, amount in ((date(2026, 3, 2), "10.00"), (date(2026, 3, 5), "20.00")):
        giving.give(amount, day, campaign=row.code, donor=donor)
    other = giving.give("30.00", date(2026, 3, 6), campaign=row.code)
    told = public(giving, row.code)["gifts"]
    mine, theirs, others = ({(k, str(v)) for k, v in one.items()} for one in told)
    assert told[2]["gift"] == other
    assert mine & theirs == mine & others  # no more than with anybody else's


def test_the_opening_that_a_donor_holds_proves_the_line(giving: Giving) -> None:
    row = giving.campaign()
    donor = giving.donor("沈示例")
    code = giving.give("10.00", campaign=row.code, donor=donor)
    with giving.registry.read() as conn:
        ((opening, _),) = donors.openings(conn, giving.registry.vault, {code: donor}).values()
    gift = public(giving, row.code)["gifts"][0]
    assert hashlib.sha256(f"{opening} {code}".encode()).hexdigest() == gift["commitment"]


@drawn(st.text("甲乙丙丁戊公司学校A b", min_size=1, max_size=20), st.booleans())
def test_a_masked_name_never_tells_the_whole(name: str, company: bool) -> None:
    shown = masked(name, company=company)
    kept, stars, ending = shown.partition("**")
    assert stars and len(kept) <= 2
    known = name.strip()
    assert known.startswith(kept) and known.endswith(ending)
    assert len(kept) + len(ending) < max(1, len(known))


# ---- who may read it ---------------------------------------------------------------------------


def test_nothing_is_published_before_a_campaign_is_opened(giving: Giving) -> None:
    terms = Terms(UNIT, "助学", "助学", date(2026, 1, 1), None, yuan("0.00"), "fifo")
    code = campaigns.ask_to_open(giving.registry, terms, giving.maker, NOW).code
    refused = giving.run("campaign", "show", code, "--public", user="shen")
    assert (refused.status, "[not-published]" in refused.err) == (1, True)
    assert inside(giving, code)["state"] == "waiting"
    giving.run("campaign", "back", code, user="lin")
    assert giving.run("campaign", "show", code, "--public", user="shen").status == 1


def test_who_has_no_right_and_a_code_that_is_none_are_findings(giving: Giving) -> None:
    row = giving.campaign()
    assert giving.run("campaign", "show", row.code, "--public", user="admin").status == 1
    none = giving.run("campaign", "show", "HD2026-0099-0", "--json", user="shen")
    assert none.status == 2 and "no-campaign" in none.out + none.err


def test_a_name_that_is_published_stands_in_no_log(giving: Giving) -> None:
    row = giving.campaign()
    giving.give("10.00", campaign=row.code, donor=giving.donor("王示例", consent="named"))
    text = giving.run("campaign", "show", row.code, "--public", user="shen").out
    assert "王示例" in text
    with giving.registry.read() as conn:
        assert "王示例" not in str(oplog.entries(conn))


def test_the_text_says_what_the_json_says(giving: Giving) -> None:
    row = giving.campaign(target=yuan("100.00"), lines=PLAN)
    giving.give("150.00", campaign=row.code)
    giving.spend("30.00", row.fund, APRIL, purpose="帐篷")
    told = giving.run("campaign", "show", row.code, user="shen").out
    for text in ("[##############################] 150.0 %", "超出目标 above the target 50.00",
                 "1 笔捐赠 gifts"):  # fmt: skip
        assert text in told
    assert re.search(r"^帐篷 +300.00 +30.00$", told, re.MULTILINE)


def test_more_gifts_are_no_more_queries(giving: Giving) -> None:
    row = giving.campaign("pro-rata")
    giving.give("100.00", campaign=row.code)
    counts = []
    for _ in range(2):
        counts.append(
            count(giving.registry, lambda: published(giving.registry, UNIT, row.code, NOW.date()))
        )
        for _ in range(5):
            giving.give("1.00", campaign=row.code)
    assert counts[0] == counts[1]
