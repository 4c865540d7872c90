"""A registry that is lost altogether is made anew from the books beside it.

Lost is a database that is missing or empty, is none, or of which a table cannot be read to its end.
One that this user may not open, or whose indexes alone are damaged, is not lost, and neither is one
of another federation or under another key. What is there is moved aside, never
deleted. Persons, users, drafts and registers are gone: they stand in no book.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.backup import loading, mending
from ledger.errors import CannotRun, Finding, Words, finding, refuse_if
from ledger.registry import dump
from ledger.registry.database import Registry
from ledger.registry.papers import opens_under
from ledger.registry.trouble import told

if TYPE_CHECKING:
    from ledger.registry.settings import FederationSettings
    from ledger.registry.vault import Vault

#: What no book can say again.
LOST: Final = (
    Words("会员、捐赠人及其密钥：书中的代号不再有姓名",
          "members, donors and their keys: the ids in books have no names any more"),
    Words("用户、口令、职责与操作日志", "users, passwords, roles and the operation log"),
    Words("草稿、待审批事项、对账单、流水与待办的问题",
          "drafts, what waits for approval, statements, their lines and open questions"),
    Words("应缴、核销、收据、拨款、捐赠、活动、资产卡片、合同、决策、预算审批、阵地、盘点的登记",
          "registers of claims, write-offs, receipts, allocations, gifts, campaigns, assets, "
          "contracts, decisions, approved budgets, venues and stocktakes"),
    Words("附件原来的文件名（附件本身仍在）、公开包的登记（文件仍在）",
          "the names that papers came with (the papers are there), the register of published packs "
          "(their files are there)"),
    Words("书中没有的单位资料：层级、地区、类型",
          "what books do not say of units: level, regions, kinds"),
)  # fmt: skip


def is_lost(folder: Path, settings: FederationSettings, vault: Vault) -> bool:
    """Whether a folder's database holds nothing that could be read; CannotRun if none answers."""
    if not settings.url.startswith("sqlite:"):
        registry = Registry.at(folder, settings, vault)
        try:
            with told():
                return dump.is_empty(registry.engine)
        finally:
            registry.close()
    path = _database(folder, settings)
    if not path.is_file() or path.stat().st_size == 0:
        return True
    try:
        # Read only: a look at a database that is damaged changes nothing of it.
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
            names = [
                name
                for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for name in names:
                # Rows by themselves: what an index says of them can be made again.
                for _ in conn.execute(f'SELECT * FROM "{name}" NOT INDEXED'):  # noqa: S608
                    pass
            return not names
    except sqlite3.DatabaseError as fault:
        return (fault.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def refound(folder: Path, settings: FederationSettings, vault: Vault, now: datetime) -> int:
    """Make the registry of a folder anew from its books; how many entries they have.

    Refused, and nothing is changed, unless every book is whole and the key opens its papers.
    """
    names = mending.units_in_order(folder)
    if not names:
        raise CannotRun(_no_books())
    refuse_if(mending.book_faults(folder, names))
    if opens_under(folder, names, vault) is False:
        raise CannotRun(_other_key(settings))
    aside = _set_aside(folder, settings, now)
    registry = Registry.at(folder, settings, vault)
    try:
        loading.begin(registry)
        count = mending.journals_again(registry, now)
        refuse_if(mending.findings_of_registry(registry))
    except BaseException:
        if not settings.url.startswith("sqlite:"):
            dump.empty(registry.engine)
        registry.close()
        for path in _files(folder, settings):
            path.unlink()
        for was, path in aside:
            path.rename(was)
        raise
    registry.close()
    return count


def _database(folder: Path, settings: FederationSettings) -> Path:
    return folder / settings.url.removeprefix("sqlite:///")


def _files(folder: Path, settings: FederationSettings) -> list[Path]:
    if not settings.url.startswith("sqlite:"):
        return []
    path = _database(folder, settings)
    there = (path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal"))
    return [one for one in there if one.exists()]


def _set_aside(
    folder: Path, settings: FederationSettings, now: datetime
) -> list[tuple[Path, Path]]:
    moved = []
    for path in _files(folder, settings):
        aside = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S}.damaged")
        path.rename(aside)
        moved.append((path, aside))
    return moved


def _no_books() -> Finding:
    return finding(
        "no-books", "目录中没有账簿，无从重建", "there are no books in the folder to make it from",
        "从备份恢复：mingbai restore", "restore a backup: mingbai restore", file="units",
    )  # fmt: skip


def _other_key(settings: FederationSettings) -> Finding:
    return finding(
        "other-key", "主密钥打不开这里的任何附件：它不是这个联合会的密钥",
        "the master key opens no paper here: it is not this federation's",
        "恢复原来的密钥文件后重试", "bring the key back that belongs to it, and try again",
        file=settings.key_file,
    )  # fmt: skip
