"""How a unit collects each kind of dues: by which rule, and where what is paid is entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.schema import dues_scheme as table


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """``prefix`` begins the codes by which these dues are paid: two capitals, such as ``HY``."""

    unit: str
    rule: str
    account: str
    fund: str
    prefix: str


_COLUMNS = tuple(table.c[name] for name in SchemeRow.__slots__)


def put(conn: Connection, row: SchemeRow, *, user: str, now: datetime) -> None:
    """Enter a unit's scheme for a rule, or put another in its place."""
    conn.execute(delete(table).where(table.c.unit == row.unit, table.c.rule == row.rule))
    values = {name: getattr(row, name) for name in row.__slots__}
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(table).values(**values, user=user, at=at))


def of_unit(conn: Connection, unit: str) -> list[SchemeRow]:
    """The unit's schemes, by rule."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.rule))
    return [SchemeRow(*row) for row in rows]
