"""``/desk/<unit>/months``: which months are closed, and the next one to close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from ledger import closing
from ledger.account import account_label
from ledger.errors import Finding, LedgerError, Refused
from ledger.period import Month
from ledger.registry import entries
from reports.web.access import current_user, desk, may_browse, may_close
from reports.web.work.frame import logins, page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

months = Blueprint("work-months", __name__)


@months.get("/desk/<unit>/months", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    with registry.read() as conn:
        states = entries.months(conn, unit)
        last = entries.last_closed(conn, unit)
        first = entries.first_entry_day(conn, unit)
    upcoming = Month.parse(last).next() if last else Month.of(first) if first else None
    balances = []
    if upcoming is not None:
        balances = [
            (row.account, account_label(row.account), row.statement, row.book)
            for row in closing.proven(registry, unit, upcoming)
        ]
    return page(
        "work/months.html",
        unit,
        findings=findings,
        tab="months",
        states=states[::-1],
        upcoming=upcoming,
        over=upcoming is not None and desk().clock().date() >= upcoming.next().first,
        balances=balances,
        names=logins(),
    )


@months.post("/desk/<unit>/months")
@may_close
def close(unit: str) -> Response:
    """Close the month of the form; the checklist's findings if something speaks against it."""
    try:
        month = Month.parse(request.form.get("month", "")[:7])
    except ValueError:
        return redirect(url_for("work-months.overview", unit=unit), 303)
    try:
        closing.close_month(desk().registry, unit, month, current_user(), desk().clock())
    except (Refused, LedgerError) as refused:
        return _overview(unit, refused.findings)
    return redirect(url_for("work-months.overview", unit=unit, done=f"closed {month}"), 303)
