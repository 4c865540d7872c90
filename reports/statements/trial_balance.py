"""The trial balance: every account's opening, debits, credits and closing; parents hold children.

Balances are debit less credit: a credit balance is negative, so that a balanced book totals zero.
Where a unit keeps a budgetary half, it stands below the financial accounts with a total of its own,
and each of the two totals zero by itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ledger.account import BUDGETARY, account_code, account_label, is_budgetary, is_under
from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Words
from reports.statement import Backing, Column, Line, Statement
from reports.statements.figures import BOTH, CREDITS, DEBITS, Figure, Figures, Span, foreign_note
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.money import Money
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "trial-balance"
TITLE: Final = Words("科目余额表", "Trial balance")
TOTAL: Final = "total"
BUDGETARY_TOTAL: Final = "total-budgetary"
_TOTALS: Final = {
    TOTAL: Words("合计", "Total"),
    BUDGETARY_TOTAL: Words("预算会计合计", "Budgetary half, total"),
}
_HEADING: Final = Words("预算会计", "Budgetary half")
_LAST: Final = "closing"
_COLUMNS: Final = {
    "opening": Words("期初余额", "Opening"),
    "debit": Words("本期借方", "Debits"),
    "credit": Words("本期贷方", "Credits"),
    "closing": Words("期末余额", "Closing"),
}


def build(source: Source, period: Period) -> Statement:
    """Every account that holds or moved anything, by code, with a total that must be zero."""
    span = Span.of(period, quarters=True)
    figures = Figures(source)
    figures.expect(None, span.last)
    nodes = _nodes(figures)
    lines = _half(source, period, figures, nodes, TOTAL)
    if any(map(is_budgetary, nodes.values())):
        lines.append(Line("h-budgetary", _HEADING, (), style="heading"))
        lines += _half(source, period, figures, nodes, BUDGETARY_TOTAL)
    return make_statement(
        source,
        span,
        period,
        NAME,
        TITLE,
        tuple(Column(key, label, primary=key == _LAST) for key, label in _COLUMNS.items()),
        tuple(lines),
        label_column=Words("科目", "Account"),
        notes=(
            Words("贷方余额以负数表示。", "Credit balances are negative."),
            *foreign_note(figures),
        ),
        cells=figures.loaded,
    )


def _half(
    source: Source, period: Period, figures: Figures, nodes: dict[str, str], total: str
) -> list[Line]:
    """The lines of one half of the book, financial or budgetary, and its total."""
    span = Span.of(period, quarters=True)
    lines = []
    for code, node in nodes.items():
        if is_budgetary(node) != (total == BUDGETARY_TOTAL):
            continue
        cells = [figures.value(_figure(figures, span, node, key)) for key in _COLUMNS]
        if not any(cells):
            continue
        zh = account_label(node).rpartition("—")[2]
        known = figures.facts.get(node)
        en = known.name_en if known and known.name_en else zh
        level = node.count(":") - 1 - is_budgetary(node)
        lines.append(_line(source, period, code, Words(zh, en), cells, level))
    cells = [figures.value(_figure(figures, span, total, key)) for key in _COLUMNS]
    return [*lines, _line(source, period, total, _TOTALS[total], cells, 0, style="total")]


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for an account or column that does not exist."""
    span = Span.of(period, quarters=True)
    ref = figure_ref(source.unit, NAME, period, line, column)
    figures = Figures(source)
    nodes = _nodes(figures)
    if (line not in _TOTALS and line not in nodes) or (column or _LAST) not in _COLUMNS:
        raise unknown_ref(ref)
    node = line if line in _TOTALS else nodes[line]
    label = _TOTALS.get(line) or Words(account_label(node), node)
    return figures.backing(_figure(figures, span, node, column or _LAST), ref, label)


def _nodes(figures: Figures) -> dict[str, str]:
    """Accounts and their parents by code, in the order of codes; by name where codes clash."""
    names: dict[str, None] = {}
    for account in figures.accounts:
        parts = account.split(":")
        for depth in range(2, len(parts) + 1):
            names[":".join(parts[:depth])] = None
    names.pop(BUDGETARY, None)  # its total says what it would
    times = Counter(account_code(name) for name in names)
    by_code = {
        account_code(name) if times[account_code(name)] == 1 and account_code(name) else name: name
        for name in names
    }
    return dict(sorted(by_code.items()))


def _holds(node: str, account: str) -> bool:
    """Whether a line sums an account: it is below it, or of the half that a total is of."""
    if node in _TOTALS:
        return is_budgetary(account) == (node == BUDGETARY_TOTAL)
    return is_under(account, node)


def _figure(figures: Figures, span: Span, node: str, column: str) -> Figure:
    names = [name for name in figures.accounts if _holds(node, name)]
    sign = -1 if column == "credit" else 1
    at = {"opening": BEGIN, "closing": END}.get(column, MOVED)
    side = {"debit": DEBITS, "credit": CREDITS}.get(column, BOTH)
    return Figure(dict.fromkeys(names, sign), at, span, side=side)


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    cells: list[Money],
    level: int,
    style: str = "line",
) -> Line:
    refs = figure_refs(source.unit, NAME, period, code, _COLUMNS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, tuple(cells), ref=ref, level=level, style=style, refs=refs)
