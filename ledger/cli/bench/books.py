"""Books of any size for measurements and tests, written as canonical text without a registry."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger import canonical
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher, voucher_number
from ledger.layout import book_text, month_file, unit_folder
from ledger.money import Money
from ledger.period import Month

UNIT = "bench"
MAKER, CHECKER = "u-MAKER00000", "u-CHECKER000"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account to open; ``capital`` accounts hold things at cost."""

    name: str
    name_en: str = ""
    capital: bool = False


@dataclass(frozen=True, slots=True)
class FundLine:
    code: str
    name: str
    restriction: str = "none"


ACCOUNTS = (
    AccountLine("Assets:101-库存现金"),
    AccountLine("Assets:102-银行存款:01-基本户"),
    AccountLine("Assets:102-银行存款:02-微信商户"),
    AccountLine("Assets:135-其他应收款"),
    AccountLine("Liabilities:215-其他应付款"),
    AccountLine("Equity:321-工会资金结余"),
    AccountLine("Income:401-会费收入"),
    AccountLine("Income:402-拨缴经费收入"),
    AccountLine("Income:408-其他收入"),
    AccountLine("Expenses:501-职工活动支出"),
    AccountLine("Expenses:504-行政支出"),
    AccountLine("Expenses:507-其他支出"),
)
FUNDS = (
    FundLine("F01", "会费"),
    FundLine("F02", "拨缴经费"),
    FundLine("F03", "活动", "designated"),
)


_ANY = Money(10**15)


class BookWriter:
    """Writes one unit's book entry by entry, chained and numbered as the journal would."""

    def __init__(self, federation: Path, unit: str, opened: date) -> None:
        self.folder = unit_folder(federation, unit)
        self.unit = unit
        self.opened = opened
        self._name = ""
        self._seq = 0
        self._chain = canonical.first_chain(unit)
        self._ordinals: dict[tuple[str, Month], int] = {}
        self._texts: dict[str, list[str]] = {}

    def found(
        self,
        accounts: Sequence[AccountLine] = ACCOUNTS,
        funds: Sequence[FundLine] = FUNDS,
        chart: str = "union-2021-basic",
        *,
        name: str = "测量用账簿（示例）",
        upper: str = "",
        limit: Money = _ANY,
    ) -> None:
        """The unit's facts, accounts and funds.

        By default the limit is so high that vouchers of any size have one checker.
        """
        day = self.opened.isoformat()
        self._name = name
        facts = canonical.unit_text(
            day, self.unit, name, chart, name_en="A book to measure",
            limit=limit, upper=upper,
        )  # fmt: skip
        self._directives("unit", facts, "chart.bean")
        lines = [
            canonical.open_text(
                day, row.name, "" if row.capital else "CNY", row.name_en, capital=row.capital
            )
            for row in accounts
        ]
        self._directives("open", "".join(lines), "chart.bean")
        for row in funds:
            self._directives(
                "fund", canonical.fund_text(day, row.code, row.name, row.restriction), "funds.bean"
            )

    def _directives(self, kind: str, body: str, file: str) -> None:
        self._seq += 1
        self._chain, text = canonical.chained_directives(self._seq, kind, body, self._chain)
        self._texts.setdefault(file, []).append(text)

    def post(self, draft: Draft) -> Voucher:
        """Number, chain and keep one draft."""
        self._seq += 1
        place = (draft.kind, draft.month)
        ordinal = self._ordinals[place] = self._ordinals.get(place, 0) + 1
        bare = Voucher(
            draft=draft,
            number=voucher_number(draft.kind, draft.month, ordinal),
            id=f"v-{self._seq:010d}",
            seq=self._seq,
            maker=MAKER,
            checkers=(CHECKER,),
            posted=datetime(draft.day.year, draft.day.month, draft.day.day, 12, tzinfo=CHINA),
        )
        voucher, text = canonical.chained_voucher(bare, self._chain)
        self._chain = voucher.chain
        self._texts.setdefault(month_file(draft.month), []).append(text)
        return voucher

    def save(self) -> Path:
        """Write every file; the unit's folder."""
        years = {self.opened.year} | {int(name[:4]) for name in self._texts if name[:4].isdigit()}
        for year in years:
            for month in range(1, 13):
                self._texts.setdefault(f"{year:04d}/{month:02d}.bean", [])
        for name, texts in self._texts.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(texts), encoding="utf-8")
        (self.folder / "book.bean").write_text(book_text(self._name, years), encoding="utf-8")
        return self.folder


def random_drafts(count: int, *, years: int, seed: int, unit: str = UNIT) -> Iterable[Draft]:
    """``count`` plain vouchers spread over ``years`` from 2020 on, in the order of their days."""
    draw = random.Random(seed)
    span = 365 * years
    for place in range(count):
        day = date(2020, 1, 1) + timedelta(days=place * span // count)
        fund = draw.choice(FUNDS).code
        amount = Money(draw.randrange(100, 500_000))
        kind = draw.choice("收付转")
        if kind == "收":
            debit, credit = ACCOUNTS[1].name, draw.choice(ACCOUNTS[6:9]).name
        elif kind == "付":
            debit, credit = draw.choice(ACCOUNTS[9:]).name, ACCOUNTS[1].name
        else:
            debit, credit = ACCOUNTS[3].name, ACCOUNTS[4].name
        yield Draft(
            unit,
            day,
            kind,
            f"第 {place} 笔业务",
            (Posting(debit, amount, fund), Posting(credit, -amount, fund)),
            payee="某某公司（示例）" if kind == "付" else "",
            source=f"bench:{place}",
        )


def write_random_book(federation: Path, count: int, *, years: int = 6, seed: int = 1) -> Path:
    """A book of ``count`` vouchers in ``federation/units/bench``; its folder."""
    writer = BookWriter(federation, UNIT, date(2020, 1, 1))
    writer.found()
    for draft in random_drafts(count, years=years, seed=seed):
        writer.post(draft)
    return writer.save()
