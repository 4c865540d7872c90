"""Base figures of units as of a day: members, staff, venues, heads; entered, never overwritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select

from ledger.registry.schema import unit_figure as table
from ledger.registry.sets import among


def add(
    conn: Connection,
    unit: str,
    key: str,
    day: date,
    value: int,
    source: str,
    user: str,
    now: datetime,
) -> None:
    """Enter a figure; a later one for the same day corrects it."""
    last = conn.execute(
        select(func.max(table.c.number)).where(
            table.c.unit == unit, table.c.key == key, table.c.day == day
        )
    ).scalar()
    values = {
        "unit": unit, "key": key, "day": day, "number": int(last or 0) + 1, "value": value,
        "source": source, "user": user, "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(table).values(values))


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of something there were on a day, and the paper that says so."""

    value: int
    day: date
    source: str


def last(conn: Connection, units: Collection[str], key: str, day: date) -> dict[str, Figure]:
    """The last figure that each unit entered for ``day`` or before it, by unit."""
    rows = conn.execute(
        select(table.c.unit, table.c.value, table.c.day, table.c.source)
        .where(among(conn, table.c.unit, units), table.c.key == key, table.c.day <= day)
        .order_by(table.c.unit, table.c.day, table.c.number)
    )
    return {unit: Figure(int(value), on, source) for unit, value, on, source in rows}


def of_unit(conn: Connection, unit: str) -> list[tuple[str, Figure]]:
    """Everything that was entered of a unit, by key, the latest day first."""
    rows = conn.execute(
        select(table.c.key, table.c.value, table.c.day, table.c.source)
        .where(table.c.unit == unit)
        .order_by(table.c.key, table.c.day.desc(), table.c.number.desc())
    )
    return [(key, Figure(int(value), on, source)) for key, value, on, source in rows]
