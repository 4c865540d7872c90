"""Members of units, each a person under a number that the unit gave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select

from ledger.errors import Refused, finding
from ledger.registry import ids
from ledger.registry.schema import member as table
from ledger.registry.sets import among


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: str
    person: str
    unit: str
    number: str
    state: str  # active, left, retired, suspended
    joined: date
    left: date | None


_COLUMNS = tuple(table.c[name] for name in MemberRow.__slots__)


def add(
    conn: Connection,
    *,
    person: str,
    unit: str,
    number: str,
    joined: date,
    state: str = "active",
    left: date | None = None,
    id: str | None = None,
) -> str:
    """Enter a member; the id ``m-…``. Refused if the number is taken in the unit.

    ``id`` is given where a book knows the member already, else drawn.
    """
    if by_number(conn, unit, number) is not None or not number.strip():
        raise Refused(
            finding(
                "member-number",
                f"会员编号 {number[:20]} 为空或已用",
                f"member number {number[:20]} is empty or taken",
                "换一个编号",
                "give another number",
            )
        )
    row = MemberRow(id or ids.new("m"), person, unit, number, state, joined, left)
    conn.execute(insert(table).values({n: getattr(row, n) for n in row.__slots__}))
    return row.id


def find(conn: Connection, member: str) -> MemberRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.id == member)).first()
    return None if row is None else MemberRow(*row)


def by_number(conn: Connection, unit: str, number: str) -> MemberRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.number == number)
    ).first()
    return None if row is None else MemberRow(*row)


def of_person(conn: Connection, unit: str, person: str) -> MemberRow | None:
    """The membership of a person in a unit."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.person == person)
    ).first()
    return None if row is None else MemberRow(*row)


def of_persons(conn: Connection, unit: str, persons: Collection[str]) -> dict[str, MemberRow]:
    """The memberships of several persons in a unit, by person."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.person, persons))
    )
    return {row.person: row for row in (MemberRow(*found) for found in rows)}


def with_ids(conn: Connection, ids: Collection[str]) -> dict[str, MemberRow]:
    """Members by their ids."""
    rows = conn.execute(select(*_COLUMNS).where(among(conn, table.c.id, ids)))
    return {row.id: row for row in (MemberRow(*found) for found in rows)}


def by_numbers(conn: Connection, unit: str, numbers: Collection[str]) -> dict[str, MemberRow]:
    """The unit's members of these numbers, by number."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.number, numbers))
    )
    return {row.number: row for row in (MemberRow(*found) for found in rows)}


def all_members(conn: Connection, unit: str) -> list[MemberRow]:
    """The unit's members, by number."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.number))
    return [MemberRow(*row) for row in rows]


def ids_of_unit(conn: Connection, unit: str) -> list[str]:
    """The ids of the unit's members who have not left, in order."""
    query = select(table.c.id).where(table.c.unit == unit, table.c.left.is_(None))
    return list(conn.execute(query.order_by(table.c.id)).scalars())
