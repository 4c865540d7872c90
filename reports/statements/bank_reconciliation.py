"""The bank reconciliation: the book's balance and the bank's, and what explains the difference.

Lines that only the bank has are added to the book's balance, lines that only the book has to the
bank's; then both must be the same. What the bank says arrives as values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.chart import END
from ledger.errors import Refused, Words, finding
from ledger.money import Money, total
from reports.statement import DAY, REF, Backing, Cell, Column, Line, Statement
from reports.statements.figures import Figure, Figures, Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import BankStatement, Source, Unmatched

NAME: Final = "bank-reconciliation"
TITLE: Final = Words("银行存款余额调节表", "Bank reconciliation")
_BOOK: Final = "book"

_NOTHING: Final = Words("未导入对账单", "no statement was imported")


def build(source: Source, period: Period) -> Statement:
    """Each account whose statements are known, reconciled at the end of the period.

    Refused if none is known, or if one is no account of the book. An account whose statement does
    not reach the end of the period is shown with its book balance alone.
    """
    span = Span.of(period)
    figures = Figures(source)
    _refuse_unknown(source, figures)
    figures.expect(None, span.last)
    lines: list[Line] = []
    for bank in source.banks:
        lines += _section(source, figures, period, span, bank)
    columns = (
        Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
        Column("number", Words("凭证号", "Voucher"), kind=REF, share=1.0),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    return make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines), label_column=Words("项目", "Item")
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind the book's balance of an account, the only figure the book has here."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    figures = Figures(source)
    code, _, what = line.partition("-")
    names = [name for name in figures.accounts if account_code(name) == code]
    if what != _BOOK or column not in ("", "amount") or len(names) != 1:
        raise unknown_ref(ref)
    label = Words(f"{account_label(names[0])}·账面余额", "Balance by the book")
    return figures.backing(Figure({names[0]: 1}, END, Span.of(period)), ref, label)


def _refuse_unknown(source: Source, figures: Figures) -> None:
    if not source.banks:
        raise Refused(
            finding(
                "no-statement",
                "没有可核对的对账单",
                "there is no statement to reconcile with",
                "先用 mingbai import 导入对账单",
                "import the statements with mingbai import first",
            )
        )
    for bank in source.banks:
        if bank.account not in figures.accounts:
            raise Refused(
                finding(
                    "no-account",
                    f"账簿没有科目 {bank.account[:60]}",
                    f"the book has no account {bank.account[:60]}",
                    "核对导入时所选的科目",
                    "check the account chosen at import",
                )
            )


def _section(
    source: Source, figures: Figures, period: Period, span: Span, bank: BankStatement
) -> list[Line]:
    code = account_code(bank.account)
    book = figures.value(Figure({bank.account: 1}, END, span))
    facts = source.model.accounts()[bank.account]
    label = account_label(bank.account)
    lines = [
        Line(f"{code}-h", Words(label, facts.name_en or label), (), level=0, style="heading"),
        _sum(f"{code}-{_BOOK}", Words("账面余额", "Balance by the book"), book, "line",
             ref=figure_ref(source.unit, NAME, period, f"{code}-{_BOOK}")),
    ]  # fmt: skip
    if bank.closing is None:
        lines.append(_sum(f"{code}-bank", Words(f"对账单余额：{_NOTHING.zh}", _NOTHING.en), None))
        return lines
    only_bank, only_book = bank.only_bank, bank.only_book
    lines += _items(
        source.unit, f"{code}-b", only_bank, "加：银行已收账面未收", "Only the bank received", 1
    )
    lines += _items(
        source.unit, f"{code}-p", only_bank, "减：银行已付账面未付", "Only the bank paid", -1
    )
    book_after = book + total(item.amount for item in only_bank)
    bank_after = bank.closing + total(item.amount for item in only_book)
    own = figure_ref(source.unit, NAME, period, f"{code}-{_BOOK}")
    paper = f"sha256:{bank.paper}" if bank.paper else ""
    adjusted = Words("调节后账面余额", "Book, adjusted")
    lines.append(_sum(f"{code}-book-adj", adjusted, book_after, "subtotal", ref=own))
    stated = Words("对账单余额", "Balance by the bank")
    lines.append(_sum(f"{code}-bank", stated, bank.closing, ref=paper))
    lines += _items(
        source.unit, f"{code}-r", only_book, "加：账面已收银行未收", "Only the book received", 1
    )
    lines += _items(
        source.unit, f"{code}-s", only_book, "减：账面已付银行未付", "Only the book paid", -1
    )
    adjusted = Words("调节后对账单余额", "Bank, adjusted")
    lines.append(_sum(f"{code}-bank-adj", adjusted, bank_after, "subtotal", ref=paper))
    gap = Words("尚未说明的差额", "Difference not explained")
    lines.append(_sum(f"{code}-gap", gap, book_after - bank_after, "total", ref=own))
    return lines


def _sum(code: str, label: Words, amount: Money | None, style: str = "line", ref: str = "") -> Line:
    cells: tuple[Cell, ...] = (None, None, amount)
    return Line(code, label, cells, ref=ref, style=style, level=1 if style == "line" else 0)


def _items(
    unit: str, code: str, items: tuple[Unmatched, ...], zh: str, en: str, sign: int
) -> list[Line]:
    """The lines on one side with one sign, in the order of days, below their sum."""
    chosen = sorted(
        (item for item in items if item.amount.fen * sign > 0), key=lambda item: item.day
    )
    if not chosen:
        return []
    lines = [_sum(code, Words(zh, en), total(item.amount for item in chosen))]
    for place, item in enumerate(chosen, start=1):
        refs = {"number": f"{unit}/{item.number}"} if item.number else {}
        lines.append(
            Line(
                f"{code}{place}",
                Words(item.text, item.text),
                (item.day, item.number or None, item.amount),
                level=2,
                refs=refs,
            )
        )
    return lines
