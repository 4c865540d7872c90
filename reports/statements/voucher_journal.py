"""The voucher journal: every posting of the period in the order of the book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.errors import Words
from ledger.money import CNY, Money
from reports.statement import DAY, REF, TEXT, Backing, Cell, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "journal"
TITLE: Final = Words("凭证序时簿", "Voucher journal")
TOTAL: Final = "total"
_DEBIT: Final = "debit"
_CREDIT: Final = "credit"


def build(source: Source, period: Period) -> Statement:
    """Every posting, with the number of its voucher as the reference to open."""
    span = Span.of(period, quarters=True)
    lines = [_line(source.unit, line) for line in _posted(source, span)]
    sums = {column: _total(source, span, column) for column in (_DEBIT, _CREDIT)}
    ref = figure_ref(source.unit, NAME, period, TOTAL)
    lines.append(
        Line(
            TOTAL,
            Words("合计", "Total"),
            (None, None, "合计 Total", None, None, sums[_DEBIT], sums[_CREDIT]),
            ref=ref,
            style="total",
            refs={_CREDIT: f"{ref}/{_CREDIT}"},
        )
    )
    columns = (
        Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
        Column("number", Words("凭证号", "Voucher"), kind=REF, share=1.1),
        Column("narration", Words("摘要", "Narration"), kind=TEXT, share=2.0),
        Column("account", Words("科目", "Account"), kind=TEXT, share=2.0),
        Column("fund", Words("资金", "Fund"), kind=TEXT, share=0.5),
        Column(_DEBIT, Words("借方", "Debit"), primary=True),
        Column(_CREDIT, Words("贷方", "Credit")),
    )
    return make_statement(
        source,
        span,
        period,
        NAME,
        TITLE,
        columns,
        tuple(lines),
        label_column=None,
        cells=source.model.cells(since=span.first, through=span.last),
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """All debits, or all credits, of the period; Refused for any other line."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    column = column or _DEBIT
    if line != TOTAL or column not in (_DEBIT, _CREDIT):
        raise unknown_ref(ref)
    span = Span.of(period, quarters=True)
    label = Words("借方合计", "Total debits")
    if column == _CREDIT:
        label = Words("贷方合计", "Total credits")
    postings = tuple(
        VoucherLine(
            posted.number,
            posted.day,
            posted.narration,
            posted.account,
            posted.fund,
            abs(posted.amount),
            posted.papers,
        )
        for posted in _posted(source, span)
        if (posted.amount.fen > 0) == (column == _DEBIT)
    )
    return Backing(ref, label, None, postings, _total(source, span, column))


def _posted(source: Source, span: Span) -> list[PostedLine]:
    lines = source.model.lines(since=span.first, through=span.last)
    return [line for line in lines if line.amount.currency == CNY]


def _total(source: Source, span: Span, column: str) -> Money:
    """From the month cells, and so by another way than the lines above it."""
    cells = source.model.cells(since=span.first, through=span.last)
    fen = sum(
        cell.debit if column == _DEBIT else cell.credit for cell in cells if cell.currency == CNY
    )
    return Money(fen)


def _line(unit: str, line: PostedLine) -> Line:
    debit: Cell = line.amount if line.amount.fen > 0 else None
    credit: Cell = -line.amount if line.amount.fen < 0 else None
    account = f"{account_code(line.account)} {account_label(line.account)}"
    return Line(
        line.number,
        Words(line.narration, line.narration),
        (line.day, line.number, line.narration, account, line.fund, debit, credit),
        ref=f"{unit}/{line.number}",
    )
