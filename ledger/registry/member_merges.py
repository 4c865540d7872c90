"""Members who turned out to be one person entered twice, and merges that were undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from ledger.registry.schema import member as member_table
from ledger.registry.schema import member_merge as table
from ledger.registry.sets import among


@dataclass(frozen=True, slots=True)
class MergeRow:
    """``member`` is the same person as ``into``, who owes from ``since`` on for both. ``reason``
    is sealed; ``was_state`` and ``was_left`` are how the member stood before."""

    id: int
    member: str
    into: str
    since: date
    sealed: bytes
    was_state: str
    was_left: date | None
    user: str
    at: str
    undone: bytes | None
    undone_by: str | None
    undone_at: str | None


_COLUMNS = tuple(table.c[name] for name in MergeRow.__slots__)


def add(
    conn: Connection, *, member: str, into: str, since: date, sealed: bytes, was_state: str,
    was_left: date | None, user: str, now: datetime,
) -> None:  # fmt: skip
    at = now.isoformat(timespec="seconds")
    conn.execute(
        insert(table).values(
            member=member, into=into, since=since, sealed=sealed, was_state=was_state,
            was_left=was_left, user=user, at=at,
        )
    )  # fmt: skip


def undo(conn: Connection, merge: int, sealed: bytes, *, user: str, now: datetime) -> None:
    at = now.isoformat(timespec="seconds")
    conn.execute(
        update(table).where(table.c.id == merge).values(undone=sealed, undone_by=user, undone_at=at)
    )


def standing(conn: Connection, member: str) -> MergeRow | None:
    """The merge by which the member is another one, if it stands."""
    rows = _rows(conn, (table.c.member == member) & table.c.undone_at.is_(None))
    return rows[0] if rows else None


def of_members(conn: Connection, members: Collection[str]) -> list[MergeRow]:
    """Every merge that one of these members has a part in, undone ones too, oldest first."""
    return _rows(
        conn, or_(among(conn, table.c.member, members), among(conn, table.c.into, members))
    )


def doubles_of(conn: Connection, member: str) -> list[str]:
    """The ids of members who are this one, directly or through another, in order."""
    found: list[str] = []
    todo = [member]
    while todo:
        rows = _rows(conn, among(conn, table.c.into, todo) & table.c.undone_at.is_(None))
        todo = [row.member for row in rows if row.member not in found]
        found += todo
    return found


def survivors(conn: Connection) -> dict[str, str]:
    """Members who are another member now, with who that is in the end."""
    rows = conn.execute(select(table.c.member, table.c.into).where(table.c.undone_at.is_(None)))
    into = {row[0]: row[1] for row in rows}
    return {member: _end(member, into) for member in into}


def persons(conn: Connection) -> dict[str, str]:
    """Persons who are another person now, with who that is in the end."""
    one, other = member_table.alias("one"), member_table.alias("other")
    rows = conn.execute(
        select(one.c.person, other.c.person)
        .select_from(table)
        .join(one, one.c.id == table.c.member)
        .join(other, other.c.id == table.c.into)
        .where(table.c.undone_at.is_(None), one.c.person != other.c.person)
    )
    into = {row[0]: row[1] for row in rows}
    return {person: _end(person, into) for person in into}


def _end(one: str, into: dict[str, str]) -> str:
    seen = {one}
    while (one := into[one]) in into and one not in seen:
        seen.add(one)
    return one


def _rows(conn: Connection, which: ColumnElement[bool]) -> list[MergeRow]:
    rows = conn.execute(select(*_COLUMNS).where(which).order_by(table.c.id))
    return [MergeRow(*row) for row in rows]
