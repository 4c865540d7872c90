"""``/desk/<unit>/lists``: payroll lists, whose one deposit settles many; empty sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, make_response, request

from importers import payroll
from importers.template_sheet import template_xlsx
from importers.templates import TEMPLATES
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, finding
from ledger.money import Money
from ledger.registry import claims
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.papers import KINDS
from reports.web.work.frame import LARGEST_FORM, page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

lists = Blueprint("work-lists", __name__)


@dataclass(frozen=True)
class List:
    """A list that was entered: what its payment has to be, and how far it has come."""

    code: str
    month: str
    members: int
    amount: Money
    states: frozenset[str]


@lists.get("/desk/<unit>/lists", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), entered: payroll.ListEntered | None = None
) -> Response:
    return page(
        "work/lists.html",
        unit,
        findings=findings,
        tab="lists",
        entered=entered,
        lists=_entered(unit),
        sheets=TEMPLATES,
    )


def _entered(unit: str) -> list[List]:
    """The unit's lists, latest month first."""
    rows: dict[str, list[claims.ClaimRow]] = {}
    with desk().registry.read() as conn:
        for state in (claims.OPEN, claims.DRAFTED, claims.PAID):
            for row in claims.in_state(conn, unit, state):
                if row.list_code:
                    rows.setdefault(row.list_code, []).append(row)
    found = [
        List(
            code,
            max(row.month for row in of_list),
            len(of_list),
            Money(sum(row.fen for row in of_list)),
            frozenset(row.state for row in of_list),
        )
        for code, of_list in rows.items()
    ]
    return sorted(found, key=lambda one: (one.month, one.code), reverse=True)


@lists.post("/desk/<unit>/lists")
@may_record
@accepts(LARGEST_FORM)
def enter(unit: str) -> Response:
    """Enter the list of the form; every row that is wrong is told, and then nothing is entered."""
    file = request.files.get("file")
    name = (
        safe_text((file.filename or "").replace("\\", "/").rsplit("/", 1)[-1], 120) if file else ""
    )
    if file is None or not name:
        none = finding(
            "no-file", "没有选择文件", "no file was chosen",
            "选择代扣清单后再登记", "choose a payroll list",
        )  # fmt: skip
        return _overview(unit, (none,))
    try:
        done = payroll.enter_list(
            desk().registry, unit, file.read(), name, current_user(), desk().clock()
        )
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _overview(unit, entered=done)


@lists.get("/desk/<unit>/sheets/<name>.xlsx", provide_automatic_options=False)
@may_browse
def sheet(unit: str, name: str) -> Response:
    """An empty sheet of our own, to be filled in and imported."""
    if name not in TEMPLATES:
        abort(404)
    answer = make_response(template_xlsx(TEMPLATES[name]))
    answer.headers["Content-Type"] = KINDS[".xlsx"]
    answer.headers["Content-Disposition"] = f'attachment; filename="{unit}-{name}.xlsx"'
    return answer
