"""Who was reminded of their dues, when and how. It says what was printed; nothing is sent by us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, select

from ledger.registry.schema import reminder as table
from ledger.registry.sets import insert_many

if TYPE_CHECKING:
    from collections.abc import Mapping

LETTER: Final = "letter"
SMS: Final = "sms"


@dataclass(frozen=True, slots=True)
class ReminderRow:
    member: str
    day: date
    how: str
    fen: int
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in ReminderRow.__slots__)


def add_many(
    conn: Connection,
    unit: str,
    how: str,
    amounts: Mapping[str, int],
    *,
    user: str,
    day: date,
    now: datetime,
) -> None:
    """Keep that these members were reminded of these amounts."""
    at = now.isoformat(timespec="seconds")
    insert_many(
        conn, table, ("unit", "member", "day", "how", "fen", "user", "at"),
        [(unit, member, day, how, fen, user, at) for member, fen in amounts.items()],
    )  # fmt: skip


def of_unit(conn: Connection, unit: str) -> list[ReminderRow]:
    """The unit's reminders, oldest first."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.id))
    return [ReminderRow(*row) for row in rows]
