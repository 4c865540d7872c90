"""A month's receipts under one root: it is kept for good when the month is closed.

A leaf is SHA-256 over the gift's opening (:mod:`ledger.registry.donors`) and the canonical text of
the receipt, so that leaves and paths tell nothing to who has no opening. A receipt is a leaf of the
month with which it is sealed; made void later, it is one once more, as void, of that later month.
Closed months stay as they are: what is given or made void after a closing belongs to the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Refused, finding
from ledger.merkle import Tree
from ledger.money import Money
from ledger.period import Month
from ledger.registry import donors, gift_receipts, month_states, oplog
from ledger.registry.gift_receipts import GiftReceiptRow, RootRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry

#: What the operation log calls it.
ACTION: Final = "gift-receipt.seal"


@dataclass(frozen=True, slots=True)
class Sealed:
    """That a receipt is under a month's root, with the gift's opening."""

    text: str
    opening: str
    index: int
    size: int
    path: tuple[bytes, ...]
    root: bytes


def canonical_text(row: GiftReceiptRow, *, void: bool) -> str:
    """What is sealed of a receipt; no field has a bar in it.

    ``mingbai-receipt-1|ai|JS2026-0001-4|JZ2026-0001-7|收-202603-0001|2026-03-02|cash|500.00|valid``
    """
    flag = gift_receipts.VOID if void else gift_receipts.VALID
    return "|".join(
        ("mingbai-receipt-1", row.unit, row.code, row.gift, row.voucher, row.day.isoformat(),
         row.kind, Money(row.fen).text, flag)
    )  # fmt: skip


def leaf_of(opening: str, text: str) -> bytes:
    """What stands for a receipt's text in its month's tree."""
    return hashlib.sha256(f"{opening} {text}".encode()).digest()


def is_void_in(row: GiftReceiptRow, month: str) -> bool:
    """Whether a receipt was void when ``month`` was sealed."""
    return row.void_month is not None and row.void_month <= month


def tree_of(rows: Collection[GiftReceiptRow], month: str) -> tuple[list[GiftReceiptRow], Tree]:
    """The leaves' receipts in their order, and the tree over them, of a month."""
    mine = [row for row in rows if month in (row.month, row.void_month)]
    mine.sort(key=lambda row: (row.year, row.number))
    leaves = [row.void_leaf if is_void_in(row, month) else row.leaf for row in mine]
    return mine, Tree([bytes.fromhex(leaf) for leaf in leaves])


def open_month(conn: Connection, unit: str, month: str) -> str:
    """``month``, or the first one that is not closed if it is."""
    closed = month_states.last_closed(conn, unit)
    return month if closed is None else max(month, str(Month.parse(closed).next()))


def seal_month(conn: Connection, unit: str, month: Month, user: str, now: datetime) -> str:
    """Keep the root of a month that is being closed: it and the count of receipts, or nothing.

    The closing's entry holds the same text, so that the book and its seal vouch for receipts.
    """
    rows = gift_receipts.of_months(conn, unit, [str(month)])
    if not rows:
        return ""
    _, tree = tree_of(rows, str(month))
    root = tree.root.hex()
    text = f"{root} {tree.size}"
    gift_receipts.add_root(conn, unit, str(month), root, tree.size, user, now)
    oplog.record(conn, at=now, user=user, unit=unit, action=ACTION, object=str(month), detail=text)
    return text


def sealed_of(
    conn: Connection, registry: Registry, rows: Collection[GiftReceiptRow]
) -> dict[str, Sealed]:
    """The proofs of receipts of one unit whose months are closed, by the receipts' codes.

    Of an erased donor there is none. Refused where a kept root is not that of its receipts.
    """
    if not rows:
        return {}
    unit = next(iter(rows)).unit
    roots = gift_receipts.last_roots(conn, unit)
    closed = {row.month for row in month_states.all_months(conn, unit) if row.state == "closed"}
    wanted = {row.void_month or row.month for row in rows} & closed & set(roots)
    trees = _trees(conn, unit, wanted, roots)
    opened = donors.openings(conn, registry.vault, {row.gift: row.donor for row in rows})
    found = {}
    for row in rows:
        month = row.void_month or row.month
        if month in trees and row.gift in opened:
            places, tree = trees[month]
            index = places[row.year, row.number]
            found[row.code] = Sealed(
                canonical_text(row, void=is_void_in(row, month)), opened[row.gift][0], index,
                tree.size, tuple(tree.path(index)), tree.root,
            )  # fmt: skip
    return found


def _trees(
    conn: Connection, unit: str, months: Collection[str], roots: Mapping[str, RootRow]
) -> dict[str, tuple[dict[tuple[int, int], int], Tree]]:
    rows = gift_receipts.of_months(conn, unit, months)
    found = {}
    for month in sorted(months):
        mine, tree = tree_of(rows, month)
        if tree.root.hex() != roots[month].root:
            raise Refused(root_differs(unit, month))
        found[month] = ({(row.year, row.number): at for at, row in enumerate(mine)}, tree)
    return found


def root_differs(unit: str, month: str) -> Finding:
    return finding(
        "receipt-root", f"{month} 月的捐赠收据与结账时封存的根不符",
        f"the receipts of {month} are not those whose root was kept when it was closed",
        "从备份恢复，并查明是谁改动的", "restore from a backup and find out who changed it",
        file=f"units/{unit}",
    )  # fmt: skip
