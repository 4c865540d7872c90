"""Sums that tell of five persons or more, whatever is subtracted from whatever.

A group publishes one sum per cell. Everything that follows from it are sums over some of its cells;
since every voucher balances within a fund, such a sum tells only of those whose part crosses from
these cells to the others. So a group is *safe* if every cut through its cells of one fund is
crossed by five persons or more, or by nobody and then sums to nothing. A single cell is a cut.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Final

from ledger.publishing.values import FEWEST, Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ledger.publishing.personal import Atom

#: Cells of one fund beyond which a group is not looked into and counts as unsafe: 2,048 cuts.
_MOST: Final = 12


def sums_of(
    atoms: Iterable[Atom], place: Callable[[Cell], Cell] = lambda cell: cell
) -> dict[Cell, int]:
    """What the atoms moved per cell, in fen, without cells that come to nothing."""
    sums: dict[Cell, int] = defaultdict(int)
    for atom in atoms:
        for cell, fen in atom.cells.items():
            sums[place(cell)] += fen
    return {cell: fen for cell, fen in sums.items() if fen}


def people_of(
    atoms: Iterable[Atom], place: Callable[[Cell], Cell] = lambda cell: cell
) -> dict[str, dict[Cell, Fraction]]:
    """What each person has in each cell, without those who have nothing."""
    found: dict[str, dict[Cell, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for atom in atoms:
        for who, cells in atom.shares.items():
            for cell, part in cells.items():
                found[who][place(cell)] += part
    kept = {who: {c: part for c, part in cells.items() if part} for who, cells in found.items()}
    return {who: cells for who, cells in kept.items() if cells}


def cuts(cells: Sequence[Cell]) -> Iterable[frozenset[Cell]]:
    """Every way to part the cells in two, each once."""
    first, *others = cells
    for size in range(len(others)):
        for some in combinations(others, size):
            yield frozenset((first, *some))


def is_safe(atoms: Sequence[Atom], place: Callable[[Cell], Cell] = lambda cell: cell) -> bool:
    """Whether the sums of these atoms tell of five persons or more, or of nobody at all."""
    people = people_of(atoms, place)
    by_fund: dict[tuple[str, str], set[Cell]] = defaultdict(set)
    for parts in people.values():
        for cell in parts:
            by_fund[cell.fund, cell.currency].add(cell)
    sums = sums_of(atoms, place)
    return all(_fund_is_safe(sorted(cells), people, sums) for cells in by_fund.values())


def _fund_is_safe(
    cells: Sequence[Cell], people: dict[str, dict[Cell, Fraction]], sums: dict[Cell, int]
) -> bool:
    if len(cells) > _MOST:
        return False
    if len(cells) == 1:
        return True  # a single cell that balances holds nothing
    for cut in cuts(cells):
        crossing = 0
        for parts in people.values():
            crossing += sum(part for cell, part in parts.items() if cell in cut) != 0
            if crossing >= FEWEST:
                break
        if crossing < FEWEST and (crossing or sum(sums.get(cell, 0) for cell in cut)):
            return False
    return True
