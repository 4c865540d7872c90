"""The read model: sums per month, account and fund, and an index from them to the vouchers' text.

Everything is computed from the book's text and kept in a cache beside it, one part per file. A part
stands while the file's size, times and inode stand; when they change, its digest decides; when the
file only grew, only what was added is read. The cache may be deleted at any time.

Only the standard library is used here, so that a warm report starts at once.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ledger import canonical_reader
from ledger.canonical_directives import (
    FundClosed,
    FundDeclared,
    Opened,
    Shut,
    read_directives,
)
from ledger.entry import Meta, Voucher
from ledger.errors import CannotRun, Refused, finding
from ledger.money import Money
from ledger.period import Month

_VERSION: Final = 1
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


@dataclass(frozen=True, slots=True)
class MonthCell:
    """What one account and fund moved in a month; ``debit`` and ``credit`` in fen, not negative."""

    account: str
    fund: str
    currency: str
    month: Month
    debit: int
    credit: int
    count: int

    @property
    def net(self) -> int:
        """Debit less credit, in fen."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One posting with its voucher. ``file`` is relative to the unit's folder."""

    number: str
    day: date
    narration: str
    payee: str
    account: str
    fund: str
    amount: Money
    papers: tuple[str, ...]
    meta: Meta
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as ``chart.bean`` opens it; ``capital`` if its balance is tied up in things."""

    name: str
    name_en: str
    opened: date
    capital: bool
    currency: str
    closed: date | None = None


@dataclass(frozen=True, slots=True)
class FundFacts:
    """A fund as ``funds.bean`` declares it."""

    code: str
    name: str
    name_en: str
    restriction: str
    opened: date
    closed: date | None
    source: str


class Model:
    """The read model of one unit's book.

    ``files_parsed`` counts the month files whose text had to be read, for tests of how much work
    a question costs.
    """

    def __init__(self, folder: Path, cache_file: Path | None = None) -> None:
        if not (folder / "chart.bean").is_file():
            raise CannotRun(
                finding(
                    "no-book",
                    "这里没有账簿",
                    "there is no book here",
                    "检查目录与单位名；mingbai check 会补写缺失的文件",
                    "check the folder and the unit's name",
                    file=f"units/{folder.name}",
                )
            )
        self.folder = folder
        self.files_parsed = 0
        self._cache = _open_cache(cache_file or folder / ".cache" / "model.db")
        self._fresh: dict[str, int | None] = {}
        self._digests: dict[str, str] = {}

    @classmethod
    def open(cls, folder: Path, cache_file: Path | None = None) -> Model:
        """The model of the book in ``folder``; CannotRun if there is none."""
        return cls(folder, cache_file)

    def close(self) -> None:
        self._cache.close()

    # ---- facts ---------------------------------------------------------------------------------

    def accounts(self) -> dict[str, AccountFacts]:
        """Every account by its name, in the order of the chart."""
        found: dict[str, AccountFacts] = {}
        for entry in read_directives(self._bytes("chart.bean"), self._name("chart.bean")):
            if isinstance(entry, Opened):
                found[entry.account] = AccountFacts(
                    entry.account, entry.name_en, entry.day, entry.capital, entry.currency
                )
            elif isinstance(entry, Shut):
                old = found[entry.account]
                found[entry.account] = AccountFacts(
                    old.name, old.name_en, old.opened, old.capital, old.currency, entry.day
                )
        return found

    def funds(self) -> dict[str, FundFacts]:
        """Every fund by its code, in the order of declaration."""
        found: dict[str, FundFacts] = {}
        for entry in read_directives(self._bytes("funds.bean"), self._name("funds.bean")):
            if isinstance(entry, FundDeclared):
                found[entry.code] = FundFacts(
                    entry.code,
                    entry.name,
                    entry.name_en,
                    entry.restriction,
                    entry.day,
                    None,
                    entry.source,
                )
            elif isinstance(entry, FundClosed):
                old = found[entry.code]
                found[entry.code] = FundFacts(
                    old.code,
                    old.name,
                    old.name_en,
                    old.restriction,
                    old.opened,
                    entry.day,
                    old.source,
                )
        return found

    # ---- figures -------------------------------------------------------------------------------

    def months(self) -> list[Month]:
        """The months that have vouchers or other entries, in order."""
        found = []
        for path in sorted(self.folder.glob("[0-9][0-9][0-9][0-9]/[01][0-9].bean")):
            if path.stat().st_size:
                found.append(Month(int(path.parent.name), int(path.stem)))
        return found

    def cells(self, *, since: Month | None = None, through: Month | None = None) -> list[MonthCell]:
        """The sums of every month from ``since`` to ``through``, both included.

        Only those months' files are looked at.
        """
        found = []
        for month in self._between(since, through):
            rows = self._cache.execute(
                "SELECT account, fund, currency, debit, credit, count FROM cell WHERE file = ?",
                (self._refreshed(month),),
            )
            found += [
                MonthCell(account, fund, currency, month, debit, credit, count)
                for account, fund, currency, debit, credit, count in rows
            ]
        return found

    def lines(
        self,
        *,
        since: Month | None = None,
        through: Month | None = None,
        accounts: Collection[str] | None = None,
        fund: str | None = None,
    ) -> Iterator[PostedLine]:
        """Postings with their vouchers, month by month in the order of posting.

        ``accounts`` are exact names. Only vouchers that touch them are read from the text.
        """
        for month in self._between(since, through):
            file = self._refreshed(month)
            self._index(month, file)
            for offset, length, line in self._places(file, accounts, fund):
                yield from self._lines_at(month, offset, length, line, accounts, fund)

    def voucher(self, number: str) -> Voucher:
        """The voucher of this number; Refused if there is none."""
        with suppress(ValueError, IndexError):
            digits = number.split("-")[1]
            month = Month.parse(f"{digits[:4]}-{digits[4:6]}")
            if month in self.months():
                file = self._refreshed(month)
                self._index(month, file)
                row = self._cache.execute(
                    "SELECT offset, length, line FROM voucher WHERE file = ? AND number = ?",
                    (file, number),
                ).fetchone()
                if row is not None:
                    text = self._slice(month, row[0], row[1])
                    return canonical_reader.parse_voucher(text, self._name(_file(month)), row[2])
        raise Refused(
            finding(
                "no-voucher",
                f"没有凭证 {number[:40]}",
                f"there is no voucher {number[:40]}",
                "用 mingbai report … journal 查凭证号",
                "look the number up with mingbai report … journal",
            )
        )

    def digest(self, through: Month) -> str:
        """One digest over the chart, the funds and every month up to ``through``; 64 hex digits.

        Two books with equal digests give equal reports.
        """
        whole = hashlib.sha256()
        for name in ("chart.bean", "funds.bean"):
            whole.update(f"{name} {hashlib.sha256(self._bytes(name)).hexdigest()}\n".encode())
        for month in self._between(None, through):
            self._refreshed(month)
            whole.update(f"{_file(month)} {self._digests[_file(month)]}\n".encode())
        return whole.hexdigest()

    # ---- inside --------------------------------------------------------------------------------

    def _between(self, since: Month | None, through: Month | None) -> list[Month]:
        return [
            month
            for month in self.months()
            if (since is None or since <= month) and (through is None or month <= through)
        ]

    def _name(self, file: str) -> str:
        return f"units/{self.folder.name}/{file}"

    def _bytes(self, file: str) -> bytes:
        path = self.folder / file
        return path.read_bytes() if path.is_file() else b""

    def _refreshed(self, month: Month) -> int:
        """The cache's number for the month's file, brought up to date once per model."""
        name = _file(month)
        known = self._fresh.get(name)
        if known is None:
            known = self._fresh[name] = self._refresh(month, name)
        return known

    def _refresh(self, month: Month, name: str) -> int:
        stat = _stat_text(self.folder / name)
        row = self._cache.execute(
            "SELECT id, stat, size, digest FROM file WHERE name = ?", (name,)
        ).fetchone()
        if row is not None and row[1] == stat:
            self._digests[name] = row[3]
            return int(row[0])
        data = self._bytes(name)
        digest = hashlib.sha256(data).hexdigest()
        self._digests[name] = digest
        with self._cache:
            if row is not None and row[3] == digest:
                self._cache.execute("UPDATE file SET stat = ? WHERE id = ?", (stat, row[0]))
                return int(row[0])
            start = 0
            if row is not None:
                grown = hashlib.sha256(data[: row[2]]).hexdigest() == row[3]
                start = row[2] if grown else 0
            if row is not None and not start:
                self._forget(row[0])
            cells = canonical_reader.read_cells(data, month, self._name(name), start)
            self.files_parsed += 1
            return self._keep(name, stat, len(data), digest, cells)

    def _forget(self, file: int) -> None:
        for table in ("cell", "voucher", "touched"):
            self._cache.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608
        self._cache.execute("DELETE FROM file WHERE id = ?", (file,))

    def _keep(
        self, name: str, stat: str, size: int, digest: str, cells: canonical_reader.Cells
    ) -> int:
        file = int(
            self._cache.execute(
                "INSERT INTO file(name, stat, size, digest, indexed) VALUES(?, ?, ?, ?, 0)"
                " ON CONFLICT(name) DO UPDATE SET stat = excluded.stat, size = excluded.size,"
                " digest = excluded.digest RETURNING id",
                (name, stat, size, digest),
            ).fetchone()[0]
        )
        self._cache.executemany(
            "INSERT INTO cell VALUES(?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET debit = debit + excluded.debit,"
            " credit = credit + excluded.credit, count = count + excluded.count",
            [(file, *key, *cell) for key, cell in cells.items()],
        )
        return file

    def _index(self, month: Month, file: int) -> None:
        """Index what was added to the month since it was indexed last."""
        size, indexed = self._cache.execute(
            "SELECT size, indexed FROM file WHERE id = ?", (file,)
        ).fetchone()
        if indexed == size:
            return
        data = self._bytes(_file(month))[:size]
        first = data.count(b"\n", 0, indexed)
        vouchers, touched = [], []
        for entry in canonical_reader.entries(data[indexed:], self._name(_file(month))):
            if entry.kind != "voucher":
                continue
            offset = indexed + entry.offset
            lean = canonical_reader.read_lean(entry.text.decode())
            vouchers.append((file, lean.number, offset, entry.length, first + entry.line))
            touched += [
                (file, account, fund, offset)
                for account, fund in {(line.account, line.fund) for line in lean.lines}
            ]
        with self._cache:
            self._cache.executemany(
                "INSERT OR REPLACE INTO voucher VALUES(?, ?, ?, ?, ?)", vouchers
            )
            self._cache.executemany("INSERT OR REPLACE INTO touched VALUES(?, ?, ?, ?)", touched)
            self._cache.execute("UPDATE file SET indexed = ? WHERE id = ?", (size, file))

    def _places(
        self, file: int, accounts: Collection[str] | None, fund: str | None
    ) -> list[tuple[int, int, int]]:
        if accounts is None and fund is None:
            rows = self._cache.execute(
                "SELECT offset, length, line FROM voucher WHERE file = ? ORDER BY offset", (file,)
            )
            return list(rows)
        query = "SELECT DISTINCT offset FROM touched WHERE file = ?"
        values: list[object] = [file]
        if accounts is not None:
            query += f" AND account IN ({', '.join('?' * len(accounts))})"
            values += sorted(accounts)
        if fund is not None:
            query += " AND fund = ?"
            values.append(fund)
        rows = self._cache.execute(
            "SELECT offset, length, line FROM voucher WHERE file = ?"  # noqa: S608
            f" AND offset IN ({query}) ORDER BY offset",
            [file, *values],
        )
        return list(rows)

    def _lines_at(
        self,
        month: Month,
        offset: int,
        length: int,
        line: int,
        accounts: Collection[str] | None,
        fund: str | None,
    ) -> Iterator[PostedLine]:
        file = _file(month)
        found = canonical_reader.read_lean(self._slice(month, offset, length), file, line)
        for part in found.lines:
            if accounts is not None and part.account not in accounts:
                continue
            if fund is not None and part.fund != fund:
                continue
            yield PostedLine(
                found.number,
                found.day,
                found.narration,
                found.payee,
                part.account,
                part.fund,
                Money(part.fen, part.currency),
                found.papers,
                part.meta,
                file,
                part.line,
            )

    def _slice(self, month: Month, offset: int, length: int) -> str:
        with (self.folder / _file(month)).open("rb") as handle:
            handle.seek(offset)
            return handle.read(length).decode()


def _file(month: Month) -> str:
    return f"{month.year:04d}/{month.month:02d}.bean"


def _stat_text(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def _open_cache(path: Path) -> sqlite3.Connection:
    """The cache, made anew if it is missing, of another version, or broken.

    Where nothing can be written the cache lives in memory.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        cache = _connect(str(path))
    except (OSError, sqlite3.OperationalError):
        return _connect(":memory:")
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        cache = _connect(str(path))
    return cache


def _connect(place: str) -> sqlite3.Connection:
    # Pages of several threads share a process; each has a model of its own.
    cache = sqlite3.connect(place, timeout=10)
    try:
        if cache.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            cache.execute("PRAGMA journal_mode=WAL")
            # What is here can be computed again: syncing it would only cost time.
            cache.execute("BEGIN IMMEDIATE")
            if cache.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                for (table,) in cache.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                ).fetchall():
                    cache.execute(f"DROP TABLE {table}")
                for statement in _SCHEMA.strip().split(";\n"):
                    cache.execute(statement)
                cache.execute(f"PRAGMA user_version={_VERSION}")
            cache.commit()
        cache.execute("PRAGMA synchronous=OFF")
    except BaseException:
        cache.close()
        raise
    return cache
