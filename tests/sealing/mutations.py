"""Proofs that were touched in one place: none may be accepted.

python -m tests.sealing.mutations 100000 SEED
"""

from __future__ import annotations

import random
import sys

from ledger.merkle import Tree, verify, verify_consistency

_SIZE = 300


def _touched(draw: random.Random, parts: list[bytes]) -> list[bytes]:
    """A list of hashes that differs from ``parts``: a bit, a length, an order, one less or more."""
    while True:
        found = list(parts)
        place = draw.randrange(len(found)) if found else 0
        way = draw.randrange(6) if found else 5
        if way == 0:
            bit = draw.randrange(len(found[place]) * 8)
            changed = bytearray(found[place])
            changed[bit // 8] ^= 1 << bit % 8
            found[place] = bytes(changed)
        elif way == 1:
            del found[place]
        elif way == 2:
            other = draw.randrange(len(found))
            found[place], found[other] = found[other], found[place]
        elif way == 3:
            found[place] = found[place][: draw.randrange(len(found[place]))]
        elif way == 4:
            found[place] = draw.choice(found)
        else:
            found.insert(place, draw.choice(found) if found else draw.randbytes(32))
        if found != parts:
            return found


def mutate(times: int, seed: int) -> int:
    """How many of ``times`` touched proofs were refused; each true one was accepted before."""
    draw = random.Random(seed)
    leaves = [draw.randbytes(8) for _ in range(_SIZE)]
    tree = Tree(leaves)
    refused = 0
    for _ in range(times):
        size = draw.randint(2, _SIZE)
        if draw.random() < 0.5:
            first = draw.randint(1, size - 1)
            proof = tree.consistency(first, size)
            if not verify_consistency(first, size, tree.root_of(first), tree.root_of(size), proof):
                raise AssertionError("a true proof was refused")
            roots = [tree.root_of(first), tree.root_of(size)]
            # What is signed decides, so a proof has to fit both roots and no others.
            if draw.random() < 0.3:
                place = draw.randrange(2)
                roots[place] = draw.choice([roots[1 - place], draw.randbytes(32)])
            else:
                proof = _touched(draw, proof)
            refused += not verify_consistency(first, size, roots[0], roots[1], proof)
        else:
            prefix = Tree(leaves[:size]) if size < 12 else tree
            index = draw.randrange(prefix.size)
            path = _touched(draw, prefix.path(index))
            refused += not verify(leaves[index], index, prefix.size, path, prefix.root)
    return refused


def main(arguments: list[str]) -> int:
    times = int(arguments[0]) if arguments else 100_000
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(10**9)
    refused = mutate(times, seed)
    print(f"seed {seed}: {refused} of {times} touched proofs refused")
    return int(refused != times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
