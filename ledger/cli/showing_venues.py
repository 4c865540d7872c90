"""What ``mingbai show`` opens of venues: a venue, a booking, a line of the use log."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ledger import clock
from ledger.cli import venue_told
from ledger.cli.record import Record, only_one
from ledger.errors import CannotRun
from ledger.period import Period
from ledger.registry import venue_days, venues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry

#: A line of the use log: the venue's code, the year and the line's number.
LINE: Final = re.compile(r"(CD[0-9]{4}-[0-9]{4,}-[0-9X])\.([0-9]{4})-([0-9]{4,6})")


def find(registry: Registry, conn: Connection, units: Sequence[str], code: str) -> Record | None:
    """The venue, booking or line of the log of this code; None if it is of something else.

    Refused where several of the units have it.
    """
    return only_one(units, code, lambda unit: _of(registry, conn, unit, code))


def _of(registry: Registry, conn: Connection, unit: str, code: str) -> Record | None:
    if line := LINE.fullmatch(code):
        return _use(conn, unit, line[1], int(line[2]), int(line[3]))
    if code.startswith(venue_days.PREFIX):
        return _booking(conn, unit, code)
    if code.startswith(venues.PREFIX) and venues.find(conn, unit, code) is not None:
        return _venue(registry, unit, code)
    return None


def _facts(told: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key, str(value)) for key, value in told.items()
        if value not in (None, "") and not isinstance(value, dict | list)
    )  # fmt: skip


def _use(conn: Connection, unit: str, code: str, year: int, number: int) -> Record | None:
    row = venue_days.use(conn, unit, code, year, number)
    if row is None:
        return None
    until = row.day + timedelta(days=1)
    same = venue_days.uses(conn, unit, code, since=row.day, until=until)
    back = [one.ref for one in same if one.takes_back == number and one.year == year]
    told = venue_told.use_json(row) | {
        "unit": unit, "taken_back_by": f"{unit}/{back[0]}" if back else None, "user": row.user,
        "at": row.at,
    }  # fmt: skip
    heading = f"使用记录 use {unit}/{row.ref}"
    return Record(heading, _facts(told), (), (), frozenset(), told)


def _booking(conn: Connection, unit: str, code: str) -> Record | None:
    row = venue_days.booking(conn, unit, code)
    if row is None:
        return None
    uses = [
        one for one in venue_days.uses(conn, unit, row.code)
        if one.booking == code
    ]  # fmt: skip
    told = venue_told.booking_json(row) | {
        "ref": f"{unit}/{code}", "unit": unit, "maker": row.maker, "checker": row.checker,
        "changed_by": row.changed_by,
        "uses": [f"{unit}/{one.ref}" for one in uses],
    }  # fmt: skip
    rows = tuple((one.day.isoformat(), f"{unit}/{one.ref}", str(one.heads)) for one in uses)
    head = ("日期 day", "使用 use", "人数 heads")
    return Record(f"预约 booking {unit}/{code}", _facts(told), head, rows, frozenset({2}), told)


def _venue(registry: Registry, unit: str, code: str) -> Record | None:
    from ledger.venues.standing import standing

    year = Period.parse(f"{clock.now().year:04d}")
    try:
        one = standing(registry, unit, code, year)
    except CannotRun:  # it was closed before this year, or never approved
        return None
    told = one.as_json() | {
        "ref": f"{unit}/{code}", "unit": unit, "log": [f"{unit}/{row.ref}" for row in one.uses],
    }  # fmt: skip
    rows = tuple(
        (row.day.isoformat(), f"{unit}/{row.ref}", str(row.sign * row.heads)) for row in one.uses
    )
    head = ("日期 day", "使用 use", "人数 heads")
    return Record(f"阵地 venue {unit}/{code}", _facts(told), head, rows, frozenset({2}), told)
