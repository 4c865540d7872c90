"""No sign is ever guessed: what words, totals and the balance do not prove is parked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.line import Reading
from importers.read import read_bytes
from tests.importers import files
from tests.importers.layouts import Columns, Grid, table
from tests.importers.truth import Movement, judge, yuan


def read(*rows: list[str]) -> Reading:
    return read_bytes(files.text(rows), "s.csv")


def fens(reading: Reading) -> list[int]:
    return [line.amount.fen for line in reading.lines]


def reasons(reading: Reading) -> list[str]:
    return [parked.finding.rule for parked in reading.parked]


# ---- a law over all tables ---------------------------------------------------------------------

#: How a table tells the side: words in and out under a flag, or the columns' words, or nothing.
STYLES: dict[str, tuple[str, str]] = {
    "two columns": ("收入", "支出"),
    "a bank's columns": ("贷方发生额", "借方发生额"),
    "a company's columns": ("借方", "贷方"),
    "columns in English": ("Credit", "Debit"),
    "a flag": ("收入", "支出"),
    "a bank's flag": ("贷", "借"),
    "a company's flag": ("借", "贷"),
    "a flag of no name": ("存入", "支取"),
    "signed": ("", "-"),
    "unsigned": ("", ""),
    "card": ("-", ""),
}


def _columns(style: str, balances: bool) -> Columns:
    coming, going = STYLES[style]
    columns: Columns = {"日期": lambda row: row.at.date().isoformat()}
    if "column" in style:
        columns[going] = lambda row: "" if row.said_came else row.said
        columns[coming] = lambda row: row.said if row.said_came else ""
    elif "flag" in style:
        word = "栏位七" if style.endswith("no name") else "借贷标志"
        columns[word] = lambda row: coming if row.said_came else going
        columns["金额"] = lambda row: row.said
    else:
        columns["金额"] = lambda row: f"{coming if row.came else going}{row.size}"
    columns["摘要"] = lambda row: row.token
    if balances:
        columns["余额"] = lambda row: yuan(row.held)
    return columns


@st.composite
def accounts(draw: st.DrawFn) -> list[Movement]:
    """Movements of which many are equal, on one day or several, some of them reversals."""
    sizes = draw(st.sampled_from([(2500,), (100, 200), (1, 999, 12_345_678_901, 40_000)]))
    count = draw(st.integers(1, 9))
    at, held = datetime(2026, 3, 2, 9), draw(st.sampled_from([0, 2500, 10**8]))
    found = []
    for place in range(count):
        at += timedelta(days=draw(st.sampled_from([0, 0, 1])), minutes=1)
        fen = draw(st.sampled_from(sizes)) * draw(st.sampled_from([1, -1]))
        held += fen
        red = draw(st.integers(0, 5)) == 0
        found.append(Movement(at, fen, held, "", "", "", f"ZN{place:03d}Z", red))
    return found


@settings(max_examples=400, deadline=None)
@given(
    rows=accounts(),
    style=st.sampled_from(sorted(STYLES)),
    balances=st.booleans(),
    order=st.sampled_from(["oldest", "newest", "newest day first", "newest first within a day"]),
    printed=st.sampled_from(["", "balances", "column totals"]),
    encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
)
def test_whatever_the_style_order_and_encoding_no_row_is_lost_and_no_sign_wrong(
    rows: list[Movement], style: str, balances: bool, order: str, printed: str, encoding: str
) -> None:
    shown = list(rows) if order in ("oldest", "newest day first") else rows[::-1]
    if order.startswith("newest day"):
        shown.sort(key=lambda row: row.at.date(), reverse=True)
    elif order.startswith("newest first within"):
        shown.sort(key=lambda row: row.at.date())
    above: Grid = [["信用卡对账单"]] if style == "card" else []
    if printed == "balances" and style != "card":
        opening, closing = yuan(rows[0].held - rows[0].fen), yuan(rows[-1].held)
        above = [[f"期初余额：{opening} 期末余额：{closing}"]]
    elif printed and "column" in style:
        # Totals are those of the columns, whatever their words mean.
        coming, going = STYLES[style]
        one = yuan(sum(-abs(r.fen) if r.red else abs(r.fen) for r in rows if r.said_came))
        other = yuan(sum(-abs(r.fen) if r.red else abs(r.fen) for r in rows if not r.said_came))
        above = [[f"{coming[:2]}合计：{one} {going[:2]}合计：{other}"]]
    data = files.text([*above, *table(shown, _columns(style, balances))], encoding, "\t")
    assert not judge(read_bytes(data, "law.txt"), rows)


# ---- words that mean either side ---------------------------------------------------------------


@pytest.mark.parametrize("totals", [True, False])
def test_a_companys_columns_without_balances_are_parked(totals: bool) -> None:
    """Totals under the same words, above or below, prove nothing: they are the columns' own."""
    rows = [
        ["日期", "摘要", "借方", "贷方"],
        ["2026-03-01", "收会费", "100.00", ""],
        ["2026-03-02", "付款", "", "50.00"],
    ]
    if totals:
        rows = [["借方合计：100.00 贷方合计：50.00"], *rows, ["合计", "", "100.00", "50.00"]]
    reading = read(*rows)
    assert not reading.lines and reasons(reading) == ["sign-unproven"] * 2


def test_first_and_last_balance_tell_whose_view_it_is() -> None:
    reading = read(
        ["期初余额：1000.00 期末余额：1050.00"],
        ["日期", "摘要", "借方", "贷方"],
        ["2026-03-01", "收会费", "100.00", ""],
        ["2026-03-02", "付款", "", "50.00"],
    )
    assert fens(reading) == [10000, -5000] and reading.proofs["P3"] == "pass"


def test_balances_that_come_back_tell_nothing() -> None:
    """Out and in again: both views end where they began."""
    reading = read(
        ["期初余额：1000.00 期末余额：1000.00"],
        ["日期", "摘要", "借方", "贷方"],
        ["2026-03-01", "a", "100.00", ""],
        ["2026-03-02", "b", "", "100.00"],
    )
    assert not reading.lines


def test_equal_dues_of_one_day_can_be_read_up_or_down_and_are_parked() -> None:
    """A bank's list downwards, or a company's list upwards: the same balances."""
    reading = read(
        ["日期", "借方", "贷方", "余额"],
        ["2026-03-02", "", "25.00", "1025.00"],
        ["2026-03-02", "", "25.00", "1050.00"],
        ["2026-03-02", "", "25.00", "1075.00"],
    )
    assert not reading.lines and reasons(reading) == ["sign-unproven"] * 3


def test_words_in_brackets_settle_what_debit_means() -> None:
    reading = read(
        ["交易日期", "借方发生额（支取）", "贷方发生额（收入）", "余额"],
        ["2026-03-02", "25.00", "0.00", "1000.00"],
    )
    assert fens(reading) == [-2500]


def test_a_balance_of_the_other_direction_parks_the_row_and_distrusts_the_silent_ones() -> None:
    reading = read(
        ["日期", "收入", "支出", "余额"],
        ["2026-03-01", "7.00", "", "1000.00"],
        ["2026-03-02", "", "5.00", "1005.00"],
    )
    assert reasons(reading) == ["sign-unproven", "sign-contradicted"]


# ---- one column of amounts ---------------------------------------------------------------------


def test_a_cards_bill_prints_spending_without_a_sign() -> None:
    """Its balance is what is owed: it rises with spending, and proves nothing."""
    head = ["交易日", "记账日", "交易摘要", "人民币金额", "卡号末四位", "余额"]
    reading = read(
        head,
        ["2026-03-01", "2026-03-02", "餐饮", "100.00", "1234", "100.00"],
        ["2026-03-03", "2026-03-03", "还款", "-40.00", "1234", "60.00"],
    )
    assert not reading.lines and len(reading.parked) == 2


def test_a_minus_alone_does_not_say_what_an_amount_without_one_is() -> None:
    reading = read(
        ["日期", "摘要", "金额"], ["2026-03-01", "a", "100.00"], ["2026-03-02", "b", "-40.00"]
    )
    assert not reading.lines


def test_plus_and_minus_side_by_side_say_it() -> None:
    reading = read(
        ["日期", "摘要", "金额"], ["2026-03-01", "a", "+100.00"], ["2026-03-02", "b", "-40.00"]
    )
    assert fens(reading) == [10000, -4000]


def test_a_word_of_income_in_the_remark_is_no_sign() -> None:
    reading = read(["日期", "摘要", "金额"], ["2026-03-01", "会费收入", "100.00"])
    assert reasons(reading) == ["sign-unproven"]


def test_a_status_of_posting_is_no_side() -> None:
    reading = read(
        ["日期", "摘要", "记账状态", "金额"],
        ["2026-03-01", "a", "入账", "5.00"],
        ["2026-03-02", "b", "入账", "3.00"],
    )
    assert not reading.lines


def test_the_balance_before_a_movement_is_not_the_balance_after() -> None:
    reading = read(
        ["日期", "借方", "贷方", "交易前余额"],
        ["2026-03-01", "5.00", "", "100.00"],
        ["2026-03-02", "", "5.00", "95.00"],
        ["2026-03-03", "5.00", "", "100.00"],
    )
    assert not reading.lines


# ---- several accounts, currencies, amounts -----------------------------------------------------


def test_each_account_of_a_file_has_a_balance_of_its_own() -> None:
    reading = read(
        ["本方账号", "交易日期", "借方", "贷方", "余额"],
        ["A1111111", "2026-03-01", "", "5.00", "105.00"],
        ["B2222222", "2026-03-01", "9.00", "", "41.00"],
        ["A1111111", "2026-03-02", "5.00", "", "100.00"],
        ["B2222222", "2026-03-02", "", "9.00", "50.00"],
    )
    assert fens(reading) == [500, -900, -500, 900] and reading.proofs["P4"] == "pass"
    assert reading.account == ""
    assert [found.rule for found in reading.findings] == ["several-accounts"]


def test_each_currency_of_a_file_has_a_balance_of_its_own() -> None:
    reading = read(
        ["日期", "币种", "借方", "贷方", "余额"],
        ["2026-03-01", "156-人民币", "", "5.00", "105.00"],
        ["2026-03-01", "美元", "9.00", "", "41.00"],
        ["2026-03-02", "156-人民币", "5.00", "", "100.00"],
    )
    assert [(line.amount.fen, line.amount.currency) for line in reading.lines] == [
        (500, "CNY"), (-900, "USD"), (-500, "CNY"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "currency"), [("€5.00", "EUR"), ("US$5.00", "USD"), ("$5.00", None), ("¥5.00", "CNY")]
)
def test_a_foreign_mark_is_never_taken_for_yuan(cell: str, currency: str | None) -> None:
    reading = read(["Date", "Memo", "Money in", "Money out"], ["2026-03-01", "x", cell, ""])
    assert [line.amount.currency for line in reading.lines] == ([currency] if currency else [])
    assert reasons(reading) == ([] if currency else ["bad-currency"])


def test_two_columns_of_amounts_that_differ_are_a_question() -> None:
    reading = read(
        ["日期", "收支", "交易金额", "发生额"],
        ["2026-03-01", "支出", "7.10", "50.00"],
        ["2026-03-02", "支出", "5.00", "5.00"],
    )
    assert fens(reading) == [-500] and reasons(reading) == ["two-amounts"]


def test_a_purchase_abroad_moved_what_was_settled() -> None:
    reading = read(
        ["日期", "交易金额", "结算金额", "余额"],
        ["2026-03-01", "-7.10", "-50.00", "50.00"],
        ["2026-03-02", "-5.00", "-5.00", "45.00"],
    )
    assert fens(reading) == [-5000, -500]


@pytest.mark.parametrize("cell", ["5.005", "5,0.00", "1e5", "99999999999999999999.00", "五元"])
def test_an_amount_that_is_not_exact_is_parked(cell: str) -> None:
    reading = read(["日期", "摘要", "收入", "支出"], ["2026-03-01", "x", cell, ""])
    assert reasons(reading) == ["bad-amount"]


def test_who_paid_whom_is_told_by_name_where_no_account_stands() -> None:
    reading = read(
        ["户名：春风社区工会委员会"],
        ["日期", "付款人名称", "收款人名称", "金额"],
        ["2026-03-01", "春风社区工会委员会", "张示例", "5.00"],
        ["2026-03-02", "李试", "春风社区工会委员会", "7.00"],
    )
    assert [(line.amount.fen, line.counterparty) for line in reading.lines] == [
        (-500, "张示例"), (700, "李试"),
    ]  # fmt: skip


# ---- rows that say more than one movement ------------------------------------------------------

ABC = ["交易日期", "收入金额", "支出金额", "本次余额", "手续费总额", "交易附言"]


def test_a_fee_inside_the_row_is_what_the_balance_proves() -> None:
    """The balance fell by the amount and the fee, or by the amount alone, row by row."""
    reading = read(
        ABC,
        ["20260301", "5.00", "0.00", "1000.00", "0.00", "a"],
        ["20260302", "0.00", "100.00", "895.00", "5.00", "b"],
        ["20260303", "0.00", "100.00", "795.00", "5.00", "c"],
        ["20260304", "50.00", "0.00", "842.00", "3.00", "d"],
    )
    assert fens(reading) == [500, -10500, -10000, 4700]
    assert [line.gross and line.gross.fen for line in reading.lines] == [None, -10000, None, 5000]
    assert [line.fee and line.fee.fen for line in reading.lines] == [None, 500, 500, 300]
    assert reading.proofs["P4"] == "pass"


@pytest.mark.parametrize("balance", ["894.00", ""])
def test_a_fee_that_no_balance_tells_apart_is_a_question(balance: str) -> None:
    reading = read(
        ABC,
        ["20260301", "5.00", "0.00", "1000.00", "0.00", "a"],
        ["20260302", "0.00", "100.00", balance, "5.00", "b"],
    )
    assert [(row.row, row.finding.rule) for row in reading.parked] == [(3, "fee-inside")]


# ---- parts of an account, and orders -----------------------------------------------------------


@pytest.mark.parametrize("head", ["子账号", "虚拟账号", "分账户", "记账子单元编号", "分簿账号"])
def test_the_part_of_the_account_stands_in_a_column_of_its_own(head: str) -> None:
    reading = read(
        ["日期", head, "收入", "支出", "余额"],
        ["2026-03-01", "0371", "5.00", "", "1005.00"],
        ["2026-03-02", "", "5.00", "", "1010.00"],
    )
    assert [line.sub_account for line in reading.lines] == ["0371", ""]


@pytest.mark.parametrize("head", ["本方账号", "账号"])
def test_the_part_of_the_account_stands_behind_its_number(head: str) -> None:
    reading = read(
        ["日期", head, "收入", "支出", "余额", "对方户名"],
        ["2026-03-01", "62000000000000180371", "5.00", "", "1005.00", "示例公司"],
        ["2026-03-02", "6200000000000018", "", "5.00", "1000.00", "示例公司"],
        ["2026-03-03", "62000000000000180372", "5.00", "", "1005.00", "示例公司"],
    )
    assert reading.account == "6200000000000018"
    assert [line.sub_account for line in reading.lines] == [
        "62000000000000180371", "", "62000000000000180372",
    ]  # fmt: skip
    assert reading.proofs["P4"] == "pass"


def test_two_accounts_in_one_file_are_no_parts_of_one() -> None:
    reading = read(
        ["日期", "本方账号", "收入", "支出", "余额"],
        ["2026-03-01", "6200000000000026", "5.00", "", "1005.00"],
        ["2026-03-02", "6200000000000018", "5.00", "", "805.00"],
    )
    assert reading.account == "" and [line.sub_account for line in reading.lines] == ["", ""]


def test_order_numbers_stand_beside_the_banks_own_serial() -> None:
    reading = read(
        ["日期", "流水号", "商户订单号", "业务基础订单号", "收入", "支出", "余额"],
        ["2026-03-01", "880001", "HD20260301001", "20260301220014", "5.00", "", "1005.00"],
        ["2026-03-02", "880002", "880002", "/", "5.00", "", "1010.00"],
    )
    assert [line.bank_ref for line in reading.lines] == ["880001", "880002"]
    assert [line.orders for line in reading.lines] == [("HD20260301001", "20260301220014"), ()]


@pytest.mark.parametrize("word", ["本月合计", "本日小计", "上年结转", "期初余额", "承前页", "B/F"])
def test_a_dated_total_or_balance_brought_forward_is_no_movement(word: str) -> None:
    reading = read(
        ["日期", "凭证", "收入", "支出", "余额"],
        ["2026-03-01", word, "100.00", "", "1000.00"],
        ["2026-03-01", "记-1", "5.00", "", "1005.00"],
    )
    assert fens(reading) == [500] and reasons(reading) == ["looks-like-total"]
