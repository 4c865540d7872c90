"""The statement of funds: what each fund had, received, spent and still has.

A fund's resources are its postings on assets and liabilities that are not tied up in things. As a
book balances by fund, in every row: opening + income - spent + transfers = remaining. Transfers are
everything else: between funds, and things bought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import is_budgetary
from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Words
from reports.statement import TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.model import FundFacts
    from ledger.money import Money
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "funds"
TITLE: Final = Words("资金情况表", "Statement of funds")
#: The line of all funds together.
ALL: Final = "all"

_RESTRICTIONS: Final = {
    "none": Words("未限定", "Unrestricted"),
    "designated": Words("自行指定用途", "Designated"),
    "purpose": Words("限定用途", "For a purpose"),
    "time": Words("限定期间", "For a time"),
    "endowment": Words("本金保留", "Endowment"),
    "agency": Words("代管款项", "Held for others"),
}
_PARTS: Final = {
    "opening": Words("期初结存", "Opening"),
    "in": Words("收入", "In"),
    "out": Words("支出", "Out"),
    "transfers": Words("转入转出", "Transfers"),
    "remaining": Words("期末结存", "Remaining"),
}
_LAST: Final = "remaining"


def build(source: Source, period: Period) -> Statement:
    """Every fund that was open in the period or has a figure in it, and their total."""
    span = Span.of(period, quarters=True)
    figures = Figures(source)
    figures.expect(None, span.last)
    lines = []
    for code, facts in sorted(source.model.funds().items()):
        cells = _cells(figures, span, code)
        if any(cells) or _is_open(facts, span):
            label = Words(facts.name, facts.name_en or facts.name)
            kind = _RESTRICTIONS[facts.restriction]
            lines.append(_line(source, period, code, label, f"{kind.zh} {kind.en}", cells))
    total = _cells(figures, span, None)
    lines.append(_line(source, period, ALL, Words("合计", "Total"), "", total, style="total"))
    columns = (
        Column("restriction", Words("限定", "Restriction"), kind=TEXT, share=1.4),
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
    )
    return make_statement(
        source,
        span,
        period,
        NAME,
        TITLE,
        columns,
        tuple(lines),
        label_column=Words("资金", "Fund"),
        notes=(
            Words(
                "期初结存 + 收入 - 支出 + 转入转出 = 期末结存；不含占用在实物上的资产。",
                "Opening + in - out + transfers = remaining; things are left out.",
            ),
            *foreign_note(figures),
        ),
        cells=figures.loaded,
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for a fund or column that does not exist."""
    span = Span.of(period, quarters=True)
    ref = figure_ref(source.unit, NAME, period, line, column)
    funds = source.model.funds()
    if (line != ALL and line not in funds) or (column or _LAST) not in _PARTS:
        raise unknown_ref(ref)
    figures = Figures(source)
    name = Words("全部资金", "All funds")
    if line != ALL:
        name = Words(funds[line].name, funds[line].name_en or funds[line].name)
    part = _PARTS[column or _LAST]
    figure = _figure(figures, span, None if line == ALL else line, column or _LAST)
    return figures.backing(figure, ref, Words(f"{name.zh}·{part.zh}", f"{name.en}, {part.en}"))


def _figure(figures: Figures, span: Span, fund: str | None, part: str) -> Figure:
    sides: dict[str, dict[str, int]] = {"in": {}, "out": {}, "transfers": {}, "resources": {}}
    for name, account in figures.facts.items():
        if is_budgetary(name):
            continue  # it says the same money once more
        if name.startswith("Income:"):
            sides["in"][name] = -1
        elif name.startswith("Expenses:"):
            sides["out"][name] = 1
        elif name.startswith("Equity:") or account.capital:
            sides["transfers"][name] = -1
        else:
            sides["resources"][name] = 1
    if part == "opening":
        return Figure(sides["resources"], BEGIN, span, fund)
    if part == "remaining":
        return Figure(sides["resources"], END, span, fund)
    return Figure(sides[part], MOVED, span, fund, operating=True)


def _cells(figures: Figures, span: Span, fund: str | None) -> tuple[Money, ...]:
    return tuple(figures.value(_figure(figures, span, fund, part)) for part in _PARTS)


def _is_open(facts: FundFacts, span: Span) -> bool:
    still = facts.closed is None or facts.closed >= span.first.first
    return still and facts.opened < span.last.next().first


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    restriction: str,
    cells: tuple[Money, ...],
    style: str = "line",
) -> Line:
    return Line(
        code,
        label,
        (restriction, *cells),
        ref=figure_ref(source.unit, NAME, period, code),
        style=style,
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _LAST),
    )
