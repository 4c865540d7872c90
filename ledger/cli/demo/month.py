"""What really happened in the demonstration's March: true movements of three accounts.

Everything is drawn from one seed. Each account's movements are a list of :class:`Movement`; its
balances follow from the opening balance, so that the generated statements prove.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from ledger.money import Money, total, yuan

BANK = "Assets:102-银行存款:01-工行基本户"
WECHAT = "Assets:102-银行存款:02-微信商户"
ALIPAY = "Assets:102-银行存款:03-支付宝商户"
FEE = Fraction(6, 1000)  # what a collection code costs


@dataclass(frozen=True, slots=True)
class Payer:
    """A member's dues claim for the month and how it is going to be paid."""

    number: str  # the member's number within the unit
    code: str  # the claim's reference code
    amount: Money
    pays_by: str  # list, wechat, alipay, bank


@dataclass(frozen=True, slots=True)
class Movement:
    """One true movement. ``order`` and ``original`` are platform order numbers."""

    at: datetime
    amount: Money
    kind: str  # what the platform or bank calls it
    counterparty: str = ""
    memo: str = ""
    order: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class MonthOfMovements:
    bank: tuple[Movement, ...]
    wechat: tuple[Movement, ...]
    alipay: tuple[Movement, ...]


def dues(monthly_base: Money) -> Money:
    """Half a percent of the base, whose tail below ten yuan does not count.

    Source: the trade unions' dues rule (0.5 % of basic wage).

    >>> dues(yuan("5006.00"))
    Money(2500, 'CNY')
    """
    return Money(monthly_base.fen // 1000 * 1000).times(Fraction(5, 1000))


def march(payers: list[Payer], list_code: str, seed: int) -> MonthOfMovements:
    """The movements of March 2026, oldest first in each account."""
    draw = random.Random(seed)
    wechat = _platform([p for p in payers if p.pays_by == "wechat"], draw, "42000", refund=True)
    alipay = _platform([p for p in payers if p.pays_by == "alipay"], draw, "20260", refund=False)
    from_wechat = _payout(wechat, datetime(2026, 3, 26, 9, 30, 4), "提现", "P-WX-2603")
    from_alipay = _payout(alipay, datetime(2026, 3, 27, 10, 2, 41), "提现", "P-ZFB-2603")
    wechat.append(from_wechat)
    alipay.append(from_alipay)
    return MonthOfMovements(
        tuple(_bank(payers, list_code, from_wechat, from_alipay, draw)),
        tuple(sorted(wechat, key=lambda row: row.at)),
        tuple(sorted(alipay, key=lambda row: row.at)),
    )


def _platform(
    payers: list[Payer], draw: random.Random, prefix: str, *, refund: bool
) -> list[Movement]:
    """Dues through a collection code, the fee of each as a row of its own, perhaps one refund."""
    rows: list[Movement] = []
    moments = sorted(
        datetime(2026, 3, draw.randrange(2, 22), draw.randrange(8, 21), draw.randrange(60))
        + timedelta(seconds=draw.randrange(60))
        for _ in payers
    )
    # One is late: their money is still with the platform when the month ends.
    moments[-1] = datetime(2026, 3, 31, 20, 11, 8)
    for place, (payer, at) in enumerate(zip(payers, moments, strict=True)):
        order = f"{prefix}2603{place:04d}{draw.randrange(10**6):06d}"
        rows.append(Movement(at, payer.amount, "交易", "", f"会费 {payer.code}", order))
        fee = payer.amount.times(FEE)
        if fee:
            rows.append(Movement(at, -fee, "收费", "", f"服务费[{order}]", order))
    if refund:
        # One member pays a second time by mistake and is paid back on the next day.
        payer, at = payers[0], datetime(2026, 3, 23, 12, 10, 9)
        order = f"{prefix}26039999{draw.randrange(10**6):06d}"
        rows.append(Movement(at, payer.amount, "交易", "", f"会费 {payer.code}", order))
        fee = payer.amount.times(FEE)
        rows.append(Movement(at, -fee, "收费", "", f"服务费[{order}]", order))
        back = at + timedelta(days=1)
        rows.append(Movement(back, -payer.amount, "退款", "", "重复交费退回", f"R{order}", order))
        rows.append(Movement(back, fee, "退手续费", "", f"服务费退回[{order}]", f"R{order}", order))
    return rows


def _payout(rows: list[Movement], at: datetime, kind: str, order: str) -> Movement:
    """What is paid out to the bank: everything that came in before."""
    held = total(row.amount for row in rows if row.at < at)
    return Movement(at, -held, kind, "春风小学工会委员会", f"提现到银行卡 {order}", order)


def _bank(
    payers: list[Payer],
    list_code: str,
    from_wechat: Movement,
    from_alipay: Movement,
    draw: random.Random,
) -> list[Movement]:
    by_list = total(p.amount for p in payers if p.pays_by == "list")
    own = [p for p in payers if p.pays_by == "bank"]

    def around(amount: str, spread: int) -> Money:
        return yuan(amount) + Money(draw.randrange(-spread, spread) * 100)

    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 3, day, hour, minute, draw.randrange(60))

    def pay(moment: datetime, amount: Money, counterparty: str, memo: str) -> Movement:
        return Movement(moment, -amount, "网银", counterparty, memo)

    def receive(moment: datetime, amount: Money, counterparty: str, memo: str) -> Movement:
        return Movement(moment, amount, "转账", counterparty, memo)

    school, upper = "青禾区春风小学（示例）", "青禾区总工会"
    rows = [
        receive(at(3, 9, 12), around("12480", 300), "青禾区税务局", "代收工会经费 2026年2月"),
        receive(at(5, 10, 30), by_list, school, f"3月会费代扣 {list_code}"),
        pay(at(6, 15, 2), around("1860", 90), "示例文体用品有限公司", "篮球赛用品"),
        pay(at(8, 9, 45), around("2400", 90), "示例花卉园艺有限公司", "三八妇女节活动"),
        pay(at(10, 11, 20), yuan("4800"), upper, "上缴2月工会经费"),
        # Two members pay the same dues on the same day: two lines, two claims.
        receive(at(12, 8, 31), own[0].amount, "", f"会费 {own[0].code}"),
        receive(at(12, 8, 31), own[1].amount, "", f"会费 {own[1].code}"),
        receive(at(16, 14, 8), yuan("8000"), upper, "职工疗休养专项补助"),
        pay(at(18, 16, 40), yuan("500"), "吕例三", "困难帮扶"),
        pay(at(19, 9, 5), around("3000", 80), "示例疗养院有限公司", "职工疗休养"),
        Movement(at(21, 0, 12), Money(draw.randrange(900, 1900)), "结息", "", "利息"),
        Movement(at(31, 17, 30), -yuan("15"), "收费", "", "账户管理费"),
        receive(
            from_wechat.at + timedelta(hours=2),
            -from_wechat.amount,
            "财付通支付科技有限公司",
            f"商户提现 {from_wechat.order}",
        ),
        receive(
            from_alipay.at + timedelta(hours=1),
            -from_alipay.amount,
            "支付宝（中国）网络技术有限公司",
            f"商户提现 {from_alipay.order}",
        ),
        pay(at(30, 10, 15), around("960", 60), "示例印务有限公司", "工会宣传栏"),
    ]
    return sorted(rows, key=lambda row: row.at)
