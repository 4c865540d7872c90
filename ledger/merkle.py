"""A Merkle tree over leaves in order: one root for all, and for each leaf a short proof.

A leaf is hashed behind the byte 0, a node behind the byte 1, so that neither can be taken for the
other. A node that has no neighbour on its level is carried up as it is. A tree that only grew
proves it: a few hashes lead to its earlier root and to its present one alike.

Sizes are no part of what is hashed: whoever verifies takes them, with the roots, from where they
are signed.

Source: RFC 6962, 2.1 (hashes, paths and consistency); RFC 9162, 2.1.3.2 and 2.1.4.2 (verifying).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, Self

#: The root of a tree without leaves.
EMPTY: Final = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over ``leaves``, each the bytes that it stands for."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._lowest = [leaf_hash(leaf) for leaf in leaves]
        self.size = len(self._lowest)

    @classmethod
    def of_hashes(cls, hashes: Iterable[bytes]) -> Self:
        """The tree over leaves of which only the hashes are known."""
        tree = cls(())
        tree._lowest = list(hashes)
        tree.size = len(tree._lowest)
        return tree

    @cached_property
    def _levels(self) -> list[list[bytes]]:
        levels = [self._lowest]
        while len(levels[-1]) > 1:
            below = levels[-1]
            above = [node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
            levels.append(above + below[len(above) * 2 :])
        return levels

    @property
    def root(self) -> bytes:
        """The 32 bytes that stand for all leaves; of none, the hash of nothing."""
        return self._levels[-1][0] if self.size else EMPTY

    def root_of(self, size: int) -> bytes:
        """The root of the first ``size`` leaves; IndexError if there are not so many."""
        return root_over(self.frontier(size))

    def frontier(self, size: int) -> list[bytes]:
        """The roots of the perfect subtrees of the first ``size`` leaves, from left to right.

        They are as many as ``size`` has binary ones: of 6 leaves the roots over four and over two.
        """
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return self._perfect(0, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the first ``second`` leaves begin with the first ``first``.

        Nothing has to be shown where one of both is empty, or where they are the same.
        """
        if not 0 <= first <= second <= self.size:
            raise IndexError(first)
        if first in (0, second):
            return []
        beside = []
        start, end, whole = 0, second, True
        while first < end:
            split = start + _split(end - start)
            if first <= split:
                beside.append(self._range(split, end))
                end = split
            else:
                beside.append(self._range(start, split))
                start, whole = split, False
        found = [] if whole else [self._range(start, end)]
        return found + beside[::-1]

    def _range(self, start: int, end: int) -> bytes:
        return root_over(self._perfect(start, end))

    def _perfect(self, start: int, end: int) -> list[bytes]:
        found = []
        while start < end:
            level = (end - start).bit_length() - 1
            found.append(self._levels[level][start >> level])
            start += 1 << level
        return found

    def path(self, index: int) -> list[bytes]:
        """The neighbours by which a leaf leads to the root, from below; IndexError if none such."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        found = []
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index //= 2
        return found


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def root_over(frontier: Sequence[bytes]) -> bytes:
    """The root of the leaves whose perfect subtrees have these roots, from left to right."""
    if not frontier:
        return EMPTY
    found = frontier[-1]
    for left in frontier[-2::-1]:
        found = node_hash(left, found)
    return found


def grown(size: int, frontier: Sequence[bytes], hashes: Iterable[bytes]) -> list[bytes]:
    """The frontier of a tree of ``size`` leaves after the leaves with these hashes were added.

    ValueError if ``frontier`` is not one of ``size`` leaves.
    """
    if size < 0 or len(frontier) != size.bit_count():
        raise ValueError("a frontier has one hash for each perfect subtree")
    found = list(frontier)
    for added in hashes:
        last, rest = added, size
        while rest & 1:
            last, rest = node_hash(found.pop(), last), rest >> 1
        found.append(last)
        size += 1
    return found


def verify(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` leads from the leaf at ``index`` of ``size`` to ``root``."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf_hash(leaf)
    for neighbour in path:
        if not last or len(neighbour) != len(root):
            return False
        if here & 1 or here == last:
            found = node_hash(neighbour, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, neighbour)
        here, last = here >> 1, last >> 1
    return not last and found == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of ``second`` leaves begins with the one of ``first``, by their roots."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if not first:
        return not proof and first_root == EMPTY
    if any(len(part) != len(EMPTY) for part in (first_root, second_root, *proof)):
        return False
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    if not path:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = now = path[0]
    for part in path[1:]:
        if not last:
            return False
        if here & 1 or here == last:
            before, now = node_hash(part, before), node_hash(part, now)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            now = node_hash(now, part)
        here, last = here >> 1, last >> 1
    return not last and before == first_root and now == second_root
