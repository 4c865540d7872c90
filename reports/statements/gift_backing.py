"""What stands behind figures of gifts: the postings of each voucher, and what is left of them.

A voucher's lines are asked for what they did to gifts, and add up to it. Where a fund's other money
paid a part of a spending, that part stands beside them as what was not the gifts'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.gifts.effects import purpose_of
from ledger.gifts.marks import GIFT
from ledger.money import Money
from reports.statement import Backing, VoucherLine
from reports.statements.gift_moves import MOVED_IN, RECEIVED, USED, GiftFund, GiftMove

if TYPE_CHECKING:
    from ledger.gifts.following import Use
    from ledger.model import PostedLine

#: What a part of a spending is that gifts did not pay.
OTHER: Final = Words("减：其他资金支付", "Less what other money paid")
_EQUITY: Final = "Equity:"
_LIABILITIES: Final = "Liabilities:"


def move_lines(fund: GiftFund, move: GiftMove) -> tuple[VoucherLine, ...]:
    """The postings behind what a voucher did; with :func:`rest_fen` they are its figure."""
    lines = fund.now.read.lines.get(move.voucher, ())
    if move.kind != USED:
        sign = -1 if move.kind in (RECEIVED, MOVED_IN) else 1
        return _first(_of_gift(lines, move.gift, sign), move.fen)
    return _used(fund, lines, whole_fen(fund, move))


def whole_fen(fund: GiftFund, move: GiftMove) -> int:
    """What a voucher used in all, of gifts or not; of a reversal, what it took back."""
    if move.corrects and move.voucher == move.corrects:
        return move.fen  # another trace of the same voucher: no posting says it
    return move.fen + _untraced(fund, move.voucher)


def rest_fen(move: GiftMove, lines: Sequence[VoucherLine]) -> int:
    """What the lines are not: nothing, or what other money paid, below nothing."""
    return move.fen - sum(line.amount.fen for line in lines)


def backing_of(ref: str, label: Words, moves: Iterable[tuple[GiftFund, GiftMove]],
               *, held: bool = False, opening: int = 0,
               opening_label: Words = OTHER) -> Backing:  # fmt: skip
    """What stands behind a sum of moves; with ``held``, behind what they leave of ``opening``."""
    found: list[VoucherLine] = []
    rest = opening
    for fund, move in moves:
        lines = move_lines(fund, move)
        sign = 1 if not held or move.held_fen == move.fen else -1
        found += [_signed(line, sign) for line in lines]
        rest += sign * rest_fen(move, lines)
    said = Money(rest) if rest or opening else None
    closing = Money(rest + sum(line.amount.fen for line in found))
    return Backing(ref, label, said, tuple(found), closing, opening_label=opening_label)


def untraced_backing(ref: str, label: Words, funds: Iterable[GiftFund]) -> Backing:
    """The spendings that gifts did not pay, or not all of: whole, less what gifts paid of them."""
    found: list[VoucherLine] = []
    rest = 0
    for fund in funds:
        used = fund.now.used
        for number, fen in fund.now.untraced.items():
            lines = _used(fund, fund.now.read.lines[number], fen + used.get(number, 0))
            found += lines
            rest += fen - sum(line.amount.fen for line in lines)
    closing = Money(rest + sum(line.amount.fen for line in found))
    paid = Words("减：捐赠支付", "Less what gifts paid")
    opening = Money(rest) if rest else None
    return Backing(ref, label, opening, tuple(found), closing, opening_label=paid)


def spending_backing(ref: str, label: Words, fund: GiftFund, purpose: str | None) -> Backing:
    """The vouchers that spent for a purpose: the lines that say it, or the whole of one that does.

    For any purpose where it is None. As :func:`ledger.gifts.spending.by_purpose` adds them up.
    """
    found: list[VoucherLine] = []
    used, untraced = fund.now.used, fund.now.untraced
    for number in dict.fromkeys([*used, *untraced]):
        whole = used.get(number, 0) + untraced.get(number, 0)
        lines = fund.now.read.lines[number]
        said = [line for line in lines if purpose_of(line)]
        if sum(line.amount.fen for line in said) == whole:
            found += [_line(line, 1) for line in said if purpose in (None, purpose_of(line))]
            continue
        one = fund.now.effects(number)
        if one.reverses:
            one = fund.now.effects(one.reverses)
        if purpose in (None, one.purpose):
            found += _part(fund, lines, whole)
    found.sort(key=lambda line: (line.day, line.number))
    return Backing(ref, label, None, tuple(found), Money(sum(line.amount.fen for line in found)))


def use_lines(fund: GiftFund, uses: Iterable[Use], sign: int = 1) -> Iterator[VoucherLine]:
    """What vouchers used of one gift: of a posting that several gifts paid, this one's part."""
    for use in uses:
        for line in _part(fund, fund.now.read.lines[use.voucher], use.fen):
            yield _signed(line, sign)


# ---- one voucher -------------------------------------------------------------------------------


def _of_gift(
    lines: Sequence[PostedLine], gift: str, sign: int
) -> Iterator[tuple[VoucherLine, ...]]:
    """The lines of what came of a gift or went back: money, things, or both."""
    named = [line for line in lines if dict(line.meta).get(GIFT) == gift]
    sources = [
        _line(line, sign)
        for line in named
        if line.account.startswith(("Income:", _LIABILITIES, _EQUITY)) and not line.units
    ]
    things = [_line(line, -sign) for line in lines if line.units and gift in (
        line.label, dict(line.meta).get(GIFT),
    )]  # fmt: skip
    yield tuple(sources)
    yield tuple(things)
    yield (*sources, *things)


def _used(fund: GiftFund, lines: Sequence[PostedLine], whole: int) -> tuple[VoucherLine, ...]:
    """The lines of what a voucher spent, handed out or handed on: what it was charged to."""
    pools: dict[str, list[VoucherLine]] = {}
    for line in lines:
        if line.units and line.label:
            pools.setdefault("things", []).append(_line(line, -1))
        elif line.account in fund.now.read.capital:
            pools.setdefault("bought", []).append(_line(line, 1))
        elif line.account.startswith(("Expenses:", _EQUITY)):
            pools.setdefault(line.account.partition(":")[0], []).append(_line(line, 1))
        elif line.account.startswith(_LIABILITIES) and GIFT in dict(line.meta):
            pools.setdefault("owed", []).append(_line(line, 1))
    # What was charged says best what it was for.
    kinds = sorted(pools, key=("Expenses", "bought", "owed", "Equity", "things").index)
    sets = chain.from_iterable(combinations(kinds, count) for count in range(1, len(kinds) + 1))
    tried = (tuple(chain.from_iterable(pools[kind] for kind in one)) for one in sets)
    return _first(tried, whole, tuple(pools.get("Expenses", ())))


def _first(
    tried: Iterable[tuple[VoucherLine, ...]], fen: int, else_: tuple[VoucherLine, ...] = ()
) -> tuple[VoucherLine, ...]:
    """The first lines that are the figure."""
    for lines in tried:
        if lines and sum(line.amount.fen for line in lines) == fen:
            return lines
    return else_


def _part(fund: GiftFund, lines: Sequence[PostedLine], fen: int) -> tuple[VoucherLine, ...]:
    """The voucher's lines where they are the figure, else one line that is its part of them."""
    whole = _used(fund, lines, fen)
    if sum(line.amount.fen for line in whole) == fen:
        return whole
    charged = [line for line in lines if purpose_of(line)]
    first = (charged or list(lines))[0]
    return (
        VoucherLine(
            first.number, first.day, first.narration, first.account, first.fund, Money(fen),
            first.papers,
        ),
    )  # fmt: skip


def _untraced(fund: GiftFund, number: str) -> int:
    """What other money paid of a voucher; of a reversal, what it gave back to other money."""
    one = fund.now.effects(number)
    if one.reverses:
        return -_before_reversal(fund, one.reverses)
    if fund.now.reversal_of(number):
        return _before_reversal(fund, number)
    return fund.now.untraced.get(number, 0)


def _before_reversal(fund: GiftFund, number: str) -> int:
    one = fund.now.effects(number)
    things = -sum(part.fen for part in one.things.values() if part.fen < 0)
    handed = sum(fen for fen, _ in one.handed.values())
    return sum(one.spent.values()) + things + handed - fund.now.used.get(number, 0)


def _line(line: PostedLine, sign: int) -> VoucherLine:
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund,
        Money(sign * line.amount.fen), line.papers,
    )  # fmt: skip


def _signed(line: VoucherLine, sign: int) -> VoucherLine:
    if sign > 0:
        return line
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund, -line.amount, line.papers
    )
