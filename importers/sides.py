"""On which side a row's money stands: in or out, and how far that is proven.

A statement says it by two columns, by a flag, by a sign, or by who paid whom. Banks write 借 for
money out, a company's own books write it for money in: where the words can mean either, the
running balance decides, and a row whose sign its own balance contradicts is parked. Nothing is
guessed: an amount without any sign is read only where every step of the balance proves it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from importers.cells import Moment, folded

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
TWO_FACED: Final = re.compile(r"借|贷|debit|credit|\bdr\b|\bcr\b|^[dc]$")
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


@dataclass
class Row:
    """One row of the table on its way to a line. ``fen`` carries the declared sign.

    ``sure`` is False where the declared sign needs the balance to prove it; ``column`` tells the
    rows apart whose signs are written in the same way.
    """

    number: int
    moment: Moment
    fen: int
    balance: int | None
    currency: str
    sure: bool = True
    column: str = ""
    parked: str = ""


@dataclass(frozen=True)
class Chain:
    """How the running balance bears the rows out."""

    descending: bool
    flipped: bool
    steps: int
    holding: int

    @property
    def proof(self) -> str:
        if not self.steps:
            return "n/a"
        return "pass" if self.holding == self.steps else "fail"


def settle_reversals(rows: Sequence[Row], *, minus_is_out: bool) -> None:
    """Amounts that are negative in a column of one side: reversals, or how the side is written.

    ``minus_is_out`` says that the header itself announces the minus, as in 支出金额(-元).
    """
    for column in {row.column for row in rows if row.column}:
        own = [row for row in rows if row.column == column and row.fen]
        expected = 1 if column.endswith("in") else -1
        against = [row for row in own if (row.fen > 0) != (expected > 0)]
        if len(against) == len(own):
            for row in own:
                row.fen = -row.fen
                # Where every outflow has a minus, it is most likely how they are written.
                row.sure = expected < 0 and minus_is_out
        else:
            for row in against:
                row.sure = False


def prove(
    rows: list[Row],
    *,
    opening: int | None,
    may_flip: bool,
    unsigned: bool,
    two_faced: bool,
    use_chain: bool,
) -> Chain:
    """Decide every row's sign by the running balance; park what stays unproven or contradicts it.

    ``rows`` are in the file's order. ``unsigned`` says that no row has a sign of its own,
    ``two_faced`` that the words for the sides can mean either.
    """
    if not use_chain:
        for row in rows:
            if not row.sure and not row.parked:
                row.parked = "sign-unproven"
        return Chain(_descends(rows) or False, False, 0, 0)
    order = _descends(rows)
    options = [
        (descending, flipped)
        for descending in ([order] if order is not None else [False, True])
        for flipped in ([False, True] if may_flip and order is not None else [False])
    ]
    measured = {option: _holding(rows, opening, *option, unsigned=unsigned) for option in options}
    descending, flipped = max(options, key=lambda option: (measured[option][0], not option[1]))
    if flipped and measured[descending, True][0] <= measured[descending, False][0]:
        flipped = False
    holding, steps = measured[descending, flipped]
    if flipped:
        for row in rows:
            row.fen = -row.fen
    if two_faced and not steps:
        for row in rows:
            row.sure = False
    # Without a first balance, balances before and after each movement look alike.
    if unsigned and (holding < steps or not steps or opening is None):
        for row in rows:
            row.parked = row.parked or "sign-unproven"
        return Chain(descending, flipped, steps, holding)
    _decide(rows, opening, descending)
    return Chain(descending, flipped, steps, holding)


def _descends(rows: Sequence[Row]) -> bool | None:
    """Whether the newest stands first; None where days and times do not tell."""
    keys = [row.moment.iso for row in rows]
    if len(keys) < 2:
        return False
    days = [key[:10] for key in keys]
    if days[0] != days[-1]:
        return days[0] > days[-1]
    rising = sum(a < b for a, b in pairwise(keys))
    falling = sum(a > b for a, b in pairwise(keys))
    if rising == falling:
        return None
    return falling > rising


def _steps(rows: Sequence[Row], opening: int | None, descending: bool) -> list[tuple[Row, int]]:
    """``(row, balance before it)`` for every row whose step can be checked, oldest first."""
    found = []
    before: dict[str, int] = {}
    if opening is not None and rows:
        first = rows[-1] if descending else rows[0]
        before[first.currency] = opening
    for row in reversed(rows) if descending else rows:
        if row.balance is None:
            before.pop(row.currency, None)
            continue
        if row.currency in before:
            found.append((row, before[row.currency]))
        before[row.currency] = row.balance
    return found


def _holding(
    rows: Sequence[Row], opening: int | None, descending: bool, flipped: bool, *, unsigned: bool
) -> tuple[int, int]:
    sign = -1 if flipped else 1
    steps = [step for step in _steps(rows, opening, descending) if not _no_amount(step[0])]
    holding = 0
    for row, before in steps:
        change = (row.balance or 0) - before
        free = unsigned or (not row.sure and abs(change) == abs(row.fen))
        holding += abs(change) == abs(row.fen) if free else change == sign * row.fen
    return holding, len(steps)


def _no_amount(row: Row) -> bool:
    return bool(row.parked) and not row.fen


def _decide(rows: Sequence[Row], opening: int | None, descending: bool) -> None:
    changes = {
        id(row): (row.balance or 0) - before for row, before in _steps(rows, opening, descending)
    }
    for row in rows:
        if row.parked:
            continue
        change = changes.get(id(row))
        if change == row.fen:
            continue
        if change == -row.fen:
            if row.sure:
                row.parked = "sign-contradicted"
            else:
                row.fen = -row.fen
        elif not row.sure:
            row.parked = "sign-unproven"
