"""Statements of banks, corporate and personal, as their electronic counters write them.

Column words and places of headers are those of the banks' templates; the movements are ours.
"""

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
    came_or_undone,
    came_or_zero,
    clock,
    compact,
    compact_clock,
    count_in,
    count_out,
    day,
    first_balance,
    fixed,
    last_balance,
    lines,
    memo,
    moment,
    money_in,
    money_out,
    name,
    nothing,
    number,
    own,
    own_name,
    payee,
    payee_account,
    payer,
    payer_account,
    ref,
    signed,
    size,
    table,
    undone_words,
    went,
    went_grouped,
    went_or_undone,
    went_or_zero,
    when,
    with_plus,
    words,
)
from tests.importers.truth import OWN, OWN_NAME, Movement, grouped, yuan

Rows = list[Movement]


# ---- corporate ---------------------------------------------------------------------------------


def icbc_out_and_in(rows: Rows) -> bytes:
    columns: Columns = {
        "交易时间": moment, "对方单位": name, "对方账号": account, "转入金额": came_grouped,
        "转出金额": went_grouped, "用途": nothing, "摘要": memo, "附言": nothing,
        "余额": balance_grouped, "本方账号": own,
    }  # fmt: skip
    return files.xls([["[HISTORYDETAIL]"], *table(rows, columns)])


def icbc_flag(rows: Rows) -> bytes:
    """借贷标志 beside one amount; newest first."""
    columns: Columns = {
        "交易时间": moment, "对方单位": name, "对方账号": account, "借贷标志": words("贷", "借"),
        "发生额": size, "摘要": memo, "余额": balance, "本方账号": own,
    }  # fmt: skip
    return files.text([["[HISTORYDETAIL]"], *table(rows[::-1], columns)])


def icbc_flag_and_columns(rows: Rows) -> bytes:
    """Amounts as padded text, reversals in red in the column that they undo."""
    columns: Columns = {
        "凭证号": ref, "本方账号": own, "对方账号": account, "交易时间": moment,
        "借/贷": undone_words("贷", "借"), "借方发生额": lambda row: f"  {went_or_undone(row)} ",
        "贷方发生额": lambda row: f"  {came_or_undone(row)} ", "对方行号": fixed("102"),
        "摘要": memo, "用途": nothing, "对方单位名称": name, "余额": balance, "个性化信息": nothing,
    }  # fmt: skip
    return files.xlsx([["[HISTORYDETAIL]"], *table(rows, columns)])


def icbc_debit_and_credit(rows: Rows) -> bytes:
    columns: Columns = {
        "日期": day, "交易类型": fixed("转账"), "对方户名": name, "对方账号": account, "摘要": memo,
        "借方发生额": went_or_zero, "贷方发生额": came_or_zero, "余额": balance,
    }  # fmt: skip
    above = lines("账户明细", f"账号:{OWN}", f"户名：{OWN_NAME}", "起止日期：20260301-20260430")
    return files.xlsx([*above, *table(rows, columns)])


def ccb_two_line_header(rows: Rows) -> bytes:
    """借方 and 贷方 stand under one merged 发生额; cells padded, ideographic blanks in words."""
    above = lines(
        "中国建设银行活期账户明细", f"账　　号：{OWN}", f"户　　名：{OWN_NAME}", "币　　种：人民币",
        "起始日期：20260301", "截止日期：20260430", "",
    )  # fmt: skip
    upper: list[object] = [
        "交易时间", "发生额/元", "", "余额/元", "对方户名", "对方账　　号", "摘　要",
        "账户明细编号-交易流水号", "本方账号",
    ]  # fmt: skip
    lower: list[object] = ["", "借方", "贷方", "", "", "", "", "", ""]
    body: Grid = [
        [f"{row.at:%Y%m%d %H:%M:%S}  ", f"{went_grouped(row) or '0.00'} ",
         f"{came_grouped(row) or '0.00'} ", f"{grouped(row.held)}  ", row.name, row.account,
         row.token, row.ref, OWN]
        for row in rows
    ]  # fmt: skip
    below = lines("以上数据仅供参考，具体内容请以业务柜台为准！")
    return files.xlsx([*above, upper, lower, *body, *below], merge=["B8:C8", "A8:A9", "D8:D9"])


def ccb_many_columns(rows: Rows) -> bytes:
    """The header in row 1, thirty columns, two of them days."""
    columns: Columns = {
        "账号": own, "账户名称": own_name, "交易时间": when("%Y%m%d %H:%M:%S"),
        "借方发生额（支取）": went_or_zero, "贷方发生额（收入）": came_or_zero, "余额": balance,
        "币种": fixed("人民币"), "对方户名": name, "对方账号": account, "对方开户机构": nothing,
        "记账日期": compact, "摘要": memo, "备注": nothing, "账户明细编号-交易流水号": ref,
        "企业流水号": nothing, "凭证种类": nothing, "凭证号": nothing,
        **{f"个性化信息{place}": nothing for place in range(1, 11)},
    }  # fmt: skip
    return files.xlsx(table(rows, columns))


def ccb_with_totals(rows: Rows) -> bytes:
    columns: Columns = {
        "交易时间": when("%Y%m%d %H:%M:%S"), "借方发生额/元(支取)": went_or_zero,
        "贷方发生额/元(收入)": came_or_zero, "余额": balance, "币种": fixed("人民币元"),
        "对方户名": name, "对方账号": account, "记账日期": compact, "摘要": memo, "备注": nothing,
        "账户明细编号-交易流水号": ref,
    }  # fmt: skip
    above: Grid = [
        ["中国建设银行账户明细"], [f"账号：{OWN}"], [f"账户名称：{OWN_NAME}"], ["币种：人民币元"],
        ["起始日期：20260301", "截止日期：20260430"],
        [f"期初余额：{first_balance(rows)}", f"当前余额：{last_balance(rows)}"],
        [f"借方发生额：{yuan(money_out(rows))}", f"借方笔数：{count_out(rows)}"],
        [f"贷方发生额：{yuan(money_in(rows))}", f"贷方笔数：{count_in(rows)}"], [],
    ]  # fmt: skip
    return files.xls([*above, *table(rows, columns)])


def abc_in_and_out(rows: Rows) -> bytes:
    columns: Columns = {
        "交易时间": moment, "收入金额": came_grouped, "支出金额": went_grouped,
        "账户余额": balance_grouped, "对方账号": account, "对方户名": name, "交易用途": memo,
        "摘要": fixed("转账"),
    }  # fmt: skip
    above = lines("账户明细", f"户名：{OWN_NAME} 币种：人民币")
    return files.xlsx([*above, *table(rows[::-1], columns)])


def abc_with_fees(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "交易时间戳": when("%Y-%m-%d-%H.%M.%S.123456"),
        "收入金额": came_or_zero, "支出金额": went_or_zero, "本次余额": balance,
        "手续费总额": fixed("0.00"), "交易方式": fixed("网银"), "对方账号": account,
        "对方户名": name, "交易用途": nothing, "交易摘要": fixed("转账"), "交易附言": memo,
        "交易日志号": ref,
    }  # fmt: skip
    return files.text([*lines("账户明细", f"账号 {OWN}"), *table(rows, columns)], "gb18030")


def _boc(rows: Rows) -> Grid:
    """Who paid whom, under bilingual words; a count and two sums above."""
    above: Grid = [
        ["查询时间[Inquiry time]:", "20260501"], ["查询账号[Inquirer account number]", OWN],
        ["币种[Currency]", "CNY"], ["查询时间范围[Time Range]", "20260301-20260430"],
        ["贷方发生总额[Total Credit Amount]", yuan(money_in(rows)),
         "贷方发生总笔数[Total Number of Credited Payments]", count_in(rows)],
        ["借方发生总额[Total Debit Amount]", yuan(money_out(rows)),
         "借方发生总笔数[Total Number of Debited Payments]", count_out(rows)],
        ["总笔数[Total]", len(rows)], [],
    ]  # fmt: skip
    columns: Columns = {
        "交易类型[ Transaction Type ]": words("来账", "往账"),
        "业务类型[ Business type ]": fixed("汇款"),
        "付款人开户行名[ Payer account bank ]": fixed("某银行"),
        "付款人账号[ Debit Account No. ]": payer_account, "付款人名称[ Payer's Name ]": payer,
        "收款人开户行名[ Beneficiary account bank ]": fixed("某银行"),
        "收款人账号[ Payee's Account Number ]": payee_account,
        "收款人名称[ Payee's Name ]": payee, "交易日期[ Transaction Date ]": compact,
        "交易时间[ Transaction time ]": clock, "交易货币[ Trade Currency ]": fixed("CNY"),
        "交易金额[ Trade Amount ]": size,
        "交易后余额[ After-transaction balance ]": balance, "起息日期[ Value Date ]": compact,
        "汇率[ Exchange rate ]": fixed("1.0"),
        "交易流水号[ Transaction reference number ]": ref,
        "客户业务编号[ Customer Transaction Reference ]": nothing,
        "凭证类型[ Voucher type ]": nothing, "记录标识号[ Record ID ]": nothing,
        "摘要[ Reference ]": memo, "用途[ Purpose ]": nothing, "备注[ Remarks ]": nothing,
    }  # fmt: skip
    return [*above, *table(rows, columns)]


def boc_by_role(rows: Rows) -> bytes:
    return files.xlsx(_boc(rows))


def boc_by_role_as_utf16_tabs(rows: Rows) -> bytes:
    return files.text(_boc(rows), "utf-16", "\t")


def boc_by_role_as_utf16_without_mark(rows: Rows) -> bytes:
    return files.text(_boc(rows), "utf-16-le", "\t")


def cmb_corporate(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日": compact, "交易时间": compact_clock, "起息日": compact, "交易类型": fixed("转账"),
        "借方金额": went_or_undone, "贷方金额": came_or_undone, "余额": balance, "摘要": memo,
        "流水号": ref, "流程实例号": nothing, "业务名称": nothing, "用途": nothing,
        "业务参考号": nothing, "业务摘要": nothing, "其它摘要": nothing,
        "收(付)方分行名": nothing, "收(付)方名称": name, "收(付)方账号": account,
        "收(付)方开户行名": nothing, "母(子)公司账号": nothing, "母(子)公司名称": nothing,
        "冲账标志": nothing, "扩展摘要": nothing, "票据号": nothing, "商务支付订单号": nothing,
    }  # fmt: skip
    above: Grid = [
        ["账号", OWN], ["账号名称", OWN_NAME], ["币种", "人民币"], ["起始日期", "20260301"],
        ["结束日期", "20260430"],
        ["对账单初期余额", first_balance(rows), "对账单余额", last_balance(rows)],
    ]  # fmt: skip
    return files.xls([*above, *table(rows, columns)])


def bocom_flag(rows: Rows) -> bytes:
    columns: Columns = {
        "交易时间": moment, "摘要": memo, "凭证种类": nothing, "企业业务编号": nothing,
        "对方账号": account, "对方户名": name, "借贷标志": words("贷", "借"),
        "发生额": lambda row: grouped(abs(row.fen)), "余额": balance_grouped,
    }  # fmt: skip
    above = lines(f"账号：{OWN} 户名：{OWN_NAME} 币种：人民币 查询起止日期：20260301-20260430")
    return files.html([*above, *table(rows, columns)])


def psbc(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "交易时间": clock, "支出": went_grouped, "收入": came_grouped,
        "余额": balance_grouped, "对方账号": account, "对方户名": name, "摘要": memo,
        "交易流水号": ref,
    }  # fmt: skip
    above: Grid = [
        ["邮政储蓄银行交易明细"], ["账号", OWN, "户名", OWN_NAME],
        ["支出笔数", count_out(rows), "支出金额", yuan(money_out(rows))],
    ]  # fmt: skip
    return files.xlsx([*above, *table(rows, columns)])


def spdb_corporate(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "交易时间": compact_clock, "借方金额": went_or_zero,
        "贷方金额": came_or_zero, "余额": balance, "对方账号": account, "对方户名": name,
        "摘要": memo, "核心流水号": ref,
    }  # fmt: skip
    above: Grid = [
        ["上海浦东发展银行"], [f"账号：{OWN}"],
        [f"借方合计：{yuan(money_out(rows))}", f"贷方合计：{yuan(money_in(rows))}"],
    ]  # fmt: skip
    return files.xls([*above, *table(rows, columns)])


def hxb_red(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "交易时间": clock, "借/贷": undone_words("贷", "借"),
        "金额": lambda row: row.said, "余额": balance, "对方账号": account, "对方户名": name,
        "摘要": memo, "银行流水号": ref,
    }  # fmt: skip
    above: Grid = [
        ["华夏银行"], ["账号：", OWN], ["户名：", OWN_NAME], ["期初余额：", first_balance(rows)],
        ["期末余额：", last_balance(rows)], [],
    ]  # fmt: skip
    return files.xlsx([*above, *table(rows, columns)])


def cmbc_html(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "交易流水号": ref, "借方发生额": went_grouped,
        "贷方发生额": came_grouped, "账户余额": balance_grouped, "凭证号": nothing, "摘要": memo,
        "对方账号": account, "对方账号名称": name, "交易时间": when("%Y%m%d%H%M%S"),
    }  # fmt: skip
    above = lines("民生银行对账单", f"账号:{OWN}", "币种:人民币", *["说明"] * 14)
    return files.html([*above, *table(rows, columns)], "utf-8")


def cib(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "借方金额": went, "贷方金额": came, "账户余额": balance, "对方户名": name,
        "对方账号": account, "摘要": memo, "流水号": ref,
    }  # fmt: skip
    return files.xls(table(rows[::-1], columns))


def pab(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": compact, "账号": own, "借": went_grouped, "贷": came_grouped,
        "账户余额": balance_grouped, "对方账户": account, "对方账户名称": name, "交易流水号": ref,
        "摘要": memo,
    }  # fmt: skip
    return files.xlsx([*lines("平安银行账户明细"), *table(rows, columns)])


def cbhb_flag(rows: Rows) -> bytes:
    columns: Columns = {
        "交易日期": day, "交易时间": clock, "收支标识": words("收入", "支出"),
        "交易金额": lambda row: grouped(abs(row.fen)), "余额": balance_grouped, "对方户名": name,
        "对方账号": account, "摘要": memo,
    }  # fmt: skip
    above = lines(
        "渤海银行交易明细", f"账号：{OWN}", f"户名：{OWN_NAME}", "查询期间：2026-03-01至2026-04-30",
        f"收入合计金额：{yuan(money_in(rows))}", f"支出合计金额：{yuan(money_out(rows))}",
    )  # fmt: skip
    return files.xlsx([*above, *table(rows, columns)])


def sichuan_rural(rows: Rows) -> bytes:
    """All that stands above the table stands in one merged cell of several lines."""
    columns: Columns = {
        "交易流水号": ref, "交易时间": moment, "收入金额": came_or_zero, "支出金额": went_or_zero,
        "余额": balance, "对方账号": account, "对方户名": name, "摘要": memo,
    }  # fmt: skip
    facts = [
        f"账号：{OWN}", f"户名：{OWN_NAME}", "币种：人民币",
        f"期初余额：{first_balance(rows)}  期末余额：{last_balance(rows)}",
        f"收入总额：{yuan(money_in(rows))}  支出总额：{yuan(money_out(rows))}",
    ]  # fmt: skip
    above = lines("农信账户明细", "\n".join(facts))
    return files.xlsx([*above, *table(rows, columns)], merge=["A2:H2"])


def chongqing_rural(rows: Rows) -> bytes:
    columns: Columns = {
        "交易流水号": ref, "交易日期": compact, "收入金额": came, "支出金额": went,
        "余额": balance,
        "对方账号": account, "对方户名": name, "摘要": memo,
    }  # fmt: skip
    return files.text(table(rows, columns), "gb18030")


def cdb(rows: Rows) -> bytes:
    columns: Columns = {
        "交易参考号": ref, "交易日期": day, "收入/支出标志": words("收入", "支出"),
        "交易金额": size,
        "余额": balance, "对方户名": name, "对方账号": account, "摘要": memo,
    }  # fmt: skip
    return files.xls([*lines("开发银行"), *table(rows, columns)])


def finance_company(rows: Rows) -> bytes:
    columns: Columns = {
        "交易编号": ref, "交易日期": day, "付款金额": went, "收款金额": came, "余额": balance,
        "对方单位": name, "对方账号": account, "摘要": memo,
    }  # fmt: skip
    above = lines("某某财务有限责任公司", f"账号：{OWN}", f"单位：{OWN_NAME}", "币种：人民币")
    return files.html([*above, *table(rows, columns)])


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


BANKS: dict[str, Layout] = {
    make.__name__: make
    for make in (
        icbc_out_and_in, icbc_flag, icbc_flag_and_columns, icbc_debit_and_credit,
        ccb_two_line_header, ccb_many_columns, ccb_with_totals, abc_in_and_out, abc_with_fees,
        boc_by_role, boc_by_role_as_utf16_tabs, boc_by_role_as_utf16_without_mark, cmb_corporate,
        bocom_flag, psbc, spdb_corporate, hxb_red, cmbc_html, cib, pab, cbhb_flag, sichuan_rural,
        chongqing_rural, cdb, finance_company, icbc_debit, abc_debit, boc_debit, spdb_debit,
        bocom_debit, cmb_debit, ccb_debit, citic_debit, securities_as_formulas, english_money_in,
        english_withdrawal, english_debit_credit, english_dr_cr, bilingual, full_width,
        words_in_a_column_of_no_name, a_companys_own_book, numbers_of_a_spreadsheet,
        header_in_row_forty, pages_with_subtotals, foreign_money, xml_of_an_old_spreadsheet,
    )
}  # fmt: skip
