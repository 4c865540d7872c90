"""Following gifts: a campaign of many, each with a voucher of its own, spent by every rule.

What is measured is what ``gift list`` does: the registry's rows, the book's postings, and every
gift's received, used, held and returned put together.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ledger import clock
from ledger.cli.bench.books import UNIT, AccountLine, BookWriter, FundLine
from ledger.cli.bench.median import median
from ledger.entry import Draft, Posting, meta_of
from ledger.gifts.standing import GiftStanding, campaign_standing, gift_standing, gift_standings
from ledger.money import Money
from ledger.reference import make_codes
from ledger.registry import Registry, campaigns, donors, gifts, units
from ledger.registry.campaigns import CampaignRow
from ledger.registry.gifts import GiftRow
from ledger.rules.tracing import RULES

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OPENED, _ON = date(2026, 1, 1), date(2026, 12, 31)
_SPENDINGS = 100
_BANK, _INCOME, _COST = (
    "Assets:102-银行存款:01-基本户",
    "Income:408-其他收入",
    "Expenses:504-维权支出",
)


def measure(count: int, runs: int | None) -> str:
    """Medians of following ``count`` gifts, by rule; in seconds of this process's processor."""
    runs = runs or 5
    told = [f"{count:,} 笔捐赠 gifts，{_SPENDINGS} 笔支出 spendings，{runs} 次 runs，中位 medians"]
    for rule in RULES:
        with tempfile.TemporaryDirectory() as folder:
            registry = Registry.create(Path(folder) / "bench", id="bench", name="测量")
            try:
                codes = _fill(registry, count, rule)
                told.append(_line(registry, codes, rule, runs))
            finally:
                registry.close()
    return "\n".join(told)


def _line(registry: Registry, codes: list[str], rule: str, runs: int) -> str:
    found = gift_standings(registry, UNIT, _ON)  # the read model's cache is written once
    _agree(found)
    every = lambda: gift_standings(registry, UNIT, _ON)  # noqa: E731
    one = lambda: gift_standing(registry, UNIT, codes[len(codes) // 2], _ON)  # noqa: E731
    spent = campaign_standing(registry, UNIT, _campaign(registry), _ON)
    return (
        f"{rule:9} 全部 all {median(every, runs)}（处理器 CPU {_cpu(every, runs):.3f} s）  "
        f"一笔 one {median(one, runs)}  可追溯 traced {spent.coverage}"
    )


def _agree(found: list[GiftStanding]) -> None:
    if any(one.received_fen != one.used_fen + one.held_fen + one.returned_fen for one in found):
        raise AssertionError("a gift is not what became of it")


def _campaign(registry: Registry) -> str:
    with registry.read() as conn:
        return campaigns.of_unit(conn, UNIT)[0].code


def _cpu(run: Callable[[], object], runs: int) -> float:
    """The median of seconds that this process's processor took."""
    took = []
    for _ in range(runs):
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return sorted(took)[len(took) // 2]


def _fill(registry: Registry, count: int, rule: str) -> list[str]:
    draw = random.Random(1)
    codes = make_codes("JZ", 2026, 1, count)
    amounts = [draw.randrange(1_00, 500_00) for _ in codes]
    days = [_OPENED + timedelta(days=200 * at // count) for at in range(count)]
    with registry.write() as conn:
        giver = _register(conn, registry, rule, codes, amounts, days)
    writer = BookWriter(registry.folder, UNIT, _OPENED)
    writer.found(
        [AccountLine(_BANK), AccountLine(_INCOME), AccountLine(_COST)],
        [FundLine("HD1", "募捐", "purpose")],
    )
    for code, fen, day in zip(codes, amounts, days, strict=True):
        money = Money(fen)
        lines = (
            Posting(_BANK, money, "HD1"),
            Posting(_INCOME, -money, "HD1", meta_of({"gift": code, "donor": giver})),
        )
        writer.post(Draft(UNIT, day, "收", f"捐赠 {code}", lines, source=f"gift:in:{code}:1"))
    each = Money(sum(amounts) * 9 // 10 // _SPENDINGS)
    for at in range(_SPENDINGS):
        lines = (Posting(_COST, each, "HD1"), Posting(_BANK, -each, "HD1"))
        day = date(2026, 8, 1) + timedelta(days=at)
        writer.post(Draft(UNIT, day, "付", f"第 {at} 笔支出", lines, source=f"bench:{at}"))
    writer.save()
    return codes


def _register(
    conn: Connection, registry: Registry, rule: str, codes: list[str], amounts: list[int],
    days: list[date],
) -> str:  # fmt: skip
    now = clock.now()
    at = now.isoformat(timespec="seconds")
    units.add(
        conn, unit=UNIT, name="测量", name_en="Bench", chart="union-2021-basic", opened=_OPENED,
        limit_fen=10**15, upper=None,
    )  # fmt: skip
    (giver,) = donors.add_many(
        conn, registry.vault, UNIT, [donors.New(donors.ANONYMOUS, None)], "u-bench", now
    )
    code = campaigns.next_code(conn, UNIT, 2026)
    campaigns.add(
        conn,
        CampaignRow(
            UNIT, code, "募捐", "", "测量", "HD1", "purpose", _OPENED, _ON, 0, False, False, "", "",
            rule, campaigns.OPEN, "u-bench", at,
        ),
        [],
    )  # fmt: skip
    gifts.add_many(
        conn,
        [
            GiftRow(UNIT, one, gifts.CASH, code, giver, "HD1", day, fen, user="u-bench", at=at)
            for one, fen, day in zip(codes, amounts, days, strict=True)
        ],
    )
    return giver
