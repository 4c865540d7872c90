"""Tables of figures that a rule fixes, each with its document, its dates and its scope.

No figure stands in code: a rate, a limit, a share or a deadline is a row of a table, and a table is
read from a file (:mod:`ledger.rules.reading`). What a table says is a value here; which of several
tables is in force for a unit on a day is decided in :mod:`ledger.rules.rulebook`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Protocol

from ledger.errors import Words
from ledger.period import Month, months_after
from ledger.rules.assets import AssetTable

NO_WORDS: Final = Words("", "")
#: How well a figure is known: read in a copy of the text, read in a text about it, or remembered.
CONFIDENCES: Final = ("confirmed", "secondary", "recalled")
#: Where a table came from; a later one goes before an earlier one, whatever their scopes.
SHIPPED: Final = 0
FEDERATION: Final = 1
UNIT: Final = 2
ORIGINS: Final = {
    SHIPPED: Words("随程序提供", "shipped"),
    FEDERATION: Words("联合会的规则文件", "the federation's file"),
    UNIT: Words("本单位的规则文件", "the unit's own file"),
}


class Located(Protocol):
    """What rules know of a unit: where it is, and its kinds, as words in one text."""

    @property
    def id(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def kinds(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Who asks: a unit, its province, and the kinds of unit that it is (``central-organ``)."""

    province: str = ""
    kinds: frozenset[str] = frozenset()
    unit: str = ""

    @classmethod
    def of(cls, unit: Located) -> Place:
        """Where rules look for a unit."""
        return cls(unit.province, frozenset(unit.kinds.split()), unit.id)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a table holds; nothing set is the whole country."""

    province: str = ""
    kind: str = ""
    unit: str = ""

    def covers(self, place: Place) -> bool:
        return (
            self.province in ("", place.province)
            and (not self.kind or self.kind in place.kinds)
            and self.unit in ("", place.unit)
        )

    def terms(self) -> frozenset[tuple[str, str]]:
        """What it demands; a scope that demands more is the narrower one."""
        named = (("province", self.province), ("kind", self.kind), ("unit", self.unit))
        return frozenset((name, value) for name, value in named if value)

    def narrower_than(self, other: Scope) -> bool:
        return self.terms() > other.terms()

    @property
    def words(self) -> Words:
        parts = [value for value in (self.province, self.kind, self.unit) if value]
        return Words("，".join(parts) or "全国", ", ".join(parts) or "national")


@dataclass(frozen=True, slots=True)
class Head:
    """What every table says of itself. ``effective_to`` is the last day on which it holds."""

    id: str
    version: str
    rule: str
    name: Words
    source: str
    confidence: str
    effective_from: date
    effective_to: date | None = None
    issued: date | None = None
    scope: Scope = Scope()
    note: str = ""
    origin: int = SHIPPED
    file: str = ""
    digest: str = ""

    @property
    def key(self) -> str:
        """How a stored figure names its table: ``party-dues@2008``."""
        return f"{self.id}@{self.version}"

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )

    def overlaps(self, other: Head) -> bool:
        mine, theirs = self.effective_to or date.max, other.effective_to or date.max
        return self.effective_from <= theirs and other.effective_from <= mine

    def cite(self, article: str) -> str:
        """The document, and the article that a row stands in."""
        return f"{self.source} {article}".strip()


@dataclass(frozen=True, slots=True)
class Rounding:
    """To whole multiples of ``unit`` fen: ``half-up``, or ``down`` where the rest is dropped.

    ``source`` says where that is written; most rules say nothing, which is then said there.
    """

    mode: str
    unit: int
    source: str = ""
    confidence: str = ""

    def apply(self, numerator: int, denominator: int) -> int:
        """A non-negative exact number of fen, rounded.

        >>> Rounding("half-up", 1).apply(3001, 2), Rounding("down", 100).apply(1099, 1)
        (1501, 1000)
        """
        step = denominator * self.unit
        if self.mode == "down":
            return numerator // step * self.unit
        return (2 * numerator + step) // (2 * step) * self.unit

    @property
    def words(self) -> Words:
        zh, en = {1: ("分", "fen"), 10: ("角", "ten fen")}.get(self.unit, ("元", "yuan"))
        if self.mode == "down":
            return Words(f"{zh}以下舍去", f"fractions of a {en} dropped")
        return Words(f"四舍五入到{zh}", f"half-up to the {en}")


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


@dataclass(frozen=True, slots=True)
class ShareTable:
    """From which part of a year's sum on something is named by itself in a report.

    ``share`` has to be exceeded where ``above``, else reached. ``years``: or from so many years of
    duration on; None where duration counts for nothing.
    """

    head: Head
    share: Fraction
    above: bool
    years: int | None
    article: str

    def reached_by(self, part: int, whole: int) -> bool:
        """Whether ``part`` fen are that much of ``whole``; nothing is that much of nothing."""
        if whole <= 0:
            return False
        return part > self.share * whole if self.above else part >= self.share * whole


#: Which campaigns a deadline is for: those that raise from the public, or all of a unit.
PUBLIC_ONLY: Final = "public"
ALL_CAMPAIGNS: Final = "all"
#: To whom something is made known: the unit's members, everybody, or whoever is above it.
MEMBERS, PUBLIC, SUPERIOR = "members", "public", "superior"
AUDIENCES: Final = (MEMBERS, PUBLIC, SUPERIOR)
AUDIENCE_WORDS: Final = {
    MEMBERS: Words("会员", "members"),
    PUBLIC: Words("社会公众", "the public"),
    SUPERIOR: Words("上级", "above"),
}
#: The last day of a time that no rule names.
NO_DAY: Final = date.max


@dataclass(frozen=True, slots=True)
class DeadlineTable:
    """By when something has to be made public, or told to members or to above.

    Exactly one of ``days``, ``months`` (after what happened, or after the publication before, where
    it is ``repeated``) and ``by`` (the next such month and day); none of them where the rule names
    no day. ``over_months``: only for campaigns that run longer. ``campaigns`` is
    :data:`PUBLIC_ONLY` or :data:`ALL_CAMPAIGNS`. ``reports`` are the statements that it takes;
    ``packs`` says whether a pack of the same days for the same ``audience`` is enough.
    """

    head: Head
    days: int | None
    months: int | None
    by: tuple[int, int] | None
    repeated: bool
    over_months: int
    campaigns: str
    article: str
    audience: str = PUBLIC
    reports: tuple[str, ...] = ()
    packs: bool = False

    @property
    def undated(self) -> bool:
        """Whether the rule demands it and names no day."""
        return self.days is None and self.months is None and self.by is None

    def after(self, day: date) -> date:
        """The last day of the time that begins with ``day``, which itself does not count.

        :data:`NO_DAY` where the rule names none.
        """
        if self.undated:
            return NO_DAY
        if self.days is not None:
            return day + timedelta(days=self.days)
        if self.months is not None:
            return months_after(day, self.months)
        month, number = self.by or (12, 31)
        return next(
            found
            for year in (day.year, day.year + 1)
            if (found := _in_year(year, month, number)) >= day
        )

    @property
    def words(self) -> Words:
        if self.undated:
            return Words("规则没有写日期", "the rule names no day")
        if self.by is not None:
            return Words(
                f"每年 {self.by[0]} 月 {self.by[1]} 日前", "by {:02d}-{:02d}".format(*self.by)
            )
        zh, en = (f"{self.days} 日", f"{self.days} days")
        if self.months is not None:
            zh, en = (f"{self.months} 个月", f"{self.months} months")
        if self.repeated:
            return Words(f"至少每 {zh}一次", f"at least every {en}")
        return Words(f"{zh}内", f"within {en}")


def _in_year(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, Month(year, month).period.last.day))


#: What a share is of: the income of the year before, its net assets, the year's own spending.
OF_INCOME: Final = "income"
OF_NET_ASSETS: Final = "net-assets"


@dataclass(frozen=True, slots=True)
class RatioTier:
    """What units of a form with net assets from ``first`` fen to below ``below`` spend.

    ``forms`` are kinds of unit; ``public`` says whether they may raise from the public. ``spend``
    is the least share of the year before, each with what it is of; ``management`` the largest share
    of the year's own spending.
    """

    id: str
    forms: tuple[str, ...]
    public: bool
    first: int
    below: int | None
    spend: tuple[tuple[str, Fraction], ...]
    management: Fraction
    name: Words
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RatioTable:
    """Least public-benefit spending and most management in a year.

    Management below ``exempt`` fen a year has no limit; ``averages``: whether the mean of the three
    years before may stand for the year before.
    """

    head: Head
    tiers: tuple[RatioTier, ...]
    exempt: int
    averages: bool


Table = (
    RateTable
    | SplitTable
    | RemittanceTable
    | FloorTable
    | UseTable
    | RevisionTable
    | CarryTable
    | ParallelTable
    | MajorTable
    | AidKindTable
    | AidLimitTable
    | ShareTable
    | DeadlineTable
    | RatioTable
    | AssetTable
)
#: The kinds of tables as files name them.
KINDS: Final[Mapping[str, type[Table]]] = {
    "rates": RateTable,
    "split": SplitTable,
    "remittance": RemittanceTable,
    "floor": FloorTable,
    "uses": UseTable,
    "revisions": RevisionTable,
    "carry-over": CarryTable,
    "parallel": ParallelTable,
    "major": MajorTable,
    "aid-kinds": AidKindTable,
    "aid-limits": AidLimitTable,
    "share": ShareTable,
    "deadline": DeadlineTable,
    "ratios": RatioTable,
    "asset-classes": AssetTable,
}


def kind_of(table: Table) -> str:
    return next(name for name, cls in KINDS.items() if isinstance(table, cls))


def percent(share: Fraction) -> str:
    """``0.5 %``, exactly: shares are written in decimals.

    >>> percent(Fraction(5, 1000))
    '0.5 %'
    """
    digits = 0
    while (share * 100 * 10**digits).denominator != 1 and digits < 8:
        digits += 1
    whole = int(share * 100 * 10**digits)
    text = str(whole) if not digits else f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return f"{text} %"
