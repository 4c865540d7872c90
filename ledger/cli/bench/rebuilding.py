"""Either witness of a large book made from the other, and a backup of it, beside ``bean-check``."""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from ledger import clock, rebuild
from ledger.backup import restoring, taking
from ledger.cli.bench.books import UNIT, write_random_book
from ledger.cli.bench.median import median
from ledger.cli.bench.opening import bean_check
from ledger.registry import Registry

_USER = "u-BENCH00000"


def measure(vouchers: int, runs: int | None) -> str:
    """Medians of rebuilding a book of so many vouchers both ways, and of backing it up."""
    runs = runs or 3
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bench"
        registry = Registry.create(folder, id="bench", name="测量（示例）")
        try:
            book = write_random_book(folder, vouchers)
            return "\n".join([
                f"{vouchers:,} 张凭证 vouchers，{runs} 次 runs，中位 medians",
                "由账簿重建日志 --from books     " + median(lambda: _journal(registry), runs),
                "由日志重写账簿 --from journal   " + median(lambda: _text(registry, book), runs),
                "备份并试恢复 backup, proven     " + median(lambda: _backup(registry), runs),
                "bean-check                     " + median(lambda: _check(book), runs)
                + "（另一进程 its own process）",
                "目标 bar: 100,000 张凭证两法各 ≤ 60 s both ways",
            ])  # fmt: skip
        finally:
            registry.close()


def _now() -> datetime:
    return clock.now()


def _journal(registry: Registry) -> None:
    rebuild.journal_from_text(registry, UNIT, _USER, _now())


def _text(registry: Registry, book: Path) -> None:
    for path in book.glob("*/*.bean"):
        path.unlink()
    rebuild.text_from_journal(registry, UNIT, _USER, _now())


def _backup(registry: Registry) -> None:
    out = registry.folder.with_name("bench.zip")
    taking.take(
        registry, out, user=_USER, now=_now(), told=lambda *_: None,
        proof=lambda path: restoring.rehearse(
            path, registry.vault, _now(), lambda *_: None, lambda _: []
        ),
    )  # fmt: skip
    out.unlink()


def _check(book: Path) -> None:
    environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    subprocess.run([bean_check(), str(book / "book.bean")], check=True, env=environment)
