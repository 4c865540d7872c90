"""What months say of other units, kept by digest: a month that changed is read again, alone.

A small database in the federation's cache folder knows each month file by its times and digest, and
keeps the postings towards other units that were read from it. It may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ledger.errors import CannotRun, finding
from ledger.layout import month_file, unit_folder
from ledger.modelcache import stat_text, text_of_stat
from ledger.period import Month
from ledger.transfers.facts import MonthFacts, PostedBetween, as_number, read_facts_of

FOLDER: Final = ".cache/federation"
_VERSION: Final = 3
_SCHEMA: Final = """
CREATE TABLE month(unit TEXT, month INTEGER, stat TEXT, digest TEXT, PRIMARY KEY(unit, month));
CREATE TABLE between_units(
  unit TEXT, month INTEGER, voucher TEXT, day TEXT, account TEXT, fund TEXT, currency TEXT,
  fen INTEGER, counter TEXT, reference TEXT, money INTEGER, moved INTEGER,
  reverses TEXT);
CREATE INDEX between_place ON between_units(unit, month);
CREATE TABLE carried(
  unit TEXT, month INTEGER, account TEXT, fund TEXT, currency TEXT, debit INTEGER, credit INTEGER,
  n INTEGER);
CREATE INDEX carried_place ON carried(unit, month);
CREATE TABLE file(unit TEXT, year INTEGER, kind TEXT, state TEXT, PRIMARY KEY(unit, year, kind));
"""
_MONTHS: Final = {f"{month:02d}.bean": month for month in range(1, 13)}


class Months:
    """The facts of the units' months, brought up to date; ``read`` are those that were read again.

    ``digests`` gives each unit's months with the digest of their text.
    """

    def __init__(self, base: sqlite3.Connection, federation: Path, units: Sequence[str]) -> None:
        self.base = base
        self.read: list[tuple[str, Month]] = []
        self.digests: dict[str, dict[int, str]] = {}
        self._federation = federation
        known = _known(base)
        for unit in units:
            self._refresh(unit, known.get(unit, {}))
        base.commit()

    def between(
        self, units: Sequence[str], since: int, through: int
    ) -> Iterator[tuple[str, PostedBetween]]:
        """Each unit's postings towards others in the months from ``since`` to ``through``."""
        for unit in units:
            for row in self.base.execute(
                "SELECT voucher, day, account, fund, currency, fen, counter, reference, money,"
                " moved, reverses"
                " FROM between_units WHERE unit = ? AND month BETWEEN ? AND ? ORDER BY rowid",
                (unit, since, through),
            ):
                yield unit, PostedBetween(*row)

    def _refresh(self, unit: str, known: dict[int, tuple[str, str]]) -> None:
        folder = unit_folder(self._federation, unit)
        there = _there(str(folder))
        now = {number: digest for number, (_, digest) in known.items()}
        for month, stat in sorted(there.items()):
            number = as_number(month)
            if not stat or number not in known or known[number][0] != stat:
                now[number] = self._reread(unit, folder, month, known.get(number))
        for number in set(known) - {as_number(month) for month in there}:
            self._forget(unit, number)
            self.base.execute("DELETE FROM month WHERE unit = ? AND month = ?", (unit, number))
            del now[number]
        self.digests[unit] = dict(sorted(now.items()))

    def _reread(self, unit: str, folder: Path, month: Month, known: tuple[str, str] | None) -> str:
        """Read the month's text if it is another one; its digest."""
        path = folder / month_file(month)
        stat, data = stat_text(path), path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        number = as_number(month)
        if known is None or known[1] != digest:
            facts = read_facts_of(data, f"units/{unit}/{month_file(month)}")
            self._forget(unit, number)
            self._keep(unit, number, facts)
            self.read.append((unit, month))
        self.base.execute(
            "INSERT OR REPLACE INTO month VALUES(?, ?, ?, ?)", (unit, number, stat, digest)
        )
        return digest

    def _forget(self, unit: str, number: int) -> None:
        for table in ("between_units", "carried"):
            self.base.execute(
                f"DELETE FROM {table} WHERE unit = ? AND month = ?",  # noqa: S608
                (unit, number),
            )

    def _keep(self, unit: str, number: int, facts: MonthFacts) -> None:
        self.base.executemany(
            "INSERT INTO between_units VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(unit, number, *row) for row in facts.between],
        )
        self.base.executemany(
            "INSERT INTO carried VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [(unit, number, *key, *cell) for key, cell in facts.carried.items()],
        )


@contextmanager
def months_of_units(federation: Path, units: Sequence[str]) -> Iterator[Months]:
    """The months of these units, up to date; one process at a time. CannotRun without a disk."""
    place = federation / FOLDER
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (place / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with base_of(place) as base:
                yield Months(base, federation, units)
    except OSError as fault:
        raise CannotRun(
            finding(
                "no-cache",
                "联合会的缓存写不进去",
                "the federation's cache cannot be written",
                "检查磁盘空间与 .cache 目录的权限",
                "check the disk's space and the rights on .cache",
            )
        ) from fault


def _there(folder: str) -> dict[Month, str]:
    """The months that hold anything, with what each file is known by.

    A thousand units are looked at before every answer: no more than one call per folder and file.
    """
    found: dict[Month, str] = {}
    for year in os.scandir(folder):
        if len(year.name) != 4 or not (year.name.isascii() and year.name.isdigit()):
            continue
        if not year.is_dir(follow_symlinks=False):
            continue
        for file in os.scandir(year.path):
            month = _MONTHS.get(file.name, 0)
            if month and not file.is_symlink():
                stat = file.stat()
                if stat.st_size:
                    found[Month(int(year.name), month)] = text_of_stat(stat)
    return found


def _known(base: sqlite3.Connection) -> dict[str, dict[int, tuple[str, str]]]:
    found: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for unit, month, stat, digest in base.execute("SELECT unit, month, stat, digest FROM month"):
        found[unit][month] = (stat, digest)
    return found


@contextmanager
def base_of(place: Path) -> Iterator[sqlite3.Connection]:
    """The small database in ``place``; made anew if it is broken or of another version."""
    path = place / "months.db"
    base = sqlite3.connect(path)
    try:
        try:
            version = base.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError:
            version = -1
        if version != _VERSION:
            base.close()
            for name in (path, path.with_name(path.name + "-journal")):
                with suppress(FileNotFoundError):
                    name.unlink()
            base = sqlite3.connect(path)
            base.executescript(_SCHEMA)
            base.execute(f"PRAGMA user_version = {_VERSION}")
        base.execute("PRAGMA synchronous = OFF")
        yield base
        base.commit()
    finally:
        base.close()
