"""The postings of a book on accounts of things, in the order of posting, and what each did."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.assets import sums
from ledger.period import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ledger.asking import Ledger
    from ledger.assets.accounts import AssetAccounts
    from ledger.assets.sums import Move
    from ledger.model import PostedLine


def lines_on(model: Ledger, chart: AssetAccounts, on: date) -> Iterator[PostedLine]:
    """Every posting on an account of cost or accumulated depreciation, by the end of a day."""
    names = [name for name in model.accounts() if chart.is_cost(name) or chart.is_accumulated(name)]
    if names:
        for line in model.lines(through=Month.of(on), accounts=names):
            if line.day <= on:
                yield line


def moves_of(
    lines: Iterable[PostedLine], chart: AssetAccounts
) -> Iterator[tuple[PostedLine, Move]]:
    """Each posting that moves or wears a thing, with what it did; those that name none are left
    out."""
    for line in lines:
        move = sums.move_of(
            chart, line.account, line.fund, line.amount.fen, line.meta, line.commodity,
            Decimal(line.units or 0),
        )  # fmt: skip
        if move is not None:
            yield line, move


def moves_on(model: Ledger, chart: AssetAccounts, on: date) -> Iterator[tuple[PostedLine, Move]]:
    """What a book did to things by the end of a day."""
    return moves_of(lines_on(model, chart, on), chart)
