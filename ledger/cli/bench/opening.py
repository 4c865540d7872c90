"""Balances of a large book, cold and warm, each in a fresh process, beside ``bean-check``."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ledger.cli.bench.books import UNIT, write_random_book


def measure(vouchers: int, runs: int | None) -> str:
    """Medians of bean-check, of a cold and of a warm trial balance, and their ratios."""
    runs = runs or 5
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        book = write_random_book(folder, vouchers)
        report = [
            sys.executable, "-m", "ledger.cli.main", "report", str(folder), "--unit", UNIT,
            "trial-balance", "--period", "2025", "--format", "json",
        ]  # fmt: skip
        checks, cold, warm = [], [], []
        for _ in range(runs):
            checks.append(_seconds([bean_check(), str(book / "book.bean")]))
            shutil.rmtree(book / ".cache", ignore_errors=True)
            cold.append(_seconds(report))
            warm.append(_seconds(report))
    check, first, again = map(statistics.median, (checks, cold, warm))
    return (
        f"{vouchers:,} 张凭证 vouchers，{runs} 次 runs，中位 medians\n"
        f"bean-check            {check:8.2f} s\n"
        f"余额 balances 冷 cold  {first:8.2f} s  之比 ratio {first / check:.3f}（目标 bar ≤ 0.2）\n"
        f"余额 balances 热 warm  {again:8.2f} s  （目标 bar ≤ 0.3 s，新进程 fresh process）"
    )


def bean_check() -> str:
    found = Path(sys.executable).with_name("bean-check")
    return str(found) if found.exists() else "bean-check"


def _seconds(command: list[str]) -> float:
    environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began
