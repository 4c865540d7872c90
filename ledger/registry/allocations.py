"""Allocations as they were promised, and what happened to them beside vouchers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select, update

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import allocation as table
from ledger.registry.schema import allocation_event

PREFIX: Final = "BK"
GENERAL, SPECIAL = "general", "special"
BASIC, PROJECT = "basic", "project"
RELEASED, LAPSED, UNDONE = "released", "lapsed", "undone"
#: What a second person has to confirm: it waits, counts, or was refused.
WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What ``giver`` promised ``unit`` by ``document``, to come on ``account`` and ``fund``.

    ``user`` entered it, ``checker`` confirmed or refused it; ``paper`` is the document's digest.
    """

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
    state: str = WAITING
    paper: str | None = None
    checker: str | None = None
    checked_at: str | None = None


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
    state: str = APPROVED
    checker: str | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in AllocationRow.__slots__)
_EVENT = tuple(allocation_event.c[name] for name in EventRow.__slots__)


def next_code(conn: Connection, unit: str, year: int, last_claim: int) -> str:
    """The code of the unit's next allocation; ``last_claim`` is the greatest number claims have."""
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, max(last, last_claim) + 1)


def add(conn: Connection, row: AllocationRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def decide(conn: Connection, row: AllocationRow, state: str, checker: str, now: datetime) -> None:
    """Somebody confirmed or refused a promise that waited."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.code == row.code)
        .values(state=state, checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )


def has_any(conn: Connection, unit: str) -> bool:
    """Whether the unit was ever promised anything: most were not, and no voucher asks more."""
    return (
        conn.execute(select(table.c.code).where(table.c.unit == unit).limit(1)).first() is not None
    )


def find(conn: Connection, unit: str, code: str) -> AllocationRow | None:
    return exactly(conn, unit, [code]).get(code)


def exactly(conn: Connection, unit: str, codes: list[str]) -> dict[str, AllocationRow]:
    """The allocations of these codes, by code."""
    rows = _rows(conn, select(*_COLUMNS).where(table.c.unit == unit, table.c.code.in_(codes)))
    return {row.code: row for row in rows}


def of_unit(conn: Connection, unit: str, year: int | None = None) -> list[AllocationRow]:
    """The unit's allocations, of one year if given, by year and code."""
    query = select(*_COLUMNS).where(table.c.unit == unit)
    return _rows(conn, query if year is None else query.where(table.c.year == year))


def of_document(conn: Connection, unit: str, document: str) -> list[AllocationRow]:
    """What was entered of one document, by code."""
    query = select(*_COLUMNS).where(table.c.unit == unit, table.c.document == document)
    return _rows(conn, query)


def special_of(conn: Connection, unit: str, funds: list[str]) -> list[AllocationRow]:
    """The special allocations that were confirmed and go into these funds."""
    query = select(*_COLUMNS).where(
        table.c.unit == unit, table.c.fund.in_(funds), table.c.nature == SPECIAL,
        table.c.state == APPROVED,
    )  # fmt: skip
    return _rows(conn, query)


def _rows(conn: Connection, query: Select[Any]) -> list[AllocationRow]:
    found = conn.execute(query.order_by(table.c.year, table.c.code))
    return [AllocationRow(*row) for row in found]


# ---- events ------------------------------------------------------------------------------------


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
    state: str = APPROVED,
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
        "state": state,
    }  # fmt: skip
    conn.execute(insert(allocation_event).values(values))
    return number


def decide_event(
    conn: Connection,
    row: AllocationRow,
    number: int,
    state: str,
    checker: str,
    now: datetime,
    day: date | None = None,
) -> None:
    """Somebody confirmed or refused an event that waited; ``day`` is from when on it counts."""
    where = allocation_event.c
    values: dict[str, object] = {
        "state": state, "checker": checker, "checked_at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    if day is not None:
        values["day"] = day
    conn.execute(
        update(allocation_event)
        .where(where.unit == row.unit, where.code == row.code, where.number == number)
        .values(values)
    )


def events(conn: Connection, unit: str, code: str) -> list[EventRow]:
    """What happened to an allocation, in order, what waits and what was undone included."""
    return events_of(conn, unit, [code]).get(code, [])


def events_of(
    conn: Connection, unit: str, codes: list[str] | None = None
) -> dict[str, list[EventRow]]:
    """The events of these allocations, or of all of the unit, by code."""
    where = allocation_event.c
    query = select(where.code, *_EVENT).where(where.unit == unit).order_by(where.number)
    if codes is not None:
        query = query.where(where.code.in_(codes))
    found: dict[str, list[EventRow]] = defaultdict(list)
    for code, *row in conn.execute(query):
        found[code].append(EventRow(*row))
    return dict(found)
