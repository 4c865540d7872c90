"""The statement of financial activities by fund: income and spending by the kind of limit.

Columns: unrestricted, restricted, endowment, total, and the year before. A fund stands in a column
by the limit it was declared with, whatever account its money is on. Unlike the statement of funds,
things count: what was brought forward, and the net movement, make what is carried forward.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.account import is_budgetary
from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Words
from ledger.period import Month
from reports.statement import ITEM, Backing, Cell, Column, Line, Statement
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.chart import ChartAccount
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "sofa"
TITLE: Final = Words("业务活动表（按资金限定）", "Statement of financial activities by fund")
#: The columns of one period, and the limits of the funds in each.
_LIMITS: Final[Mapping[str, tuple[Words, tuple[str, ...]]]] = {
    "unrestricted": (Words("非限定", "Unrestricted"), ("none", "designated")),
    "restricted": (Words("限定", "Restricted"), ("purpose", "time", "agency")),
    "endowment": (Words("留本", "Endowment"), ("endowment",)),
}
_TOTAL: Final = "total"
_INCOME, _SPENDING, _NET = "income", "spending", "net"
_TRANSFERS, _THINGS, _MOVEMENT = "transfers", "asset-fund", "movement"
_BROUGHT, _CARRIED = "brought", "carried"
_OWN: Final = {
    _INCOME: Words("收入合计", "Total income"),
    _SPENDING: Words("支出合计", "Total spending"),
    _NET: Words("收支净额", "Net income"),
    _TRANSFERS: Words("资金间转入转出与净资产调整", "Transfers between funds, and adjustments"),
    _THINGS: Words("资产基金变动", "Change of the asset fund"),
    _MOVEMENT: Words("净资产变动", "Net movement in funds"),
    _BROUGHT: Words("期初净资产", "Funds brought forward"),
    _CARRIED: Words("期末净资产", "Funds carried forward"),
}
_HOW: Final = (
    Words(
        "资金按设立时的限定分栏：未限定与自行指定用途为非限定，限定用途、限定期间与代管为限定，"
        "本金保留为留本。",
        "A fund stands in a column by the limit it was declared with; designated funds are "
        "unrestricted, money held for others is restricted.",
    ),
    Words(
        "期初净资产 + 净资产变动 = 期末净资产，含实物；资金之间的转移在合计栏相抵，"
        "合计栏所余为净资产调整。",
        "Brought forward + net movement = carried forward, things included; transfers between "
        "funds cancel out in the total, and what is left there are adjustments.",
    ),
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A column: its label, its window of time, and the funds in it; None for all of them."""

    label: Words
    span: Span
    among: frozenset[str] | None


def build(source: Source, period: Period) -> Statement:
    """The statement of a month or a year; Refused where the book strays from its chart."""
    span = Span.of(period, quarters=True)
    figures = Figures(source)
    figures.expect(None, span.last)
    figures.refuse_strangers()
    places = _places(source, span)
    lines = []
    for code, label, style in _rows(source, figures):
        signs, at = _formula(figures, code)
        cells = tuple(
            None if place is None else figures.value(_figure(place, signs, at))
            for place in places.values()
        )
        if style != "line" or any(cells):
            lines.append(_line(source, period, code, label, cells, places, style))
    columns = tuple(
        Column(key, place.label if place else _before(), primary=key == _TOTAL)
        for key, place in places.items()
    )
    opened = source.facts.opened
    none_before = (
        Words(
            f"账簿于 {opened} 建账，无上年数。",
            f"The book was opened on {opened}: there is no year before.",
        ),
    )
    return make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines),
        notes=(*_HOW, *(none_before if None in places.values() else ()), *foreign_note(figures)),
        label_column=ITEM, cells=figures.loaded,
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for a line or column that is not there."""
    span = Span.of(period, quarters=True)
    ref = figure_ref(source.unit, NAME, period, line, column)
    figures = Figures(source)
    place = _places(source, span).get(column or _TOTAL)
    row = next((row for row in _rows(source, figures) if row[0] == line), None)
    if row is None or place is None:
        raise unknown_ref(ref)
    signs, at = _formula(figures, line)
    label = Words(f"{row[1].zh}·{place.label.zh}", f"{row[1].en}, {place.label.en}")
    return figures.backing(_figure(place, signs, at), ref, label)


def _places(source: Source, span: Span) -> dict[str, _Place | None]:
    """The columns in order; None for the year before a book that was not there yet."""
    by_limit: dict[str, set[str]] = {key: set() for key in _LIMITS}
    for code, facts in source.model.funds().items():
        key = next(key for key, (_, limits) in _LIMITS.items() if facts.restriction in limits)
        by_limit[key].add(code)
    found: dict[str, _Place | None] = {
        key: _Place(words, span, frozenset(by_limit[key])) for key, (words, _) in _LIMITS.items()
    }
    found[_TOTAL] = _Place(Words("合计", "Total"), span, None)
    if not span.is_year:
        found["year"] = _Place(Words("本年累计", "Year to date"), span.year, None)
    elif span.year_before.last < Month.of(source.facts.opened):
        found["last-year"] = None
    else:
        found["last-year"] = _Place(_before(), span.year_before, None)
    return found


def _before() -> Words:
    return Words("上年合计", "Total, year before")


def _rows(source: Source, figures: Figures) -> Iterator[tuple[str, Words, str]]:
    """Every line with its label and style: the chart's accounts of first level, and the sums."""
    yield from _accounts(source, "Income")
    yield _INCOME, _OWN[_INCOME], "subtotal"
    yield from _accounts(source, "Expenses")
    for code in (_SPENDING, _NET):
        yield code, _OWN[code], "subtotal"
    yield _TRANSFERS, _OWN[_TRANSFERS], "line"
    if any(facts.capital and name.startswith("Equity:") for name, facts in figures.facts.items()):
        yield _THINGS, _OWN[_THINGS], "line"
    for code in (_MOVEMENT, _BROUGHT, _CARRIED):
        yield code, _OWN[code], "total" if code == _CARRIED else "subtotal"


def _accounts(source: Source, kind: str) -> Iterator[tuple[str, Words, str]]:
    def is_shown(account: ChartAccount) -> bool:
        return account.type == kind and not account.parent and not account.budgetary

    for account in filter(is_shown, source.chart.accounts):
        yield account.code, account.name, "line"


def _formula(figures: Figures, code: str) -> tuple[dict[str, int], str]:
    """The signed accounts of a line, and how it is measured."""
    if code not in _OWN:
        return figures.signs([(1, code)]), MOVED
    kinds = {
        _INCOME: {"Income": -1},
        _SPENDING: {"Expenses": 1},
        _NET: {"Income": -1, "Expenses": -1},
        _TRANSFERS: {"Equity": -1},
        _THINGS: {"Equity": -1},
        _MOVEMENT: {"Income": -1, "Expenses": -1, "Equity": -1},
    }.get(code, {"Assets": 1, "Liabilities": 1})
    signs = {}
    for name, facts in figures.facts.items():
        sign = kinds.get(name.partition(":")[0], 0)
        wanted = code not in (_TRANSFERS, _THINGS) or facts.capital == (code == _THINGS)
        if sign and wanted and not is_budgetary(name):
            signs[name] = sign
    return signs, {_BROUGHT: BEGIN, _CARRIED: END}.get(code, MOVED)


def _figure(place: _Place, signs: dict[str, int], at: str) -> Figure:
    return Figure(signs, at, place.span, operating=at == MOVED, among=place.among)


def _line(
    source: Source, period: Period, code: str, label: Words, cells: tuple[Cell, ...],
    places: Mapping[str, _Place | None], style: str,
) -> Line:  # fmt: skip
    refs = {
        key: figure_ref(source.unit, NAME, period, code, key)
        for key, place in places.items()
        if place is not None and key != _TOTAL
    }
    return Line(
        code, label, cells, ref=figure_ref(source.unit, NAME, period, code),
        style=style, refs=refs, level=int(style == "line"),
    )  # fmt: skip
