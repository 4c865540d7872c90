"""Which logins are one person: what takes two persons is not done by one under two logins.

Who a user is, an administrator says by a member's id; a user of whom it was not said is nobody but
themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from ledger.registry import users
from ledger.registry.schema import user as table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry.users import User


def person_of(conn: Connection, user_id: str) -> str | None:
    """The registered person whom a user is, where that was said."""
    return conn.execute(select(table.c.person).where(table.c.id == user_id)).scalar()


def same_person(conn: Connection, user_id: str, other: str) -> bool:
    """Whether two users are one person, as far as it was said who they are."""
    if user_id == other:
        return True
    person = person_of(conn, user_id)
    return person is not None and person_of(conn, other) == person


def set_person(conn: Connection, user: User, person: str | None) -> None:
    """Say which registered person a user is; None takes it back.

    Refused where the person's logins together would have roles that exclude each other.
    """
    if person is not None:
        users.refuse_roles(conn, user.login, user.said | users.roles_of(conn, person, user.id))
    conn.execute(update(table).where(table.c.id == user.id).values(person=person))


def persons(conn: Connection) -> dict[str, str]:
    """The registered persons whom users are, by user, where that was said."""
    rows = conn.execute(select(table.c.id, table.c.person).where(table.c.person.is_not(None)))
    return {row.id: row.person for row in rows}
