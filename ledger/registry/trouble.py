"""A database that fails, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)

from ledger.errors import CannotRun, Finding, finding
from ledger.registry.settings import SETTINGS

URL_VARIABLE: Final = "MINGBAI_DATABASE_URL"


@contextmanager
def told() -> Iterator[None]:
    """A database that fails is a finding. What a statement violates stays the caller's matter."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except OperationalError as fault:
        words = str(fault.orig)
        if "readonly" in words or "read-only" in words:
            raise CannotRun(_read_only()) from fault
        if "database is locked" in words:
            raise CannotRun(_busy()) from fault
        raise CannotRun(no_database()) from fault
    except DatabaseError as fault:
        raise CannotRun(no_database()) from fault


def _read_only() -> Finding:
    return finding(
        "read-only",
        "登记册数据库只读，不能打开",
        "the registry's database is read-only and cannot be opened",
        "检查目录与 registry.db 的权限和磁盘",
        "check the permissions of the folder and of registry.db, and the disk",
        file="registry.db",
    )


def _busy() -> Finding:
    return finding(
        "busy",
        "另一个程序正占用登记册，等候超时",
        "another program holds the registry, and waiting for it took too long",
        "稍后重试",
        "try again later",
        file="registry.db",
    )


def no_database() -> Finding:
    return finding(
        "no-database",
        "登记册数据库无法连接或已损坏",
        "the registry's database cannot be reached or is damaged",
        f"检查 federation.toml 的 [registry] url，或环境变量 {URL_VARIABLE}；损坏时从备份恢复",
        f"check [registry] url in federation.toml, or {URL_VARIABLE}; restore a damaged one",
        file=SETTINGS,
    )
