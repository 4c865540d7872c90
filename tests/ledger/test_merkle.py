"""The tree of RFC 6962: published vectors, every size, growth, and proofs that were touched."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import Tree, grown, leaf_hash, node_hash, verify, verify_consistency
from tests.sealing.mutations import mutate

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


# ---- prefixes, frontiers and consistency -------------------------------------------------------

MOST = 512
ALL_PAIRS = bool(os.environ.get("MINGBAI_ALL_PROOFS"))
DATA = [number.to_bytes(2) for number in range(MOST)]


@cache
def hashed(start: int, end: int) -> bytes:
    """MTH of a slice of ``DATA``, as the RFC's recursion writes it."""
    if start == end:
        return hashlib.sha256(b"").digest()
    if end - start == 1:
        return hashlib.sha256(b"\x00" + DATA[start]).digest()
    split = start + (1 << (end - start - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + hashed(start, split) + hashed(split, end)).digest()


def subproof(first: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) as RFC 6962, 2.1.2 writes it."""
    size = end - start
    if first == size:
        return [] if whole else [hashed(start, end)]
    split = 1 << (size - 1).bit_length() - 1
    if first <= split:
        return [
            *subproof(first, start, start + split, whole), hashed(start + split, end),
        ]  # fmt: skip
    return [
        *subproof(first - split, start + split, end, whole=False), hashed(start, start + split),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(DATA)


def test_the_published_consistency_proofs_come_out() -> None:
    """Source: the reference tests of certificate-transparency, "consistency proofs"."""
    tree = Tree(INPUTS)
    published: dict[tuple[int, int], list[str]] = {
        (1, 1): [],
        (1, 8): [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
        (6, 8): [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
        (2, 5): [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    }
    for (first, second), proof in published.items():
        found = tree.consistency(first, second)
        assert [part.hex() for part in found] == proof
        roots = tree.root_of(first), tree.root_of(second)
        assert [root.hex() for root in roots] == [ROOTS[first - 1], ROOTS[second - 1]]
        assert verify_consistency(first, second, *roots, found)


def test_roots_of_prefixes_and_frontiers_of_every_size_to_512(tree: Tree) -> None:
    grew: list[bytes] = []
    for size in range(MOST + 1):
        assert tree.root_of(size) == hashed(0, size)
        frontier, start = [], 0
        for bit in range(size.bit_length() - 1, -1, -1):
            if size >> bit & 1:
                frontier.append(hashed(start, start + (1 << bit)))
                start += 1 << bit
        assert tree.frontier(size) == frontier == grew
        if size < MOST:
            grew = grown(size, grew, [leaf_hash(DATA[size])])
    for wrong in (-1, MOST + 1):
        with pytest.raises(IndexError):
            tree.root_of(wrong)


def test_consistency_of_all_sizes_to_512_is_that_of_the_text_and_verifies(tree: Tree) -> None:
    roots = [hashed(0, size) for size in range(MOST + 1)]
    for second in range(MOST + 1):
        # All pairs to 96; of the greater trees those at the edges, and some between.
        edges = {0, 1, 2, 3, second - 2, second - 1, second}
        edges |= {1 << bit for bit in range(9) if 1 << bit <= second}
        edges |= set(range(second % 13, second, 37))
        firsts = range(second + 1) if second <= 96 or ALL_PAIRS else edges
        for first in firsts:
            proof = tree.consistency(first, second)
            assert proof == ([] if first == 0 else subproof(first, 0, second, whole=True))
            assert verify_consistency(first, second, roots[first], roots[second], proof)


def test_no_consistency_is_shown_backwards_or_beyond_the_tree(tree: Tree) -> None:
    for first, second in ((5, 4), (-1, 4), (4, MOST + 1)):
        with pytest.raises(IndexError):
            tree.consistency(first, second)
        assert not verify_consistency(first, second, tree.root_of(4), tree.root_of(4), [])


def test_an_empty_tree_is_the_beginning_of_every_tree_by_its_own_root_only(tree: Tree) -> None:
    nothing = hashlib.sha256(b"").digest()
    assert verify_consistency(0, 9, nothing, tree.root_of(9), [])
    assert not verify_consistency(0, 9, tree.root_of(1), tree.root_of(9), [])
    assert not verify_consistency(0, 9, nothing, tree.root_of(9), [nothing])
    assert not verify_consistency(3, 9, tree.root_of(3), tree.root_of(9), [])


def test_a_tree_of_hashes_is_the_tree_of_their_leaves(tree: Tree) -> None:
    known = Tree.of_hashes(leaf_hash(leaf) for leaf in DATA)
    assert (known.size, known.root, known.path(77)) == (MOST, tree.root, tree.path(77))


def test_a_frontier_of_another_size_does_not_grow(tree: Tree) -> None:
    with pytest.raises(ValueError, match="perfect subtree"):
        grown(6, tree.frontier(4), [])


def test_five_thousand_touched_consistency_and_inclusion_proofs_are_all_refused() -> None:
    assert mutate(5_000, seed=20260331) == 5_000


def test_a_tree_of_a_hundred_thousand_leaves_is_made_and_asked_quickly() -> None:
    start = process_time()
    large = Tree(number.to_bytes(4) for number in range(100_000))
    for size in range(1, 100_000, 1_000):
        proof = large.consistency(size, 100_000)
        assert verify_consistency(size, 100_000, large.root_of(size), large.root, proof)
    assert process_time() - start < 3
