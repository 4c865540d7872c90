"""Forming groups: as little is merged as makes every sum safe, and the rest is held back.

Four steps, each for what the step before left over:

1. vouchers of one month that touch the same cells (a *kind*);
2. neighbouring months of a kind;
3. kinds that are alike once details of an account stand on the account itself (504-维权支出 for its
   detail 04), then once accounts of a class stand on its 其他 other account;
4. money that came back to where it was, which shows nothing.

What still tells of fewer than five persons waits for the next publication. Gifts are disclosed one
by one beside the book: they stand in sums with gifts alone, so that a sum less a gift tells of
nobody.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from ledger.account import is_budgetary
from ledger.publishing.grouping import is_safe, people_of, sums_of
from ledger.publishing.personal import UNKNOWN
from ledger.publishing.values import FEWEST, Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ledger.chart import Chart
    from ledger.period import Month
    from ledger.publishing.personal import Atom

#: Whether it is gifts, which stand in no sum with anything else, and the cells that are touched.
_Kind: TypeAlias = tuple[bool, frozenset[Cell]]
#: The detail of an 其他 other account on which what was merged stands.
MERGED: Final = "99-合并列示"
MERGED_EN: Final = "Shown together"
_OTHER: Final = {
    "Assets": ("其他应收款",),
    "Liabilities": ("其他应付款",),
    "Income": ("其他收入",),
    "Expenses": ("其他支出", "其他费用"),
}


class Folds:
    """Where a cell's money stands at a level: 0 itself, 1 its first-level account, 2 其他 other."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._other = {
            account.type: account
            for account in chart.accounts
            if not account.parent
            and not account.optional
            and account.name.zh in _OTHER.get(account.type, ())
        }
        self._known: dict[tuple[str, int], str] = {}

    def place(self, level: int) -> Callable[[Cell], Cell]:
        def at(cell: Cell) -> Cell:
            return Cell(self.account(cell.account, level), cell.fund, cell.currency)

        return at

    def account(self, name: str, level: int) -> str:
        key = name, level
        if key not in self._known:
            self._known[key] = self._place(name, level)
        return self._known[key]

    def _place(self, name: str, level: int) -> str:
        path = self._chart.path(name)
        if level == 0 or not path or is_budgetary(name):
            return name
        first = path[0]
        head = self._chart.book_name(first)
        other = self._other.get(first.type)
        tied = any(account.capital or account.restricted for account in path)
        money = first.code in self._chart.banks or first.code in self._chart.cash
        if level == 1 or other is None or tied or money or "现金" in first.name.zh:
            # The widest account of the same kind: things stay things, restricted stays restricted.
            return head if not tied else name
        return f"{self._chart.book_name(other)}:{MERGED}"


@dataclass(frozen=True, slots=True)
class Formed:
    """A group as it is formed: its vouchers, and at which level its cells stand."""

    atoms: tuple[Atom, ...]
    level: int = 0
    still: bool = False

    @property
    def first(self) -> Month:
        return min(atom.month for atom in self.atoms)

    @property
    def last(self) -> Month:
        return max(atom.month for atom in self.atoms)


def at_least(atoms: Iterable[Atom]) -> int:
    """How many persons a group tells of, rounded down to a multiple of five.

    Only ids count; vouchers that name nobody are told as the fewest that is published.
    """
    named = [who for who in people_of(atoms) if not who.startswith(UNKNOWN)]
    return max(FEWEST, len(named) // FEWEST * FEWEST)


def form(atoms: Sequence[Atom], folds: Folds) -> tuple[list[Formed], list[Atom]]:
    """Groups of these vouchers, and those that are held back."""
    groups: list[Formed] = []
    left: list[Atom] = []
    for kind in _by(atoms, lambda atom: _kind(atom, folds, 0)):
        formed, rest = _by_months(kind)
        groups += formed
        left += rest
    left = _settle(left, groups, folds, 0)
    for level in (1, 2):
        left = _merge(left, groups, folds, level)
    for level in (1, 2):
        left = _settle(left, groups, folds, level)
    return groups, sorted(left, key=lambda atom: atom.seq)


def _kind(atom: Atom, folds: Folds, level: int) -> _Kind:
    """What vouchers have to have in common to stand in one sum: cells, and whether it is gifts."""
    place = folds.place(level)
    touched = {place(cell) for cell in atom.cells}
    for cells in atom.shares.values():
        touched.update(map(place, cells))
    return atom.gift, frozenset(touched)


def _by(atoms: Iterable[Atom], key: Callable[[Atom], _Kind]) -> list[list[Atom]]:
    found: dict[_Kind, list[Atom]] = defaultdict(list)
    for atom in sorted(atoms, key=lambda atom: (atom.month, atom.seq)):
        found[key(atom)].append(atom)
    return list(found.values())


def _by_months(kind: Sequence[Atom]) -> tuple[list[Formed], list[Atom]]:
    """Steps 1 and 2 for one kind: months in order, each with those before it that were too few."""
    formed: list[Formed] = []
    run: list[Atom] = []
    months: dict[Month, list[Atom]] = defaultdict(list)
    for atom in kind:
        months[atom.month].append(atom)
    for month in sorted(months):
        run += months[month]
        if is_safe(run):
            formed.append(Formed(tuple(run)))
            run = []
    if run and formed and is_safe((*formed[-1].atoms, *run)):
        formed[-1] = Formed((*formed[-1].atoms, *run))
        run = []
    return formed, run


def _merge(left: Sequence[Atom], groups: list[Formed], folds: Folds, level: int) -> list[Atom]:
    """Step 3: leftovers that are alike at this level, with the smallest such group if need be."""
    place = folds.place(level)
    rest: list[Atom] = []
    for alike in _by(left, lambda atom: _kind(atom, folds, level)):
        if is_safe(alike, place):
            groups.append(Formed(tuple(alike), level))
            continue
        kind = _kind(alike[0], folds, level)
        partners = [
            at
            for at, group in enumerate(groups)
            if not group.still
            and group.level <= level
            and all(_kind(atom, folds, level) == kind for atom in group.atoms)
        ]
        for at in sorted(partners, key=lambda at: (len(groups[at].atoms), groups[at].atoms[0].seq)):
            together = (*groups[at].atoms, *alike)
            if is_safe(together, place):
                groups[at] = Formed(together, level)
                break
        else:
            rest += alike
    return rest


def _settle(left: Sequence[Atom], groups: list[Formed], folds: Folds, level: int) -> list[Atom]:
    """Step 4: of each kind, the longest run from its first voucher on that comes to nothing.

    Of the others every two that take each other back.
    """
    place = folds.place(level)
    rest: list[Atom] = []
    for alike in _by(left, lambda atom: _kind(atom, folds, level)):
        ordered = sorted(alike, key=lambda atom: atom.seq)
        size, sums = 0, dict[Cell, int]()
        for place_of, atom in enumerate(ordered, start=1):
            for cell, fen in sums_of([atom], place).items():
                sums[cell] = sums.get(cell, 0) + fen
            if not any(sums.values()):
                size = place_of
        if size:
            groups.append(Formed(tuple(ordered[:size]), still=True))
            ordered = ordered[size:]
        rest += _without_pairs(ordered, groups, place)
    return rest


def _without_pairs(
    atoms: Sequence[Atom], groups: list[Formed], place: Callable[[Cell], Cell]
) -> list[Atom]:
    """The atoms that no other one takes back; each two that do are a still group."""
    waiting: dict[frozenset[tuple[Cell, int]], list[Atom]] = defaultdict(list)
    kept: dict[int, Atom] = {}
    for atom in atoms:
        sums = sums_of([atom], place)
        back = waiting[frozenset((cell, -fen) for cell, fen in sums.items())]
        if back:
            first = back.pop(0)
            del kept[first.seq]
            groups.append(Formed((first, atom), still=True))
        else:
            waiting[frozenset(sums.items())].append(atom)
            kept[atom.seq] = atom
    return list(kept.values())
