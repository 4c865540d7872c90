"""Promises kept by parts and not kept, refunds, and another purpose: each by two persons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import workflow
from ledger.errors import NotAllowed, Refused
from ledger.gifts.terms import approve_terms, ask_change
from ledger.money import yuan
from ledger.registry import claims
from tests.gifts.giving import UNIT, Giving


def pledged(giving: Giving, campaign: str, *words: str) -> str:
    told = giving.run(
        "gift", "pledge", "--donor", giving.donor(), "--on", "2026-03-01", "--campaign", campaign,
        *words, "--json",
    )  # fmt: skip
    assert told.status == 0, told.out
    return str(told.json["gift"])


PARTS = ("--part", "2026-04-01", "300", "--part", "2026-05-01", "200")


def receive(giving: Giving, code: str, amount: str, day: str = "2026-04-02") -> Any:
    return giving.run(
        "gift", "receive", code, "--amount", amount, "--money", giving.bank, "--on", day, "--json"
    )


def opened(giving: Giving, code: str) -> list[tuple[str, int]]:
    """What is still claimed of a gift, with its due day."""
    with giving.registry.read() as conn:
        parts = claims.leaves_of(conn, UNIT, code)
    return [(str(one.due), one.fen) for one in parts if one.state == claims.OPEN]


def test_a_promise_is_no_income_and_is_kept_by_parts(any_chart: Giving) -> None:
    row = any_chart.campaign()
    code = pledged(any_chart, row.code, *PARTS)
    income = "408" if any_chart.chart.startswith("union") else "410102"
    assert any_chart.balance(income) == "0.00"
    assert opened(any_chart, code) == [("2026-04-01", 30000), ("2026-05-01", 20000)]
    any_chart.approve(receive(any_chart, code, "300").json["draft"])
    assert opened(any_chart, code) == [("2026-05-01", 20000)]
    assert any_chart.stands(code).expected_fen == 20000
    any_chart.approve(receive(any_chart, code, "50", "2026-05-02").json["draft"])
    assert opened(any_chart, code) == [("2026-05-01", 15000)]
    much = receive(any_chart, code, "150.01", "2026-05-03")
    assert (much.status, much.json["findings"][0]["rule"]) == (1, "too-much")
    any_chart.approve(receive(any_chart, code, "150", "2026-05-03").json["draft"])
    assert any_chart.balance(income) == "-500.00"
    assert any_chart.sums(code) == ("500.00", "0.00", "500.00", "0.00")


def test_drafts_that_wait_count_against_what_is_promised(giving: Giving) -> None:
    code = pledged(giving, giving.campaign().code, *PARTS)
    draft = receive(giving, code, "300").json["draft"]
    assert receive(giving, code, "200.01").status == 1
    workflow.withdraw(giving.registry, draft, giving.maker, giving.now)
    assert opened(giving, code) == [("2026-04-01", 30000), ("2026-05-01", 20000)]
    assert receive(giving, code, "300").status == 0


def test_a_promise_that_is_not_kept_is_said_by_two(giving: Giving) -> None:
    row = giving.campaign()
    code = pledged(giving, row.code, *PARTS)
    giving.approve(receive(giving, code, "300").json["draft"])
    much = giving.run("gift", "default", code, "--amount", "200.01", "--on", "2026-06-01")
    assert (much.status, "[bad-gift]" in much.err) == (1, True)
    asked = giving.run(
        "gift", "default", code, "--amount", "150", "--on", "2026-06-01", "--note", "停业", "--json"
    )
    assert asked.json["event"] == 1
    assert giving.stands(code).expected_fen == 20000
    assert giving.run("gift", "approve", code, "1").status == 1
    assert giving.run("gift", "approve", code, "1", user="lin").status == 0
    assert (giving.stands(code).expected_fen, opened(giving, code)) == (
        5000, [("2026-05-01", 5000)],
    )  # fmt: skip
    assert giving.run("gift", "approve", code, "1", user="lin").status == 1
    whole = pledged(giving, row.code, "--part", "2026-04-01", "10")
    giving.run("gift", "default", whole, "--amount", "10", "--on", "2026-06-01")
    giving.run("gift", "approve", whole, "1", user="lin")
    assert giving.stands(whole).state == "defaulted"


@pytest.mark.parametrize(
    "words",
    [
        ("--part", "2026-04-01", "0"), ("--part", "2026-13-01", "1"), ("--part", "x", "1"),
        ("--part", "2026-02-01", "1"), ("--part", "2026-05-01", "1", "--part", "2026-04-01", "1"),
    ],
)  # fmt: skip
def test_a_promise_that_makes_no_sense_is_refused(giving: Giving, words: tuple[str, ...]) -> None:
    told = giving.run(
        "gift", "pledge", "--donor", giving.donor(), "--on", "2026-03-01", "--campaign",
        giving.campaign().code, *words,
    )  # fmt: skip
    assert told.status in (1, 2) and "Traceback" not in told.err
    assert giving.run("gift", "list", "--json").json == {"gifts": []}


def test_what_came_since_it_was_asked_is_looked_at_again_before_it_counts(giving: Giving) -> None:
    code = pledged(giving, giving.campaign().code, "--part", "2026-04-01", "300")
    giving.run("gift", "default", code, "--amount", "300", "--on", "2026-06-01")
    giving.run("gift", "void", code, "--reason", "重复")
    giving.approve(receive(giving, code, "100").json["draft"])
    for number in ("1", "2"):
        assert giving.run("gift", "approve", code, number, user="lin").status == 1
    assert giving.stands(code).state == "held"
    assert giving.stands(code).expected_fen == 20000


# ---- back to the giver -------------------------------------------------------------------------


def refund(giving: Giving, code: str, amount: str, *words: str) -> Any:
    return giving.run(
        "gift", "refund", code, "--amount", amount, "--money", giving.bank, "--on", "2026-04-09",
        *words, "--json",
    )  # fmt: skip


def test_a_gift_goes_back_up_to_what_it_holds(any_chart: Giving) -> None:
    row = any_chart.campaign()
    code = any_chart.give("100.00", campaign=row.code)
    any_chart.spend("30.00", row.fund, date(2026, 4, 1))
    refused = refund(any_chart, code, "70.01")
    assert refused.json["findings"][0]["rule"] == "refund-above-lot"
    draft = refund(any_chart, code, "50").json["draft"]
    assert refund(any_chart, code, "20.01").status == 1  # the draft that waits counts
    any_chart.approve(draft)
    assert any_chart.sums(code) == ("100.00", "30.00", "20.00", "50.00")
    income = "408" if any_chart.chart.startswith("union") else "410102"
    assert any_chart.balance(income) == "-50.00"


def test_above_what_it_holds_a_decision_says_which_fund_bears_it(any_chart: Giving) -> None:
    any_chart.give("500.00", fund="F01")
    row = any_chart.campaign()
    code = any_chart.give("100.00", campaign=row.code)
    any_chart.spend("80.00", row.fund, date(2026, 4, 1))
    bearer = ("--decision", "会〔2026〕3号", "--bearer")
    assert refund(any_chart, code, "100", *bearer, row.fund).status == 1
    assert refund(any_chart, code, "100", *bearer, "F99").status == 1
    assert refund(any_chart, code, "100.01", *bearer, "F01").status == 1
    any_chart.approve(refund(any_chart, code, "100", *bearer, "F01").json["draft"])
    other = {"union-2021-basic": "510", "npo-2004": "5401", "npo-2024": "5901"}[any_chart.chart]
    assert any_chart.balance(other, "F01") == "80.00"
    assert any_chart.sums(code) == ("100.00", "80.00", "0.00", "20.00")
    # What another fund bears is no return of this gift's money: it is told by its own voucher.


def test_a_refund_that_is_reversed_is_held_again(giving: Giving) -> None:
    code = giving.give("100.00", fund="F02")
    voucher = giving.approve(refund(giving, code, "40").json["draft"])
    giving.reverse(voucher, date(2026, 4, 10))
    assert giving.sums(code) == ("100.00", "0.00", "100.00", "0.00")


def test_what_a_consent_took_to_another_fund_goes_back_from_there(
    giving: Giving, tmp_path: Path
) -> None:
    one, other = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=one.code)
    asked = giving.run(
        "gift", "change", code, "--campaign", other.code, "--on", "2026-04-01", "--purpose",
        "助学", "--paper", consent(tmp_path), "--json",
    )  # fmt: skip
    done = giving.run("gift", "approve", code, str(asked.json["event"]), "--json", user="lin")
    giving.approve(done.json["draft"])
    giving.spend("30.00", other.fund, date(2026, 4, 2))
    giving.approve(refund(giving, code, "70").json["draft"])
    assert giving.sums(code) == ("100.00", "30.00", "0.00", "70.00")
    assert giving.balance("100201", other.fund) == giving.balance("100201", one.fund) == "0.00"


# ---- another purpose ---------------------------------------------------------------------------


def consent(tmp_path: Path) -> Path:
    path = tmp_path / "consent.txt"
    path.write_text("同意改变用途", encoding="utf-8")
    return path


def test_a_gift_serves_another_purpose_only_with_consent_and_by_two(
    any_chart: Giving, tmp_path: Path
) -> None:
    one, other = any_chart.campaign(), any_chart.campaign(name="助学", rule="pro-rata")
    code = any_chart.give("100.00", campaign=one.code)
    any_chart.spend("30.00", one.fund, date(2026, 4, 1))
    asked = any_chart.run(
        "gift", "change", code, "--campaign", other.code, "--purpose", "助学", "--on",
        "2026-04-05", "--paper", consent(tmp_path), "--json",
    )  # fmt: skip
    assert asked.status == 0, asked.out
    done = any_chart.run("gift", "approve", code, "1", "--json", user="lin")
    voucher = any_chart.approve(done.json["draft"])
    assert len(voucher.draft.papers) == 1
    assert any_chart.sums(code) == ("100.00", "30.00", "70.00", "0.00")
    any_chart.spend("20.00", other.fund, date(2026, 4, 8))
    assert any_chart.sums(code) == ("100.00", "50.00", "50.00", "0.00")
    told = any_chart.run("gift", "trace", code, "--json").json
    assert [line["amount"] for line in told["lines"]] == ["30.00", "20.00"]
    first, second = any_chart.run("campaign", "list", "--json").json["campaigns"]
    assert (first["raised"], first["moved_out"], first["held"]) == ("100.00", "70.00", "0.00")
    assert (second["raised"], second["moved_in"], second["held"]) == ("0.00", "70.00", "50.00")


def test_without_consent_or_by_who_asked_it_stays_as_it_is(giving: Giving, tmp_path: Path) -> None:
    one, other = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=one.code)
    registry, maker, now = giving.registry, giving.maker, giving.now

    def ask(campaign: str, fund: str, purpose: str = "助学", paper: bytes = b"yes") -> int:
        return ask_change(
            registry, UNIT, code, campaign, fund, date(2026, 4, 5), purpose, paper, "c.txt", maker,
            now,
        )  # fmt: skip

    for words in ((other.code, "", "助学", b""), ("", "", "助学"), ("", "F01"), ("", "F99"),
                  ("", other.fund), (one.code, ""), (other.code, "", " ")):  # fmt: skip
        with pytest.raises(Refused, match="bad-gift"):
            ask(*words)
    giving.donor("沈示例")
    with pytest.raises(Refused, match="name-in-text"):
        ask(other.code, "", "资助沈示例")
    number = ask(other.code, "")
    with pytest.raises(Refused, match="同样的申请"):
        ask(other.code, "")
    with pytest.raises(NotAllowed):
        approve_terms(registry, UNIT, code, number, maker, now)
    assert giving.stands(code).parts[0].held_fen == 10000


# ---- void --------------------------------------------------------------------------------------


def test_a_number_is_void_by_two_and_only_before_anything_came(giving: Giving) -> None:
    waits = giving.record(amount=yuan("5.00"), fund="F01").row.code
    asked = giving.run("gift", "void", waits, "--reason", "重复登记", "--json")
    assert giving.run("gift", "approve", waits, str(asked.json["event"]), user="lin").status == 0
    assert (giving.stands(waits).state, opened(giving, waits)) == ("void", [])
    assert receive(giving, waits, "5").json["findings"][0]["rule"] == "too-much"
    code = giving.give("5.00", fund="F01")
    assert giving.run("gift", "void", code, "--reason", "x").status == 1
    drafted = giving.record(amount=yuan("5.00"), fund="F01", money=giving.bank).row.code
    assert giving.run("gift", "void", drafted, "--reason", "x").status == 1
