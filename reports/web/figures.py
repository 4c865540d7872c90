"""``/figures/<unit>/<reference>``: the vouchers behind one figure.

References are those of the statements, ``<statement>/<period>/<line>[/<column>]``. The funds page
asks for ``funds/<months>/<fund>/<part>``, where the months may be any span.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, render_template, request

from ledger.account import account_label
from ledger.errors import CannotRun, NotAllowed, Refused, Words
from ledger.period import Period
from ledger.seeing import demand_tree
from reports import asset_figures, gift_figures
from reports.dues_source import unit_dues
from reports.sources import OF_TRANSFERS, OF_TREE, OPEN_ON_SCREEN, book_source, known_source
from reports.statements import catalogue
from reports.statements.dues_rows import rule_words
from reports.web.access import current_user, desk, may_browse
from reports.web.dues import DuesFigures
from reports.web.funds import ALL, OPENING, FundFigures, Months
from reports.web.listing import download, figure_listing
from reports.web.units import find_unit, model_of

if TYPE_CHECKING:
    from datetime import date

    from ledger.money import Money
    from reports.statement import Backing, VoucherLine
    from reports.statements.source import Source

figures = Blueprint("figures", __name__)

_PER_PAGE: Final = 200
_LONGEST: Final = 240  # months
_VOUCHER = re.compile(r"(收|付|转)-[0-9]{6}-[0-9]+")
FORMS: Final = ("xlsx", "csv")


@dataclass(frozen=True)
class Row:
    number: str
    day: date
    narration: str
    label: str
    fund: str
    amount: Money
    href: str  # a voucher or another figure; a code stands for itself, with its papers
    papers: tuple[str, ...] = ()
    measured: str = ""


@figures.get("/figures/<unit>/<path:ref>", provide_automatic_options=False)
@may_browse
def figure(unit: str, ref: str) -> Response:
    parts = ref.split("/")
    if len(parts) == 4 and parts[0] == "funds":
        return _of_funds(unit, ref, *parts[1:])
    if len(parts) == 4 and parts[0] == "dues":
        return _of_dues(unit, ref, *parts[1:])
    if len(parts) == 4 and parts[0] == gift_figures.NAME:
        return _of_gifts(unit, ref, *parts[1:])
    if len(parts) == 4 and parts[0] == asset_figures.NAME:
        return _of_assets(unit, ref, *parts[1:])
    return _of_statement(unit, ref)


def _of_statement(unit: str, ref: str) -> Response:
    """A figure of any statement that the book gives, alone or with the registry's dues."""
    name, period = [*ref.split("/"), ""][:2]
    try:
        source = _source(unit, name, period)
        backing = catalogue.backing(source, f"{unit}/{ref}")
    except NotAllowed:
        raise
    except Refused:
        abort(404)
    return _page(unit, ref, backing.label, period, backing, "")


def _source(unit: str, name: str, period: str) -> Source:
    if name not in OPEN_ON_SCREEN:
        return book_source(desk().folder, unit)
    if name in (*OF_TREE, *OF_TRANSFERS):
        demand_tree(desk().registry, unit, current_user())
    try:
        return known_source(desk().registry, unit, name, Period.parse(period))
    except ValueError:
        abort(404)


def _of_dues(unit: str, ref: str, period: str, line: str, part: str) -> Response:
    """A figure of the dues page: what was claimed, or the vouchers that paid it."""
    rule, _, month = line.partition(".")
    try:
        months = Months.parse(period)
        if len(list(months)) > _LONGEST:
            abort(404)
        rows = unit_dues(desk().registry, unit, months.first, months.last)
        source = book_source(desk().folder, unit)
        found = DuesFigures(rows, months).backing(rule, month, part, source)
    except (ValueError, KeyError):
        abort(404)
    name = rule_words("" if rule == "list" else rule)
    heading = Words(f"{name.zh} · {found.label.zh}", f"{name.en} · {found.label.en}")
    return _page(unit, ref, heading, period if month == "all" else month, found, "")


def _of_gifts(unit: str, ref: str, on: str, code: str, part: str) -> Response:
    """What became of a campaign's gifts, of one gift, or of all of them, as of a day."""
    try:
        found = gift_figures.backing(desk().registry, unit, on, code, part)
    except (Refused, CannotRun):
        abort(404)
    return _page(unit, ref, found.label, on, found, "")


def _of_assets(unit: str, ref: str, on: str, code: str, part: str) -> Response:
    """What vouchers did to one asset, to those of a class, or to all, as of a day."""
    try:
        found = asset_figures.backing(desk().registry, unit, on, code, part)
    except NotAllowed:
        raise
    except Refused:
        abort(404)
    return _page(unit, ref, found.label, on, found, "")


def _of_funds(unit: str, ref: str, period: str, fund: str, part: str) -> Response:
    try:
        months = Months.parse(period)
    except ValueError:
        abort(404)
    funds = FundFigures(model_of(desk().folder, unit))
    try:
        backing = funds.backing(months, fund, part)
    except KeyError:
        abort(404)
    name = funds.names.get(fund, Words("全部资金", "All funds"))
    heading = Words(f"{name.zh} · {backing.label.zh}", f"{name.en} · {backing.label.en}")
    opening = f"/figures/{unit}/funds/{months}/{fund if fund != ALL else ALL}/{OPENING}"
    return _page(unit, ref, heading, str(months), backing, opening)


def _page(
    unit: str, ref: str, heading: Words, period: str, backing: Backing, opening_href: str
) -> Response:
    facts = find_unit(desk().folder, unit)
    unit_name = facts.name if facts else Words(unit, unit)
    form = request.args.get("format", "")
    if form:
        if form not in FORMS:
            abort(404)
        listing = figure_listing(
            unit, unit_name, heading, period, backing.postings,
            opening=backing.opening, closing=backing.closing, measured=backing.measured,
        )  # fmt: skip
        return download(listing, form)
    count = len(backing.postings)
    pages = max(1, -(-count // _PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    lines = backing.postings[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    page_text = render_template(
        "figure.html",
        unit=unit,
        unit_name=unit_name,
        forms=FORMS,
        ref=f"{unit}/{ref}",
        heading=heading,
        period=period,
        backing=backing,
        opening_href=opening_href,
        count=count,
        lines=[_row(unit, line) for line in lines],
        page=page,
        pages=pages,
    )
    return make_response(page_text)


def _row(unit: str, line: VoucherLine) -> Row:
    href = ""  # a code, or a document's number, stands for itself
    if _VOUCHER.fullmatch(line.number):
        href = f"/vouchers/{unit}/{quote(line.number)}"
    elif _VOUCHER.fullmatch(line.number.partition("/")[2]):  # of another unit
        href = f"/vouchers/{quote(line.number)}"
    elif line.number.count("/") > 1:
        href = f"/figures/{quote(line.number)}"
    # A voucher's papers stand on its own page.
    papers = () if href else tuple(paper.removeprefix("sha256:") for paper in line.papers)
    return Row(
        line.number, line.day, line.narration, account_label(line.account), line.fund,
        line.amount, href, papers, line.measured,
    )  # fmt: skip
