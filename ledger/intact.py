"""Does a unit's book hold? Asked before anything of it is handed out, reading it file by file.

Less than ``mingbai check``, and never the whole book in memory: both witnesses byte for byte, the
hash chain, canonical text, the policy in ``book.bean``, strange files, closed months, and whether
the last voucher is the one that the operation log saw posted: its chain stands for all before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ledger import book, canonical_reader, journal
from ledger.checking import check_closed_months
from ledger.errors import Finding, finding
from ledger.journalproof import Followed, Row
from ledger.layout import bean_files, unit_folder
from ledger.registry import entries, oplog

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from ledger.registry import Registry

#: Told ``(done, of)`` while entries are read.
Progress = Callable[[int, int], None]
_EVERY = 2_000


def faults(
    registry: Registry, conn: Connection, unit: str, progress: Progress,
    seen: Callable[[str, bytes], None],
) -> list[Finding]:  # fmt: skip
    """What speaks against the book as ``conn`` sees it; empty when it holds.

    ``seen`` is given each file's name and bytes, once they are what the journal says.
    """
    folder = unit_folder(registry.folder, unit)
    policy = journal.expected_book_text(registry, unit)
    known, strange = bean_files(folder)
    found = book.policy_findings(folder, policy)
    found += book.outside_findings(unit, [*known, *strange], policy.decode())
    if found:
        return found
    for name in sorted(entries.files(conn, unit)):
        data = _read(folder / name)
        if data is None or data != entries.bytes_of_file(conn, unit, name):
            return journal.compare_witnesses(registry, unit) or [_changing(unit, name)]
        try:
            canonical_reader.check_tiled(data, f"units/{unit}/{name}")
        except canonical_reader.NotCanonical as fault:
            return list(fault.findings)
        seen(name, data)
    return (
        list(_chain_faults(conn, unit, progress))
        or list(_log_faults(conn, unit))
        or check_closed_months(registry, unit)
    )


def _read(path: Path) -> bytes | None:
    """What stands in a plain file; None where there is none."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _chain_faults(conn: Connection, unit: str, progress: Progress) -> Iterator[Finding]:
    """The first entry that is not where its number says, or whose text does not give its chain."""
    followed = Followed(unit)
    head = entries.head(conn, unit)
    whole = head[0] if head else 0
    for row in entries.all_entries(conn, unit):
        followed.take(Row(row.seq, row.file, row.offset, row.text, row.chain))
        if followed.finding is not None:
            yield _broken(unit, row)
            return
        if followed.seq % _EVERY == 0:
            progress(followed.seq, whole)
    progress(followed.seq, whole)
    if head is not None and head != (followed.seq, followed.chain):
        yield _cut(unit, followed.seq)


def _log_faults(conn: Connection, unit: str) -> Iterator[Finding]:
    """A finding if the voucher that was logged last has another chain, or is gone."""
    act = oplog.last(conn, unit, "voucher.post")
    if act is None:
        return
    row = entries.by_number(conn, unit, act.object)
    if row is None or row.chain != act.detail:
        yield finding(
            "log-differs",
            f"凭证 {act.object} 与操作日志所记不同，或已不在：账簿被整体改写",
            f"voucher {act.object} is not what the operation log says was posted, or is gone: "
            "the book was rewritten",
            "从备份恢复，并查明是谁改动的",
            "restore from a backup and find out who changed it",
            file=f"units/{unit}",
        )


def _broken(unit: str, row: entries.EntryRow) -> Finding:
    return finding(
        "chain-broken",
        f"哈希链在第 {row.seq} 号断开：此条或其前有改动、插入或删除",
        f"the hash chain breaks at number {row.seq}: this entry, or one before, was altered",
        "运行 mingbai check 查看；从备份恢复，并查明是谁改动的",
        "see mingbai check; restore from a backup and find out who changed it",
        file=f"units/{unit}/{row.file}",
    )


def _cut(unit: str, place: int) -> Finding:
    return finding(
        "chain-broken",
        f"哈希链止于第 {place} 号，其后的条目不见了",
        f"the hash chain ends at number {place}: what came after it is gone",
        "运行 mingbai check 查看；从备份恢复，并查明是谁改动的",
        "see mingbai check; restore from a backup and find out who changed it",
        file=f"units/{unit}",
    )


def _changing(unit: str, file: str) -> Finding:
    return finding(
        "book-changing",
        "读取时正有人记账，没有写出任何文件",
        "somebody posted while this was read; nothing was written",
        "稍后再试",
        "try again in a moment",
        file=f"units/{unit}/{file}",
    )
