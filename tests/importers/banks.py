"""Statements of corporate accounts, as banks' electronic counters write them.

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
    own,
    own_name,
    payee,
    payee_account,
    payer,
    payer_account,
    ref,
    size,
    table,
    undone_words,
    went,
    went_grouped,
    went_or_undone,
    went_or_zero,
    when,
    words,
)
from tests.importers.truth import OWN, OWN_NAME, Movement, grouped, yuan

Rows = list[Movement]


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


CORPORATE: dict[str, Layout] = {
    make.__name__: make
    for make in (
        icbc_out_and_in,
        icbc_flag,
        icbc_flag_and_columns,
        icbc_debit_and_credit,
        ccb_two_line_header,
        ccb_many_columns,
        ccb_with_totals,
        abc_in_and_out,
        abc_with_fees,
        boc_by_role,
        boc_by_role_as_utf16_tabs,
        boc_by_role_as_utf16_without_mark,
        cmb_corporate,
        bocom_flag,
        psbc,
        spdb_corporate,
        hxb_red,
        cmbc_html,
        cib,
        pab,
        cbhb_flag,
        sichuan_rural,
        chongqing_rural,
        cdb,
        finance_company,
    )
}
