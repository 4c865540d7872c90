"""Income and spending of allocations (财政拨款收入支出): what was held, came, was spent, is left.

Columns: 年初结转, 预算, 到账, 支出 (基本, 项目), 上缴, 年末结转. In every row what is held at the
end is what was held at the beginning, and arrived, less what was spent and returned. Rows are
grouped by the account of income: money of public finance stands apart from that of upper units.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.errors import Words
from ledger.money import Money
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT
from ledger.registry.allocations import BASIC, PROJECT
from reports.statement import Backing, Column, Line, Statement, VoucherLine
from reports.statements import allocation_parts as parts
from reports.statements.allocation_parts import APPROVED, HELD
from reports.statements.arrivals import label_of, of_period
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.allocations.standing import Standing
    from ledger.period import Period
    from ledger.registry.allocation_moves import Move
    from reports.statements.source import Source

NAME: Final = "allocation-use"
TITLE: Final = Words("财政拨款收入支出情况", "Allocations: income and spending")
_OPENING, _BUDGET, _CLOSING = "opening", "budget", "closing"
_PARTS: Final = {
    _OPENING: Words("年初结转", "Held at the beginning"),
    _BUDGET: Words("预算", "Budget"),
    ARRIVED: Words("到账", "Arrived"),
    "basic": Words("基本支出", "Basic spending"),
    "project": Words("项目支出", "Project spending"),
    RETURNED: Words("上缴", "Returned"),
    _CLOSING: Words("年末结转", "Held at the end"),
}
_LAST: Final = _CLOSING
_ALL: Final = "all"


def build(source: Source, period: Period) -> Statement:
    """The period's year up to its end."""
    found = of_period(source, period)
    names = source.model.accounts()
    lines: list[Line] = []
    for account in sorted({one.row.account for one in found}):
        own = [one for one in found if one.row.account == account]
        code = account_code(account)
        label = Words(f"{code} {account_label(account)}", names[account].name_en)
        lines.append(Line(f"h-{code}", label, (), style="heading"))
        lines += [_line(source, period, one.row.code, label_of(one), [one]) for one in own]
        lines.append(_line(source, period, f"a{code}", Words("小计", "Subtotal"), own, "subtotal"))
    if found:
        lines.append(_line(source, period, _ALL, Words("合计", "Total"), found, "total"))
    notes = [parts.RULE]
    if not lines:
        notes = [Words("本年没有拨款。", "There is no allocation in the year.")]
    elif not (period.start.month == 1 and period.last.month == 12):
        notes.append(
            Words(
                f"年初结转为 {period.last.year} 年 1 月 1 日；其余各栏自年初累计至 {period.last}。",
                f"Held at the beginning of {period.last.year}; the rest is of the year up to "
                f"{period.last}.",
            )
        )
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        tuple(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        tuple(lines), notes=tuple(notes), label_column=Words("拨款", "Allocation"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind a figure; behind the budget the promises of the year."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    found = [
        one for one in of_period(source, period)
        if line in (_ALL, one.row.code, f"a{account_code(one.row.account)}")
    ]  # fmt: skip
    if not found or key not in _PARTS:
        raise unknown_ref(ref)
    lines: list[VoucherLine] = []
    for one in found:
        if key == _BUDGET:
            said = parts.code_line(one, APPROVED) if one.row.year == period.last.year else None
            lines += [] if said is None else [said]
        else:
            moves, kind = _moves(source, one, key, period.last.year)
            lines += parts.voucher_lines(source, moves, kind, one.row.fund)
    return Backing(
        ref, _PARTS[key], None, tuple(lines), Money(sum(part.amount.fen for part in lines))
    )


def _moves(source: Source, one: Standing, key: str, year: int) -> tuple[list[Move], str]:
    """The moves of a column, and which figure of them it is."""
    first = date(year, 1, 1)
    if key == _OPENING:
        return parts.moves_between(source, one.row.code, date.min, first), HELD
    if key == _CLOSING:
        return parts.moves_between(source, one.row.code, date.min, date.max), HELD
    own = parts.moves_between(source, one.row.code, first, date.max)
    if key in (BASIC, PROJECT):
        return (own if one.row.use == key else []), SPENT
    return own, key


def _fen(source: Source, one: Standing, key: str, year: int) -> int:
    if key == _BUDGET:
        return one.approved_fen if one.row.year == year else 0
    moves, kind = _moves(source, one, key, year)
    return parts.moved(moves, kind)


def _line(
    source: Source, period: Period, code: str, label: Words, found: Sequence[Standing],
    style: str = "line",
) -> Line:  # fmt: skip
    year = period.last.year
    cells = tuple(Money(sum(_fen(source, one, key, year) for one in found)) for key in _PARTS)
    refs = figure_refs(source.unit, NAME, period, code, _PARTS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, cells, ref=ref, style=style, refs=refs, level=int(style == "line"))
