"""The tree of RFC 6962: its published vectors, every size to 64, and proofs that were touched."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import Tree, leaf_hash, node_hash, verify

# Source: the reference tests of certificate-transparency, "merkle tree test vectors".
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert Tree(INPUTS[:size]).root.hex() == ROOTS[size - 1]


def test_no_leaves_have_the_hash_of_nothing() -> None:
    assert Tree([]).root == hashlib.sha256(b"").digest()
    with pytest.raises(IndexError):
        Tree([]).path(0)


def by_the_text(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962, 2.1 writes it: split at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(by_the_text(leaves[:split]), by_the_text(leaves[split:]))


def path_by_the_text(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH as RFC 6962, 2.1.1 writes it."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path_by_the_text(index, leaves[:split]), by_the_text(leaves[split:])]
    return [*path_by_the_text(index - split, leaves[split:]), by_the_text(leaves[:split])]


def test_every_leaf_of_every_size_to_64_is_proven_by_the_path_of_the_text() -> None:
    for size in range(1, 65):
        leaves = [bytes([number]) for number in range(size)]
        tree = Tree(leaves)
        assert tree.root == by_the_text(leaves)
        for index, leaf in enumerate(leaves):
            path = tree.path(index)
            assert path == path_by_the_text(index, leaves)
            assert verify(leaf, index, size, path, tree.root)
            for other in range(-1, size + 1):
                assert verify(leaf, other, size, path, tree.root) == (other == index)


@given(st.integers(1, 64), st.data())
def test_a_proof_of_which_one_bit_was_touched_proves_nothing(
    size: int, data: st.DataObject
) -> None:
    leaves = [bytes([number]) for number in range(size)]
    tree = Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    parts = [leaves[index], *tree.path(index), tree.root]
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, len(parts[which]) * 8 - 1))
    touched = bytearray(parts[which])
    touched[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(touched)
    assert not verify(parts[0], index, size, parts[1:-1], parts[-1])


@given(st.integers(2, 64), st.data())
def test_a_path_of_another_length_or_with_a_cut_hash_proves_nothing(
    size: int, data: st.DataObject
) -> None:
    leaves = [bytes([number]) for number in range(size)]
    tree = Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = tree.path(index)
    for wrong in (path[:-1], path[1:], [*path, path[-1]], [path[0][:-1], *path[1:]]):
        assert not verify(leaves[index], index, size, wrong, tree.root)


def test_an_inner_node_is_never_taken_for_a_leaf() -> None:
    leaves = [b"a", b"b", b"c", b"d"]
    pair = leaf_hash(b"a") + leaf_hash(b"b")
    rest = node_hash(leaf_hash(b"c"), leaf_hash(b"d"))
    assert not verify(pair, 0, 2, [rest], Tree(leaves).root)
