"""The read models of all units as Parquet, one file per unit and year, kept up to what changed.

A file is written anew when a month that it sums has another text: its own, or for its opening an
earlier one. What was not changed comes from the read models' caches. Everything here can be thrown
away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.consolidation import duck
from ledger.consolidation.queries import BETWEEN, CELLS
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.period import Month
from ledger.transfers.facts import as_number
from ledger.transfers.months import FOLDER, Months, months_of_units


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
    with months_of_units(federation, units) as months:
        done.months = months.read
        written = _written(months.base)
        for unit in units:
            years = _bring_up(place, federation, months, unit, year, written.get(unit, {}), done)
            for kind, files in ((CELLS, done.cells), (BETWEEN, done.between)):
                if years and kind in years[max(years)]:
                    files.append(_path(place, kind, unit, max(years)))
    return done


def _bring_up(
    place: Path,
    federation: Path,
    months: Months,
    unit: str,
    until: int,
    written: dict[int, dict[str, str]],
    done: Exported,
) -> dict[int, dict[str, str]]:
    """Write the unit's years that changed; what stands in each year's files, by kind."""
    found: dict[int, dict[str, str]] = {}
    model: Model | None = None
    try:
        for year, state in states_of(months.digests[unit]):
            if year > until:
                break
            found[year] = written.get(year, {})
            kinds = [kind for kind, known in found[year].items() if known == state]
            if set(kinds) >= {CELLS} and _are_there(place, unit, year, kinds):
                continue
            model = model or Model.open(unit_folder(federation, unit))
            found[year] = _write(place, months.base, unit, year, state, model)
            done.files.append((unit, year))
    finally:
        if model is not None:
            model.close()
    return found


def states_of(digests: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Each year with a digest over all months up to its end."""
    whole = hashlib.sha256()
    years: dict[int, str] = {}
    for number, digest in digests.items():
        whole.update(f"{number} {digest}\n".encode())
        years[number // 100] = whole.hexdigest()
    yield from years.items()


def _are_there(place: Path, unit: str, year: int, kinds: Sequence[str]) -> bool:
    """Whether nobody took a file away."""
    root = str(place)
    return all(os.access(f"{root}/{kind}/{unit}/{year:04d}.parquet", os.R_OK) for kind in kinds)


def throw_away(federation: Path) -> None:
    """Delete everything that was exported; the next consolidation makes it anew."""
    place = federation / FOLDER
    for name in (CELLS, BETWEEN):
        shutil.rmtree(place / name, ignore_errors=True)
    (place / "months.db").unlink(missing_ok=True)


# ---- one file ----------------------------------------------------------------------------------


def _write(
    place: Path, base: sqlite3.Connection, unit: str, year: int, state: str, model: Model
) -> dict[str, str]:
    kinds: dict[str, str] = {}
    rows = {CELLS: list(_cells(base, unit, year, model)), BETWEEN: _between(base, unit, year)}
    for kind, found in rows.items():
        path = _path(place, kind, unit, year)
        if found or kind == CELLS:
            duck.write_parquet(kind, found, path)
            base.execute(
                "INSERT OR REPLACE INTO file VALUES(?, ?, ?, ?)", (unit, year, kind, state)
            )
            kinds[kind] = state
        else:
            path.unlink(missing_ok=True)
            base.execute(
                "DELETE FROM file WHERE unit = ? AND year = ? AND kind = ?", (unit, year, kind)
            )
    return kinds


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
        " WHERE unit = :unit AND month <= :last AND counter <> ''"
        " GROUP BY counter, reference, account, fund, currency, at HAVING SUM(fen) <> 0"
        " ORDER BY at, counter, reference, account, fund, currency",
        {"unit": unit, "first": year * 100, "last": year * 100 + 12},
    ).fetchall()


def _path(place: Path, kind: str, unit: str, year: int) -> Path:
    return place / kind / unit / f"{year:04d}.parquet"


def _written(base: sqlite3.Connection) -> dict[str, dict[int, dict[str, str]]]:
    found: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for unit, year, kind, state in base.execute("SELECT unit, year, kind, state FROM file"):
        found[unit][year][kind] = state
    return found
