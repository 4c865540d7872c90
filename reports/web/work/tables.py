"""A page's table as a statement, so that it can be taken home as XLSX, CSV or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort, request

from ledger.errors import Words
from reports.statement import Line, Statement
from reports.web.access import desk
from reports.web.listing import KINDS, download
from reports.web.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask import Response

    from reports.statement import Cell, Column

#: The files beside a table.
FORMS: Final = ("xlsx", "csv", "pdf")


def form_asked() -> str:
    """The kind of file that the address asks for; empty for the page itself."""
    form = request.args.get("format", "")
    if form and form not in KINDS:
        abort(404)
    return form


def unit_name(unit: str) -> Words:
    facts = find_unit(desk().folder, unit)
    return facts.name if facts else Words(unit, unit)


def table_file(
    unit: str,
    name: str,
    title: Words,
    day: date,
    columns: Sequence[Column],
    rows: Sequence[tuple[str, Words, tuple[Cell, ...]]],
    *,
    heads: Words,
    form: str,
    total: tuple[Cell, ...] | None = None,
) -> Response:
    """The rows as a file: each has a code, a label and its cells; ``total`` stands below them."""
    lines = [Line(code, label, cells) for code, label, cells in rows]
    if total is not None:
        lines.append(Line("", Words("合计", "Total"), total, style="total"))
    facts = ((Words("截至", "As of"), day.isoformat()),)
    statement = Statement(
        name, title, unit, unit_name(unit), f"{day:%Y-%m}", tuple(columns), tuple(lines),
        facts=facts, label_column=heads,
    )  # fmt: skip
    return download(statement, form)
