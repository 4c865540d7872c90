"""基层所得比例: of what was paid down, the part that grass-roots units have in the end, over time.

Each month counts from January on, so that money which a unit in the middle passes on a month later
is not taken for its own; years before it are whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.consolidation.support import nets, reached
from ledger.errors import Words
from ledger.money import Money, percent_text
from ledger.period import Month
from reports.statement import TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref
from reports.statements.support import of_books, paid_line, supported_of

if TYPE_CHECKING:
    from ledger.consolidation.support import PaidDown, Reached
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "grass-roots-share"
TITLE: Final = Words("基层所得比例表", "Share of the grass roots")
_PARTS: Final = {
    "kept": Words("下级净得", "Kept by lower units"),
    "ground": Words("其中基层", "Of it at the grass roots"),
    "middle": Words("其中中间单位", "Of it by units in the middle"),
}
_LAST: Final = "kept"
NOTE: Final = Words(
    "净得 = 从上级得到的 − 向下级拨出的；转拨的钱只在最后得到的单位计一次。"
    "各月为年初至该月累计；以前年度为全年。以付款单位账簿中指明单位的补助下级为准。",
    "Kept is what a unit got from above less what it passed on: money that is passed on counts "
    "once, where it is in the end. Each month counts from January on; years before are whole. It "
    "goes by what the payers' books say and name a unit for.",
)


def build(source: Source, period: Period) -> Statement:
    """A line for each year before, and for each month of the period's year up to its end."""
    lines = tuple(_line(source, period, one) for one in series(source, period))
    columns = (
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        Column("share", Words("基层比例", "Grass-roots share"), kind=TEXT, share=0.8),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, lines, notes=(NOTE,),
        label_column=Words("年初至", "From January to"),
    )  # fmt: skip
    return of_books(source, statement)


def series(source: Source, period: Period) -> list[Reached]:
    """What reached units, year by year and month by month."""
    found = supported_of(source)
    return reached(_paid(source), found.ground, Month.of(period.last))


def _paid(source: Source) -> list[PaidDown]:
    found = supported_of(source).support
    return [*found.before, *found.paid]


def _line(source: Source, period: Period, one: Reached) -> Line:
    code = str(one.month)
    amounts = (Money(one.kept), Money(one.ground), Money(one.kept - one.ground))
    return Line(
        code, Words(code, code), (*amounts, percent_text(one.ground, one.kept) or None),
        ref=figure_ref(source.unit, NAME, period, code),
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _LAST),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What the units behind a figure got and passed on; Refused for any other line or column."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    months = {str(one.month): one.month for one in series(source, period)}
    if key not in _PARTS or line not in months:
        raise unknown_ref(ref)
    end, ground = months[line], supported_of(source).ground
    paid = [one for one in _paid(source) if one.day.year == end.year and one.month <= end]
    counted = {
        unit
        for unit, fen in nets(paid).items()
        if fen > 0 and (key == "kept" or (unit in ground) == (key == "ground"))
    }
    rows = [paid_line(source, one) for one in paid if one.payee in counted]
    rows += [paid_line(source, one, -1) for one in paid if one.payer in counted and one.payee]
    part = _PARTS[key]
    return Backing(
        ref, Words(f"{line}·{part.zh}", f"{line}, {part.en}"), None, tuple(rows),
        Money(sum(row.amount.fen for row in rows)),
    )  # fmt: skip
