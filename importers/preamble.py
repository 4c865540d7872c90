"""What stands above and below a statement's table: account, period, balances, totals, counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from importers.cells import Moment, clean, currencies_in, folded, parse_amount, parse_moment

_VALUE = r"[: \[]*¥? ?([+-]?[0-9][0-9,]*(?:\.[0-9]{1,2})?)(?![0-9.])"
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
    r"(?:[账帐] {0,8}号|卡 {0,8}号|账 {0,8}户|account(?:/card)? ?(?:no\.?|number)?)[: \[\]]{0,20}"
    r"([0-9*Xx -]{6,40})",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:起始(?:日期|时间)|日期范围|查询(?:日期|时间|期间|时段)|起止日期|交易日期|统计期间|账单周期|账期|日期区间|起止时间|period|开始日期)"
    r"[^0-9\n]{0,20}(.{8,24}?)\]? ?"
    r"(?:(?:终止|截止|结束)(?:日期|时间)|至|到|—|–|~|-{1,2}|to)"
    r"[^0-9\n]{0,20}([0-9]{4}.{4,20})",
    re.IGNORECASE,
)
#: Bills of cards: what is spent stands without a sign, and the balance is what is owed.
CREDIT_CARD: Final = re.compile(
    r"(?:信用卡|贷记卡)[^\n]{0,12}(?:账单|对账|明细|交易|卡号|账户)|最低还款|本期应还|应还款额|信用额度|"
    r"末四位|交易地金额|credit ?card|minimum payment|payment due",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?:币 {0,8}[种别]|货币|currency)(?:\[[^\]]*\])?[: \[\]]{0,20}([^ \n]{2,16})", re.I
)
_OWN_NAME = re.compile(
    r"(?:户 {0,8}名|账户名称|账号名称|单位名称|客户名称|account name)"
    r"[: \[\]]{0,20}([^ \n\]]{2,60})",
    re.I,
)
_LONGEST_LINE: Final = 2000
_FIRST_DAY = re.compile(r"(?:起始|开始)(?:日期|时间)[^0-9\n]{0,20}([0-9][^\n]{7,18})")
_LAST_DAY = re.compile(r"(?:终止|截止|结束)(?:日期|时间)[^0-9\n]{0,20}([0-9][^\n]{7,18})")
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
    currency: str = ""
    own_name: str = ""
    # The totals are named 借 and 贷: they are those of the columns, whoever's view they take.
    two_faced: bool = False


def read_around(rows: Iterable[list[str]]) -> Around:
    """The facts in the rows that are not the table's own."""
    kept = [[clean(cell) for cell in row] for row in rows]
    found = Around()
    text = _text_of(kept)
    found.opening = _amount(_OPENING.search(text))
    found.closing = _amount(_CLOSING.search(text))
    came, went = _IN_TOTAL.search(text), _OUT_TOTAL.search(text)
    found.total_in, found.total_out = _amount(came), _amount(went)
    found.two_faced = any(match and re.match(r"[借贷]", match[0]) for match in (came, went))
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
    elif (first := _FIRST_DAY.search(text)) and (last := _LAST_DAY.search(text)):
        _set_period(found, first[1], last[1])
    found.credit_card = bool(CREDIT_CARD.search(text))
    if named := _CURRENCY.search(text):
        codes = currencies_in(named[1])
        found.currency = codes.pop() if len(codes) == 1 else ""
    if name := _OWN_NAME.search(text):
        found.own_name = name[1]
    _fund_bill(found, kept)
    return found


def _text_of(rows: list[list[str]]) -> str:
    """The rows as lines with single blanks; a row of names over a row of values as pairs."""
    lines = []
    for place, row in enumerate(rows):
        line = " ".join(" ".join(cell for cell in row if cell).split())
        if line:
            lines.append(line[:_LONGEST_LINE])
        below = rows[place + 1] if place + 1 < len(rows) else []
        if _names_over_values(row, below):
            lines += [
                f"{name} : {value}"
                for name, value in zip(row, below, strict=False)
                if name and value
            ]
    return unicodedata.normalize("NFKC", "\n".join(lines))


def _names_over_values(row: list[str], below: list[str]) -> bool:
    names = [cell for cell in row if cell]
    values = [cell for cell in below if cell]
    return (
        2 <= len(names) <= 40
        and len(names) == len(values)
        and not any(re.search(r"[0-9]", name) for name in names)
        and all(re.search(r"[0-9]", value) for value in values)
    )


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


# A cell that names a total or a balance, and at most says its figures with it.
_TOTAL_CELL = re.compile(
    r"(?:人民币|cny|rmb|本[日月年页期季]|当[日月]|上[日月年页期]|全部|收入|支出|借方|贷方|收支|资金流水|总|交易|已收入|已支出|"
    r"待收入|待支出|中性交易|不计收支)*"
    r"(?:合计|总计|小计|累计|总额|总笔数|期初余额|期末余额|期初|期末|承前页?|过次页?|上页余额|(?:sub|grand)?total|"
    r"openingbalance|closingbalance|balance(?:brought|carried)forward)"
    r"(?:[:：].*|[(（].*|(?:金额|笔数|发生额)[:：]?.*|[0-9].*)?"
    r"|(?:已|待)?(?:收入|支出|中性交易|不计收支)[:：][0-9]+笔.*|共[:：]?[0-9]+[笔条].*",
    re.IGNORECASE,
)
_NOTE_WORDS = re.compile(
    r"^#|^-{3,}|^={3,}|^\*{2,}|导出|打印|说明|提示|备注[:：]|注[:：]|以上|仅供|第.{1,6}页|温馨|声明|"
    r"查询|制表|截止|无更多|银行|公司|^\s*[0-9]{1,2}[.、]",
    re.IGNORECASE,
)


def is_total(cells: list[str]) -> bool:
    """True if a row without a day of its own says that it is a total or a balance.

    One of its cells has to be the name of a total, not a text in which such a word occurs:
    a remark 合计付款 beside a day that cannot be read is a movement that must not be lost.
    """
    return any(_TOTAL_CELL.fullmatch(folded(cell).lstrip("#*-=")) for cell in cells if cell)


def is_note(cells: list[str]) -> bool:
    """True if a row without a day of its own is a remark that holds no amount."""
    text = " ".join(cell[:_LONGEST_LINE] for cell in cells if cell)
    return bool(_NOTE_WORDS.search(unicodedata.normalize("NFKC", text)))


#: How no name of a total ends: with a digit, or with a Chinese character that closes none.
_ENDS_OTHERWISE = re.compile(r"[0-9]|(?![计页前次额转])[\u4e00-\u9fff]")
_SMELLS_OF_TOTAL = re.compile(
    r"[合小累总]计|承前|过次|期初|期末|结转|年初|月初|total|balance|b/f|c/f", re.I
)
_TOTAL_WORD = re.compile(
    r"(?:本[日月年页期季]|当[日月]|上[日月年页期])?(?:合计|小计|累计|总计|余额)"
    r"|承前页?|过次页?|(?:期初|期末|年初|月初)余额|(?:上年|上月|上期|余额)?结转(?:余额)?"
    r"|(?:sub)?total|(?:opening|closing)balance|balance(?:brought|carried)forward|(?:balance)?[bc]/f",
)


def has_total_word(cells: list[str]) -> bool:
    """True if a cell of a row is nothing but the name of a total, or of a balance brought forward.

    >>> has_total_word(["2026-03-31", "本月合计"]), has_total_word(["2026-03-31", "合计付款"])
    (True, False)
    """
    return any(
        cell
        and not _ENDS_OTHERWISE.match(cell[-1])
        and _SMELLS_OF_TOTAL.search(cell)
        and _TOTAL_WORD.fullmatch(folded(cell).strip(":"))
        for cell in cells
    )
