"""Dividing a pool among units by weighted bases, with floors and caps, to the fen.

Shares are worked out in exact fractions, so that nothing is lost on the way; what is left over in
whole fen goes to the largest remainders, among equals to the unit whose id comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Claimant:
    """A unit's part in a plan: it is given in proportion to ``base`` times ``weight``.

    ``floor`` and ``cap`` are fen; no cap is None.
    """

    unit: str
    base: Fraction
    weight: Fraction = Fraction(1)
    floor: int = 0
    cap: int | None = None

    def __post_init__(self) -> None:
        if self.base < 0 or self.weight < 0 or self.floor < 0:
            raise ValueError(f"{self.unit}: base, weight and floor are not negative")
        if self.cap is not None and self.cap < self.floor:
            raise ValueError(f"{self.unit}: the cap is below the floor")

    @property
    def points(self) -> Fraction:
        return self.base * self.weight

    def clamped(self, amount: Fraction) -> Fraction:
        """``amount`` within floor and cap."""
        low = max(amount, Fraction(self.floor))
        return low if self.cap is None else min(low, Fraction(self.cap))


@dataclass(frozen=True, slots=True)
class Distribution:
    """``amounts`` in fen by unit. ``rest`` is what caps, or no base at all, leave over."""

    amounts: dict[str, int]
    rest: int


def distribute(pool: int, claimants: Sequence[Claimant]) -> Distribution:
    """Divide ``pool`` fen among ``claimants``: amounts and rest are the pool exactly.

    Floors and caps hold whatever the bases are. ValueError for a negative pool, a unit that is
    there twice, and floors that are more than the pool.

    >>> distribute(100_00, [Claimant("a", Fraction(1)), Claimant("b", Fraction(2))]).amounts
    {'a': 3333, 'b': 6667}
    """
    units = [one.unit for one in claimants]
    if pool < 0 or len(set(units)) != len(units):
        raise ValueError("a pool is not negative, and each unit is there once")
    if sum(one.floor for one in claimants) > pool:
        raise ValueError("the floors are more than the pool")
    exact = _level(pool, claimants)
    amounts = {one.unit: int(exact[one.unit]) for one in claimants}
    left = int(sum(exact.values())) - sum(amounts.values())
    by_remainder = sorted(
        (one.unit for one in claimants), key=lambda unit: (amounts[unit] - exact[unit], unit)
    )
    for unit in by_remainder[:left]:
        amounts[unit] += 1
    return Distribution(amounts, pool - sum(amounts.values()))


def _level(pool: int, claimants: Sequence[Claimant]) -> dict[str, Fraction]:
    """The exact shares: in proportion among those whom neither floor nor cap holds.

    Whoever the proportion would put below a floor, or above a cap, is held there; which of the two
    is settled first is decided by which of them moves more, so that nobody who was held has to be
    let go again.
    """
    held: dict[str, Fraction] = {}
    free = list(claimants)
    while free:
        rest = pool - sum(held.values())
        points = sum((one.points for one in free), Fraction(0))
        share = {one.unit: rest * one.points / points if points else Fraction(0) for one in free}
        over = {one.unit: one.clamped(share[one.unit]) - share[one.unit] for one in free}
        moved = sum(over.values())
        if not any(over.values()):
            held.update(share)
            break
        fixed = [
            one
            for one in free
            if (moved == 0 and over[one.unit])
            or (moved > 0 and over[one.unit] > 0)
            or (moved < 0 and over[one.unit] < 0)
        ]
        for one in fixed:
            held[one.unit] = one.clamped(share[one.unit])
        free = [one for one in free if one.unit not in held]
    # Where caps hold everybody, or no one has a base, part of the pool is nobody's.
    return {one.unit: held[one.unit] for one in claimants}
