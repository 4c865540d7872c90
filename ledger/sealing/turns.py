"""Which closed months are sealed, and which is the next one to seal, from the registry alone.

A page asks this whenever it is looked at, so that the book is not read for it; what is sealed then
is worked out anew from the book's text (:mod:`ledger.sealing.acting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.period import Month
from ledger.registry import entries, month_states, seals

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry.seals import SealRow

#: Its last closing is sealed; it is the next to seal; others come first; a later month was sealed
#: without it, and holds its vouchers.
SEALED, NEXT, LATER, COVERED = "sealed", "next", "later", "covered"


@dataclass(frozen=True, slots=True)
class Turn:
    """A closed month; ``size`` is the number of entries up to its last closing."""

    month: Month
    size: int
    state: str
    seal: SealRow | None = None


def turns(conn: Connection, unit: str) -> list[Turn]:
    """Every month that is closed, in the order in which they are sealed: of their last closing.

    A month that was opened again and is not closed yet is not among them.
    """
    closed = {row.month for row in month_states.all_months(conn, unit) if row.state == "closed"}
    last = dict(entries.closings(conn, unit))
    by_size = {row.size: row for row in seals.of_unit(conn, unit)}
    greatest = max(by_size, default=0)
    found: list[Turn] = []
    is_next = True
    for month, size in sorted(last.items(), key=lambda item: item[1]):
        if str(month) not in closed:
            continue
        if size in by_size:
            found.append(Turn(month, size, SEALED, by_size[size]))
        elif size < greatest:
            found.append(Turn(month, size, COVERED))
        else:
            found.append(Turn(month, size, NEXT if is_next else LATER))
            is_next = False
    return found


def next_turn(found: list[Turn]) -> Turn | None:
    """The month to seal now; None if nothing is to be sealed."""
    return next((one for one in found if one.state == NEXT), None)
