"""The words by which statements say on which side money stands: in or out."""

from __future__ import annotations

import re
from typing import Final

from importers.cells import folded

IN_WORDS: Final = frozenset(
    {
        "收入", "收", "贷", "贷方", "存入", "转入", "入账", "入帐", "来账", "来帐", "进账", "收款",
        "入", "存", "+", "cr", "c", "credit", "in", "贷记", "deposit", "汇入", "增加",
    }
)  # fmt: skip
OUT_WORDS: Final = frozenset(
    {
        "支出", "支", "借", "借方", "支取", "转出", "出账", "出帐", "往账", "往帐", "付款", "付",
        "取", "出", "支付", "-", "dr", "d", "debit", "out", "借记", "withdrawal", "汇出", "减少",
    }
)  # fmt: skip
#: Words that a bank and its customer use with opposite meanings.
_TWO_FACED: Final = re.compile(r"借|贷|debit|credit|\bdr\b|\bcr\b|^[dc]$|drcr")
#: Words that mean the same from either side of the counter.
_ONE_FACED: Final = re.compile(
    r"收入|支出|支取|存入|转入|转出|入账|出账|入帐|出帐|收款|付款|withdraw|deposit|paid|money|来账|往账"
)
NEUTRAL: Final = frozenset({"", "/", "不计收支", "其他", "中性交易", "中性", "不计", "-", "--"})


def side_of(flag: str) -> int | None:
    """+1 for money in, -1 for money out, None for anything else, neutral words included.

    >>> side_of("借 Dr")
    -1
    """
    text = folded(flag)
    if text in IN_WORDS:
        return 1
    if text in OUT_WORDS:
        return -1
    is_in = bool(re.search(r"贷|收入|转入|存入|来账|入账|\bcr\b|credit", text))
    is_out = bool(re.search(r"借|支出|转出|支取|往账|出账|\bdr\b|debit", text))
    return None if is_in == is_out else 1 if is_in else -1


def is_two_faced(words: str) -> bool:
    """Whether a header or a flag may mean either side, depending on whose books speak.

    >>> is_two_faced("借方发生额"), is_two_faced("借方发生额/元(支取)"), is_two_faced("支出")
    (True, False, False)
    """
    text = folded(words)
    return bool(_TWO_FACED.search(text)) and not _ONE_FACED.search(text)
