"""``/desk/<unit>/months``: which months are closed, and the next one with its checklist.

Each item of the checklist leads to where it is settled. The month closed last is opened again by
two: one asks with a reason, another confirms.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request, url_for

from ledger import closing, reopening
from ledger.account import account_label
from ledger.checklist import checks
from ledger.checklist.balances import is_cash, proven
from ledger.checklist.items import STATE_WORDS
from ledger.checklist.papers import bare_vouchers
from ledger.errors import Finding, LedgerError, Refused
from ledger.period import Month
from ledger.registry import entries, month_states, reopenings, seals, waivers
from reports.web.access import (
    IN_UNIT,
    current_user,
    desk,
    holds,
    may_approve,
    may_browse,
    may_close,
)
from reports.web.work.frame import logins, page
from reports.web.work.remedies import remedies

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from ledger.checklist.items import Item
    from ledger.registry import Registry, User

months = Blueprint("work-months", __name__)


@months.get("/desk/<unit>/months", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return months_shown(unit)


def months_shown(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today, user = desk().registry, desk().clock().date(), current_user()
    with registry.read() as conn:
        states = month_states.all_months(conn, unit)
        last = month_states.last_closed(conn, unit)
        first = entries.first_entry_day(conn, unit)
        asked = reopenings.asked(conn, unit)
        sealed = {row.month: row for row in seals.of_unit(conn, unit)}
        known = waivers.of_unit(conn, unit)
        cash = [name for name in entries.accounts(conn, unit) if is_cash(name)]
    upcoming = Month.parse(last).next() if last else Month.of(first) if first else None
    balances: list[Any] = []
    items: list[Item] = []
    bare: list[str] = []
    if upcoming is not None:
        # The book itself is verified when the month is closed, not whenever a page is looked at.
        items = checks.looked_at(registry, unit, upcoming, today)
        with registry.read() as conn:
            bare = [one.number for one in bare_vouchers(conn, unit, upcoming)]
        balances = [
            (row.account, account_label(row.account), row.statement, row.book)
            for row in proven(registry, unit, upcoming)
        ]
    rights = frozenset(right for right in IN_UNIT if holds(user, right, unit))
    banks = [account for account, *_ in balances]
    return page(
        "work/months.html",
        unit,
        findings=findings,
        tab="months",
        sub="months",
        states=states[::-1],
        upcoming=upcoming,
        over=upcoming is not None and today >= upcoming.next().first,
        balances=balances,
        last=last,
        asked=asked,
        own=asked is not None and asked.maker == user.id,
        sealed=sealed,
        items=[(one, remedies(one, unit, upcoming, rights) if upcoming else ()) for one in items],
        bare=bare,
        banks=[(name, account_label(name)) for name in banks],
        counted=[(name, account_label(name)) for name in dict.fromkeys([*banks, *sorted(cash)])],
        open_waivers=[one for one in known if one.state != waivers.ENDED],
        ended=[one for one in known if one.state == waivers.ENDED][::-1],
        kinds=waivers.KIND_WORDS,
        waiver_states=waivers.STATE_WORDS,
        label=account_label,
        today=today,
        me=user.id,
        typed=request.form,
        state_words=STATE_WORDS,
        names=logins(),
    )


@months.post("/desk/<unit>/months")
@may_close
def close(unit: str) -> Response:
    """Close the month of the form; the checklist's findings if something speaks against it."""
    return _act(unit, "closed", closing.close_month)


@months.post("/desk/<unit>/months/reopen")
@may_close
def reopen(unit: str) -> Response:
    """Ask that the month of the form be opened again, with a reason."""
    reason = request.form.get("reason", "")
    return _act(unit, "reopen-asked", partial(reopening.ask, reason=reason))


@months.post("/desk/<unit>/months/confirm")
@may_approve
def confirm(unit: str) -> Response:
    """Another person opens the month again."""
    return _act(unit, "reopened", reopening.confirm)


@months.post("/desk/<unit>/months/withdraw")
@may_close
def withdraw(unit: str) -> Response:
    """What was asked is taken back."""
    return _act(unit, "reopen-withdrawn", reopening.withdraw)


@months.post("/desk/<unit>/months/decline")
@may_approve
def decline(unit: str) -> Response:
    """Who would confirm says no."""
    return _act(unit, "reopen-withdrawn", reopening.withdraw)


def _act(
    unit: str, done: str, act: Callable[[Registry, str, Month, User, datetime], object]
) -> Response:
    """Do something with the month of the form; the findings if it is refused."""
    try:
        month = Month.parse(request.form.get("month", "")[:7])
    except ValueError:
        return redirect(url_for("work-months.overview", unit=unit), 303)
    try:
        act(desk().registry, unit, month, current_user(), desk().clock())
    except (Refused, LedgerError) as refused:
        return months_shown(unit, refused.findings)
    return redirect(url_for("work-months.overview", unit=unit, done=f"{done} {month}"), 303)
