"""What may be told of members' money to everyone: sums from which nobody's amount can be computed.

A row of fewer than five members is taken together with others. Beyond that a figure is told only
if, together with everything told of this month and of the months before it in the year, it gives
away no sum or difference over fewer than five members: not by subtracting cells from a total, what
was paid from what is owed, or one month from the next. So one member who joins, leaves, earns more
or has not paid cannot be told apart, even by who knows who it is.

Amounts that the rule itself fixes (0.20 for a student) are known to everyone, and hide nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

#: Sums over fewer members than these are told to nobody.
LEAST: Final = 5
#: So many sets of few members are looked at for one figure.
_MOST_LOOKED_AT: Final = 2000
#: Figures are taken together modulo a prime, in which no sum of coefficients vanishes by chance.
_PRIME: Final = 2**61 - 1

#: A member's amount: unknown to who reads, and the same one in every month in which it is the same.
Unknown: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Share:
    """One member in a month: the row they owe by, what they owe and what they paid, in fen.

    ``known`` says that the rule fixes the amount. A member may stand in several rows: then each is
    counted, and they are still one member who has to be hidden.
    """

    member: str
    row: str
    owed: int
    paid: int
    known: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows taken together; a figure that is not told is None. ``members`` counts shares."""

    rows: tuple[str, ...]
    members: int | None
    owed: int | None
    paid: int | None

    @property
    def arrears(self) -> int | None:
        return None if self.owed is None or self.paid is None else self.owed - self.paid


@dataclass(frozen=True, slots=True)
class Published:
    """The cells of a month, and all of them together."""

    cells: tuple[Cell, ...]
    total: Cell


def published(
    months: Sequence[Sequence[Share]],
    elsewhere: Sequence[Sequence[Figure]] = (),
    later: Sequence[Figure] = (),
) -> Published:
    """What is told of the last of these months, after all before it were told in the same way.

    Every month before it in which anything was told belongs here: what may be told depends on it.
    ``elsewhere`` are sums that others tell, such as the published book, by the months of
    ``months``; ``later`` those of months after the last one, which are known when it is told of.
    """
    before: list[Figure] = []
    found = Published((), Cell((), None, None, None))
    for at, shares in enumerate(months):
        # Each month is decided on what was told by then, as it was decided when it was told.
        before += elsewhere[at] if at < len(elsewhere) else ()
        plan = _plan(shares)
        told = _admitted(before, plan)
        if at == len(months) - 1:
            found = _drawn(plan, _admitted([*before, *later], plan) if later else told)
        before += [figure for figure, is_told in zip(plan, told, strict=True) if is_told]
    return found


def _admitted(before: Sequence[Figure], plan: Sequence[Figure]) -> list[bool]:
    """Which figures of a plan may be told, one after the other, beside what was told before."""
    audit = Audit([*before, *plan])
    for place in range(len(before)):
        audit.tell(place)
    return [
        len(figure.members) >= LEAST and audit.admits(place)
        for place, figure in enumerate(plan, start=len(before))
    ]


# ---- the figures of a month --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum that might be told: over which members, and of which of them the amounts are unknown.

    ``kind`` is ``paid`` or ``owed``; ``rows`` is None for the total. ``unknowns`` says how often
    each stands in the sum; ``shares`` counts what it is a sum of.
    """

    kind: str
    rows: tuple[str, ...] | None
    members: frozenset[str]
    unknowns: Mapping[Unknown, int]
    fen: int
    shares: int


def _plan(shares: Sequence[Share]) -> list[Figure]:
    """The figures of a month in the order in which they are worth telling.

    What was paid comes first, as the books say it too; totals come before cells, and larger cells
    before smaller ones.
    """
    cells = _merged(shares)
    by_size = sorted(cells, key=lambda rows: (-_size(shares, rows), rows))
    wanted: list[tuple[str, tuple[str, ...] | None]] = [("paid", None), ("owed", None)]
    if len(cells) > 1:
        wanted += [(kind, rows) for kind in ("paid", "owed") for rows in by_size]
    return [_figure(shares, kind, rows) for kind, rows in wanted]


def _merged(shares: Sequence[Share]) -> list[tuple[str, ...]]:
    """Rows of five members or more, and the others taken together; the least of them with those."""
    sizes = {row: _size(shares, (row,)) for row in sorted({share.row for share in shares})}
    large = [(row,) for row, size in sizes.items() if size >= LEAST]
    small = tuple(row for row, size in sizes.items() if size < LEAST)
    if small and sum(sizes[row] for row in small) < LEAST and large:
        least = min(large, key=lambda rows: (_size(shares, rows), rows))
        large.remove(least)
        small = tuple(sorted((*small, *least)))
    return sorted([*large, small] if small else large)


def _size(shares: Iterable[Share], rows: tuple[str, ...]) -> int:
    """How many members stand in these rows, each once."""
    return len({share.member for share in shares if share.row in rows})


def _figure(shares: Sequence[Share], kind: str, rows: tuple[str, ...] | None) -> Figure:
    mine = [share for share in shares if rows is None or share.row in rows]
    unknowns: dict[Unknown, int] = {}
    whole = 0
    for share in mine:
        fen = share.owed if kind == "owed" else share.paid
        whole += fen
        if fen and not share.known:
            # What is taken back is the same amount with the other sign.
            unknown = share.member, abs(fen)
            unknowns[unknown] = unknowns.get(unknown, 0) + (1 if fen > 0 else -1)
    return Figure(
        kind, rows, frozenset(share.member for share in mine),
        {unknown: times for unknown, times in unknowns.items() if times}, whole, len(mine),
    )  # fmt: skip


def _drawn(plan: Sequence[Figure], told: Sequence[bool]) -> Published:
    figures = {(figure.kind, figure.rows): number for number, figure in enumerate(plan)}

    def cell(rows: tuple[str, ...] | None) -> Cell:
        numbers = {kind: figures[kind, rows] for kind in ("owed", "paid")}
        fen = {kind: plan[at].fen if told[at] else None for kind, at in numbers.items()}
        figure = plan[numbers["owed"]]
        count = figure.shares if len(figure.members) >= LEAST else None
        return Cell(rows or (), count, fen["owed"], fen["paid"])

    rows = sorted({figure.rows for figure in plan if figure.rows is not None})
    return Published(tuple(cell(one) for one in rows), cell(None))


# ---- what sums give away -----------------------------------------------------------------------


class Audit:
    """Sums told one after the other, and what can be computed from all of them together.

    Members who stand in the same figures cannot be told from each other, so they are one class. The
    sums are kept in reduced form: every sum that fewer members could be computed from alone would
    be a row of it.
    """

    def __init__(self, figures: Sequence[Figure]) -> None:
        places: dict[Unknown, list[tuple[int, int]]] = defaultdict(list)
        for number, figure in enumerate(figures):
            for unknown, times in figure.unknowns.items():
                places[unknown].append((number, times))
        classes: dict[tuple[tuple[int, int], ...], int] = {}
        self._sizes: list[int] = []
        self._few: list[set[str]] = []  # the members of a class while they are fewer than LEAST
        self._vectors: list[dict[int, int]] = [{} for _ in figures]
        last: list[str] = []  # the member whom each class took last: amounts come by member
        for (member, _), numbers in sorted(places.items()):
            key = tuple(numbers)
            if key not in classes:
                classes[key] = len(classes)
                self._sizes.append(0)
                self._few.append(set())
                last.append("")
                for number, times in key:
                    self._vectors[number][classes[key]] = times % _PRIME
            of = classes[key]
            self._sizes[of] += last[of] != member
            last[of] = member
            if len(self._few[of]) < LEAST:
                self._few[of].add(member)
        self._rows: dict[int, dict[int, int]] = {}  # by the class that only this row has

    def admits(self, number: int) -> bool:
        """Tell a figure, unless together with what was told it gives fewer than five away."""
        rows = self._with(number)
        known = list(self._rows.values())
        if not all(row in known or self._hides(row) for row in rows.values()):
            return False
        if len(rows) > len(self._rows) and not self._hide_together(rows):
            return False
        self._rows = rows
        return True

    def _hide_together(self, rows: dict[int, dict[int, int]]) -> bool:
        """Whether no combination of rows, old and new ones, is about fewer than five members.

        A combination keeps the class that only one of its rows has, for each of its rows. So only
        rows whose own class is small come into question, and all that is asked of a few members
        are the rows whose own classes they are. One member may be in several of these. The few
        grow from those of a row that is new by the members of rows and classes that stand beside
        theirs. Where that is very much to look at, nothing more is told.
        """
        small = {pivot: row for pivot, row in rows.items() if self._sizes[pivot] < LEAST}
        waiting = [
            frozenset(self._few[pivot])
            for pivot, row in small.items()
            if self._rows.get(pivot) != row
        ]
        seen = set(waiting)
        while waiting:
            some = waiting.pop()
            mine = {pivot: row for pivot, row in small.items() if self._few[pivot] <= some}
            beside = {one for row in mine.values() for one in row if not self._few[one] <= some}
            # Classes that would make them five have to cancel out, whoever else is looked at.
            much = {one for one in beside if len(self._few[one] | some) >= LEAST}
            found = _without(mine.values(), much)
            if _without(found, beside):
                return False
            further = {one for row in found for one in row} & beside
            further |= {
                pivot
                for pivot, row in small.items()
                if pivot not in mine
                and any(not row.keys().isdisjoint(one) for one in mine.values())
            }
            for one in further:
                more = some | self._few[one]
                if len(more) < LEAST and more not in seen:
                    seen.add(more)
                    waiting.append(more)
            if len(seen) > _MOST_LOOKED_AT:
                return False
        return True

    def tell(self, number: int) -> None:
        """A figure that was told before."""
        self._rows = self._with(number)

    def _with(self, number: int) -> dict[int, dict[int, int]]:
        """The reduced form of what was told and one figure more."""
        row = dict(self._vectors[number])
        for pivot, other in self._rows.items():
            if pivot in row:
                row = _less(row, other, row[pivot])
        if not row:
            return self._rows  # it follows from what is told already
        pivot = max(row, key=lambda one: (self._sizes[one], -one))
        scale = pow(row[pivot], -1, _PRIME)
        row = {one: value * scale % _PRIME for one, value in row.items()}
        rows = {
            other: _less(kept, row, kept[pivot]) if pivot in kept else kept
            for other, kept in self._rows.items()
        }
        rows[pivot] = row
        return rows

    def _hides(self, row: dict[int, int]) -> bool:
        members: set[str] = set()
        for one in row:
            members |= self._few[one]
            if len(members) >= LEAST:
                return True
        return False


def _without(rows: Iterable[dict[int, int]], classes: Collection[int]) -> list[dict[int, int]]:
    """What can be combined of independent rows so that none of these classes is left in it."""
    kept: dict[int, dict[int, int]] = {}
    found = []
    for row in rows:
        left = row
        # What is kept begins with its own place, so that taking it away never brings one back.
        while (place := min((one for one in left if one in classes), default=None)) is not None:
            other = kept.get(place)
            if other is None:
                scale = pow(left[place], -1, _PRIME)
                kept[place] = {one: value * scale % _PRIME for one, value in left.items()}
                break
            left = _less(left, other, left[place])
        else:
            found.append(left)
    return found


def _less(row: dict[int, int], other: dict[int, int], times: int) -> dict[int, int]:
    found = dict(row)
    for one, value in other.items():
        left = (found.get(one, 0) - times * value) % _PRIME
        if left:
            found[one] = left
        else:
            found.pop(one, None)
    return found
