"""Lists of postings as statements, so that a list on a page can be taken home like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from flask import Response, make_response

from ledger.account import account_code, account_label
from ledger.errors import Words
from ledger.money import CNY, Money
from reports.render import FORMATS, render
from reports.statement import COUNT, DAY, REF, TEXT, Cell, Column, Line, Statement

if TYPE_CHECKING:
    from reports.statement import VoucherLine

#: What a browser is told of each form.
KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}

_PLACES: Final = (
    Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
    Column("number", Words("凭证号", "Voucher"), kind=REF, share=1.1),
    Column("narration", Words("摘要", "Narration"), kind=TEXT, share=2.0),
    Column("account", Words("科目", "Account"), kind=TEXT, share=2.0),
    Column("fund", Words("资金", "Fund"), kind=TEXT, share=0.5),
)


def figure_listing(
    unit: str,
    unit_name: Words,
    title: Words,
    period: str,
    postings: Sequence[VoucherLine],
    *,
    opening: Money | None,
    closing: Money | None,
    measured: str = "",
) -> Statement:
    """The postings behind a figure with their signs; the opening first, the figure last.

    ``measured`` is the figure where it is no money, as every line then has its own.
    """
    lines = []
    if opening is not None:
        lines.append(_sum("opening", Words("期初结存", "Opening"), opening, style="subtotal"))
    lines += [
        Line(
            line.number,
            Words(line.narration, line.narration),
            (*_cells(line), line.measured or line.amount),
            ref=f"{unit}/{line.number}",
        )
        for line in postings
    ]
    if closing is not None:
        lines.append(_sum("total", Words("合计", "Total"), measured or closing))
    counted = Column("counted", Words("数量", "Counted"), kind=COUNT)
    last = counted if measured else Column("amount", Words("金额", "Amount"), primary=True)
    columns = (*_PLACES, last)
    return _statement(unit, unit_name, "figure", title, period, columns, tuple(lines))


def found_listing(
    unit: str,
    unit_name: Words,
    period: str,
    asked: Sequence[tuple[Words, str]],
    postings: Sequence[VoucherLine],
) -> Statement:
    """What a search found, with debits and credits and their totals; ``asked`` is its terms."""
    lines = [
        Line(
            line.number,
            Words(line.narration, line.narration),
            (*_cells(line), *sides(line.amount)),
            ref=f"{unit}/{line.number}",
        )
        for line in postings
    ]
    debit, credit = totals(postings)
    lines.append(
        Line(
            "total",
            Words("合计", "Total"),
            (None, None, "合计 Total", None, None, debit, credit),
            style="total",
        )
    )
    columns = (
        *_PLACES,
        Column("debit", Words("借方", "Debit"), primary=True),
        Column("credit", Words("贷方", "Credit")),
    )
    title = Words("凭证查询", "Vouchers found")
    return _statement(unit, unit_name, "vouchers", title, period, columns, tuple(lines), asked)


def totals(postings: Sequence[VoucherLine]) -> tuple[Money, Money]:
    """Debits and credits in yuan; postings in other currencies are listed and not summed."""
    fen = [line.amount.fen for line in postings if line.amount.currency == CNY]
    return Money(sum(f for f in fen if f > 0)), Money(-sum(f for f in fen if f < 0))


def sides(amount: Money) -> tuple[Money | None, Money | None]:
    """Debit and credit; the other one is None."""
    return (amount, None) if amount.fen >= 0 else (None, -amount)


def download(statement: Statement, form: str) -> Response:
    """The statement as a file in one of :data:`KINDS`."""
    answer = make_response(render(statement, form))
    answer.headers["Content-Type"] = KINDS[form]
    parts: tuple[str, ...] = (
        statement.unit,
        statement.name,
        statement.period.replace("..", "-to-"),
    )
    if statement.name in ("figure", "vouchers"):
        parts = (*parts, hashlib.sha256(repr(statement.facts).encode()).hexdigest()[:6])
    name = "-".join(part for part in parts if part)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{FORMATS[form]}"'
    return answer


def _cells(line: VoucherLine) -> tuple[Cell, ...]:
    account = f"{account_code(line.account)} {account_label(line.account)}"
    return (line.day, line.number, line.narration, account, line.fund)


def _sum(code: str, label: Words, amount: Money | str, style: str = "total") -> Line:
    cells = (None, None, f"{label.zh} {label.en}", None, None, amount)
    return Line(code, label, cells, style=style)


def _statement(
    unit: str,
    unit_name: Words,
    name: str,
    title: Words,
    period: str,
    columns: tuple[Column, ...],
    lines: tuple[Line, ...],
    asked: Sequence[tuple[Words, str]] = (),
) -> Statement:
    facts = (
        (Words("单位", "Unit"), f"{unit_name.zh} {unit_name.en}"),
        (Words("期间", "Period"), period),
        *asked,
    )
    return Statement(
        name, title, unit, unit_name, period, columns, lines, facts=facts, label_column=None
    )
