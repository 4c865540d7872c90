"""mingbai login, logout, user: who may act."""

from __future__ import annotations

import argparse

from ledger.cli import acting
from ledger.errors import Refused, finding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    login = commands.add_parser("login", help="登录 log in for the commands that follow")
    acting.add_folder(login)
    login.add_argument("--user", metavar="LOGIN", required=True, help="登录名 login name")
    login.set_defaults(run=run_login)

    logout = commands.add_parser("logout", help="退出登录 log out")
    acting.add_folder(logout)
    logout.set_defaults(run=run_logout)

    user = commands.add_parser("user", help="用户与职责 users and their roles")
    parts = user.add_subparsers(dest="part", required=True)
    add = parts.add_parser("add", help="登记用户 register a user")
    acting.add_folder(add)
    add.add_argument("--login", metavar="LOGIN", required=True, help="登录名 login name")
    add.add_argument(
        "--role",
        metavar="ROLE[@UNIT]",
        action="append",
        required=True,
        help="treasurer, checker, cashier, auditor, accountant, administrator；"
        "不写单位即全联合会 without a unit: the whole federation",
    )
    acting.add_user(add)
    add.set_defaults(run=run_user_add)
    listed = parts.add_parser("list", help="列出用户 list users")
    acting.add_folder(listed)
    acting.add_json(listed)
    acting.add_user(listed)
    listed.set_defaults(run=run_user_list)


def run_login(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.registry import oplog, sessions, users

    now = clock.now()
    with acting.opened(options.folder) as registry:
        password = acting.ask_password(options.user)
        user = users.authenticate(registry, options.user, password, now)
        with registry.write() as conn:
            token = sessions.open(conn, user, "cli", now)
            oplog.record(conn, at=now, user=user.id, unit="", action="login", object="cli")
    acting.save_session(options.folder, token)
    print(f"已登录 logged in: {user.id}")
    return 0


def run_logout(options: argparse.Namespace) -> int:
    from ledger.registry import sessions

    path = options.folder / acting.SESSION_FILE
    if path.is_file():
        with acting.opened(options.folder) as registry, registry.write() as conn:
            sessions.close(conn, path.read_text(encoding="ascii", errors="replace").strip())
        path.unlink()
    print("已退出 logged out")
    return 0


def run_user_add(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import oplog, users

    now = clock.now()
    roles = [tuple(reversed((role + "@*").split("@")[:2])) for role in options.role]
    with acting.opened(options.folder) as registry:
        with registry.read() as conn:
            first = not users.all_users(conn)
        by = None if first else acting.acting_user(registry, options, now)
        if by is not None:
            workflow.demand(by, "administer", "*")
        elif ("*", "administrator") not in roles:
            raise Refused(
                finding(
                    "first-user",
                    "第一个用户须是管理员（administrator）",
                    "the first user is an administrator",
                    "先登记管理员，再由其登记其他用户",
                    "register the administrator first, who then registers the others",
                )
            )
        password = acting.ask_password(options.login)
        with registry.write() as conn:
            user = users.add(
                conn, login=options.login, password=password, roles=frozenset(roles), now=now
            )
            who = by.id if by else user.id
            oplog.record(conn, at=now, user=who, unit="", action="user.add", object=user.id)
    print(f"已登记 registered: {user.id} {options.login}")
    return 0


def run_user_list(options: argparse.Namespace) -> int:
    import json

    from ledger import clock, workflow
    from ledger.registry import users

    with acting.opened(options.folder) as registry:
        workflow.demand(acting.acting_user(registry, options, clock.now()), "administer", "*")
        with registry.read() as conn:
            known = users.all_users(conn)
    if options.json:
        rows = [{"id": u.id, "login": u.login, "roles": sorted(u.roles)} for u in known]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for user in known:
            print(user.id, user.login, " ".join(f"{r}@{u}" for u, r in sorted(user.roles)))
    return 0
