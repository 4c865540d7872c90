"""Organisations that a unit serves or buys from: the name stands here, books hold the id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from ledger.registry import ids
from ledger.registry.schema import counterparty as table


def named(conn: Connection, unit: str, name: str, user: str, now: datetime) -> str:
    """The id of the unit's counterparty of this name, which is entered if it is new."""
    known = conn.execute(select(table.c.id).where(table.c.unit == unit, table.c.name == name))
    found = known.scalar()
    if found is not None:
        return str(found)
    id = ids.new("cp")
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(table).values(id=id, unit=unit, name=name, user=user, at=at))
    return id


def names(conn: Connection, unit: str) -> dict[str, str]:
    """The names of the unit's counterparties, by id."""
    rows = conn.execute(select(table.c.id, table.c.name).where(table.c.unit == unit))
    return {row.id: row.name for row in rows}
