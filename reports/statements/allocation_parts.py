"""What statements of allocations share: the figures of some allocations, and what stands behind.

What came, was spent and went back opens to vouchers; what was promised, released, is outstanding or
lapsed opens to the allocations' codes, under which their documents stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from datetime import date

    from ledger.allocations.standing import Standing
    from ledger.registry.allocation_moves import Move
    from reports.statements.source import Source

APPROVED, RELEASED, OUTSTANDING, LAPSED = "approved", "released", "outstanding", "lapsed"
HELD: Final = "held"
#: The figures of an allocation, in the order of its money.
PARTS: Final = {
    APPROVED: Words("批准", "Approved"),
    RELEASED: Words("下达", "Released"),
    ARRIVED: Words("到账", "Arrived"),
    SPENT: Words("支出", "Spent"),
    RETURNED: Words("退回", "Returned"),
    LAPSED: Words("失效", "Lapsed"),
    OUTSTANDING: Words("未到账", "Outstanding"),
    HELD: Words("结存", "Held"),
}
#: What each figure adds of vouchers' moves, by kind.
SIGNS: Final = {
    ARRIVED: {ARRIVED: 1},
    SPENT: {SPENT: 1},
    RETURNED: {RETURNED: 1},
    HELD: {ARRIVED: 1, SPENT: -1, RETURNED: -1},
}
#: The rule by which spending is attributed, as every statement of allocations says it.
RULE: Final = Words(
    "支出的归属：分录注明拨款的，归该拨款；专项资金中未注明的，先到账的先支出，冲回时后支出的先冲；"
    "注明 other 的为该资金的其他款项。归属在记账时确定，以后不变。",
    "How spending is attributed: to the allocation that its line names; in a fund of special "
    "money, where none is named, to the one whose money came first, and what comes back to the one "
    "spent last; “other” is the fund's other money. It is settled when a voucher is posted and "
    "never changes.",
)


def moved(moves: Iterable[Move], key: str) -> int:
    """What vouchers moved of a figure, in fen."""
    signs = SIGNS[key]
    return sum(signs.get(one.kind, 0) * one.fen for one in moves)


def fen_of(one: Standing, key: str) -> int:
    """A figure of an allocation (:data:`PARTS`) as of its day, in fen."""
    fen: int = getattr(one, f"{key}_fen")
    return fen


def backing_of(
    source: Source, ref: str, label: Words, found: Iterable[Standing], key: str
) -> Backing:
    """What stands behind a figure of some allocations: vouchers, or the promises themselves."""
    lines: list[VoucherLine] = []
    for one in found:
        if key in SIGNS:
            moves = source.allocation_moves.get(one.row.code, ())
            lines += voucher_lines(source, moves, key, one.row.fund)
        elif (said := code_line(one, key)) is not None:
            lines.append(said)
    return Backing(ref, label, None, tuple(lines), Money(sum(part.amount.fen for part in lines)))


def voucher_lines(source: Source, moves: Iterable[Move], key: str, fund: str) -> list[VoucherLine]:
    """The vouchers behind a figure, each with what it moved of it."""
    signs = SIGNS[key]
    found = []
    for one in moves:
        sign = signs.get(one.kind, 0)
        if sign:
            draft = source.model.voucher(one.voucher).draft
            found.append(
                VoucherLine(
                    one.voucher, one.day, draft.narration, one.account, fund,
                    Money(sign * one.fen), draft.papers,
                )
            )  # fmt: skip
    return found


def code_line(one: Standing, key: str) -> VoucherLine | None:
    """The allocation behind a figure that no voucher says; None where it is nothing."""
    fen = fen_of(one, key)
    if not fen:
        return None
    row = one.row
    papers = () if row.paper is None else (row.paper,)
    return VoucherLine(
        row.code, row.approved, f"{row.document} {row.name}", row.account, row.fund, Money(fen),
        papers,
    )  # fmt: skip


def moves_between(source: Source, code: str, first: date, end: date) -> list[Move]:
    """What vouchers moved of an allocation from ``first`` on, before ``end``."""
    return [one for one in source.allocation_moves.get(code, ()) if first <= one.day < end]
