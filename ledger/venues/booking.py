"""Booking a venue: a span of a day, for members, the public, or a shared user.

A booking holds its time from when it is asked for, so that of two that overlap the second is
refused; another person than its maker confirms it. Outside opening hours a decision is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.registry import oplog, venue_days, venues
from ledger.registry.venue_days import (
    ASKED,
    CANCELLED,
    CONFIRMED,
    HELD,
    NO_SHOW,
    REFUSED,
    BookingRow,
)
from ledger.registry.venues import FACTS, WAITING, WITHDRAWN
from ledger.venues.calendar import Span
from ledger.venues.parties import no_names, whom
from ledger.venues.registering import known
from ledger.venues.timetable import calendar_of
from ledger.venues.trouble import bad

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.venues import VenueRow
    from ledger.venues.calendar import Calendar

#: How far ahead something is booked.
AHEAD: Final = timedelta(days=732)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. ``whom`` is ``members``, ``public``, a unit, or an organisation."""

    day: date
    span: Span
    whom: str
    purpose: str
    heads: int = 0
    fee_fen: int = 0
    decision: str = ""


def book(
    registry: Registry, unit: str, code: str, wish: Wish, user: User, now: datetime
) -> BookingRow:
    """Ask for a span of a day, to be confirmed by another person. Who records may.

    Refused where it overlaps what is held, outside opening hours without a decision, above the
    venue's capacity, in the past, and for a registered person's name.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        venue = known(conn, unit, code)
        audience, party = whom(conn, registry, unit, wish.whom, user, now)
        refuse_if(_faults(conn, registry, venue, wish, now))
        row = BookingRow(
            unit, venue_days.next_booking(conn, unit, now.year), code, wish.day, wish.span.opens,
            wish.span.closes, audience, party, safe_text(wish.purpose)[:120], wish.heads,
            wish.fee_fen, safe_text(wish.decision)[:120], ASKED, "", user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        venue_days.add_booking(conn, row)
        _log(conn, row, "venue.book", f"{code} {wish.day} {wish.span.text}", user, now)
    return row


def confirm(registry: Registry, unit: str, booking: str, user: User, now: datetime) -> BookingRow:
    """Confirm what was asked for. Who approves may; NotAllowed for who asked.

    Refused once its day is over, and where hours or a closed day were set against it since.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _in_state(conn, unit, booking, ASKED)
        workflow.demand_other(
            conn, user, [row.maker],
            "预约人不能确认自己的预约", "nobody confirms their own booking",
        )  # fmt: skip
        if row.day < now.date():
            raise Refused(bad("预约日已过，请取消", "its day is over: cancel it"))
        span = Span(row.opens, row.closes)
        calendar = calendar_of(conn, unit, row.code)
        refuse_if(_hour_faults(calendar, row.day, span, row.decision))
        return _set(conn, row, CONFIRMED, "venue.confirm", user, now)


def refuse(
    registry: Registry, unit: str, booking: str, note: str, user: User, now: datetime
) -> BookingRow:
    """Refuse what was asked for, with the reason. Who approves may."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _in_state(conn, unit, booking, ASKED)
        note = _reason(conn, registry, note)
        return _set(conn, row, REFUSED, "venue.refuse", user, now, note)


def cancel(
    registry: Registry, unit: str, booking: str, note: str, user: User, now: datetime
) -> BookingRow:
    """Cancel a booking that was not used, with the reason: who records, or who approves."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _in_state(conn, unit, booking, ASKED, CONFIRMED)
        note = _reason(conn, registry, note)
        return _set(conn, row, CANCELLED, "venue.cancel", user, now, note)


def no_show(
    registry: Registry, unit: str, booking: str, user: User, now: datetime
) -> BookingRow:  # fmt: skip
    """Say that nobody came to a confirmed booking whose day has come. Who records may."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _in_state(conn, unit, booking, CONFIRMED)
        if row.day > now.date():
            raise Refused(bad("预约日未到", "its day has not come"))
        return _set(conn, row, NO_SHOW, "venue.no-show", user, now)


def known_booking(conn: Connection, unit: str, booking: str) -> BookingRow:
    """The unit's booking of this code; CannotRun if there is none."""
    row = venue_days.booking(conn, unit, booking)
    if row is None:
        raise CannotRun(
            finding(
                "no-booking", f"没有预约 {booking[:24]}", f"there is no booking {booking[:24]}",
                "用 mingbai venue show 查看", "see mingbai venue show",
            )
        )  # fmt: skip
    return row


def _in_state(conn: Connection, unit: str, booking: str, *states: str) -> BookingRow:
    row = known_booking(conn, unit, booking)
    if row.state not in states:
        words = venue_days.STATE_WORDS[row.state]
        raise Refused(bad(f"预约 {row.booking} {words.zh}", f"booking {row.booking} is {words.en}"))
    return row


def _set(
    conn: Connection, row: BookingRow, state: str, action: str, user: User, now: datetime,
    note: str = "",
) -> BookingRow:  # fmt: skip
    checks = state in (CONFIRMED, REFUSED)
    alter = venue_days.check_booking if checks else venue_days.change_booking
    alter(conn, row, state, user.id, now, note)
    _log(conn, row, action, row.code, user, now)
    return known_booking(conn, row.unit, row.booking)


def _reason(conn: Connection, registry: Registry, note: str) -> str:
    plain = safe_text(note)[:200]
    faults = no_names(conn, registry, plain)
    if not plain:
        faults.append(bad("须写明原因", "a reason is written"))
    refuse_if(faults)
    return plain


def _log(
    conn: Connection, row: BookingRow, action: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.booking, detail=detail
    )


# ---- findings ----------------------------------------------------------------------------------


def _faults(
    conn: Connection, registry: Registry, venue: VenueRow, wish: Wish, now: datetime
) -> Iterator[Finding]:
    if venue.state in (WAITING, WITHDRAWN):
        yield bad("阵地尚未通过审批", "the venue was not approved")
        return
    most = _capacity(conn, venue, wish.day)
    if not now.date() <= wish.day <= now.date() + AHEAD:
        yield bad(
            "预约日为今天起两年以内；已过去的使用直接登记",
            "a booking is from today on, within two years; what is past is entered as used",
        )
    if not safe_text(wish.purpose):
        yield bad("须写明用途", "what it is for is written")
    if not 0 <= wish.heads <= most:
        yield bad(f"人数超过容纳人数 {most}", f"it holds {most} at most")
    if wish.fee_fen < 0:
        yield bad("收费不为负", "a fee is not negative")
    yield from no_names(conn, registry, wish.purpose, wish.decision)
    calendar = calendar_of(conn, venue.unit, venue.code)
    yield from _hour_faults(calendar, wish.day, wish.span, wish.decision)
    yield from overlaps(conn, venue, wish.day, wish.span)


def _capacity(conn: Connection, venue: VenueRow, day: date) -> int:
    """How many the venue holds on a day; nobody where it is not there, which is told apart."""
    version = venues.in_force(venues.versions(conn, venue.unit, venue.code), FACTS, day)
    if version is None:
        return 0
    return venues.facts(conn, venue.unit)[venue.code, version.version].capacity


def _hour_faults(calendar: Calendar, day: date, span: Span, decision: str) -> Iterator[Finding]:
    if not calendar.is_there(day):
        yield bad(f"{day} 阵地未启用或已关闭", f"the venue is not there on {day}")
    elif not calendar.covers(day, span) and not safe_text(decision):
        said = "、".join(one.text for one in calendar.spans(day)) or "不开放 closed"
        yield finding(
            "outside-hours", f"{day} {span.text} 不在开放时间内（{said}）",
            f"{day} {span.text} is outside opening hours ({said})",
            "另选时间，或写明决策文号", "choose another time, or name the decision",
        )  # fmt: skip


def overlaps(
    conn: Connection, venue: VenueRow, day: date, span: Span, *, but: str = ""
) -> Iterator[Finding]:
    """A finding for each booking that holds part of a span; ``but`` is one that may."""
    until = day + timedelta(days=1)
    for one in venue_days.bookings(
        conn, venue.unit, venue.code, since=day, until=until, states=HELD
    ):
        other = Span(one.opens, one.closes)
        if one.booking != but and other.meets(span):
            yield finding(
                "booked-already", f"{day} {other.text} 已有预约 {one.booking}",
                f"{day} {other.text} is booked already: {one.booking}",
                "另选时间；未到场或不用的，先登记或取消那项预约",
                "choose another time; enter or cancel a booking that nobody came to",
            )  # fmt: skip
