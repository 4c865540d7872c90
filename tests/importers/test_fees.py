"""A fee inside a row: the gross stands against the other side, the fee where a rule says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from importers import answering, staging
from importers.drafting import OtherSide
from importers.staging import Imported
from ledger.money import Money
from ledger.reference import make_code
from tests.house import ACTIVITY, BANK, DUES, OFFICE, UNIT, House
from tests.importers.desk import NUMBER, Desk

CODE = make_code("HY", 2026, 801)
FEE = f"""
[[rule]]
title = "手续费"
for = "fee"
to = {{ account = "{OFFICE}", fund = "F01" }}
"""
BUY = f"""
[[rule]]
title = "活动用品"
direction = "out"
memo = "用品"
amount = "100.00"
to = {{ account = "{ACTIVITY}", fund = "F02" }}
"""
HEAD = "交易时间,收入金额,支出金额,账户余额,手续费总额,对方户名,对方账号,摘要,交易流水号"


@pytest.fixture
def desk(small_house: House) -> Desk:
    return Desk(small_house)


def read(desk: Desk, *rows: tuple[int, int, int, str]) -> Imported:
    """Rows of ``(amount, fee, how far the balance moves, memo)``, behind one of no fee."""
    held, at = 500_000, datetime(2026, 3, 2, 9)
    lines = [f"账号：{NUMBER}", f"期初余额：{Money(held).text}", HEAD]
    for place, (fen, fee, moved, memo) in enumerate([(100, 0, 100, "往来"), *rows]):
        held += moved
        at += timedelta(minutes=1)
        came, went = (fen, 0) if fen > 0 else (0, -fen)
        cells = [
            at.strftime("%Y-%m-%d %H:%M:%S"), Money(came).text, Money(went).text, Money(held).text,
            Money(fee).text, "示例商贸有限公司", "6222000000001111", memo, f"66{place:06d}",
        ]  # fmt: skip
        lines.append(",".join(cells))
    return desk.read_in("\r\n".join(lines).encode("gb18030"), f"fees-{len(desk.lines())}.csv")


def postings(desk: Desk) -> list[tuple[str, str, str]]:
    (waits,) = desk.drafts()
    return sorted((p.account, p.fund, p.amount.text) for p in waits.draft.postings)


def test_a_payment_with_a_fee_is_grossed_up_by_the_rules(desk: Desk) -> None:
    desk.rules(BUY + FEE)
    read(desk, (-10000, 500, -10500, "用品"))
    assert postings(desk) == [
        (BANK, "F01", "-5.00"), (BANK, "F02", "-100.00"), (ACTIVITY, "F02", "100.00"),
        (OFFICE, "F01", "5.00"),
    ]  # fmt: skip
    (drafted,) = staging.inbox(desk.registry, UNIT).drafted
    assert drafted.proposal is not None and "手续费 5.00 按规则 2" in drafted.proposal.reason


def test_a_due_that_came_less_its_fee_is_settled_in_full(desk: Desk) -> None:
    desk.rules(FEE)
    desk.claim(CODE, "25.00")
    read(desk, (2500, 15, 2485, f"会费{CODE}"))
    assert postings(desk) == [
        (BANK, "F01", "24.85"), (OFFICE, "F01", "0.15"), (DUES, "F01", "-25.00"),
    ]  # fmt: skip
    assert desk.claim_state(CODE) == "drafted"


def test_a_net_amount_with_the_fee_beside_it_settles_the_gross_by_its_reference(
    desk: Desk,
) -> None:
    desk.rules(FEE)
    desk.claim(CODE, "25.00")
    read(desk, (2485, 15, 2485, f"会费{CODE}"))
    assert (DUES, "F01", "-25.00") in postings(desk)


def test_a_fee_that_is_charged_apart_is_not_entered_with_the_payment(desk: Desk) -> None:
    desk.rules(BUY + FEE)
    read(desk, (-10000, 500, -10000, "用品"))
    assert {account for account, _, _ in postings(desk)} == {BANK, ACTIVITY}


def test_without_a_rule_for_fees_the_line_is_asked(desk: Desk) -> None:
    desk.rules(BUY)
    desk.claim(CODE, "25.00")
    read(desk, (-10000, 500, -10500, "用品"), (2500, 15, 2485, CODE))
    assert desk.drafts() == [] and desk.claim_state(CODE) == "open"
    reasons = [line.reason for line in desk.questions()][1:]
    assert all("没有手续费规则" in reason for reason in reasons)


def test_the_inbox_tells_gross_and_fee(desk: Desk) -> None:
    read(desk, (-10000, 500, -10500, "采购"))
    line = staging.inbox(desk.registry, UNIT).as_json()["rows"][1]["line"]
    assert (line["amount"], line["gross"], line["fee"]) == ("-105.00", "-100.00", "5.00")
    assert "毛额 100.00，其中手续费 5.00" in desk.questions()[1].reason


def test_an_answer_with_the_gross_is_completed_by_the_rule_for_fees(desk: Desk) -> None:
    desk.rules(FEE)
    read(desk, (-10000, 500, -10500, "采购"))
    number = desk.questions()[1].number
    side = OtherSide(ACTIVITY, "F01", Money(-10000))
    answering.answer(desk.registry, UNIT, number, [side], desk.house.maker, desk.house.now)
    assert postings(desk) == [
        (BANK, "F01", "-105.00"), (ACTIVITY, "F01", "100.00"), (OFFICE, "F01", "5.00"),
    ]  # fmt: skip


def test_a_suggested_due_is_entered_with_its_fee(desk: Desk) -> None:
    desk.rules(FEE)
    desk.claim(CODE, "25.00", desk.member("欧阳示例", "007"))
    read(desk, (2500, 15, 2485, "欧阳示例三月会费"))
    number = desk.questions()[1].number
    answering.accept_suggestion(desk.registry, UNIT, number, desk.house.maker, desk.house.now)
    assert (DUES, "F01", "-25.00") in postings(desk) and (OFFICE, "F01", "0.15") in postings(desk)
