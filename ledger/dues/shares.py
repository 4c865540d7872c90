"""What stays at the grass roots of dues and levies, month by month: of one unit, and of a subtree.

Over a subtree only grass-roots units are added up. What they passed on comes in again at upper
units, and would be counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.dues.passing_on import Share, own_income, reckon, shares_by_month
from ledger.dues.ways import own_base, ways_of
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month
from ledger.registry import units
from ledger.seeing import demand_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.registry import Registry, User


def shares_of(registry: Registry, unit: str, through: Month) -> list[Share]:
    """One unit's share by month, in the year up to ``through``."""
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        with registry.read() as conn:
            ways = ways_of(conn, registry, unit, through.first)
            base = own_base(conn, unit)
        reckoned = [reckon(model, way, through) for way in ways]
        return shares_by_month(reckoned, own_income(model, base, through), through)
    finally:
        model.close()


@dataclass(frozen=True, slots=True)
class SharesBelow:
    """The grass-roots units of a subtree by id with their months, and all of them together."""

    units: dict[str, list[Share]]
    names: dict[str, str]
    months: list[Share]


def shares_below(registry: Registry, root: str, through: Month, user: User) -> SharesBelow:
    """The share over a subtree. NotAllowed unless the user may browse every unit of it."""
    rows = demand_tree(registry, root, user)
    with registry.read() as conn:
        ground = units.grass_roots(units.all_units(conn))
    taken = [row for row in rows if row.id in ground and row.opened <= through.period.last]
    found = {row.id: shares_of(registry, row.id, through) for row in taken}
    names = {row.id: row.name for row in taken}
    return SharesBelow(found, names, summed(found.values(), through))


def summed(parts: Iterable[list[Share]], through: Month) -> list[Share]:
    """The months of several units added up."""
    received = {Month(through.year, number): 0 for number in range(1, through.month + 1)}
    up = dict(received)
    for months in parts:
        for one in months:
            received[one.month] += one.received.fen
            up[one.month] += one.up.fen
    return [Share(month, Money(fen), Money(up[month])) for month, fen in received.items()]
