"""What a statement is built from: the read model, the chart, the unit's facts, and plain rows.

The read model is a protocol (:mod:`ledger.asking`). Rows of the registry arrive as values; nothing
here reads SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.errors import Words
from ledger.money import CNY

if TYPE_CHECKING:
    from ledger.allocations.standing import Standing
    from ledger.asking import Ledger
    from ledger.budgets.standing import Compared
    from ledger.chart import Chart
    from ledger.consolidation.consolidating import Consolidation
    from ledger.consolidation.supporting import Supported
    from ledger.contracts.standing import Standing as ContractStanding
    from ledger.decisions.standing import MajorItems
    from ledger.dues.passing_on import Way
    from ledger.entry import Voucher
    from ledger.model import AccountFacts, FundFacts, MonthCell, PostedLine
    from ledger.money import Money
    from ledger.period import Month
    from ledger.registry.allocation_moves import Move
    from ledger.registry.units import UnitRow
    from ledger.transfers.matrix import Matrix
    from ledger.tree.statistics import UnitStatistics
    from ledger.unitfacts import UnitFacts
    from ledger.venues.standing import Standing as VenueStanding
    from reports.statements.aid_rows import AidRows
    from reports.statements.asset_rows import AssetRows
    from reports.statements.dues_rows import DuesRows
    from reports.statements.gift_moves import GiftMoves
    from reports.statements.gift_rows import GiftRows
    from reports.statements.stocktake import StocktakeRows


class Snapshot:
    """A ledger that is asked for the same cells, lines, accounts and funds only once.

    For building many figures of one moment; not to be kept while the book goes on.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._cells: dict[tuple[Month | None, Month | None], list[MonthCell]] = {}
        self._lines: dict[tuple[object, ...], list[PostedLine]] = {}
        self._vouchers: dict[str, Voucher] = {}
        self._accounts: dict[str, AccountFacts] | None = None
        self._funds: dict[str, FundFacts] | None = None

    def cells(self, *, since: Month | None = None, through: Month | None = None) -> list[MonthCell]:
        window = since, through
        if window not in self._cells:
            self._cells[window] = self._ledger.cells(since=since, through=through)
        return self._cells[window]

    def lines(
        self,
        *,
        since: Month | None = None,
        through: Month | None = None,
        accounts: Collection[str] | None = None,
        fund: str | None = None,
    ) -> Iterator[PostedLine]:
        asked = since, through, accounts if accounts is None else frozenset(accounts), fund
        if asked not in self._lines:
            self._lines[asked] = list(
                self._ledger.lines(since=since, through=through, accounts=accounts, fund=fund)
            )
        return iter(self._lines[asked])

    def voucher(self, number: str) -> Voucher:
        if number not in self._vouchers:
            self._vouchers[number] = self._ledger.voucher(number)
        return self._vouchers[number]

    def accounts(self) -> dict[str, AccountFacts]:
        if self._accounts is None:
            self._accounts = self._ledger.accounts()
        return self._accounts

    def funds(self) -> dict[str, FundFacts]:
        if self._funds is None:
            self._funds = self._ledger.funds()
        return self._funds

    def digest(self, through: Month) -> str:
        return self._ledger.digest(through)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A line that stands on one side only: on the bank's statement, or in the book.

    ``amount`` is positive where money came in. ``number`` is the voucher of a line of the book, or
    what opens a line of the bank, such as ``line-17``. ``text`` names no person.
    """

    day: date
    amount: Money
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """What the bank says of one account at the end of the period, and what did not match.

    ``closing`` is None where no statement reaches the end of the period; ``paper`` is the digest of
    the file that says it.
    """

    account: str
    closing: Money | None
    only_bank: tuple[Unmatched, ...] = ()
    only_book: tuple[Unmatched, ...] = ()
    paper: str = ""


def of_yuan(items: Iterable[Unmatched]) -> tuple[Unmatched, ...]:
    """Those in yuan: the balances that they explain are in yuan, so no other money adds to them."""
    return tuple(item for item in items if item.amount.currency == CNY)


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the operation log. ``user`` is an id, never a name."""

    at: datetime
    user: str
    action: str
    object: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LevyClaimFacts:
    """Of a claim of a levy: its month, part and rule, and the way by which its money comes."""

    month: str
    part: str
    rule: str
    channel: str


@dataclass(frozen=True)
class LevyFacts:
    """What the registry knows of employers' levies in a year up to a period's end.

    ``payroll`` and ``due`` are what was declared, in fen by rule; ``claims`` go by code;
    ``targets`` are the accounts and funds of each rule's parts. ``declared`` counts employers.
    """

    payroll: Mapping[str, int] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, LevyClaimFacts] = field(default_factory=dict)
    targets: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    declared: int = 0
    members: int = 0


@dataclass(frozen=True)
class Source:
    """Everything that one unit's statements are built from."""

    model: Ledger
    chart: Chart
    facts: UnitFacts
    banks: Sequence[BankStatement] = ()
    acts: Sequence[Act] = ()
    signatures: Sequence[tuple[Words, str]] = ()  # who closed the period, and who checked
    dues: DuesRows | None = None  # where a statement tells of dues
    ways: Sequence[Way] = ()  # what the unit passes on by rule
    own: Collection[tuple[str, str]] = ()  # accounts and funds of its own dues and levies
    levy: LevyFacts | None = None
    budget: Sequence[Compared] = ()  # the lines in force in the year, with what was posted
    aid: AidRows | None = None  # where a statement tells of aid
    gifts: GiftMoves | None = None  # where a statement tells of gifts
    allocations: Sequence[Standing] = ()  # of every year, as of the period's end
    allocation_moves: Mapping[str, Sequence[Move]] = field(default_factory=dict)  # by their codes
    gift_rows: GiftRows | None = None  # where the yearly report tells of gifts
    contracts: Sequence[ContractStanding] = ()  # those signed by the period's end, as of it
    major: MajorItems | None = None  # decisions, and what went out without one
    venues: Sequence[VenueStanding] = ()  # with their use in the period
    stocktakes: StocktakeRows | None = None  # those that were closed in the period
    statistics: Sequence[UnitStatistics] = ()  # of the unit and all below it
    consolidation: Consolidation | None = None  # of the unit and all below it
    matrix: Matrix | None = None  # what the unit and all below it pay and receive
    support: Supported | None = None  # what the unit and all below it paid down
    names: Mapping[str, Words] = field(default_factory=dict)  # of the units that it tells of
    heads: Mapping[str, int] = field(default_factory=dict)  # members by unit, where it tells them
    assets: AssetRows | None = None  # where a statement tells of lasting things

    @property
    def unit(self) -> str:
        return self.facts.unit


def names_of(rows: Iterable[UnitRow]) -> dict[str, Words]:
    """What units are called, by id; in English by their id where nobody said a name."""
    return {row.id: Words(row.name, row.name_en or row.id) for row in rows}
