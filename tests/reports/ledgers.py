"""Books in memory for tests of statements: vouchers in, month cells and lines out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger.account import carries_over
from ledger.chart import load_chart
from ledger.entry import Draft, Posting, Voucher, voucher_number
from ledger.errors import Words
from ledger.model import AccountFacts, FundFacts, MonthCell, PostedLine
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.unitfacts import UnitFacts
from reports.statements.source import Source

UNIT = "chunfeng"
BANK = "Assets:102-银行存款:01-工行基本户"
ALIPAY = "Assets:102-银行存款:03-支付宝商户"
MACHINES = "Assets:162-固定资产"
WORN = "Assets:163-累计折旧"
UPPER = "Liabilities:211-应付上级经费"
THINGS = "Equity:301-资产基金:04-固定资产"
SURPLUS = "Equity:322-工会资金结余:05-累计结余"
YEARS = "Equity:322-工会资金结余:03-本年收支结转"
ADJUSTED = "Equity:322-工会资金结余:01-年初余额调整"
DUES = "Income:401-会费收入"
LEVY = "Income:402-拨缴经费收入"
GRANT = "Income:403-上级补助收入:02-专项转移支付补助"
SPORTS = "Expenses:501-职工活动支出:02-文体活动支出"
HARDSHIP = "Expenses:504-维权支出:04-困难职工帮扶支出"
OFFICE = "Expenses:507-资本性支出:02-办公设备购置"


@dataclass
class FakeLedger:
    """What :class:`ledger.model.Model` answers, from vouchers in memory.

    ``asked`` keeps the months of every question for cells.
    """

    facts: dict[str, AccountFacts]
    fund_facts: dict[str, FundFacts]
    vouchers: list[Voucher] = field(default_factory=list)
    asked: list[tuple[Month | None, Month | None]] = field(default_factory=list)
    posted: dict[int, tuple[Voucher, tuple[PostedLine, ...]]] = field(default_factory=dict)

    def post(
        self, day: str, kind: str, fund: str, *parts: tuple[str, str], narration: str = "示例"
    ) -> Voucher:
        """One voucher in one fund; every part is an account and its amount, debit positive."""
        when = date.fromisoformat(day)
        month = Month.of(when)
        number = voucher_number(kind, month, len(self._of(kind, month)) + 1)
        postings = tuple(Posting(account, yuan(amount), fund) for account, amount in parts)
        draft = Draft(UNIT, when, kind, narration, postings, papers=("ab" * 32,))
        assert not draft.imbalances(), draft.imbalances()
        at = datetime(when.year, when.month, when.day, 12)
        voucher = Voucher(draft, number, f"v-{len(self.vouchers)}", 1, "u-a", ("u-b",), at)
        self.vouchers.append(voucher)
        return voucher

    def _of(self, kind: str, month: Month) -> list[Voucher]:
        return [v for v in self.vouchers if v.draft.kind == kind and v.draft.month == month]

    def cells(self, *, since: Month | None = None, through: Month | None = None) -> list[MonthCell]:
        self.asked.append((since, through))
        sums: dict[tuple[str, str, str, Month], list[int]] = defaultdict(lambda: [0, 0, 0])
        for line in self._lines(since, through):
            key = (line.account, line.fund, line.amount.currency, Month.of(line.day))
            sums[key][0 if line.amount.fen > 0 else 1] += abs(line.amount.fen)
            sums[key][2] += 1
        return [MonthCell(*key, *values) for key, values in sums.items()]

    def lines(
        self,
        *,
        since: Month | None = None,
        through: Month | None = None,
        accounts: Collection[str] | None = None,
        fund: str | None = None,
    ) -> Iterator[PostedLine]:
        for line in self._lines(since, through):
            if (accounts is None or line.account in accounts) and fund in (None, line.fund):
                yield line

    def _lines(self, since: Month | None, through: Month | None) -> Iterator[PostedLine]:
        for voucher in sorted(self.vouchers, key=lambda v: v.draft.month):
            draft = voucher.draft
            if (since and draft.month < since) or (through and draft.month > through):
                continue
            # Statements read the same months for each of their figures.
            if id(voucher) not in self.posted:
                self.posted[id(voucher)] = voucher, _posted(voucher)
            yield from self.posted[id(voucher)][1]

    def voucher(self, number: str) -> Voucher:
        return next(voucher for voucher in self.vouchers if voucher.number == number)

    def accounts(self) -> dict[str, AccountFacts]:
        return self.facts

    def funds(self) -> dict[str, FundFacts]:
        return self.fund_facts

    def digest(self, through: Month) -> str:
        numbers = [v.number for v in self.vouchers if v.draft.month <= through]
        return hashlib.sha256(" ".join(numbers).encode()).hexdigest()


def empty_book(
    chart: str, *children: str, opened: date = date(2026, 1, 1)
) -> tuple[FakeLedger, Source]:
    """A book with every account of a chart, some more, and the funds F01 to F03."""
    facts = {
        account.name: AccountFacts(account.name, account.name_en, opened, account.capital, "CNY")
        for account in load_chart(chart).book_accounts()
    }
    for name in children:
        facts[name] = AccountFacts(name, name.rpartition("-")[2], opened, False, "CNY")
    funds = {
        code: FundFacts(code, zh, en, kind, opened, None, "示例")
        for code, zh, en, kind in (
            ("F01", "会费", "Dues", "none"),
            ("F02", "拨缴经费", "Levy", "none"),
            ("F03", "困难帮扶", "Hardship", "purpose"),
        )
    }
    ledger = FakeLedger(facts, funds)
    unit = UnitFacts(
        UNIT,
        Words("春风小学工会（示例）", "Chunfeng School union (example)"),
        chart,
        opened,
        Money(1_000_000),
    )
    return ledger, Source(ledger, load_chart(chart), unit)


def union_book() -> tuple[FakeLedger, Source]:
    """A basic union's first quarter of 2026, small enough to work out by hand.

    It opens with 10,000.00 at the bank and machines of 5,000.00, worn by 1,000.00. At the end of
    March the bank holds 11,950.00: +300 dues, +1,000 levy (400 of it owed upwards and paid in
    March), -250 sports, -1,200 a machine, +3,000 a grant for hardship, -500 paid from it.
    """
    ledger, source = empty_book("union-2021-basic", BANK, ALIPAY)
    ledger.post("2026-01-01", "转", "F01", (BANK, "8000"), (SURPLUS, "-8000"), narration="期初")
    ledger.post(
        "2026-01-01",
        "转",
        "F02",
        (BANK, "2000"),
        (MACHINES, "5000"),
        (WORN, "-1000"),
        (THINGS, "-4000"),
        (SURPLUS, "-2000"),
        narration="期初",
    )
    ledger.post("2026-01-10", "收", "F01", (BANK, "300"), (DUES, "-300"), narration="一月会费")
    ledger.post(
        "2026-01-15",
        "收",
        "F02",
        (BANK, "1000"),
        (LEVY, "-600"),
        (UPPER, "-400"),
        narration="拨缴经费",
    )
    ledger.post("2026-02-05", "付", "F02", (SPORTS, "250"), (BANK, "-250"), narration="篮球赛")
    ledger.post("2026-02-20", "付", "F02", (OFFICE, "1200"), (BANK, "-1200"), narration="打印机")
    ledger.post(
        "2026-02-20", "转", "F02", (MACHINES, "1200"), (THINGS, "-1200"), narration="打印机"
    )
    ledger.post("2026-02-28", "转", "F02", (THINGS, "50"), (WORN, "-50"), narration="二月折旧")
    ledger.post("2026-03-03", "收", "F03", (BANK, "3000"), (GRANT, "-3000"), narration="专项补助")
    ledger.post("2026-03-12", "付", "F03", (HARDSHIP, "500"), (BANK, "-500"), narration="困难帮扶")
    ledger.post("2026-03-20", "付", "F02", (UPPER, "400"), (BANK, "-400"), narration="上缴经费")
    return ledger, source


def carry_over(ledger: FakeLedger, day: str = "2026-12-31") -> None:
    """The year's end: income and expenses into the year's account, and that into what is kept."""
    ledger.post(day, "转", "F01", (DUES, "300"), (YEARS, "-300"), narration="年末结转")
    ledger.post(
        day,
        "转",
        "F02",
        (LEVY, "600"),
        (SPORTS, "-250"),
        (OFFICE, "-1200"),
        (YEARS, "850"),
        narration="年末结转",
    )
    ledger.post(
        day,
        "转",
        "F03",
        (GRANT, "3000"),
        (HARDSHIP, "-500"),
        (YEARS, "-2500"),
        narration="年末结转",
    )
    ledger.post(day, "转", "F01", (YEARS, "300"), (SURPLUS, "-300"), narration="年末结转")
    ledger.post(day, "转", "F02", (YEARS, "-850"), (SURPLUS, "850"), narration="年末结转")
    ledger.post(day, "转", "F03", (YEARS, "2500"), (SURPLUS, "-2500"), narration="年末结转")


def _posted(voucher: Voucher) -> tuple[PostedLine, ...]:
    draft = voucher.draft
    carried = carries_over(one.account for one in draft.postings)
    return tuple(
        PostedLine(
            voucher.number,
            draft.day,
            draft.narration,
            draft.payee,
            part.account,
            part.fund,
            part.amount,
            draft.papers,
            part.meta,
            "book",
            1,
            carried,
        )
        for part in draft.postings
    )
