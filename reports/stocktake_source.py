"""What the report on stocktakes is built from: those of a period, and what brought each thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.assets import accounts, walk
from ledger.stocktakes.standing import closed_in
from reports.statements.stocktake import StocktakeRows

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from ledger.registry import Registry
    from reports.statements.source import Source


def stocktake_source(registry: Registry, book: Source, period: Period) -> Source:
    """The source with the stocktakes that were closed in the period, as of its end."""
    stands = tuple(closed_in(registry, book.unit, period.start, period.last))
    counted = {one.item.asset for stand in stands for one in stand.compared}
    return replace(book, stocktakes=StocktakeRows(stands, _came(book, counted, period)))


def _came(book: Source, counted: set[str], period: Period) -> dict[str, tuple[PostedLine, ...]]:
    """The postings on accounts of things by which each of these came or went, by its code."""
    chart = accounts.known(book.chart.id)
    if chart is None or not counted:
        return {}
    found: dict[str, tuple[PostedLine, ...]] = {}
    for line, move in walk.moves_on(book.model, chart, period.last):
        if move.account and move.asset in counted:
            found[move.asset] = (*found.get(move.asset, ()), line)
    return found
