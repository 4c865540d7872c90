"""The read models of all units as Parquet, one file per unit and year, kept up to what changed.

A small database beside the files knows each month file by its times and digest, and keeps what was
read from it. A month that changed is read again, alone, and its unit's file of that year is written
anew; later years are written anew for their openings only. Everything here can be thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger.consolidation import duck
from ledger.consolidation.month import MonthFacts, as_number, read_facts_of
from ledger.consolidation.queries import BETWEEN, CELLS
from ledger.errors import CannotRun, finding
from ledger.layout import month_file, unit_folder
from ledger.model import Model
from ledger.modelcache import stat_text, text_of_stat
from ledger.period import Month

FOLDER: Final = ".cache/consolidation"
_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE month(unit TEXT, month INTEGER, stat TEXT, digest TEXT, PRIMARY KEY(unit, month));
CREATE TABLE between_units(
  unit TEXT, month INTEGER, counter TEXT, reference TEXT, account TEXT, fund TEXT, currency TEXT,
  fen INTEGER);
CREATE INDEX between_place ON between_units(unit, month);
CREATE TABLE carried(
  unit TEXT, month INTEGER, account TEXT, fund TEXT, currency TEXT, debit INTEGER, credit INTEGER,
  n INTEGER);
CREATE INDEX carried_place ON carried(unit, month);
CREATE TABLE file(unit TEXT, year INTEGER, kind TEXT, PRIMARY KEY(unit, year, kind));
"""


@dataclass(slots=True)
class Exported:
    """The files of a year, and what bringing them up to date cost.

    ``months`` were read again, ``files`` written anew.
    """

    cells: list[Path] = field(default_factory=list)
    between: list[Path] = field(default_factory=list)
    months: list[tuple[str, Month]] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)


def export(federation: Path, units: Sequence[str], year: int) -> Exported:
    """Bring the Parquet files of these units up to date through ``year``; those of the year.

    The files of a unit that has nothing in the year are those of the last year before it.
    """
    place = federation / FOLDER
    done = Exported()
    try:
        with _locked(place), base_of(place) as base:
            known = _known(base)
            for unit in _lost(place, base):
                known.pop(unit, None)
            for unit in units:
                _refresh(federation, base, unit, known.get(unit, {}), done)
            written = _files(base)
    except OSError as fault:
        raise CannotRun(
            finding(
                "no-cache",
                "汇总缓存写不进去",
                "the cache of the consolidation cannot be written",
                "检查磁盘空间与 .cache 目录的权限",
                "check the disk's space and the rights on .cache",
            )
        ) from fault
    for unit in units:
        years = [one for one in written.get(unit, {}) if one <= year]
        if not years:
            continue
        for kind, files in ((CELLS, done.cells), (BETWEEN, done.between)):
            if kind in written[unit][max(years)]:
                files.append(_path(place, kind, unit, max(years)))
    return done


def _refresh(
    federation: Path,
    base: sqlite3.Connection,
    unit: str,
    known: dict[int, tuple[str, str]],
    done: Exported,
) -> None:
    folder = unit_folder(federation, unit)
    there = _there(str(folder))
    changed = sorted(
        month
        for month, stat in there.items()
        if not stat or as_number(month) not in known or known[as_number(month)][0] != stat
    )
    gone = sorted(set(known) - {as_number(month) for month in there})
    if not changed and not gone:
        return
    model = Model.open(folder)
    try:
        first = _reread(base, unit, model, changed, known, done)
        for number in gone:
            _forget(base, unit, number)
            base.execute("DELETE FROM month WHERE unit = ? AND month = ?", (unit, number))
            first = min(first, number // 100)
        for year in sorted({month.year for month in there} | {n // 100 for n in gone}):
            if year >= first:
                _write(federation / FOLDER, base, unit, year, model)
                done.files.append((unit, year))
    finally:
        model.close()
    base.commit()


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
            stat = file.stat()
            if month and stat.st_size:
                found[Month(int(year.name), month)] = text_of_stat(stat)
    return found


_MONTHS: Final = {f"{month:02d}.bean": month for month in range(1, 13)}


def _reread(
    base: sqlite3.Connection,
    unit: str,
    model: Model,
    months: list[Month],
    known: dict[int, tuple[str, str]],
    done: Exported,
) -> int:
    """Read the months whose text is another one; the first year that has to be written anew."""
    first = 9999
    for month in months:
        path = model.folder / month_file(month)
        stat, data = stat_text(path), path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        number = as_number(month)
        if number not in known or known[number][1] != digest:
            facts = read_facts_of(data, f"units/{unit}/{month_file(month)}")
            _forget(base, unit, number)
            _keep(base, unit, number, facts)
            done.months.append((unit, month))
            first = min(first, month.year)
        base.execute(
            "INSERT OR REPLACE INTO month VALUES(?, ?, ?, ?)", (unit, number, stat, digest)
        )
    return first


def _forget(base: sqlite3.Connection, unit: str, number: int) -> None:
    for table in ("between_units", "carried"):
        base.execute(f"DELETE FROM {table} WHERE unit = ? AND month = ?", (unit, number))  # noqa: S608


def _keep(base: sqlite3.Connection, unit: str, number: int, facts: MonthFacts) -> None:
    base.executemany(
        "INSERT INTO between_units VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        [(unit, number, *key, fen) for key, fen in facts.between.items()],
    )
    base.executemany(
        "INSERT INTO carried VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        [(unit, number, *key, *cell) for key, cell in facts.carried.items()],
    )


# ---- one file ----------------------------------------------------------------------------------


def _write(place: Path, base: sqlite3.Connection, unit: str, year: int, model: Model) -> None:
    rows = {CELLS: list(_cells(base, unit, year, model)), BETWEEN: _between(base, unit, year)}
    for kind, found in rows.items():
        path = _path(place, kind, unit, year)
        key = (unit, year, kind)
        if found:
            duck.write_parquet(kind, found, path)
            base.execute("INSERT OR REPLACE INTO file VALUES(?, ?, ?)", key)
        else:
            path.unlink(missing_ok=True)
            base.execute("DELETE FROM file WHERE unit = ? AND year = ? AND kind = ?", key)


def _cells(
    base: sqlite3.Connection, unit: str, year: int, model: Model
) -> Iterator[tuple[object, ...]]:
    """The year's opening by account and fund, its cells, and of them what was carried over."""
    funds = {code: (fund.name, fund.restriction) for code, fund in model.funds().items()}
    january = Month(year, 1)
    opening: dict[tuple[str, str, str], int] = defaultdict(int)
    for cell in model.cells(through=january.previous()):
        opening[cell.account, cell.fund, cell.currency] += cell.net
    for (account, fund, currency), net in opening.items():
        if net:
            yield (
                unit, year * 100, account, fund, *funds.get(fund, ("", "")), currency, 0,
                max(net, 0), max(-net, 0), 0,
            )  # fmt: skip
    carried = {
        (number, account, fund, currency): (debit, credit, n)
        for number, account, fund, currency, debit, credit, n in base.execute(
            "SELECT month, account, fund, currency, debit, credit, n FROM carried"
            " WHERE unit = ? AND month BETWEEN ? AND ?",
            (unit, year * 100, year * 100 + 12),
        )
    }
    for cell in model.cells(since=january, through=Month(year, 12)):
        number = as_number(cell.month)
        apart = carried.get((number, cell.account, cell.fund, cell.currency), (0, 0, 0))
        head = (
            unit, number, cell.account, cell.fund, *funds.get(cell.fund, ("", "")), cell.currency,
        )  # fmt: skip
        plain = (cell.debit - apart[0], cell.credit - apart[1], cell.count - apart[2])
        if any(plain):
            yield (*head, 0, *plain)
        if any(apart):
            yield (*head, 1, *apart)


def _between(base: sqlite3.Connection, unit: str, year: int) -> list[tuple[object, ...]]:
    """What the unit entered towards others in the year; before it in one row per place."""
    return base.execute(
        "SELECT unit, counter, reference, account, fund, currency,"
        " CASE WHEN month < :first THEN :first ELSE month END AS at, SUM(fen) FROM between_units"
        " WHERE unit = :unit AND month <= :last"
        " GROUP BY counter, reference, account, fund, currency, at HAVING SUM(fen) <> 0"
        " ORDER BY at, counter, reference, account, fund, currency",
        {"unit": unit, "first": year * 100, "last": year * 100 + 12},
    ).fetchall()


def _lost(place: Path, base: sqlite3.Connection) -> set[str]:
    """The units of which somebody took a file away: they are written anew."""
    root = str(place)
    return {
        unit
        for unit, years in _files(base).items()
        for year, kinds in years.items()
        for kind in kinds
        if not os.access(f"{root}/{kind}/{unit}/{year:04d}.parquet", os.R_OK)
    }


def throw_away(federation: Path) -> None:
    """Delete everything that was exported; the next consolidation makes it anew."""
    place = federation / FOLDER
    for name in (CELLS, BETWEEN):
        shutil.rmtree(place / name, ignore_errors=True)
    (place / "months.db").unlink(missing_ok=True)


def _path(place: Path, kind: str, unit: str, year: int) -> Path:
    return place / kind / unit / f"{year:04d}.parquet"


# ---- the small database ------------------------------------------------------------------------


def _known(base: sqlite3.Connection) -> dict[str, dict[int, tuple[str, str]]]:
    found: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for unit, month, stat, digest in base.execute("SELECT unit, month, stat, digest FROM month"):
        found[unit][month] = (stat, digest)
    return found


def _files(base: sqlite3.Connection) -> dict[str, dict[int, set[str]]]:
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for unit, year, kind in base.execute("SELECT unit, year, kind FROM file"):
        found[unit][year].add(kind)
    return found


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """One process at a time brings the files up to date."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def base_of(place: Path) -> Iterator[sqlite3.Connection]:
    """What is known of the month files whose export lies in ``place``; made anew if broken."""
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
