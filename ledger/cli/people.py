"""mingbai login, logout, user: who may act."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ledger.cli import acting, passwords
from ledger.errors import Refused, finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_MEMBER = "是哪位会员：会员编号@单位，或 m- 开头的代号 which member: NUMBER@UNIT, or the id m-…"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    login = commands.add_parser("login", help="登录 log in for the commands that follow")
    acting.add_folder(login)
    login.add_argument("--user", metavar="LOGIN", required=True, help="登录名 login name")
    acting.add_password_file(login)
    login.set_defaults(run=run_login)

    logout = commands.add_parser("logout", help="退出登录 log out")
    acting.add_folder(logout)
    logout.set_defaults(run=run_logout)

    log = commands.add_parser("log", help="操作日志 who did what, in the whole federation")
    acting.add_folder(log)
    acting.add_unit(log, required=False)
    log.add_argument("--since", type=acting.day, metavar="DAY", help="自何日 from this day on")
    acting.add_json(log)
    acting.add_user(log)
    log.set_defaults(run=run_log)

    user = commands.add_parser("user", help="用户与职责 users and their roles")
    parts = user.add_subparsers(dest="part", required=True, metavar="PART")
    add = _part(parts, "add", "登记用户 register a user", login=True)
    _add_roles(add)
    _add_new_password(add)
    add.add_argument("--member", metavar="M", help=_MEMBER)
    add.set_defaults(run=run_user_add)

    member = _part(
        parts, "member", "指明是哪位会员：一人两个登录名不能当两个人 say which member a user is",
        login=True,
    )  # fmt: skip
    who = member.add_mutually_exclusive_group(required=True)
    who.add_argument("--member", metavar="M", help=_MEMBER)
    who.add_argument("--none", action="store_true", help="不是会员 no member")
    member.set_defaults(run=run_user_member)

    roles = _part(parts, "roles", "更换职责 replace a user's roles", login=True)
    _add_roles(roles)
    roles.set_defaults(run=run_user_roles)

    password = _part(
        parts,
        "password",
        "更换口令：自己的，或由管理员重置 another password: one's own, or a reset",
    )
    password.add_argument(
        "--login", metavar="LOGIN", help="登录名，缺省为自己 login name; one's own by default"
    )
    _add_new_password(password)
    password.set_defaults(run=run_user_password)

    disable = _part(parts, "disable", "停用 keep a user out from now on", login=True)
    disable.set_defaults(run=run_user_active, active=False)
    enable = _part(parts, "enable", "恢复 let a user in again", login=True)
    enable.set_defaults(run=run_user_active, active=True)

    listed = _part(parts, "list", "列出用户 list users")
    acting.add_json(listed)
    listed.set_defaults(run=run_user_list)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help: str,
    *,
    login: bool = False,
) -> argparse.ArgumentParser:
    part = parts.add_parser(name, help=help)
    acting.add_folder(part)
    if login:
        part.add_argument("--login", metavar="LOGIN", required=True, help="登录名 login name")
    acting.add_user(part)
    return part


def _add_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        metavar="ROLE[@UNIT[/]]",
        action="append",
        required=True,
        type=_role,
        help="会计 treasurer、审核人 checker、出纳 cashier、审计人员 auditor、主管会计 accountant、"
        "管理员 administrator；单位后加 / 为该单位及其下属，不写单位即全联合会 "
        "with UNIT/ all units below it as well; without a unit the whole federation",
    )


def _add_new_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--new-password-file",
        metavar="F",
        help="新口令在此文件首行；也可用 MINGBAI_NEW_PASSWORD "
        "the new password is this file's first line; or MINGBAI_NEW_PASSWORD",
    )


def _role(text: str) -> tuple[str, str]:
    role, at, unit = text.partition("@")
    return (unit if at else "*", role)


def run_login(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.registry import oplog, sessions, users

    now = clock.now()
    with acting.opened(options.folder) as registry:
        password = passwords.ask(options.user, options.password_file)
        user = users.authenticate(registry, options.user, password, now)
        with registry.write() as conn:
            token = sessions.open(conn, user, "cli", now)
            oplog.record(conn, at=now, user=user.id, unit="", action="login", object="cli")
    acting.save_session(options.folder, token)
    print(f"已登录，12 小时内有效 logged in for 12 hours: {user.login} {user.id}")
    return 0


def run_logout(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.registry import oplog, sessions

    path = options.folder / acting.SESSION_FILE
    with acting.opened(options.folder) as registry:
        if path.is_file():
            token = path.read_text(encoding="ascii", errors="replace").strip()
            now = clock.now()
            with registry.write() as conn:
                user = sessions.user(conn, token, now)
                sessions.close(conn, token)
                if user is not None:
                    oplog.record(conn, at=now, user=user.id, unit="", action="logout", object="cli")
            path.unlink()
    print("已退出 logged out")
    return 0


def run_log(options: argparse.Namespace) -> int:
    """Every act, those on no unit included; for auditors of the federation and administrators."""
    import json
    from dataclasses import asdict

    from ledger import clock, workflow
    from ledger.registry import oplog

    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit) if options.unit else None
        user = acting.acting_user(registry, options, clock.now())
        if not user.may("administer", "*"):
            workflow.demand(user, "browse", unit or "*")
        with registry.read() as conn:
            acts = oplog.entries(conn, unit, options.since)
    if options.json:
        print(json.dumps([asdict(act) for act in acts], ensure_ascii=False))
    else:
        for act in acts:
            words = (act.at, act.user, act.unit, act.action, act.object, act.detail)
            print("  ".join(word for word in words if word))
        print(f"{len(acts)} 条 acts")
    return 0


def run_user_add(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.registry import users

    now = clock.now()
    roles: frozenset[tuple[str, str]] = frozenset(options.role)
    with acting.opened(options.folder) as registry:
        with registry.read() as conn:
            first = not users.all_users(conn)
        by = None if first else _administrator(registry, options, now)
        if first and ("*", "administrator") not in roles:
            raise Refused(
                finding(
                    "first-user",
                    "第一个用户须是管理员",
                    "the first user is an administrator",
                    "先以 --role administrator 登记管理员，再由其登记其他用户",
                    "register the administrator first, with --role administrator, who then "
                    "registers the others",
                )
            )
        password = passwords.ask_new(
            options.login, options.new_password_file, first=first or not options.user
        )
        with registry.write() as conn:
            user = users.add(
                conn, login=options.login, password=password, roles=roles, now=now,
                person=_person(conn, options.member) if options.member else None,
            )  # fmt: skip
            _log(conn, now, by or user, "user.add", user, _told(roles))
    print(f"已登记 registered: {user.id} {options.login}")
    return 0


def run_user_roles(options: argparse.Namespace) -> int:
    from ledger.registry import users

    roles: frozenset[tuple[str, str]] = frozenset(options.role)
    user = _changed(
        options, "user.roles", lambda conn, user: users.set_roles(conn, user, roles), _told(roles)
    )
    print(f"职责已更换 roles replaced: {user.login} {_told(roles)}")
    return 0


def run_user_member(options: argparse.Namespace) -> int:
    from ledger.registry import logins

    def change(conn: Connection, user: User) -> None:
        logins.set_person(conn, user, None if options.none else _person(conn, options.member))

    user = _changed(options, "user.member", change, options.member or "")
    said = "不是会员 no member" if options.none else options.member
    print(f"已登记 entered: {user.login} {said}")
    return 0


def _changed(
    options: argparse.Namespace, action: str, change: Callable[[Connection, User], object],
    detail: str = "",
) -> User:  # fmt: skip
    """What an administrator changes of a user, entered in the log; the user as it was."""
    from ledger import clock
    from ledger.registry import users

    now = clock.now()
    with acting.opened(options.folder) as registry:
        by = _administrator(registry, options, now)
        with registry.write() as conn:
            user = users.of_login(conn, options.login)
            change(conn, user)
            _log(conn, now, by, action, user, detail)
    return user


def _person(conn: Connection, said: str) -> str:
    """The person of a member by number and unit, or by id."""
    from ledger.registry import members

    number, at, unit = said.rpartition("@")
    row = members.by_number(conn, unit, number) if at else members.find(conn, said)
    if row is None:
        shown = said[:60] if said.isascii() else "?"
        raise Refused(
            finding(
                "no-member", f"没有会员 {shown}", f"there is no member {shown}",
                "写作 会员编号@单位，或 m- 开头的代号",
                "write NUMBER@UNIT, or the id that begins with m-",
            )
        )  # fmt: skip
    return row.person


def run_user_password(options: argparse.Namespace) -> int:
    """One's own password is changed with the old one; an administrator may reset another's."""
    from ledger import clock, workflow
    from ledger.registry import users

    now = clock.now()
    with acting.opened(options.folder) as registry:
        by = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            user = users.of_login(conn, options.login or by.login)
        if user.id != by.id:
            workflow.demand(by, "administer", "*")
        elif not options.user:
            # A login left open on the desk is not enough to take the user's place for good.
            users.authenticate(
                registry, by.login, passwords.ask(by.login, options.password_file), now
            )
        new = passwords.ask_new(user.login, options.new_password_file, first=False)
        with registry.write() as conn:
            users.set_password(conn, user, new)
            _log(conn, now, by, "user.password", user, "" if user.id == by.id else "reset")
    print(f"口令已更换，请重新登录 password changed, log in again: {user.login}")
    return 0


def run_user_active(options: argparse.Namespace) -> int:
    from ledger.registry import users

    user = _changed(
        options, "user.enable" if options.active else "user.disable",
        lambda conn, user: users.set_active(conn, user, active=options.active),
    )  # fmt: skip
    print(f"{'已恢复 let in again' if options.active else '已停用 kept out'}: {user.login}")
    return 0


def run_user_list(options: argparse.Namespace) -> int:
    import json

    from ledger import clock
    from ledger.registry import users

    with acting.opened(options.folder) as registry:
        _administrator(registry, options, clock.now())
        with registry.read() as conn:
            known, out = users.all_users(conn), users.inactive(conn)
    if options.json:
        rows = [
            {
                "id": u.id,
                "login": u.login,
                "roles": sorted(u.said or u.roles),
                "active": u.id not in out,
            }
            for u in known
        ]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for user in known:
            state = "  已停用 kept out" if user.id in out else ""
            print(f"{user.id} {user.login} {_told(user.said or user.roles)}{state}")
    return 0


def _administrator(registry: Registry, options: argparse.Namespace, now: datetime) -> User:
    from ledger import workflow

    user = acting.acting_user(registry, options, now)
    workflow.demand(user, "administer", "*")
    return user


def _told(roles: frozenset[tuple[str, str]]) -> str:
    return " ".join(f"{role}@{unit}" for unit, role in sorted(roles))


def _log(
    conn: Connection, now: datetime, by: User, action: str, user: User, detail: str = ""
) -> None:
    from ledger.registry import oplog

    oplog.record(conn, at=now, user=by.id, unit="", action=action, object=user.id, detail=detail)
