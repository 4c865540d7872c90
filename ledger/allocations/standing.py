"""How an allocation stands: what is promised and happened, and what vouchers say of its code.

Arrived is what was credited on its income account under its code, returned what was debited there;
spent is what its fund spent, if it is the only special allocation in it, or what names the code. So
approved = outstanding + arrived + lapsed, and arrived = spent + held + returned, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.layout import unit_folder
from ledger.model import Model, is_carried
from ledger.money import CNY, Money
from ledger.registry import allocations
from ledger.registry.allocations import LAPSED, RELEASED, SPECIAL, UNDONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.model import PostedLine
    from ledger.registry import Registry
    from ledger.registry.allocations import AllocationRow, EventRow

#: The posting metadata that names an allocation.
ALLOCATION: Final = "allocation"


@dataclass(frozen=True)
class Standing:
    """An allocation as of a day; ``arrived``, ``spent`` and ``returned`` are postings."""

    row: AllocationRow
    events: tuple[EventRow, ...]
    arrived: tuple[PostedLine, ...]
    spent: tuple[PostedLine, ...]
    returned: tuple[PostedLine, ...]
    on: date

    def _of(self, kind: str) -> int:
        return sum(one.fen for one in self.events if one.kind == kind)

    @property
    def released_fen(self) -> int:
        """What was released; what arrived was, whether anybody said so or not."""
        return max(self._of(RELEASED), self.arrived_fen)

    @property
    def lapsed_fen(self) -> int:
        return self._of(LAPSED)

    @property
    def arrived_fen(self) -> int:
        return -sum(one.amount.fen for one in self.arrived)

    @property
    def spent_fen(self) -> int:
        return sum(one.amount.fen for one in self.spent)

    @property
    def returned_fen(self) -> int:
        return sum(one.amount.fen for one in self.returned)

    @property
    def outstanding_fen(self) -> int:
        """What is promised and neither came nor lapsed."""
        return self.row.fen - self.arrived_fen - self.lapsed_fen

    @property
    def held_fen(self) -> int:
        """What came and was neither spent nor given back."""
        return self.arrived_fen - self.spent_fen - self.returned_fen

    @property
    def state(self) -> str:
        """approved, released, arrived, spent, returned or lapsed: how far it has come."""
        if self.arrived_fen > 0 and self.held_fen > 0:
            return "arrived"
        if self.outstanding_fen > 0:
            return "released" if self.released_fen > self.arrived_fen else "approved"
        if self.spent_fen > 0:
            return "spent"
        return "returned" if self.returned_fen > 0 else "lapsed"

    @property
    def days_late(self) -> dict[str, int]:
        """By step: the days beyond its expected day, until it was done or until now."""
        row = self.row
        released = [one.day for one in self.events if one.kind == RELEASED]
        steps = {
            "release": (row.release_by, self.released_fen >= row.fen - self.lapsed_fen,
                        max(released, default=None)),
            "arrive": (row.arrive_by, self.outstanding_fen <= 0,
                       max((one.day for one in self.arrived), default=None)),
            "spend": (row.spend_by, self.outstanding_fen <= 0 and self.held_fen <= 0,
                      max((one.day for one in self.spent), default=None)),
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
        }  # fmt: skip


def stands(registry: Registry, unit: str, on: date, year: int | None = None) -> list[Standing]:
    """Every allocation of the unit, of one year if given, as of a day."""
    with registry.read() as conn:
        rows = allocations.of_unit(conn, unit, year)
        events = {row.code: allocations.events(conn, unit, row.code) for row in rows}
        every = [row for row in allocations.of_unit(conn, unit) if row.nature == SPECIAL]
    if not rows:
        return []
    funds = [row.fund for row in every]
    alone = {fund for fund in funds if funds.count(fund) == 1}
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        return [
            _standing(model, row, live(events[row.code], on), on, alone=row.fund in alone)
            for row in rows
        ]
    finally:
        model.close()


def live(events: Sequence[EventRow], on: date) -> list[EventRow]:
    """The events up to a day that nobody undid."""
    gone = {one.undoes for one in events if one.kind == UNDONE}
    return [
        one for one in events if one.kind != UNDONE and one.number not in gone and one.day <= on
    ]


def _standing(
    model: Model, row: AllocationRow, events: Sequence[EventRow], on: date, *, alone: bool
) -> Standing:
    """``alone``: its fund is restricted to it, so that all that the fund spends is spent of it."""
    came: list[PostedLine] = []
    back: list[PostedLine] = []
    for line in model.lines(accounts=[row.account], fund=row.fund):
        if line.amount.currency == CNY and line.day <= on and _names(line, row.code):
            # A reversal of an arrival is no return: it says what it reverses.
            went = line.amount.fen > 0 and not _reverses(model, line)
            (back if went else came).append(line)
    spent = [
        line
        for line in model.lines(
            accounts=[name for name in model.accounts() if name.startswith("Expenses:")],
            fund=row.fund,
        )
        if line.amount.currency == CNY
        and line.day <= on
        and ((row.nature == SPECIAL and alone) or _names(line, row.code))
        and line.day >= row.approved
        and not is_carried(model, line)
    ]
    return Standing(row, tuple(events), tuple(came), tuple(spent), tuple(back), on)


def _names(line: PostedLine, code: str) -> bool:
    meta = dict(line.meta)
    return code in (meta.get(ALLOCATION), meta.get("claim"))


def _reverses(model: Model, line: PostedLine) -> bool:
    return model.voucher(line.number).draft.reverses is not None
