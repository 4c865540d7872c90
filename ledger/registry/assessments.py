"""What members were assessed, month by month: the first amount, and every difference after it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from ledger.registry import persons
from ledger.registry.schema import assessment as table
from ledger.registry.sets import among, insert_many
from ledger.registry.vault import Vault, seal_each, unseal_each

Record = Mapping[str, str | int | bool | None]


class AssessmentRow(NamedTuple):
    """``number`` 0 is the first of its member and month. ``fen`` is the difference to what was owed
    before, ``total_fen`` what is owed in all; ``record`` all that it was made of, None where the
    person was erased."""

    unit: str
    rule: str
    month: str
    member: str
    number: int
    fen: int
    total_fen: int
    due: date
    table_key: str
    table_digest: str
    row: str
    record: Record | None


#: All but the record, which is sealed and comes last.
_PLAIN = AssessmentRow._fields[:-1]


def add_many(
    conn: Connection,
    keys: Mapping[str, bytes],
    rows: Sequence[tuple[AssessmentRow, str]],
    *,
    user: str,
    now: datetime,
) -> None:
    """Enter assessments, each with its record as JSON; the database refuses a second one of the
    same number.

    ``keys`` are the members' own; KeyError for one whose person was erased.
    """
    at = now.isoformat(timespec="seconds")
    # In the order of the indexes, so that a month of many members goes through each page once.
    rows = sorted(rows, key=lambda one: one[0].member)
    sealed = seal_each((keys[row.member], text.encode(), _context(row)) for row, text in rows)
    values = [(*row[:-1], text, user, at) for (row, _), text in zip(rows, sealed, strict=True)]
    insert_many(conn, table, (*_PLAIN, "sealed", "user", "at"), values)


def totals(conn: Connection, unit: str, rule: str, month: str) -> dict[str, tuple[int, int]]:
    """``(last number, what is owed in all)`` of every member assessed for the month."""
    rows = conn.execute(
        select(table.c.member, func.max(table.c.number), func.sum(table.c.fen))
        .where(table.c.unit == unit, table.c.rule == rule, table.c.month == month)
        .group_by(table.c.member)
    )
    return {member: (number, int(fen)) for member, number, fen in rows}


def last_of_month(
    conn: Connection, keys: Mapping[str, bytes], unit: str, rule: str, month: str
) -> dict[str, AssessmentRow]:
    """The last assessment of every member for the month, with what it was made of."""
    which = (table.c.unit == unit) & (table.c.rule == rule) & (table.c.month == month)
    rows = _rows(conn, keys, which)
    return {row.member: row for row in rows}  # by number: the last one stays


def of_member(
    conn: Connection, vault: Vault, member: str, month: str | None = None
) -> list[AssessmentRow]:
    """A member's assessments, by rule, month and number."""
    which = table.c.member == member
    keys = persons.keys_of_members(conn, vault, [member])
    return _rows(conn, keys, which if month is None else which & (table.c.month == month))


def of_unit(conn: Connection, vault: Vault, unit: str) -> list[AssessmentRow]:
    """Every assessment of a unit, by rule, month, member and number."""
    return _rows(conn, persons.keys_of_unit(conn, vault, unit), table.c.unit == unit)


def by_month(conn: Connection, unit: str, rule: str) -> dict[str, int]:
    """What the unit's members owe in all, by month, in fen."""
    rows = conn.execute(
        select(table.c.month, func.sum(table.c.fen))
        .where(table.c.unit == unit, table.c.rule == rule)
        .group_by(table.c.month)
        .order_by(table.c.month)
    )
    return {month: int(fen) for month, fen in rows}


@dataclass(frozen=True, slots=True)
class PlainRow:
    """An assessment without what it was made of: nothing in it is sealed."""

    unit: str
    rule: str
    month: str
    member: str
    number: int
    fen: int
    total_fen: int
    table_key: str
    row: str
    at: str


def plain_of(conn: Connection, units: Collection[str], first: str, last: str) -> list[PlainRow]:
    """The assessments of these units for the months from ``first`` to ``last``, in their order."""
    names = PlainRow.__slots__
    rows = conn.execute(
        select(*(table.c[name] for name in names))
        .where(among(conn, table.c.unit, units), table.c.month >= first, table.c.month <= last)
        .order_by(table.c.unit, table.c.rule, table.c.month, table.c.member, table.c.number)
    )
    return [PlainRow(*row) for row in rows]


def _rows(
    conn: Connection, keys: Mapping[str, bytes], which: ColumnElement[bool]
) -> list[AssessmentRow]:
    found = conn.execute(
        select(*(table.c[name] for name in _PLAIN), table.c.sealed)
        .where(which)
        .order_by(table.c.rule, table.c.month, table.c.member, table.c.number)
    )
    rows = [(AssessmentRow._make((*row[:-1], None)), row[-1]) for row in found]
    texts = iter(
        unseal_each(
            (keys[row.member], sealed, _context(row)) for row, sealed in rows if row.member in keys
        )
    )
    return [
        AssessmentRow(*row[:-1], _of_json(next(texts).decode())[0]) if row.member in keys else row
        for row, _ in rows
    ]


def _context(row: AssessmentRow) -> str:
    return f"assessment {row.member} {row.rule} {row.month} {row.number}"


_of_json = json.JSONDecoder().raw_decode  # what we wrote has nothing around it
