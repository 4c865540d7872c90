"""What one more voucher costs in a small book and in a large one, both witnesses synced."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger import rebuild, workflow
from ledger.cli.bench.books import ACCOUNTS, UNIT, write_random_book
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.money import Money
from ledger.registry import Registry, User, users

_SMALL = 100


def measure(vouchers: int, runs: int | None) -> str:
    """Medians of posting into books of 100 and of ``vouchers``, in turns, and their ratio."""
    runs = runs or 200
    with tempfile.TemporaryDirectory() as scratch:
        books = {size: _book(Path(scratch) / str(size), size) for size in (_SMALL, vouchers)}
        times: dict[int, list[float]] = {size: [] for size in books}
        for run in range(runs + 10):
            for size, (registry, maker, checker) in books.items():
                seconds = _post(registry, maker, checker, run)
                if run >= 10:  # the first ones warm up
                    times[size].append(seconds)
        for registry, _, _ in books.values():
            registry.close()
    lines = [
        f"{size:>9,} 张凭证 vouchers: 中位 median {statistics.median(found) * 1000:.2f} ms, "
        f"p99 {statistics.quantiles(found, n=100)[-1] * 1000:.2f} ms"
        for size, found in times.items()
    ]
    ratio = statistics.median(times[vouchers]) / statistics.median(times[_SMALL])
    lines.append(f"中位之比 ratio of medians: {ratio:.2f}（目标 bar ≤ 1.5；{runs} 次 runs）")
    return "\n".join(lines)


def _book(folder: Path, size: int) -> tuple[Registry, User, User]:
    now = datetime(2026, 1, 1, 9, 0, 0, tzinfo=CHINA)
    registry = Registry.create(folder, id="bench", name="测量（示例）")
    # All in one year, so that the file that grows is as large as a busy unit's.
    write_random_book(folder, size)
    rebuild.journal_from_text(registry, UNIT, "u-BENCH00000", now)
    with registry.write() as conn:
        maker, checker = (
            users.add(
                conn,
                login=login,
                password="measured only",  # noqa: S106
                roles=frozenset({(UNIT, role)}),
                now=now,
            )
            for login, role in (("maker", "treasurer"), ("checker", "checker"))
        )
    return registry, maker, checker


def _post(registry: Registry, maker: User, checker: User, run: int) -> float:
    """Seconds that approving takes: checks, number, commit, append, both synced."""
    now = datetime(2026, 1, 5, 9, 0, 0, tzinfo=CHINA) + timedelta(seconds=run)
    amount = Money(100 + run)
    draft = Draft(
        UNIT,
        date(2025, 12, 20),
        "收",
        "测量用凭证",
        (
            Posting(ACCOUNTS[1].name, amount, "F01"),
            Posting(ACCOUNTS[6].name, -amount, "F01"),
        ),
        source=f"measure:{run}",
    )
    draft_id = workflow.propose(registry, draft, maker, now)
    began = time.perf_counter()
    workflow.approve(registry, draft_id, checker, now)
    return time.perf_counter() - began
