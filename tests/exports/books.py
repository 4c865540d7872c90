"""Books to export: random ones on several charts, and the tiny one, each with a registry."""

from __future__ import annotations

import random
import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ledger import journal, rebuild
from ledger.account import is_budgetary
from ledger.chart import load_chart
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.clock import CHINA
from ledger.entry import Draft, Lot, Posting, meta_of, voucher_class
from ledger.money import Money
from ledger.registry import Registry

ROOT = Path(__file__).parents[2]
TINY = "chunfeng"
NOW = datetime(2026, 12, 31, 10, 0, tzinfo=CHINA)
OPENED = date(2025, 1, 1)
CHARTS = ("union-2021-basic", "union-2021-county", "npo-2004", "government-2019")
FUNDS = (FundLine("F01", "会费"), FundLine("F02", "拨缴"), FundLine("F03", "自定", "designated"))
DOLLARS = "Assets:199-外币户"
DOLLAR_INCOME = "Income:499-外币收入"
THINGS = "Assets:162-固定资产:09-另册"


def federation(folder: Path) -> Registry:
    """A federation without units."""
    return Registry.create(folder, id="qinghe", name="青禾县（示例）", url="sqlite:///registry.db")


def adopt(registry: Registry, unit: str) -> Registry:
    """The same registry, once it knows a book that was written into its folder."""
    rebuild.journal_from_text(registry, unit, "u-BENCH00000", NOW)
    journal.write_book_file(registry, unit)
    return registry


def tiny(folder: Path) -> Registry:
    """The checked-in book."""
    registry = federation(folder)
    there = folder / "units" / TINY
    shutil.copytree(ROOT / "books" / "tiny", there)
    for extra in ("members.csv", "rules.toml", "unit.toml"):
        (there / extra).unlink()
    return adopt(registry, TINY)


def random_book(folder: Path, chart: str, seed: int, count: int = 60) -> Registry:
    """Two years on accounts of every kind: funds, things at cost, dollars, a budgetary half."""
    registry = federation(folder)
    draw = random.Random(seed)
    every = load_chart(chart).book_accounts()
    known = [row.name for row in every if row.currency == "CNY"]
    plain = [name for name in known if not is_budgetary(name)]
    budgetary = [name for name in known if is_budgetary(name) and name.count(":") > 1]
    writer = BookWriter(folder, "random", OPENED)
    accounts = [AccountLine(row.name, row.name_en, row.currency == "") for row in every]
    # Opened without a currency: they take any.
    accounts += [AccountLine(name, capital=True) for name in (DOLLARS, DOLLAR_INCOME, THINGS)]
    writer.found(accounts, FUNDS, chart)
    for place in range(count):
        day = OPENED + timedelta(days=draw.randrange(0, 720))
        lines = list(_lines(draw, plain, budgetary))
        meta = meta_of({"decision": "会纪〔2025〕1号（示例）"}) if draw.random() < 0.2 else ()
        writer.post(
            Draft(
                "random", day, voucher_class(lines), f'业务 {place}，"引号"，\\ <标记> & 其他',
                tuple(lines), payee=draw.choice(["", "示例商行"]), source=f"bank:{place}",
                meta=meta,
            )
        )  # fmt: skip
    writer.save()
    return adopt(registry, "random")


def _lines(draw: random.Random, plain: list[str], budgetary: list[str]) -> list[Posting]:
    found = []
    for fund in draw.sample(["F01", "F02", "F03"], draw.randrange(1, 3)):
        names = draw.sample(plain, draw.randrange(2, 5))
        fens = [draw.choice([-1, 1]) * draw.randrange(1, 10**7) for _ in names[1:]]
        meta = meta_of(
            {
                "counter": draw.choice(["", "xian"]),
                "allocation": draw.choice(["", "BK2026-0001-5"]),
                "member": draw.choice(["", "m-7F3K2QX9AB"]),
            }
        )
        found += [
            Posting(name, Money(fen), fund, meta)
            for name, fen in zip(names, [*fens, -sum(fens)], strict=True)
            if fen
        ]
        if budgetary and draw.random() < 0.5:
            one, other = draw.sample(budgetary, 2)
            fen = draw.randrange(1, 10**6)
            found += [Posting(one, Money(fen), fund), Posting(other, Money(-fen), fund)]
    if draw.random() < 0.2:
        dollars = Money(draw.randrange(1, 10**6), "USD")
        found += [Posting(DOLLARS, dollars, "F01"), Posting(DOLLAR_INCOME, -dollars, "F01")]
    if draw.random() < 0.2:
        lot = Lot(Decimal(1), f"FA-{draw.randrange(10**6):06d}", Money(draw.randrange(1, 10**7)))
        found += [
            Posting(THINGS, lot.weight, "F02", (), lot),
            Posting(plain[0], -lot.weight, "F02"),
        ]
    if draw.random() < 0.1:
        told = meta_of({"foreign": "100.00 USD", "rate": "7.1055"})
        found += [
            Posting(plain[0], Money(71055), "F01", told),
            Posting(plain[-1], Money(-71055), "F01", told),
        ]
    return found
