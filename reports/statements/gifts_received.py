"""Gifts received (接受捐赠情况): in money and in things, by who gave, and whether from abroad.

Of an anonymous giver nobody knows which of the four they are: they have a row of their own. The
total is the donations of the period as the book has them; what is held for others, or depends on a
condition, is told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.registry.donors import ANONYMOUS, COMPANY, PERSON
from ledger.registry.gifts import AGENCY, CONDITIONAL
from reports.statement import Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.gift_rows import GiftRows, backing_of, rows_of, within, worth
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "gifts-received"
TITLE: Final = Words("接受捐赠情况", "Gifts received")
_TOTAL: Final = "total"
_BOTH: Final = Words("合计", "Total")
_PLAIN: Final = "unrecorded"
#: The rows of the form, by the kind of giver and whether they are abroad.
_ROWS: Final = {
    "home-person": (Words("境内自然人", "Persons in China"), PERSON, False),
    "home-company": (Words("境内法人或者其他组织", "Organisations in China"), COMPANY, False),
    "abroad-person": (Words("境外自然人", "Persons abroad"), PERSON, True),
    "abroad-company": (Words("境外法人或者其他组织", "Organisations abroad"), COMPANY, True),
}
_ANONYMOUS: Final = ("anonymous", Words("匿名", "Anonymous"))
_UNRECORDED: Final = Words("没有逐笔登记的捐赠收入", "Donations that no gift stands behind")
_HELD: Final = {
    AGENCY: Words("另：受托代理收到，不是收入", "Beside it, held for others: no income"),
    CONDITIONAL: Words("另：附条件收到，不是收入", "Beside it, on a condition: no income"),
}
_NOTES: Final = (
    Words(
        "匿名捐赠人是自然人还是法人、境内还是境外都不得而知，单列一行，不作推断。",
        "Of an anonymous giver nobody knows whether it is a person, or from where: they stand in a "
        "row of their own.",
    ),
    Words(
        "平台捐赠按平台扣费前的金额；退还与冲销减在其记账的期间；受托代理与未达成条件的不是收入。",
        "A platform's gifts are gross of its fee; what went back or was reversed is taken off "
        "where that is posted; what is another's, or depends on a condition, is no income.",
    ),
)


def build(source: Source, period: Period) -> Statement:
    """The gifts of a month or a year; Refused for a chart that keeps none."""
    span = Span.of(period)
    rows = rows_of(source)
    columns = {**rows.means, _TOTAL: _BOTH}
    lines = []
    for code, (label, _, _) in _ROWS.items():
        lines.append(_line(source, period, code, label, columns))
    lines.append(_line(source, period, *_ANONYMOUS, columns))
    if within(rows.plain, span):
        lines.append(_line(source, period, _PLAIN, _UNRECORDED, columns))
    lines.append(_line(source, period, _TOTAL, _BOTH, columns, style="total"))
    if within(rows.held, span):
        for code, label in _HELD.items():
            lines.append(_line(source, period, code, label, columns))
    notes: tuple[Words, ...] = _NOTES
    if not rows.accounts.donations:
        told = Words(
            "本科目表没有只记捐赠的收入科目：合计为逐笔登记的捐赠。",
            "No account of this chart holds donations alone: the total is of recorded gifts.",
        )
        notes = (*notes, told)
    statement = make_statement(
        source, span, period, NAME, TITLE,
        tuple(Column(key, label, primary=key == _TOTAL) for key, label in columns.items()),
        tuple(lines), notes=notes, label_column=Words("捐赠来源", "From whom"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for a row or column that is not there."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    rows, key = rows_of(source), column or _TOTAL
    labels = {code: label for code, (label, _, _) in _ROWS.items()}
    labels |= {_ANONYMOUS[0]: _ANONYMOUS[1], _PLAIN: _UNRECORDED, _TOTAL: _BOTH, **_HELD}
    columns = {**rows.means, _TOTAL: _BOTH}
    if line not in labels or key not in columns or (line == _PLAIN and key != _TOTAL):
        raise unknown_ref(ref)
    label = Words(f"{labels[line].zh}·{columns[key].zh}", f"{labels[line].en}, {columns[key].en}")
    return backing_of(ref, label, _of(rows, Span.of(period), line, key))


def _of(rows: GiftRows, span: Span, row: str, column: str) -> Sequence[PostedLine]:
    """The postings of a row and a column."""
    plain = within(rows.plain, span)
    if row == _PLAIN:
        return plain
    found = within(rows.held if row in _HELD else rows.receipts, span)
    if row in _HELD:
        found = [line for line in found if rows.gift(line).nature == row]
    elif row != _TOTAL:
        found = [line for line in found if _row_of(rows, line) == row]
    if column != _TOTAL:
        return [line for line in found if rows.came_in(line) == column]
    whole = [*found, *plain] if row == _TOTAL else found
    return sorted(whole, key=lambda line: (line.day, line.number))


def _row_of(rows: GiftRows, line: PostedLine) -> str:
    donor = rows.donors[rows.gift(line).donor]
    if donor.kind == ANONYMOUS:
        return _ANONYMOUS[0]
    return next(code for code, (_, *giver) in _ROWS.items() if giver == [donor.kind, donor.abroad])


def _line(
    source: Source, period: Period, code: str, label: Words, columns: dict[str, Words],
    style: str = "line",
) -> Line:  # fmt: skip
    rows, span = rows_of(source), Span.of(period)
    # Nobody said in what a donation came that no gift stands behind.
    keys = [key for key in columns if code != _PLAIN or key == _TOTAL]
    cells = tuple(
        worth(_of(rows, span, code, key)) if key in keys else None for key in columns
    )  # fmt: skip
    return Line(
        code, label, cells, ref=figure_ref(source.unit, NAME, period, code), style=style,
        refs=figure_refs(source.unit, NAME, period, code, keys, _TOTAL),
    )  # fmt: skip
