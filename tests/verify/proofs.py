"""Altered proofs against the script's own verification: none is accepted.

``python -m tests.verify.proofs 100000`` runs as many; a seed as the second word repeats a run.
"""

from __future__ import annotations

import random
import sys

from ledger.merkle import Tree, leaf_hash
from ledger.verify.standalone import is_consistent, root_by


def accepted(count: int, seed: int) -> list[str]:
    """Which of ``count`` altered proofs were accepted; every one is told with what it was."""
    dice = random.Random(seed)
    tree = Tree([dice.randbytes(8) for _ in range(300)])
    hashes = [leaf_hash(b"") for _ in range(4)]
    wrong = []
    for _ in range(count):
        size = dice.randrange(2, 301)
        first = dice.randrange(1, size)
        known = Tree.of_hashes(tree._lowest[:size])
        if dice.random() < 0.5:
            numbers, proof = [first, size], list(known.consistency(first, size))
            roots = [known.root_of(first), known.root]
        else:
            numbers, proof = [first - 1, size], list(known.path(first - 1))
            roots = [tree._lowest[first - 1], known.root]
        kind = (
            "path" if roots[0] == tree._lowest[first - 1] and numbers[0] == first - 1 else "growth"
        )
        assert holds(kind, numbers, roots, proof)
        said = alter(dice, numbers, roots, proof, hashes)
        if said and holds(kind, numbers, roots, proof):
            wrong.append(f"{kind} {first} {size}: {said}")
    return wrong


def holds(kind: str, numbers: list[int], roots: list[bytes], proof: list[bytes]) -> bool:
    first, size = numbers
    try:
        if kind == "growth":
            texts = [one.hex() for one in proof]
            return is_consistent(first, size, roots[0].hex(), roots[1].hex(), texts)
        return root_by(proof, roots[0], first, size) == roots[1]
    except (ValueError, IndexError):
        return False


def alter(
    dice: random.Random, numbers: list[int], roots: list[bytes], proof: list[bytes],
    others: list[bytes],
) -> str:  # fmt: skip
    """Spoil one thing; what was done, or nothing where it would have changed nothing."""
    way = dice.randrange(6)
    if way == 0:
        at = dice.randrange(2)
        roots[at] = flipped(dice, roots[at])
        return "a root"
    if way == 1 and proof:
        at = dice.randrange(len(proof))
        proof[at] = flipped(dice, proof[at])
        return "a hash"
    if way == 2 and proof:
        del proof[dice.randrange(len(proof))]
        return "one hash less"
    if way == 3:
        proof.insert(dice.randrange(len(proof) + 1), dice.choice(others))
        return "one hash more"
    if way == 4 and len(proof) > 1:
        at = dice.randrange(len(proof) - 1)
        proof[at], proof[at + 1] = proof[at + 1], proof[at]
        return "two hashes exchanged" if proof[at] != proof[at + 1] else ""
    if way == 5 and proof:
        numbers[1] = dice.choice([0, -1, 1 << 50, numbers[0]])
        return "a size" if numbers[1] != numbers[0] or roots[0] != roots[1] else ""
    return ""


def flipped(dice: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    found[dice.randrange(len(found))] ^= 1 << dice.randrange(8)
    return bytes(found)


if __name__ == "__main__":
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    found = accepted(int(sys.argv[1]), seed)
    print(f"seed {seed}: {sys.argv[1]} altered proofs, {len(found)} accepted", *found, sep="\n")
    sys.exit(bool(found))
