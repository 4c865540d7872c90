"""Objections and questions on what was published, and their answers in versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import objection as table
from ledger.registry.schema import objection_answer
from ledger.registry.sets import among

#: How their codes begin: 意见.
PREFIX: Final = "YJ"
WAITING, PUBLISHED, RETURNED = "waiting", "published", "returned"


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """What somebody said of ``reference`` on ``day``; ``sealed`` is as they wrote it.

    ``words`` is what was written for everybody to read; empty where only the line is told.
    """

    unit: str
    code: str
    kind: str
    reference: str
    day: date
    channel: str
    sealed: bytes
    words: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer by ``user``, which ``checker`` published on ``day`` or sent back."""

    unit: str
    code: str
    number: int
    words: str
    note: str
    state: str
    user: str
    at: str
    checker: str | None = None
    day: date | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in ObjectionRow.__slots__)
_ANSWER = tuple(objection_answer.c[name] for name in AnswerRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: ObjectionRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def add_answer(conn: Connection, row: AnswerRow) -> None:
    values = {name: getattr(row, name) for name in row.__slots__}
    conn.execute(insert(objection_answer).values(values))


def find(conn: Connection, unit: str, code: str) -> ObjectionRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else ObjectionRow(*row)


def of_units(conn: Connection, asked: Collection[str]) -> list[ObjectionRow]:
    """What was said of several units, by unit, day and code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, table.c.unit, asked))
        .order_by(table.c.unit, table.c.day, table.c.code)
    )
    return [ObjectionRow(*row) for row in rows]


def answers(conn: Connection, asked: Collection[str]) -> dict[tuple[str, str], list[AnswerRow]]:
    """By unit and code every answer, in order."""
    where = objection_answer.c
    rows = conn.execute(
        select(*_ANSWER)
        .where(among(conn, where.unit, asked))
        .order_by(where.unit, where.code, where.number)
    )
    found: dict[tuple[str, str], list[AnswerRow]] = {}
    for row in rows:
        found.setdefault((row.unit, row.code), []).append(AnswerRow(*row))
    return found


def answered(
    conn: Connection, row: AnswerRow, state: str, checker: str, day: date | None, now: datetime
) -> None:
    """Somebody published an answer that waited, or sent it back."""
    where = objection_answer.c
    conn.execute(
        update(objection_answer)
        .where(where.unit == row.unit, where.code == row.code, where.number == row.number)
        .values(state=state, checker=checker, day=day, checked_at=now.isoformat(timespec="seconds"))
    )
