"""``/statements/<unit>/``: every statement of a unit, on screen and as a file.

On screen each figure leads to its vouchers; the files are those of ``mingbai report``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ledger.chart import load_chart
from ledger.errors import Refused, Words
from ledger.money import Money
from ledger.period import Period
from ledger.registry import aid, assets, gifts, units
from ledger.seeing import demand_tree
from reports.dues_source import years_of_dues
from reports.sources import (
    OF_ASSETS,
    OF_DUES,
    OF_GIFT_FIGURES,
    OF_GIFTS,
    OF_REGISTRY,
    OF_TRANSFERS,
    OF_TREE,
    OPEN_ON_SCREEN,
    known_source,
)
from reports.statement import COUNT, MONEY, hours_text
from reports.statements import asset_history, catalogue, state_owned
from reports.statements.dues_use import PARTY
from reports.web.access import current_user, desk, may_browse
from reports.web.errors import trouble_page
from reports.web.listing import KINDS, download
from reports.web.shares import picture_of
from reports.web.units import find_unit, model_of

if TYPE_CHECKING:
    from reports.statement import Cell, Column, Line, Statement
    from reports.statements.source import Source

statements = Blueprint("statements", __name__)

_MOST_ROWS: Final = 2000
_OFFICIAL: Final = ("balance-sheet", "income-statement", "cash-flow", "budgetary-statement")


@statements.get("/statements/<unit>/", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> str | AnyResponse:
    """The names of the statements for a period; the last month with vouchers if none is chosen."""
    periods = _periods(unit)
    asked = request.args.get("period", "")
    name = request.args.get("name", "")
    if asked in periods and name in catalogue.STATEMENTS:
        return redirect(f"/statements/{unit}/{name}/{asked}", 303)
    return render_template(
        "statements.html",
        unit=unit,
        unit_name=_name(unit),
        period=asked if asked in periods else next(iter(periods), ""),
        periods=periods,
        names=_offered(unit),
        forms=list(KINDS),
    )


@statements.get("/statements/<unit>/<name>/<period>", provide_automatic_options=False)
@may_browse
def statement(unit: str, name: str, period: str) -> Response:
    """One statement on screen, or the same as a file where ``format`` asks for one."""
    if name not in catalogue.STATEMENTS:
        abort(404)
    try:
        whole = Period.parse(period)
    except ValueError:
        abort(404)
    form = request.args.get("format", "")
    if form and form not in KINDS:
        abort(404)
    source = _of_asset(_source(unit, name, whole), name)
    try:
        found = catalogue.build(name, source, whole)
    except Refused as fault:
        return trouble_page(404, findings=fault.findings)
    if form:
        return download(catalogue.with_annex(source, found) if form == "pdf" else found, form)
    given = {"asset": source.assets.only} if source.assets and source.assets.only else {}
    return make_response(
        render_template(
            "statement.html",
            unit=unit,
            unit_name=_name(unit),
            statement=found,
            rows=[_row(found, line) for line in found.lines[:_MOST_ROWS]],
            more=max(0, len(found.lines) - _MOST_ROWS),
            periods=_periods(unit),
            forms=list(KINDS),
            opens=_opens(name),
            picture=picture_of(found),
            given=given,
            history=f"/statements/{unit}/{asset_history.NAME}/{period}" if found.coded else "",
        )
    )


def _source(unit: str, name: str, period: Period) -> Source:
    if name in (*OF_TREE, *OF_TRANSFERS):
        demand_tree(desk().registry, unit, current_user())
    return known_source(desk().registry, unit, name, period)


def _of_asset(source: Source, name: str) -> Source:
    """The source with the one asset that ``asset`` asks for; 404 where there is none such."""
    code = request.args.get("asset", "")
    if name != asset_history.NAME or source.assets is None or not code:
        return source
    found = source.assets.of(code)
    if not (found.stands or found.moves):
        abort(404)
    return replace(source, assets=found)


def _opens(name: str) -> bool:
    """Whether the figures of a statement lead somewhere on screen."""
    return name not in OF_REGISTRY or name in OPEN_ON_SCREEN


def _name(unit: str) -> Words:
    facts = find_unit(desk().folder, unit)
    return facts.name if facts else Words(unit, unit)


def _offered(unit: str) -> dict[str, Words]:
    """Every statement, without the official forms and the quota that the unit's chart does not
    have, and without those of dues and gifts where there are none."""
    facts = find_unit(desk().folder, unit)
    chart = load_chart(facts.chart) if facts else None
    lacking = {*_OFFICIAL} - {form.id for form in chart.forms} if chart else {*_OFFICIAL}
    if chart is None or chart.quota is None:
        lacking.add("fiscal-quota")
    if not years_of_dues(desk().registry, unit):
        lacking |= {*OF_DUES} - ({"dues-use"} if facts and facts.chart == PARTY else set())
    with desk().registry.read() as conn:
        if not aid.any_of(conn, unit):
            lacking |= {"aid"}
        if not gifts.any_of(conn, unit):
            lacking |= {*OF_GIFTS, *OF_GIFT_FIGURES}
        if not assets.any_of(conn, unit):
            lacking |= {*OF_ASSETS}
    if chart is None or chart.id != state_owned.CHART:
        lacking.add(state_owned.NAME)
    below = _seen_below(unit)
    if below < 2:
        lacking |= {*OF_TREE}
    if not below:
        lacking |= {*OF_TRANSFERS}
    return {
        name: entry.title for name, entry in catalogue.STATEMENTS.items() if name not in lacking
    }


def _seen_below(unit: str) -> int:
    """How many units there are from this one downwards; none if the user may not browse all."""
    with desk().registry.read() as conn:
        rows = units.subtree(conn, unit)
    return len(rows) if all(current_user().may("browse", row.id) for row in rows) else 0


def _periods(unit: str) -> list[str]:
    """The months that have entries and their years, latest first."""
    model = model_of(desk().folder, unit)
    months = [cell.month for cell in model.cells()]
    model.close()
    years = {f"{month.year:04d}" for month in months}
    return sorted({str(month) for month in months}, reverse=True) + sorted(years, reverse=True)


def _row(found: Statement, line: Line) -> tuple[Line, list[tuple[Column, Cell, str]]]:
    """The line with the address of each of its figures."""
    cells = zip(found.columns, line.cells, strict=False)
    return line, [
        (
            column, hours_text(cell) if isinstance(cell, timedelta) else cell,
            _href(found, line, column, cell),
        )
        for column, cell in cells
    ]  # fmt: skip


def _href(found: Statement, line: Line, column: Column, cell: Cell) -> str:
    if not _opens(found.name):
        return ""
    if found.name == "journal" and line.style == "line":
        return f"/vouchers/{quote(line.ref)}" if column.key == "number" else ""
    ref = line.refs.get(column.key, line.ref)
    opens = column.kind == MONEY and isinstance(cell, Money) and ref.count("/") >= 3
    opens = opens or (column.kind == COUNT and column.key in line.refs)
    return f"/figures/{quote(ref)}" if opens else ""
