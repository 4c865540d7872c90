"""What a long statement costs beside a long history: read, proven, staged, matched into drafts."""

from __future__ import annotations

import random
import secrets
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from importers import staging
from importers.read import read_bytes
from ledger import rebuild
from ledger.cli.bench.books import ACCOUNTS, UNIT, write_random_book
from ledger.clock import CHINA
from ledger.money import Money
from ledger.registry import Registry, User, imports, statement_files, users
from ledger.registry import staging as kept

_BANK = ACCOUNTS[1].name
_NUMBER = "6200000000000000018"
_KNOWN = 1_000_000
_BATCH = 50_000
_HEAD = "交易时间,收入金额,支出金额,账户余额,对方户名,对方账号,摘要,交易流水号"
_RULES = f"""
[[rule]]
title = "办公用品"
direction = "out"
counterparty = "文具"
largest = "5000.00"
to = {{ account = "{ACCOUNTS[10].name}", fund = "F01" }}

[[rule]]
title = "会费"
direction = "in"
memo = "会费"
to = {{ account = "{ACCOUNTS[6].name}", fund = "F01" }}
"""


def measure(rows: int, runs: int | None, known: int = _KNOWN) -> str:
    """Seconds from a GB18030 file of ``rows`` to drafts, against ``known`` import ids."""
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        registry, user, now = _registry(Path(scratch) / "federation")
        _remember(registry, known, now)
        for run in range(runs or 1):
            data = _statement(rows, run)
            began, worked = time.perf_counter(), time.process_time()
            reading = read_bytes(data, f"bench-{run}.csv")
            read = time.perf_counter()
            done = staging.import_statement(registry, UNIT, reading, data, user, now)
            ended, worked = time.perf_counter(), time.process_time() - worked
            parts.append(
                f"{rows:,} 行 rows，已知 known {known:,}：读 read {read - began:.2f} s，"
                f"入库与匹配 staged and matched {ended - read:.2f} s，"
                f"共 total {ended - began:.2f} s，处理器 CPU {worked:.2f} s（目标 goal 5 s；"
                f"新 new {done.new:,}，草稿 drafts {len(done.drafts):,}，等级 grade {done.grade}）"
            )
        registry.close()
    return "\n".join(parts)


def _registry(folder: Path) -> tuple[Registry, User, datetime]:
    now = datetime(2026, 1, 1, 9, 0, 0, tzinfo=CHINA)
    registry = Registry.create(folder, id="bench", name="测量（示例）")
    write_random_book(folder, 100)
    rebuild.journal_from_text(registry, UNIT, "u-BENCH00000", now)
    with registry.write() as conn:
        user = users.add(
            conn,
            login="maker",
            password="measured only",  # noqa: S106
            roles=frozenset({(UNIT, "treasurer")}),
            now=now,
        )
        account = imports.MoneyAccount(UNIT, _BANK, "bank", "基本户", _NUMBER, "F01")
        imports.add_account(conn, registry.vault, account)
    staging.replace_rules(registry, UNIT, _RULES, user, now)
    return registry, user, now


def _remember(registry: Registry, known: int, now: datetime) -> None:
    """Lines of earlier years, in files of fifty thousand."""
    first = date(2016, 1, 1)
    for start in range(0, known, _BATCH):
        count = min(_BATCH, known - start)
        days = [first + timedelta(days=(start + n) * 3600 // known) for n in range(count)]
        with registry.write() as conn:
            file = statement_files.add_file(
                conn, registry.vault,
                statement_files.FileRow(
                    UNIT, _BANK, secrets.token_hex(32), "generic", days[0], days[-1], None, None,
                    {}, "A", count, "u-BENCH00000", now.isoformat(timespec="seconds"),
                ),
                "earlier.csv",
            )  # fmt: skip
            numbers = kept.next_lines(conn, count)
            kept.add_lines(
                conn, registry.vault,
                [
                    kept.LineRow(
                        UNIT, _BANK, f"imp-{day:%Y%m%d}{secrets.token_hex(12)}", file, n + 1, n,
                        day, 2500, "CNY", None, f"77{start + n:010d}",
                        kept.LineText("旧", "", "会费"), kept.POSTED, number,
                    )
                    for n, (day, number) in enumerate(zip(days, numbers, strict=True))
                ],
            )  # fmt: skip


def _statement(rows: int, run: int) -> bytes:
    """A bank's detail of one month with true balances, from the same seed the same bytes."""
    draw = random.Random(run)
    held = 10_000_000
    at = datetime(2026, 1, 1) + timedelta(days=40 * run)
    lines = [f"账号：{_NUMBER}", _HEAD]
    for place in range(rows):
        at += timedelta(seconds=draw.randrange(20, 30) * 100_000 // max(rows, 100_000))
        came = draw.random() < 0.8
        fen = draw.randrange(100, 100_000)
        held += fen if came else -fen
        amount = Money(fen).text
        sides = f"{amount}," if came else f",{amount}"
        other = "单位" if came else "文具有限公司"
        number = draw.randrange(5000)
        lines.append(
            f"{at:%Y-%m-%d %H:%M:%S},{sides},{Money(held).text},示例{number}{other},"
            f"62220000{number:08d},{'会费' if came else '办公用品'}{place},{run:02d}{place:012d}"
        )
    return "\r\n".join(lines).encode("gb18030")
