"""What auditors say of a period or a project, in versions, with the findings behind each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import audit_evaluation as table
from ledger.registry.schema import audit_evaluation_finding as behind_table
from ledger.registry.sets import among, insert_many

#: How their codes begin: 评价.
PREFIX: Final = "PJ"
WAITING, PUBLISHED, RETURNED = "waiting", "published", "returned"


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """A version by ``user``, which ``checker`` published on ``day`` or sent back.

    ``scope`` says what ``subject`` is, which is empty for a period. ``note`` explains a version
    after another.
    """

    unit: str
    code: str
    version: int
    scope: str
    subject: str
    period: str
    result: str
    words: str
    note: str
    state: str
    user: str
    at: str
    checker: str | None = None
    day: date | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in EvaluationRow.__slots__)
_BEHIND: Final = ("unit", "code", "version", "finding")


def next_code(conn: Connection, unit: str, year: int) -> str:
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: EvaluationRow, findings: Sequence[str]) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    rows = [(row.unit, row.code, row.version, code) for code in findings]
    insert_many(conn, behind_table, _BEHIND, rows)


def versions(conn: Connection, unit: str, code: str) -> list[EvaluationRow]:
    """Every version of one evaluation, in order."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.code == code)
        .order_by(table.c.version)
    )
    return [EvaluationRow(*row) for row in rows]


def of_units(conn: Connection, asked: Collection[str]) -> list[EvaluationRow]:
    """Every version of several units, by unit, code and version."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, table.c.unit, asked))
        .order_by(table.c.unit, table.c.code, table.c.version)
    )
    return [EvaluationRow(*row) for row in rows]


def behind(conn: Connection, asked: Collection[str]) -> dict[tuple[str, str, int], list[str]]:
    """By unit, code and version the codes of the findings behind it."""
    where = behind_table.c
    rows = conn.execute(
        select(where.unit, where.code, where.version, where.finding)
        .where(among(conn, where.unit, asked))
        .order_by(where.unit, where.code, where.version, where.finding)
    )
    found: dict[tuple[str, str, int], list[str]] = {}
    for row in rows:
        found.setdefault((row.unit, row.code, row.version), []).append(row.finding)
    return found


def checked(
    conn: Connection, row: EvaluationRow, state: str, checker: str, day: date | None, now: datetime
) -> None:
    """Another auditor published a version that waited, or sent it back."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.code == row.code, table.c.version == row.version)
        .values(state=state, checker=checker, day=day, checked_at=now.isoformat(timespec="seconds"))
    )
