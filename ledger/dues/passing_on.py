"""What a unit passes on by rule: the ways, and what each comes to in a year's book.

A *way* is one row of a rule for one receiver. Either a share of what came is due (a province owes
the centre 5 % of its dues), or an account holds all of it until it goes (the upper shares of a
levy, single large payments). What came and what went is read from posted vouchers: what goes
carries the metadata ``remittance`` and ``remitted-for``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import CNY, Money, percent_text
from ledger.period import Month
from ledger.rules.remittance import remittance_due

if TYPE_CHECKING:
    from ledger.asking import Ledger
    from ledger.model import PostedLine
    from ledger.rules.rate_tables import RemittanceRow, RemittanceTable

REMITTANCE: Final = "remittance"
FOR_YEAR: Final = "remitted-for"
COUNTER: Final = "counter"


@dataclass(frozen=True, slots=True)
class Way:
    """One row of a rule for one receiver.

    ``base`` are the accounts and funds that what is shared came in on; ``account`` and ``fund`` are
    debited when it goes, empty while nobody said where. ``of_counter``: only what ``counter``
    passed up is counted, and goes back to it.
    """

    key: str
    name: Words
    source: str
    confidence: str
    held: bool
    base: tuple[tuple[str, str], ...]
    account: str = ""
    fund: str = ""
    money: str = ""
    counter: str = ""
    of_counter: bool = False
    table: RemittanceTable | None = None
    row: RemittanceRow | None = None

    @property
    def id(self) -> str:
        """What tells the way from the unit's others."""
        return f"{self.key}@{self.counter}" if self.of_counter else self.key


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A way in a year: what came (``received``, signed so that money in is positive) and went."""

    way: Way
    year: int
    begin: Money
    received: tuple[PostedLine, ...]
    remitted: tuple[PostedLine, ...]
    due: Money
    arithmetic: Words
    deadline: date | None = None

    @property
    def came(self) -> Money:
        return Money(-sum(line.amount.fen for line in self.received))

    @property
    def went(self) -> Money:
        return Money(sum(line.amount.fen for line in self.remitted))

    @property
    def outstanding(self) -> Money:
        """What is still to be passed on; negative where more was."""
        return self.due - self.went


def reckon(book: Ledger, way: Way, through: Month, until: Month | None = None) -> Reckoned:
    """What a way comes to in the year of ``through``, on what came up to the end of that month.

    What went for the year is counted up to ``until``, or to the end of the book: it goes in the
    next year, as a rule.
    """
    year = through.year
    january = Month(year, 1)
    went = tuple(_went(book, way, january, until))
    if way.held:
        begin = Money(-sum(line.amount.fen for line in held_before(book, way, january)))
        came = tuple(_came(book, way, january, through))
        whole = begin + Money(-sum(line.amount.fen for line in came))
        text = f"{begin.text} + {(whole - begin).text} = {whole.text}"
        words = Words(f"代存全额上缴：{text}", f"held, and passed on whole: {text}")
        return Reckoned(way, year, begin, came, went, whole, words)
    came = tuple(_came(book, way, january, through))
    whole = max(Money(-sum(line.amount.fen for line in came)), Money(0))
    if way.table is None or way.row is None:
        raise ValueError(f"way {way.key} is a share by no rule")
    found = remittance_due(way.table, way.row.payer, whole, year, way.row.to)
    return Reckoned(
        way, year, Money(0), came, went, found.amount, found.arithmetic, found.due
    )  # fmt: skip


def held_before(book: Ledger, way: Way, january: Month) -> Iterable[PostedLine]:
    """Everything on a holding account before the year, arrivals and departures."""
    for line in book.lines(through=january.previous(), accounts=[way.account], fund=way.fund):
        if line.amount.currency == CNY and _is_of(way, line):
            yield line


def _came(book: Ledger, way: Way, since: Month, through: Month) -> Iterator[PostedLine]:
    """What came in on the way's base: without what went, and without the year's carrying over."""
    base = set(way.base)
    accounts = sorted({account for account, _ in base})
    for line in book.lines(since=since, through=through, accounts=accounts):
        if (line.account, line.fund) not in base or line.amount.currency != CNY:
            continue
        meta = dict(line.meta)
        if REMITTANCE in meta or not _is_of(way, line):
            continue
        if line.account.startswith("Income:") and line.carried:
            continue
        yield line


def _went(book: Ledger, way: Way, since: Month, until: Month | None) -> Iterator[PostedLine]:
    if not way.account:
        return
    lines = book.lines(since=since, through=until, accounts=[way.account], fund=way.fund)
    for line in lines:
        meta = dict(line.meta)
        if meta.get(REMITTANCE) != way.key or not _is_of(way, line):
            continue
        if meta.get(FOR_YEAR) == str(since.year):
            yield line


def _is_of(way: Way, line: PostedLine) -> bool:
    return not way.of_counter or dict(line.meta).get(COUNTER) == way.counter


@dataclass(frozen=True, slots=True)
class Share:
    """What came in a month, what of it is upper units', and what stays at the grass roots."""

    month: Month
    received: Money
    up: Money

    @property
    def kept(self) -> Money:
        return self.received - self.up

    @property
    def percent(self) -> str:
        """The part that stays, with one decimal, half up; empty where nothing came."""
        return percent_text(self.kept.fen, self.received.fen)


def shares_by_month(
    reckoned: Sequence[Reckoned], own: Iterable[PostedLine], through: Month
) -> list[Share]:
    """The grass-roots share of each month of the year up to ``through``.

    ``own`` is what came in on the unit's own income of dues and levies. What is held for upper
    units came as well, and is theirs; of a share of income, what went is.
    """
    received: dict[Month, int] = {}
    up: dict[Month, int] = {}
    for line in own:
        month = Month.of(line.day)
        received[month] = received.get(month, 0) - line.amount.fen
    for one in reckoned:
        if one.way.of_counter:
            continue
        if one.way.held:
            for line in one.received:
                month = Month.of(line.day)
                received[month] = received.get(month, 0) - line.amount.fen
                up[month] = up.get(month, 0) - line.amount.fen
            continue
        for line in one.remitted:
            month = Month.of(line.day)
            up[month] = up.get(month, 0) + line.amount.fen
    months = [Month(through.year, number) for number in range(1, through.month + 1)]
    return [Share(m, Money(received.get(m, 0)), Money(up.get(m, 0))) for m in months]


def own_income(book: Ledger, base: Collection[tuple[str, str]], through: Month) -> list[PostedLine]:
    """What came in on the unit's own income of dues and levies in the year up to ``through``."""
    way = Way("own", Words("", ""), "", "", held=False, base=tuple(sorted(base)))
    return list(_came(book, way, Month(through.year, 1), through)) if base else []
