"""Members of units, each a person under a number that the unit gave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Select, case, func, insert, or_, select, update

from ledger.errors import Refused, finding
from ledger.registry import ids
from ledger.registry.schema import member as table
from ledger.registry.sets import among, insert_many

#: What a member is of the unit. Why somebody pays less or nothing is personal: it stands sealed
#: among the facts, not here.
ACTIVE: Final = "active"
LEFT: Final = "left"
TRANSFERRED: Final = "transferred"
MERGED: Final = "merged"
STATES: Final = (ACTIVE, LEFT, TRANSFERRED, MERGED)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """``left`` is the first day on which the member is one of the unit no more, if known."""

    id: str
    person: str
    unit: str
    number: str
    state: str
    joined: date
    left: date | None


_COLUMNS = tuple(table.c[name] for name in MemberRow.__slots__)
_fields = attrgetter(*MemberRow.__slots__)
# Whoever is a member still goes before who was, and who was merged comes last.
_FIRST = case({ACTIVE: 0, LEFT: 1, TRANSFERRED: 1}, value=table.c.state, else_=2)


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


def add_many(conn: Connection, rows: Sequence[MemberRow]) -> list[MemberRow]:
    """Enter members, each with an id of their own where none is given.

    The numbers were looked at before: the database refuses one that is taken.
    """
    given = [row if row.id else replace(row, id=ids.new("m")) for row in rows]
    insert_many(conn, table, MemberRow.__slots__, [_fields(row) for row in given])
    return given


def set_state(conn: Connection, member: str, state: str, left: date | None) -> None:
    conn.execute(update(table).where(table.c.id == member).values(state=state, left=left))


def set_joined(conn: Connection, member: str, joined: date) -> None:
    conn.execute(update(table).where(table.c.id == member).values(joined=joined))


def find(conn: Connection, member: str) -> MemberRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.id == member)).first()
    return None if row is None else MemberRow(*row)


def by_number(conn: Connection, unit: str, number: str) -> MemberRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.number == number)
    ).first()
    return None if row is None else MemberRow(*row)


def of_person(conn: Connection, unit: str, person: str) -> MemberRow | None:
    """The membership of a person in a unit; where there are several, the one that counts."""
    row = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.person == person)
        .order_by(_FIRST, table.c.number)
    ).first()
    return None if row is None else MemberRow(*row)


def everywhere(conn: Connection, person: str) -> list[MemberRow]:
    """The memberships of a person in all units, by unit and number."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.person == person).order_by(table.c.unit, table.c.number)
    )
    return [MemberRow(*row) for row in rows]


def of_persons(conn: Connection, unit: str, persons: Collection[str]) -> dict[str, MemberRow]:
    """The memberships of several persons in a unit, by person, as :func:`of_person` has them."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, among(conn, table.c.person, persons))
        .order_by(_FIRST.desc(), table.c.number.desc())
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


def page(
    conn: Connection,
    unit: str,
    *,
    begins: str = "",
    state: str = "",
    after: str = "",
    most: int | None = None,
) -> list[MemberRow]:
    """Members by number: whose number begins so, of this state, behind the number ``after``."""
    query = _such(conn, select(*_COLUMNS), unit, begins, state)
    query = query.where(table.c.number > after).order_by(table.c.number).limit(most)
    return [MemberRow(*row) for row in conn.execute(query)]


def count(conn: Connection, unit: str, *, begins: str = "", state: str = "") -> int:
    """How many members :func:`page` has in all."""
    return int(conn.execute(_such(conn, select(func.count()), unit, begins, state)).scalar_one())


def _such(conn: Connection, query: Select[Any], unit: str, begins: str, state: str) -> Select[Any]:
    query = query.select_from(table).where(table.c.unit == unit)
    if begins and conn.dialect.name != "sqlite":
        # Texts are in the order of a language there, not of their characters.
        query = query.where(table.c.number.startswith(begins, autoescape=True))
    elif begins:
        # A range, which the index on numbers answers; a pattern would read them all.
        query = query.where(table.c.number >= begins, table.c.number < f"{begins}\U0010ffff")
    return query.where(table.c.state == state) if state else query


def heads(conn: Connection, units: Collection[str], day: date) -> dict[str, int]:
    """How many members each unit has on ``day``, by unit; doubles count once."""
    rows = conn.execute(
        select(table.c.unit, func.count())
        .where(
            table.c.unit.in_(list(units)),
            table.c.joined <= day,
            or_(table.c.left.is_(None), table.c.left > day),
            table.c.state != MERGED,
        )
        .group_by(table.c.unit)
    )
    return {unit: int(count) for unit, count in rows}


def keeping(conn: Connection, units: Collection[str]) -> set[str]:
    """Those of the units that keep their members here, or ever did."""
    query = select(table.c.unit).where(table.c.unit.in_(list(units))).distinct()
    return set(conn.execute(query).scalars())


def numbers(conn: Connection, unit: str) -> dict[str, str]:
    """The numbers of all who are or were the unit's members, by id."""
    rows = conn.execute(select(table.c.id, table.c.number).where(table.c.unit == unit)).all()
    return {id: number for id, number in rows}  # noqa: C416 - rows are no pairs to mypy


def ids_of_unit(conn: Connection, unit: str) -> list[str]:
    """The ids of the unit's members who have not left, in order."""
    query = select(table.c.id).where(table.c.unit == unit, table.c.left.is_(None))
    return list(conn.execute(query.order_by(table.c.id)).scalars())
