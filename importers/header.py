"""Finding a table's header and what its columns are, by the words in it and nothing else.

A column's role comes from an alias dictionary over folded text, then from the parts of its words.
Where a file begins, how many lines stand above the table, and in which order columns come do not
matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from importers.cells import folded, looks_like_number, parse_moment
from importers.dictionary import (
    ACCOUNT,
    ALIASES,
    AMOUNT,
    BALANCE,
    CURRENCY,
    DATE,
    FLAG,
    IN,
    MEMO,
    NAME,
    OUT,
    OWN,
    PAYEE,
    PAYEE_NAME,
    PAYER,
    PAYER_NAME,
    REF,
    TIME,
)
from importers.profile import Profile, saved_profiles, shipped_profiles, words_of

_ROLE_OF: Final = {
    alias: role for role, aliases in reversed(ALIASES.items()) for alias in reversed(aliases)
}
_UNIT_NOTE = re.compile(
    r"\[[^\]]*\]|[（(]\s*[+-]?\s*(?:单位[:：]?)?(?:人民币)?(?:元|rmb|cny|¥)?\s*[)）]|/元$|:元$|-元$"
)
_OUT_WORDS = re.compile(r"支出|借方|支取|转出|取出|付出|付款金额|debit|withdraw|paidout|moneyout")
_IN_WORDS = re.compile(r"收入|贷方|存入|转入|收款金额|credit|deposit|paidin|moneyin")
_MONEY_WORDS = re.compile(r"金额|发生额|amount|支取|存入|支出|收入|借方|贷方|debit|credit")
_NOT_MONEY = re.compile(
    r"累计|笔数|合计|总|标志|类型|日期|count|户名|账号|方式|渠道|行名|行号|优惠|红包|券|退款|费|分润|"
    r"冻结|限额|额度|授信|税|折扣|积分|原因|时间|对方|单位|人$"
)
# A balance that is not the account's own after the movement; or that is owed, not held.
_NOT_BALANCE = re.compile(
    r"可用|冻结|透支|昨日|上日|available|上期|前余额|变动前|期初|before|opening|previous|欠|贷款|本金|"
    r"outstanding|owed|due|方向"
)
_DAY_END = re.compile(r"(?:日期|日|date)$")
_CLOCK_END = re.compile(r"(?:时间|时刻|time)$")
_NOT_DAY = re.compile(
    r"到期|起始|终止|开户|出生|打印|查询|截止|起止|申请|修改|更新|有效|节|账单|due|print|birth|expir"
)
_FLAG_PARTS = re.compile(
    r"(?:借贷|收支|收付|存取|出入|进出|收/支|借/贷|来往|往来账|dr/?cr|debit/?credit).*"
    r"(?:标志|标识|标记|方向|类型|别|性质|indicator|flag|mark|type)$"
)
_VALUE = re.compile(r"[-+¥` ]{0,2}[0-9][0-9,./: -]{3,}")
_OTHER = re.compile(r"^(?:交易)?(?:对方|对手|往来)")
_NAME_END = re.compile(r"(?:户名|名称|姓名|单位)$")
_ACCOUNT_END = re.compile(r"(?:账号|帐号|账户|帐户|卡号)$")
_MEMO_END = re.compile(r"(?:摘要|附言|用途|备注|说明|描述)$")
_REF_END = re.compile(r"(?:流水号?|单号|交易号|参考号)$")


def strip_unit(text: str) -> str:
    """A folded header cell without its unit and its English in brackets.

    >>> strip_unit("借方发生额/元(支取)")
    '借方发生额/元(支取)'
    >>> strip_unit("金额(元)")
    '金额'
    """
    return _UNIT_NOTE.sub("", text).strip("*:：")


def role_of(cell: str) -> str | None:
    """What a header cell says its column holds; None for anything unknown."""
    whole = folded(cell)
    if not whole or len(whole) > 60:
        return None
    for text in (whole, strip_unit(whole), re.sub(r"[(（\[].*$", "", whole)):
        if text in _ROLE_OF:
            return _ROLE_OF[text]
    # 余额 Balance: a word and its translation, side by side.
    han = "".join(re.findall(r"[\u4e00-\u9fff]+", whole))
    latin = "".join(re.findall(r"[a-z]+", whole))
    if han and latin and _ROLE_OF.get(han) == _ROLE_OF.get(latin):
        return _ROLE_OF.get(han) or _by_parts(strip_unit(whole))
    bracket = re.search(r"\[(.+?)\]", whole)
    if bracket and bracket[1] in _ROLE_OF:
        return _ROLE_OF[bracket[1]]
    return _by_parts(strip_unit(whole))


def _by_parts(text: str) -> str | None:
    """A role from the parts of a word that no dictionary lists."""
    if _FLAG_PARTS.search(text):
        return FLAG
    is_in, is_out = bool(_IN_WORDS.search(text)), bool(_OUT_WORDS.search(text))
    if _MONEY_WORDS.search(text) and is_in != is_out and not _NOT_MONEY.search(text):
        return IN if is_in else OUT
    if re.search(r"余额|结余|剩余金额|balance", text) and not _NOT_BALANCE.search(text):
        return BALANCE
    if re.search(r"金额$|发生额$|实收$|实付$|amount$", text) and not _NOT_MONEY.search(text):
        return AMOUNT if is_in == is_out else None
    if (_DAY_END.search(text) or _CLOCK_END.search(text)) and not _NOT_DAY.search(text):
        return DATE if len(text) <= 20 else None
    if paid := re.match(r"(付款|收款|付|收)(?:方|人|单位)", text):
        payer = paid[1].startswith("付")
        if _ACCOUNT_END.search(text):
            return PAYER if payer else PAYEE
        return (PAYER_NAME if payer else PAYEE_NAME) if _NAME_END.search(text) else None
    if _OTHER.search(text):
        return NAME if _NAME_END.search(text) else ACCOUNT if _ACCOUNT_END.search(text) else None
    return MEMO if _MEMO_END.search(text) else REF if _REF_END.search(text) else None


@dataclass
class Header:
    """Where the header stands, how many rows it takes, and which columns have which role.

    ``columns`` maps a role to column numbers, the best first. ``printed`` are its lines as they
    stand, folded, by which it is known again on a later page.
    """

    row: int
    height: int
    cells: list[str]
    columns: dict[str, list[int]] = field(default_factory=dict)
    printed: frozenset[tuple[str, ...]] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for line in self.printed for word in line)

    def first(self, role: str) -> int | None:
        found = self.columns.get(role)
        return found[0] if found else None

    @property
    def known(self) -> int:
        """How many columns have a role."""
        return sum(len(numbers) for numbers in self.columns.values())

    @property
    def has_amounts(self) -> bool:
        return any(role in self.columns for role in (AMOUNT, IN, OUT))


def find_headers(rows: list[list[str]], named: Profile | None = None) -> list[Header]:
    """Every header in a table: one, or several where tables stand below each other.

    The words of a saved layout, and those of ``named``, are known whatever the dictionary says; so
    are those of orders, whose rows are never read: what is known of their amounts moves no money.
    """
    orders = [one for one in shipped_profiles() if one.orders and AMOUNT in one.roles]
    known = (*([named] if named else ()), *saved_profiles(), *orders)
    found: list[Header] = []
    place = 0
    while place < len(rows):
        header = _header_at(rows, place, known)
        if header is None:
            place += 1
            continue
        lines = [header.cells, *rows[place : place + header.height]]
        header.printed = frozenset(tuple(map(folded, _without_tail(line))) for line in lines)
        same = found and found[-1].printed == header.printed
        if not same:
            found.append(header)
        place += header.height
    return found


def _without_tail(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not folded(cells[end - 1]):
        end -= 1
    return cells[:end]


def _header_at(rows: list[list[str]], place: int, known: Sequence[Profile]) -> Header | None:
    row = rows[place]
    if len(row) < 3 or _has_values(row) or sum(1 for cell in row if folded(cell)) < 3:
        return None
    double = two_lines(rows, place)
    for cells, height in ((row, 1), (double, 2)):
        words = words_of(cells) if known else frozenset()
        for profile in known:
            if profile.fits(words) and (header := _named_header(place, height, cells, profile)):
                return header
    single = _header_of(place, 1, row)
    is_header = single is not None and single.has_amounts
    below = _header_of(place, 2, double) if double else None
    if below is not None and below.has_amounts:
        has_both = IN in below.columns and OUT in below.columns
        if has_both or not is_header:
            return below
    return single if is_header else None


def _has_values(row: list[str]) -> bool:
    if any(map(_VALUE.match, row)):  # nearly every row below the header, at a glance
        return True
    return any(looks_like_number(cell) or parse_moment(cell) is not None for cell in row)


def two_lines(rows: Sequence[list[str]], place: int) -> list[str]:
    """The header of two lines that begins at ``place``, as one; empty where the row below is none.

    A word above reaches over the words below it until the next one. At least one does so, and at
    least one column has its word in the upper line only: so no line that stands above a table by
    chance is taken for half of its header.

    >>> two_lines([["日期", "发生额", "", "余额"], ["", "借方", "贷方", ""]], 0)
    ['日期', '借方', '贷方', '余额']
    """
    upper, lower = rows[place], rows[place + 1] if place + 1 < len(rows) else []
    if sum(1 for cell in lower if folded(cell)) < 2 or _has_values(lower):
        return []
    width = max(len(upper), len(lower))
    upper = [*upper, *[""] * (width - len(upper))]
    lower = [*lower, *[""] * (width - len(lower))]
    said = [folded(cell) for cell in lower]
    joined, above, reaches, stands = [], "", False, False
    for n, (top, bottom) in enumerate(zip(upper, lower, strict=True)):
        word = folded(top)
        stands = stands or (bool(word) and said[n] in ("", word))
        reaches = reaches or bool(said[n] and above and word in ("", folded(above)))
        above = top if word else above if said[n] else ""
        if not said[n] or said[n] == word:
            joined.append(top)
        else:
            joined.append(_under(above, bottom, said.count(said[n]) > 1))
    return joined if reaches and stands else []


def _under(above: str, bottom: str, is_repeated: bool) -> str:
    """The word of a column below another: its own if that is enough, or both.

    >>> _under("发生额", "借方", False), _under("对方", "账号", False), _under("收入", "金额", True)
    ('借方', '对方账号', '收入金额')
    """
    alone, both = role_of(bottom), role_of(above + bottom)
    # 账号 below 对方 is not one's own; 金额 below 收入 has its side from there.
    says_less = alone in (OWN, AMOUNT) and both is not None and both != alone
    return above + bottom if alone is None or is_repeated or says_less else bottom


def _header_of(place: int, height: int, cells: list[str]) -> Header | None:
    columns: dict[str, list[int]] = {}
    for number, cell in enumerate(cells):
        role = role_of(cell)
        if role is not None:
            columns.setdefault(role, []).append(number)
    if DATE not in columns:
        return None
    _prefer(columns, cells)
    header = Header(place, height, cells, columns)
    return header if header.known >= 3 else None


def _named_header(place: int, height: int, cells: list[str], profile: Profile) -> Header | None:
    """A header whose columns a layout names: its word counts, then the dictionary's."""
    said = [folded(cell) for cell in cells]
    columns = {
        role: [number for number, word in enumerate(said) if word in words]
        for role, words in profile.roles.items()
    }
    taken = {number for numbers in columns.values() for number in numbers}
    for number, cell in enumerate(cells):
        role = role_of(cell)
        if role is not None and role not in columns and number not in taken:
            columns.setdefault(role, []).append(number)
    columns = {role: numbers for role, numbers in columns.items() if numbers}
    header = Header(place, height, cells, columns)
    return header if DATE in columns and header.has_amounts else None


def _prefer(columns: dict[str, list[int]], cells: list[str]) -> None:
    """Order the columns of each role by how well their word says it, and tell day from time."""
    for role, numbers in columns.items():
        order = ALIASES[role]
        if role == AMOUNT:
            numbers.sort(key=lambda n: (settled_rank(cells[n]), _rank(cells[n], order), n))
        else:
            numbers.sort(key=lambda n: (_rank(cells[n], order), n))
    value_days = [n for n in columns[DATE] if re.search(r"起息|value", folded(cells[n]))]
    dates = columns[DATE] = [n for n in columns[DATE] if n not in value_days] or value_days
    if len(dates) > 1:
        clock = [n for n in dates if _CLOCK_END.search(strip_unit(folded(cells[n])))]
        days = [n for n in dates if n not in clock]
        if days and clock:
            columns[DATE] = days
            columns[TIME] = clock
    if CURRENCY in columns:
        # 交易币种 may be that of a purchase abroad; 记账币种 is the account's.
        columns[CURRENCY].sort(key=lambda n: "记账" not in folded(cells[n]))
    for role in (IN, OUT):
        if role in columns:
            columns[role].sort(key=lambda n: "记账" not in folded(cells[n]))


def settled_rank(cell: str) -> int:
    """How near an amount's column is to what moved: paid before agreed, own before foreign money.

    >>> settled_rank("实付金额") < settled_rank("金额") < settled_rank("订单金额")
    True
    """
    text = folded(cell)
    if re.search(r"订单|原币|外币|交易地|应付|应收|标价|商品|可用", text):
        return 2
    return 0 if re.search(r"实付|实收|入账|入帐|记账|记帐|结算|人民币|本币|应结", text) else 1


def _rank(cell: str, order: tuple[str, ...]) -> int:
    for text in (folded(cell), strip_unit(folded(cell))):
        if text in order:
            return order.index(text)
    return len(order)
