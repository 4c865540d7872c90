"""Who keeps an asset: a member of the unit, or a user who acts in it; by id, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Refused, finding
from ledger.registry import logins, members, users
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known_keeper(conn: Connection, unit: str, text: str) -> str:
    """The id of who is meant: a member's number or id, a user's login or id.

    Refused for who is no member of the unit any more, and for users without any right in it.
    """
    word = text.strip()
    member = members.by_number(conn, unit, word) or members.find(conn, word)
    if member is not None and member.unit == unit and member.state == members.ACTIVE:
        return member.id
    for user in users.all_users(conn):
        if word in (user.id, user.login) and user.may("browse", unit):
            if user.id in users.inactive(conn):
                break
            return user.id
    raise Refused(
        finding(
            "unknown-keeper",
            f"没有保管人 {typed(word)}：须是本单位在册会员的编号，或本单位用户的登录名",
            f"there is no keeper {typed(word)}: write a member's number, or the login of a user "
            "of this unit",
            "用 mingbai members 或 mingbai user list 核对",
            "look them up with mingbai members or mingbai user list",
        )
    )


def same_person(conn: Connection, user: str, keeper: str) -> bool:
    """Whether a user is the keeper, as themselves or as the member that they are."""
    if not keeper or logins.same_person(conn, user, keeper):
        return bool(keeper)
    member = members.find(conn, keeper)
    return member is not None and member.person == logins.person_of(conn, user)
