"""Statements whose lines the chart gives as a form: balance sheet and statement of income.

The columns follow the period: a month shows the year's beginning and the month's end, or the month
and the year to date; a year shows the year, beside its beginning or the year before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.chart import BALANCE, BEGIN, END, MOVED, Form, FormLine
from ledger.errors import Refused, Words, finding
from ledger.money import Money
from ledger.period import Month
from reports.statement import ITEM, Backing, Cell, Column, Line, Statement
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

_ALL: Final = ""
_UNRESTRICTED: Final = "unrestricted"
_RESTRICTED: Final = "restricted"
_PARTS: Final = {
    _UNRESTRICTED: Words("非限定性", "unrestricted"),
    _RESTRICTED: Words("限定性", "restricted"),
    _ALL: Words("合计", "total"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """One column: its key and label, and what its figures measure."""

    key: str
    label: Words
    span: Span
    begin: bool = False
    part: str = _ALL
    primary: bool = False


def build_form(source: Source, id: str, period: Period) -> Statement:
    """The statement ``id`` of the chart; Refused if the chart has none, or the book strays from it.

    Lines that the form shows only with a figure are left out where they have none.
    """
    form, span = form_of(source, id), Span.of(period, quarters=True)
    figures = Figures(source)
    places = _places(form, span)
    wanted = [line for line in form.lines if span.is_year or not line.show.startswith("year")]
    balances = any(line.at != MOVED for line in wanted)
    figures.expect(None if balances else min(p.span.first for p in places), span.last)
    figures.refuse_strangers()
    lines = []
    for line in wanted:
        cells: tuple[Cell, ...] = ()
        if line.style != "heading":
            cells = tuple(_cell(figures, form, line, place) for place in places)
        if _is_shown(line, span, any(cells)):
            lines.append(_line(source, form, line, cells, places, period))
    columns = tuple(Column(p.key, p.label, primary=p.primary) for p in places)
    return make_statement(
        source,
        span,
        period,
        form.id,
        form.title,
        columns,
        tuple(lines),
        form=form.number,
        notes=(*_notes(source, span), *foreign_note(figures)),
        label_column=ITEM,
        from_chart=True,
        cells=figures.loaded,
    )


def form_backing(source: Source, id: str, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure of a form; Refused for a line or column it does not have."""
    form, span = form_of(source, id), Span.of(period, quarters=True)
    ref = figure_ref(source.unit, id, period, line, column)
    places = _places(form, span)
    place = next((p for p in places if p.key == column or (not column and p.primary)), None)
    found = form.line(line)
    if place is None or found is None or found.style == "heading":
        raise unknown_ref(ref)
    figures = Figures(source)
    return figures.backing(_figure(figures, form, found, place), ref, found.label)


def form_value(source: Source, id: str, period: Period, line: str) -> Money | None:
    """One figure of a form in its first column, or None where the form or line is not there."""
    form, span = source.chart.form(id), Span.of(period, quarters=True)
    found = form.line(line) if form is not None else None
    if form is None or found is None:
        return None
    place = next(place for place in _places(form, span) if place.primary)
    cell = _cell(Figures(source), form, found, place)
    return cell if isinstance(cell, Money) else None


def form_of(source: Source, id: str) -> Form:
    """The chart's form of this id; Refused if it has none."""
    form = source.chart.form(id)
    if form is None:
        raise Refused(
            finding(
                "no-form",
                f"科目表 {source.chart.id} 没有报表 {id[:40]}",
                f"the chart {source.chart.id} has no statement {id[:40]}",
                f"可用的报表：{'、'.join(known.id for known in source.chart.forms)}",
                f"its statements are {', '.join(known.id for known in source.chart.forms)}",
            )
        )
    return form


def _places(form: Form, span: Span) -> list[_Place]:
    if form.kind == BALANCE:
        end = Words("年末余额", "End of year") if span.is_year else Words("期末余额", "End")
        return [
            _Place("begin", form.begin, span.year, begin=True),
            _Place("end", form.end or end, span, primary=True),
        ]
    if span.is_year:
        spans = [("year", Words("本年数", "This year"), span)]
        spans.append(("last-year", Words("上年数", "Last year"), span.year_before))
    else:
        spans = [(*span.own, span)]
        spans.append(("year", Words("本年累计数", "Year to date"), span.year))
    first = spans[0][0]
    if not form.split:
        return [_Place(k, label, its, primary=k == first) for k, label, its in spans]
    return [
        _Place(
            f"{key}-{part}" if part else key,
            Words(f"{label.zh}·{name.zh}", f"{label.en}, {name.en}"),
            its_span,
            part=part,
            primary=key == first and part == _ALL,
        )
        for key, label, its_span in spans
        for part, name in _PARTS.items()
    ]


def _cell(figures: Figures, form: Form, line: FormLine, place: _Place) -> Cell:
    """The figure, or nothing for a span that ended before the book was opened."""
    if place.span.last < Month.of(figures.source.facts.opened):
        return None
    return figures.value(_figure(figures, form, line, place))


def _figure(figures: Figures, form: Form, line: FormLine, place: _Place) -> Figure:
    signs = figures.signs(form.terms(line.code))
    if place.part != _ALL:
        wanted = place.part == _RESTRICTED
        signs = {k: sign for k, sign in signs.items() if (k in figures.restricted) == wanted}
    if place.begin or line.at == BEGIN:
        return Figure(signs, BEGIN, place.span.year)
    if line.at == END:
        return Figure(signs, END, place.span)
    return Figure(signs, MOVED, place.span, operating=True)


def _is_shown(line: FormLine, span: Span, has_figure: bool) -> bool:
    if line.show == "month":
        return has_figure or not span.is_year
    return has_figure or not line.show.endswith("nonzero")


def _line(
    source: Source,
    form: Form,
    line: FormLine,
    cells: tuple[Cell, ...],
    places: list[_Place],
    period: Period,
) -> Line:
    if line.style == "heading":
        return Line(line.code, line.label, (), level=line.level, style=line.style)
    return Line(
        line.code,
        line.label,
        cells,
        ref=figure_ref(source.unit, form.id, period, line.code),
        level=line.level,
        style=line.style,
        refs={
            place.key: figure_ref(source.unit, form.id, period, line.code, place.key)
            for place, cell in zip(places, cells, strict=True)
            if not place.primary and cell is not None
        },
    )


def _notes(source: Source, span: Span) -> tuple[Words, ...]:
    opened = source.facts.opened
    if opened.year != span.last.year:
        return ()
    return (
        Words(
            f"账簿于 {opened} 建账：年初余额为建账日余额，累计数自建账日起，无上年数。",
            f"The book was opened on {opened}: the year begins with that day's balances, "
            "and there are no figures of the year before.",
        ),
    )
