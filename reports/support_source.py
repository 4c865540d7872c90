"""The source of statements of support: one unit's book, and what was paid down below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.consolidation.supporting import gather
from ledger.registry import units
from reports.statements.source import names_of
from reports.transfers_source import transfers_source

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry
    from reports.statements.source import Source


def support_source(registry: Registry, source: Source, name: str, period: Period) -> Source:
    """``source`` with the support of its subtree, and for the list of payees its transfers.

    Whoever shows it to a person has asked for the right to browse every unit of the subtree.
    """
    found = replace(source, support=gather(registry, source.unit, period))
    if name == "support":
        return transfers_source(registry, found, period)
    with registry.read() as conn:
        return replace(found, names=names_of(units.all_units(conn)))
