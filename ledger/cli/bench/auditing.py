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

_NOW: Final = datetime(2026, 1, 5, 9, tzinfo=CHINA)
#: Beancount holds a book of this size in two gigabytes; a larger one is not put before it.
_MOST_FOR_PEER: Final = 200_000


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
        # Its peer comes last: the most memory of children is that of all before.
        began = time.perf_counter()
        found = json.loads(_run(folder))
        took, told = time.perf_counter() - began, len(found["tests"])
        lines = [
            f"{vouchers:,} 张凭证 vouchers，{runs} 次 runs，中位 medians",
            f"{told} 项程序 procedures        {took:.2f} s 首次 first",
        ]
        if runs > 1:
            lines.append("再做 again                " + median(lambda: _run(folder), runs))
        lines.append(f"内存 memory, any process  {_megabytes()} MB")
        if vouchers <= _MOST_FOR_PEER:
            lines.append("bean-check                " + median(lambda: _check(book), runs))
        lines.append("目标 bar: 1,000,000 张凭证 ≤ 30 s, 2 GB")
        return "\n".join(lines)


def _run(folder: Path) -> bytes:
    command = [sys.executable, "-m", "ledger.cli.main", "audit", "run", str(folder), "--json"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _check(book: Path) -> None:
    subprocess.run([bean_check(), "-C", str(book / "book.bean")], check=False, capture_output=True)


def _megabytes() -> int:
    """The most that any child, or child of a child, held at once."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
