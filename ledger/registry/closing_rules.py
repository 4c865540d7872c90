"""What has to be there before a unit's months are closed, from which day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select

from ledger.registry.schema import closing_rule as table

PAPERS, BANK, TRANSFERS, YEAR_END = "papers", "bank", "transfers", "year-end"
KEYS: Final = (PAPERS, BANK, TRANSFERS, YEAR_END)
#: What a new unit's months are asked from its first day on.
FROM_THE_FIRST: Final = (PAPERS, BANK, TRANSFERS)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """From ``day`` on ``key`` is ``required`` or not; of one day the greatest number holds."""

    unit: str
    key: str
    day: date
    number: int
    required: bool
    reason: str
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in RuleRow.__slots__)


def add(
    conn: Connection, unit: str, key: str, day: date, *, required: bool, reason: str, user: str,
    now: datetime,
) -> RuleRow:  # fmt: skip
    """Say it from ``day`` on."""
    last = conn.execute(
        select(func.max(table.c.number)).where(
            table.c.unit == unit, table.c.key == key, table.c.day == day
        )
    ).scalar()
    at = now.isoformat(timespec="seconds")
    row = RuleRow(unit, key, day, (last or 0) + 1, required, reason, user, at)
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    return row


def of_unit(conn: Connection, unit: str) -> list[RuleRow]:
    """Everything that was said, by key and day."""
    query = select(*_COLUMNS).where(table.c.unit == unit)
    return [
        RuleRow(*row)
        for row in conn.execute(query.order_by(table.c.key, table.c.day, table.c.number))
    ]


def required_on(conn: Connection, unit: str, day: date) -> set[str]:
    """The keys that are required on a day."""
    last = {row.key: row.required for row in of_unit(conn, unit) if row.day <= day}
    return {key for key, required in last.items() if required}
