"""What the registry and the book know of aid, as values. Nobody's name stands here but in a
:class:`Person` of a register that is drawn for who may see it, and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month
from reports.statement import VoucherLine


@dataclass(frozen=True, slots=True)
class AidPaid:
    """One payment as a voucher has it; ``fen`` is negative where a reversal takes it back.

    ``recipient`` tells persons apart, and no more.
    """

    code: str
    day: date
    kind: str
    reason: str
    recipient: str
    fen: int
    number: str

    @property
    def month(self) -> Month:
        return Month.of(self.day)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a payment went to; empty where that is not known any more."""

    name: str
    number: str
    account: str


@dataclass(frozen=True)
class AidRows:
    """The unit's aid from the year's beginning to a period's end.

    ``lines`` are the book's postings behind it with their kinds; ``names`` what kinds and occasions
    are called; ``people`` goes by code and is empty but for a register; ``closed`` are the unit's
    closed months.
    """

    paid: Sequence[AidPaid] = ()
    lines: Sequence[tuple[str, VoucherLine]] = ()
    names: Mapping[str, Words] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    closed: frozenset[Month] = frozenset()

    def amount(self, month: Month, kinds: Sequence[str]) -> Money:
        """What vouchers of a month say of these kinds; of all where none is named."""
        return Money(
            sum(
                line.amount.fen
                for kind, line in self.lines
                if Month.of(line.day) == month and (not kinds or kind in kinds)
            )
        )
