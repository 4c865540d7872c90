"""Users: who may act, with which password, in which role of which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from ledger.errors import NotAllowed, Refused, Words, finding
from ledger.registry import ids, oplog, units
from ledger.registry.schema import session, user_role
from ledger.registry.schema import unit as unit_table
from ledger.registry.schema import user as table

if TYPE_CHECKING:
    from ledger.registry.database import Registry

EVERYWHERE: Final = "*"
#: Behind a unit: that unit and all below it.
BELOW: Final = "/"
#: What each role may do. Whoever handles cash keeps no ledger; whoever administers has no right
#: over money; whoever audits moves none.
RIGHTS: Final = {
    "treasurer": frozenset({"browse", "record", "close"}),
    "checker": frozenset({"browse", "approve"}),
    "cashier": frozenset({"browse", "handle-cash"}),
    "auditor": frozenset({"browse", "audit"}),
    "accountant": frozenset({"browse", "record", "approve", "close"}),
    "administrator": frozenset({"administer"}),
}
#: How a right and a role are called where people read; the codes are what a command is given.
RIGHT_WORDS: Final = {
    "browse": Words("查看", "look at its book"),
    "record": Words("制单", "record"),
    "close": Words("结账", "close months"),
    "approve": Words("审核", "approve"),
    "handle-cash": Words("经手现金", "handle cash"),
    "audit": Words("审计", "audit"),
    "administer": Words("管理用户", "administer"),
}
ROLE_WORDS: Final = {
    "treasurer": Words("会计", "treasurer"),
    "checker": Words("审核人", "checker"),
    "cashier": Words("出纳", "cashier"),
    "auditor": Words("审计人员", "auditor"),
    "accountant": Words("主管会计", "accountant"),
    "administrator": Words("管理员", "administrator"),
}
_MONEY: Final = frozenset({"record", "approve", "close", "handle-cash"})
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{0,39}")
_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class User:
    """``roles`` are pairs of a unit, or ``*`` for all of them, and a role.

    ``said`` is what an administrator said, where that is shorter: ``qu/`` stands for the unit
    ``qu`` and every unit below it, whichever these are.
    """

    id: str
    login: str
    roles: frozenset[tuple[str, str]]
    said: frozenset[tuple[str, str]] = frozenset()

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
    faults = [*_login_faults(conn, login), *_password_faults(password)]
    others = roles_of(conn, person) if person is not None else frozenset()
    _refuse(login, [*faults, *_role_faults(conn, roles, others)])
    new = User(id or ids.new("u"), login, _expanded(conn, roles), roles)
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
    _set_roles(conn, new.id, roles)
    return new


def set_password(conn: Connection, user: User, password: str) -> None:
    """Give a user another password; every session of theirs ends. Refused for a bad one."""
    _refuse(user.login, _password_faults(password))
    conn.execute(
        update(table)
        .where(table.c.id == user.id)
        .values(password=_hasher().hash(password), failures=0, locked_until=None)
    )
    conn.execute(delete(session).where(session.c.user == user.id))


def set_roles(conn: Connection, user: User, roles: frozenset[tuple[str, str]]) -> None:
    """Put roles in place of a user's old ones; Refused as in :func:`add`."""
    person = conn.execute(select(table.c.person).where(table.c.id == user.id)).scalar()
    others = roles_of(conn, person, user.id) if person is not None else frozenset()
    _refuse(user.login, [*_role_faults(conn, roles, others), *_last_faults(conn, user, roles)])
    conn.execute(delete(user_role).where(user_role.c.user == user.id))
    _set_roles(conn, user.id, roles)


def roles_of(conn: Connection, person: str, but: str = "") -> frozenset[tuple[str, str]]:
    """The roles that a person has under all logins, those of the user ``but`` left out."""
    rows = conn.execute(
        select(user_role.c.unit, user_role.c.role)
        .join(table, table.c.id == user_role.c.user)
        .where(table.c.person == person, table.c.id != but)
    )
    return frozenset((row.unit, row.role) for row in rows)


def refuse_roles(conn: Connection, login: str, roles: frozenset[tuple[str, str]]) -> None:
    """Refused for roles that no one person has together."""
    _refuse(login, _role_faults(conn, roles))


def set_active(conn: Connection, user: User, *, active: bool) -> None:
    """Let a user in again, or keep them out from now on, whatever sessions they have."""
    if not active:
        _refuse(user.login, _last_faults(conn, user, frozenset()))
        conn.execute(delete(session).where(session.c.user == user.id))
    state = "active" if active else "left"
    conn.execute(update(table).where(table.c.id == user.id).values(state=state))


def _set_roles(conn: Connection, user_id: str, roles: frozenset[tuple[str, str]]) -> None:
    rows = [{"user": user_id, "unit": unit, "role": role} for unit, role in sorted(roles)]
    conn.execute(insert(user_role), rows)


def _refuse(login: str, faults: list[tuple[str, str]]) -> None:
    if faults:
        raise Refused(
            *(
                finding(
                    "bad-user",
                    f"用户 {login[:40]}：{zh}",
                    f"user {login[:40]}: {en}",
                    "改正后重试",
                    "correct it and try again",
                )
                for zh, en in faults
            )
        )


def _last_faults(
    conn: Connection, user: User, roles: frozenset[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The last administrator stays: without one nobody could let anybody in."""
    administrator = (EVERYWHERE, "administrator")
    if administrator not in user.roles or administrator in roles:
        return []
    others = conn.execute(
        select(table.c.id)
        .join(user_role, user_role.c.user == table.c.id)
        .where(
            table.c.state == "active",
            table.c.id != user.id,
            user_role.c.unit == EVERYWHERE,
            user_role.c.role == "administrator",
        )
    ).first()
    if others is not None:
        return []
    return [("这是最后一名管理员", "this is the last administrator")]


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


def _role_faults(
    conn: Connection, roles: frozenset[tuple[str, str]],
    others: frozenset[tuple[str, str]] = frozenset(),
) -> list[tuple[str, str]]:  # fmt: skip
    """What speaks against roles, with the ``others`` that the person has under another login."""
    unknown = sorted({role for _, role in roles} - set(RIGHTS))
    if unknown or not roles:
        known = "、".join(f"{ROLE_WORDS[role].zh}（{role}）" for role in RIGHTS)
        shown = "、".join(unknown)[:80]
        return [
            (
                f"没有职责 {shown}；职责有 {known}" if shown else f"须写明职责：{known}",
                f"there is no role {shown or 'said'}; roles are {', '.join(RIGHTS)}",
            )
        ]
    faults = []
    there = {EVERYWHERE, *conn.execute(select(unit_table.c.id)).scalars()}
    if missing := sorted({place.removesuffix(BELOW) for place, _ in roles} - there):
        names = "、".join(missing)[:80]
        return [(f"没有单位 {names}", f"there is no unit {names}")]
    whole = _expanded(conn, roles | others)
    rights = {place: _rights_at(whole, place) for place, _ in whole}
    if any(
        "handle-cash" in held and held & {"record", "approve", "close"} for held in rights.values()
    ):
        faults.append(("出纳不得兼管账目或审核", "a cashier keeps no ledger and approves nothing"))
    if any("administer" in held and held & _MONEY for held in rights.values()):
        faults.append(("管理员不得有资金职责", "an administrator has no right over money"))
    if any("audit" in held and held & _MONEY for held in rights.values()):
        faults.append(("审计人员不得有资金职责", "an auditor has no right over money"))
    return faults


def _rights_at(roles: frozenset[tuple[str, str]], unit: str) -> frozenset[str]:
    places = (unit, EVERYWHERE) if unit != EVERYWHERE else {place for place, _ in roles}
    return frozenset(right for place, role in roles if place in places for right in RIGHTS[role])


def find(conn: Connection, user_id: str) -> User | None:
    """An active user by id."""
    row = conn.execute(
        select(table.c.id, table.c.login).where(table.c.id == user_id, table.c.state == "active")
    ).first()
    return None if row is None else _user(conn, row.id, row.login)


def of_login(conn: Connection, login: str) -> User:
    """The user of a login, active or not; Refused if there is none."""
    row = conn.execute(select(table.c.id).where(table.c.login == login)).first()
    if row is None:
        raise Refused(
            finding(
                "no-user",
                f"没有登录名 {login[:40]}",
                f"there is no login {login[:40]}",
                "用 mingbai user list 查看用户",
                "see the users with mingbai user list",
            )
        )
    return _user(conn, row.id, login)


def inactive(conn: Connection) -> set[str]:
    """The ids of users who are kept out."""
    return set(conn.execute(select(table.c.id).where(table.c.state != "active")).scalars())


def all_users(conn: Connection) -> list[User]:
    """Every user, by login."""
    rows = conn.execute(select(table.c.id, table.c.login).order_by(table.c.login)).all()
    return [_user(conn, row.id, row.login) for row in rows]


def who_may(conn: Connection, right: str, unit: str) -> list[str]:
    """The ids of the active users whom a role gives a right in a unit, sorted."""
    return who_may_each(conn, [right], [unit])[right, unit]


def who_may_each(
    conn: Connection, rights: Sequence[str], asked: Sequence[str]
) -> dict[tuple[str, str], list[str]]:
    """By right and unit the ids of the active users whom a role gives it there, sorted."""
    uppers = {row.id: row.upper for row in units.all_units(conn)}
    rows = conn.execute(
        select(user_role.c.user, user_role.c.unit, user_role.c.role)
        .join(table, table.c.id == user_role.c.user)
        .where(table.c.state == "active")
    )
    given: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for right in RIGHTS[row.role]:
            given.setdefault((right, row.unit), set()).add(row.user)
    found = {}
    for unit in asked:
        places = [unit, EVERYWHERE]
        above: str | None = unit
        while above is not None:
            places.append(f"{above}{BELOW}")
            above = uppers.get(above)
        for right in rights:
            users = (given.get((right, place), set()) for place in places)
            found[right, unit] = sorted(set().union(*users))
    return found


def _user(conn: Connection, user_id: str, login: str) -> User:
    rows = conn.execute(
        select(user_role.c.unit, user_role.c.role).where(user_role.c.user == user_id)
    )
    said = frozenset((row.unit, row.role) for row in rows)
    return User(user_id, login, _expanded(conn, said), said)


def _expanded(conn: Connection, said: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Roles with every unit below another one named: as the tree stands now."""
    whole = {(place, role) for place, role in said if not place.endswith(BELOW)}
    for place, role in said:
        if place.endswith(BELOW):
            whole |= {(row.id, role) for row in units.subtree(conn, place.removesuffix(BELOW))}
    return frozenset(whole)


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
            if until:
                oplog.record(conn, at=now, user=row.id, unit="", action="login.lock", object=row.id)
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
