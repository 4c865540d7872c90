"""What every statement of the book says besides its figures: what waits, what was opened again.

That something is held back is told, never how much, of how many, or of what: who reads a total
knows that it is not yet the whole. It tells nobody more than the leaves of the log, which show that
there are vouchers that stand shut. Of a reopening month and day are told, not who asked for it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.period import Month
from ledger.registry import reopenings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.publishing.values import PublicBook
    from reports.packs.sealed import Sealed
    from reports.statement import Statement

WAITS: Final = Words(
    "少于五人的款项待下次公开，不在上列各数之中。",
    "Money of fewer than five persons waits for the next publication and is in none of these "
    "figures.",
)


#: A month that was opened again after its closing, and the day on which that was confirmed.
Reopened = tuple[str, date]


def noted(
    statements: Sequence[Statement], book: PublicBook, reopened: Sequence[Reopened]
) -> list[Statement]:
    """Statements of the published book, with what a reader of their totals has to know."""
    notes = tuple(_notes(book, reopened))
    return [replace(one, notes=(*one.notes, *notes)) for one in statements]


def reopened_in(conn: Connection, sealed: Sealed) -> list[Reopened]:
    """Every reopening that the last seal counts, in the order of the log.

    The log's leaf bears the month; the day on which it was confirmed is the registry's.
    """
    days: dict[str, deque[date]] = defaultdict(deque)
    for row in reopenings.of_unit(conn, sealed.log.unit):
        if row.state == reopenings.CONFIRMED and row.checked_at is not None:
            days[row.month].append(date.fromisoformat(row.checked_at[:10]))
    found = []
    for leaf in sealed.log.leaves[: sealed.last.size]:
        if leaf.kind == "reopen":
            of_month = days[leaf.month]
            last = Month.parse(leaf.month).period.last
            found.append((leaf.month, of_month.popleft() if of_month else last))
    return found


def _notes(book: PublicBook, reopened: Sequence[Reopened]) -> Iterator[Words]:
    if book.held:
        yield WAITS
    for month, day in reopened:
        yield Words(
            f"{month} 月结账后于 {day} 重新打开，更正后再次结账。",
            f"{month} was opened again on {day} after its closing, and closed anew.",
        )
