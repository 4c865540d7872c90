"""An allocation's sums by day, and what may still move without any day falling below nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT
from ledger.registry.allocations import APPROVED, LAPSED, UNDONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ledger.registry.allocations import EventRow

#: What is held is what arrived and was neither spent nor returned; what is outstanding is what was
#: promised and neither arrived nor lapsed. The other two are what may be taken back.
HELD: Final = {ARRIVED: 1, SPENT: -1, RETURNED: -1}
OUTSTANDING: Final = {ARRIVED: -1, LAPSED: -1}


@dataclass
class Curve:
    """What one allocation of ``fen`` moved on each day, by kind."""

    fen: int
    days: dict[str, dict[date, int]] = field(default_factory=dict)

    def add(self, kind: str, day: date, fen: int) -> None:
        of = self.days.setdefault(kind, {})
        of[day] = of.get(day, 0) + fen

    def copy(self) -> Curve:
        return Curve(self.fen, {kind: dict(of) for kind, of in self.days.items()})

    @property
    def first_arrival(self) -> date | None:
        """The first day on which anything came that is still counted as come."""
        came = [day for day, fen in self.days.get(ARRIVED, {}).items() if fen > 0]
        return min(came, default=None)

    def least(self, signs: Mapping[str, int], since: date) -> int:
        """The least that the sums, taken with these signs, come to on any day from ``since`` on.

        >>> curve = Curve(1000)
        >>> curve.add(ARRIVED, date(2026, 3, 1), 500)
        >>> curve.add(SPENT, date(2026, 3, 9), 300)
        >>> curve.least(HELD, date(2026, 3, 2))
        200
        """
        moves = [
            (day, sign * fen)
            for kind, sign in signs.items()
            for day, fen in self.days.get(kind, {}).items()
        ]
        return least_of(moves, since)

    def held(self, since: date) -> int:
        return self.least(HELD, since)

    def outstanding(self, since: date) -> int:
        return self.fen + self.least(OUTSTANDING, since)


def least_of(moves: Iterable[tuple[date, int]], since: date) -> int:
    """The least sum of ``moves`` at the end of any day from ``since`` on."""
    later: dict[date, int] = {}
    level = 0
    for day, fen in moves:
        if day <= since:
            level += fen
        else:
            later[day] = later.get(day, 0) + fen
    least = level
    for day in sorted(later):
        level += later[day]
        least = min(least, level)
    return least


def lapses(events: Iterable[EventRow]) -> list[tuple[date, int]]:
    """What lapsed by day: an undoing counts from its own day on, what it undoes until then."""
    rows = [one for one in events if one.state == APPROVED]
    undone = {one.undoes: one.day for one in rows if one.kind == UNDONE}
    found = []
    for one in rows:
        if one.kind == LAPSED:
            found.append((one.day, one.fen))
            if one.number in undone:
                found.append((undone[one.number], -one.fen))
    return found


def live(events: Iterable[EventRow], on: date) -> list[EventRow]:
    """The events that count as of a day: confirmed, happened by then, and not undone by then."""
    rows = [one for one in events if one.state == APPROVED and one.day <= on]
    gone = {one.undoes for one in rows if one.kind == UNDONE}
    return [one for one in rows if one.kind != UNDONE and one.number not in gone]
