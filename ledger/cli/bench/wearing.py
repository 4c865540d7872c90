"""A month of depreciation: many assets reckoned and drafted, then approved and posted.

Beside it the plain way: every asset's balance asked for by itself, on a sample.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import clock, rebuild, workflow
from ledger.account import account_code
from ledger.assets.charging import charges_due
from ledger.assets.depreciating import depreciate
from ledger.chart import load_chart
from ledger.cli.bench.books import UNIT, AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Lot, Posting
from ledger.money import Money
from ledger.period import Month
from ledger.registry import Registry, assets, users
from ledger.registry.assets import AssetRow
from ledger.rules import rulebook
from ledger.rules.regimes import regime_of
from ledger.rules.table import Place

if TYPE_CHECKING:
    from ledger.registry import User

_OPENED, _FIRST = date(2026, 1, 1), Month(2026, 1)
_CHART: Final = "union-2021-basic"
_LIVES: Final = (60, 72, 96, 120, 180, 360)
_TOGETHER: Final = 500
_SAMPLE: Final = 1000


def measure(count: int, runs: int | None) -> str:
    """Medians of charging months of ``count`` assets, each month once, and of its plain peer."""
    runs = runs or 5
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "bench", id="bench", name="测量")
        try:
            now = clock.now().replace(year=2026, month=12, day=31)
            maker, checker = fill(registry, count, now)
            proposed, posted, peer = [], [], []
            month = _FIRST
            for _ in range(runs):
                peer.append(_one_by_one(registry, count, month) * count)
                began, worked = time.perf_counter(), time.process_time()
                done = depreciate(registry, UNIT, month, maker, now)
                proposed.append((time.perf_counter() - began, time.process_time() - worked))
                began, worked = time.perf_counter(), time.process_time()
                workflow.approve_many(registry, UNIT, list(done.drafts), checker, now)
                posted.append((time.perf_counter() - began, time.process_time() - worked))
                month = month.next()
        finally:
            registry.close()
    each = statistics.median(peer)
    ratio = each / statistics.median(wall for wall, _ in proposed)
    return "\n".join([
        f"{count:,} 项资产 assets，每月 {len(done.drafts)} 张凭证 vouchers，{runs} 个月 months，"
        "中位 medians",
        f"计提并提出草稿 reckoned and drafted {_told(proposed)}",
        f"审核并记账 approved and posted {_told(posted)}",
        f"逐项查询余额 each balance asked by itself ~{each:.2f} s"
        f"（{min(_SAMPLE, count):,} 项推算 from a sample），{ratio:.1f} 倍 times as long",
    ])  # fmt: skip


def _told(took: list[tuple[float, float]]) -> str:
    wall, work = (statistics.median(one[at] for one in took) for at in (0, 1))
    return f"{wall:.2f} s (CPU {work:.2f} s)"


def _one_by_one(registry: Registry, count: int, month: Month) -> float:
    """Seconds for one asset that is asked for by itself."""
    codes = [_code(number) for number in range(1, count + 1, max(1, count // _SAMPLE))]
    began = time.perf_counter()
    with registry.read() as conn:
        for code in codes:
            charges_due(conn, UNIT, month, [code])
    return (time.perf_counter() - began) / len(codes)


def _code(number: int) -> str:
    return f"{assets.PREFIX}{number:05d}"


def fill(registry: Registry, count: int, now: datetime) -> tuple[User, User]:
    """A unit with so many assets in its book, and who records and who approves in it."""
    draw = random.Random(1)
    costs = [Money(draw.randrange(1_000_00, 90_000_00)) for _ in range(count)]
    names = {account_code(one.name): one.name for one in load_chart(_CHART).book_accounts()}
    writer = BookWriter(registry.folder, UNIT, _OPENED)
    things, fund = names["162"], names["30104"]
    writer.found(
        [AccountLine(things, capital=True), AccountLine(names["163"], capital=True),
         AccountLine(fund, capital=True)],
        [FundLine("F01", "经费")], _CHART,
    )  # fmt: skip
    for start in range(0, count, _TOGETHER):
        part = range(start, min(start + _TOGETHER, count))
        lots = [Lot(Decimal(1), _code(at + 1), costs[at]) for at in part]
        lines = [Posting(things, lot.weight, "F01", lot=lot) for lot in lots]
        whole = Money(sum(lot.weight.fen for lot in lots))
        lines.append(Posting(fund, -whole, "F01"))
        writer.post(Draft(UNIT, _OPENED, "转", "期初资产", tuple(lines), tags=("opening",),
                          source=f"bench:{start}"))  # fmt: skip
    writer.save()
    rebuild.journal_from_text(registry, UNIT, "u-BENCH00000", now)
    book, _ = rulebook.load(registry.folder, UNIT)
    regime = regime_of(book, _CHART, _OPENED, Place()).head.key[:32]
    at = now.isoformat(timespec="seconds")
    rows = [
        AssetRow(
            UNIT, _code(place), "设备", "", "", "computer", regime, assets.BOUGHT, assets.UNIT,
            "F01", _OPENED, cost.fen, 0, draw.choice(_LIVES), "straight-line", 0, str(_FIRST),
            False, 0, "", None, None, "", "", "u-BENCH00000", at,
        )
        for place, cost in enumerate(costs, start=1)
    ]  # fmt: skip
    with registry.write() as conn:
        assets.add_many(conn, rows)
        made = [
            users.add(
                conn, login=login, password="measured only", now=now,  # noqa: S106
                roles=frozenset({(UNIT, role)}),
            )
            for login, role in (("maker", "treasurer"), ("checker", "checker"))
        ]  # fmt: skip
    return made[0], made[1]
