"""UnionPay's merchant file (``INN<yymmdd>88ZM_<merchant>``): text of fixed width, no header.

Its fields are 3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2 and 32 characters wide, with a blank between
them; more may follow. The amount is twelve digits of fen. It holds payments taken, not movements of
an account, and no total that could prove them, so its layout parks every row.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from importers.readers.limits import MOST_ROWS, Grid, unreadable
from ledger.errors import Refused
from ledger.money import Money

WIDTHS: Final = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32)
HEADER: Final = (
    "交易日期", "交易代码", "代理机构", "发送机构", "系统跟踪号", "传输时间", "主账号", "交易金额",
    "商户类型", "终端类型", "查询流水号", "支付方式", "商户订单号",
)  # fmt: skip
_LINE: Final = re.compile(
    r"[^\s]{3} .{11} .{11} [0-9]{6} [0-9]{10} .{19} [0-9]{12} .{4} .{2} [0-9]{21} .{2} "
    r".{32}(?: .*)?"
)
_STARTS: Final = tuple(accumulate((width + 1 for width in WIDTHS[:-1]), initial=0))


def is_unionpay(head: str) -> bool:
    """True if the first line of a text has the fields of such a file."""
    return bool(_LINE.fullmatch(head.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")))


def read_unionpay(text: str, name: str) -> list[Grid]:
    """The file as a table. Refused if one of its lines has other widths."""
    lines = [line.rstrip("\r") for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    if len(lines) > MOST_ROWS or not all(map(_LINE.fullmatch, lines)):
        raise Refused(
            unreadable(
                name,
                "银联 ZM 文件中有宽度不符的行",
                "a line of the UnionPay ZM file has other widths than it should",
            )
        )
    return [Grid(name, [list(HEADER), *map(_row, lines)])]


def _row(line: str) -> list[str]:
    cells = [
        line[start : start + width].strip()
        for start, width in zip(_STARTS, WIDTHS, strict=True)
    ]  # fmt: skip
    cells[6] = Money(int(cells[6])).text
    query = cells[9]  # it begins with the year, which the time of transmission leaves out
    day = query[:8] if query[4:8] == cells[4][:4] else ""
    return [day, *cells]
