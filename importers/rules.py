"""A unit's rule table: which statement lines become which drafts.

A rule says what has to hold of a line (account, direction, parts of counterparty and memo, amount)
and what follows (accounts and funds, whole or in shares). Rules are data: parts of text are looked
for as they stand, nothing is evaluated. The first rule that fits decides. How a table is read and
what is refused in it stands in :mod:`importers.rule_table`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ledger.entry import Meta
from ledger.errors import Words
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a line's amount: its account and fund, and how much of the whole it is."""

    account: str
    fund: str
    share: Fraction = Fraction(1)
    meta: Meta = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at in a line. ``amount`` is signed, money in positive; texts are folded."""

    account: str
    day: date
    amount: Money
    counterparty: str = ""
    counterparty_account: str = ""
    memo: str = ""
    status: str = ""
    sub_account: str = ""


def facts_of(
    account: str,
    day: date,
    amount: Money,
    *,
    counterparty: str = "",
    counterparty_account: str = "",
    memo: str = "",
    status: str = "",
    sub_account: str = "",
) -> Facts:
    """The facts of a line from its texts as they stand."""
    return Facts(
        account, day, amount, fold(counterparty), fold(counterparty_account), fold(memo),
        fold(status), fold(sub_account),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``counterparty``, ``counterparty_account``, ``memo`` and ``status`` are folded
    parts that must all be found in the line's text.

    ``purpose`` is empty for a rule that enters lines; ``fee`` says where the fee inside a row goes,
    ``transfer`` which account money between own accounts passes through.
    """

    title: str
    to: tuple[Share, ...]
    narration: str
    account: str = ""
    direction: str = ""  # in, out, or either
    counterparty: tuple[str, ...] = ()
    counterparty_account: tuple[str, ...] = ()
    memo: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    amount: Money | None = None
    smallest: Money | None = None
    largest: Money | None = None
    payee: str = ""
    meta: Meta = ()
    since: date = date.min
    until: date | None = None
    number: int = 0
    sub_account: tuple[str, ...] = ()
    purpose: str = ""

    @property
    def why(self) -> Words:
        """The rule by its number, and what of a line it looked at.

        What it looked for is not told: it may name a person, and reasons are kept in clear.
        """
        held = (
            self.account, self.direction, self.counterparty, self.counterparty_account, self.memo,
            self.status, self.amount or self.smallest or self.largest, self.sub_account,
        )  # fmt: skip
        return _why(self.number, self.title, tuple(bool(one) for one in held))

    def fits(self, line: Facts) -> bool:
        """Whether a line is one this rule is about."""
        fen = line.amount.fen
        size = abs(fen)
        return (
            (self.direction == "" or (self.direction == "in") == (fen > 0))
            and self.account in ("", line.account)
            and (self.amount is None or self.amount.fen == size)
            and (self.smallest is None or self.smallest.fen <= size)
            and (self.largest is None or size <= self.largest.fen)
            and self.since <= line.day
            and (self.until is None or line.day < self.until)
            and _holds(line.counterparty, self.counterparty)
            and _holds(line.counterparty_account, self.counterparty_account)
            and _holds(line.memo, self.memo)
            and _holds(line.status, self.status)
            and _holds(line.sub_account, self.sub_account)
        )

    def parts(self, amount: Money) -> list[tuple[Share, Money]]:
        """The line's amount divided by the shares, to the fen, without a rest."""
        if len(self.to) == 1:
            return [(self.to[0], amount)]
        amounts = abs(amount).split([share.share for share in self.to])
        signed = amounts if amount.fen > 0 else [-part for part in amounts]
        return list(zip(self.to, signed, strict=True))


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    return not parts or all(part in text for part in parts)


_LOOKED_AT: Final = (
    Words("账户", "account"),
    Words("收付方向", "direction"),
    Words("对方户名", "counterparty"),
    Words("对方账号", "counterparty's account"),
    Words("摘要", "memo"),
    Words("状态", "status"),
    Words("金额", "amount"),
    Words("子账户", "sub-account"),
)


@lru_cache(maxsize=8192)  # a table has some dozens of rules, a statement a hundred thousand lines
def _why(number: int, title: str, held: tuple[bool, ...]) -> Words:
    told = [words for words, one in zip(_LOOKED_AT, held, strict=True) if one]
    zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
    return Words(
        f"规则 {number}「{title}」，因为{zh}符合", f"rule {number} “{title}”, because of {en}"
    )


@lru_cache(maxsize=16384)  # who pays once pays again
def fold(text: str) -> str:
    """A text as rules compare it: width, case and blanks do not matter."""
    if text.isascii():
        return "".join(text.lower().split())
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
