"""The bank reconciliation: the book's balance and the bank's, and what explains the difference.

Lines that only the bank has are added to the book's balance, lines that only the book has to the
bank's; then both must be the same. What the bank says arrives as values. As on the paper form, what
is to be deducted stands as a positive amount under 减.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.chart import END
from ledger.errors import Refused, Words, finding
from ledger.money import Money, total
from reports.statement import DAY, REF, Backing, Cell, Column, Line, Statement, VoucherLine
from reports.statements.figures import Figure, Figures, Span
from reports.statements.head import figure_ref, make_statement, unknown_ref
from reports.statements.source import of_yuan

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import BankStatement, Source, Unmatched

NAME: Final = "bank-reconciliation"
TITLE: Final = Words("银行存款余额调节表", "Bank reconciliation")
_BOOK: Final = "book"
_BY_BANK: Final = Words("对账单余额", "Balance by the bank")
_BY_BOOK: Final = Words("账面余额", "Balance by the book")
_NOTHING: Final = Words("对账单余额：未导入对账单", "no statement was imported")


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
        code = account_code(bank.account)
        facts = source.model.accounts()[bank.account]
        label = account_label(bank.account)
        heading = Words(label, facts.name_en or label)
        lines.append(Line(f"{code}-h", heading, (), level=0, style="heading"))
        lines += [_line(source, period, row) for row in _rows(bank, _held(figures, span, bank))]
    columns = (
        Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
        Column("number", Words("凭证号", "Voucher"), kind=REF, share=1.0),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    return make_statement(
        source,
        span,
        period,
        NAME,
        TITLE,
        columns,
        tuple(lines),
        label_column=Words("项目", "Item"),
        cells=figures.loaded,
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What stands behind one figure: postings of the book, and lines that only one side has.

    What the bank says stands as the opening figure, as no voucher makes it. Refused for a line or
    column that the statement does not have.
    """
    ref = figure_ref(source.unit, NAME, period, line, column)
    figures, span = Figures(source), Span.of(period)
    figures.expect(None, span.last)
    for bank in source.banks:
        if column not in ("", "amount") or not line.startswith(f"{account_code(bank.account)}-"):
            continue
        for row in _rows(bank, _held(figures, span, bank)):
            if row.code == line and row.amount is not None:
                return _backing(figures, span, bank, row, ref)
    raise unknown_ref(ref)


# ---- rows --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """One line with a figure: ``items`` added up, and before them a balance.

    ``start`` is the bank's balance, or a difference; ``of_book`` stands for the book's balance
    instead, which opens to its postings.
    """

    code: str
    label: Words
    amount: Money | None
    items: tuple[Unmatched, ...] = ()
    start: Money | None = None
    start_label: Words = _BY_BANK
    of_book: bool = False
    style: str = "line"
    level: int = 1
    item: Unmatched | None = None
    paper: str = ""


def _rows(bank: BankStatement, book: Money) -> list[_Row]:
    code = account_code(bank.account)
    rows = [_Row(f"{code}-{_BOOK}", _BY_BOOK, book, of_book=True)]
    if bank.closing is None:
        return [*rows, _Row(f"{code}-bank", _NOTHING, None)]
    only_bank = tuple(sorted(of_yuan(bank.only_bank), key=lambda item: item.day))
    only_book = tuple(sorted(of_yuan(bank.only_book), key=lambda item: item.day))
    foreign = len(bank.only_bank) + len(bank.only_book) - len(only_bank) - len(only_book)
    book_after = book + total(item.amount for item in only_bank)
    bank_after = bank.closing + total(item.amount for item in only_book)
    rows += _items(f"{code}-b", only_bank, Words("加：银行已收账面未收", "Only the bank received"))
    rows += _items(
        f"{code}-p", _negated(only_bank), Words("减：银行已付账面未付", "Only the bank paid")
    )
    rows += [
        _Row(f"{code}-book-adj", Words("调节后账面余额", "Book, adjusted"), book_after,
             only_bank, of_book=True, style="subtotal", level=0),
        _Row(f"{code}-bank", _BY_BANK, bank.closing, start=bank.closing, paper=bank.paper),
    ]  # fmt: skip
    rows += _items(f"{code}-r", only_book, Words("加：账面已收银行未收", "Only the book received"))
    rows += _items(
        f"{code}-s", _negated(only_book), Words("减：账面已付银行未付", "Only the book paid")
    )
    rows += [
        _Row(f"{code}-bank-adj", Words("调节后对账单余额", "Bank, adjusted"), bank_after,
             only_book, start=bank.closing, style="subtotal", level=0),
        _Row(f"{code}-gap", Words("尚未说明的差额", "Difference not explained"),
             book_after - bank_after, (*only_bank, *_negated(only_book)),
             start=book - bank.closing,
             start_label=Words("账面余额减对账单余额", "By the book less by the bank"),
             style="total", level=0),
    ]  # fmt: skip
    if foreign:
        told = Words(
            f"另有外币流水 {foreign} 笔，不计入本表",
            f"{foreign} lines in foreign currency are no part of this statement",
        )
        rows.append(_Row(f"{code}-foreign", told, None))
    return rows


def _items(code: str, items: tuple[Unmatched, ...], label: Words) -> list[_Row]:
    """The items above nothing in the order of days, below their sum."""
    chosen = tuple(item for item in items if item.amount.fen > 0)
    if not chosen:
        return []
    return [
        _Row(code, label, total(item.amount for item in chosen), chosen),
        *(
            _Row(f"{code}{place}", Words(item.text, item.text), item.amount, (item,), level=2,
                 item=item)
            for place, item in enumerate(chosen, start=1)
        ),
    ]  # fmt: skip


def _negated(items: tuple[Unmatched, ...]) -> tuple[Unmatched, ...]:
    return tuple(replace(item, amount=-item.amount) for item in items)


# ---- lines and what stands behind them ---------------------------------------------------------


def _line(source: Source, period: Period, row: _Row) -> Line:
    day = row.item.day if row.item else None
    number = row.item.number or None if row.item else None
    refs = {"number": f"{source.unit}/{number}"} if number else {}
    if row.paper:
        number = f"sha256:{row.paper[:12]}"
        refs = {"number": f"sha256:{row.paper}"}
    cells: tuple[Cell, ...] = (day, number, row.amount)
    ref = "" if row.amount is None else figure_ref(source.unit, NAME, period, row.code)
    return Line(row.code, row.label, cells, ref=ref, level=row.level, style=row.style, refs=refs)


def _held(figures: Figures, span: Span, bank: BankStatement) -> Money:
    return figures.value(Figure({bank.account: 1}, END, span))


def _backing(figures: Figures, span: Span, bank: BankStatement, row: _Row, ref: str) -> Backing:
    label = Words(f"{account_label(bank.account)}·{row.label.zh}", row.label.en)
    papers = (bank.paper,) if bank.paper else ()
    items = tuple(
        VoucherLine(
            item.number,
            item.day,
            item.text,
            bank.account,
            "",
            item.amount,
            papers if item.number.startswith("line-") else (),
        )
        for item in row.items
    )
    if row.of_book:
        book = figures.backing(Figure({bank.account: 1}, END, span), ref, label)
        return replace(book, postings=(*book.postings, *items), closing=row.amount)
    return Backing(ref, label, row.start, items, row.amount, opening_label=row.start_label)


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
