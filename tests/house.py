"""A small federation for tests: the unit ``tiny`` with a few accounts, funds and users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger import canonical, reversing, workflow
from ledger.entry import Draft, Posting, Voucher
from ledger.founding import declare_fund, open_accounts
from ledger.journal import open_pen, write_book_file
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.registry import Registry, User, entries, units, users
from tests.starts import copied

UNIT = "tiny"
BANK = "Assets:102-银行存款:01-基本户"
CASH = "Assets:101-库存现金"
MACHINES = "Assets:162-固定资产"
ASSET_FUND = "Equity:301-资产基金"
OPENING = "Equity:321-工会资金结余"
DUES = "Income:401-会费收入"
LEVY = "Income:402-拨缴经费收入"
ACTIVITY = "Expenses:501-职工活动支出"
OFFICE = "Expenses:504-行政支出"
PAYABLE = "Liabilities:215-其他应付款"

ACCOUNTS = (
    (BANK, "Bank", False),
    (CASH, "Cash", False),
    (MACHINES, "Fixed assets", True),
    (ASSET_FUND, "Asset fund", True),
    (OPENING, "Balance of funds", False),
    (DUES, "Dues", False),
    (LEVY, "Levy", False),
    (ACTIVITY, "Activities", False),
    (OFFICE, "Office", False),
    (PAYABLE, "Other payables", False),
)
FUNDS = (("F01", "会费", "none"), ("F02", "拨缴经费", "none"), ("F03", "专项", "purpose"))
PASSWORD = "correct horse"


@dataclass
class House:
    """``maker`` records and closes, ``checker`` and ``second`` approve, ``reader`` audits."""

    registry: Registry
    now: datetime
    maker: User
    checker: User
    second: User
    reader: User
    administrator: User

    @property
    def folder(self) -> Path:
        return unit_folder(self.registry.folder, UNIT)

    def draft(
        self,
        amount: str = "25.00",
        *,
        debit: str = BANK,
        credit: str = DUES,
        fund: str = "F01",
        day: date = date(2026, 3, 5),
        kind: str = "收",
        narration: str = "三月会费",
        **fields: object,
    ) -> Draft:
        """A draft of two lines."""
        money = yuan(amount)
        postings = (Posting(debit, money, fund), Posting(credit, -money, fund))
        return Draft(UNIT, day, kind, narration, postings, **fields)  # type: ignore[arg-type]

    def post(self, draft: Draft) -> Voucher:
        """Propose and approve."""
        return self.approve(workflow.propose(self.registry, draft, self.maker, self.now))

    def approve(self, draft_id: str) -> Voucher:
        """Approve what waits; two checkers where the limit demands it."""
        result = workflow.approve(self.registry, draft_id, self.checker, self.now)
        if isinstance(result, workflow.Waiting):
            result = workflow.approve(self.registry, draft_id, self.second, self.now)
        assert isinstance(result, Voucher)
        return result

    def reverse(
        self, voucher: Voucher, day: date = date(2026, 3, 5), reason: str = "误记"
    ) -> Voucher:
        """Take a voucher back on a later day."""
        draft_id = reversing.reverse(
            self.registry, voucher.draft.unit, voucher.number, self.maker, self.now, day=day,
            reason=reason,
        )  # fmt: skip
        return self.approve(draft_id)

    def open(self, *names: str) -> None:
        """Accounts that the unit has besides, of money and from the book's first day."""
        first = date(2026, 1, 1)
        with open_pen(self.registry, UNIT, self.now) as pen:
            open_accounts(
                pen,
                [entries.AccountRow(name, "Another", "CNY", False, first, None) for name in names],
            )

    def later(self, **delta: float) -> datetime:
        return self.now + timedelta(**delta)


@copied
def build_house(folder: Path, *, url: str, now: datetime, opened: date = date(2026, 1, 1)) -> House:
    """A federation folder with one unit, ready to be posted into."""
    registry = Registry.create(folder, id="qinghe", name="青禾县总工会（示例）", url=url)
    with registry.write() as conn:
        units.add(
            conn,
            unit=UNIT,
            name="小河工会（示例）",
            name_en="Xiaohe union (example)",
            chart="union-2021-basic",
            opened=opened,
            limit_fen=10_000_00,
            upper=None,
        )
        people = [
            users.add(conn, login=login, password=PASSWORD, roles=frozenset({role}), now=now)
            for login, role in (
                ("zhou", (UNIT, "treasurer")),
                ("lin", (UNIT, "checker")),
                ("gao", (UNIT, "checker")),
                ("shen", ("*", "auditor")),
                ("admin", ("*", "administrator")),
            )
        ]
    with open_pen(registry, UNIT, now) as pen:
        facts = canonical.unit_text(
            opened.isoformat(),
            UNIT,
            "小河工会（示例）",
            "union-2021-basic",
            name_en="Xiaohe union (example)",
            limit=Money(10_000_00),
            upper="",
        )
        pen.directives("unit", facts, file="chart.bean", day=opened, key="unit")
        open_accounts(
            pen,
            [
                entries.AccountRow(name, name_en, "CNY", capital, opened, None)
                for name, name_en, capital in ACCOUNTS
            ],
        )
        for code, name, restriction in FUNDS:
            declare_fund(
                pen, entries.FundRow(code, name, f"Fund {code}", restriction, "示例", opened, None)
            )
    write_book_file(registry, UNIT)
    return House(registry, now, *people)
