"""Posting: number, chain, commit, append, replay.

Each entry of a book exists twice: as a row in the SQL journal, which is the commit point, and as
the same bytes in the book's text. Writing goes through a :class:`Pen`, which

1. takes the unit's lock and verifies the tails of the files it will touch,
2. runs one SQL transaction in which entries are numbered and chained,
3. commits, appends the same bytes to the files, and syncs them.

A crash between the commit and the append leaves a file that is a strict prefix of what the journal
says; the next pen, and the next start, append what is missing. Any other difference stops the
program: it never guesses which witness is right.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger import canonical, fundcheck
from ledger.canonical_reader import parse_voucher
from ledger.durable import replace_file, sync_folder
from ledger.entry import Draft, Voucher, voucher_number
from ledger.errors import CannotRun, Finding, Refused, WitnessMismatch, finding
from ledger.layout import book_text, included_files, month_file, unit_folder
from ledger.registry import entries, fund_sums, oplog, units

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.budgets.ceilings import Ceilings
    from ledger.registry import Registry

# After a failed sync the kernel may have dropped the pages: what the disk holds is unknown until
# a new process has read it back, so this one must not write again.
_disk_failed = False


@dataclass
class Pen:
    """What may be written while a unit's lock is held; see :func:`open_pen`."""

    conn: Connection
    unit: str
    folder: Path
    now: datetime
    pending: list[tuple[str, bytes]] = field(default_factory=list)
    #: The budgets in force, once somebody asked for them: see ``ledger.budgets.ceilings``.
    ceilings: Ceilings | None = None

    def voucher(
        self,
        draft: Draft,
        *,
        id: str,
        maker: str,
        checkers: tuple[str, ...],
        key: str,
    ) -> Voucher:
        """Number, chain and journal a draft that has passed every check.

        The same ``key`` again gives the voucher that it gave before; Refused for other content.
        """
        known = entries.by_key(self.conn, self.unit, key)
        if known is not None:
            return _again(known, draft, maker, checkers)
        ordinal = entries.next_ordinal(self.conn, self.unit, draft.kind, draft.month)
        seq, before = self._place()
        bare = Voucher(
            draft=draft,
            number=voucher_number(draft.kind, draft.month, ordinal),
            id=id,
            seq=seq,
            maker=maker,
            checkers=checkers,
            posted=self.now,
        )
        voucher, text = canonical.chained_voucher(bare, before)
        self._add(
            entries.EntryRow(
                seq=seq,
                kind="voucher",
                file=month_file(draft.month),
                offset=0,
                text=text.encode(),
                chain=voucher.chain,
                day=draft.day,
                posted=self.now.isoformat(timespec="seconds"),
                key=key,
                number=voucher.number,
                id=id,
                source=draft.source,
                reverses=draft.reverses,
            )
        )
        move_resources_of(self.conn, draft)
        return voucher

    def directives(self, kind: str, body: str, *, file: str, day: date, key: str) -> None:
        """Journal an entry that is no voucher: accounts opened, funds declared, a month closed.

        Refused if ``key`` was used before.
        """
        if entries.by_key(self.conn, self.unit, key) is not None:
            raise Refused(_key_used(key))
        seq, before = self._place()
        chain, text = canonical.chained_directives(seq, kind, body, before)
        self._add(
            entries.EntryRow(
                seq=seq,
                kind=kind,
                file=file,
                offset=0,
                text=text.encode(),
                chain=chain,
                day=day,
                posted=self.now.isoformat(timespec="seconds"),
                key=key,
            )
        )

    def _place(self) -> tuple[int, str]:
        last = entries.head(self.conn, self.unit)
        if last is None:
            return 1, canonical.first_chain(self.unit)
        return last[0] + 1, last[1]

    def _add(self, row: entries.EntryRow) -> None:
        offset = entries.file_length(self.conn, self.unit, row.file)
        if all(file != row.file for file, _ in self.pending):
            _catch_up(self.conn, self.unit, self.folder, row.file, offset, self.now)
        fields = {name: getattr(row, name) for name in row.__slots__} | {"offset": offset}
        entries.add(self.conn, self.unit, entries.EntryRow(**fields))
        self.pending.append((row.file, row.text))


def _again(known: entries.EntryRow, draft: Draft, maker: str, checkers: tuple[str, ...]) -> Voucher:
    if known.number is not None:
        voucher = parse_voucher(known.text.decode())
        if (voucher.draft, voucher.maker, voucher.checkers) == (draft, maker, checkers):
            return voucher
    raise Refused(_key_used(known.key))


def _key_used(key: str) -> Finding:
    return finding(
        "key-used",
        f"同一请求（{key}）已记过别的内容",
        f"the same request ({key}) has entered something else already",
        "核对已记的凭证；新的业务用新的请求",
        "look at what was entered; enter new business as a new request",
    )


@contextmanager
def open_pen(registry: Registry, unit: str, now: datetime) -> Iterator[Pen]:
    """The right to write into one unit's book; commits and appends at the end of the block.

    An exception inside the block rolls everything back: nothing is numbered, nothing written.
    Raises WitnessMismatch if the book's text is not what the journal says.
    """
    if _disk_failed:
        raise CannotRun(
            finding(
                "disk-failed",
                "磁盘同步曾经失败，本进程不再写账",
                "a sync to disk failed earlier; this process writes no more",
                "检查磁盘后重新启动程序",
                "check the disk, then start the program again",
            )
        )
    folder = unit_folder(registry.folder, unit)
    with locked(folder):
        with registry.write() as conn:
            registry.lock_unit(conn, unit)
            _catch_up_last(conn, unit, folder, now)
            pen = Pen(conn, unit, folder, now)
            yield pen
        _append(registry, unit, pen.pending)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock by which one process at a time writes into a unit's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _append(registry: Registry, unit: str, pending: list[tuple[str, bytes]]) -> None:
    """Append committed bytes, each file once, and sync. Offsets were verified under the lock."""
    folder = unit_folder(registry.folder, unit)
    by_file: dict[str, list[bytes]] = {}
    for file, text in pending:
        by_file.setdefault(file, []).append(text)
    new_years = any(not (folder / file).exists() for file in by_file)
    for file, texts in by_file.items():
        write_at_end(folder / file, b"".join(texts))
    if new_years:
        write_book_file(registry, unit)


def write_at_end(path: Path, data: bytes) -> None:
    """Append ``data`` durably; after a failed sync this process writes no more."""
    global _disk_failed
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
        if new:
            sync_folder(path.parent)
    except OSError as fault:
        _disk_failed = True
        raise CannotRun(
            finding(
                "disk-failed",
                f"写入账簿失败：{fault.strerror}；凭证已记入日志，重新启动时会补写",
                f"writing the book failed: {fault.strerror}; the journal holds the entry "
                "and the next start appends it",
                "检查磁盘空间与硬件后重新启动程序",
                "check space and hardware, then start the program again",
                file=path.name,
            )
        ) from fault
    finally:
        os.close(handle)


# ---- the two witnesses -------------------------------------------------------------------------


def _catch_up_last(conn: Connection, unit: str, folder: Path, now: datetime) -> None:
    """Verify the end of the file that holds the last entry; append what a crash left out."""
    last = entries.head(conn, unit)
    if last is None:
        return
    row = entries.by_seq(conn, unit, last[0])
    if row is None:
        raise WitnessMismatch(_differs(unit, "journal"))
    _catch_up(conn, unit, folder, row.file, row.offset + len(row.text), now)


def _catch_up(
    conn: Connection, unit: str, folder: Path, file: str, length: int, now: datetime
) -> None:
    """Make ``file`` exactly ``length`` bytes long, as the journal says, or stop."""
    path = folder / file
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise WitnessMismatch(_differs(unit, file))
    size = path.stat().st_size if path.exists() else 0
    if size == length:
        _verify_tail(conn, unit, path, file)
        return
    if size > length:
        raise WitnessMismatch(_differs(unit, file))
    _replay(conn, unit, path, file, size)
    # Whoever cut a file short on purpose gains nothing, and leaves this trace.
    oplog.record(
        conn, at=now, user="program", unit=unit, action="book.replay", object=file,
        detail=f"{size} -> {length}",
    )  # fmt: skip


def _verify_tail(conn: Connection, unit: str, path: Path, file: str) -> None:
    row = entries.last_of_file(conn, unit, file)
    if row is None:
        return
    with path.open("rb") as handle:
        handle.seek(row.offset)
        if handle.read() != row.text:
            raise WitnessMismatch(_differs(unit, file))


def _replay(conn: Connection, unit: str, path: Path, file: str, size: int) -> None:
    """Cut a torn tail back to whole entries and append the rest from the journal.

    The part of the file behind its last whole entry has to be a prefix of the next committed one;
    and the whole entry before it has to stand as committed.
    """
    before: entries.EntryRow | None = None
    missing = []
    for row in entries.entries_of_file(conn, unit, file):
        if row.offset + len(row.text) > size:
            missing.append(row)
        else:
            before = row
    if not missing:
        raise WitnessMismatch(_differs(unit, file))  # rows are gone from the journal
    start = missing[0].offset
    if before is not None:
        with path.open("rb") as handle:
            handle.seek(before.offset)
            if (
                before.offset + len(before.text) != start
                or handle.read(len(before.text)) != before.text
            ):
                raise WitnessMismatch(_differs(unit, file))
    if size > start:
        with path.open("rb") as handle:
            handle.seek(start)
            if handle.read() != missing[0].text[: size - start]:
                raise WitnessMismatch(_differs(unit, file))
        os.truncate(path, start)
    write_at_end(path, b"".join(row.text for row in missing))


def _differs(unit: str, file: str) -> Finding:
    return finding(
        "witnesses-differ",
        f"账簿文件与日志不一致（单位 {unit}）；程序停止，不作猜测",
        f"the book's file and the journal differ (unit {unit}); the program stops",
        "运行 mingbai check 查看差异；查明后用 mingbai rebuild 由可信的一方重建另一方",
        "run mingbai check to see where; then mingbai rebuild one witness from the one you trust",
        file=f"units/{unit}/{file}",
    )


def recover(registry: Registry, unit: str, now: datetime) -> None:
    """On start: verify every file's length and tail, append what a crash left out.

    ``book.bean`` is written if it is missing.
    """
    with open_pen(registry, unit, now) as pen:
        for file, length in entries.files(pen.conn, unit).items():
            _catch_up(pen.conn, unit, pen.folder, file, length, now)
    write_book_file(registry, unit)


def compare_witnesses(registry: Registry, unit: str) -> list[Finding]:
    """Every difference between journal and text, byte for byte, file by file, with its line."""
    folder = unit_folder(registry.folder, unit)
    found: list[Finding] = []
    with registry.read() as conn:
        lengths = entries.files(conn, unit)
        for file, length in sorted(lengths.items()):
            path = folder / file
            own = path.is_file() and not path.is_symlink()
            data = path.read_bytes() if own else b""
            found += _compare_file(conn, unit, file, data, length)
        return found


def _compare_file(
    conn: Connection, unit: str, file: str, data: bytes, length: int
) -> list[Finding]:
    # Whole files are compared at once; only where they differ it is looked for where.
    if len(data) == length and entries.bytes_of_file(conn, unit, file) == data:
        return []
    place = 0
    for row in entries.entries_of_file(conn, unit, file):
        end = row.offset + len(row.text)
        if row.offset != place or data[row.offset : end] != row.text:
            line = data[: row.offset].count(b"\n") + 1 + _first_difference(data, row)
            what = row.number or f"{row.kind} {row.seq}"
            return [
                finding(
                    "witnesses-differ",
                    f"此处与日志不一致：{what}",
                    f"the text differs from the journal here: {what}",
                    "从备份或日志恢复此文件（mingbai rebuild --from journal），并查明是谁改动的",
                    "restore the file from the journal (mingbai rebuild --from journal) "
                    "and find out who changed it",
                    file=f"units/{unit}/{file}",
                    line=line,
                )
            ]
        place = end
    if place != length or len(data) != length:
        return [_differs(unit, file)]
    return []


def _first_difference(data: bytes, row: entries.EntryRow) -> int:
    """How many lines into the entry the first different byte stands."""
    have = data[row.offset : row.offset + len(row.text)]
    same = 0
    for ours, theirs in zip(row.text, have, strict=False):
        if ours != theirs:
            break
        same += 1
    return row.text[:same].count(b"\n")


# ---- resources of funds ------------------------------------------------------------------------


def move_resources_of(conn: Connection, draft: Draft) -> None:
    """Keep the day and month sums of every fund that the draft touches."""
    used = {posting.account for posting in draft.postings}
    known = entries.accounts(conn, draft.unit, used)
    capital = {name for name, row in known.items() if row.capital}
    for (fund, currency), fen in fundcheck.resource_moves(draft, capital).items():
        fund_sums.move_resources(conn, draft.unit, fund, currency, draft.day, fen)


# ---- the folder of a book ----------------------------------------------------------------------


def expected_book_text(registry: Registry, unit: str) -> bytes:
    """What ``book.bean`` of the unit has to be, from its facts."""
    with registry.read() as conn:
        return book_text_of(conn, unit)


def book_text_of(conn: Connection, unit: str) -> bytes:
    """:func:`expected_book_text` within a caller's transaction."""
    row = units.find(conn, unit)
    years = {row.opened.year} | {
        int(file[:4]) for file in entries.files(conn, unit) if file[:4].isdigit()
    }
    return book_text(row.name, years).encode()


def write_book_file(registry: Registry, unit: str) -> None:
    """Write ``book.bean`` atomically, and the empty month files that it includes."""
    folder = unit_folder(registry.folder, unit)
    text = expected_book_text(registry, unit)
    for name in included_files(text.decode()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():  # else readers would take the file for changed
            path.touch(0o640)
    path = folder / "book.bean"
    if path.exists() and path.read_bytes() == text:
        return
    replace_file(path, text)
    sync_folder(folder)


def behind(registry: Registry, unit: str) -> bool:
    """True if a file of the book is not as long as the journal says: see :func:`recover`.

    Reads lengths only, so that commands may ask it every time they start.
    """
    folder = unit_folder(registry.folder, unit)
    with registry.read() as conn:
        lengths = entries.files(conn, unit)
    if not (folder / "book.bean").exists():
        return True
    return any(
        not (folder / file).exists() or (folder / file).stat().st_size != length
        for file, length in lengths.items()
    )
