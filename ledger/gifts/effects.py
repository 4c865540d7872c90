"""What one voucher does to the gifts of a fund, read from its postings: pure, and to the fen.

A gift's *source lines* name it on income, liabilities and net assets: what is credited there came,
what is debited went back, and what is both was only renamed. Things are lots labelled with the
gift, so that what they are worth is no money. Money is spent where expenses and things bought rise:

    spent = expenses + things bought - things that a gift brought
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.gifts.marks import GIFT, MOVED, REFUND

if TYPE_CHECKING:
    from ledger.model import PostedLine

PURPOSE: Final = "purpose"


@dataclass(slots=True)
class Things:
    """Things of a gift that come (above nothing) or go with a voucher, and their worth in fen."""

    units: Decimal = Decimal(0)
    fen: int = 0
    back: bool = False  # to the giver


@dataclass(slots=True)
class Effects:
    """A voucher of a fund. Amounts in fen, by gift.

    ``came`` is money that is the unit's from then on, ``held`` what is another's or depends on a
    condition, ``freed`` what was held and is the unit's now, ``handed`` what was held and left,
    ``back`` money that was the unit's and went back, ``moved`` what of ``came`` and ``back`` only
    changed its fund. ``spent`` is money spent: by gift where it is named, ``""`` where not.
    """

    number: str
    day: date
    reverses: str = ""
    narration: str = ""
    purpose: str = ""
    papers: tuple[str, ...] = ()
    came: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    freed: dict[str, int] = field(default_factory=dict)
    handed: dict[str, tuple[int, bool]] = field(default_factory=dict)  # and whether it went back
    back: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    things: dict[str, Things] = field(default_factory=dict)

    @property
    def brings(self) -> bool:
        """Whether any gift, or part of one, comes with it."""
        arrives = any(one.units > 0 for one in self.things.values())
        return bool(self.came or self.held or arrives)


def read_effects(lines: Sequence[PostedLine], capital: Collection[str]) -> Effects | None:
    """What the lines of one voucher in one fund do; None where they carry income and spending over.

    ``capital`` are the accounts whose balance is tied up in things.
    """
    first = lines[0]
    metas = [dict(line.meta) for line in lines]
    if first.carried and not any(GIFT in meta for meta in metas):
        return None
    done = Effects(first.number, first.day, first.reverses, papers=first.papers)
    reader = _Reader(done, capital)
    for line, meta in zip(lines, metas, strict=True):
        reader.take(line, meta)
    reader.finish(_moves_out(lines, metas, capital))
    done.narration = first.narration
    done.purpose = "；".join(reader.purposes) or first.narration
    return done


def purpose_of(line: PostedLine) -> str:
    """What a line says that something was for; of an expense that says nothing, its account.

    Empty for a line of anything else, and for things, whose other side says it.
    """
    if line.units:
        return ""
    expense = account_label(line.account) if line.account.startswith("Expenses:") else ""
    return dict(line.meta).get(PURPOSE) or expense


def _moves_out(
    lines: Sequence[PostedLine], metas: Sequence[Mapping[str, str]], capital: Collection[str]
) -> int:
    """Net assets that leave the fund for another one and name no gift, in fen."""
    return sum(
        line.amount.fen
        for line, meta in zip(lines, metas, strict=True)
        if line.account.startswith("Equity:") and line.account not in capital and GIFT not in meta
    )


class _Reader:
    """Sums a voucher's lines by the gift that they name."""

    def __init__(self, done: Effects, capital: Collection[str]) -> None:
        self._done = done
        self._capital = capital
        self._own: dict[str, int] = defaultdict(int)  # income and net assets, debit positive
        self._owed: dict[str, int] = defaultdict(int)  # liabilities
        self._cost: dict[str, int] = defaultdict(int)  # expenses and things
        self._arrived: dict[str, int] = defaultdict(int)  # worth of things that came
        self._left: dict[str, int] = defaultdict(int)  # and that went
        self._refunds: set[str] = set()
        self._moved: set[str] = set()
        self.purposes: dict[str, None] = {}

    def take(self, line: PostedLine, meta: Mapping[str, str]) -> None:
        gift, fen = meta.get(GIFT, ""), line.amount.fen
        if meta.get(REFUND):
            self._refunds.add(gift)
        if meta.get(MOVED):
            self._moved.add(gift)
        if line.units and line.label:
            self._thing(line, gift or line.label)
            gift = gift or line.label
        if fen > 0 and (purpose := purpose_of(line)):
            self.purposes[purpose] = None
        if line.account.startswith("Expenses:") or line.account in self._capital:
            self._cost[gift] += fen
        elif gift and line.account.startswith("Liabilities:"):
            self._owed[gift] += fen
        elif gift and line.account.startswith(("Income:", "Equity:")):
            self._own[gift] += fen

    def _thing(self, line: PostedLine, gift: str) -> None:
        one = self._done.things.setdefault(gift, Things())
        one.units += Decimal(line.units)
        one.fen += line.amount.fen
        (self._arrived if line.amount.fen > 0 else self._left)[gift] += abs(line.amount.fen)

    def finish(self, moved_out: int) -> None:
        done = self._done
        for gift in dict.fromkeys([*self._own, *self._owed]):
            self._sources(gift, self._own.get(gift, 0), self._owed.get(gift, 0))
        for gift, one in done.things.items():
            one.back = gift in self._refunds
        # Things that a gift brought or took along are no money, whoever's line says their cost.
        taken = -sum(fen for fen in self._cost.values() if fen < 0)
        for gift in sorted(self._cost):
            fen = max(0, self._cost[gift])
            less = min(fen, taken)
            taken -= less
            if fen > less:
                done.spent[gift] = fen - less
        if moved_out > 0:
            done.spent[""] = done.spent.get("", 0) + moved_out

    def _sources(self, gift: str, own: int, owed: int) -> None:
        """Tell what came of a gift from what went, and money from things."""
        done = self._done
        if own < 0 < owed:
            done.freed[gift] = min(-own, owed)
            owed -= done.freed[gift]
        if own < 0:
            things = min(-own, self._arrived[gift])
            self._cost[gift] -= things
            _put(done.came, gift, -own - things)
        elif own > 0:
            things = min(own, self._left[gift])
            self._cost[gift] += things
            _put(done.back, gift, own - things)
        if owed < 0:
            _put(done.held, gift, -owed - min(-owed, self._arrived[gift]))
        elif owed > 0:
            left = owed - min(owed, self._left[gift])
            if left:
                done.handed[gift] = (left, gift in self._refunds)
        if gift in self._moved:
            _put(done.moved, gift, done.came.get(gift, 0) + done.back.get(gift, 0))


def _put(into: dict[str, int], gift: str, fen: int) -> None:
    if fen:
        into[gift] = fen
