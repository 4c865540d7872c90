"""Seals of closed months, as they were entered, and the one request that waits to be signed.

A seal's text is what its file in the unit's folder holds; a row is never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from ledger.registry.schema import seal as table
from ledger.registry.schema import seal_request
from ledger.registry.sets import among


@dataclass(frozen=True, slots=True)
class SealRow:
    """``digest`` is over the text, its signature included."""

    unit: str
    month: str
    version: int
    size: int
    text: str
    digest: str
    user: str
    at: str

    @property
    def name(self) -> str:
        """Its file in the unit's folder."""
        return f"seals/{self.month}.v{self.version}.seal"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What was given out to be signed."""

    unit: str
    month: str
    version: int
    text: str
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in SealRow.__slots__)
_REQUEST = tuple(seal_request.c[name] for name in RequestRow.__slots__)


def add(conn: Connection, row: SealRow) -> None:
    """Enter a seal; the database refuses a second one of the same closing."""
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def of_unit(conn: Connection, unit: str) -> list[SealRow]:
    """Every seal of a unit, in the order of its log."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.size))
    return [SealRow(*row) for row in rows]


def last_of_each(conn: Connection, units: Collection[str]) -> list[SealRow]:
    """The last seal of each of these units that has one."""
    last = (
        select(table.c.unit, func.max(table.c.size).label("size"))
        .where(among(conn, table.c.unit, units))
        .group_by(table.c.unit)
        .subquery()
    )
    rows = conn.execute(
        select(*_COLUMNS).join(last, (last.c.unit == table.c.unit) & (last.c.size == table.c.size))
    )
    return [SealRow(*row) for row in rows]


def forget(conn: Connection, unit: str) -> None:
    """Take every seal of a unit out: its registry is made anew from its folder."""
    conn.execute(delete(table).where(table.c.unit == unit))


# ---- the request that waits --------------------------------------------------------------------


def waiting(conn: Connection, unit: str) -> RequestRow | None:
    row = conn.execute(select(*_REQUEST).where(seal_request.c.unit == unit)).first()
    return None if row is None else RequestRow(*row)


def set_waiting(conn: Connection, row: RequestRow) -> None:
    """Keep what was given out, in place of what was before."""
    drop_waiting(conn, row.unit)
    conn.execute(insert(seal_request).values({name: getattr(row, name) for name in row.__slots__}))


def drop_waiting(conn: Connection, unit: str) -> None:
    conn.execute(delete(seal_request).where(seal_request.c.unit == unit))
