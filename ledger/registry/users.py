"""Users: who may act, with which password, in which role of which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, insert, select, update

from ledger.errors import NotAllowed, Refused, finding
from ledger.registry import ids
from ledger.registry.schema import user as table
from ledger.registry.schema import user_role

if TYPE_CHECKING:
    from ledger.registry.database import Registry

EVERYWHERE: Final = "*"
#: What each role may do. Whoever handles cash keeps no ledger; whoever administers has no right
#: over money.
RIGHTS: Final = {
    "treasurer": frozenset({"browse", "record", "close"}),
    "checker": frozenset({"browse", "approve"}),
    "cashier": frozenset({"browse", "handle-cash"}),
    "auditor": frozenset({"browse"}),
    "accountant": frozenset({"browse", "record", "approve", "close"}),
    "administrator": frozenset({"administer"}),
}
_MONEY: Final = frozenset({"record", "approve", "close", "handle-cash"})
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{0,39}")
_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class User:
    """``roles`` are pairs of a unit, or ``*`` for all of them, and a role."""

    id: str
    login: str
    roles: frozenset[tuple[str, str]]

    def may(self, right: str, unit: str) -> bool:
        """Whether a role in this unit, or in the whole federation, gives the right."""
        return any(
            right in RIGHTS[role] for place, role in self.roles if place in (unit, EVERYWHERE)
        )


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A password's hash to compare with where the login is unknown, so that it takes as long."""
    return _hasher().hash("nobody")


def prepare() -> None:
    """Compute that hash now: the first login that nobody has is refused as fast as the others."""
    _nobody()


def add(
    conn: Connection,
    *,
    login: str,
    password: str,
    roles: frozenset[tuple[str, str]],
    now: datetime,
    person: str | None = None,
    id: str | None = None,
) -> User:
    """Register a user. Refused for a bad login or password, or roles that exclude each other.

    ``id`` is given where a book knows the user already, else drawn.
    """
    faults = [*_login_faults(conn, login), *_password_faults(password), *_role_faults(roles)]
    if faults:
        raise Refused(
            *(
                finding(
                    "bad-user",
                    f"用户 {login[:40]}：{zh}",
                    f"user {login[:40]}: {en}",
                    "改正后重新登记",
                    "correct it and register again",
                )
                for zh, en in faults
            )
        )
    new = User(id or ids.new("u"), login, roles)
    conn.execute(
        insert(table).values(
            id=new.id,
            login=login,
            person=person,
            password=_hasher().hash(password),
            state="active",
            failures=0,
            locked_until=None,
            created=now.isoformat(timespec="seconds"),
        )
    )
    conn.execute(
        insert(user_role), [{"user": new.id, "unit": u, "role": r} for u, r in sorted(roles)]
    )
    return new


def _login_faults(conn: Connection, login: str) -> list[tuple[str, str]]:
    if not _LOGIN.fullmatch(login):
        return [
            ("登录名用小写字母开头，可含数字与 . _ -", "a login is small letters, digits, . _ -")
        ]
    if conn.execute(select(table.c.id).where(table.c.login == login)).first():
        return [("登录名已用", "the login is taken")]
    return []


def _password_faults(password: str) -> list[tuple[str, str]]:
    if not 8 <= len(password) <= 200:
        return [("口令须 8 至 200 个字符", "a password has 8 to 200 characters")]
    return []


def _role_faults(roles: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    unknown = sorted({role for _, role in roles} - set(RIGHTS))
    if unknown or not roles:
        known = ", ".join(RIGHTS)
        return [(f"职责不明：{'、'.join(unknown)}", f"roles are among {known}")]
    faults = []
    rights = {place: _rights_at(roles, place) for place, _ in roles}
    if any(
        "handle-cash" in held and held & {"record", "approve", "close"} for held in rights.values()
    ):
        faults.append(("出纳不得兼管账目或审核", "a cashier keeps no ledger and approves nothing"))
    if any("administer" in held and held & _MONEY for held in rights.values()):
        faults.append(("管理员不得有资金职责", "an administrator has no right over money"))
    return faults


def _rights_at(roles: frozenset[tuple[str, str]], unit: str) -> frozenset[str]:
    places = (unit, EVERYWHERE) if unit != EVERYWHERE else {place for place, _ in roles}
    return frozenset(right for place, role in roles if place in places for right in RIGHTS[role])


def find(conn: Connection, user_id: str) -> User | None:
    """An active user by id."""
    row = conn.execute(
        select(table.c.id, table.c.login).where(table.c.id == user_id, table.c.state == "active")
    ).first()
    return None if row is None else User(row.id, row.login, _roles(conn, row.id))


def all_users(conn: Connection) -> list[User]:
    """Every user, by login."""
    rows = conn.execute(select(table.c.id, table.c.login).order_by(table.c.login)).all()
    return [User(row.id, row.login, _roles(conn, row.id)) for row in rows]


def _roles(conn: Connection, user_id: str) -> frozenset[tuple[str, str]]:
    rows = conn.execute(
        select(user_role.c.unit, user_role.c.role).where(user_role.c.user == user_id)
    )
    return frozenset((row.unit, row.role) for row in rows)


def authenticate(registry: Registry, login: str, password: str, now: datetime) -> User:
    """The user of this login and password; NotAllowed otherwise, without saying which was wrong.

    Five failures lock the login for a quarter of an hour. The check takes as long for a login that
    nobody has. Failures are counted in a transaction of their own, which no refusal rolls back.
    """
    with registry.read() as conn:
        row = conn.execute(
            select(table).where(table.c.login == login, table.c.state == "active")
        ).first()
    locked = row is not None and row.locked_until is not None and row.locked_until > _text(now)
    right = _verifies(row.password if row is not None else _nobody(), password)
    if row is not None and right and not locked:
        with registry.write() as conn:
            if row.failures:
                _count(conn, row.id, 0, None)
            user = find(conn, row.id)
        if user is not None:
            return user
    if row is not None and not locked:
        with registry.write() as conn:
            failures = 1 + int(
                conn.execute(select(table.c.failures).where(table.c.id == row.id)).scalar_one()
            )
            until = _text(now + _LOCKED_FOR) if failures >= _FAILURES else None
            _count(conn, row.id, 0 if until else failures, until)
    raise NotAllowed(
        finding(
            "wrong-login",
            "登录名或口令不对，或因多次失败暂时锁定",
            "login or password is wrong, or the login is locked for a while",
            "核对后重试；连续五次失败锁定 15 分钟",
            "check both and try again; five failures lock a login for 15 minutes",
        )
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _count(conn: Connection, user_id: str, failures: int, until: str | None) -> None:
    conn.execute(
        update(table).where(table.c.id == user_id).values(failures=failures, locked_until=until)
    )


def _verifies(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password[:200])
    except VerificationError:
        return False
