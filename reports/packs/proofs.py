"""What a pack carries of a unit's tree: leaves, the frontier before them, earlier heads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from ledger.sealing.leaves import open_voucher
from reports.packs.writing import line_json

if TYPE_CHECKING:
    from reports.packs.sealed import Sealed


def tree_of(sealed: Sealed) -> dict[str, Any]:
    """What leads from the leaves of a pack to every root that was sealed."""
    tree, size, first = sealed.log.tree, sealed.last.size, sealed.first
    return {
        "first": first,
        "size": size,
        "root": sealed.last.root,
        "frontier": [one.hex() for one in tree.frontier(first)],
        "heads": [
            {
                "size": seal.size,
                "root": seal.root,
                "consistency": [one.hex() for one in tree.consistency(seal.size, size)],
            }
            for seal in sealed.seals
            if seal.size < first
        ],
    }


def leaf_lines(sealed: Sealed, shown: Collection[int]) -> Iterator[str]:
    """One line for each leaf; of the vouchers in ``shown``, by seq, what may be opened of it."""
    for leaf in sealed.log.leaves[sealed.first : sealed.last.size]:
        told: dict[str, Any] = {
            "seq": leaf.seq, "kind": leaf.kind, "number": leaf.number, "month": leaf.month,
            "full": leaf.full,
        }  # fmt: skip
        if leaf.seq in shown:
            text = open_voucher(sealed.entries[leaf.seq].text.decode()).text()
            told["salt"] = sealed.log.salt(leaf.seq, "open").hex()
            told["text"] = text.decode()
        else:
            told["open"] = leaf.open
        yield line_json(told)
