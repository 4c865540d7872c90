"""Claims: what somebody owes the unit or is owed by it, each under a code with a check digit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import claim as table
from ledger.registry.sets import among

OPEN: Final = "open"
DRAFTED: Final = "drafted"
PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """``fen`` is what is to be paid; ``account`` is credited when it is. ``list_code`` is the code
    of the payroll list that the claim stands in, if any."""

    unit: str
    code: str
    kind: str
    member: str | None
    account: str
    fund: str
    month: str
    fen: int
    currency: str
    state: str
    list_code: str | None


_COLUMNS = tuple(table.c[name] for name in ClaimRow.__slots__)


def add_many(conn: Connection, rows: Collection[ClaimRow]) -> None:
    """Enter claims; the database refuses a code that is taken."""
    if rows:
        conn.execute(insert(table), [{n: getattr(row, n) for n in row.__slots__} for row in rows])


def find(conn: Connection, unit: str, code: str) -> ClaimRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else ClaimRow(*row)


def with_codes(conn: Connection, unit: str, codes: Collection[str]) -> list[ClaimRow]:
    """The claims that have one of these codes, or stand in a list that has, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, among(conn, table.c.code, codes))
        .union(select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.list_code, codes)))
    )
    return sorted((ClaimRow(*row) for row in rows), key=lambda row: row.code)


def of_members(conn: Connection, unit: str, ids: Collection[str]) -> list[ClaimRow]:
    """What these members owe or have paid, by month and code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.member, ids))
    )
    return sorted((ClaimRow(*row) for row in rows), key=lambda row: (row.month, row.code))


def count_with_prefix(conn: Connection, unit: str, prefix: str) -> int:
    """How many of the unit's claims have a code that begins so, such as ``HY2026-``."""
    query = select(func.count()).where(table.c.unit == unit, table.c.code.startswith(prefix))
    return int(conn.execute(query).scalar_one())


def in_state(conn: Connection, unit: str, state: str) -> list[ClaimRow]:
    """The unit's claims in a state, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.state == state).order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def open_in(conn: Connection, unit: str, first: str, last: str) -> list[ClaimRow]:
    """The open claims of the months from ``first`` to ``last``, by month and code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.state == OPEN)
        .where(table.c.month >= first, table.c.month <= last)
        .order_by(table.c.month, table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def of_list(conn: Connection, unit: str, list_code: str) -> list[ClaimRow]:
    """The claims that stand in a payroll list, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.list_code == list_code)
        .order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def of_member(conn: Connection, unit: str, member: str) -> list[ClaimRow]:
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.member == member)
        .order_by(table.c.month, table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def set_state(conn: Connection, unit: str, codes: Collection[str], state: str) -> None:
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(state=state)
        )


def set_list(conn: Connection, unit: str, codes: Collection[str], list_code: str) -> None:
    """Put these claims under a payroll list's code, and no others."""
    conn.execute(
        update(table)
        .where(table.c.unit == unit, table.c.list_code == list_code)
        .values(list_code=None)
    )
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(list_code=list_code)
        )
