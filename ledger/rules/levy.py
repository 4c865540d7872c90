"""What an employer owes on its payroll, and whose it is: the levy, shared to the fen."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.money import Money
from ledger.rules.rate_tables import Part, RateTable, SplitTable
from ledger.rules.rating import Rated, rate


@dataclass(frozen=True, slots=True)
class LevyShare:
    """One part of a levy and its amount."""

    part: Part
    amount: Money


@dataclass(frozen=True, slots=True)
class Levy:
    """A levy and its shares, which add up to it; no shares where no rule of them was given."""

    rated: Rated
    split: SplitTable | None
    shares: tuple[LevyShare, ...]

    @property
    def amount(self) -> Money:
        return self.rated.amount

    def kept(self, by: str) -> Money:
        """What belongs to ``by``; zero where it has no share."""
        return next((s.amount for s in self.shares if s.part.to == by), Money(0))


def levy_due(payroll: Money, table: RateTable, split: SplitTable | None = None) -> Levy:
    """The levy of one month's payroll, shared by ``split``.

    Source: 工会法 art. 43; the tables in force are given. The levy is rounded as its table says,
    then shared by largest remainder, so that nothing is lost.

    Raises: ValueError for a negative payroll, another currency, or a table for members.
    """
    if table.payer != "employer":
        raise ValueError("a levy is owed by employers")
    if payroll.fen < 0 or payroll.currency != "CNY":
        raise ValueError("a payroll is an amount of yuan, not negative")
    rated = rate(table, base=payroll.fen)
    return Levy(rated, split, shares_of(rated.amount, split) if split is not None else ())


def shares_of(levy: Money, split: SplitTable) -> tuple[LevyShare, ...]:
    """A levy that came in, shared: what came, not what was due, is what upper units have a part of.

    >>> from ledger.rules.rulebook import load
    >>> from ledger.rules.table import Place
    >>> from datetime import date
    >>> split = load()[0].in_force(SplitTable, "union-levy", date(2026, 3, 1), Place())
    >>> [share.amount.text for share in shares_of(Money(101), split)]
    ['0.61', '0.40']
    """
    amounts = levy.split([part.share for part in split.parts])
    return tuple(LevyShare(part, amount) for part, amount in zip(split.parts, amounts, strict=True))
