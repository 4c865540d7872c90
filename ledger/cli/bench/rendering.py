"""Drawing one statement in every format, from a book of any size."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from ledger.cli.bench.books import UNIT, write_random_book
from ledger.period import Period
from reports.render import FORMATS, render
from reports.sources import book_source
from reports.statements.catalogue import build


def measure(vouchers: int, runs: int | None) -> str:
    """Medians of drawing the voucher journal of one month, format by format."""
    runs = runs or 5
    with tempfile.TemporaryDirectory() as scratch:
        write_random_book(Path(scratch), vouchers)
        source = book_source(Path(scratch), UNIT)
        statement = build("journal", source, Period.parse("2025-03"))
        lines = [f"{len(statement.lines):,} 行 lines，{runs} 次 runs，中位 medians"]
        for name, tagged in [*((name, False) for name in FORMATS), ("pdf", True)]:
            times, size = [], 0
            for _ in range(runs):
                began = time.perf_counter()
                size = len(render(statement, name, tagged=tagged))
                times.append(time.perf_counter() - began)
            called = f"{name}, tagged" if tagged else name
            taken = statistics.median(times) * 1000
            lines.append(f"{called:12} {taken:9.1f} ms {size:>11,} bytes")
    return "\n".join(lines)
