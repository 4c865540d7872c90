"""A unit's log: leaves over all entries, their tree, and what a seal says at each closing.

Everything follows from the entries' texts, in one pass: a book of a hundred thousand vouchers takes
some seconds. Money is whole fen of yuan, debits of financial accounts only: a budgetary half says
the same money once more.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ledger.account import is_budgetary
from ledger.merkle import Tree
from ledger.money import CNY
from ledger.sealing.leaves import (
    Leaf,
    OpenVoucher,
    Part,
    leaf_of,
    receipts_of_closing,
    salt_key,
    salt_of,
    up_to_closings,
)

if TYPE_CHECKING:
    from ledger.canonical_reader import EntryText


class Head(NamedTuple):
    """The log as it stood at a closing, this entry included.

    ``version`` counts the closings of the month, ``numbers`` are the last ordinals by class;
    ``files`` is the digest over every file of the book as it stood, ``receipts`` the root and the
    count of the donation receipts that the closing names. ``chain`` is never published.
    """

    month: str
    version: int
    size: int
    chain: str
    vouchers: int
    numbers: tuple[tuple[str, int], ...]
    month_fen: int
    perpetual_vouchers: int
    perpetual_fen: int
    files: str
    reopened: int
    receipts: tuple[str, int] | None = None


@dataclass(frozen=True)
class Log:
    """``leaves`` are those of the entries 1, 2 … up to the last closing; ``heads`` by size."""

    unit: str
    leaves: list[Leaf]
    heads: list[Head]
    tree: Tree

    def root(self, size: int) -> str:
        """The root over the first ``size`` entries, in hexadecimal."""
        return self.tree.root_of(size).hex()

    def last_of(self, month: str) -> Head | None:
        """The last closing of a month, or None if it was never closed."""
        return next((head for head in reversed(self.heads) if head.month == month), None)

    def salt(self, seq: int, part: Part) -> bytes:
        """The salt that opens one part of an entry; IndexError behind the last closing."""
        sizes = [head.size for head in self.heads]
        head = self.heads[bisect_left(sizes, seq)]
        return salt_of(salt_key(head.chain), seq, part)


@dataclass
class _Month:
    vouchers: int = 0
    fen: int = 0
    closings: int = 0
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass
class _Totals:
    """What was met so far."""

    months: dict[str, _Month] = field(default_factory=dict)
    files: dict[str, hashlib._Hash] = field(default_factory=dict)
    vouchers: int = 0
    fen: int = 0
    reopened: int = 0

    def take(self, file: str, entry: EntryText, leaf: Leaf, voucher: OpenVoucher | None) -> None:
        if file not in self.files:
            self.files[file] = hashlib.sha256()
        self.files[file].update(entry.text)
        if voucher is not None:
            fen = debits(voucher)
            of = self.months.setdefault(leaf.month, _Month())
            kind, ordinal = leaf.number[0], int(leaf.number.rsplit("-", 1)[1])
            of.numbers[kind] = max(of.numbers.get(kind, 0), ordinal)
            of.vouchers += 1
            of.fen += fen
            self.vouchers += 1
            self.fen += fen
        elif leaf.kind == "reopen":
            self.reopened += 1

    def head(self, entry: EntryText, month: str) -> Head:
        of = self.months.setdefault(month, _Month())
        of.closings += 1
        lines = "".join(f"{self.files[name].hexdigest()}  {name}\n" for name in sorted(self.files))
        return Head(
            month, of.closings, entry.seq, entry.chain, of.vouchers,
            tuple(sorted(of.numbers.items())), of.fen, self.vouchers, self.fen,
            hashlib.sha256(lines.encode()).hexdigest(), self.reopened,
            receipts_of_closing(entry.text.decode()),
        )  # fmt: skip


def debits(voucher: OpenVoucher) -> int:
    """The sum of a voucher's debits on financial accounts, in fen of yuan."""
    return sum(
        fen
        for account, fen, currency, _ in voucher.postings
        if fen > 0 and currency == CNY and not is_budgetary(account)
    )


def read_log(unit: str, entries: Iterable[tuple[str, EntryText]]) -> Log:
    """The log of a unit from its entries, each with its file, in the order of posting.

    The book's chain was verified before; ValueError for text that the program did not write.
    """
    texts = list(entries)
    totals, leaves, heads = _Totals(), list[Leaf](), list[Head]()
    at = 0
    for key, parted in up_to_closings(entry for _, entry in texts):
        for entry in parted:
            leaf, voucher = leaf_of(entry, key)
            totals.take(texts[at][0], entry, leaf, voucher)
            leaves.append(leaf)
            at += 1
        heads.append(totals.head(parted[-1], leaves[-1].month))
    return Log(unit, leaves, heads, Tree(leaf.text(unit) for leaf in leaves))
