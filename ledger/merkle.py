"""A Merkle tree over leaves in order: one root for all, and for each leaf a short proof.

A leaf is hashed behind the byte 0, a node behind the byte 1, so that neither can be taken for the
other. A node that has no neighbour on its level is carried up as it is.

Source: RFC 6962, 2.1 (hashes and paths); RFC 9162, 2.1.3.2 (verifying a path).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over ``leaves``, each the bytes that it stands for."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.size = len(leaves)
        self._lowest = [leaf_hash(leaf) for leaf in leaves]

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
        return self._levels[-1][0] if self.size else hashlib.sha256(b"").digest()

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
