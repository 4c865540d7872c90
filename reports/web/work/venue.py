"""``/desk/<unit>/venues/<code>``: one venue, its week, and everything that is entered of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.errors import CannotRun, Finding, LedgerError, Words
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.registry import counterparties, venue_days, venues
from ledger.registry.venues import KIND_WORDS, OWNER_WORDS, STATE_WORDS, VERSION_WORDS
from ledger.venues import booking as booking_
from ledger.venues import opening, registering, sharing, using
from ledger.venues.calendar import Span, clock
from ledger.venues.standing import standing
from reports.web.access import current_user, desk, may_approve, may_browse, may_record
from reports.web.work import typed, venue_forms
from reports.web.work.doing import do
from reports.web.work.frame import page
from reports.web.work.members import bad_field
from reports.web.work.venue_week import drawn, monday

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

    from ledger.registry.venues import VersionRow
    from ledger.venues.dividing import Share
    from ledger.venues.standing import Standing

venue_page = Blueprint("work-venue", __name__)

WEEKDAYS: Final = (
    Words("周一", "Mon"), Words("周二", "Tue"), Words("周三", "Wed"), Words("周四", "Thu"),
    Words("周五", "Fri"), Words("周六", "Sat"), Words("周日", "Sun"),
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A version that waits, in words; ``mine`` if who looks at it entered it."""

    row: VersionRow
    said: tuple[str, ...]
    mine: bool


@venue_page.get("/desk/<unit>/venues/<code>", provide_automatic_options=False)
@may_browse
def venue(unit: str, code: str) -> Response:
    return _venue(unit, code)


def _venue(unit: str, code: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today = desk().registry, desk().clock().date()
    try:
        one = standing(registry, unit, code, Period.parse(f"{today.year:04d}"))
    except CannotRun:
        abort(404)
    first = _week(today)
    until = first + timedelta(days=7)
    with registry.read() as conn:
        bookings = venue_days.bookings(conn, unit, code, since=first, until=until)
        log = venue_days.uses(conn, unit, code, since=first, until=until)
        due = venue_days.bookings(
            conn, unit, code, until=today + timedelta(days=1), states=(venue_days.CONFIRMED,)
        )
        waits = [_waiting(conn, unit, each, one.names) for each in one.waits]
        closed = venues.closed_days(conn, unit, code)
        known = counterparties.names(conn, unit)
    stand = {(row.year, row.number) for row in venue_days.standing(log)}
    cost = _cost(unit, code)
    return page(
        "work/venue.html", unit, findings=(*findings, *cost[1]), tab="venues", one=one,
        week=first, before=first - timedelta(days=7), later=until, today=today,
        month=Month.of(today), picture=drawn(one.calendar, first, bookings, log),
        bookings=bookings, log=log, stand=stand, due=due, waits=waits,
        closed=[row for row in closed if row.day >= first], known=known, shares=cost[0],
        kinds=KIND_WORDS, owners=OWNER_WORDS, states=STATE_WORDS, versions=VERSION_WORDS,
        booking_states=venue_days.STATE_WORDS, audiences=venue_days.AUDIENCE_WORDS,
        weekdays=WEEKDAYS, spans=_spans(one, today), clock=clock, span=Span,
        parties=venue_forms.PARTIES, typed=request.form, asked=request.args,
    )  # fmt: skip


def _week(today: date) -> date:
    """The Monday of the week that the address asks for, else of this one."""
    try:
        found = date.fromisoformat(request.values.get("week", "")[:10])
    except ValueError:
        found = today
    return monday(found if 2000 <= found.year <= 2900 else today)


def _spans(one: Standing, today: date) -> list[str]:
    """The hours in force in a week, as they are typed, by weekday."""
    first = monday(today)
    days = [first + timedelta(days=n) for n in range(7)]
    return [",".join(span.text for span in one.calendar.usual(day)) for day in days]


def _waiting(
    conn: Connection, unit: str, row: VersionRow, names: dict[str, str]
) -> Waiting:  # fmt: skip
    said: list[str] = []
    at = row.code, row.version
    if row.kind == venues.FACTS:
        facts = venues.facts(conn, unit)[at]
        said = [
            f"{facts.name} {facts.name_en}".strip(), KIND_WORDS[facts.kind].zh, facts.place,
            f"{Money(facts.area).text} m²", f"容纳 holds {facts.capacity}",
            f"{OWNER_WORDS[facts.owner].zh} {facts.owner_unit or ''}{facts.asset or ''}".strip(),
            f"公益 public benefit：{facts.basis}" if facts.public_benefit else "不具公益属性",
        ]  # fmt: skip
    elif row.kind == venues.HOURS:
        said = [
            f"{WEEKDAYS[one.weekday - 1].zh} {Span(one.opens, one.closes).text}"
            for one in venues.hours(conn, unit).get(at, ())
        ]
    elif row.kind == venues.KEY:
        said = [
            f"{names.get(one.party, one.party)} {one.share}"
            for one in venues.keys(conn, unit).get(at, ())
        ]
    return Waiting(row, tuple(said), row.maker == current_user().id)


def _cost(unit: str, code: str) -> tuple[list[Share], tuple[Finding, ...]]:
    """How the cost of the address divides by the key; with what is wrong with it."""
    text = request.args.get("cost", "")[:20].replace("，", ",").strip()
    if not text:
        return [], ()
    try:
        cost, period = yuan(text), Period.parse(request.args.get("period", "")[:10])
        if cost.fen <= 0:
            raise ValueError("a cost is above zero")
    except ValueError:
        return [], (
            bad_field("费用写作 1,234.50，期间写作 2026-03 或 2026",
                      "a cost is written 1,234.50, a period 2026-03 or 2026"),
        )  # fmt: skip
    try:
        return sharing.divide(desk().registry, unit, code, cost, period, current_user()), ()
    except LedgerError as fault:
        return [], fault.findings


# ---- forms -------------------------------------------------------------------------------------


@venue_page.post("/desk/<unit>/venues/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """Approve the version that the page showed, and no other."""
    kind = typed.chosen(VERSION_WORDS, typed.text("kind", 10))
    seen = typed.digits(typed.text("version", 9)) or 0
    return _do(
        unit, code, "venue-approved",
        lambda: registering.approve(
            desk().registry, unit, code, current_user(), desk().clock(), kind=kind, seen=seen
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/withdraw")
@may_browse
def withdraw(unit: str, code: str) -> Response:
    kind = typed.chosen(VERSION_WORDS, typed.text("kind", 10))
    try:
        registering.withdraw(desk().registry, unit, code, current_user(), desk().clock(), kind=kind)
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return _venue(unit, code, fault.findings)
    # A venue that was never approved has no page any more.
    return redirect(url_for("work-venues.overview", unit=unit, done="venue-withdrawn"), 303)


@venue_page.post("/desk/<unit>/venues/<code>/change")
@may_record
def change(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-waits",
        lambda: registering.change(
            desk().registry, unit, code, venue_forms.facts(), typed.day("opened"),
            typed.text("reason", 300), current_user(), desk().clock(),
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/close")
@may_record
def close(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-waits",
        lambda: registering.close(
            desk().registry, unit, code, typed.day(), typed.text("reason", 300), current_user(),
            desk().clock(),
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/hours")
@may_record
def hours(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-waits",
        lambda: opening.set_hours(
            desk().registry, unit, code, venue_forms.week(), typed.day(),
            typed.text("reason", 300), current_user(), desk().clock(),
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/closed")
@may_record
def closed(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-entered",
        lambda: opening.close_day(
            desk().registry, unit, code, typed.day(), typed.text("reason", 100), current_user(),
            desk().clock(),
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/lift")
@may_record
def lift(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-entered",
        lambda: opening.open_day(
            desk().registry, unit, code, typed.day(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/key")
@may_record
def key(unit: str, code: str) -> Response:
    return _do(
        unit, code, "venue-waits",
        lambda: sharing.set_key(
            desk().registry, unit, code, venue_forms.key(), typed.day(),
            typed.text("reason", 300), current_user(), desk().clock(),
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/book")
@may_record
def book(unit: str, code: str) -> Response:
    return _do(
        unit, code, "booking-asked",
        lambda: booking_.book(
            desk().registry, unit, code, venue_forms.wish(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@venue_page.post("/desk/<unit>/venues/<code>/confirm")
@may_approve
def confirm(unit: str, code: str) -> Response:
    return _booked(unit, code, "booking-confirmed", booking_.confirm)


@venue_page.post("/desk/<unit>/venues/<code>/refuse")
@may_approve
def refuse(unit: str, code: str) -> Response:
    return _booked(unit, code, "booking-refused", booking_.refuse, typed.text("note", 200))


@venue_page.post("/desk/<unit>/venues/<code>/cancel")
@may_browse
def cancel(unit: str, code: str) -> Response:
    return _booked(unit, code, "booking-cancelled", booking_.cancel, typed.text("note", 200))


@venue_page.post("/desk/<unit>/venues/<code>/no-show")
@may_record
def no_show(unit: str, code: str) -> Response:
    return _booked(unit, code, "venue-entered", booking_.no_show)


@venue_page.post("/desk/<unit>/venues/<code>/use")
@may_record
def use(unit: str, code: str) -> Response:
    """Enter the use of the form; what is to be known of it is told where it stands."""
    told: list[Finding] = []

    def enter() -> None:
        told.extend(
            using.use(
                desk().registry, unit, code, venue_forms.used(), current_user(), desk().clock()
            )[1]
        )

    return _do(unit, code, lambda: "venue-used-outside" if told else "venue-used", enter)


@venue_page.post("/desk/<unit>/venues/<code>/back")
@may_record
def back(unit: str, code: str) -> Response:
    year, number = (typed.digits(typed.text(name, 6)) or 0 for name in ("year", "number"))
    return _do(
        unit, code, "venue-taken-back",
        lambda: using.take_back(
            desk().registry, unit, code, year, number, typed.text("reason", 120), current_user(),
            desk().clock(),
        ),
    )  # fmt: skip


def _booked(
    unit: str, code: str, done: str, deed: Callable[..., object], *words: str
) -> Response:  # fmt: skip
    """What is done with the booking of the form."""
    named = typed.text("booking", 24)
    return _do(
        unit, code, done,
        lambda: deed(desk().registry, unit, named, *words, current_user(), desk().clock()),
    )  # fmt: skip


def _do(
    unit: str, code: str, done: str | Callable[[], str], deed: Callable[[], object]
) -> Response:  # fmt: skip
    week = request.form.get("week", "")[:10] or None
    return do(
        deed, partial(_venue, unit, code), "work-venue.venue", missing=True,
        unit=unit, code=code, week=week, done=done,
    )  # fmt: skip
