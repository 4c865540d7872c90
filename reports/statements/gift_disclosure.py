"""Disclosure of gifts: what came and from whom, what it was used for, what is left.

By campaign, and by fund where gifts stand in none. The columns are those of 捐赠公示: of receipts
the day, voucher, receipt, donor as they consented, money or things, the amount and what it is meant
for; of uses the day, what was paid, the amount and what is left after it. What a later month takes
back stands in the month of the reversal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.gifts.called import NATURES, WAYS
from ledger.gifts.consented import NOBODY
from ledger.gifts.published import way_of
from ledger.money import Money, percent_text
from reports.statement import DAY, TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.gift_backing import OTHER, backing_of, untraced_backing
from reports.statements.gift_moves import (
    MOVED_IN,
    MOVED_OUT,
    RECEIVED,
    RETURNED,
    USED,
    GiftFund,
    GiftMoves,
    NumberedMove,
)
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "gift-disclosure"
TITLE: Final = Words("捐赠公示", "Disclosure of gifts")
PUBLIC: Final = (Words("公开范围", "Audience"), "向社会公开 public")
ALL: Final = "all"
_BALANCE: Final = "balance"
_PARTS: Final = {
    RECEIVED: (Words("收入", "Received"), Words("收入小计", "Received, total")),
    MOVED_IN: (Words("转入", "Moved in with consent"), Words("转入小计", "Moved in, total")),
    USED: (Words("使用", "Used"), Words("使用小计", "Used, total")),
    RETURNED: (Words("退还", "Returned"), Words("退还小计", "Returned, total")),
    MOVED_OUT: (Words("转出", "Moved out with consent"), Words("转出小计", "Moved out, total")),
}
_BEGIN: Final = Words("期初结余", "Held at the beginning")
_END: Final = Words("期末结余", "Held at the end")
_COVERAGE: Final = Words("可追溯比例", "Coverage rate")
_UNTRACED: Final = Words("未追溯余额", "Untraced remainder")
_BEFORE: Final = Words("此前结余", "Held before it")
_NOTES: Final = (
    Words(
        "捐赠人按其现行的同意公开：实名、隐去部分或匿名。",
        "Donors stand here as they consent to today: by name, masked, or anonymous.",
    ),
    Words(
        "可追溯比例：资金自设立以来的货币支出中由捐赠支付的部分；其余为未追溯余额，由利息等其他资金支付。",
        "Coverage rate: the share of all money that the fund ever spent that gifts paid; the rest, "
        "the untraced remainder, was paid from other money, such as interest.",
    ),
)  # fmt: skip
_FREE: Final = Words(
    "不限定用途的资金中捐赠与其他资金合用，先到先用；不计可追溯比例。",
    "In funds that nothing binds gifts are used along with other money, first in first out; no "
    "coverage rate is told of them.",
)


def build(source: Source, period: Period) -> Statement:
    """The disclosure of a month, a quarter or a year."""
    rows = _rows(source)
    funds = rows.told
    lines: list[Line] = []
    for fund in funds:
        lines += _section(source, period, rows, fund)
    if len(funds) > 1:
        lines += _totals(source, period, funds)
    notes = [*_NOTES] if lines else []
    if any(fund.free for fund in funds):
        notes.append(_FREE)
    if not lines:
        notes.append(Words(f"{period} 没有捐赠。", f"There are no gifts of {period}."))
    statement = make_statement(
        source, Span.of(period, quarters=True), period, NAME, TITLE,
        (
            Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
            Column("voucher", Words("凭证号", "Voucher"), kind=TEXT, share=1.0),
            Column("receipt", Words("票据号", "Receipt"), kind=TEXT, share=0.8),
            Column("donor", Words("捐赠人", "Donor"), kind=TEXT, share=1.0),
            Column("way", Words("方式", "Way"), kind=TEXT, share=0.5),
            Column("detail", Words("意向或支付明细", "Purpose"), kind=TEXT, share=1.6),
            Column("amount", Words("金额", "Amount"), primary=True),
            Column(_BALANCE, Words("结余", "Held")),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("序号", "No."),
    )  # fmt: skip
    return replace(statement, facts=(*statement.facts, PUBLIC))


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind a figure; what was held before a line stands as its opening."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    rows = _rows(source)
    funds = rows.told
    row = rows.numbered.get(line)
    if row is not None:
        if column in ("", "amount"):
            return backing_of(ref, _PARTS[row.move.kind][0], [(row.fund, row.move)])
        if column == _BALANCE:
            before = row.held_fen - row.move.held_fen
            return backing_of(
                ref, _END, [(row.fund, row.move)], held=True, opening=before, opening_label=_BEFORE
            )
    code, _, part = line.rpartition(".")
    found = [fund for fund in funds if code in (fund.code, ALL)]
    if not found or (code == ALL and len(funds) < 2):
        raise unknown_ref(ref)
    return _sum_backing(ref, found, part, column)


def _sum_backing(ref: str, funds: Sequence[GiftFund], part: str, column: str) -> Backing:
    """The vouchers behind a sum over some funds."""
    moves = [(fund, move) for fund in funds for move in fund.moves]
    if part in _PARTS and column in ("", "amount"):
        return backing_of(ref, _PARTS[part][1], [one for one in moves if one[1].kind == part])
    if part == "begin" and column in ("", _BALANCE):
        earlier = [(fund, move) for fund in funds for move in fund.earlier]
        return backing_of(ref, _BEGIN, earlier, held=True, opening_label=OTHER)
    if part == "end" and column in ("", _BALANCE):
        opening = sum(fund.opening_fen for fund in funds)
        return backing_of(ref, _END, moves, held=True, opening=opening, opening_label=_BEGIN)
    if part == "untraced" and column in ("", "amount"):
        return untraced_backing(ref, _UNTRACED, [fund for fund in funds if not fund.free])
    raise unknown_ref(ref)


def _rows(source: Source) -> GiftMoves:
    if source.gifts is None:
        raise ValueError("a statement of gifts is built from the registry's gifts")
    return source.gifts


# ---- lines -------------------------------------------------------------------------------------


def _section(source: Source, period: Period, rows: GiftMoves, fund: GiftFund) -> Iterator[Line]:
    """One campaign, or one fund."""
    own = [row for row in rows.numbered.values() if row.fund is fund]
    heading = Words(f"{fund.name.zh}（{fund.code}）", f"{fund.name.en} ({fund.code})")
    yield Line(fund.code, heading, (), style="heading")
    yield _held(source, period, f"{fund.code}.begin", _BEGIN, fund.opening_fen, "subtotal")
    for kind, (words, total) in _PARTS.items():
        of = [row for row in own if row.move.kind == kind]
        if not of and kind not in (RECEIVED, USED):
            continue
        yield Line(f"{fund.code}.{kind}", words, (), style="heading", level=1)
        for number, row in enumerate(of, start=1):
            yield _line(source, period, rows, number, row)
        fen = sum(row.move.fen for row in of)
        yield _amount(source, period, f"{fund.code}.{kind}", total, fen, "subtotal")
    yield _held(source, period, f"{fund.code}.end", _END, fund.closing_fen, "total")
    if not fund.free:
        yield from _traced(source, period, fund.code, [fund])


def _totals(source: Source, period: Period, funds: Sequence[GiftFund]) -> Iterator[Line]:
    yield Line(ALL, Words("全部捐赠", "All gifts"), (), style="heading")
    opening = sum(fund.opening_fen for fund in funds)
    yield _held(source, period, f"{ALL}.begin", _BEGIN, opening, "subtotal")
    for kind, (_, total) in _PARTS.items():
        moves = [move for fund in funds for move in fund.of(kind)]
        if moves or kind in (RECEIVED, USED):
            fen = sum(move.fen for move in moves)
            yield _amount(source, period, f"{ALL}.{kind}", total, fen, "subtotal")
    closing = sum(fund.closing_fen for fund in funds)
    yield _held(source, period, f"{ALL}.end", _END, closing, "total")
    bound = [fund for fund in funds if not fund.free]
    if bound:
        yield from _traced(source, period, ALL, bound)


def _traced(source: Source, period: Period, code: str, funds: Sequence[GiftFund]) -> Iterator[Line]:
    spent = sum(fund.now.spent_fen for fund in funds)
    traced = sum(fund.now.traced_fen for fund in funds)
    said = percent_text(traced, spent) or "尚无支出 nothing spent yet"
    yield Line(f"{code}.coverage", _COVERAGE, (*(None,) * 5, said, None, None))
    untraced = sum(fund.now.untraced_fen for fund in funds)
    yield _amount(source, period, f"{code}.untraced", _UNTRACED, untraced, "line")


def _line(source: Source, period: Period, rows: GiftMoves, number: int, row: NumberedMove) -> Line:
    move = row.move
    donor, way, detail = "", "", move.purpose
    if move.gift:
        gift = rows.gifts.get(move.gift)
        shown = rows.shown.get(gift.donor) if gift else None
        donor = (shown.name if shown else NOBODY).zh
        way = WAYS[way_of(gift)].zh if gift else ""
        if move.kind == RECEIVED and gift:
            detail = "，".join(filter(None, (NATURES[gift.nature].zh, gift.purpose)))
    if move.corrects:
        detail = f"更正 {move.corrects}：{detail}" if detail else f"更正 {move.corrects}"
    receipt = rows.receipts.get((move.gift, move.voucher), "")
    cells: tuple[Cell, ...] = (
        move.day, move.voucher, receipt, donor, way, detail, Money(move.fen), Money(row.held_fen),
    )  # fmt: skip
    ref = figure_ref(source.unit, NAME, period, row.code)
    refs = {_BALANCE: figure_ref(source.unit, NAME, period, row.code, _BALANCE)}
    return Line(row.code, Words(str(number), str(number)), cells, ref=ref, level=1, refs=refs)


def _amount(source: Source, period: Period, code: str, label: Words, fen: int, style: str) -> Line:
    cells = (*(None,) * 6, Money(fen), None)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, cells, ref=ref, style=style)


def _held(source: Source, period: Period, code: str, label: Words, fen: int, style: str) -> Line:
    ref = figure_ref(source.unit, NAME, period, code, _BALANCE)
    cells = (*(None,) * 7, Money(fen))
    return Line(code, label, cells, ref=ref, style=style, refs={_BALANCE: ref})
