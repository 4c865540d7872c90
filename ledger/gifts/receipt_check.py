"""Whether the receipts of gifts are whole: their numbers, the book behind them, and their roots.

The operation log, which has a chain of its own, says which numbers were given with which leaves,
which were made void, and which roots were kept: what is missing or altered differs from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.errors import Finding, finding
from ledger.gifts.arriving import arrivals
from ledger.gifts.receipting import GIVEN, VOIDED, leaves_digest, numbers_of
from ledger.gifts.sealing import ACTION, canonical_text, leaf_of, root_differs, tree_of
from ledger.registry import donors, entries, gift_receipts, gifts, month_states, oplog
from ledger.registry.gift_receipts import VOID, GiftReceiptRow
from ledger.sealing.leaves import receipts_of_closing

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.gift_receipts import RootRow
    from ledger.registry.oplog import Operation

_MOST = 20
#: A month, and the root over its receipts with their count.
Root = tuple[str, str]


def check_receipts(registry: Registry, unit: str) -> list[Finding]:
    """All findings about a unit's receipts of gifts; empty when they are whole."""
    with registry.read() as conn:
        rows = gift_receipts.of_unit(conn, unit)
        acts = [one for one in oplog.entries(conn, unit) if one.action in (GIVEN, VOIDED, ACTION)]
        roots = gift_receipts.roots(conn, unit)
        closed = {row.month for row in month_states.all_months(conn, unit) if row.state == "closed"}
        in_book = _in_book(entries.closing_texts(conn, unit))
        if not rows and not acts and not in_book:
            return []
        funds = gifts.funds_of(conn, unit)
        opened = donors.openings(conn, registry.vault, {row.gift: row.donor for row in rows})
    came = {(one.gift, one.voucher): one for one in arrivals(registry, unit, funds)}
    found = [*_gaps(unit, rows), *_given(unit, rows, acts), *_voids(unit, rows, acts)]
    for row in rows:
        one = came.get((row.gift, row.voucher))
        if one is None or (one.day, one.fen) != (row.day, row.fen):
            found.append(_differs(unit, row.code, "凭证所记", "its voucher"))
        elif row.gift in opened and _leaves(row, opened[row.gift][0]) != (row.leaf, row.void_leaf):
            found.append(_differs(unit, row.code, "开具时所记", "what was given"))
    found += _doubles(unit, rows)
    found += _roots(unit, rows, roots, (_logged(acts), in_book), closed)
    return found[:_MOST]


def _leaves(row: GiftReceiptRow, opening: str) -> tuple[str, str]:
    valid, void = (leaf_of(opening, canonical_text(row, void=void)) for void in (False, True))
    return valid.hex(), void.hex()


def gaps(rows: Sequence[GiftReceiptRow]) -> dict[int, list[int]]:
    """The numbers that are missing before the greatest one, by year."""
    found = {}
    for year in sorted({row.year for row in rows}):
        have = {row.number for row in rows if row.year == year}
        if missing := sorted(set(range(1, max(have) + 1)) - have):
            found[year] = missing
    return found


def _gaps(unit: str, rows: Sequence[GiftReceiptRow]) -> Iterator[Finding]:
    for year, missing in gaps(rows).items():
        told = "、".join(str(number) for number in missing[:_MOST])
        yield finding(
            "receipt-gap", f"{year} 年的捐赠收据缺号：{told}",
            f"of the receipts of gifts of {year} these numbers are missing: {told}",
            "从备份恢复，并查明是谁删除的", "restore from a backup and find out who removed them",
            file=f"units/{unit}",
        )  # fmt: skip


def _given(
    unit: str, rows: Sequence[GiftReceiptRow], acts: Sequence[Operation]
) -> Iterator[Finding]:
    """Each act of giving, and the receipts that have its numbers now."""
    by_number = {(row.year, row.number): row for row in rows}
    logged = set()
    for act in acts:
        if act.action != GIVEN:
            continue
        first, last = (numbers_of(code) for code in act.object.split(" "))
        if first is None or last is None:
            continue
        numbers = [(first[0], number) for number in range(first[1], last[1] + 1)]
        logged.update(numbers)
        have = [by_number[one] for one in numbers if one in by_number]
        if f"{len(have)} {leaves_digest(have)}" != act.detail:
            yield _differs(
                unit, act.object, "操作日志所记", "what the operation log says was given"
            )
    for key, row in by_number.items():
        if key not in logged:
            yield _differs(unit, row.code, "操作日志所记", "the operation log, which gave none")


def _voids(
    unit: str, rows: Sequence[GiftReceiptRow], acts: Sequence[Operation]
) -> Iterator[Finding]:
    logged = {act.object for act in acts if act.action == VOIDED}
    have = {row.code for row in rows if row.state == VOID}
    for code in sorted(logged ^ have):
        yield _differs(unit, code, "操作日志所记的作废", "what the log says was made void")


def _doubles(unit: str, rows: Sequence[GiftReceiptRow]) -> Iterator[Finding]:
    counts = Counter((row.gift, row.voucher) for row in rows if row.state != VOID)
    for (gift, voucher), count in counts.items():
        if count > 1:
            yield finding(
                "receipt-twice", f"捐赠 {gift} 的 {voucher} 有 {count} 份有效收据",
                f"{voucher} of gift {gift} has {count} valid receipts",
                "作废多余的", "make void what is too many", file=f"units/{unit}",
            )  # fmt: skip


def _logged(acts: Sequence[Operation]) -> Counter[Root]:
    return Counter((act.object, act.detail) for act in acts if act.action == ACTION)


def _in_book(closings: Sequence[tuple[str, str]]) -> Counter[Root]:
    found = ((month, receipts_of_closing(text)) for month, text in closings)
    return Counter((month, f"{one[0]} {one[1]}") for month, one in found if one is not None)


def _roots(
    unit: str, rows: Sequence[GiftReceiptRow], roots: Sequence[RootRow],
    told: Sequence[Counter[Root]], closed: set[str],
) -> Iterator[Finding]:  # fmt: skip
    """Kept roots are those that the operation log and the book's closings tell; those of closed
    months, those of today."""
    kept = Counter((row.month, f"{row.root} {row.size}") for row in roots)
    wrong = {month for one in told for month, _ in (one - kept) + (kept - one)}
    last = {row.month: row for row in roots}
    sealed = {month for row in rows for month in (row.month, row.void_month)} | set(last)
    for month in closed & sealed:
        _, tree = tree_of(rows, month)
        root = last.get(month)
        if root is None or (root.root, root.size) != (tree.root.hex(), tree.size):
            wrong.add(month)
    for month in sorted(wrong):
        yield root_differs(unit, month)


def _differs(unit: str, what: str, zh: str, en: str) -> Finding:
    return finding(
        "receipt-differs", f"捐赠收据 {what} 与{zh}不同", f"receipt {what} differs from {en}",
        "从备份恢复，并查明是谁改动的", "restore from a backup and find out who changed it",
        file=f"units/{unit}",
    )  # fmt: skip
