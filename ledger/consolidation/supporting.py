"""Gathering the support of a subtree from the books and the registry: units, heads, floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.consolidation.engines import taken_units
from ledger.consolidation.support import Support, support_of
from ledger.dues.floors import floor_rule
from ledger.registry import units
from ledger.rules.rate_tables import FloorTable
from ledger.tree.heads import Heads, heads_on

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow


@dataclass(frozen=True)
class Supported:
    """The support of a subtree with what the registry knows of its units.

    ``floors`` has the grass-roots units for which a rule of money per head is in force.
    """

    support: Support
    rows: Mapping[str, UnitRow]
    ground: frozenset[str]
    heads: Mapping[str, Heads]
    floors: Mapping[str, FloorTable]

    @property
    def below(self) -> list[UnitRow]:
        """The units below the root, upper units first."""
        return [self.rows[unit] for unit in self.support.units if unit != self.support.root]


def gather(registry: Registry, root: str, period: Period) -> Supported:
    """The support within the subtree of ``root``; whoever shows it asks ``demand_tree``."""
    taken = taken_units(registry, root, period)
    ids = [row.id for row in taken]
    with registry.read() as conn:
        heads = heads_on(conn, ids, period.last)
        ground = units.grass_roots(units.all_units(conn))
    floors = {
        row.id: floor_rule(registry.folder, row, period.last) for row in taken if row.id in ground
    }
    return Supported(
        support_of(registry.folder, root, ids, period), {row.id: row for row in taken}, ground,
        heads, {unit: floor for unit, floor in floors.items() if floor is not None},
    )  # fmt: skip
