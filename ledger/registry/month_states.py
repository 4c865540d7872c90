"""Months that were closed or opened again: by whom, when, and the digest of the file as closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from ledger.period import Month
from ledger.registry.schema import month_state


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: str
    state: str
    digest: str
    by: str
    at: str


def find(conn: Connection, unit: str, month: Month) -> MonthRow | None:
    row = conn.execute(
        select(*(month_state.c[n] for n in MonthRow.__slots__)).where(
            month_state.c.unit == unit, month_state.c.month == str(month)
        )
    ).first()
    return None if row is None else MonthRow(*row)


def all_months(conn: Connection, unit: str) -> list[MonthRow]:
    """Every month that was ever closed, in order."""
    rows = conn.execute(
        select(*(month_state.c[n] for n in MonthRow.__slots__))
        .where(month_state.c.unit == unit)
        .order_by(month_state.c.month)
    )
    return [MonthRow(*row) for row in rows]


def set_month(conn: Connection, unit: str, row: MonthRow) -> None:
    conn.execute(
        delete(month_state).where(month_state.c.unit == unit, month_state.c.month == row.month)
    )
    conn.execute(
        insert(month_state).values(unit=unit, **{n: getattr(row, n) for n in row.__slots__})
    )


def last_closed(conn: Connection, unit: str) -> str | None:
    """The latest closed month as ``2026-03``; None while none is."""
    return conn.execute(
        select(func.max(month_state.c.month)).where(
            month_state.c.unit == unit, month_state.c.state == "closed"
        )
    ).scalar()
