"""The use log: when a venue was used, by whom as an audience, and by how many; never by name.

Lines are numbered without gaps per venue and year and never altered. One that is wrong is taken
back by another line, which counts against it, and entered anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.registry import oplog, venue_days
from ledger.registry.venue_days import CONFIRMED, USED, UseRow
from ledger.registry.venues import WAITING, WITHDRAWN
from ledger.venues.booking import known_booking, overlaps
from ledger.venues.calendar import Span
from ledger.venues.parties import no_names, whom
from ledger.venues.registering import known
from ledger.venues.timetable import calendar_of
from ledger.venues.trouble import bad

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.venue_days import BookingRow
    from ledger.registry.venues import VenueRow

#: More people than any venue holds in a day.
MOST_HEADS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """What is entered. With a booking, ``whom`` and the fee are the booking's."""

    day: date
    span: Span
    heads: int
    whom: str = ""
    booking: str = ""
    fee_fen: int = 0
    decision: str = ""
    note: str = ""


def use(
    registry: Registry, unit: str, code: str, said: Used, user: User, now: datetime
) -> tuple[UseRow, list[Finding]]:
    """Enter a use that was; its line, and what to know of it. Who records may.

    Refused for a day to come, for time that another use or booking has, for a booking that is not
    confirmed, and for a registered person's name. Use outside opening hours without a decision is
    kept as it was, told here and in the statement.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        venue = known(conn, unit, code)
        booking = known_booking(conn, unit, said.booking) if said.booking else None
        refuse_if(_faults(conn, registry, venue, said, booking, now))
        if booking is not None:
            audience, party, fee = booking.audience, booking.party, booking.fee_fen
        else:
            audience, party = whom(conn, registry, unit, said.whom, user, now)
            fee = said.fee_fen
        decision = safe_text(said.decision)[:120] or (booking.decision if booking else "")
        row = UseRow(
            unit, code, said.day.year, venue_days.next_use(conn, unit, code, said.day.year),
            said.day, said.span.opens, said.span.closes, audience, party, said.heads, fee,
            said.booking, decision, safe_text(said.note)[:120], None, user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        venue_days.add_use(conn, row)
        if booking is not None:
            venue_days.change_booking(conn, booking, USED, user.id, now)
        _log(conn, row, "venue.use", user, now)
        return row, list(_told(conn, row))


def take_back(
    registry: Registry, unit: str, code: str, year: int, number: int, reason: str, user: User,
    now: datetime,
) -> UseRow:  # fmt: skip
    """Take a line of the log back by another one, with the reason; its booking is open again.

    Who records may. Refused for a line that was taken back already, or that takes one back.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known(conn, unit, code)
        wrong = venue_days.use(conn, unit, code, year, number)
        if wrong is None or wrong not in venue_days.standing(
            venue_days.uses(conn, unit, code, since=wrong.day, until=_next(wrong.day))
        ):
            raise Refused(
                bad(f"{year} 年没有可冲回的第 {number} 条使用记录",
                    f"there is no line {number} of {year} that could be taken back")
            )  # fmt: skip
        plain = safe_text(reason)[:120]
        faults = no_names(conn, registry, plain)
        if not plain:
            faults.append(bad("冲回须写明原因", "taking a line back has a reason"))
        refuse_if(faults)
        row = replace(
            wrong, number=venue_days.next_use(conn, unit, code, year), note=plain,
            takes_back=number, user=user.id, at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        venue_days.add_use(conn, row)
        if wrong.booking:
            booking = known_booking(conn, unit, wrong.booking)
            venue_days.change_booking(conn, booking, CONFIRMED, user.id, now)
        _log(conn, row, "venue.take-back", user, now)
    return row


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _log(conn: Connection, row: UseRow, action: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.ref,
        detail=f"{row.day} {Span(row.opens, row.closes).text}",
    )  # fmt: skip


def _faults(
    conn: Connection, registry: Registry, venue: VenueRow, said: Used,
    booking: BookingRow | None, now: datetime,
) -> Iterator[Finding]:  # fmt: skip
    if venue.state in (WAITING, WITHDRAWN):
        yield bad("阵地尚未通过审批", "the venue was not approved")
    elif not calendar_of(conn, venue.unit, venue.code).is_there(said.day):
        yield bad(f"{said.day} 阵地未启用或已关闭", f"the venue is not there on {said.day}")
    if said.day > now.date():
        yield bad("使用日不晚于今天", "a use is entered once it was")
    if not 0 <= said.heads <= MOST_HEADS:
        yield bad("人数须为不太大的非负整数", "heads are a number that is not negative")
    if said.fee_fen < 0:
        yield bad("收费不为负", "a fee is not negative")
    yield from no_names(conn, registry, said.note, said.decision)
    if booking is not None:
        yield from _booking_faults(venue, said, booking)
    elif not said.whom:
        yield bad("须写明对象", "for whom it was is said")
    yield from overlaps(conn, venue, said.day, said.span, but=said.booking)
    yield from _used_already(conn, venue, said)


def _booking_faults(venue: VenueRow, said: Used, booking: BookingRow) -> Iterator[Finding]:
    if booking.state != CONFIRMED:
        words = venue_days.STATE_WORDS[booking.state]
        yield bad(
            f"预约 {booking.booking} {words.zh}，不能登记使用",
            f"booking {booking.booking} is {words.en}: only a confirmed one is used",
        )
    if booking.code != venue.code or booking.day != said.day:
        yield bad("预约的是另一阵地或另一天", "the booking is of another venue or another day")
    if said.whom or said.fee_fen:
        yield bad("对象与收费以预约为准，不另写", "for whom and which fee are the booking's")


def _used_already(conn: Connection, venue: VenueRow, said: Used) -> Iterator[Finding]:
    rows = venue_days.uses(
        conn, venue.unit, venue.code, since=said.day, until=_next(said.day)
    )  # fmt: skip
    for one in venue_days.standing(rows):
        other = Span(one.opens, one.closes)
        if other.meets(said.span):
            yield finding(
                "used-already", f"{said.day} {other.text} 已登记使用 {one.ref}",
                f"{said.day} {other.text} was used already: {one.ref}",
                "核对时间；登记有误的先冲回", "check the time; take a wrong line back first",
            )  # fmt: skip


def _told(conn: Connection, row: UseRow) -> Iterator[Finding]:
    span = Span(row.opens, row.closes)
    if not row.decision and not calendar_of(conn, row.unit, row.code).covers(row.day, span):
        yield finding(
            "outside-hours", f"{row.day} {span.text} 超出开放时间，且没有决策文号",
            f"{row.day} {span.text} is outside opening hours, without a decision",
            "核对时间；确有决策的，冲回后写明文号重新登记",
            "check the time; if there is a decision, take the line back and enter it with it",
            severity="warning",
        )  # fmt: skip
