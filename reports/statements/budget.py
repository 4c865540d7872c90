"""Budget execution: what was planned, what revisions changed, what was posted, and the rate.

The columns are those of 工会经费收支决算公开. What the year's first version planned and what all
revisions together changed add up to the version in force; a line that a revision left out keeps its
place, with nothing planned any more. Planned figures open to the decision that they rest on, posted
ones to their vouchers. For a year the chart's own lines of what is carried forward stand around.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.budgets.standing import Compared
from ledger.budgets.typed import CONTROL_WORDS
from ledger.errors import Words
from ledger.money import Money, percent_text
from reports.statement import TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.forms import form_value
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "budget"
TITLE: Final = Words("预算执行情况表", "Budget execution")
_PARTS: Final = {
    "budget": Words("预算数", "Budget"),
    "adjusted": Words("调整数", "Adjusted"),
    "actual": Words("决算数", "Actual"),
    "left": Words("结余", "Left"),
}
_LAST: Final = "actual"
_SIDES: Final = (
    ("Income:", "income", Words("收入", "Income")),
    ("Expenses:", "spending", Words("支出", "Spending")),
)


#: The lines of the chart's income statement that say what was carried forward, and what is.
_CARRIED: Final = (("begin", "begin-net"), ("end", "end-net"))
_INCOME: Final = "income-statement"
#: Quarters have no column of their own; a reference to one opens what was posted in it.
QUARTERS: Final = ("q1", "q2", "q3", "q4")


def build(source: Source, period: Period) -> Statement:
    """Each line of the budget, with what was posted up to the period's end."""
    begin, end = ([*_carried(source, period, codes)] for codes in _CARRIED)
    lines: list[Line] = []
    for root, key, words in _SIDES:
        own = [row for row in source.budget if row.line.account.startswith(root)]
        if not own:
            continue
        lines.append(Line(f"h-{key}", words, (), style="heading"))
        lines += [
            _line(source, period, code_of(row), _label(source, row), [row], "line") for row in own
        ]
        total = Words(f"{words.zh}合计", f"{words.en}, total")
        lines.append(_line(source, period, key, total, own, "total"))
    notes = []
    lines = [*begin, *lines, *end] if lines else []
    if not lines:
        notes.append(Words("本年没有批准的预算。", "There is no approved budget of the year."))
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
            Column("percent", Words("完成%", "Done"), kind=TEXT, share=0.6),
            Column("control", Words("控制", "Control"), kind=TEXT, share=0.6),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("资金与科目", "Fund and account"),
    )  # fmt: skip


def _carried(source: Source, period: Period, codes: tuple[str, ...]) -> Iterable[Line]:
    """The line of the chart's income statement that has one of these codes, for a whole year."""
    form = source.chart.form(_INCOME)
    if form is None or not Span.of(period).is_year:
        return
    for code in codes:
        found, value = form.line(code), form_value(source, _INCOME, period, code)
        if found is not None and value is not None:
            ref = figure_ref(source.unit, _INCOME, period, code)
            cells = (None, None, value, None, None, None)
            yield Line(code, found.label, cells, ref=ref, style="subtotal")


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind what was posted, or the decision behind what was planned."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    rows = [row for row in source.budget if code_of(row) == line]
    for root, side, _ in _SIDES:
        if line == side:
            rows = [row for row in source.budget if row.line.account.startswith(root)]
    if not rows or key not in (*_PARTS, *QUARTERS):
        raise unknown_ref(ref)
    if key in QUARTERS:
        return _quarter(ref, rows, QUARTERS.index(key))
    planned, sign = {
        "budget": (sum(row.first for row in rows), 0),
        "adjusted": (sum(row.adjusted for row in rows), 0),
        "actual": (0, 1),
        "left": (sum(row.line.total for row in rows), -1),
    }[key]
    postings = _postings(rows, sign) if sign else ()
    closing = Money(planned + sum(one.amount.fen for one in postings))
    return Backing(
        ref, _PARTS[key], None if key == _LAST else Money(planned), postings, closing,
        opening_label=Words("批准的预算", "As approved"),
    )  # fmt: skip


def _postings(
    rows: Iterable[Compared], sign: int, quarter: int | None = None
) -> tuple[VoucherLine, ...]:
    return tuple(
        VoucherLine(
            one.number, one.day, one.narration, one.account, one.fund,
            Money(sign * row.line.sign * one.amount.fen), one.papers,
        )
        for row in rows
        for one in row.posted
        if quarter in (None, (one.day.month - 1) // 3)
    )  # fmt: skip


def _quarter(ref: str, rows: Iterable[Compared], quarter: int) -> Backing:
    """What was posted in one quarter."""
    postings = _postings(rows, 1, quarter)
    label = Words(f"第 {quarter + 1} 季度", f"Quarter {quarter + 1}")
    closing = Money(sum(one.amount.fen for one in postings))
    return Backing(ref, label, None, postings, closing)


def code_of(row: Compared) -> str:
    """A line's fund and account code: what a reference names it by."""
    return f"{row.line.fund}.{row.line.account.replace(':', '.')}"


def _label(source: Source, row: Compared) -> Words:
    """Fund and account; in English too where the chart has a name for it."""
    zh = f"{row.line.fund} {account_label(row.line.account)}"
    known = source.chart.by_code.get(account_code(row.line.account))
    return Words(zh, known.name.en if known is not None else "")


def _control(row: Compared) -> str:
    return "已取消" if row.dropped else CONTROL_WORDS[row.line.control].zh


def _line(
    source: Source, period: Period, code: str, label: Words, rows: Iterable[Compared], style: str
) -> Line:
    whole = list(rows)
    first = sum(row.first for row in whole)
    total = sum(row.line.total for row in whole)
    actual = sum(row.actual for row in whole)
    cells = (
        Money(first), Money(total - first), Money(actual), Money(total - actual),
        percent_text(actual, total), _control(whole[0]) if style == "line" else None,
    )  # fmt: skip
    refs = figure_refs(source.unit, NAME, period, code, _PARTS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, cells, ref=ref, style=style, refs=refs, level=int(style == "line"))
