"""Statements of personal accounts, as for petty cash, and in other tongues and tools."""

from __future__ import annotations

from tests.importers import files
from tests.importers.layouts import (
    Columns,
    Grid,
    Layout,
    account,
    balance,
    balance_grouped,
    came,
    came_grouped,
    came_or_zero,
    clock,
    compact,
    compact_clock,
    count_in,
    count_out,
    day,
    fixed,
    lines,
    memo,
    money_in,
    money_out,
    name,
    nothing,
    number,
    ref,
    signed,
    size,
    table,
    undone_words,
    went,
    went_grouped,
    went_or_zero,
    when,
    with_plus,
    words,
)
from tests.importers.truth import OWN, Movement, grouped, yuan

Rows = list[Movement]


# ---- personal, as for petty cash ---------------------------------------------------------------


def icbc_debit(rows: Rows) -> bytes:
    """Values padded, a tab within quotes, a comma at the end; sums below a line of one blank."""
    padded = "{:<20}\t".format
    columns: Columns = {
        "交易日期": day, "摘要": lambda row: padded(row.token), "交易场所": fixed(padded("")),
        "交易国家或地区简称": fixed(padded("CHN")), "钞/汇": fixed("钞        \t"),
        "交易金额(收入)": fixed(padded("-")), "交易金额(支出)": fixed(padded("-")),
        "交易币种": fixed("-              \t"),
        "记账金额(收入)": lambda row: padded(came_grouped(row)),
        "记账金额(支出)": lambda row: padded(went_grouped(row)),
        "记账币种": fixed("人民币         \t"),
        "余额": lambda row: padded(grouped(row.held)), "对方户名": lambda row: padded(row.name),
    }  # fmt: skip
    above = lines("明细查询文件下载", "", "卡号: 1234****9876", "", "子账户序号: 00000", "")
    head, *body = table(rows[::-1], columns)
    below: Grid = [
        [" "],
        ["人民币合计", "", "", "", "", "", "", "", padded(grouped(money_in(rows))),
         padded(grouped(money_out(rows))), ""],
    ]  # fmt: skip
    return files.text([*above, head, *([*row, ""] for row in body), *below])


def abc_debit(rows: Rows) -> bytes:
    """Signs both ways, blanks inside words, rows that end early."""
    columns: Columns = {
        "交易日期": compact, "交易时间": compact_clock, "交易摘要": fixed("转存"),
        "交易金额": with_plus, "本次余额": balance, "对手信息": name, "日 志 号": ref,
        "交易渠道": nothing, "交易附言": memo,
    }  # fmt: skip
    return files.text(table(rows, columns))


def boc_debit(rows: Rows) -> bytes:
    """Newest first; what is empty is a run of dashes."""
    columns: Columns = {
        "记账日期": day, "记账时间": clock, "币别": fixed("人民币"),
        "金额": lambda row: grouped(row.fen), "余额": balance_grouped, "交易名称": memo,
        "渠道": fixed("银企对接"), "网点名称": fixed("-" * 19), "附言": fixed("-" * 10),
        "对方账户名": name, "对方卡号/账号": account, "对方开户行": fixed("-" * 19),
        "借记卡号": fixed("3167"),
    }  # fmt: skip
    return files.text([*lines("中国银行交易流水明细单"), *table(rows[::-1], columns)])


def spdb_debit(rows: Rows) -> bytes:
    """An old workbook of text cells; two blanks between day and time."""
    columns: Columns = {
        "顺序号": fixed("1"), "交易日期": when("%Y/%m/%d  %H:%M:%S"), "交易类型": memo,
        "存入金额": came, "取出金额": went, "余额": balance, "交易对手名称": name,
        "交易对手账号": account, "附言": nothing,
    }  # fmt: skip
    above: Grid = [["账号", OWN, "账户类型", "借记卡", "日期范围", "20260301-20260430"]]
    return files.xls([*above, *table(rows, columns)])


def bocom_debit(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "交易时间": clock, "交易类型": memo, "借贷": words("贷 Cr", "借 Dr"),
        "交易金额": lambda row: grouped(abs(row.fen)), "余额": balance_grouped,
        "对方账号": account, "对方户名": name,
    }  # fmt: skip
    return files.text([*lines("交通银行个人客户交易清单"), *table(rows, columns)])


def cmb_debit(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "交易时间": clock, "收入": came_grouped, "支出": went_grouped,
        "余额": balance_grouped, "交易类型": fixed("转账"), "交易备注": memo,
    }  # fmt: skip
    above = lines("# 招商银行交易记录", "# 账    号: [6214********1234 ]", "# 币    种: 人民币", "")
    below = lines(
        "", f"# 收入合计: {count_in(rows)} 笔，共 {grouped(money_in(rows))} 元",
        f"# 支出合计: {count_out(rows)} 笔，共 {grouped(money_out(rows))} 元",
    )  # fmt: skip
    return files.text([*above, *table(rows[::-1], columns), *below], "gb18030")


def ccb_debit(rows: Rows) -> bytes:
    columns: Columns = {
        "摘要": memo, "币别": fixed("人民币元"), "钞汇": fixed("钞"), "交易日期": compact,
        "交易金额": with_plus, "账户余额": balance_grouped, "对方账号与户名": name,
    }  # fmt: skip
    above: Grid = [
        ["建设银行个人活期账户全部交易明细"],
        ["卡号/账号:6217********1234", "客户名称:某某"],
    ]
    return files.xls([*above, *table(rows, columns), *lines("以上数据仅供参考")])


def citic_debit(rows: Rows) -> bytes:
    columns: Columns = {
        "卡号": fixed("6688.0"), "交易日期": day, "收入金额": came, "支出金额": went,
        "账户余额": balance, "对方账号": account, "对方户名": name, "交易描述": memo,
    }  # fmt: skip
    return files.xls([*lines("账户交易明细", "币种：人民币"), *table(rows, columns)])


def securities_as_formulas(rows: Rows) -> bytes:
    columns: Columns = {
        "成交日期": compact, "成交时间": clock, "业务名称": memo, "发生金额": signed,
        "剩余金额": balance, "流水号": ref, "币种": fixed("人民币"),
    }  # fmt: skip
    return files.formulas(table(rows, columns))


# ---- other tongues and tools -------------------------------------------------------------------


def english_money_in(rows: Rows) -> bytes:
    columns: Columns = {
        "Date": when("%d/%m/%Y"), "Description": memo, "Money in": came_grouped,
        "Money out": went_grouped, "Balance": balance_grouped,
    }  # fmt: skip
    return files.text([["Statement period", "2026-03-01 to 2026-04-30"], *table(rows, columns)])


def english_withdrawal(rows: Rows) -> bytes:
    columns: Columns = {
        "Transaction Date": when("%d %b %Y"), "Details": memo, "Withdrawal": went_grouped,
        "Deposit": came_grouped, "Balance": balance_grouped, "Reference No": ref,
    }  # fmt: skip
    return files.text(table(rows, columns))


def english_debit_credit(rows: Rows) -> bytes:
    columns: Columns = {
        "Date": day, "Description": memo, "Debit": went, "Credit": came, "Balance": balance,
    }  # fmt: skip
    return files.xlsx(table(rows[::-1], columns))


def english_dr_cr(rows: Rows) -> bytes:
    columns: Columns = {
        "Value Date": day, "Particulars": memo, "Amount": size, "Dr/Cr": words("Cr", "Dr"),
        "Running Balance": balance_grouped,
    }  # fmt: skip
    return files.text(table(rows, columns))


def bilingual(rows: Rows) -> bytes:
    columns: Columns = {
        "日期 Date": day, "摘要 Description": memo, "借方 Debit": went, "贷方 Credit": came,
        "余额 Balance": balance,
    }  # fmt: skip
    return files.text(table(rows, columns))


def full_width(rows: Rows) -> bytes:
    wide = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")
    columns: Columns = {
        "交 易 日 期": when("%Y年%m月%d日"), "收 入（元）": lambda row: came(row).translate(wide),
        "支 出（元）": lambda row: went(row).translate(wide),
        "余 额（元）": lambda row: balance(row).translate(wide), "摘 要": memo,
    }  # fmt: skip
    return files.text(table(rows, columns), "utf-16", "\t")


def words_in_a_column_of_no_name(rows: Rows) -> bytes:
    """The side stands under a word that no dictionary knows; reversals in red."""
    columns: Columns = {
        "日期": day, "栏位七": undone_words("存入", "支取"), "交易额": lambda row: row.said,
        "余额": balance, "摘要": memo,
    }  # fmt: skip
    return files.text(table(rows, columns))


def a_companys_own_book(rows: Rows) -> bytes:
    """日记账: 借方 is money in, and 方向 is that of the balance."""
    columns: Columns = {
        "日期": day, "凭证号": ref, "摘要": memo, "借方": came, "贷方": went, "方向": fixed("借"),
        "余额": balance,
    }  # fmt: skip
    return files.xlsx(table(rows, columns))


def numbers_of_a_spreadsheet(rows: Rows) -> bytes:
    """Days as numbers of fourteen digits, amounts as numbers."""
    columns: Columns = {
        "交易时间": lambda row: int(f"{row.at:%Y%m%d%H%M%S}"), "摘要": memo, "收入": number(came),
        "支出": number(went), "结余": number(balance),
    }  # fmt: skip
    return files.xlsx(table(rows, columns))


def header_in_row_forty(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "摘要": memo, "收入": came, "支出": went, "余额": balance,
        "对方户名": name,
    }  # fmt: skip
    above = lines(*(f"说明：第{place}条，请留意账户安全。" for place in range(1, 40)))
    workbook = files.xlsx([*above, *table(rows, columns)])
    return files.with_dimension(workbook, "A1")


def pages_with_subtotals(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "摘要": memo, "借方": went_or_zero, "贷方": came_or_zero, "余额": balance,
    }  # fmt: skip
    head, *body = table(rows, columns)
    grid: Grid = [head]
    for place, row in enumerate(body, start=1):
        grid.append(row)
        if place % 5 == 0:
            grid += [
                ["", "本页小计", "1.00", "2.00", ""],
                ["第 1 页"],
                [],
                ["承前页", "", "", "", "9.00"],
                head,
            ]
    return files.text([*grid, ["", "合计", yuan(money_out(rows)), yuan(money_in(rows)), ""]])


def foreign_money(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "摘要": memo, "借方金额": went, "贷方金额": came, "余额": balance,
    }  # fmt: skip
    return files.text([["账号：6222", "币种：美元"], *table(rows, columns)])


def xml_of_an_old_spreadsheet(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "摘要": memo, "收入": came, "支出": went, "余额": balance,
    }  # fmt: skip
    return files.xml2003(table(rows, columns))


OTHERS: dict[str, Layout] = {
    make.__name__: make
    for make in (
        icbc_debit,
        abc_debit,
        boc_debit,
        spdb_debit,
        bocom_debit,
        cmb_debit,
        ccb_debit,
        citic_debit,
        securities_as_formulas,
        english_money_in,
        english_withdrawal,
        english_debit_credit,
        english_dr_cr,
        bilingual,
        full_width,
        words_in_a_column_of_no_name,
        a_companys_own_book,
        numbers_of_a_spreadsheet,
        header_in_row_forty,
        pages_with_subtotals,
        foreign_money,
        xml_of_an_old_spreadsheet,
    )
}
