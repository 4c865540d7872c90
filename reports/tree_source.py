"""The source of statements of a whole subtree: one unit's book, and the consolidation below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.consolidation.engines import consolidated
from ledger.registry import members, units
from reports.statements.source import names_of

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry
    from reports.statements.source import Source


def tree_source(registry: Registry, source: Source, period: Period) -> Source:
    """``source`` with its subtree consolidated, and the names and members of its units.

    Whoever shows it to a person has asked for the right to browse every unit of the subtree.
    """
    found = consolidated(registry, source.unit, period)
    with registry.read() as conn:
        rows = units.subtree(conn, source.unit)
        heads = members.heads(conn, [row.id for row in rows], period.last)
    return replace(source, consolidation=found, names=names_of(rows), heads=heads)
