"""How an allocation stands as of a day: what was promised, what happened, and what vouchers moved.

Approved = outstanding + arrived + lapsed; arrived = spent + held + returned. The posting path keeps
every one of them from falling below nothing on any day (:mod:`ledger.allocations.attributing`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger.allocations import attribution_faults as faults
from ledger.allocations.attributing import catch_up
from ledger.allocations.curve import live
from ledger.errors import CannotRun, Words
from ledger.money import CNY, Money
from ledger.registry import allocation_moves, allocations, entries, fund_sums
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT
from ledger.registry.allocations import APPROVED, LAPSED, REFUSED, RELEASED, SPECIAL, WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.allocation_moves import Move, Total
    from ledger.registry.allocations import AllocationRow, EventRow

#: The states by their names; the order is the way of the money.
STATES: Final = {
    WAITING: Words("待审批", "waiting"),
    APPROVED: Words("已批准", "approved"),
    RELEASED: Words("已下达", "released"),
    ARRIVED: Words("已到账", "arrived"),
    SPENT: Words("已支出", "spent"),
    RETURNED: Words("已退回", "returned"),
    LAPSED: Words("已失效", "lapsed"),
    REFUSED: Words("未通过", "refused"),
}
#: The steps that have a day by which they are expected.
STEPS: Final = {
    "release": Words("下达", "release"),
    "arrive": Words("到账", "arrival"),
    "spend": Words("支出", "spending"),
}


@dataclass(frozen=True)
class Standing:
    """An allocation as of a day.

    ``events`` count as of the day, ``waiting`` are those that wait for a second person. ``totals``
    are what vouchers moved, by kind. ``fund_fen`` is what its fund holds, of special ones only.
    """

    row: AllocationRow
    events: tuple[EventRow, ...]
    waiting: tuple[EventRow, ...]
    totals: Mapping[str, Total]
    on: date
    fund_fen: int | None = None
    every: tuple[EventRow, ...] = field(default=())

    def _of(self, kind: str) -> int:
        return sum(one.fen for one in self.events if one.kind == kind)

    def _moved(self, kind: str) -> int:
        found = self.totals.get(kind)
        return 0 if found is None else found.fen

    @property
    def approved_fen(self) -> int:
        """What was promised; nothing while it waits for the second person."""
        return self.row.fen if self.row.state == APPROVED else 0

    @property
    def released_fen(self) -> int:
        """What was released; what arrived was, whether anybody said so or not."""
        return max(self._of(RELEASED), self.arrived_fen)

    @property
    def lapsed_fen(self) -> int:
        return self._of(LAPSED)

    @property
    def arrived_fen(self) -> int:
        return self._moved(ARRIVED)

    @property
    def spent_fen(self) -> int:
        return self._moved(SPENT)

    @property
    def returned_fen(self) -> int:
        return self._moved(RETURNED)

    @property
    def outstanding_fen(self) -> int:
        """What is promised and neither came nor lapsed."""
        return self.approved_fen - self.arrived_fen - self.lapsed_fen

    @property
    def held_fen(self) -> int:
        """What came and was neither spent nor given back."""
        return self.arrived_fen - self.spent_fen - self.returned_fen

    @property
    def state(self) -> str:
        """How far it has come: one of :data:`STATES`."""
        if self.row.state != APPROVED:
            return self.row.state
        if self.arrived_fen > 0 and self.held_fen > 0:
            return ARRIVED
        if self.outstanding_fen > 0:
            return RELEASED if self.released_fen > self.arrived_fen else APPROVED
        if self.spent_fen > 0:
            return SPENT
        return RETURNED if self.returned_fen > 0 else LAPSED

    @property
    def is_alive(self) -> bool:
        """Whether anything may still come or be spent."""
        return self.row.state == APPROVED and (self.outstanding_fen > 0 or self.held_fen > 0)

    @property
    def days_late(self) -> dict[str, int]:
        """By step: the days beyond its expected day, until it was done or until now."""
        row = self.row
        if row.state != APPROVED:
            return dict.fromkeys(STEPS, 0)
        released = [one.day for one in self.events if one.kind == RELEASED]
        steps = {
            "release": (row.release_by, self.released_fen >= row.fen - self.lapsed_fen,
                        max(released, default=self._last(ARRIVED))),
            "arrive": (row.arrive_by, self.outstanding_fen <= 0, self._last(ARRIVED)),
            "spend": (row.spend_by, self.outstanding_fen <= 0 and self.held_fen <= 0,
                      self._last(SPENT)),
        }  # fmt: skip
        late = {}
        for step, (expected, done, day) in steps.items():
            if expected is None:
                late[step] = 0
                continue
            # Everything lapsed or went back: nothing was late that never had to be.
            until = (day or expected) if done else self.on
            late[step] = max(0, (until - expected).days)
        return late

    def _last(self, kind: str) -> date | None:
        found = self.totals.get(kind)
        return None if found is None else found.last

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "code": row.code, "document": row.document, "giver": row.giver, "level": row.level,
            "year": row.year, "nature": row.nature, "use": row.use, "name": row.name,
            "account": row.account, "fund": row.fund, "state": self.state,
            "approved": Money(row.fen).text, "released": Money(self.released_fen).text,
            "arrived": Money(self.arrived_fen).text, "spent": Money(self.spent_fen).text,
            "returned": Money(self.returned_fen).text, "lapsed": Money(self.lapsed_fen).text,
            "outstanding": Money(self.outstanding_fen).text, "held": Money(self.held_fen).text,
            "approved_on": row.approved.isoformat(), "days_late": self.days_late,
            "fund_holds": None if self.fund_fen is None else Money(self.fund_fen).text,
            "paper": None if row.paper is None else f"sha256:{row.paper}",
            "maker": row.user, "checker": row.checker,
            "waiting": [event_json(one) for one in self.waiting],
        }  # fmt: skip


def event_json(one: EventRow) -> dict[str, Any]:
    return {
        "number": one.number, "kind": one.kind, "day": one.day.isoformat(),
        "amount": Money(one.fen).text, "note": one.note, "state": one.state, "undoes": one.undoes,
    }  # fmt: skip


def stands(
    registry: Registry, unit: str, on: date, year: int | None = None, *, waiting: bool = False
) -> list[Standing]:
    """Every allocation of the unit that was approved by a day, of one year if given, as of it.

    With ``waiting`` those that wait for the second person stand among them. The registry is asked
    a handful of questions, and one more for each fund of special money.
    """
    _caught_up(registry, unit)
    with registry.read() as conn:
        rows = [
            row
            for row in allocations.of_unit(conn, unit, year)
            if (row.state == APPROVED and row.approved <= on) or (waiting and row.state == WAITING)
        ]
        return _stand(conn, unit, rows, on, None)


def standing(registry: Registry, unit: str, code: str, on: date) -> Standing:
    """One allocation as of a day, whatever its state; CannotRun if there is none of that code."""
    _caught_up(registry, unit)
    with registry.read() as conn:
        return standing_in(conn, unit, code, on)


def standing_in(conn: Connection, unit: str, code: str, on: date) -> Standing:
    """:func:`standing` within a caller's transaction, whose journal was read to its end."""
    row = known(conn, unit, code)
    (found,) = _stand(conn, unit, [row], on, [code])
    return found


def known(conn: Connection, unit: str, code: str) -> AllocationRow:
    """The allocation of a code; CannotRun if there is none."""
    row = allocations.find(conn, unit, code)
    if row is None:
        raise CannotRun(faults.unknown(code))
    return row


def moves_of(registry: Registry, unit: str, code: str, on: date) -> list[Move]:
    """What vouchers moved of an allocation up to a day, by day."""
    with registry.read() as conn:
        return allocation_moves.until(conn, unit, on, code)


def moves_by_code(registry: Registry, unit: str, on: date) -> dict[str, list[Move]]:
    """The same of every allocation of the unit."""
    _caught_up(registry, unit)
    found: dict[str, list[Move]] = defaultdict(list)
    with registry.read() as conn:
        for one in allocation_moves.until(conn, unit, on):
            found[one.code].append(one)
    return dict(found)


def _caught_up(registry: Registry, unit: str) -> None:
    """A book that was rebuilt, or is of an older version, has its journal read once more."""
    with registry.read() as conn:
        head = entries.head(conn, unit)
        if not allocations.has_any(conn, unit) or head is None:
            return
        behind = head[0] > allocation_moves.reach(conn, unit)
    if behind:
        with registry.write() as conn:
            registry.lock_unit(conn, unit)
            catch_up(conn, unit)


def _stand(
    conn: Connection, unit: str, rows: Sequence[AllocationRow], on: date, codes: list[str] | None
) -> list[Standing]:
    if not rows:
        return []
    events = allocations.events_of(conn, unit, codes)
    totals = allocation_moves.totals(conn, unit, on, codes)
    funds = sorted({row.fund for row in rows if row.nature == SPECIAL})
    after = on + timedelta(days=1)
    holds = {fund: fund_sums.resources_before(conn, unit, fund, CNY, after) for fund in funds}
    moved: dict[str, dict[str, Total]] = defaultdict(dict)
    for (code, kind), total in totals.items():
        moved[code][kind] = total
    return [
        Standing(
            row, tuple(live(own, on)), tuple(one for one in own if one.state == WAITING),
            moved[row.code], on, holds.get(row.fund) if row.nature == SPECIAL else None,
            tuple(own),
        )
        for row in rows
        for own in [events.get(row.code, [])]
    ]  # fmt: skip
