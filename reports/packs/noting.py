"""What every statement of the book says besides its figures: what waits, what was opened again.

That something is held back is told, never how much, of how many, or of what: who reads a total
knows that it is not yet the whole. It tells nobody more than the leaves of the log, which show that
there are vouchers that stand shut. Of a reopening month and day are told, not who asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Words

if TYPE_CHECKING:
    from datetime import date

    from ledger.publishing.values import PublicBook
    from reports.statement import Statement

WAITS: Final = Words(
    "少于五人的款项待下次公开，不在上列各数之中。",
    "Money of fewer than five persons waits for the next publication and is in none of these "
    "figures.",
)


def noted(
    statements: Sequence[Statement], book: PublicBook, months: Iterable[str]
) -> list[Statement]:
    """Statements of the published book, with what a reader of their totals has to know."""
    notes = tuple(_notes(book, months))
    return [replace(one, notes=(*one.notes, *notes)) for one in statements]


def reopened(book: PublicBook, months: Iterable[str]) -> list[tuple[str, date]]:
    """The months among these that were opened again after their closing, and on which day."""
    wanted = set(months)
    return [
        (str(mark.month), mark.day)
        for mark in book.marks
        if mark.kind == "reopen" and str(mark.month) in wanted
    ]


def _notes(book: PublicBook, months: Iterable[str]) -> Iterator[Words]:
    if book.held:
        yield WAITS
    for month, day in reopened(book, months):
        yield Words(
            f"{month} 月结账后于 {day} 重新打开，更正后再次结账。",
            f"{month} was opened again on {day} after its closing, and closed anew.",
        )
