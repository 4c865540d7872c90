"""The source of statements of transfers: one unit's book, and what it and those below it pay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import clock
from ledger.registry import units
from ledger.transfers.matrix import build_matrix
from reports.statements.source import names_of

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry
    from reports.statements.source import Source


def transfers_source(registry: Registry, source: Source, period: Period) -> Source:
    """``source`` with the matrix of its subtree, and the names of its units.

    Whoever shows it to a person has asked for the right to browse every unit of the subtree.
    """
    with registry.read() as conn:
        rows = units.subtree(conn, source.unit)
        names = names_of(units.all_units(conn))
    found = build_matrix(registry, [row.id for row in rows], period, clock.now().date())
    return replace(source, matrix=found, names=names)
