"""Aid to persons: for everyone in cells of five, and as a register for who may see names.

Of a month the kinds are told, of a year its months. A person counts once for each kind in a month
(人次). What is told of a month never changes: it is drawn when the month is closed, and what is
taken back later stands in the month of its reversal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month
from reports.statement import COUNT, DAY, TEXT, Backing, Column, Line, Statement
from reports.statements.cells import Cell, Published, Share, published
from reports.statements.dues_public import refuse_open
from reports.statements.figures import Span
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.aid_rows import AidPaid, AidRows
    from reports.statements.source import Source

NAME: Final = "aid"
TITLE: Final = Words("帮扶救助情况（公开版）", "Aid to persons, public")
REGISTER: Final = Words("帮扶救助台账", "Register of aid")
TOTAL: Final = "all"
_WHEN: Final = Words(
    "帮扶救助情况结账以后才有；台账用 --audience register",
    "statement of aid is drawn when it is; --audience register draws the register",
)
_WITHHELD: Final = Words(
    "空格处不公开：少于五人的数，以及与本年各月已公开的数相比能算出少于五人的数，都不列出。",
    "What is blank is not told: sums over fewer than five persons, and sums from which, with those "
    "told of this year, such sums could be computed.",
)
_COUNTED: Final = Words(
    "一人在一月内每一类别计一人次；少于五人的类别与其他类别合并；冲销列在冲销当月。",
    "A person counts once for each kind in a month; kinds of fewer than five are taken together; "
    "what is taken back stands in the month of its reversal.",
)
_ONE: Final = Words(
    "只列合计：各类别不足五人或只有一类，合计即为全部。",
    "Only the total stands: the kinds have fewer than five, or there is one kind only.",
)


# ---- for everyone ------------------------------------------------------------------------------


def build(source: Source, period: Period) -> Statement:
    """The public statement: of a month by kinds, of a year by months.

    Refused while a month that was paid in is not closed.
    """
    rows = _rows(source)
    last = Month.of(period.last)
    if not Span.of(period).is_year and any(one.month == last for one in rows.paid):
        refuse_open(source.unit, rows.closed, last, _WHEN)
    lines = tuple(
        _line(source, period, code, words, cell) for code, words, cell in _cells(rows, period)
    )
    columns = (
        Column("persons", Words("人次", "Persons"), kind=COUNT, share=0.9),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    is_year = Span.of(period).is_year
    notes: tuple[Words, ...] = (_COUNTED, _WITHHELD)
    if lines and not is_year and len(lines) == 1:
        notes = (_ONE, *notes)
    if not lines:
        notes = (Words(f"{period} 没有已公开的帮扶。", f"No aid of {period} is told."),)
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, lines, notes=notes,
        label_column=Words("月份", "Month") if is_year else Words("类别", "Kind"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind a figure that is told; Refused for any other."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    rows = _rows(source)
    for code, words, cell in _cells(rows, period):
        if code == line and cell.paid is not None and column in ("", "amount"):
            month = Month.parse(code) if Span.of(period).is_year else Month.of(period.last)
            found = tuple(
                posted
                for kind, posted in rows.lines
                if Month.of(posted.day) == month and (not cell.rows or kind in cell.rows)
            )
            return Backing(ref, words, None, found, Money(cell.paid))
    raise unknown_ref(ref)


def shares(rows: AidRows) -> dict[Month, list[Share]]:
    """What each person got of each kind in each month, reversals taken off."""
    sums: dict[Month, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for one in rows.paid:
        sums[one.month][one.recipient, one.kind] += one.fen
    found = {
        month: [
            Share(recipient, kind, fen, fen) for (recipient, kind), fen in sorted(of.items()) if fen
        ]
        for month, of in sorted(sums.items())
    }
    return {month: of for month, of in found.items() if of}


def _told(rows: AidRows, month: Month) -> Published:
    """What is told of a month, which hangs on what was told of the year's months before it."""
    months = {at: of for at, of in shares(rows).items() if at <= month and at.year == month.year}
    if month not in months:
        return Published((), Cell((), None, None, None))
    return published(list(months.values()))


def _cells(rows: AidRows, period: Period) -> Iterator[tuple[str, Words, Cell]]:
    """The lines of a period: their codes, what they are called, and what is told."""
    paid = shares(rows)
    months = list(period.months())
    if len(months) > 1:
        for month in paid:
            if month in months and month in rows.closed:
                yield str(month), Words(str(month), str(month)), _told(rows, month).total
        return
    if months[0] not in paid:
        return
    told = _told(rows, months[0])
    for cell in told.cells:
        names = [rows.names.get(kind, Words(kind, kind)) for kind in cell.rows]
        words = Words("、".join(one.zh for one in names), "; ".join(one.en for one in names))
        yield "+".join(cell.rows), words, cell
    yield TOTAL, Words("合计", "Total"), told.total


def _line(source: Source, period: Period, code: str, words: Words, cell: Cell) -> Line:
    amount = None if cell.paid is None else Money(cell.paid)
    return Line(
        code, words, (cell.members, amount),
        ref=figure_ref(source.unit, NAME, period, code) if amount is not None else "",
        style="total" if code == TOTAL else "line",
    )  # fmt: skip


def _rows(source: Source) -> AidRows:
    if source.aid is None:
        raise ValueError("a statement of aid is built from the registry's payments")
    return source.aid


# ---- for who may see names ---------------------------------------------------------------------


def build_register(source: Source, period: Period) -> Statement:
    """Every payment of the period with whom it went to. Who called it logged the reading."""
    rows = _rows(source)
    inside = [one for one in rows.paid if period.start <= one.day <= period.last]
    lines = [_registered(rows, one) for one in inside]
    if lines:
        whole = Money(sum(one.fen for one in inside))
        count = len({one.code for one in inside})
        cells = (None, "", "", "", whole, "")
        lines.append(
            Line(TOTAL, Words(f"合计 {count} 笔", f"Total of {count}"), cells, style="total")
        )
    columns = (
        Column("day", Words("日期", "Day"), kind=DAY, share=0.9),
        Column("kind", Words("类别", "Kind"), kind=TEXT, share=1.2),
        Column("name", Words("受助人", "Recipient"), kind=TEXT, share=1.0),
        Column("account", Words("收款账号", "Payee account"), kind=TEXT, share=1.5),
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("voucher", Words("凭证", "Voucher"), kind=TEXT, share=1.2),
    )
    notes: tuple[Words, ...] = (
        Words("含姓名，只给登记人与审核人，不得外传。", "With names: for makers and checkers."),
    )  # fmt: skip
    if not lines:
        notes = (*notes, Words(f"{period} 没有发放。", f"Nothing was paid in {period}."))
    statement = make_statement(
        source, Span.of(period), period, NAME, REGISTER, columns, tuple(lines), notes=notes,
        label_column=Words("编号", "Code"),
    )  # fmt: skip
    return for_audience(statement, Words("经办人员（含姓名）", "those in charge, with names"))


def _registered(rows: AidRows, one: AidPaid) -> Line:
    word = one.reason or one.kind
    kind = rows.names.get(word, Words(word, word))
    who = rows.people.get(one.code)
    name = "" if who is None else " ".join(part for part in (who.number, who.name) if part)
    cells = (one.day, kind.zh, name, "" if who is None else who.account, Money(one.fen), one.number)
    return Line(one.code, Words(one.code, one.code), cells, ref=one.number)
