"""The demonstration's files, in the layouts that the bank and the platforms write."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from ledger.cli.demo.facts import Facts
from ledger.cli.demo.month import ALIPAY, BANK, WECHAT, MonthOfMovements, Movement, Payer
from ledger.cli.demo.start import opening_of_march
from ledger.money import Money, total

#: Which account each statement is for.
ACCOUNTS: Final = {
    "bank-1.csv": BANK,
    "bank-2.csv": BANK,
    "wechat.csv": WECHAT,
    "alipay.csv": ALIPAY,
}
_FIRST_PART: Final = date(2026, 3, 20)
_SECOND_PART: Final = date(2026, 3, 15)
_NONE: Final = Money(0)

Balanced = tuple[Movement, Money]


def statements(month: MonthOfMovements, facts: Facts) -> dict[str, bytes]:
    """Every statement file by its name; the bank's two overlap from the 15th to the 20th."""
    bank = _with_balances(month.bank, opening_of_march())
    number = {row["name"]: row.get("number", "") for row in facts.unit["account"]}
    return {
        "bank-1.csv": icbc([row for row in bank if row[0].at.date() <= _FIRST_PART], number[BANK]),
        "bank-2.csv": icbc([row for row in bank if row[0].at.date() >= _SECOND_PART], number[BANK]),
        "wechat.csv": wechat_fund(_with_balances(month.wechat, _NONE)),
        "alipay.csv": alipay_detail(_with_balances(month.alipay, _NONE), number[ALIPAY]),
    }


def _with_balances(rows: Iterable[Movement], opening: Money) -> list[Balanced]:
    found, held = [], opening
    for row in rows:
        held += row.amount
        found.append((row, held))
    return found


def icbc(rows: Sequence[Balanced], number: str) -> bytes:
    """A detail of the Industrial and Commercial Bank: padded cells, tabs, a total below."""
    masked = f"{number[:4]}****{number[-4:]}"
    lines = [
        "明细查询文件下载",
        "",
        f'卡号: {masked},"卡别名: "',
        "",
        '子账户序号: 00000,子账户类别: 活期,"子账户别名: "',
        "",
        "交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,"
        "记账金额(收入),记账金额(支出),记账币种,余额,对方户名",
    ]
    for row, held in rows:
        came = row.amount.grouped if row.amount.fen > 0 else ""
        went = (-row.amount).grouped if row.amount.fen < 0 else ""
        cells = (
            row.memo or row.kind, "网上银行", "CHN", "钞", "-", "-", "-", came, went, "人民币",
            held.grouped, row.counterparty,
        )  # fmt: skip
        rest = ",".join(f'"{cell:<20}\t"' for cell in cells)
        lines.append(f"{row.at.date().isoformat()}     \t,{rest},")
    sums = [
        total(row.amount for row, _ in rows if row.amount.fen > 0),
        -total(row.amount for row, _ in rows if row.amount.fen < 0),
    ]
    printed = ",".join(f'"{amount.grouped:<20}\t"' for amount in sums)
    lines += [" ", f"人民币合计,,,,,,,,{printed},"]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def wechat_fund(
    rows: Sequence[Balanced], *, serial: str = "WX2603", first: int = 1
) -> bytes:  # fmt: skip
    """A fund bill of a WeChat merchant: a backtick before every value, totals in two last lines.

    Its serials begin with ``serial``; the first row's ends with ``first``.
    """
    head = (
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),"
        "账户结余(元),资金变更提交申请人,备注,业务凭证号"
    )
    lines = [head]
    for place, (row, held) in enumerate(rows, start=first):
        side = "收入" if row.amount.fen > 0 else "支出"
        name = {"收费": "扣除交易手续费", "退手续费": "退还交易手续费"}.get(row.kind, row.kind)
        cells = (
            row.at.isoformat(sep=" "), row.order, f"{serial}{place:06d}", row.kind, name, side,
            abs(row.amount).text, held.text, "system", row.memo, row.original or row.order,
        )  # fmt: skip
        lines.append(",".join(f"`{cell}" for cell in cells))
    came = [row.amount for row, _ in rows if row.amount.fen > 0]
    went = [-row.amount for row, _ in rows if row.amount.fen < 0]
    lines.append("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额")
    sums = (
        f"{len(rows)}.0",
        f"{len(came)}.0",
        total(came).text,
        f"{len(went)}.0",
        total(went).text,
    )
    lines.append(",".join(f"`{cell}" for cell in sums))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def alipay_detail(
    rows: Sequence[Balanced], number: str, *, serial: str = "ZFB2603", first: int = 1,
    period: tuple[date, date] = (date(2026, 3, 1), date(2026, 4, 1)),
) -> bytes:  # fmt: skip
    """An account detail of an Alipay merchant: GB18030, remarks around it, signed expenses.

    Its serials begin with ``serial``; the first row's ends with ``first``. ``period`` ends before
    its second day.
    """
    start, end = period
    lines = [
        "#支付宝账务明细查询",
        f"#账号：[{number}]",
        f"#起始日期：[{start:%Y年%m月%d日} 00:00:00]   终止日期：[{end:%Y年%m月%d日} 00:00:00]",
        "#-----------------------------------------账务明细列表----------------------------------------",
        "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
        "账户余额（元）,交易渠道,业务类型,备注",
    ]
    for place, (row, held) in enumerate(rows, start=first):
        came = row.amount.text if row.amount.fen > 0 else "0.00"
        went = row.amount.text if row.amount.fen < 0 else "0.00"
        kind = {"交易": "在线支付"}.get(row.kind, row.kind)
        goods = row.memo if row.kind == "交易" else ""
        note = "" if row.kind == "交易" else row.memo
        cells = (
            f"{serial}{place:06d}\t", f"{row.order}\t", f"{row.original or row.order}\t", goods,
            row.at.isoformat(sep=" "), "\t", came, went, held.text, "支付宝", kind, note,
        )  # fmt: skip
        lines.append(",".join(cells))
    came_rows = [row.amount for row, _ in rows if row.amount.fen > 0]
    went_rows = [row.amount for row, _ in rows if row.amount.fen < 0]
    lines += [
        "#-----------------------------------------账务明细列表结束------------------------------------",
        f"#支出合计：{len(went_rows)}笔，共{total(went_rows).text}元",
        f"#收入合计：{len(came_rows)}笔，共{total(came_rows).text}元",
        f"#导出时间：[{end + timedelta(days=1):%Y年%m月%d日} 12:00:00]",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def payroll_list(payers: Sequence[Payer], names: dict[str, str], list_code: str) -> bytes:
    """The list that the employer sends with what it withheld."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["工会会费代扣清单"])
    writer.writerow([f"清单编号 {list_code}", "所属月份 2026-03"])
    writer.writerow(["会员编号", "姓名", "实缴"])
    for payer in payers:
        writer.writerow([payer.number, names[payer.number], payer.amount.text])
    writer.writerow(["合计", "", total(payer.amount for payer in payers).text])
    return out.getvalue().encode("utf-8-sig")
