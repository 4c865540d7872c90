"""The door to DuckDB: rows to Parquet, and SQL over Parquet files."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ledger.consolidation.queries import BETWEEN, CELLS, COLUMNS, Unreadable


def write_parquet(table: str, rows: Iterable[Sequence[object]], path: Path) -> None:
    """Put ``rows`` of one of the two tables into ``path``, whole or not at all."""
    columns = COLUMNS[table]
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as scratch:
        text, made = Path(scratch) / "rows.csv", Path(scratch) / "rows.parquet"
        with text.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        with _connected() as base:
            base.execute(
                f"COPY (SELECT * FROM read_csv({_quoted(text)}, header = false, delim = ',',"  # noqa: S608
                f" quote = '\"', escape = '\"', nullstr = '\\N', columns = {columns}))"
                f" TO {_quoted(made)} (FORMAT parquet)"
            )
        os.replace(made, path)  # noqa: PTH105


def ask(
    cells: Sequence[Path], between: Sequence[Path], questions: Sequence[str]
) -> list[list[tuple[Any, ...]]]:
    """The rows that each question gives over these files; Unreadable if they cannot be read."""
    tables = {CELLS: cells, BETWEEN: between}
    with _connected() as base:
        try:
            return [base.execute(_with(tables, question)).fetchall() for question in questions]
        except duckdb.Error as fault:
            raise Unreadable from fault


def _with(tables: Mapping[str, Sequence[Path]], question: str) -> str:
    """The question with the tables that it names: a view would open every file once more."""
    named = ", ".join(
        f"{name} AS ({_over(name, files)})"
        for name, files in tables.items()
        if f" {name} " in question
    )
    return f"WITH {named} {question}"


def _over(name: str, files: Sequence[Path]) -> str:
    if files:
        listed = ", ".join(_quoted(path) for path in files)
        return f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608
    nothing = ", ".join(f"CAST(NULL AS {kind}) AS {key}" for key, kind in COLUMNS[name].items())
    return f"SELECT {nothing} WHERE false"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _connected() -> duckdb.DuckDBPyConnection:
    """A database in memory that loads no extension and goes to no network."""
    return duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


# ---- for measurements --------------------------------------------------------------------------


def draw_postings(flat: Path, cells: Path, units: Sequence[str], count: int, year: int) -> None:
    """``count`` postings drawn by number: singly in ``flat``, summed by unit below ``cells``."""
    flat.parent.mkdir(parents=True, exist_ok=True)
    with _connected() as base:
        base.execute(
            "CREATE TABLE posting AS SELECT"  # noqa: S608
            f" 'u' || lpad(CAST(i % {len(units)} AS VARCHAR), 5, '0') AS unit,"
            f" CAST({year * 100} + 1 + hash(i) % 12 AS INTEGER) AS month,"
            " 'Expenses:5' || lpad(CAST(hash(i + 1) % 40 AS VARCHAR), 2, '0') AS account,"
            " 'F0' || CAST(1 + hash(i + 2) % 3 AS VARCHAR) AS fund,"
            " CAST(hash(i + 3) % 1000000 AS BIGINT) - 500000 AS fen"
            f" FROM range({int(count)}) AS numbers(i)"
        )
        base.execute(f"COPY posting TO {_quoted(flat)} (FORMAT parquet)")
        base.execute(
            "CREATE TABLE cell AS SELECT unit, month, account, fund, '' AS fund_name,"
            " 'none' AS restriction, 'CNY' AS currency, 0 AS carried,"
            " CAST(SUM(CASE WHEN fen > 0 THEN fen ELSE 0 END) AS BIGINT) AS debit,"
            " CAST(SUM(CASE WHEN fen < 0 THEN -fen ELSE 0 END) AS BIGINT) AS credit,"
            " COUNT(*) AS n FROM posting GROUP BY unit, month, account, fund ORDER BY unit, month"
        )
        for unit in units:
            path = cells / unit / f"{year:04d}.parquet"
            path.parent.mkdir(parents=True)
            base.execute(
                f"COPY (SELECT * FROM cell WHERE unit = ?) TO {_quoted(path)} (FORMAT parquet)",  # noqa: S608
                [unit],
            )


def sums_of_postings(flat: Path) -> list[tuple[Any, ...]]:
    """The trial balance by account, fund and month straight from single postings."""
    with _connected() as base:
        return base.execute(
            "SELECT account, fund, month,"  # noqa: S608
            " CAST(SUM(CASE WHEN fen > 0 THEN fen ELSE 0 END) AS BIGINT),"
            " CAST(SUM(CASE WHEN fen < 0 THEN -fen ELSE 0 END) AS BIGINT), COUNT(*)"
            f" FROM read_parquet({_quoted(flat)}) GROUP BY account, fund, month"
        ).fetchall()
