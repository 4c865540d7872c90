"""What the registry knows of dues, as values: what was assessed, what was claimed, what was paid.

Nobody's name stands here but on the lines of a :class:`Named` roll, which is read for those who may
see it and never kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, percent_text
from ledger.period import Month
from reports.statement import VoucherLine

if TYPE_CHECKING:
    from reports.statements.cells import Figure as CellFigure

#: What became of a claim; the words are those of :mod:`ledger.registry.claims`.
OPEN: Final = ("open", "drafted")
PAID: Final = "paid"
OFF: Final = "off"

_NO_WORDS: Final = Words("", "")
RULES: Final = {
    "party": Words("党费", "Party dues"),
    "league": Words("团费", "League dues"),
    "union-member": Words("工会会费", "Union dues"),
    "association": Words("社团会费", "Association dues"),
    "": Words("按名单登记的会费", "Dues entered from a list"),
}


def rule_words(rule: str) -> Words:
    """What a rule's dues are called."""
    return RULES.get(rule, Words(rule, rule))


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment: the first of its member and month (``number`` 0), or a difference.

    ``row`` is the row of the rule's table, empty where nothing is owed after all; ``fixed`` says
    that the row's amount stands in the rule, for everybody to read.
    """

    unit: str
    rule: str
    month: Month
    member: str
    number: int
    fen: int
    total_fen: int
    table: str
    row: str
    at: datetime
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claim for dues, or (``is_credit``) what was paid beyond those of a month.

    Dues with ``settled_by`` were settled by that credit, and by no voucher.
    """

    unit: str
    code: str
    member: str
    rule: str
    month: Month
    fen: int
    account: str
    fund: str
    state: str
    due: date
    settled_on: date | None = None
    is_credit: bool = False
    settled_by: str = ""

    def is_settled_by(self, day: date) -> bool:
        """Whether it was paid by the end of the day, by a voucher or by a credit."""
        return self.state == PAID and (self.settled_on is None or self.settled_on <= day)

    def is_off_by(self, day: date) -> bool:
        return self.state == OFF and (self.settled_on is None or self.settled_on <= day)

    def is_open_on(self, day: date) -> bool:
        """Whether it was still to be paid at the end of the day, by what is known now."""
        settled = self.state in (PAID, OFF)
        done = self.is_settled_by(day) or self.is_off_by(day)
        return self.state in OPEN or (settled and not done)

    def line(self, amount: Money | None = None) -> VoucherLine:
        """The claim as it stands behind a figure, under its code."""
        words = f"应收 claim {self.month} {self.member}"
        return VoucherLine(
            self.code, self.due, words, self.account, self.fund, amount or Money(self.fen)
        )


@dataclass(frozen=True, slots=True)
class DuesUnit:
    """A unit whose dues are told: the one that is asked, and those below it."""

    id: str
    name: Words
    level: int = 0


@dataclass(frozen=True, slots=True)
class Collects:
    """How a unit collects by a rule: where what is paid is entered."""

    unit: str
    rule: str
    account: str
    fund: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the roll that members see names them. Kept nowhere."""

    name: str
    number: str
    status: Words = _NO_WORDS
    base: Money | None = None
    rate: Words = _NO_WORDS
    reduced: bool = False


@dataclass(frozen=True)
class DuesRows:
    """The dues of one unit and those below it.

    ``rows`` names the rows of tables by ``(table, row)``; ``numbers`` are the members' numbers;
    ``people`` is empty but where names may be read; ``closed`` are the unit's closed months.
    ``told`` are sums that are told elsewhere, each of a month: the public roll tells nothing from
    which, with these, money of fewer than five members follows.
    """

    units: Sequence[DuesUnit]
    schemes: Sequence[Collects] = ()
    assessed: Sequence[Assessed] = ()
    claims: Sequence[Claimed] = ()
    rows: Mapping[tuple[str, str], Words] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[tuple[str, str], Person] = field(default_factory=dict)
    closed: frozenset[Month] = frozenset()
    told: Sequence[tuple[Month, CellFigure]] = ()

    @cached_property
    def by_unit_and_rule(self) -> dict[tuple[str, str], tuple[list[Assessed], list[Claimed]]]:
        """Assessments and claims of each unit and rule, units in their order."""
        found: dict[tuple[str, str], tuple[list[Assessed], list[Claimed]]] = defaultdict(
            lambda: ([], [])
        )
        for one in self.assessed:
            found[one.unit, one.rule][0].append(one)
        for claim in self.claims:
            found[claim.unit, claim.rule][1].append(claim)
        order = {unit.id: place for place, unit in enumerate(self.units)}
        return {key: found[key] for key in sorted(found, key=lambda key: (order[key[0]], key[1]))}


#: The figures of a :class:`Sums` in the order of a table.
PARTS: Final = {
    "owed": Words("应收", "Owed"),
    "paid": Words("已收", "Collected"),
    "used": Words("以多收抵扣", "From credits"),
    "credit": Words("多收留存", "Paid beyond"),
    "off": Words("核销", "Written off"),
    "arrears": Words("欠缴", "Arrears"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """What was owed and what became of it, in fen: owed + credit = paid + used + off + arrears.

    ``paid`` is what vouchers paid, ``used`` what members' credits settled; ``credit`` is what was
    paid beyond what is owed, and kept for the member.
    """

    owed: int = 0
    paid: int = 0
    credit: int = 0
    off: int = 0
    arrears: int = 0
    used: int = 0

    @property
    def settled(self) -> int:
        """What was paid by a voucher or by a credit."""
        return self.paid + self.used

    @property
    def rate(self) -> str:
        """What of the owed was settled, in percent to one decimal, half-up; empty where none is."""
        return percent_text(self.settled - self.credit, self.owed)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.owed + other.owed, self.paid + other.paid, self.credit + other.credit,
            self.off + other.off, self.arrears + other.arrears, self.used + other.used,
        )  # fmt: skip


def sums(claims: Iterable[Claimed], day: date) -> Sums:
    """What these claims come to at the end of a day.

    What is owed is what is claimed less the credit: so assessments are kept
    (:mod:`ledger.dues.claiming`), and a list's claims owe what they say.
    """
    paid = off = arrears = credit = used = 0
    for claim in claims:
        if claim.is_credit:
            credit += claim.fen
        elif claim.is_settled_by(day) and claim.settled_by:
            used += claim.fen
        elif claim.is_settled_by(day):
            paid += claim.fen
        elif claim.is_off_by(day):
            off += claim.fen
        elif claim.is_open_on(day):
            arrears += claim.fen
    return Sums(paid + used + off + arrears - credit, paid, credit, off, arrears, used)


def by_member(claims: Iterable[Claimed]) -> Iterator[tuple[str, list[Claimed]]]:
    """The claims of each member, members in the order in which they come."""
    found: dict[str, list[Claimed]] = defaultdict(list)
    for claim in claims:
        found[claim.member].append(claim)
    return iter(found.items())
