"""Members who go from one unit to another: asked for by the one, answered by the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from ledger.registry.schema import member_transfer as table

ASKED: Final = "asked"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class TransferRow:
    """``day`` is the first day in the new unit, ``paid_through`` the last month that the old unit
    collects; ``sealed`` the letter and ``answer`` the reason of a refusal, under the person's
    key; ``new_member`` who the member is in the new unit."""

    id: str
    member: str
    from_unit: str
    to_unit: str
    day: date
    paid_through: str
    sealed: bytes
    state: str
    user: str
    at: str
    answer: bytes | None = None
    answered_by: str | None = None
    answered_at: str | None = None
    new_member: str | None = None


_COLUMNS = tuple(table.c[name] for name in TransferRow.__slots__)


def add(conn: Connection, row: TransferRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def answer(
    conn: Connection, transfer: str, state: str, *, user: str, now: datetime,
    sealed: bytes | None = None, new_member: str | None = None,
) -> None:  # fmt: skip
    at = now.isoformat(timespec="seconds")
    conn.execute(
        update(table)
        .where(table.c.id == transfer)
        .values(state=state, answer=sealed, answered_by=user, answered_at=at, new_member=new_member)
    )


def find(conn: Connection, transfer: str) -> TransferRow | None:
    rows = _rows(conn, table.c.id == transfer)
    return rows[0] if rows else None


def waiting(conn: Connection, unit: str) -> list[TransferRow]:
    """What this unit asked for or is asked for and nobody answered, oldest first."""
    return _rows(conn, _side(unit) & (table.c.state == ASKED))


def of_unit(conn: Connection, unit: str) -> list[TransferRow]:
    """Every transfer that this unit has a part in, oldest first."""
    return _rows(conn, _side(unit))


def of_member(conn: Connection, member: str) -> list[TransferRow]:
    """The transfers by which a member went or came, oldest first."""
    return _rows(conn, or_(table.c.member == member, table.c.new_member == member))


def _side(unit: str) -> ColumnElement[bool]:
    return or_(table.c.from_unit == unit, table.c.to_unit == unit)


def _rows(conn: Connection, which: ColumnElement[bool]) -> list[TransferRow]:
    rows = conn.execute(select(*_COLUMNS).where(which).order_by(table.c.at, table.c.id))
    return [TransferRow(*row) for row in rows]
