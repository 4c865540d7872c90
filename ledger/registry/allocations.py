"""Allocations as they were promised, and what happened to them beside vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select

from ledger.reference import make_code
from ledger.registry.schema import allocation as table
from ledger.registry.schema import allocation_event

PREFIX: Final = "BK"
GENERAL, SPECIAL = "general", "special"
BASIC, PROJECT = "basic", "project"
RELEASED, LAPSED, UNDONE = "released", "lapsed", "undone"


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What ``giver`` promised ``unit`` by ``document``, to come on ``account`` and ``fund``."""

    unit: str
    code: str
    document: str
    giver: str
    level: str
    year: int
    nature: str
    use: str
    name: str
    fen: int
    account: str
    fund: str
    approved: date
    release_by: date | None
    arrive_by: date | None
    spend_by: date | None
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to an allocation on a day; ``undoes`` is the number of an earlier event."""

    number: int
    kind: str
    day: date
    fen: int
    note: str
    undoes: int | None
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in AllocationRow.__slots__)
_EVENT = tuple(allocation_event.c[name] for name in EventRow.__slots__)


def next_code(conn: Connection, unit: str, year: int, last_claim: int) -> str:
    """The code of the unit's next allocation; ``last_claim`` is the greatest number claims have."""
    begin = f"{PREFIX}{year}-"
    codes = conn.execute(
        select(table.c.code).where(table.c.unit == unit, table.c.code.startswith(begin))
    ).scalars()
    last = max((int(code.split("-")[1]) for code in codes), default=0)
    return make_code(PREFIX, year, max(last, last_claim) + 1)


def add(conn: Connection, row: AllocationRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def find(conn: Connection, unit: str, code: str) -> AllocationRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else AllocationRow(*row)


def of_unit(conn: Connection, unit: str, year: int | None = None) -> list[AllocationRow]:
    """The unit's allocations, of one year if given, by code."""
    query = select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.year, table.c.code)
    if year is not None:
        query = query.where(table.c.year == year)
    return [AllocationRow(*row) for row in conn.execute(query)]


def add_event(
    conn: Connection,
    row: AllocationRow,
    kind: str,
    day: date,
    fen: int,
    note: str,
    user: str,
    now: datetime,
    undoes: int | None = None,
) -> int:
    """Keep what happened to an allocation; the event's number."""
    where = allocation_event.c
    last = conn.execute(
        select(func.max(where.number)).where(where.unit == row.unit, where.code == row.code)
    ).scalar()
    number = int(last or 0) + 1
    values = {
        "unit": row.unit, "code": row.code, "number": number, "kind": kind, "day": day, "fen": fen,
        "note": note, "undoes": undoes, "user": user, "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(allocation_event).values(values))
    return number


def events(conn: Connection, unit: str, code: str) -> list[EventRow]:
    """What happened to an allocation, in order, what was undone included."""
    where = allocation_event.c
    rows = conn.execute(
        select(*_EVENT).where(where.unit == unit, where.code == code).order_by(where.number)
    )
    return [EventRow(*row) for row in rows]
