"""A federation's trial balance by account, fund and month, warm, beside DuckDB over all postings.

Postings are drawn at random and summed into the files that an export of their books would write;
the books' text itself is not made. The months' files stand there empty, so that looking for what
changed costs what it costs. Each run is a fresh process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from ledger.consolidation.duck import draw_postings
from ledger.consolidation.store import states_of
from ledger.layout import unit_folder
from ledger.modelcache import stat_text
from ledger.transfers.months import FOLDER, base_of

_YEAR: Final = 2026
_UNITS: Final = 1000
_ASK: Final = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from ledger.consolidation import duck
from ledger.consolidation.consolidating import consolidate
from ledger.period import Period
units = [f"u{number:05d}" for number in range(int(sys.argv[2]))]
found = consolidate(Path(sys.argv[1]), units[0], units, Period.parse("2026"), duck.ask, each=False)
assert not found.exported.months
print(time.perf_counter() - began, len(found.sums), sum(row.count for row in found.sums))
"""
_PEER: Final = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from ledger.consolidation import duck
rows = duck.sums_of_postings(Path(sys.argv[1]))
print(time.perf_counter() - began, len(rows), sum(row[-1] for row in rows))
"""


def measure(postings: int, runs: int | None, units: int = _UNITS) -> str:
    """Medians of both, in seconds, and their ratio."""
    runs = runs or 5
    with tempfile.TemporaryDirectory() as scratch:
        federation = Path(scratch) / "federation"
        flat = Path(scratch) / "postings.parquet"
        _prepare(federation, flat, units, postings)
        ours, peer = [], []
        for _ in range(runs):
            ours.append(_asked(_ASK, str(federation), str(units)))
            peer.append(_asked(_PEER, str(flat)))
        if ours[0][1:] != peer[0][1:]:
            raise ValueError("the two answers differ")
        cells = int(ours[0][1])
    mine, theirs = (statistics.median(run[0] for run in all_) for all_ in (ours, peer))
    return (
        f"{units:,} 个单位 units，{postings:,} 条分录 postings，{cells:,} 行结果 rows，"
        f"{runs} 次 runs，中位 medians，新进程 fresh processes\n"
        f"汇总 consolidated, warm      {mine:8.2f} s  （目标 bar ≤ 0.5 s）\n"
        f"DuckDB 直接算分录 over postings {theirs:6.2f} s  之比 ratio {mine / theirs:.2f}"
    )


def _prepare(federation: Path, flat: Path, units: int, postings: int) -> None:
    """The exported files of every unit, and what the export knows of their months."""
    cells = federation / FOLDER / "cells"
    names = [f"u{number:05d}" for number in range(units)]
    draw_postings(flat, cells, names, postings, _YEAR)
    for name in names:
        folder = unit_folder(federation, name) / f"{_YEAR}"
        folder.mkdir(parents=True)
        for month in range(1, 13):
            (folder / f"{month:02d}.bean").write_bytes(b"\n")
    time.sleep(1.1)  # a file that is still fresh is read again
    with base_of(federation / FOLDER) as base:
        base.executemany(
            "INSERT INTO month VALUES(?, ?, ?, '')",
            [
                (name, _YEAR * 100 + month, stat_text(_file(federation, name, month)))
                for name in names
                for month in range(1, 13)
            ],
        )
        state = "".join(state for _, state in states_of(dict.fromkeys(_numbers(), "")))
        base.executemany(
            "INSERT INTO file VALUES(?, ?, 'cells', ?)", [(name, _YEAR, state) for name in names]
        )


def _numbers() -> list[int]:
    return [_YEAR * 100 + month for month in range(1, 13)]


def _file(federation: Path, unit: str, month: int) -> Path:
    return unit_folder(federation, unit) / f"{_YEAR}" / f"{month:02d}.bean"


def _asked(program: str, *arguments: str) -> tuple[float, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    seconds, rows, count = done.stdout.split()
    return float(seconds), rows, count
