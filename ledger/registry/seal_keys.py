"""The public keys by which a unit's seals are signed, in their order, and how each came to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import seal_key as table

#: Pinned by the first signed seal; taken over with a book; asked for; confirmed; taken back.
PINNED, TAKEN, ASKED, CONFIRMED, WITHDRAWN = (
    "pinned", "taken", "asked", "confirmed", "withdrawn",
)  # fmt: skip
#: The states of a key that counts, or counted until the next one.
IN_FORCE: Final = (PINNED, TAKEN, CONFIRMED)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """``key`` is in hexadecimal; empty where the unit seals without one from then on."""

    unit: str
    number: int
    key: str
    state: str
    reason: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in KeyRow.__slots__)


def of_unit(conn: Connection, unit: str) -> list[KeyRow]:
    """Every key of a unit, and every change that was asked for, by number."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.number))
    return [KeyRow(*row) for row in rows]


def in_force(conn: Connection, unit: str) -> KeyRow | None:
    """The key that the next seal has to have; None while none was pinned."""
    row = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.state.in_(IN_FORCE))
        .order_by(table.c.number.desc())
        .limit(1)
    ).first()
    return None if row is None else KeyRow(*row)


def asked(conn: Connection, unit: str) -> KeyRow | None:
    """The change that waits to be confirmed."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.state == ASKED)
    ).first()
    return None if row is None else KeyRow(*row)


def next_number(conn: Connection, unit: str) -> int:
    """The number of the next key. The caller holds the unit's lock."""
    last = conn.execute(select(func.max(table.c.number)).where(table.c.unit == unit)).scalar()
    return int(last or 0) + 1


def add(conn: Connection, row: KeyRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def answer(conn: Connection, row: KeyRow, state: str, user: str, at: str) -> None:
    """The change that was asked for is confirmed or taken back."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.number == row.number)
        .values(state=state, checker=user, checked_at=at)
    )
