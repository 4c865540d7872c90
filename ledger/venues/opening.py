"""When a venue is open: hours from a day on, approved by another person, and closed days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Refused, refuse_if
from ledger.registry import venue_days, venues
from ledger.registry.venues import HOURS, SpanRow
from ledger.venues.parties import no_names
from ledger.venues.registering import known, log, propose
from ledger.venues.trouble import bad

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.venues import VersionRow
    from ledger.venues.calendar import Week


def set_hours(
    registry: Registry, unit: str, code: str, week: Week, first: date, reason: str, user: User,
    now: datetime,
) -> VersionRow:  # fmt: skip
    """Enter the hours of a week from a day on, to be approved by another person.

    Who records may. Refused for a week without any hours: a venue that is over is closed.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        if not any(week.values()):
            raise Refused(bad("每周至少有一段开放时间", "a week has some opening hours"))
        version = propose(conn, registry, row, HOURS, first, reason, user, now)
        spans = [
            SpanRow(version.version, weekday, span.opens, span.closes)
            for weekday, of in week.items()
            for span in of
        ]
        venues.add_hours(conn, unit, code, spans)
    return version


def close_day(
    registry: Registry, unit: str, code: str, day: date, reason: str, user: User, now: datetime
) -> None:
    """Enter a day on which the venue is closed. Who records may.

    Refused without a reason, for a day that is closed already, and where it is booked or was used.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        plain = safe_text(reason)[:100]
        faults = no_names(conn, registry, plain)
        if not plain:
            faults.append(bad("闭馆须写明原因", "a closed day has a reason"))
        if venues.closed_days(conn, unit, code, day):
            faults.append(bad(f"{day} 已登记闭馆", f"{day} is closed already"))
        if _is_taken(conn, unit, code, day):
            faults.append(
                bad(f"{day} 已有预约或使用，先取消预约",
                    f"{day} is booked, or was used: cancel the booking first")
            )  # fmt: skip
        refuse_if(faults)
        venues.add_closed_day(conn, unit, code, day, plain, user.id, now)
        log(conn, row, "venue.close-day", day.isoformat(), user, now)


def open_day(
    registry: Registry, unit: str, code: str, day: date, user: User, now: datetime
) -> None:
    """Lift a closed day: the hours hold again. Who records may; Refused if it is not closed."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        found = venues.closed_days(conn, unit, code, day)
        if not found:
            raise Refused(bad(f"{day} 没有登记闭馆", f"{day} is no closed day"))
        venues.lift_closed_day(conn, unit, found[0], user.id, now)
        log(conn, row, "venue.open-day", day.isoformat(), user, now)


def _is_taken(conn: Connection, unit: str, code: str, day: date) -> bool:
    until = day + timedelta(days=1)
    held = venue_days.bookings(
        conn, unit, code, since=day, until=until, states=venue_days.HELD
    )  # fmt: skip
    used = venue_days.standing(venue_days.uses(conn, unit, code, since=day, until=until))
    return any(not one.decision for one in held) or any(not one.decision for one in used)
