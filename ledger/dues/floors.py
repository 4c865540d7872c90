"""The floor per head over many units: which rule holds for each, and how each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.dues.granting import Floor, floor
from ledger.registry import units
from ledger.rules.rulebook import FOLDER, NoRuleLoaded, Rulebook, load
from ledger.rules.table import FloorTable, Place

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow

RULE: Final = "party-floor"


class FloorRules:
    """The floors in force on a day. The federation's files are read once for all units."""

    def __init__(self, federation: Path, day: date) -> None:
        self._federation = federation
        self._day = day
        self._common: Rulebook | None = None

    def of(self, unit: UnitRow) -> FloorTable | None:
        """The floor in force for a unit; None if no rule is loaded for it."""
        try:
            return self._book(unit.id).in_force(FloorTable, RULE, self._day, Place.of(unit))
        except NoRuleLoaded:
            return None

    def _book(self, unit: str) -> Rulebook:
        if (self._federation / "units" / unit / FOLDER).is_dir():
            return load(self._federation, unit)[0]
        if self._common is None:
            self._common = load(self._federation)[0]
        return self._common


@dataclass(frozen=True, slots=True)
class FloorBelow:
    """One unit of a subtree; ``floor`` is None where no rule is in force for it."""

    unit: str
    name: str
    floor: Floor | None


def floors_below(
    registry: Registry, root: str, year: int, today: date, user: User, funds: Collection[str] = ()
) -> list[FloorBelow]:
    """How each unit of the subtree stands, upper units first. NotAllowed unless all may be seen."""
    workflow.demand(user, "browse", root)
    with registry.read() as conn:
        rows = units.subtree(conn, root)
    for row in rows:
        workflow.demand(user, "browse", row.id)
    rules = FloorRules(registry.folder, min(date(year, 12, 31), today))
    return [
        FloorBelow(
            row.id, row.name,
            None if rules.of(row) is None else floor(registry, row.id, year, today, funds),
        )
        for row in rows
        if row.opened.year <= year and (row.closed is None or row.closed.year >= year)
    ]  # fmt: skip
