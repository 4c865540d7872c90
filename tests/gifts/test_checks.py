"""What drafts say of gifts is looked at where they are posted, whoever wrote them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger import workflow
from ledger.entry import Draft, Posting, voucher_class
from ledger.errors import Refused
from ledger.money import yuan
from tests.gifts.giving import UNIT, Giving

DAY = date(2026, 4, 1)


def typed(giving: Giving, *lines: Posting, day: date = DAY) -> str:
    """A draft as somebody types it; its id."""
    draft = Draft(UNIT, day, voucher_class(lines), "手工", lines, source="user")
    return workflow.propose(giving.registry, draft, giving.maker, giving.now)


def spent(giving: Giving, amount: str, fund: str, **meta: str) -> tuple[Posting, ...]:
    cost = giving.account("50404" if giving.chart.startswith("union") else "5101")
    money = yuan(amount)
    said = tuple(sorted(meta.items()))
    return Posting(cost, money, fund, said), Posting(giving.bank, -money, fund)


def test_spending_that_names_a_gift_stands_in_the_gifts_own_fund(any_chart: Giving) -> None:
    code = any_chart.give("100.00", fund="F02")
    other = any_chart.campaign()
    any_chart.give("100.00", campaign=other.code)
    with pytest.raises(Refused, match="gift-fund"):
        typed(any_chart, *spent(any_chart, "10.00", other.fund, gift=code))
    with pytest.raises(Refused, match="unknown-gift"):
        typed(any_chart, *spent(any_chart, "10.00", "F02", gift="JZ2026-0077-1"))
    with pytest.raises(Refused, match="gift-donor"):
        typed(any_chart, *spent(any_chart, "10.00", "F02", gift=code, donor="d-NOBODY"))
    any_chart.approve(typed(any_chart, *spent(any_chart, "10.00", "F02", gift=code)))
    assert any_chart.sums(code) == ("100.00", "10.00", "90.00", "0.00")


def test_a_fund_where_a_consent_took_the_gift_is_its_own_as_well(giving: Giving) -> None:
    first, other = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=first.code)
    paper = giving.folder / "consent.txt"
    paper.write_text("同意")
    asked = giving.run(
        "gift", "change", code, "--campaign", other.code, "--on", "2026-03-20", "--purpose",
        "助学", "--paper", paper, "--json",
    )  # fmt: skip
    line = spent(giving, "10.00", other.fund, gift=code)
    with pytest.raises(Refused, match="gift-fund"):
        typed(giving, *line)
    moved = giving.run("gift", "approve", code, str(asked.json["event"]), "--json", user="lin")
    giving.approve(moved.json["draft"])
    giving.approve(typed(giving, *line))
    assert giving.sums(code) == ("100.00", "10.00", "90.00", "0.00")


def test_what_a_gift_brings_or_gives_back_is_not_typed_by_hand(any_chart: Giving) -> None:
    code = any_chart.give("100.00", fund="F02")
    income = any_chart.account("408" if any_chart.chart.startswith("union") else "410102")
    for sign in (yuan("50.00"), -yuan("50.00")):
        with pytest.raises(Refused, match="gift-by-hand"):
            typed(
                any_chart,
                Posting(any_chart.bank, sign, "F02"),
                Posting(income, -sign, "F02", (("gift", code),)),
            )
    assert any_chart.sums(code) == ("100.00", "0.00", "100.00", "0.00")


def test_a_void_gift_is_spent_by_nobody(giving: Giving) -> None:
    code = giving.record(amount=yuan("100.00"), fund="F02").row.code
    giving.give("100.00", fund="F02")
    asked = giving.run("gift", "void", code, "--reason", "重复", "--json")
    giving.run("gift", "approve", code, str(asked.json["event"]), user="lin")
    with pytest.raises(Refused, match="gift-void"):
        typed(giving, *spent(giving, "10.00", "F02", gift=code))


def test_a_receipt_that_its_maker_corrects_stays_the_gift_that_was_recorded(
    giving: Giving,
) -> None:
    done = giving.record(amount=yuan("100.00"), fund="F02", money=giving.bank)
    (draft,) = [one.draft for one in workflow.waiting(giving.registry, UNIT)]
    more = tuple(
        replace(line, amount=yuan("200.00") if line.amount.fen > 0 else -yuan("200.00"))
        for line in draft.postings
    )
    with pytest.raises(Refused, match="gift-amount"):
        workflow.amend(
            giving.registry, done.draft, replace(draft, postings=more), giving.maker, giving.now
        )
    nobody = tuple(replace(line, meta=()) for line in draft.postings)
    with pytest.raises(Refused, match="gift-amount"):
        workflow.amend(
            giving.registry, done.draft, replace(draft, postings=nobody), giving.maker, giving.now
        )
    workflow.amend(
        giving.registry, done.draft, replace(draft, narration="更正摘要"), giving.maker, giving.now
    )
    giving.approve(done.draft)
    assert giving.sums(done.row.code)[0] == "100.00"


def test_money_that_waits_for_its_day_is_not_spent_before_it(any_chart: Giving) -> None:
    row = any_chart.campaign(end=date(2026, 12, 31))
    waits = any_chart.give("100.00", campaign=row.code, until=date(2026, 6, 1))
    free = any_chart.give("60.00", date(2026, 3, 3), campaign=row.code)
    with pytest.raises(Refused, match="gift-too-early"):
        typed(any_chart, *spent(any_chart, "60.01", row.fund))
    with pytest.raises(Refused, match="gift-too-early"):
        typed(any_chart, *spent(any_chart, "61.00", row.fund, gift=waits))
    any_chart.approve(typed(any_chart, *spent(any_chart, "50.00", row.fund)))
    assert any_chart.sums(waits) == ("100.00", "0.00", "100.00", "0.00")
    assert any_chart.sums(free) == ("60.00", "50.00", "10.00", "0.00")
    with pytest.raises(Refused, match="gift-too-early"):
        typed(any_chart, *spent(any_chart, "10.01", row.fund), day=date(2026, 5, 31))
    any_chart.approve(typed(any_chart, *spent(any_chart, "70.00", row.fund), day=date(2026, 6, 1)))
    assert any_chart.sums(waits) == ("100.00", "70.00", "30.00", "0.00")


def test_money_that_waits_goes_back_to_its_giver_all_the_same(giving: Giving) -> None:
    code = giving.give("100.00", fund="F02", until=date(2026, 9, 1))
    done = giving.run(
        "gift", "refund", code, "--amount", "100", "--on", "2026-04-02", "--money", giving.bank,
        "--decision", "理事会2号", "--json",
    )  # fmt: skip
    assert done.status == 0, done.said
    giving.approve(done.json["draft"])
    assert giving.sums(code) == ("100.00", "0.00", "0.00", "100.00")
    free = giving.give("30.00", date(2026, 4, 3), fund="F02")
    giving.approve(typed(giving, *spent(giving, "30.00", "F02"), day=date(2026, 4, 3)))
    assert giving.sums(free) == ("30.00", "30.00", "0.00", "0.00")


def test_income_of_a_campaigns_fund_that_names_no_gift_is_told_to_maker_and_checker(
    any_chart: Giving,
) -> None:
    row = any_chart.campaign()
    income = any_chart.account("408" if any_chart.chart.startswith("union") else "410102")
    money = yuan("5.00")
    draft = typed(any_chart, Posting(any_chart.bank, money, row.fund),
                  Posting(income, -money, row.fund))  # fmt: skip
    (told,) = workflow.warnings_of(any_chart.registry, [draft])
    assert (told.rule, told.severity) == ("gift-unnamed", "warning")
    assert row.code in told.what.zh
    plain = typed(any_chart, Posting(any_chart.bank, money, "F02"),
                  Posting(income, -money, "F02"))  # fmt: skip
    assert workflow.warnings_of(any_chart.registry, [plain]) == []


def test_a_reversal_takes_back_a_gift_whatever_else_is_asked(giving: Giving) -> None:
    done = giving.record(amount=yuan("100.00"), fund="F02", money=giving.bank,
                         until=date(2026, 9, 1))  # fmt: skip
    voucher = giving.approve(done.draft)
    giving.reverse(voucher, date(2026, 3, 9))
    assert giving.sums(done.row.code) == ("0.00", "0.00", "0.00", "0.00")
