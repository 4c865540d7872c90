"""Audit procedures over one large book, as the command runs them, beside ``bean-check``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger import rebuild
from ledger.cli.bench.books import UNIT, write_random_book
from ledger.cli.bench.median import median
from ledger.cli.bench.opening import bean_check
from ledger.clock import CHINA
from ledger.registry import Registry

_EVERY: Final = 0.2
_NOW: Final = datetime(2026, 1, 5, 9, tzinfo=CHINA)
#: Beancount holds a book of this size in two gigabytes; a larger one is not put before it.
_MOST_FOR_PEER: Final = 200_000
#: What a million vouchers may take, in seconds and megabytes.
_SECONDS: Final = 30
_MEGABYTES: Final = 2048
_OF: Final = 1_000_000


def measure(vouchers: int, runs: int | None) -> str:
    """Medians of every procedure over a book of so many vouchers, and the most memory it took."""
    runs = runs or 3
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bench"
        registry = Registry.create(folder, id="bench", name="测量（示例）")
        try:
            book = write_random_book(folder, vouchers)
            rebuild.journal_from_text(registry, UNIT, "u-BENCH00000", _NOW)
        finally:
            registry.close()
        began = time.perf_counter()
        found, most = _watched(folder)
        took, told = time.perf_counter() - began, len(json.loads(found)["tests"])
        lines = [
            f"{vouchers:,} 张凭证 vouchers，{runs} 次 runs，中位 medians",
            f"{told} 项程序 procedures        {took:.2f} s 首次 first",
        ]
        if runs > 1:
            lines.append("再做 again                " + median(lambda: _run(folder), runs))
        lines.append(f"内存 memory, all processes {most} MB")
        if vouchers <= _MOST_FOR_PEER:
            lines.append("bean-check                " + median(lambda: _check(book), runs))
        is_met = took <= _SECONDS and most <= _MEGABYTES
        verdict = ("：达到 met" if is_met else "：未达到 missed") if vouchers >= _OF else ""
        lines.append(f"目标 bar: {_OF:,} 张凭证 ≤ {_SECONDS} s, {_MEGABYTES} MB{verdict}")
        return "\n".join(lines)


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "ledger.cli.main", "audit", "run", str(folder), "--json"]


def _run(folder: Path) -> None:
    subprocess.run(_command(folder), check=True, stdout=subprocess.DEVNULL)


def _watched(folder: Path) -> tuple[str, int]:
    """What the command answers, and the most megabytes that it and its processes held at once."""
    most = 0
    with tempfile.TemporaryFile() as out, subprocess.Popen(_command(folder), stdout=out) as work:
        while work.poll() is None:
            most = max(most, _kilobytes(work.pid))
            time.sleep(_EVERY)
        if work.returncode:
            raise subprocess.CalledProcessError(work.returncode, work.args)
        out.seek(0)
        # Where /proc does not say it: the largest process of all.
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return out.read().decode(), (most or largest) // 1024


def _kilobytes(process: int) -> int:
    """What a process and its children hold, shared pages divided among them; 0 if it is gone."""
    try:
        place = Path("/proc") / str(process)
        told = (place / "smaps_rollup").read_text().split()
        children = (place / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0
    return int(told[told.index("Pss:") + 1]) + sum(map(_kilobytes, map(int, children)))


def _check(book: Path) -> None:
    subprocess.run([bean_check(), "-C", str(book / "book.bean")], check=False, capture_output=True)
