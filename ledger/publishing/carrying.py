"""Carry-overs of a redacted book: income and spending go to net assets as far as published.

The whole book's carry-over is a voucher without persons that says to the fen what each account
held, and so what was held back or folded. In the redacted book it carries what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.money import Money
from ledger.publishing.values import Cell, PublicLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from ledger.publishing.personal import Atom
    from ledger.publishing.values import PublicGroup, PublicRow

_RESULT: Final = ("Income", "Expenses")
_NET: Final = "Equity"


def adjusted(
    rows: Sequence[PublicRow], groups: Sequence[PublicGroup], atoms: Sequence[Atom]
) -> list[PublicRow]:
    """The rows in the order of their days, carry-overs changed to what the redacted book holds.

    ``atoms`` are all personal vouchers, by which the whole book differs from the redacted one.
    """
    entered = {cell for atom in atoms for cell in atom.cells}
    entered.update(cell for row in rows for cell, _ in map(_cell, row.lines))
    folded = {cell for group in groups for cell, _ in map(_cell, group.lines)} - entered
    # What the redacted book holds less than the whole one, by cell.
    lacking: dict[Cell, int] = defaultdict(int)
    moves: list[tuple[date, Mapping[Cell, int]]] = [(atom.day, atom.cells) for atom in atoms]
    moves += [
        (group.day, {cell: -fen for cell, fen in map(_cell, group.lines)}) for group in groups
    ]
    moves.sort(key=lambda move: move[0])
    done = 0
    kept: list[PublicRow] = []
    for row in sorted(rows, key=lambda row: (row.day, row.seq)):
        if not row.carried:
            kept.append(row)
            continue
        while done < len(moves) and moves[done][0] <= row.day:
            for cell, fen in moves[done][1].items():
                lacking[cell] += fen
            done += 1
        kept.append(_carried(row, lacking, folded))
    return kept


def _carried(row: PublicRow, lacking: dict[Cell, int], folded: Iterable[Cell]) -> PublicRow:
    sums: dict[Cell, int] = defaultdict(int)
    for cell, fen in map(_cell, row.lines):
        sums[cell] += fen
    roots = {(_root(cell), cell.fund, cell.currency) for cell in sums}
    places = {(cell.fund, cell.currency): cell for cell in reversed(sums) if _root(cell) == _NET}
    mine = [cell for cell in sums if _root(cell) in _RESULT]
    mine += sorted(
        cell
        for cell in folded
        if _root(cell) in _RESULT and (_root(cell), cell.fund, cell.currency) in roots
    )
    for cell in mine:
        net = places.get((cell.fund, cell.currency))
        if net is not None and lacking[cell]:
            sums[cell] += lacking[cell]
            sums[net] -= lacking[cell]
            lacking[net] += lacking[cell]
            lacking[cell] = 0
    lines = tuple(
        PublicLine(cell.account, cell.fund, Money(fen, cell.currency))
        for cell, fen in sums.items()
        if fen
    )
    return replace(row, lines=lines)


def _cell(line: PublicLine) -> tuple[Cell, int]:
    return Cell(line.account, line.fund, line.amount.currency), line.amount.fen


def _root(cell: Cell) -> str:
    return cell.account.partition(":")[0]
