"""One bank account, one period: what the statements say, what the book says, and what differs.

Opening, money in, money out and closing of both sides stand beside each other; below them what
only the bank has and what only the book has, each under the id that ``mingbai show`` opens. The
difference that is left after both is not explained by anything that was imported or posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ledger.clearing import InTransit, in_transit
from ledger.money import CNY, Money, total
from ledger.period import Month
from reports.sources import registry_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from ledger.period import Period
    from ledger.registry import Registry, Vault
    from ledger.registry.staging import LineRow
    from ledger.registry.statement_files import FileRow
    from reports.statements.source import Source, Unmatched


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of the period; a balance that nothing tells is None."""

    opening: Money | None
    came: Money
    went: Money
    closing: Money | None

    @property
    def steps(self) -> bool | None:
        """Whether opening, in and out give the closing balance; None if one is not known."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening + self.came - self.went == self.closing

    def as_json(self) -> dict[str, Any]:
        return {
            "opening": None if self.opening is None else self.opening.text,
            "in": self.came.text,
            "out": self.went.text,
            "closing": None if self.closing is None else self.closing.text,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """What one side only has; ``id`` opens with ``mingbai show``. Money in is positive."""

    id: str
    day: date
    amount: Money
    text: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "day": self.day.isoformat(),
            "amount": self.amount.text,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """An account in a period. ``papers`` are the digests of the statements that tell of it.

    ``clearing`` is what the unit's clearing accounts hold at the period's end: money between its
    own accounts of which one side is not entered.
    """

    unit: str
    account: str
    period: str
    bank: Side
    book: Side
    only_bank: tuple[Item, ...]
    only_book: tuple[Item, ...]
    papers: tuple[str, ...]
    clearing: tuple[InTransit, ...] = ()

    # Balances are in yuan; lines of another currency are listed, and are no part of the sums.

    @property
    def only_bank_sum(self) -> Money:
        return total(_yuan_of(self.only_bank))

    @property
    def only_book_sum(self) -> Money:
        return total(_yuan_of(self.only_book))

    @property
    def difference(self) -> Money | None:
        """What the items of both sides leave unexplained; None without a bank balance."""
        if self.bank.closing is None or self.book.closing is None:
            return None
        return self.book.closing + self.only_bank_sum - self.bank.closing - self.only_book_sum

    @property
    def agrees(self) -> bool:
        """Whether the statements reach the period's end, step, and everything is explained."""
        known = self.bank.steps is True and self.difference is not None
        return known and not self.difference

    def as_json(self) -> dict[str, Any]:
        left = self.difference
        return {
            "unit": self.unit,
            "account": self.account,
            "period": self.period,
            "bank": self.bank.as_json(),
            "book": self.book.as_json(),
            "only_bank": [item.as_json() for item in self.only_bank],
            "only_book": [item.as_json() for item in self.only_book],
            "difference": None if left is None else left.text,
            "agrees": self.agrees,
            "clearing": [left.as_json() for left in self.clearing],
            "papers": [f"sha256:{digest}" for digest in self.papers],
        }


def reconcile(registry: Registry, unit: str, account: str, period: Period) -> Reconciliation:
    """The reconciliation of one of the unit's money accounts."""
    from ledger.registry import staging, statement_files

    source = registry_source(registry, unit, period)
    before = period.start - timedelta(days=1)
    with registry.read() as conn:
        lines = [
            line
            for line in staging.lines(
                conn, registry.vault, unit, account=account, since=period.start, until=period.end
            )
            if line.currency == CNY
        ]
        moved = [Money(line.fen) for line in lines]
        files = [
            row
            for row in statement_files.files(conn, unit, account)
            if row.start and row.end and row.start <= period.last and row.end >= period.start
        ]
        opening = statement_files.balance_at(conn, unit, account, before)
        if opening is None:
            opening = _first_balance(files, lines)
        closing = statement_files.balance_at(conn, unit, account, period.last)
        known = next((row for row in source.banks if row.account == account), None)
        only_bank = () if known is None else known.only_bank
        told = [_bank_words(conn, registry.vault, unit, row) for row in only_bank]
    came, went = _sums(moved)
    bank = Side(_money(opening), came, went, _money(closing))
    only_book = () if known is None else known.only_book
    return Reconciliation(
        unit,
        account,
        str(period),
        bank,
        _book(source, account, period),
        tuple(
            Item(f"{unit}/{row.number}", row.day, row.amount, words)
            for row, words in zip(only_bank, told, strict=True)
        ),
        tuple(Item(f"{unit}/{row.number}", row.day, row.amount, row.text) for row in only_book),
        tuple(row.digest for row in files),
        tuple(in_transit(registry, unit, Month.of(period.last))),
    )


def _bank_words(conn: Connection, vault: Vault, unit: str, row: Unmatched) -> str:
    """From or to whom and why, as the bank says: for those who may see the inbox.

    A printed statement names nobody, so that its own words are only the line's number.
    """
    from ledger.registry import staging

    line = staging.find_line(conn, vault, unit, int(row.number.removeprefix("line-")))
    said = () if line is None else (line.text.counterparty, line.text.memo)
    return " ".join(filter(None, said)) or row.text


def _first_balance(files: Sequence[FileRow], lines: Sequence[LineRow]) -> int | None:
    """What the period's first statement begins with, as it says or as its first line gives it."""
    first = min(files, key=lambda row: (str(row.start), row.id), default=None)
    if first is None or first.opening_fen is not None:
        return None if first is None else first.opening_fen
    line = next((line for line in lines if line.file == first.id), None)
    return None if line is None or line.balance_fen is None else line.balance_fen - line.fen


def _book(source: Source, account: str, period: Period) -> Side:
    first, last = Month.of(period.start), Month.of(period.last)
    opening = Money(
        sum(
            cell.net
            for cell in source.model.cells(through=first.previous())
            if cell.account == account and cell.currency == CNY
        )
    )
    moved = [
        line.amount
        for line in source.model.lines(since=first, through=last, accounts=[account])
        if line.amount.currency == CNY
    ]
    came, went = _sums(moved)
    return Side(opening, came, went, opening + came - went)


def _yuan_of(items: Iterable[Item]) -> list[Money]:
    return [Money(0), *(item.amount for item in items if item.amount.currency == CNY)]


def _sums(amounts: Iterable[Money]) -> tuple[Money, Money]:
    """Money in and money out, both positive."""
    listed = list(amounts)
    return (
        total([Money(0), *(one for one in listed if one.fen > 0)]),
        -total([Money(0), *(one for one in listed if one.fen < 0)]),
    )


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)
