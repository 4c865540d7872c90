"""Where what goes up, or comes back, by each row of a rule is entered, and on whose account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.schema import remittance_path as table


@dataclass(frozen=True, slots=True)
class PathRow:
    """``row`` is rule and row, such as ``party/province``; ``account`` is debited in ``fund``.

    ``held``: the account is a liability that holds all of it until it goes, as the upper shares of
    a levy do. ``money`` is the account it is paid from, ``counter`` the unit that receives it.
    """

    unit: str
    row: str
    held: bool
    account: str
    fund: str
    money: str
    counter: str


_COLUMNS = tuple(table.c[name] for name in PathRow.__slots__)


def put(conn: Connection, row: PathRow, *, user: str, now: datetime) -> None:
    """Enter a way, or put another in its place."""
    conn.execute(delete(table).where(table.c.unit == row.unit, table.c.row == row.row))
    values = {name: getattr(row, name) for name in row.__slots__}
    conn.execute(
        insert(table).values(**values, user=user, at=now.isoformat(timespec="seconds"))
    )  # fmt: skip


def of_unit(conn: Connection, unit: str) -> list[PathRow]:
    """The unit's ways, by rule and row."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.row))
    return [PathRow(*row) for row in rows]
