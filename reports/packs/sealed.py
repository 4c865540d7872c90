"""What of a unit is sealed up to a period's end: nothing else is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger import bookchain
from ledger.errors import Refused, finding
from ledger.layout import unit_folder
from ledger.registry import month_states, seals, units
from ledger.sealing.log import read_log
from ledger.sealing.seals import parse_seal

if TYPE_CHECKING:
    from datetime import date

    from ledger.canonical_reader import EntryText
    from ledger.errors import Finding
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.sealing.log import Log
    from ledger.sealing.seals import Seal


@dataclass(frozen=True)
class Sealed:
    """A unit's log with its seals up to the one that closes a period, in their order.

    ``entries`` are all of the book by seq. ``months`` are those of the period that the unit's book
    covers: from its first entry on, up to the day on which the unit was closed.
    """

    log: Log
    entries: dict[int, EntryText]
    seals: tuple[Seal, ...]
    months: tuple[str, ...]

    @property
    def last(self) -> Seal:
        return self.seals[-1]

    @property
    def first(self) -> int:
        """How many entries were sealed before the first voucher of the period was posted."""
        begin = min(
            (one.seq for one in self.log.leaves if one.number != "-" and one.month in self.months),
            default=self.last.size + 1,
        )
        return max((seal.size for seal in self.seals if seal.size < begin), default=0)


def sealed(registry: Registry, unit: str, period: Period) -> Sealed:
    """What is sealed of a period whose months are all closed and sealed.

    A unit that was closed or merged in its course has it up to its end. Refused with the first
    month that is not, and where the book's text does not hold.
    """
    book, found = bookchain.read_book(unit_folder(registry.folder, unit))
    if found:
        raise Refused(*found)
    log = read_log(unit, book.entries)
    with registry.read() as conn:
        rows = seals.of_unit(conn, unit)
        closed = units.find(conn, unit).closed
        states = {row.month: row.state for row in month_states.all_months(conn, unit)}
    every = [parse_seal(row.text.encode()) for row in rows]
    months = _covered(log, period, closed)
    if not months:
        raise Refused(_nothing(unit, period))
    last = 0
    for month in months:
        head = log.last_of(month)
        mine = [seal.size for seal in every if seal.month == month]
        sealed_last = head is not None and bool(mine) and mine[-1] == head.size
        if head is None or not sealed_last or states.get(month) != "closed":
            raise Refused(_not_sealed(unit, month))
        last = max(last, head.size)
    return Sealed(
        log, {entry.seq: entry for _, entry in book.entries},
        tuple(seal for seal in every if seal.size <= last), months,
    )  # fmt: skip


def _covered(log: Log, period: Period, closed: date | None) -> tuple[str, ...]:
    """The months of a period from the first one on of which the book has anything, to the end."""
    first = min((leaf.month for leaf in log.leaves if leaf.month != "-"), default="9999-12")
    return tuple(
        str(month)
        for month in period.months()
        if str(month) >= first and (closed is None or month.first < closed)
    )


def _nothing(unit: str, period: Period) -> Finding:
    return finding(
        "nothing-sealed", f"单位 {unit} 在 {period} 没有已结账的账目",
        f"unit {unit} closed nothing of {period}", "结账并封存后再公开", "close and seal it first",
        file=f"units/{unit}",
    )  # fmt: skip


def _not_sealed(unit: str, month: str) -> Finding:
    return finding(
        "not-sealed", f"单位 {unit} 的 {month} 月尚未结账并封存，不公开",
        f"{month} of unit {unit} is not closed and sealed: it is not published",
        f"mingbai close DIR --unit {unit} {month}，然后 mingbai seal DIR --unit {unit} {month}",
        f"mingbai close DIR --unit {unit} {month}, then mingbai seal DIR --unit {unit} {month}",
        file=f"units/{unit}",
    )  # fmt: skip
