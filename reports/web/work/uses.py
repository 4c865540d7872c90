"""``/desk/<unit>/uses``: what bound funds may be spent on, and by which rule and article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.binding import bind
from ledger.bound_funds import bindings
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.registry import entries
from reports.web.access import current_user, desk, may_browse, may_close
from reports.web.work import typed
from reports.web.work.frame import fund_choices, page
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

uses = Blueprint("work-uses", __name__)

#: The rules that say what a fund may be spent on.
RULES: Final = {
    "party": Words("党费的使用", "uses of Party dues"),
    "league": Words("团费的使用", "uses of league dues"),
    "union-levy": Words("工会经费的使用", "uses of union funds"),
}


@uses.get("/desk/<unit>/uses", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    with desk().registry.read() as conn:
        found = bindings(conn, unit)
        names = {code: row.name for code, row in entries.funds(conn, unit).items()}
    return page(
        "work/uses.html",
        unit,
        findings=findings,
        tab="dues",
        sub="uses",
        bindings=found,
        names=names,
        rules=RULES,
        funds=fund_choices(unit),
        today=desk().clock().date().isoformat(),
        typed=request.form,
    )


@uses.post("/desk/<unit>/uses")
@may_close
def bind_fund(unit: str) -> Response:
    """Bind the fund of the form from a day on; what was spent otherwise since refuses it."""
    fund, rule = typed.fund(), typed.text("rule", 24)
    try:
        if not fund or rule not in RULES:
            raise Refused(bad_field("选择资金与规则", "choose a fund and a rule"))
        bind(desk().registry, unit, fund, rule, current_user(), desk().clock(), typed.day("since"))
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return redirect(url_for("work-uses.overview", unit=unit, done=f"bound {fund}"), 303)
