"""The floor per head over many units: which rule holds for each, and how each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.dues.granting import RULE, Floor, floor_by
from ledger.rules.rate_tables import FloorTable
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place
from ledger.seeing import demand_tree

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow


def floor_rule(federation: Path, unit: UnitRow, day: date) -> FloorTable | None:
    """The floor in force for a unit on a day; None if no rule is loaded for it."""
    try:
        return load(federation, unit.id)[0].in_force(FloorTable, RULE, day, Place.of(unit))
    except NoRuleLoaded:
        return None


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
    day = min(date(year, 12, 31), today)
    found = []
    for row in demand_tree(registry, root, user):
        if row.opened.year > year or (row.closed is not None and row.closed.year < year):
            continue
        table = floor_rule(registry.folder, row, day)
        stands = None if table is None else floor_by(registry, row, table, year, today, funds)
        found.append(FloorBelow(row.id, row.name, stands))
    return found
