"""A small tree of three units with money between them, written as text and taken over."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from ledger import rebuild
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.money import yuan
from ledger.registry import Registry, User, users

BANK = "Assets:102-银行存款:01-基本户"
OWED_BY_LOWER = "Assets:132-应收下级经费"
OWED_TO_UPPER = "Liabilities:211-应付上级经费"
SURPLUS = "Equity:322-工会资金结余:05-累计结余"
DUES = "Income:401-会费收入"
GRANT = "Income:403-上级补助收入:01-一般性转移支付补助"
SPORTS = "Expenses:501-职工活动支出:02-文体活动支出"
DOWN = "Expenses:508-补助下级支出"
ACCOUNTS = tuple(
    AccountLine(name)
    for name in (BANK, OWED_BY_LOWER, OWED_TO_UPPER, SURPLUS, DUES, GRANT, SPORTS, DOWN)
)
FUNDS = (FundLine("F01", "会费"), FundLine("F02", "补助"))
NOW = datetime(2026, 12, 31, 20, tzinfo=CHINA)
UNITS = (("xian", ""), ("xue", "xian"), ("yuan", "xian"))
FIRST, SECOND = "ZZ2026-0001-9", "ZZ2026-0002-7"


def line(account: str, amount: str, fund: str = "F01", **meta: str) -> Posting:
    return Posting(account, yuan(amount), fund, tuple(sorted(meta.items())))


def entry(unit: str, day: date, *lines: Posting, kind: str = "转") -> Draft:
    return Draft(unit, day, kind, "示例业务", lines, source="test")


def between(account: str, amount: str, counter: str, reference: str = "") -> tuple[Posting, ...]:
    """Money that goes to (positive) or comes from another unit."""
    said = {"counter": counter, **({"transfer": reference} if reference else {})}
    back = (-yuan(amount)).text
    return line(account, amount, "F02", **said), line(BANK, back, "F02", **said)


@dataclass
class Tree:
    """``xian`` above ``xue`` and ``yuan``; what was entered is written by :meth:`save`."""

    registry: Registry
    writers: dict[str, BookWriter]
    admin: User
    reader: User
    of_xue: User
    count: int = 0

    @property
    def folder(self) -> Path:
        return self.registry.folder

    def post(self, unit: str, day: date, *lines: Posting) -> None:
        self.count += 1
        draft = replace(entry(unit, day, *lines), source=f"test:{self.count}")
        self.writers[unit].post(draft)

    def save(self) -> None:
        for unit, _ in UNITS:
            self.writers[unit].save()
            rebuild.journal_from_text(self.registry, unit, self.admin.id, NOW)


def plant(folder: Path) -> Tree:
    """The tree with one year's story, saved."""
    registry = Registry.create(folder, id="shiyan", name="示例县总工会")
    password = "correct horse"
    writers = {}
    for unit, upper in UNITS:
        writers[unit] = writer = BookWriter(folder, unit, date(2025, 1, 1))
        writer.found(ACCOUNTS, FUNDS, "union-2021-county", name=f"示例单位 {unit}", upper=upper)
        writer.save()
    with registry.write() as conn:
        admin = users.add(
            conn, login="admin", password=password,
            roles=frozenset({("*", "administrator")}), now=NOW,
        )  # fmt: skip
    for unit, _ in UNITS:
        rebuild.journal_from_text(registry, unit, admin.id, NOW)
    with registry.write() as conn:
        reader, of_xue = (
            users.add(
                conn, login=login, password=password, roles=frozenset({(place, "auditor")}),
                now=NOW,
            )
            for login, place in (("reader", "*"), ("xue", "xue"))
        )  # fmt: skip
    tree = Tree(registry, writers, admin, reader, of_xue)
    for unit, _ in UNITS:
        for fund in ("F01", "F02"):
            opening = line(BANK, "1000.00", fund), line(SURPLUS, "-1000.00", fund)
            tree.post(unit, date(2025, 1, 1), *opening)
        tree.post(unit, date(2025, 6, 1), line(BANK, "300.00"), line(DUES, "-300.00"))
        tree.post(unit, date(2025, 12, 31), line(DUES, "300.00"), line(SURPLUS, "-300.00"))
        tree.post(unit, date(2026, 2, 1), line(BANK, "50.00"), line(DUES, "-50.00"))
        tree.post(unit, date(2026, 2, 9), line(SPORTS, "20.00"), line(BANK, "-20.00"))
    tree.post("xian", date(2026, 3, 2), *between(DOWN, "100.00", "xue", FIRST))
    tree.post("xue", date(2026, 3, 5), *between(GRANT, "-100.00", "xian", FIRST))
    tree.post("xian", date(2026, 3, 9), *between(DOWN, "80.00", "yuan", SECOND))
    tree.post("yuan", date(2026, 4, 1), *between(GRANT, "-70.00", "xian", SECOND))
    tree.post("xian", date(2026, 5, 1), *between(DOWN, "9.00", "yuan"))
    tree.post(
        "xue", date(2026, 3, 8), line(DUES, "40.00"), line(OWED_TO_UPPER, "-40.00", counter="xian")
    )
    tree.post(
        "xian", date(2026, 3, 8), line(OWED_BY_LOWER, "25.00", counter="xue"), line(DUES, "-25.00")
    )
    tree.save()
    return tree


def copy_tree(planted: Path, folder: Path) -> Tree:
    """A planted tree elsewhere; what is posted into it goes through the program, not as text."""
    registry = Registry.open(shutil.copytree(planted, folder))
    with registry.read() as conn:
        admin, reader, of_xue = (
            users.of_login(conn, login) for login in ("admin", "reader", "xue")
        )
    return Tree(registry, {}, admin, reader, of_xue)
