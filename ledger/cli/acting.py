"""Opening a federation from the command line, and who is acting."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import passwords
from ledger.errors import CannotRun, NotAllowed, Refused, finding
from ledger.money import Money, yuan
from ledger.period import Month, Period

if TYPE_CHECKING:
    from ledger.errors import Finding
    from ledger.money import Money
    from ledger.registry import Registry, User

SESSION_FILE = ".session"


def port(text: str) -> int:
    """A port to listen on; 0 for any that is free."""
    found = number(text)
    if found > 65535:
        raise argparse.ArgumentTypeError(f"端口至多 65535 a port is at most 65535: {found}")
    return found


def announce(address: str) -> None:
    """Say where pages are served, and how that is ended."""
    print(f"打开 open: {address}\n按 Ctrl+C 停止 stops it", flush=True)


def add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="联合会目录 federation folder")


def add_unit(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--unit", metavar="U", required=required, help="单位 unit")


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 print JSON")


def add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--user",
        metavar="LOGIN",
        help="以此用户办理（口令取自口令文件、MINGBAI_PASSWORD 或当场输入）；缺省为已登录的用户 "
        "act as this user, with the password from a file, MINGBAI_PASSWORD or typed; "
        "by default whoever logged in",
    )
    add_password_file(parser)


def add_part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str, *,
    code: tuple[str, str] | None = None, of_one_unit: bool = True,
    run: Callable[[argparse.Namespace], int] | None = None,
) -> argparse.ArgumentParser:  # fmt: skip
    """A part of a command that a user carries out in a unit.

    ``code`` is what it is about, as a positional word: how the help calls it, and what it says.
    ``run`` carries it out, and answers in JSON if asked to.
    """
    parser = parts.add_parser(name, help=help)
    add_folder(parser)
    add_unit(parser, required=of_one_unit)
    if code is not None:
        parser.add_argument("code", metavar=code[0], help=code[1])
    if run is not None:
        add_json(parser)
        parser.set_defaults(run=run)
    add_user(parser)
    return parser


def add_password_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        metavar="F",
        help="口令在此文件首行，- 为标准输入 the password is this file's first line; - for stdin",
    )


def day(text: str) -> date:
    """A business day as it is typed."""
    try:
        found = date.fromisoformat(text)
        Month.of(found)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"日期写作 2026-03-05 a day is written so: {text[:20]!r}"
        ) from None
    return found


def month(text: str) -> Month:
    """A month as it is typed."""
    try:
        return Month.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"月份写作 2026-03 a month is written so: {text[:20]!r}"
        ) from None


def period(text: str) -> Period:
    """A year, a quarter or a month as it is typed."""
    try:
        return Period.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"期间写作 2026、2026-Q1 或 2026-03 a period is written so: {text[:20]!r}"
        ) from None


def amount(text: str) -> Money:
    """An amount in yuan as it is typed, not negative."""
    try:
        found = yuan(text)
    except ValueError:
        found = None
    if found is None or found.fen < 0:
        raise argparse.ArgumentTypeError(
            f"金额写作 1234.50，不为负 an amount is written so, not negative: {text[:20]!r}"
        )
    return found


def fen(text: str) -> int:
    """The same, in fen."""
    return amount(text).fen


def above_zero(text: str) -> Money:
    """An amount in yuan as it is typed, above zero."""
    found = amount(text)
    if not found.fen:
        raise argparse.ArgumentTypeError(f"不是大于零的金额 no amount above zero: {text[:20]!r}")
    return found


def number(text: str) -> int:
    """A line's number, or a port, as it is typed: no sign, no more digits than such things have."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise argparse.ArgumentTypeError(f"须为数字 this is a number: {text[:20]!r}")
    return int(text)


def year(text: str) -> int:
    """A year as it is typed: one that a book could have."""
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 1900 <= int(text) <= 2998):
        raise argparse.ArgumentTypeError(f"年度写作 2026 a year is written so: {text[:20]!r}")
    return int(text)


def paper(path: Path) -> tuple[str, bytes]:
    """A paper's name and what is in it; Refused if it cannot be one."""
    from ledger.registry import papers

    if not path.is_file() or not 0 < path.stat().st_size <= papers.LARGEST:
        raise Refused(
            finding(
                "bad-paper", "附件不存在、为空或超过 64 MB",
                "the paper is missing, empty or larger than 64 MB",
                "检查路径；大文件请分开或压缩", "check its path; split or compress a large file",
                file=path.name,
            )
        )  # fmt: skip
    return path.name, path.read_bytes()


def one_word(words: list[str]) -> str | None:
    """The word that may stand behind the options, or None; CannotRun if there are more.

    argparse gives such a word to no positional that may be missing: see ``cli.main``.
    """
    if len(words) > 1:
        raise CannotRun(
            finding(
                "usage",
                f"命令写法有误：多出 {' '.join(words[1:])[:80]}",
                f"the command is not written right: {' '.join(words[1:])[:80]} is too much",
                "用 --help 查看写法",
                "see --help",
            )
        )
    return words[0] if words else None


@contextmanager
def opened(folder: Path) -> Iterator[Registry]:
    """The folder's registry, with every unit's book brought up to its journal."""
    with opened_as_is(folder) as registry:
        bring_up(registry)
        yield registry


@contextmanager
def opened_as_is(folder: Path) -> Iterator[Registry]:
    """The folder's registry with its books untouched, for commands that look for differences."""
    from ledger.registry import Registry

    registry = Registry.open(folder)
    try:
        yield registry
    finally:
        registry.close()


def bring_up(registry: Registry) -> None:
    """Append to each book what a crash left out of it, and write the seal it left out."""
    from ledger import clock, journal
    from ledger.registry import units
    from ledger.sealing import files

    with registry.read() as conn:
        known = [row.id for row in units.all_units(conn)]
    for unit in known:
        if journal.behind(registry, unit):
            journal.recover(registry, unit, clock.now())
    files.bring_up(registry, known, clock.now())


def known_unit(registry: Registry, unit: str) -> str:
    """``unit`` if the registry knows it; CannotRun otherwise."""
    from ledger.registry import units

    with registry.read() as conn:
        return units.find(conn, unit).id


def acting_user(registry: Registry, options: argparse.Namespace, now: datetime) -> User:
    """Who acts: ``--user`` with a password, else the one who logged in with ``mingbai login``."""
    user = user_or_none(registry, options, now)
    if user is not None:
        return user
    raise NotAllowed(
        finding(
            "not-logged-in",
            "尚未登录，或登录已过期",
            "nobody is logged in here, or the login has expired",
            "mingbai login DIR --user 登录名，或在命令后加 --user 登录名",
            "mingbai login DIR --user LOGIN, or add --user LOGIN to the command",
        )
    )


def user_or_none(registry: Registry, options: argparse.Namespace, now: datetime) -> User | None:
    """:func:`acting_user` where a command does something for nobody as well."""
    from ledger.registry import sessions, users

    if options.user:
        password = passwords.ask(options.user, options.password_file)
        return users.authenticate(registry, options.user, password, now)
    path = registry.folder / SESSION_FILE
    if not path.is_file():
        return None
    token = path.read_text(encoding="ascii", errors="replace").strip()
    with registry.read() as conn:
        return sessions.user(conn, token, now)


@contextmanager
def signed_in(options: argparse.Namespace) -> Iterator[tuple[Registry, User, datetime]]:
    """The folder's registry, who acts in it, and this moment."""
    from ledger import clock

    now = clock.now()
    with opened(options.folder) as registry:
        yield registry, acting_user(registry, options, now), now


@contextmanager
def looking(
    options: argparse.Namespace, unit: str | None
) -> Iterator[tuple[Registry, User | None, datetime]]:
    """The folder's registry for who only looks: no book is touched, no cache kept beside it.

    Whoever is logged in, or named with ``--user``, has to be allowed to browse ``unit``; for None
    they look at :func:`units_seen`. Who holds the folder and is nobody reads its text anyway, as
    with ``check``.

    Raises: NotAllowed; CannotRun for a unit that the registry does not know.
    """
    from ledger import clock, workflow

    now = clock.now()
    with opened_as_is(options.folder) as registry:
        user = user_or_none(registry, options, now)
        if unit is not None:
            known_unit(registry, unit)
            if user is not None:
                workflow.demand(user, "browse", unit)
        yield registry, user, now


def units_seen(registry: Registry, user: User | None, right: str = "browse") -> list[str]:
    """Every unit that somebody may look at; all of them for nobody, who holds the folder.

    Raises: NotAllowed where that is none.
    """
    from ledger import workflow
    from ledger.registry.units import all_units

    with registry.read() as conn:
        every = [row.id for row in all_units(conn)]
    seen = [unit for unit in every if user is None or user.may(right, unit)]
    if user is not None and every and not seen:
        workflow.demand(user, right, every[0])
    return seen


@contextmanager
def signed_in_to_look(
    options: argparse.Namespace,
) -> Iterator[tuple[Registry, User, datetime]]:
    """:func:`looking` for who has to be somebody: what is read, or written, is theirs alone."""
    with looking(options, options.unit) as (registry, user, now):
        yield registry, user or acting_user(registry, options, now), now


def as_json(told: Sequence[Finding]) -> dict[str, object]:
    """Warnings beside what a command prints as JSON."""
    return {"warnings": [found.as_json() for found in told]}


def with_warnings(text: str, told: Sequence[Finding]) -> str:
    """What was done, and below it what to know of it."""
    return "\n".join([text, *(f"注意 note: {found}" for found in told)])


def told(options: argparse.Namespace, fields: Mapping[str, object], text: Sequence[str]) -> None:
    """Print what was found or done: ``fields`` as JSON if that was asked for, else the lines."""
    if options.json:
        print(json.dumps(fields, ensure_ascii=False))
    elif text:
        print("\n".join(text))


def log_in(registry: Registry, user: User, now: datetime) -> None:
    """Leave ``user`` logged in in the federation's folder, for the commands that follow."""
    from ledger.registry import sessions

    with registry.write() as conn:
        token = sessions.open(conn, user, "cli", now)
    save_session(registry.folder, token)


def save_session(folder: Path, token: str) -> None:
    """Keep a login for later commands, readable by its owner only."""
    path = folder / SESSION_FILE
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")
