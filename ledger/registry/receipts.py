"""Numbered receipts for cash: per unit and year from 1, none left out, none taken away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import receipt as table

if TYPE_CHECKING:
    from collections.abc import Sequence

VALID: Final = "valid"
VOID: Final = "void"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What part of the money was for: a claim's month, or what was left as a credit."""

    code: str
    rule: str
    month: str
    kind: str
    fen: int


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """``printed`` counts the prints: all but the first are copies. ``reason`` is why it is void."""

    unit: str
    year: int
    number: int
    draft: str
    member: str
    day: date
    fen: int
    lines: tuple[ReceiptLine, ...]
    state: str
    reason: str
    printed: int
    user: str
    at: str

    @property
    def name(self) -> str:
        """As people write it: ``2026-000012``."""
        return f"{self.year}-{self.number:06d}"


_COLUMNS = tuple(table.c[name] for name in ReceiptRow.__slots__)


def give(
    conn: Connection,
    unit: str,
    draft: str,
    member: str,
    day: date,
    lines: Sequence[ReceiptLine],
    *,
    user: str,
    now: datetime,
) -> ReceiptRow:
    """Enter the next receipt of the unit's year; the caller holds the unit's lock."""
    number, fen = next_number(conn, unit, day.year), sum(one.fen for one in lines)
    at = now.isoformat(timespec="seconds")
    row = ReceiptRow(
        unit, day.year, number, draft, member, day, fen, tuple(lines), VALID, "", 0, user, at
    )
    values = {name: getattr(row, name) for name in ReceiptRow.__slots__}
    told = [[one.code, one.rule, one.month, one.kind, one.fen] for one in lines]
    conn.execute(insert(table).values({**values, "lines": json.dumps(told)}))
    return row


def find(conn: Connection, unit: str, year: int, number: int) -> ReceiptRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(
            table.c.unit == unit, table.c.year == year, table.c.number == number
        )
    ).first()
    return None if row is None else _row(tuple(row))


def of_draft(conn: Connection, draft: str) -> ReceiptRow | None:
    """The valid receipt for what a draft says."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.draft == draft, table.c.state == VALID)
    ).first()
    return None if row is None else _row(tuple(row))


def next_number(conn: Connection, unit: str, year: int) -> int:
    """The number that the next receipt of the year will have."""
    last = conn.execute(
        select(func.max(table.c.number)).where(table.c.unit == unit, table.c.year == year)
    ).scalar()
    return (last or 0) + 1


def of_unit(conn: Connection, unit: str, year: int) -> list[ReceiptRow]:
    """Every receipt of a year, void ones among them, by number."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.year == year).order_by(table.c.number)
    )
    return [_row(tuple(row)) for row in rows]


def numbers_of_unit(conn: Connection, unit: str) -> list[tuple[int, int]]:
    """Year and number of every receipt of a unit, in order."""
    query = select(table.c.year, table.c.number).where(table.c.unit == unit)
    return [(row.year, row.number) for row in conn.execute(query.order_by(*query.selected_columns))]


def count_of(conn: Connection, unit: str, member: str) -> int:
    """How many receipts a member was given, void ones among them."""
    query = select(func.count()).where(table.c.unit == unit, table.c.member == member)
    return int(conn.execute(query).scalar_one())


def printed(conn: Connection, row: ReceiptRow) -> None:
    """Count a print."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.year == row.year, table.c.number == row.number)
        .values(printed=table.c.printed + 1)
    )


def say_why(conn: Connection, row: ReceiptRow, reason: str) -> None:
    """Keep why a receipt is void."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.year == row.year, table.c.number == row.number)
        .values(reason=reason)
    )


def void_of_draft(conn: Connection, draft: str, reason: str) -> None:
    """The draft behind a receipt was withdrawn, or its voucher reversed: the receipt is void."""
    conn.execute(
        update(table)
        .where(table.c.draft == draft, table.c.state == VALID)
        .values(state=VOID, reason=reason[:300])
    )


def _row(values: tuple[object, ...]) -> ReceiptRow:
    made = dict(zip(ReceiptRow.__slots__, values, strict=True))
    lines = tuple(ReceiptLine(*one) for one in json.loads(str(made["lines"])))
    return ReceiptRow(**{**made, "lines": lines})  # type: ignore[arg-type]
