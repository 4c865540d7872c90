"""Small books for tests of publishing, written as text without a registry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Posting, meta_of, voucher_class
from ledger.money import Money

if TYPE_CHECKING:
    from pathlib import Path

UNIT = "bench"
OPENED = date(2025, 1, 1)
BANK = "Assets:102-银行存款:01-基本户"
WECHAT = "Assets:102-银行存款:02-微信商户"
TRANSIT = "Assets:135-其他应收款:09-在途资金"
DUES = "Income:401-会费收入"
LEVY = "Income:402-拨缴经费收入"
GIFTS = "Income:408-其他收入"
BACK = "Liabilities:215-其他应付款:01-待退会费"
AID = "Expenses:504-维权支出:04-困难职工帮扶支出"
WARMTH = "Expenses:504-维权支出:05-送温暖支出"
SPORTS = "Expenses:501-职工活动支出:02-文体活动支出"
FEES = "Expenses:505-业务支出:04-其他业务支出"
SURPLUS = "Equity:322-工会资金结余:05-累计结余"
ACCOUNTS = tuple(
    AccountLine(name)
    for name in (
        BANK, WECHAT, TRANSIT, BACK, SURPLUS, DUES, LEVY, GIFTS, SPORTS, AID, WARMTH, FEES,
    )
)  # fmt: skip
FUNDS = (FundLine("F01", "会费"), FundLine("F02", "拨缴经费"), FundLine("F04", "帮扶金", "purpose"))


def member(number: int) -> str:
    return f"m-{number:010d}"


def writer(federation: Path, **founded: object) -> BookWriter:
    """A new book of the unit with these accounts and funds."""
    book = BookWriter(federation, UNIT, OPENED)
    book.found(ACCOUNTS, FUNDS, **founded)  # type: ignore[arg-type]
    return book


def draft(
    day: date, *lines: tuple[str, int, str] | tuple[str, int, str, str], payee: str = "",
    narration: str = "", **more: object,
) -> Draft:  # fmt: skip
    """A voucher of lines ``(account, fen, fund[, member])``."""
    postings = tuple(
        Posting(
            line[0], Money(line[1]), line[2],
            meta_of({"member": line[3]}) if len(line) == 4 else (),
        )
        for line in lines
    )  # fmt: skip
    return Draft(
        UNIT,
        day,
        voucher_class(postings),
        narration,
        postings,
        payee=payee,
        **more,  # type: ignore[arg-type]
    )


def dues(day: date, who: int, fen: int, account: str = BANK) -> Draft:
    """One member's dues."""
    return draft(day, (account, fen, "F01"), (DUES, -fen, "F01", member(who)))


def spent(day: date, fen: int, account: str = SPORTS, fund: str = "F02") -> Draft:
    """A purchase from a company."""
    return draft(
        day,
        (account, fen, fund),
        (BANK, -fen, fund),
        payee="示例用品有限公司",
        narration="活动用品",
    )


def aid(day: date, fen: int, account: str = AID) -> Draft:
    """Aid to somebody whom the book does not name."""
    return draft(day, (account, fen, "F04"), (BANK, -fen, "F04"))
