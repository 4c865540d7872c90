"""Further headers of the same houses: older ones, newer ones, and those of other branches."""

from __future__ import annotations

from tests.importers import banks, files, wallets
from tests.importers.layouts import (
    Columns,
    Grid,
    Layout,
    account,
    balance,
    balance_grouped,
    came_grouped,
    clock,
    count_in,
    count_out,
    day,
    fixed,
    lines,
    memo,
    moment,
    money_in,
    money_out,
    name,
    own,
    ref,
    size,
    table,
    went_grouped,
    words,
)
from tests.importers.other_statements import icbc_debit
from tests.importers.truth import OWN, OWN_NAME, Movement, yuan

Rows = list[Movement]


def abc_by_use(rows: Rows) -> bytes:
    """交易用途 and no 摘要."""
    columns: Columns = {
        "交易时间": moment, "收入金额": came_grouped, "支出金额": went_grouped,
        "账户余额": balance_grouped, "对方账号": account, "对方户名": name, "交易用途": memo,
    }  # fmt: skip
    return files.xlsx([*lines("账户明细", f"账号：{OWN}"), *table(rows[::-1], columns)])


def abc_by_summary(rows: Rows) -> bytes:
    """摘要 and no 交易用途, and the account stands nowhere."""
    columns: Columns = {
        "交易时间": moment, "收入金额": came_grouped, "支出金额": went_grouped,
        "账户余额": balance_grouped, "对方账号": account, "对方户名": name, "摘要": memo,
    }  # fmt: skip
    return files.xlsx([*lines("账户明细"), *table(rows[::-1], columns)])


def _cbhb(rows: Rows, columns: Columns) -> bytes:
    above = lines(
        "渤海银行交易明细", f"账号：{OWN}", f"户名：{OWN_NAME}", "币种：人民币",
        "查询期间：2026-03-01至2026-04-30",
        f"支出笔数：{count_out(rows)}", f"支出合计金额：{yuan(money_out(rows))}",
        f"收入笔数：{count_in(rows)}", f"收入合计金额：{yuan(money_in(rows))}",
    )  # fmt: skip
    return files.xlsx([*above, *table(rows, columns)])


def cbhb_columns(rows: Rows) -> bytes:
    """Two columns of amounts, a serial, a remark."""
    return _cbhb(rows, {
        "交易日期": day, "交易时间": clock, "支出金额": went_grouped, "收入金额": came_grouped,
        "余额": balance_grouped, "对方户名": name, "对方账号": account, "摘要": memo,
        "交易流水号": ref, "备注": fixed(""),
    })  # fmt: skip


def cbhb_columns_without_remark(rows: Rows) -> bytes:
    return _cbhb(rows, {
        "交易日期": day, "交易时间": clock, "支出金额": went_grouped, "收入金额": came_grouped,
        "余额": balance_grouped, "对方户名": name, "对方账号": account, "摘要": memo,
        "交易流水号": ref,
    })  # fmt: skip


def icbc_debit_first(rows: Rows) -> bytes:
    """The first header of ICBC's cards: the second one has 对方户名 as well."""
    text = icbc_debit(rows).decode("utf-8-sig").splitlines()
    cut = [_without_last_word(line) for line in text]
    return ("\r\n".join(cut) + "\r\n").encode("utf-8-sig")


def _without_last_word(line: str) -> str:
    cells = line.split(",")
    if cells[-1] == "对方户名":
        return ",".join(cells[:-1])
    return ",".join([*cells[:-2], ""]) if len(cells) > 12 and cells[0][:2] == "20" else line


def huaxing_as_icbc(rows: Rows) -> bytes:
    """Another bank under ICBC's own mark."""
    columns: Columns = {
        "交易时间": moment, "对方单位": name, "对方账号": account, "用途": memo,
        "摘要": fixed("转账"),
        "附言": fixed(""), "转出金额": went_grouped, "转入金额": came_grouped, "余额": balance,
        "本方账号": own,
    }  # fmt: skip
    return files.text([["[HISTORYDETAIL]"], *table(rows, columns)], "gb18030")


def wechat_trade_of_old_merchants(rows: Rows) -> bytes:
    """总金额 and 企业红包 instead of 应结订单金额: still a list of orders."""
    columns: Columns = {
        "交易时间": moment, "公众账号ID": fixed("wx0"), "商户号": fixed("1900000001"),
        "子商户号": fixed("0"), "设备号": fixed(""), "微信订单号": ref, "商户订单号": memo,
        "用户标识": fixed("o1"), "交易类型": fixed("JSAPI"),
        "交易状态": words("SUCCESS", "REFUND"), "付款银行": fixed("OTHERS"),
        "货币种类": fixed("CNY"), "总金额": size, "企业红包金额": fixed("0.00"),
        "商品名称": fixed("会费"), "商户数据包": fixed(""), "手续费": fixed("0.00000"),
        "费率": fixed("0.60%"),
    }  # fmt: skip
    grid: Grid = table(rows, columns)
    return files.text([grid[0], *[[f"`{cell}" for cell in row] for row in grid[1:]]])


#: Each by name, with the layout that it is known as.
VARIANTS: dict[str, tuple[str, Layout]] = {
    "abc-corporate-3": ("abc-corporate-3", abc_by_use),
    "abc-corporate-4": ("abc-corporate-4", abc_by_summary),
    "alipay-app-2025-autumn": ("alipay-app", wallets.alipay_app_of_the_new_company),
    "alipay-merchant-detail-month-zip": ("alipay-merchant-detail", wallets.alipay_merchant_month),
    "boc-corporate-utf16": ("boc-corporate", banks.boc_by_role_as_utf16_tabs),
    "cbhb-corporate-2": ("cbhb-corporate-2", cbhb_columns),
    "cbhb-corporate-3": ("cbhb-corporate-3", cbhb_columns_without_remark),
    "icbc-debit-first": ("icbc-debit", icbc_debit_first),
    "huaxing-as-icbc": ("icbc-corporate-1", huaxing_as_icbc),
    "wechat-merchant-trade-old": ("wechat-merchant-trade", wechat_trade_of_old_merchants),
    "wechat-personal-xlsx-2025": ("wechat-personal", wallets.wechat_xlsx_2025),
    "wechat-personal-xlsx-2026": ("wechat-personal", wallets.wechat_xlsx_2026),
}
