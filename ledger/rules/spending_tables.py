"""Tables of what is spent, on what, by whose decision, and how it is entered or carried over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ledger.errors import Words
from ledger.rules.table import Head


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose that the rule permits, and the article that names it."""

    id: str
    name: Words
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class UseTable:
    """The only purposes that money of this rule may be spent on."""

    head: Head
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class RevisionTable:
    """How often a year's budget may be revised; beyond it an approver is told, or refused."""

    head: Head
    revisions: int
    refuses: bool
    article: str


@dataclass(frozen=True, slots=True)
class CarryTable:
    """For how many years money may be carried forward unspent until it becomes surplus."""

    head: Head
    years: int
    article: str


#: What a row of a parallel table says of an account on its side: it is entered as ``to``; it is not
#: in the budget; it settles what was not paid in money yet, and goes with the voucher's other side;
#: or only a person can tell, where money moves or always.
ENTER: Final = "enter"
OUTSIDE: Final = "outside"
SETTLE: Final = "settle"
ASK: Final = "ask"
ASK_ALWAYS: Final = "ask-always"
HOWS: Final = (ENTER, OUTSIDE, SETTLE, ASK, ASK_ALWAYS)
DEBIT_SIDE: Final = "debit"
CREDIT_SIDE: Final = "credit"
SIDES: Final = (DEBIT_SIDE, CREDIT_SIDE, "both")


@dataclass(frozen=True, slots=True)
class ParallelRow:
    """What the budgetary half says of accounts that are debited, or credited, beside money.

    ``accounts`` and ``to`` are codes; ``kind`` narrows a row to one kind of unit.
    """

    id: str
    side: str
    accounts: tuple[str, ...]
    how: str
    to: str
    kind: str
    name: Words
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ParallelTable:
    """Which budgetary entry goes with which financial one."""

    head: Head
    rows: tuple[ParallelRow, ...]

    def row(self, code: str, side: str, kinds: Collection[str]) -> ParallelRow | None:
        """The row for an account on a side: of the longest code, one for the unit's kind first."""
        fitting = [row for row in self.rows_of(code, side) if not row.kind or row.kind in kinds]
        return max(fitting, key=lambda row: bool(row.kind), default=None)

    def rows_of(self, code: str, side: str) -> list[ParallelRow]:
        """All rows for an account on a side, by the longest code that has any."""
        for length in range(len(code), 0, -1):
            found = [
                row
                for row in self.rows
                if code[:length] in row.accounts and row.side in (side, "both")
            ]
            if found:
                return found
        return []


@dataclass(frozen=True, slots=True)
class MajorTable:
    """From ``threshold`` fen on, money that goes out needs a recorded decision.

    What goes to one payee within ``days`` days is added up; a decision is reported to the upper
    unit within ``report_days`` days, None where the rule names no time.
    """

    head: Head
    threshold: int
    days: int
    report_days: int | None
    article: str


@dataclass(frozen=True, slots=True)
class AidKind:
    """What aid may be paid for; ``of`` is the kind that an occasion belongs to, empty for a kind.

    ``uses`` are those uses of bound funds (:class:`UseTable`) that it is.
    """

    id: str
    of: str
    name: Words
    uses: tuple[str, ...]
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class AidKindTable:
    """The kinds of aid, and the occasions on which some of them are paid."""

    head: Head
    kinds: tuple[AidKind, ...]


@dataclass(frozen=True, slots=True)
class AidLimit:
    """What a rule says of a kind of aid or of one occasion (``id``).

    ``most`` fen by payment or calendar year (``per``), to one person by one unit. Aid for the same
    within ``within`` months is refused or warned of (``again``). None where the rule is silent.
    """

    id: str
    name: Words
    most: int | None
    per: str
    within: int | None
    again: str
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class AidLimitTable:
    """Limits of aid to one person."""

    head: Head
    limits: tuple[AidLimit, ...]
