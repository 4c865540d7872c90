"""Every row that may be a movement is a line or a parked row, wherever it stands."""

from __future__ import annotations

import time

import pytest

from importers.line import Reading
from importers.read import read_bytes
from importers.tables import tables_of
from ledger.errors import Refused
from tests.importers import files
from tests.importers.banks import chongqing_rural
from tests.importers.layouts import Grid
from tests.importers.truth import movements
from tests.importers.wallets import alipay_app, wechat_csv_2024

HEAD = ["交易日期", "收入金额", "支出金额", "余额", "摘要", "对方户名"]
ROW = ["2026-03-01", "5.00", "", "105.00", "a", "b"]
NEXT = ["2026-03-02", "7.00", "", "112.00", "c", "d"]


def read(*rows: list[str]) -> Reading:
    return read_bytes(files.text(rows), "s.csv")


def parked(reading: Reading) -> list[tuple[int, str]]:
    return [(row.row, row.finding.rule) for row in reading.parked]


def test_a_remark_that_contains_the_word_total_makes_no_total() -> None:
    """The day cannot be read; 合计付款 is a payment, not a sum."""
    reading = read(HEAD, ROW, ["2026-99-01", "7.00", "", "112.00", "合计付款", "c"])
    assert parked(reading) == [(3, "no-day")]


def test_a_row_below_a_repeated_header_is_no_value_of_totals() -> None:
    reading = read(HEAD, ROW, HEAD, ["坏日期", "7.00", "", "112.00", "", ""])
    assert parked(reading) == [(4, "no-day")]


def test_a_movement_after_the_totals_is_read() -> None:
    reading = read(HEAD, ROW, ["合计", "5.00", "0.00", "", "", ""], NEXT)
    assert [line.row for line in reading.lines] == [2, 4]


def test_rows_above_the_header_are_parked() -> None:
    reading = read(["2026-02-28", "3.00", "", "100.00", "z", "z"], HEAD, ROW)
    assert parked(reading) == [(1, "outside-table")]


def test_what_stands_above_as_labels_and_values_is_no_movement() -> None:
    reading = read(
        ["交易日期", "20260301", "至", "20260331"],
        ["期初余额", "100.00", "截止日期", "2026-03-31"],
        HEAD, ROW,
    )  # fmt: skip
    assert not reading.parked and reading.proofs["P4"] == "pass"


def test_a_sheet_without_a_header_is_parked_row_by_row() -> None:
    reading = read_bytes(files.xlsx([HEAD, ROW], [NEXT, NEXT]), "s.xlsx")
    assert len(reading.lines) == 1
    assert parked(reading) == [(1, "outside-table"), (2, "outside-table")]


def test_a_second_table_is_read_with_its_own_columns() -> None:
    reading = read(
        ["账号：1111222233334444"], HEAD, ROW, ["合计", "5.00"], [],
        ["账号：5555666677778888"], ["期初余额：50.00"],
        ["日期", "支出", "收入", "余额", "备注"], ["2026-03-01", "9.00", "", "41.00", "q"],
    )  # fmt: skip
    assert [line.amount.fen for line in reading.lines] == [500, -900]
    assert [found.rule for found in reading.findings] == ["several-accounts"]


def test_a_sheet_and_its_copy_count_once() -> None:
    head: list[object] = ["交易时间", "收入", "支出", "流水号"]
    one: Grid = [
        head,
        ["2026-03-01 09:00:00", "5.00", "", "1"],
        ["2026-03-01 10:00:00", "", "", "2"],
    ]
    two: Grid = [head, ["2026-03-01 09:00:00", 5, "", "1"], ["2026-03-01 10:00:00", "", "", "2"]]
    reading = read_bytes(files.xlsx(one, two), "s.xlsx")
    assert (len(reading.lines), len(reading.parked)) == (1, 1)
    assert [found.rule for found in reading.findings] == ["sheet-repeats"]


def test_equal_payments_on_two_sheets_are_not_taken_for_a_copy() -> None:
    """Nothing tells them apart, so the second sheet's row is a question."""
    table = [["日期", "收入", "支出"], ["2026-03-01", "25.00", ""]]
    reading = read_bytes(files.xlsx(table, table), "s.xlsx")
    assert len(reading.lines) == 1
    assert parked(reading) == [(2, "sheet-repeats")]


def test_a_day_that_spans_its_rows_is_that_of_each() -> None:
    grid: Grid = [
        ["日期", "摘要", "收入", "支出", "余额"],
        ["2026-03-01", "a", 5, None, 105],
        [None, "b", None, 3, 102],
    ]
    reading = read_bytes(files.xlsx(grid, merge=["A2:A3"]), "s.xlsx")
    assert [line.day.isoformat() for line in reading.lines] == ["2026-03-01", "2026-03-01"]


def test_cells_that_span_rows_and_columns_of_a_page_shift_nothing() -> None:
    page = """<table><tr><th>日期<th>摘要<th>收入<th>支出<th>余额</tr>
      <tr><td rowspan=2>2026-03-01<td>a<td>5.00<td><td>105.00</tr>
      <tr><td>b<td><td>3.00<td>102.00</tr>
      <tr><td>2026-03-02<td colspan=2>c<td>1.00<td>101.00</tr></table>"""
    reading = read_bytes(page.encode(), "s.xls")
    assert [line.amount.fen for line in reading.lines] == [500, -300, -100]
    assert reading.proofs["P4"] == "pass"


def test_a_remark_of_several_lines_is_one_cell() -> None:
    data = '日期,摘要,收入,支出,余额\n2026-03-01,"转账\n2026-03-02 备注",5.00,,105.00\n'
    reading = read_bytes(data.encode(), "s.csv")
    assert [line.memo for line in reading.lines] == ["转账 2026-03-02 备注"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-05", "2026-03-05"), ("2026/3/5", "2026-03-05"), ("2026年3月5日", "2026-03-05"),
        ("20260305", "2026-03-05"), ("20260305091500", "2026-03-05"), ("5 Mar 2026", "2026-03-05"),
        ("202603050915", "2026-03-05"), ("Mar 5, 2026", "2026-03-05"), ("03-05", "2026-03-05"),
        ("03/05", "2026-03-05"), ("2026-03-05 24:00:00", "2026-03-05"),
        ("13/03/2026", "2026-03-13"),
        ("2026-02-30", None), ("26-03-05", None), ("05月", None), ("2026-13-01", None),
    ],
)  # fmt: skip
def test_a_day_is_read_or_the_row_is_parked(cell: str, day: str | None) -> None:
    reading = read(["起始日期：20260301 终止日期：20260331"], HEAD, [cell, *ROW[1:]])
    assert [line.day.isoformat() for line in reading.lines] == ([day] if day else [])
    assert [rule for _, rule in parked(reading)] == ([] if day else ["no-day"])


def test_a_day_without_a_year_is_that_of_the_period() -> None:
    reading = read(
        ["账单周期：2025-12-15至2026-01-14"],
        HEAD, ["12/20", *ROW[1:]], ["01/02", "", "5.00", "100.00", "", ""],
    )  # fmt: skip
    assert [line.day.isoformat() for line in reading.lines] == ["2025-12-20", "2026-01-02"]


def test_the_day_of_booking_never_takes_the_time_of_another_day() -> None:
    reading = read(
        ["交易时间", "记账日期", "收入", "支出"],
        ["2026-03-01 23:59:59", "2026-03-02", "5.00", ""],
    )
    assert [line.booked_at for line in reading.lines] == ["2026-03-02"]


def test_numbers_that_a_spreadsheet_rounded_are_left_out_and_told() -> None:
    head: list[object] = ["日期", "收入", "支出", "余额", "交易流水号", "对方账号"]
    row: list[object] = [
        "2026-03-01",
        0.1 + 0.2,
        None,
        100.3,
        20260301123456789012,
        6222021001122334455,
    ]
    reading = read_bytes(files.xlsx([head, row]), "s.xlsx")
    (line,) = reading.lines
    assert (line.amount.text, line.bank_ref, line.counterparty_account) == ("0.30", "", "")
    assert [found.rule for found in reading.findings] == ["digits-lost"]


WALLET = ["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式", "当前状态",
          "交易单号", "商户单号", "备注"]  # fmt: skip


@pytest.mark.parametrize(
    ("side", "status", "rule"),
    [
        ("支出", "提现失败", "bad-status"), ("支出", "交易关闭", "bad-status"),
        ("收入", "已撤销", "bad-status"), ("支出", "等待付款", "bad-status"),
        ("/", "提现已到账", "neutral"), ("不明", "支付成功", "no-direction"),
        ("支出", "已退款(￥3.93)", ""), ("支出", "已全额退款", ""), ("收入", "已到账", ""),
    ],
)  # fmt: skip
def test_what_did_not_move_or_moved_nowhere_is_parked(side: str, status: str, rule: str) -> None:
    row = ["2026-03-01 10:00:00", "x", "y", "z", side, "¥5.00", "零钱", status, "1", "/", "/"]
    reading = read(WALLET, row)
    assert [found for _, found in parked(reading)] == ([rule] if rule else [])
    assert len(reading.lines) == (0 if rule else 1)


# ---- archives and passwords --------------------------------------------------------------------


def test_an_archive_with_a_password_and_chinese_names_is_opened() -> None:
    rows = movements(12)
    data = files.zipped({"支付宝交易明细.csv": alipay_app(rows)}, "246810")
    assert len(read_bytes(data, "a.zip", "246810").lines) == 12
    for password in ("wrong", None):
        with pytest.raises(Refused) as refusal:
            read_bytes(data, "a.zip", password)
        assert [found.rule for found in refusal.value.findings] == ["encrypted"]


def test_a_workbook_with_a_password_is_opened() -> None:
    rows = movements(12)
    grid = [line.split(",") for line in chongqing_rural(rows).decode("gb18030").splitlines()]
    data = files.locked_xlsx(files.xlsx(grid), "secret")
    assert len(read_bytes(data, "a.xlsx", "secret").lines) == 12
    with pytest.raises(Refused):
        read_bytes(data, "a.xlsx")


def test_what_is_no_table_in_an_archive_is_told_and_the_rest_is_read() -> None:
    rows = movements(5)
    data = files.zipped({"a.csv": wechat_csv_2024(rows), "说明.pdf": b"%PDF-1.4"})
    reading = read_bytes(data, "a.zip")
    assert len(reading.lines) == 5
    assert [found.rule for found in reading.findings] == ["unreadable"]


def test_a_list_that_is_no_statement_is_cut_into_its_cells_all_the_same() -> None:
    """Payroll lists come through the same door."""
    rows = [["会员编号", "姓名", "实缴"], ["m-7F3K2", "张示例", "37.50"]]
    for data in (files.text(rows), files.text(rows, "gb18030", "\t"), files.xlsx(rows)):
        assert tables_of(data, "list") == [rows]


def test_numbers_of_a_sheet_without_a_header_are_seen_without_decimals() -> None:
    """A spreadsheet's 7 is printed without decimals, and a day may be a mere number."""
    reading = read_bytes(
        files.xlsx([HEAD, ROW], [["2026-03-02", 7, None, 112], [46083, 5, None, 117]]), "s.xlsx"
    )
    assert parked(reading) == [(1, "outside-table"), (2, "outside-table")]


def test_a_shifted_row_is_no_remark_because_it_names_a_bank() -> None:
    reading = read(HEAD, ROW, ["坏", "", "", "", "某银行", "25.00"])
    assert parked(reading) == [(3, "no-day")]


def test_empty_cells_with_a_style_make_no_sheet_too_large() -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c>'
        b'<c r="B%d" t="inlineStr"><is><t>%s</t></is></c>'
        b'<c r="C%d" t="inlineStr"><is><t>%s</t></is></c></row>'
        % (n, n, a.encode(), n, b.encode(), n, c.encode())
        for n, (a, b, c) in enumerate([("日期", "收入", "支出"), ("2026-03-01", "5.00", "")], 1)
    )
    styled = b'<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        b'2006/main"><sheetData>' + rows + styled + b"</sheetData></worksheet>"
    )
    assert len(read_bytes(files.with_sheet(files.xlsx([["a"]]), sheet), "s.xlsx").lines) == 1


def test_headers_below_each_other_count_every_row_once_and_cost_no_more_than_their_number() -> None:
    text = "".join(f"日期,收入,支出,余额,栏{place}\n承前页\n" for place in range(2000))
    began = time.process_time()
    reading = read_bytes(text.encode(), "s.csv")
    assert reading.rows == 4000 == len(reading.lines) + len(reading.parked) + reading.aside
    assert time.process_time() - began < 5


def test_a_row_whose_payer_has_a_word_of_remarks_in_its_name_is_no_remark() -> None:
    """Day and amount stand under unknown words, and the amount is a workbook's number."""
    head = ["交易时间", "钱种", "用途", "收入金额", "出去了", "往来方", "哪天"]
    payers = ("虚构建筑工程有限公司", "示例", "示例工程有限公司", "打印服务部", "以上数据公司")
    rows = [
        ["10:00:00", "人民币", "会费", "-", amount, who, "2026年03月01日"]
        for who, amount in zip(payers, ("37.5", "25", "37.5", "4.1", "25"), strict=True)
    ]
    reading = read(head, *rows)
    assert [row for row, _ in parked(reading)] == [2, 3, 4, 5, 6]
