"""A million random plans: sums exact, floors and caps held. ``python -m tests.rules.many_plans N``.

Not a test of the suite: it takes some minutes. A seed repeats a run.
"""

from __future__ import annotations

import random
import sys
from fractions import Fraction

from ledger.rules.distribution import Claimant, distribute

_WEIGHTS = tuple(map(Fraction, ("0", "0.5", "1", "1.2", "1.25", "3")))


def one(draw: random.Random) -> tuple[int, list[Claimant]]:
    """A pool and its claimants, floors within the pool."""
    claimants = []
    for place in range(draw.randint(1, 20)):
        floor = draw.choice((0, 0, draw.randrange(50_000)))
        cap = draw.choice((None, None, floor + draw.randrange(500_000)))
        base = Fraction(draw.choice((0, draw.randrange(1, 5000))))
        claimants.append(Claimant(f"u{place:02d}", base, draw.choice(_WEIGHTS), floor, cap))
    floors = sum(row.floor for row in claimants)
    return floors + draw.randrange(10**7), claimants


def faults(pool: int, claimants: list[Claimant]) -> list[str]:
    """What is wrong with a plan's amounts; nothing as a rule."""
    done = distribute(pool, claimants)
    found = []
    if sum(done.amounts.values()) + done.rest != pool or done.rest < 0:
        found.append("sum")
    for row in claimants:
        amount = done.amounts[row.unit]
        if amount < row.floor:
            found.append(f"floor of {row.unit}")
        if row.cap is not None and amount > row.cap:
            found.append(f"cap of {row.unit}")
        if done.rest and row.points and amount != row.cap:
            found.append(f"rest beside {row.unit}")
    return found


def main(count: int, seed: int) -> int:
    """Try ``count`` plans; 1 if any was wrong."""
    draw = random.Random(seed)
    for number in range(count):
        pool, claimants = one(draw)
        wrong = faults(pool, claimants)
        if wrong:
            print(f"plan {number} of seed {seed}: {', '.join(wrong)}\n{pool} {claimants}")
            return 1
    print(f"{count:,} plans of seed {seed}: sums exact, floors and caps held")
    return 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if word]
    sys.exit(main(given[0], given[1] if len(given) > 1 else random.SystemRandom().randrange(10**9)))
