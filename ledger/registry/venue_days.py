"""Bookings of venues, and what they were used for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import Words
from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import venue_booking, venue_use

PREFIX: Final = "YY"
#: For whom: the unit's own members, everybody, or another unit or organisation.
MEMBERS, PUBLIC, SHARED = "members", "public", "shared"
AUDIENCE_WORDS: Final = {
    MEMBERS: Words("本单位会员", "members"),
    PUBLIC: Words("社会公众", "the public"),
    SHARED: Words("共用单位", "shared user"),
}
ASKED, CONFIRMED, REFUSED = "asked", "confirmed", "refused"
CANCELLED, USED, NO_SHOW = "cancelled", "used", "no-show"
STATE_WORDS: Final = {
    ASKED: Words("待确认", "asked"),
    CONFIRMED: Words("已确认", "confirmed"),
    REFUSED: Words("未同意", "refused"),
    CANCELLED: Words("已取消", "cancelled"),
    USED: Words("已使用", "used"),
    NO_SHOW: Words("未到场", "no-show"),
}
#: Bookings that hold their time.
HELD: Final = (ASKED, CONFIRMED, USED)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking of a venue for a span of a day, in minutes since midnight."""

    unit: str
    booking: str
    code: str
    day: date
    opens: int
    closes: int
    audience: str
    party: str
    purpose: str
    heads: int
    fee_fen: int
    decision: str
    state: str
    note: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None
    changed_by: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class UseRow:
    """One line of a venue's use log; ``takes_back`` is the number that it takes back."""

    unit: str
    code: str
    year: int
    number: int
    day: date
    opens: int
    closes: int
    audience: str
    party: str
    heads: int
    fee_fen: int
    booking: str
    decision: str
    note: str
    takes_back: int | None
    user: str
    at: str

    @property
    def ref(self) -> str:
        """What ``mingbai show`` opens: ``CD2026-0001-7.2026-0003``."""
        return f"{self.code}.{self.year}-{self.number:04d}"

    @property
    def sign(self) -> int:
        """What its figures count: a line that takes another one back counts against it."""
        return 1 if self.takes_back is None else -1

    @property
    def minutes(self) -> int:
        return self.sign * (self.closes - self.opens)


_BOOKING = tuple(venue_booking.c[name] for name in BookingRow.__slots__)
_USE = tuple(venue_use.c[name] for name in UseRow.__slots__)


def next_booking(conn: Connection, unit: str, year: int) -> str:
    """The code of the unit's next booking that is entered in ``year``."""
    where = venue_booking.c
    last = greatest_number(conn, where.booking, f"{PREFIX}{year}-", where.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add_booking(conn: Connection, row: BookingRow) -> None:
    conn.execute(
        insert(venue_booking).values({name: getattr(row, name) for name in BookingRow.__slots__})
    )


def booking(conn: Connection, unit: str, code: str) -> BookingRow | None:
    """The unit's booking of this code."""
    where = venue_booking.c
    row = conn.execute(
        select(*_BOOKING).where(where.unit == unit, where.booking == code)
    ).first()  # fmt: skip
    return None if row is None else BookingRow(*row)


def check_booking(
    conn: Connection, row: BookingRow, state: str, user: str, now: datetime, note: str = ""
) -> None:
    """Say that what was asked for is confirmed or refused, and by whom."""
    at = now.isoformat(timespec="seconds")
    _alter(conn, row, state=state, checker=user, checked_at=at, note=note or row.note)


def change_booking(
    conn: Connection, row: BookingRow, state: str, user: str, now: datetime, note: str = ""
) -> None:
    """Say what became of a booking later; who confirmed it stays."""
    at = now.isoformat(timespec="seconds")
    _alter(conn, row, state=state, changed_by=user, changed_at=at, note=note or row.note)


def _alter(conn: Connection, row: BookingRow, **values: str) -> None:
    where = venue_booking.c
    conn.execute(
        update(venue_booking)
        .where(where.unit == row.unit, where.booking == row.booking)
        .values(**values)
    )


def bookings(
    conn: Connection,
    unit: str,
    code: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    states: Collection[str] = (),
) -> list[BookingRow]:
    """Bookings from ``since`` to before ``until``, by day and time."""
    where = venue_booking.c
    query = select(*_BOOKING).where(where.unit == unit)
    if code is not None:
        query = query.where(where.code == code)
    if since is not None:
        query = query.where(where.day >= since)
    if until is not None:
        query = query.where(where.day < until)
    if states:
        query = query.where(where.state.in_(sorted(states)))
    rows = conn.execute(query.order_by(where.day, where.opens, where.booking))
    return [BookingRow(*row) for row in rows]


def next_use(conn: Connection, unit: str, code: str, year: int) -> int:
    """The number of the next line of a venue's log of a year."""
    where = venue_use.c
    last = conn.execute(
        select(func.max(where.number)).where(
            where.unit == unit, where.code == code, where.year == year
        )
    ).scalar()
    return (last or 0) + 1


def add_use(conn: Connection, row: UseRow) -> None:
    conn.execute(insert(venue_use).values({name: getattr(row, name) for name in UseRow.__slots__}))


def use(conn: Connection, unit: str, code: str, year: int, number: int) -> UseRow | None:
    where = venue_use.c
    row = conn.execute(
        select(*_USE).where(
            where.unit == unit, where.code == code, where.year == year, where.number == number
        )
    ).first()
    return None if row is None else UseRow(*row)


def uses(
    conn: Connection,
    unit: str,
    code: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> list[UseRow]:
    """Lines of the log whose day is from ``since`` to before ``until``, in their order."""
    where = venue_use.c
    query = select(*_USE).where(where.unit == unit)
    if code is not None:
        query = query.where(where.code == code)
    if since is not None:
        query = query.where(where.day >= since)
    if until is not None:
        query = query.where(where.day < until)
    rows = conn.execute(query.order_by(where.code, where.year, where.number))
    return [UseRow(*row) for row in rows]


def standing(rows: Collection[UseRow]) -> list[UseRow]:
    """Those that stand: neither taken back, nor what takes another one back."""
    gone = {(row.code, row.year, row.takes_back) for row in rows if row.takes_back is not None}
    return [
        row for row in rows
        if row.takes_back is None and (row.code, row.year, row.number) not in gone
    ]  # fmt: skip
