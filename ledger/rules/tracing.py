"""Following gifts through their fund: which lot each spending takes, by the campaign's own rule.

A gift is a lot of its fund: an amount in fen, or a number of pieces. Spending takes from lots by a
rule that was recorded before the first fen was spent; what no lot holds is *untraced*, and said so.
Whole numbers only, and every step is exact, so that for every lot, at every moment,

    received = used + returned + held,      and for every spending,      spent = traced + untraced
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from typing import Final, Literal, NamedTuple

#: Lots in the order they came; each in proportion to what it holds; those that the spending names.
FIFO: Final = "fifo"
PRO_RATA: Final = "pro-rata"
NAMED: Final = "named"
RULES: Final = (FIFO, PRO_RATA, NAMED)

Kind = Literal["received", "unlocked", "spent", "returned", "undone"]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened to a fund's lots, in the order of the book.

    ``reference`` is the voucher's number. ``received``: ``lots`` is the one lot that came; while it
    is ``locked`` the rule leaves it alone, until it is ``unlocked``: its day has come.
    ``spent``: ``lots`` are those that the voucher names, in the order to take them; none leaves it
    to the rule. ``returned``: the lots of the gift that goes back to its giver. ``undone``: the
    spending or return of ``undoes`` was reversed, and every lot has back what that one took.
    """

    kind: Kind
    reference: str
    amount: int = 0
    lots: tuple[str, ...] = ()
    undoes: str = ""
    locked: bool = False

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"{self.reference}: an amount is not negative")
        if self.kind == "received" and len(self.lots) != 1:
            raise ValueError(f"{self.reference}: one lot is received")
        if self.kind in ("unlocked", "returned") and not self.lots:
            raise ValueError(f"{self.reference}: a lot is {self.kind}")


@dataclass(frozen=True, slots=True)
class Lot:
    """What became of one gift; ``uses`` and ``returns`` are (reference, amount) in order.

    What a reversal gave back stands there below nothing, under the reversal's own reference.
    """

    name: str
    received: int
    held: int
    uses: tuple[tuple[str, int], ...]
    returns: tuple[tuple[str, int], ...]

    @property
    def used(self) -> int:
        return sum(amount for _, amount in self.uses)

    @property
    def returned(self) -> int:
        return sum(amount for _, amount in self.returns)


class Sums(NamedTuple):
    """What became of one lot, in all: ``received = used + returned + held``."""

    received: int
    used: int
    returned: int
    held: int


@dataclass(frozen=True, slots=True)
class _Step:
    """What one voucher took from the lots at ``places``, ascending; below nothing: gave back."""

    reference: str
    back: bool
    places: Sequence[int]
    amounts: Sequence[int]

    def of(self, place: int) -> int:
        at = bisect_left(self.places, place)
        return self.amounts[at] if at < len(self.places) and self.places[at] == place else 0


class Traced:
    """The lots of a fund after all its moves; each is put together when it is asked for.

    ``untraced`` is what no lot gave, by reference; ``names`` the lots in the order they came.
    """

    def __init__(
        self, received: dict[str, int], held: Sequence[int], returned: Mapping[int, int],
        steps: Sequence[_Step], untraced: dict[str, int],
    ) -> None:  # fmt: skip
        self.names = tuple(received)
        self.untraced = untraced
        self._received = received
        self._held = held
        self._returned = returned
        self._steps = steps
        self._place = {name: place for place, name in enumerate(received)}

    def lot(self, name: str) -> Lot:
        """One lot; KeyError if there is none of that name."""
        place = self._place[name]
        uses: list[tuple[str, int]] = []
        returns: list[tuple[str, int]] = []
        for step in self._steps:
            if amount := step.of(place):
                (returns if step.back else uses).append((step.reference, amount))
        return Lot(name, self._received[name], self._held[place], tuple(uses), tuple(returns))

    def lots(self) -> list[Lot]:
        """Every lot, in the order they came: each step is looked at once for all of them."""
        told: list[tuple[list[tuple[str, int]], list[tuple[str, int]]]] = [
            ([], []) for _ in self.names
        ]
        for step in self._steps:
            for place, amount in zip(step.places, step.amounts, strict=True):
                if amount:
                    told[place][step.back].append((step.reference, amount))
        return [
            Lot(name, self._received[name], held, tuple(uses), tuple(returns))
            for name, held, (uses, returns) in zip(self.names, self._held, told, strict=True)
        ]

    def sums(self) -> dict[str, Sums]:
        """What became of every lot in all; no step is looked at for it."""
        found = {}
        for place, (name, received) in enumerate(self._received.items()):
            held, back = self._held[place], self._returned.get(place, 0)
            found[name] = Sums(received, received - back - held, back, held)
        return found

    def spent(self) -> dict[str, int]:
        """What the lots gave in all by reference; below nothing where a reversal gave it back."""
        found: dict[str, int] = {}
        for step in self._steps:
            if not step.back:
                found[step.reference] = found.get(step.reference, 0) + sum(step.amounts)
        return found

    def went_back(self) -> set[str]:
        """The lots of which anything ever went back, if only until a reversal."""
        return {self.names[place] for place in self._returned}


def trace(moves: Iterable[Move], rule: str) -> Traced:
    """Follow every lot through ``moves``, by ``rule``.

    A spending that names lots takes from them first, under every rule; what they lack is taken by
    the rule, under :data:`NAMED` from nobody. A lot never gives more than it holds.

    ValueError for an unknown rule, a lot that comes twice, and an undoing of what never was.

    >>> came = [Move("received", "收-1", 300, ("g-1",)), Move("received", "收-2", 100, ("g-2",))]
    >>> done = trace([*came, Move("spent", "付-1", 200)], PRO_RATA)
    >>> [(lot.used, lot.held) for lot in done.lots()]
    [(150, 150), (50, 50)]
    """
    if rule not in RULES:
        raise ValueError(f"no rule of tracing: {rule}")
    tracer = _Tracer(rule)
    for move in moves:
        tracer.take(move)
    untraced = {key: rest for key, rest in tracer.untraced.items() if rest}
    return Traced(tracer.received, tracer.held, tracer.returned, tracer.steps, untraced)


class _Tracer:
    """The lots as they stand after the moves so far, by place: the order in which they came."""

    def __init__(self, rule: str) -> None:
        self.received: dict[str, int] = {}
        self.held: list[int] = []
        self.returned: dict[int, int] = {}
        self.steps: list[_Step] = []
        self.untraced: dict[str, int] = {}
        self._rule = rule
        self._place: dict[str, int] = {}
        self._first = 0  # no lot before this place holds anything
        self._locked: set[int] = set()
        self._taken: dict[str, list[_Step]] = {}

    def take(self, move: Move) -> None:
        if move.kind == "received":
            self._receive(move)
        elif move.kind == "unlocked":
            self._locked -= {self._place[name] for name in move.lots if name in self._place}
        elif move.kind == "undone":
            self._undo(move)
        else:
            left = self._from_named(move)
            if left and move.kind == "spent" and self._rule != NAMED:
                by = self._first_in if self._rule == FIFO else self._in_proportion
                left = by(move.reference, left)
            self.untraced[move.reference] = self.untraced.get(move.reference, 0) + left

    def _receive(self, move: Move) -> None:
        (name,) = move.lots
        if name in self.received:
            raise ValueError(f"{move.reference}: lot {name} came already")
        self._place[name] = len(self.held)
        if move.locked:
            self._locked.add(len(self.held))
        self.received[name] = move.amount
        self.held.append(move.amount)

    def _from_named(self, move: Move) -> int:
        """Take from the lots that the voucher names, in its order; what they lack."""
        left = move.amount
        for name in move.lots:
            place = self._place.get(name)
            if place is not None and (amount := min(left, self.held[place])):
                self._step(move.reference, move.kind == "returned", [place], [amount])
                left -= amount
        return left

    def _first_in(self, reference: str, left: int) -> int:
        places, amounts = [], []
        place = self._first
        while left and place < len(self.held):
            amount = 0 if place in self._locked else min(left, self.held[place])
            if amount:
                places.append(place)
                amounts.append(amount)
                left -= amount
            if left:
                place += 1
        self._first = min(self._locked | {place})
        self._step(reference, False, places, amounts)
        return left

    def _in_proportion(self, reference: str, left: int) -> int:
        """Each lot's share of a line as long as what all hold, cut where it stands on that line.

        The cuts of neighbours meet, so that the shares add up exactly and none is above its lot.
        """
        free = self.held
        if self._locked:
            free = [0 if at in self._locked else held for at, held in enumerate(free)]
        ends = list(accumulate(free))
        whole = ends[-1] if ends else 0
        amount = min(left, whole)
        if amount:
            cuts = [end * amount // whole for end in ends]
            self._step(reference, False, range(len(ends)), list(map(sub, cuts, [0, *cuts])))
        return left - amount

    def _step(
        self, reference: str, back: bool, places: Sequence[int], amounts: Sequence[int]
    ) -> None:
        step = _Step(reference, back, places, amounts)
        held = self.held
        if len(places) == len(held):
            held[:] = map(sub, held, amounts)
        else:
            for place, amount in zip(places, amounts, strict=True):
                held[place] -= amount
        if back:
            for place, amount in zip(places, amounts, strict=True):
                self.returned[place] = self.returned.get(place, 0) + amount
        self.steps.append(step)
        self._taken.setdefault(reference, []).append(step)

    def _undo(self, move: Move) -> None:
        if move.undoes not in self.untraced:
            raise ValueError(f"{move.reference}: {move.undoes} took nothing that could come back")
        for step in self._taken.pop(move.undoes, []):
            self._step(move.reference, step.back, step.places, [-one for one in step.amounts])
            self._first = min([self._first, *step.places[:1]])
        self.untraced[move.undoes] = 0
