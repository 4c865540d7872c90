"""Base figures of units as of a day: members, staff, venues, heads; entered, never overwritten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select

from ledger.registry.schema import unit_figure as table


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


def on_day(conn: Connection, units: Collection[str], key: str, day: date) -> dict[str, int]:
    """The last figure that each unit entered for ``day`` or before it, by unit."""
    rows = conn.execute(
        select(table.c.unit, table.c.value)
        .where(table.c.unit.in_(list(units)), table.c.key == key, table.c.day <= day)
        .order_by(table.c.unit, table.c.day, table.c.number)
    )
    return {unit: int(value) for unit, value in rows}
