"""The first page after signing in: the units that the user may read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template, request

from ledger.errors import LedgerError, Words
from ledger.layout import unit_folder
from ledger.unitfacts import units_of
from reports.web.access import current_user, desk, signed_in
from reports.web.funds import ALL, REMAINING, FundFigures
from reports.web.units import find_unit, model_of

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.money import Money

home_pages = Blueprint("home", __name__)
log = logging.getLogger("mingbai.web")

_PER_PAGE: Final = 50


@dataclass(frozen=True)
class Entry:
    """A line of the page; ``held`` is None while the unit's book cannot be read."""

    id: str
    name: Words
    held: Money | None = None
    last_month: str = ""


@home_pages.get("/", provide_automatic_options=False)
@signed_in
def home() -> str:
    """Names and codes are searched as typed; figures are read for one page of units only."""
    user = current_user()
    query = request.args.get("q", "").strip()[:60]
    open_units = [unit for unit in units_of(desk().folder) if user.may("browse", unit)]
    found = [entry for unit in open_units if (entry := _named(unit)) and _matches(entry, query)]
    pages = max(1, -(-len(found) // _PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    settings = desk().registry.settings
    return render_template(
        "home.html",
        federation=Words(settings.name, settings.name_en),
        units=[_with_figures(entry) for entry in shown],
        searchable=len(open_units) > _PER_PAGE or bool(query),
        q=query,
        page=page,
        pages=pages,
    )


def _named(unit: str) -> Entry | None:
    facts = find_unit(desk().folder, unit)
    return None if facts is None else Entry(unit, facts.name)


def _matches(entry: Entry, query: str) -> bool:
    folded = query.casefold()
    return any(folded in text.casefold() for text in (entry.id, *entry.name))


def _with_figures(entry: Entry) -> Entry:
    folder = desk().folder
    if not desk().may_show(entry.id):
        return entry
    try:
        held, last = _held(folder, entry.id, _signature(unit_folder(folder, entry.id)))
    except LedgerError as fault:
        log.warning("home: %s: %s", entry.id, ", ".join(f.rule for f in fault.findings))
        return entry
    return Entry(entry.id, entry.name, held, last)


@lru_cache(maxsize=1000)
def _held(folder: Path, unit: str, signature: object) -> tuple[Money, str]:
    """What all funds hold, and the month of the last voucher, while the files stay the same."""
    del signature
    model = model_of(folder, unit)
    figures = FundFigures(model)
    months = [cell.month for cell in model.cells()]
    last = str(max(months)) if months else ""
    return figures.figure(figures.last_year, ALL, REMAINING), last


def _signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What the files of a book look like from outside: it changes when one of them does."""
    return tuple(
        (path.name, stat.st_mtime_ns, stat.st_size)
        for path in sorted(folder.rglob("*.bean"))
        for stat in (path.stat(),)
    )
