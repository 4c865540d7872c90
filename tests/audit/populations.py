"""Books for audit procedures: written as text, posted by whom and when a test says."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ledger import canonical
from ledger.audit.catalogue import procedures
from ledger.audit.known import Known
from ledger.audit.population import Broken, Population, read_populations
from ledger.audit.procedures.procedure import Hit
from ledger.cli.bench.books import CHECKER, MAKER, UNIT, BookWriter, FundLine
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher, voucher_number
from ledger.layout import month_file
from ledger.money import Money, yuan
from ledger.period import Month

BANK = "Assets:102-银行存款:01-基本户"
CASH = "Assets:101-库存现金"
OFFICE = "Expenses:504-行政支出"
DUES = "Income:401-会费收入"
OPENED = date(2026, 1, 1)
LIMIT = yuan("50000.00")


class Writer(BookWriter):
    """A unit with a limit of 50,000.00 and three funds; ``F03`` is given for a purpose."""

    def __init__(self, federation: Path) -> None:
        super().__init__(federation, UNIT, OPENED)
        self.found(
            funds=(
                FundLine("F01", "会费"), FundLine("F02", "经费"),
                FundLine("F03", "专项", "purpose"),
            ),
            limit=LIMIT,
        )  # fmt: skip

    def enter(
        self, draft: Draft, *, posted: date | None = None, maker: str = MAKER,
        checkers: tuple[str, ...] = (CHECKER,), ordinal: int | None = None,
    ) -> Voucher:  # fmt: skip
        """Post a draft as the test says, on its own day by default."""
        self._seq += 1
        place = (draft.kind, draft.month)
        self._ordinals[place] = ordinal or self._ordinals.get(place, 0) + 1
        day = posted or draft.day
        bare = Voucher(
            draft, voucher_number(draft.kind, draft.month, self._ordinals[place]),
            f"v-{self._seq:010d}", self._seq, maker, checkers,
            datetime(day.year, day.month, day.day, 17, tzinfo=CHINA),
        )  # fmt: skip
        voucher, text = canonical.chained_voucher(bare, self._chain)
        self._chain = voucher.chain
        self._texts.setdefault(month_file(draft.month), []).append(text)
        return voucher

    def ordinal(self, draft: Draft) -> int:
        """The last number of a draft's class and month."""
        return self._ordinals.get((draft.kind, draft.month), 0)

    def close(self, month: Month) -> None:
        text = canonical.close_text(
            str(month.period.last), str(month), "0" * 64, by=MAKER, checked="0"
        )
        self._directives("close", text, month_file(month))

    def reopen(self, month: Month) -> None:
        text = canonical.reopen_text(
            str(month.period.last), str(month), by=MAKER, confirmed=CHECKER, reason="更正"
        )
        self._directives("reopen", text, month_file(month))


def paid(amount: str, day: date, **fields: Any) -> Draft:
    """A payment from the bank, or from ``money``, for office things."""
    money, fund = fields.pop("money", BANK), fields.pop("fund", "F01")
    account, meta = fields.pop("account", OFFICE), fields.pop("meta", ())
    fen = yuan(amount)
    lines = (Posting(account, fen, fund, meta), Posting(money, -fen, fund))
    facts: dict[str, Any] = {"payee": "示例商行", "narration": "办公用品"}
    return Draft(UNIT, day, "付", postings=lines, **(facts | fields))


def received(amount: str, day: date, **fields: Any) -> Draft:
    fen, fund = yuan(amount), fields.pop("fund", "F01")
    lines = (Posting(BANK, fen, fund), Posting(DUES, -fen, fund))
    facts: dict[str, Any] = {"narration": "会费"}
    return Draft(UNIT, day, "收", postings=lines, **(facts | fields))


def reversal(voucher: Voucher, day: date) -> Draft:
    draft = voucher.draft
    lines = tuple(Posting(p.account, -p.amount, p.fund, p.meta) for p in draft.postings)
    return Draft(
        UNIT, day, draft.kind, "冲销", lines, payee=draft.payee, reverses=voucher.number,
        source=f"reverse:{voucher.number}",
    )  # fmt: skip


def population(federation: Path) -> Population:
    (book,) = read_populations(federation, [UNIT])
    assert isinstance(book, Population), book
    return book


def broken(federation: Path) -> Broken:
    (book,) = read_populations(federation, [UNIT])
    assert isinstance(book, Broken), "an altered book was counted in"
    return book


def hits(name: str, federation: Path, known: Known | None = None, **figures: Any) -> list[Hit]:
    """What one procedure tells of, by the shipped figures or those given."""
    (one,) = (one for one in procedures(federation) if one.name == name)
    return list(one.run(population(federation), known or Known(), {**one.parameters, **figures}))


def numbers(found: list[Hit]) -> list[str]:
    """The numbers of the vouchers that are told of."""
    return [hit.ref.removeprefix(f"{UNIT}/") for hit in found]


def money(fen: int) -> str:
    return Money(fen).text
