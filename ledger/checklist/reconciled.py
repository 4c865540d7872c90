"""On which days the money of a unit was proven by statements, account by account.

A day is covered if an imported statement that was not undone goes over it. At the end of a month
the balance of the statement is compared with the book's; what was counted or confirmed by a bank
proves that day as well. No amount is told: who may read amounts has the reconciliation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY
from ledger.registry import entries, imports, stated, statement_files, waivers

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """Days from ``first`` to ``last``, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class AccountDays:
    """A money account over some months. ``days`` is on how many of them it was open.

    ``uncovered`` are the days over which no statement goes; ``differs`` the ends of months on which
    statement and book say different balances; ``counted`` those on which a count or a bank's
    confirmation, which two persons entered, says what the book says.
    """

    account: str
    days: int
    uncovered: tuple[Range, ...]
    differs: tuple[date, ...]
    counted: tuple[date, ...]

    @property
    def unreconciled(self) -> int:
        """How many days are not covered, or differ: a balance is only known on one that is."""
        return sum(one.days for one in self.uncovered) + len(self.differs)


def account_days(registry: Registry, unit: str, months: Sequence[Month]) -> list[AccountDays]:
    """Every money account over consecutive months, by its name.

    The number of questions depends neither on accounts nor on months.
    """
    if not months:
        return []
    whole = Range(months[0].first, months[-1].period.last)
    with registry.read() as conn:
        known = [row.account for row in imports.accounts(conn, registry.vault, unit)]
        opened = entries.accounts(conn, unit, known) if known else {}
        spans: dict[str, list[Range]] = defaultdict(list)
        for row in statement_files.files(conn, unit):
            if row.start is not None and row.end is not None:
                spans[row.account].append(Range(row.start, row.end))
        said = stated.month_ends(conn, unit, months)
        counts = {
            (row.subject, row.month): row.fen
            for row in waivers.of_kinds(conn, unit, (waivers.COUNT,))
            if row.checker
        }
    held = _held(registry, unit, known, months) if known else {}
    found = []
    for account in known:
        facts = opened.get(account)
        first = max(whole.first, facts.opened) if facts else whole.first
        last = min(whole.last, facts.closed) if facts and facts.closed else whole.last
        if first > last:
            continue
        ends = [month for month in months if first <= month.period.last <= last]
        found.append(
            AccountDays(
                account, Range(first, last).days,
                tuple(_gaps(spans[account], Range(first, last))),
                tuple(month.period.last for month in ends
                      if said.get((account, month), held[account, month])
                      != held[account, month]),
                tuple(month.period.last for month in ends
                      if counts.get((account, str(month))) == held[account, month]),
            )
        )  # fmt: skip
    return found


def _gaps(spans: Collection[Range], whole: Range) -> Iterator[Range]:
    """The days of ``whole`` that are in none of the spans."""
    day = whole.first
    for span in sorted(spans, key=lambda one: (one.first, one.last)):
        if span.first > day:
            yield Range(day, min(span.first - _DAY, whole.last))
        day = max(day, span.last + _DAY)
        if day > whole.last:
            return
    yield Range(day, whole.last)


def _held(
    registry: Registry, unit: str, accounts: Collection[str], months: Sequence[Month]
) -> dict[tuple[str, Month], int]:
    """What the book says that each account held at the end of each month, in fen."""
    moved: dict[tuple[str, Month], int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for cell in model.cells(through=months[-1]):
            if cell.currency == CNY and cell.account in accounts:
                if cell.month < months[0]:
                    before[cell.account] += cell.net
                else:
                    moved[cell.account, cell.month] += cell.net
    finally:
        model.close()
    found = {}
    for account in accounts:
        for month in months:
            before[account] += moved[account, month]
            found[account, month] = before[account]
    return found
