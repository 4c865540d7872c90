"""Ready queries that auditors begin with; each is run in a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.errors import Words


@dataclass(frozen=True, slots=True)
class Example:
    """``name`` is what it is called on the command line."""

    name: str
    title: Words
    query: str


EXAMPLES: Final = (
    Example(
        "balances", Words("各科目余额", "Balance of each account"),
        "BALANCES AT cost",
    ),
    Example(
        "funds", Words("各资金的货币资金与其他资产", "Assets by fund"),
        "SELECT fund, root(account, 2) AS account, cost(sum(position)) AS held "
        "WHERE account ~ '^Assets' GROUP BY fund, account ORDER BY fund, account",
    ),
    Example(
        "largest-payments", Words("最大的五十笔支出", "The fifty largest payments"),
        "SELECT date, voucher, payee, narration, account, fund, number "
        "WHERE account ~ '^Expenses' AND number > 0 ORDER BY number DESC LIMIT 50",
    ),
    Example(
        "no-papers", Words("没有附件的凭证", "Vouchers without papers"),
        "SELECT DISTINCT date, voucher, narration, entry_meta('maker') AS maker, "
        "entry_meta('source') AS source FROM papers = 0 ORDER BY date, voucher",
    ),
    Example(
        "journal", Words("一个科目的明细账（银行存款）", "Journal of an account: the bank"),
        "JOURNAL '^Assets:102'",
    ),
    Example(
        "months", Words("各月收支", "Income and spending by month"),
        "SELECT year, month, root(account, 1) AS side, sum(number) AS amount "
        "WHERE account ~ '^Income|^Expenses' GROUP BY year, month, side "
        "ORDER BY year, month, side",
    ),
    Example(
        "payees", Words("各收款人合计", "Spending by payee"),
        "SELECT payee, count(*) AS postings, sum(number) AS amount "
        "WHERE account ~ '^Expenses' AND payee != '' GROUP BY payee ORDER BY amount DESC LIMIT 100",
    ),
    Example(
        "makers", Words("制单人与审核人", "Makers and checkers"),
        "SELECT maker, checker, count(*) AS vouchers FROM (SELECT entry_meta('maker') AS maker, "
        "entry_meta('checker') AS checker, voucher WHERE voucher != '' "
        "GROUP BY maker, checker, voucher) GROUP BY maker, checker ORDER BY maker, checker",
    ),
    Example(
        "reversals", Words("冲销凭证", "Reversals"),
        "SELECT DISTINCT date, voucher, narration, entry_meta('reverses') AS reverses "
        "WHERE entry_meta('reverses') IS NOT NULL ORDER BY date, voucher",
    ),
    Example(
        "late", Words("入账晚于业务日的凭证", "Vouchers posted after their day"),
        "SELECT DISTINCT date, voucher, narration, "
        "date_diff(date(substr(str(entry_meta('posted')), 0, 10)), date) AS days "
        "WHERE voucher != '' ORDER BY days DESC LIMIT 100",
    ),
    Example(
        "accounts", Words("科目何时开立、何时停用", "When accounts were opened and closed"),
        "SELECT account, open.date AS opened, close.date AS closed FROM #accounts ORDER BY account",
    ),
)  # fmt: skip


def named(name: str) -> Example | None:
    """The example of this name, if there is one."""
    return next((one for one in EXAMPLES if one.name == name), None)
