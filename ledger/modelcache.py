"""What the read model keeps of each month file: its sums, and an index from them to its vouchers.

Everything is computed from the text and kept in SQLite beside the book, one part per file. A part
stands while the file's size, times and inode stand; when they change, its digest decides; when the
file only grew, only what was added is read. The cache may be deleted at any time, and a broken,
foreign or unwritable one costs time only: then everything is computed in memory.

Several processes use one cache at once. A part is read in one transaction, and written only if
nobody else changed it meanwhile, so that nothing is added twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ledger import canonical_reader
from ledger.layout import month_file
from ledger.period import Month

_VERSION: Final = 2
_SCHEMA: Final = """
CREATE TABLE file(
  id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, stat TEXT NOT NULL, size INTEGER NOT NULL,
  digest TEXT NOT NULL, indexed INTEGER NOT NULL);
CREATE TABLE cell(
  file INTEGER NOT NULL, account TEXT NOT NULL, fund TEXT NOT NULL, currency TEXT NOT NULL,
  debit INTEGER NOT NULL, credit INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(file, account, fund, currency)) WITHOUT ROWID;
CREATE TABLE voucher(
  file INTEGER NOT NULL, number TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
  line INTEGER NOT NULL, PRIMARY KEY(file, offset)) WITHOUT ROWID;
CREATE INDEX voucher_number ON voucher(number);
CREATE TABLE touched(
  file INTEGER NOT NULL, account TEXT NOT NULL, fund TEXT NOT NULL, offset INTEGER NOT NULL,
  PRIMARY KEY(file, account, fund, offset)) WITHOUT ROWID;
"""
# A file that changed twice within one tick of its clock looks the same both times: only what has
# been still for this long is known by its times alone.
_SETTLED_NS: Final = 1_000_000_000

#: account, fund, currency, debit, credit, count
CellRow = tuple[str, str, str, int, int, int]
_Row = tuple[int, str, int, str]  # id, stat, size, digest
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Part:
    """One month file as it stood when it was read: ``size`` bytes of this ``digest``."""

    file: int
    size: int
    digest: str
    cells: tuple[CellRow, ...]


class ModelCache:
    """The parts of one unit's month files; each is brought up to date once and then stands still.

    ``files_parsed`` and ``bytes_read`` count the work that questions cost.
    """

    def __init__(self, folder: Path, path: Path | None) -> None:
        """``path`` is where the cache lies; None keeps everything in memory."""
        self._folder = folder
        self._path = path
        self._cache = _connect(":memory:") if path is None else _open(path)
        self._parts: dict[Month, Part] = {}
        self.files_parsed = 0
        self.bytes_read = 0

    def close(self) -> None:
        self._cache.close()

    def part(self, month: Month) -> Part:
        """The month's part; NotCanonical if its text is not what the program writes."""
        found = self._parts.get(month)
        if found is None:
            found = self._parts[month] = self._retried(lambda: self._refreshed(month))
        return found

    def places(
        self, month: Month, accounts: Collection[str] | None = None, fund: str | None = None
    ) -> list[tuple[int, int, int]]:
        """Offset, length and first line of the month's vouchers that touch these, in order."""
        return self._retried(lambda: self._places(month, accounts, fund))

    def place_of(self, month: Month, number: str) -> tuple[int, int, int] | None:
        """Offset, length and first line of the voucher of this number."""

        def find() -> tuple[int, int, int] | None:
            part = self._indexed(month)
            found: tuple[int, int, int] | None = self._cache.execute(
                "SELECT offset, length, line FROM voucher"
                " WHERE file = ? AND number = ? AND offset < ?",
                (part.file, number, part.size),
            ).fetchone()
            return found

        return self._retried(find)

    def is_indexed(self, month: Month) -> bool:
        """True if an index of the month's vouchers was kept, as far as it goes."""

        def asked() -> bool:
            row = self._cache.execute(
                "SELECT indexed FROM file WHERE id = ?", (self.part(month).file,)
            ).fetchone()
            return bool(row and row[0])

        return self._retried(asked)

    def slice(self, month: Month, offset: int, length: int) -> str:
        """The text of one voucher; NotCanonical if the file was changed under our hands."""
        return next(self.slices(month, [(offset, length)]))

    def slices(self, month: Month, places: Iterable[tuple[int, int]]) -> Iterator[str]:
        """:func:`slice` for each offset and length: the month's file is opened once for all."""
        with (self._folder / month_file(month)).open("rb") as handle:
            for offset, length in places:
                handle.seek(offset)
                data = handle.read(length)
                self.bytes_read += len(data)
                try:
                    text = data.decode()
                except UnicodeDecodeError as fault:
                    raise canonical_reader.NotCanonical(self._name(month), 1, offset) from fault
                yield text

    def file_bytes(self, file: str) -> bytes:
        path = self._folder / file
        data = path.read_bytes() if path.is_file() else b""
        self.bytes_read += len(data)
        return data

    # ---- inside --------------------------------------------------------------------------------

    def _name(self, month: Month) -> str:
        return f"units/{self._folder.name}/{month_file(month)}"

    def _retried(self, work: Callable[[], _T]) -> _T:
        """``work``, done again in memory if the cache on disk fails under it."""
        try:
            return work()
        except sqlite3.Error as fault:
            self._cache.close()
            if self._path is not None and not isinstance(fault, sqlite3.OperationalError):
                remove(self._path)  # malformed: nobody can use it
            self._cache = _connect(":memory:")
            self._parts.clear()
            return work()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[None]:
        self._cache.execute(f"BEGIN {kind}")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._cache.execute("ROLLBACK")
            raise
        self._cache.execute("COMMIT")

    def _row(self, name: str) -> _Row | None:
        row: _Row | None = self._cache.execute(
            "SELECT id, stat, size, digest FROM file WHERE name = ?", (name,)
        ).fetchone()
        return row

    def _part(self, row: _Row) -> Part:
        cells = self._cache.execute(
            "SELECT account, fund, currency, debit, credit, count FROM cell WHERE file = ?",
            (row[0],),
        )
        return Part(row[0], row[2], row[3], tuple(cells))

    def _refreshed(self, month: Month) -> Part:
        name = month_file(month)
        while True:
            stat = stat_text(self._folder / name)
            with self._transaction("DEFERRED"):
                row = self._row(name)
                if row is not None and stat and row[1] == stat:
                    return self._part(row)
            data = self.file_bytes(name)
            digest = hashlib.sha256(data).hexdigest()
            start = 0
            cells: canonical_reader.Cells = {}
            if row is None or row[3] != digest:
                if row is not None and hashlib.sha256(data[: row[2]]).hexdigest() == row[3]:
                    start = row[2]
                try:
                    cells = canonical_reader.read_cells(data, month, self._name(month), start)
                except canonical_reader.NotCanonical:
                    # A writer may be in the middle of an append: look again when it is done.
                    if not self._grew_meanwhile(name, data):
                        raise
                    continue
                self.files_parsed += 1
            with self._transaction("IMMEDIATE"):
                if self._row(name) == row:
                    return self._kept(name, row, (stat, len(data), digest), start, cells)

    def _grew_meanwhile(self, name: str, data: bytes) -> bool:
        try:
            lock = (self._folder / ".lock").open("rb")
        except OSError:
            return False
        with lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            return self.file_bytes(name) != data

    def _kept(
        self,
        name: str,
        row: _Row | None,
        state: tuple[str, int, str],
        start: int,
        cells: canonical_reader.Cells,
    ) -> Part:
        """Keep what was computed, in the transaction that saw ``row`` unchanged."""
        if row is not None and row[3] != state[2] and not start:
            # The id stays, so that a reader who holds it meets the new text, not another file's.
            for table in ("cell", "voucher", "touched"):
                self._cache.execute(
                    f"DELETE FROM {table} WHERE file = ?",  # noqa: S608
                    (row[0],),
                )
            self._cache.execute("UPDATE file SET indexed = 0 WHERE id = ?", (row[0],))
        file = int(
            self._cache.execute(
                "INSERT INTO file(name, stat, size, digest, indexed) VALUES(?, ?, ?, ?, 0)"
                " ON CONFLICT(name) DO UPDATE SET stat = excluded.stat, size = excluded.size,"
                " digest = excluded.digest RETURNING id",
                (name, *state),
            ).fetchone()[0]
        )
        self._cache.executemany(
            "INSERT INTO cell VALUES(?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET debit = debit + excluded.debit,"
            " credit = credit + excluded.credit, count = count + excluded.count",
            [(file, *key, *cell) for key, cell in cells.items()],
        )
        return self._part((file, *state))

    def _indexed(self, month: Month) -> Part:
        """The month's part, with what was added to its file since it was indexed last indexed."""
        part = self.part(month)
        row = self._cache.execute("SELECT indexed FROM file WHERE id = ?", (part.file,)).fetchone()
        indexed = row[0] if row else 0
        if indexed >= part.size:
            return part
        vouchers, touched = index_rows(
            self.file_bytes(month_file(month))[: part.size], indexed, self._name(month)
        )
        with self._transaction("IMMEDIATE"):
            # Twice the same rows are the same rows: whoever else indexed this did no harm.
            self._cache.executemany(
                "INSERT OR REPLACE INTO voucher VALUES(?, ?, ?, ?, ?)",
                [(part.file, *row) for row in vouchers],
            )
            self._cache.executemany(
                "INSERT OR REPLACE INTO touched VALUES(?, ?, ?, ?)",
                [(part.file, *row) for row in touched],
            )
            self._cache.execute(
                "UPDATE file SET indexed = max(indexed, ?) WHERE id = ? AND digest = ?",
                (part.size, part.file, part.digest),
            )
        return part

    def _places(
        self, month: Month, accounts: Collection[str] | None, fund: str | None
    ) -> list[tuple[int, int, int]]:
        part = self._indexed(month)
        query = "SELECT offset, length, line FROM voucher WHERE file = ? AND offset < ?"
        values: list[object] = [part.file, part.size]
        if accounts is not None or fund is not None:
            query += " AND offset IN (SELECT offset FROM touched WHERE file = ?"
            values.append(part.file)
            if accounts is not None:
                query += f" AND account IN ({', '.join('?' * len(accounts))})"
                values += sorted(accounts)
            if fund is not None:
                query += " AND fund = ?"
                values.append(fund)
            query += ")"
        return list(self._cache.execute(query + " ORDER BY offset", values))


_Vouchers = list[tuple[str, int, int, int]]
_Touched = list[tuple[str, str, int]]


def index_rows(data: bytes, start: int, name: str) -> tuple[_Vouchers, _Touched]:
    """Where the vouchers of ``data`` from ``start`` on stand, and what each of them touches."""
    first = data.count(b"\n", 0, start)
    vouchers: _Vouchers = []
    touched: _Touched = []
    for entry in canonical_reader.entries(data[start:], name):
        if entry.kind != "voucher":
            continue
        offset = start + entry.offset
        lean = canonical_reader.read_lean(entry.text.decode(), name, first + entry.line)
        vouchers.append((lean.number, offset, entry.length, first + entry.line))
        pairs = {(line.account, line.fund) for line in lean.lines}
        touched += [(account, fund, offset) for account, fund in sorted(pairs)]
    return vouchers, touched


def stat_text(path: Path) -> str:
    """How a file is known without reading it; empty while it is too fresh to be known so."""
    try:
        stat = path.stat()
    except OSError:
        return ""
    return text_of_stat(stat)


def text_of_stat(stat: os.stat_result) -> str:
    """:func:`stat_text` of a file that was looked at already."""
    if time.time_ns() - stat.st_ctime_ns < _SETTLED_NS:
        return ""
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


# ---- the file ----------------------------------------------------------------------------------


def _open(path: Path) -> sqlite3.Connection:
    """The cache, made anew if it is missing, of another version, or broken.

    Where nothing can be written the cache lives in memory.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            return _connect(":memory:")
        return _connect(str(path))
    except (OSError, sqlite3.OperationalError):
        return _connect(":memory:")
    except sqlite3.DatabaseError:
        remove(path)
    try:
        return _connect(str(path))
    except (OSError, sqlite3.Error):
        return _connect(":memory:")


def remove(path: Path) -> None:
    """Throw a cache away."""
    # The log of a broken database must not be replayed into the next one.
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(OSError):
            name.unlink(missing_ok=True)


def _connect(place: str) -> sqlite3.Connection:
    # Pages of several threads share a process; each has a model of its own.
    cache = sqlite3.connect(place, timeout=10, isolation_level=None)
    try:
        if cache.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            cache.execute("PRAGMA journal_mode=WAL")
            cache.execute("BEGIN IMMEDIATE")
            if cache.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                for (table,) in cache.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                ).fetchall():
                    cache.execute(f"DROP TABLE {table}")
                for statement in _SCHEMA.strip().split(";\n"):
                    cache.execute(statement)
                cache.execute(f"PRAGMA user_version={_VERSION}")
            cache.execute("COMMIT")
        # What is here can be computed again: syncing it would only cost time.
        cache.execute("PRAGMA synchronous=OFF")
    except BaseException:
        cache.close()
        raise
    return cache
