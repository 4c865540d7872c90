"""What stands above and below a statement's table: account, period, balances, totals, counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from importers.cells import Moment, clean, folded, parse_amount, parse_moment

_VALUE = r"[:：\s\[]*[¥￥]?\s*([+-]?[0-9][0-9,]*(?:\.[0-9]{1,2})?)"
_OPENING = re.compile(
    r"(?:期初余额|期初结余|上期余额|上页余额|承前余额|承前页|初期余额|上日余额|起始余额|opening\s*balance|"
    r"balance\s*brought\s*forward)(?:\([^)]*\))?" + _VALUE,
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:期末余额|期末结余|本期余额|对账单余额|当前余额|截止余额|终止余额|closing\s*balance|"
    r"ending\s*balance)(?:\([^)]*\))?" + _VALUE,
    re.IGNORECASE,
)
_IN_TOTAL = re.compile(
    r"(?:收入|贷方|转入|存入)(?:总|累计|发生)*(?:额|金额)*(?:合计|总计|总额)(?:金额|额)?"
    r"(?:[:：]?\s*[0-9]+\s*笔[,，]?\s*共?)?" + _VALUE
)
_OUT_TOTAL = re.compile(
    r"(?:支出|借方|转出|支取)(?:总|累计|发生)*(?:额|金额)*(?:合计|总计|总额)(?:金额|额)?"
    r"(?:[:：]?\s*[0-9]+\s*笔[,，]?\s*共?)?" + _VALUE
)
_COUNT = re.compile(r"(?<![0-9])共\s*:?\s*([0-9]+)\s*(?:笔|条)\s*(?:记录|明细|交易)?")
_PART_COUNT = re.compile(r"(?:收入|支出|借方|贷方)合计[:：]?\s*([0-9]+)\s*笔")
_ACCOUNT = re.compile(
    r"(?:账\s*号|帐\s*号|卡\s*号|账\s*户|account\s*(?:no\.?|number)?)[:：\s\[\]]*"
    r"([0-9*Xx -]{6,40})",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:起始(?:日期|时间)|日期范围|查询(?:日期|时间|期间|时段)|起止日期|交易日期|统计期间|period|开始日期)"
    r"[^0-9]{0,20}(.{8,24}?)\]?\s*(?:(?:终止|截止|结束)(?:日期|时间)|至|到|—|–|~|-{1,2}|to)[^0-9]{0,20}"
    r"([0-9]{4}.{4,20})",
    re.IGNORECASE,
)
_FUND_BILL: Final = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")


@dataclass
class Around:
    """The facts around a table; amounts in fen, None where nothing is printed."""

    account: str = ""
    opening: int | None = None
    closing: int | None = None
    total_in: int | None = None
    total_out: int | None = None
    count: int | None = None
    start: date | None = None
    end: date | None = None
    credit_card: bool = False


def read_around(rows: Iterable[list[str]]) -> Around:
    """The facts in the rows that are not the table's own."""
    kept = [[clean(cell) for cell in row] for row in rows]
    found = Around()
    text = "\n".join(" ".join(cell for cell in row if cell) for row in kept)
    text = unicodedata.normalize("NFKC", text)
    found.opening = _amount(_OPENING.search(text))
    found.closing = _amount(_CLOSING.search(text))
    found.total_in = _amount(_IN_TOTAL.search(text))
    found.total_out = _amount(_OUT_TOTAL.search(text))
    if found.total_out is not None:
        found.total_out = abs(found.total_out)
    if count := _COUNT.search(text):
        found.count = int(count[1])
    elif parts := _PART_COUNT.findall(text):
        found.count = sum(map(int, parts))
    if account := _ACCOUNT.search(text):
        found.account = "".join(account[1].split())
    if period := _RANGE.search(text):
        _set_period(found, period[1], period[2])
    found.credit_card = "信用卡账单" in text or "credit card" in text.casefold()
    _fund_bill(found, kept)
    return found


def _amount(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    try:
        amount = parse_amount(match[1])
    except ValueError:
        return None
    return None if amount is None else amount.fen


def _set_period(found: Around, first: str, last: str) -> None:
    start, end = parse_moment(first.strip(" []至")), parse_moment(last.strip(" []"))
    if start is None or end is None or end.day < start.day:
        return
    found.start = start.day
    found.end = _last_day(end)


def _last_day(end: Moment) -> date:
    """The last day that a period covers: midnight is the end of the day before."""
    if end.at is not None and (end.at.hour, end.at.minute, end.at.second) == (0, 0, 0):
        return end.day - timedelta(days=1)
    return end.day


def _fund_bill(found: Around, rows: list[list[str]]) -> None:
    """The last two lines of a WeChat merchant's fund bill."""
    for head, values in pairwise(rows):
        if [folded(cell) for cell in head[:5]] == list(_FUND_BILL) and len(values) >= 5:
            try:
                amounts = [parse_amount(cell) for cell in values[:5]]
            except ValueError:
                return
            fens = [amount.fen if amount else 0 for amount in amounts]
            found.count = fens[0] // 100
            found.total_in, found.total_out = fens[2], fens[4]


_TOTAL_WORDS = re.compile(
    r"合计|总计|小计|累计|总笔数|期初|期末|承前|过次|上页|本页|total|brought\s*forward|"
    r"carried\s*forward|opening|closing",
    re.IGNORECASE,
)
_NOTE_WORDS = re.compile(
    r"^#|^-{3,}|^={3,}|^\*{2,}|导出|打印|说明|提示|备注[:：]|注[:：]|以上|仅供|第.{1,6}页|温馨|声明|"
    r"查询|制表|截止|无更多|银行|公司|^\s*[0-9]{1,2}[.、]",
    re.IGNORECASE,
)


def is_total(cells: list[str]) -> bool:
    """True if a row without a day of its own says that it is a total or a balance."""
    return any(_TOTAL_WORDS.search(unicodedata.normalize("NFKC", cell)) for cell in cells)


def is_note(cells: list[str]) -> bool:
    """True if a row without a day of its own is a remark that holds no amount."""
    text = " ".join(cell for cell in cells if cell)
    return bool(_NOTE_WORDS.search(unicodedata.normalize("NFKC", text)))


def is_total_word(cell: str) -> bool:
    """True if a cell is nothing but the name of a total, such as 本月合计.

    >>> is_total_word("本月合计"), is_total_word("合计付款")
    (True, False)
    """
    return bool(
        re.fullmatch(
            r"(?:本[日月年页期季]|当[日月]|上[日月年页期])?(?:合计|小计|累计|总计)"
            r"|承前页?|过次页?|期初余额|期末余额|(?:sub)?total|openingbalance|closingbalance"
            r"|balance(?:brought|carried)forward",
            folded(cell),
        )
    )
