"""Closed months that somebody asked to open again: confirmed by another person, or taken back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import reopening as table

ASKED, CONFIRMED, WITHDRAWN = "asked", "confirmed", "withdrawn"


@dataclass(frozen=True, slots=True)
class ReopeningRow:
    """``maker`` asked, ``checker`` confirmed it or took it back."""

    unit: str
    number: int
    month: str
    reason: str
    state: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in ReopeningRow.__slots__)


def of_unit(conn: Connection, unit: str) -> list[ReopeningRow]:
    """Everything that was asked, by number."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.number))
    return [ReopeningRow(*row) for row in rows]


def asked(conn: Connection, unit: str) -> ReopeningRow | None:
    """What waits to be confirmed: one month at the most, because only the last one is opened."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.state == ASKED)
    ).first()
    return None if row is None else ReopeningRow(*row)


def add(conn: Connection, unit: str, month: str, reason: str, user: str, at: str) -> ReopeningRow:
    """Keep what was asked. The caller holds the unit's lock."""
    last = conn.execute(select(func.max(table.c.number)).where(table.c.unit == unit)).scalar()
    row = ReopeningRow(unit, int(last or 0) + 1, month, reason, ASKED, user, at)
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    return row


def answer(conn: Connection, row: ReopeningRow, state: str, user: str, at: str) -> None:
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.number == row.number)
        .values(state=state, checker=user, checked_at=at)
    )
