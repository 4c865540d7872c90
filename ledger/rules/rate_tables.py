"""Tables of rates: who pays how much on what; how it is shared and sent up; a floor per head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.errors import Words
from ledger.rules.table import NO_WORDS, Head, Rounding


@dataclass(frozen=True, slots=True)
class RateRow:
    """One row of a table of rates: who pays, on what base, how much.

    ``first`` and ``last`` are the lowest and highest base in fen that the row is for; ``last`` is
    None where there is no limit. Exactly one of these holds: a ``rate`` of the whole base; a
    ``fixed`` amount; or a range from ``least`` to ``most`` within which the rule lets somebody
    choose. ``base_unit`` cuts the base down to multiples of that many fen before the rate.
    """

    id: str
    statuses: tuple[str, ...]
    name: Words
    article: str
    confidence: str
    rounding: Rounding
    first: int = 0
    last: int | None = None
    rate: Fraction | None = None
    fixed: int | None = None
    least: int | None = None
    most: int | None = None
    cap: int | None = None
    base_unit: int = 1

    @property
    def needs_base(self) -> bool:
        return self.rate is not None or self.first > 0 or self.last is not None

    def amount(self, base: int | None, chosen: int | None = None) -> int:
        """What a payer owes, in fen; the base and the choice were looked at before."""
        if self.fixed is not None:
            return self.fixed
        if self.rate is None:
            if chosen is None:
                raise ValueError(f"row {self.id} is a range: somebody chooses")
            return chosen
        if base is None:
            raise ValueError(f"row {self.id} needs a base")
        cut = base - base % self.base_unit
        fen = self.rounding.apply(cut * self.rate.numerator, self.rate.denominator)
        return fen if self.cap is None else min(fen, self.cap)


@dataclass(frozen=True, slots=True)
class Status:
    """A kind of payer in the table's words, and what its base is.

    ``base`` names the kind of base that is looked for among a member's facts (``pay``,
    ``pension``); nothing where the rule asks for none. ``fixing`` replaces the table's term.
    """

    id: str
    name: Words
    base: str = ""
    base_name: Words = NO_WORDS
    fixing: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """How a rule is carried out (``joins = month-of``), with where that is written."""

    name: str
    value: str | int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RateTable:
    """What payers owe. ``payer`` is ``member`` or ``employer``; ``period`` is month or year."""

    head: Head
    payer: str
    period: str
    statuses: tuple[Status, ...]
    default_status: str
    rows: tuple[RateRow, ...]
    terms: tuple[Term, ...]
    by_status: Mapping[str, tuple[RateRow, ...]] = field(init=False, repr=False, compare=False)
    named: Mapping[str, Status] = field(init=False, repr=False, compare=False)
    values: Mapping[str, str | int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once for each of a hundred thousand members.
        set_ = object.__setattr__
        set_(self, "named", {status.id: status for status in self.statuses})
        set_(self, "values", {term.name: term.value for term in self.terms})
        set_(
            self,
            "by_status",
            {
                status.id: tuple(
                    sorted(
                        (row for row in self.rows if status.id in row.statuses),
                        key=lambda row: row.first,
                    )
                )
                for status in self.statuses
            },
        )

    def term(self, name: str) -> Term | None:
        return next((term for term in self.terms if term.name == name), None)

    def row(self, status: str, base: int | None) -> RateRow | None:
        """The row for a payer of this status with this base in fen; None if there is none."""
        for row in self.by_status.get(status, ()):
            if not row.needs_base:
                return row
            if base is not None and base >= row.first and (row.last is None or base <= row.last):
                return row
        return None

    def status_called(self, word: str) -> Status | None:
        """A status by its id or its Chinese name."""
        return next((one for one in self.statuses if word in (one.id, one.name.zh)), None)


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a levy that belongs to ``to``."""

    to: str
    name: Words
    share: Fraction
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class SplitTable:
    """How a levy is shared; the shares are one whole."""

    head: Head
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """A share of what ``payer`` received in a year (``of``) that goes to ``to``.

    ``due`` is the last month and day, in the following year; None where the rule names none.
    """

    id: str
    payer: str
    to: str
    name: Words
    share: Fraction
    of: Words
    article: str
    confidence: str
    rounding: Rounding
    due: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RemittanceTable:
    """What goes up, or comes back, by rule."""

    head: Head
    rows: tuple[RemittanceRow, ...]


@dataclass(frozen=True, slots=True)
class FloorTable:
    """At least so much money per head and year."""

    head: Head
    per_head: int
    article: str
