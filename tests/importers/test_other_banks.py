"""Statements of banks that have no profile: rows may be parked, none lost, none with a wrong sign.

Each layout is written from the same true movements, in the way some bank or its customer writes
them. What is demanded of every one: a line has the amount and the sign of its movement, and every
movement is a line or a parked row.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl
import pytest

from importers.line import Reading
from importers.read import read_bytes
from ledger.errors import Refused
from ledger.money import Money


@dataclass(frozen=True)
class True_:
    """A true movement and the balance after it, in fen."""

    at: datetime
    fen: int
    held: int
    name: str
    memo: str
    ref: str


def movements(fens: list[int], opening: int = 1_000_000) -> list[True_]:
    found, held = [], opening
    for place, fen in enumerate(fens):
        held += fen
        at = datetime(2026, 3, 2, 9, 15, 30) + timedelta(days=place, minutes=7 * place)
        found.append(True_(at, fen, held, f"某某公司{place}", f"第{place}笔", f"8800{place:06d}"))
    return found


MIXED = movements([12_345, -250_00, 2500, 2500, -99, 480_000, -480_000, -1_234_56, 7])
Layout = Callable[[list[True_]], bytes]
LAYOUTS: dict[str, Layout] = {}


def layout(make: Layout) -> Layout:
    LAYOUTS[make.__name__] = make
    return make


def yuan(fen: int) -> str:
    return Money(fen).text


def grouped(fen: int) -> str:
    return Money(fen).grouped


def csv(rows: list[list[str]], encoding: str = "utf-8-sig", sep: str = ",") -> bytes:
    def cell(text: str) -> str:
        return f'"{text}"' if sep in text or '"' in text else text

    return "\r\n".join(sep.join(map(cell, row)) for row in rows).encode(encoding)


def xlsx(rows: list[list[object]], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def inout(row: True_, show: Callable[[int], str] = yuan) -> tuple[str, str]:
    return (show(row.fen), "") if row.fen > 0 else ("", show(-row.fen))


@layout
def debit_then_credit(rows: list[True_]) -> bytes:
    head = [
        "交易日期",
        "凭证号",
        "摘要",
        "借方发生额",
        "贷方发生额",
        "余额",
        "对方户名",
        "对方账号",
    ]
    body = [
        [r.at.strftime("%Y%m%d"), r.ref, r.memo, *reversed(inout(r)), yuan(r.held), r.name, "6222"]
        for r in rows
    ]
    return csv(
        [["账户明细查询"], ["账号：6200000000000000018", "币种：人民币"], head, *body], "gb18030"
    )


@layout
def a_companys_own_view_of_debit(rows: list[True_]) -> bytes:
    """借方 is money in, as in the company's books; only the balance tells."""
    head = ["日期", "摘要", "借方", "贷方", "余额"]
    body = [[r.at.date().isoformat(), r.memo, *inout(r), yuan(r.held)] for r in rows]
    return csv([head, *body])


@layout
def newest_first_with_flag(rows: list[True_]) -> bytes:
    head = ["交易时间", "借贷标志", "发生额", "账户余额", "对方户名", "用途", "交易流水号"]
    body = [
        [r.at.strftime("%Y-%m-%d %H:%M:%S"), "贷" if r.fen > 0 else "借", grouped(abs(r.fen)),
         grouped(r.held), r.name, r.memo, r.ref]
        for r in reversed(rows)
    ]  # fmt: skip
    return csv([["交通银行交易明细"], head, *body, ["合计", "", "", "", "", "", ""]])


@layout
def two_line_header_in_a_workbook(rows: list[True_]) -> bytes:
    body: list[list[object]] = [
        [r.at.strftime("%Y%m%d %H:%M:%S"), *(float(x) if x else None for x in reversed(inout(r))),
         float(yuan(r.held)), r.name, r.memo]
        for r in rows
    ]  # fmt: skip
    return xlsx(
        [
            ["中国建设银行账户明细"],
            ["账　　号：", "6200000000000000018", None, "币种：", "人民币"],
            [],
            ["交易时间", "发生额/元", None, "余额/元", "对方户名", "摘要"],
            [None, "借方", "贷方", None, None, None],
            *body,
        ],
        "B4:C4",
    )


@layout
def history_detail(rows: list[True_]) -> bytes:
    head = ["凭证号", "本方账号", "对方账号", "交易时间", "借/贷", "借方发生额", "贷方发生额",
            "对方行号", "摘要", "用途", "对方单位名称", "余额", "个性化信息"]  # fmt: skip
    body = [
        ["0", "6200000000000000018", "6222", r.at.strftime("%Y-%m-%d %H:%M:%S"),
         "贷" if r.fen > 0 else "借", *(f"  {x} " for x in reversed(inout(r, grouped))), "102",
         r.memo, "", r.name, f" {grouped(r.held)} ", ""]
        for r in rows
    ]  # fmt: skip
    return csv([["[HISTORYDETAIL]"], head, *body])


@layout
def by_payer_and_payee(rows: list[True_]) -> bytes:
    """A corporate export that prints who paid whom and no sign."""
    own = "6200000000000000018"
    head = ["交易日期[ Transaction Date ]", "付款人名称[ Payer's Name ]",
            "付款人账号[ Debit Account No. ]", "收款人账号[ Payee's Account Number ]",
            "收款人名称[ Payee's Name ]", "交易金额[ Trade Amount ]",
            "交易后余额[ After-transaction balance ]", "摘要[ Reference ]",
            "交易流水号[ Transaction reference number ]"]  # fmt: skip
    body = [
        [r.at.strftime("%Y%m%d"), "我会" if r.fen < 0 else r.name, own if r.fen < 0 else "6222001",
         "6222001" if r.fen < 0 else own, r.name if r.fen < 0 else "我会", grouped(abs(r.fen)),
         grouped(r.held), r.memo, r.ref]
        for r in rows
    ]  # fmt: skip
    return csv([[f"查询账号[ Inquirer account number ] {own}"], head, *body])


@layout
def signed_with_trailing_minus(rows: list[True_]) -> bytes:
    head = ["记账日", "交易金额", "本次余额", "交易摘要"]
    body = [
        [r.at.strftime("%Y.%m.%d"), f"{yuan(abs(r.fen))}{'-' if r.fen < 0 else ''}", yuan(r.held),
         r.memo]
        for r in rows
    ]  # fmt: skip
    return csv([head, *body])


@layout
def brackets_and_currency_signs(rows: list[True_]) -> bytes:
    head = ["Date", "Description", "Amount", "Balance"]
    body = [
        [r.at.strftime("%d-%b-%Y"), f"Payment {r.ref}",
         f"¥{grouped(r.fen)}" if r.fen > 0 else f"(¥{grouped(-r.fen)})", f"¥{grouped(r.held)}"]
        for r in rows
    ]  # fmt: skip
    return csv([head, *body])


@layout
def english_money_in_money_out(rows: list[True_]) -> bytes:
    head = ["Transaction Date", "Details", "Paid out", "Paid in", "Balance"]
    body = [
        [r.at.strftime("%d/%m/%Y"), f"ref {r.ref}", *reversed(inout(r, grouped)), grouped(r.held)]
        for r in rows
    ]
    return csv([["Account number", "12345678"], head, *body])


@layout
def full_width_and_blanks(rows: list[True_]) -> bytes:
    table = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")
    head = ["交 易 日 期", "收 入 金 额（元）", "支 出 金 额（元）", "余 额（元）", "摘 要"]
    body = [
        [r.at.strftime("%Y年%m月%d日"), *(x.translate(table) for x in inout(r)),
         yuan(r.held).translate(table), r.memo]
        for r in rows
    ]  # fmt: skip
    return csv([head, *body], sep="\t", encoding="utf-16")


@layout
def no_sign_at_all_but_balances(rows: list[True_]) -> bytes:
    head = ["日期", "金额", "余额", "备注"]
    body = [[r.at.date().isoformat(), yuan(abs(r.fen)), yuan(r.held), r.memo] for r in rows]
    return csv([["期初余额：10000.00"], head, *body])


@layout
def no_sign_and_no_balance(rows: list[True_]) -> bytes:
    head = ["日期", "金额", "对方户名", "备注"]
    body = [[r.at.date().isoformat(), yuan(abs(r.fen)), r.name, r.memo] for r in rows]
    return csv([head, *body])


@layout
def reversals_in_red(rows: list[True_]) -> bytes:
    """Money back is a negative outflow, money taken back a negative inflow."""
    head = ["交易日期", "支出", "收入", "账户余额", "摘要"]
    body = []
    for place, r in enumerate(rows):
        came, went = inout(r)
        if place % 3 == 2:
            came, went = ("", yuan(-r.fen)) if r.fen > 0 else (yuan(r.fen), "")
        body.append([r.at.date().isoformat(), went, came, yuan(r.held), r.memo])
    return csv([head, *body])


@layout
def reversals_in_red_without_balances(rows: list[True_]) -> bytes:
    head = ["交易日期", "支出", "收入", "摘要"]
    body = []
    for place, r in enumerate(rows):
        came, went = inout(r)
        if place % 3 == 2:
            came, went = ("", yuan(-r.fen)) if r.fen > 0 else (yuan(r.fen), "")
        body.append([r.at.date().isoformat(), went, came, r.memo])
    return csv([head, *body])


@layout
def zeros_on_the_other_side_and_subtotals(rows: list[True_]) -> bytes:
    head = ["序号", "日期", "借方金额", "贷方金额", "余额", "摘要"]
    body: list[list[str]] = []
    for place, r in enumerate(rows, start=1):
        came, went = inout(r)
        day = r.at.date().isoformat()
        body.append([str(place), day, went or "0.00", came or "0.00", yuan(r.held), r.memo])
        if place % 4 == 0:
            body += [["", "本页小计", "100.00", "200.00", "", ""], head]
    return csv([head, *body, ["", "合计", "1.00", "2.00", "", ""], ["打印时间：2026-04-01 10:00"]])


@layout
def excel_serial_days(rows: list[True_]) -> bytes:
    body: list[list[object]] = [
        [(r.at - datetime(1899, 12, 30)) / timedelta(days=1), r.fen / 100, r.held / 100, r.memo]
        for r in rows
    ]
    return xlsx([["记账日期", "交易金额", "余额", "摘要"], *body])


@layout
def real_dates_in_a_workbook(rows: list[True_]) -> bytes:
    body: list[list[object]] = [
        [r.at, r.name, *(float(x) if x else None for x in inout(r)), r.held / 100, r.memo]
        for r in rows
    ]
    return xlsx([[], ["明细"], ["交易日期", "对方户名", "存入", "支取", "结余", "附言"], *body])


@layout
def html_named_xls(rows: list[True_]) -> bytes:
    cells = [["交易日期", "支出金额", "收入金额", "账户余额", "对方名称"]]
    cells += [
        [r.at.strftime("%Y/%m/%d"), *reversed(inout(r, grouped)), grouped(r.held), r.name]
        for r in rows
    ]
    table = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in cells)
    return f"<html><body><table>{table}</table></body></html>".encode("gb18030")


@layout
def stray_quotation_marks(rows: list[True_]) -> bytes:
    lines = ["交易日期,摘要,收入,支出,余额"]
    for place, r in enumerate(rows):
        came, went = inout(r)
        memo = '"半个引号' if place == 2 else '3"管材' if place == 5 else r.memo
        lines.append(f"{r.at.date()},{memo},{came},{went},{yuan(r.held)}")
    return "\n".join(lines).encode()


@layout
def semicolons(rows: list[True_]) -> bytes:
    head = ["Booking date", "Value date", "Text", "Debit", "Credit", "Balance", "Currency"]
    body = [
        [r.at.date().isoformat(), r.at.date().isoformat(), f"t, {r.ref}", *reversed(inout(r)),
         yuan(r.held), "CNY"]
        for r in rows
    ]  # fmt: skip
    return csv([head, *body], sep=";")


@layout
def balance_before_each_movement(rows: list[True_]) -> bytes:
    head = ["交易日期", "交易金额", "余额", "摘要"]
    body = [[r.at.date().isoformat(), yuan(abs(r.fen)), yuan(r.held - r.fen), r.memo] for r in rows]
    return csv([head, *body])


@layout
def one_day_newest_first(rows: list[True_]) -> bytes:
    head = ["日期", "借贷方向", "金额", "余额"]
    body = [
        ["2026-03-02", "收" if r.fen > 0 else "付", yuan(abs(r.fen)), yuan(r.held)]
        for r in reversed(rows)
    ]
    return csv([head, *body])


@layout
def status_of_some_failed(rows: list[True_]) -> bytes:
    head = ["交易时间", "交易类型", "收支方向", "金额(元)", "交易状态", "对方", "交易单号"]
    body = [
        [r.at.isoformat(sep=" "), "转账", "转入" if r.fen > 0 else "转出", yuan(abs(r.fen)),
         "交易成功", r.name, r.ref]
        for r in rows
    ]  # fmt: skip
    return csv([head, *body])


def read(name: str, rows: list[True_]) -> Reading:
    try:
        return read_bytes(LAYOUTS[name](rows), f"{name}.dat")
    except Refused as fault:
        pytest.fail(f"{name} was refused: {fault}")


@pytest.mark.parametrize("name", sorted(LAYOUTS))
@pytest.mark.parametrize(
    "rows",
    [
        MIXED,
        movements([2500] * 6),
        movements([-1999] * 5),
        movements([100, -100, 100, -100]),
        movements([5000]),
        movements([-5000]),
        movements([10_000_000_00, -1]),
    ],
    ids=["mixed", "equal in", "equal out", "to and fro", "one in", "one out", "large and small"],
)
def test_nothing_is_lost_and_no_sign_is_wrong(name: str, rows: list[True_]) -> None:
    reading = read(name, rows)
    true = Counter((row.at.date(), row.fen) for row in rows)
    if name == "one_day_newest_first":
        true = Counter((datetime(2026, 3, 2).date(), row.fen) for row in rows)
    got = Counter((line.day, line.amount.fen) for line in reading.lines)
    assert got <= true, f"lines that never were: {got - true}"
    assert len(reading.lines) + len(reading.parked) >= len(rows)
    missing = len(rows) - len(reading.lines)
    assert len(reading.parked) >= missing


READ_WHOLE = [
    "debit_then_credit", "newest_first_with_flag", "two_line_header_in_a_workbook",
    "history_detail", "by_payer_and_payee", "signed_with_trailing_minus",
    "brackets_and_currency_signs", "english_money_in_money_out", "full_width_and_blanks",
    "zeros_on_the_other_side_and_subtotals", "excel_serial_days", "real_dates_in_a_workbook",
    "html_named_xls", "semicolons", "status_of_some_failed", "a_companys_own_view_of_debit",
    "no_sign_at_all_but_balances", "reversals_in_red",
]  # fmt: skip


@pytest.mark.parametrize("name", READ_WHOLE)
def test_a_plain_statement_is_read_whole(name: str) -> None:
    reading = read(name, MIXED)
    assert [line.amount.fen for line in reading.lines if line] and not [
        parked for parked in reading.parked if "小计" not in "".join(parked.raw)
        and "合计" not in "".join(parked.raw)
    ]  # fmt: skip
    assert sorted(line.amount.fen for line in reading.lines) == sorted(r.fen for r in MIXED)
