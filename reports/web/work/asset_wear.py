"""``/desk/<unit>/assets/depreciation``: what a month would charge by class; then just that."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.assets import accounts
from ledger.assets.charging import charges_due, waiting
from ledger.assets.depreciating import depreciate
from ledger.assets.standing import register_now
from ledger.assets.using import enter_use
from ledger.errors import Finding, LedgerError, Refused, finding
from ledger.period import Month
from ledger.registry import assets, month_states, units
from ledger.rules.assets import UNITS
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.asset_rows import charges_by_class
from reports.web.work import typed
from reports.web.work.assets import asset_shown
from reports.web.work.frame import page
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from ledger.assets.charging import Charge

wear_page = Blueprint("work-asset-wear", __name__)

_SHOWN: Final = 200


@wear_page.get("/desk/<unit>/assets/depreciation", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit, typed.month_of(request.args.get("month", ""), _next_month(unit)))


def _next_month(unit: str) -> Month:
    """The month after the last one that was closed, and none to come."""
    with desk().registry.read() as conn:
        last = month_states.last_closed(conn, unit)
        first = Month.of(units.find(conn, unit).opened)
    following = Month.parse(last).next() if last is not None else first
    return min(following, Month.of(desk().clock().date()))


def _overview(unit: str, month: Month, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today = desk().registry, desk().clock().date()
    with registry.read() as conn:
        keeps = accounts.known(units.find(conn, unit).chart) is not None
        due = charges_due(conn, unit, month) if keeps else []
        waits = waiting(conn, unit)
        uses = assets.uses(conn, unit)
    every = register_now(registry, unit, today)
    used = {code for code, of in uses.items() if any(one.month == str(month) for one in of)}
    return page(
        "work/asset_wear.html", unit, findings=findings, tab="assets", sub="depreciation",
        month=month, before=month.previous(), after=month.next(), keeps=keeps,
        classes=charges_by_class(due, every), due=due[:_SHOWN], count=len(due),
        names={one.row.code: one.row.name for one in every},
        total=sum(one.fen for one in due), seen=_digest(due), drafts=waits,
        to_come=month > Month.of(today),
        unused=[one for one in every if one.row.method == UNITS and one.cost_fen
                and one.row.code not in used],
    )  # fmt: skip


def _digest(due: Sequence[Charge]) -> str:
    """What a form says it was shown: which assets, and how much of each."""
    told = "\n".join(f"{one.row.code} {one.fen}" for one in due)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@wear_page.post("/desk/<unit>/assets/depreciation")
@may_record
def propose(unit: str) -> Response:
    """Propose the drafts of the month that was shown, unless something moved since."""
    month = Month.of(desk().clock().date())
    try:
        month = typed.month_typed()
        if month > Month.of(desk().clock().date()):
            raise Refused(bad_field(f"{month} 尚未到", f"{month} is to come"))
        with desk().registry.read() as conn:
            chart = accounts.known(units.find(conn, unit).chart)
            due = charges_due(conn, unit, month) if chart is not None else []
        if due and _digest(due) != request.form.get("seen", ""):
            raise Refused(_moved(month))
        done = depreciate(desk().registry, unit, month, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, month, tuple(fault.findings))
    told = f"depreciation {done.month} {len(done.drafts)}"
    place = url_for("work-asset-wear.overview", unit=unit, month=str(month), done=told)
    return redirect(place, 303)


def _moved(month: Month) -> Finding:
    return finding(
        "depreciation-moved", f"{month} 应计提的在打开页面之后又有变动",
        f"what {month} is to be charged with moved since the page was opened",
        "核对新的数字后再提交", "look at the new figures, then send it again",
    )  # fmt: skip


@wear_page.post("/desk/<unit>/assets/<code>/use")
@may_record
def use(unit: str, code: str) -> Response:
    """Enter how much an asset was used in a month."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    with registry.read() as conn:
        if assets.find(conn, unit, code) is None:
            abort(404)
        before = len(assets.uses(conn, unit, [code]).get(code, ()))
    try:
        month = typed.month_typed()
        text = typed.text("units", 13)
        number = typed.digits(text.removeprefix("-"), 12)
        if number is None:
            raise Refused(bad_field("工作量写作整数，如 1200 或 -30", "units: 1200 or -30"))
        if typed.text("after", 9) not in ("", str(before)):
            raise Refused(_entered_since())
        number = -number if text.startswith("-") else number
        enter_use(registry, unit, code, month, number, typed.text("note", 120), user, now)
    except LedgerError as fault:
        return asset_shown(unit, code, tuple(fault.findings))
    return redirect(url_for("work-assets.asset", unit=unit, code=code, done="asset-use"), 303)


def _entered_since() -> Finding:
    return finding(
        "sent-twice", "打开表单之后已登记过工作量",
        "its use was entered since this form was opened",
        "同一笔的不必再登记；另一笔的，再提交一次",
        "if it is the same it is entered; if it is more, send it again",
    )  # fmt: skip
