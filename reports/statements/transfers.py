"""The ledger of transfers: every one of the period with what both books say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.transfers.standing import WORDS
from reports.statement import COUNT, DAY, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref
from reports.statements.matrix import NETTING, arrow, as_of, matrix_of

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.transfers.matrix import Matrix
    from ledger.transfers.standing import Standing
    from reports.statements.source import Source

NAME: Final = "transfers"
TITLE: Final = Words("调拨台账", "Ledger of transfers")
_PARTS: Final = {
    "due": Words("应付", "Due"),
    "paid": Words("付出", "Paid"),
    "arrived": Words("到账", "Arrived"),
    "difference": Words("差额", "Difference"),
}
_LAST: Final = "arrived"


def build(source: Source, period: Period) -> Statement:
    """One line per transfer, by reference."""
    found = matrix_of(source, period)
    columns = (
        Column("way", Words("付款 → 收款", "From → to"), kind=TEXT, share=1.6),
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        Column("by", Words("应到账日", "To arrive by"), kind=DAY, share=0.8),
        Column("state", Words("状态", "State"), kind=TEXT),
        Column("days", Words("天数", "Days"), kind=COUNT, share=0.5),
    )
    lines = tuple(_row(source, period, one) for one in found.standings)
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, lines,
        notes=(NETTING, as_of(found)), label_column=Words("事由", "What for"),
    )  # fmt: skip


def _row(source: Source, period: Period, one: Standing) -> Line:
    row, state = one.transfer, WORDS[one.state]
    way = arrow(source, row.payer, row.payee)
    return Line(
        row.reference, Words(row.narration, row.narration),
        (
            way.zh, *(Money(_fen(one, key)) for key in _PARTS), row.day, f"{state.zh} {state.en}",
            one.days,
        ),
        ref=figure_ref(source.unit, NAME, period, row.reference),
        refs=figure_refs(source.unit, NAME, period, row.reference, _PARTS, _LAST),
    )  # fmt: skip


def _fen(one: Standing, key: str) -> int:
    return {
        "due": one.transfer.fen, "paid": one.paid_fen, "arrived": one.arrived_fen,
        "difference": one.difference,
    }[key]  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers of both books behind one figure; Refused for any other line or column."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    found = matrix_of(source, period)
    key = column or _LAST
    for one in found.standings:
        if one.transfer.reference == line and key in _PARTS:
            postings = (
                *(_lines(source, found, one, "paid", 1) if key in ("paid", "difference") else ()),
                *(_lines(source, found, one, "arrived", 1) if key == "arrived" else ()),
                *(_lines(source, found, one, "arrived", -1) if key == "difference" else ()),
            )
            part, whole = _PARTS[key], Money(_fen(one, key))
            opening = whole if key == "due" else None
            return Backing(
                ref, Words(f"{line}·{part.zh}", f"{line}, {part.en}"), opening, postings, whole,
                opening_label=part,
            )  # fmt: skip
    raise unknown_ref(ref)


def _lines(source: Source, found: Matrix, one: Standing, side: str, sign: int) -> list[VoucherLine]:
    told = []
    for entered in one.paid if side == "paid" else one.arrived:
        number = entered.voucher
        if entered.unit != source.unit:
            known = entered.unit in found.units
            number = f"{entered.unit}/{number}" if known else one.transfer.reference
        told.append(
            VoucherLine(
                number, entered.day, one.transfer.narration, "", "", Money(sign * entered.fen)
            )
        )
    return told
