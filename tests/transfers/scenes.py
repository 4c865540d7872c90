"""Transfers and what books say of them, as values: for tests of the pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ledger.lines import line_of
from ledger.period import Period
from ledger.reference import make_code
from ledger.registry.transfers import Transfer
from ledger.registry.units import UnitRow
from ledger.transfers.books import read_books
from ledger.transfers.facts import PostedBetween
from ledger.transfers.matrix import Matrix, matrix_of

DOWN = "Expenses:508-补助下级支出"
GRANT = "Income:403-上级补助收入:01-一般性转移支付补助"
OWED_UP = "Liabilities:211-应付上级经费"
DUES = "Income:401-会费收入"
BANK = "Assets:102-银行存款:01-基本户"
YEAR = Period.parse("2026")
TREE = {
    id: UnitRow(id, id, id, upper, "union-2021-county", date(2025, 1, 1), None, 0)
    for id, upper in (("xian", None), ("xue", "xian"), ("yuan", "xian"))
}


@dataclass
class Scene:
    """Transfers, and the postings of both books."""

    transfers: list[Transfer] = field(default_factory=list)
    posted: list[tuple[str, PostedBetween]] = field(default_factory=list)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def order(
        self,
        fen: int,
        day: date = date(2026, 3, 20),
        payer: str = "xian",
        payee: str = "xue",
        refused: str = "",
    ) -> str:
        reference = make_code("ZZ", day.year, len(self.transfers) + 1)
        self.transfers.append(
            Transfer(
                reference, payer, payee, "support", fen, day, "user", "示例", refused, "u", "now"
            )
        )
        return reference

    def post(
        self,
        unit: str,
        day: date,
        fen: int,
        *,
        reference: str = "",
        counter: str = "",
        account: str = "",
        reverses: str = "",
    ) -> str:
        """A voucher whose money goes out by ``fen``, or comes in where it is below zero."""
        number = f"转-{day:%Y%m}-{len(self.posted) + 1:04d}"
        account = account or (DOWN if fen > 0 else GRANT)
        self.line(unit, number, day, account, fen, counter, reference, -fen, reverses)
        return number

    def line(
        self,
        unit: str,
        number: str,
        day: date,
        account: str,
        fen: int,
        counter: str = "",
        reference: str = "",
        moved: int = 0,
        reverses: str = "",
    ) -> None:
        money = int(line_of(account).money)
        self.posted.append(
            (
                unit,
                PostedBetween(
                    number, day.isoformat(), account, "F01", "CNY", fen, counter, reference, money,
                    moved, reverses,
                ),
            )
        )  # fmt: skip

    def agreed(self, fen: int, day: date = date(2026, 3, 10)) -> str:
        """A transfer that both books say the same of, in time."""
        reference = self.order(fen)
        self.post("xian", day, fen, reference=reference, counter="xue")
        self.post("xue", day, -fen, reference=reference, counter="xian")
        return reference

    def matrix(self, period: Period = YEAR, on: date | None = None) -> Matrix:
        known = {one.reference: one for one in self.transfers}
        last = min(on or period.last, period.last)
        end = Period(date(1900, 1, 1), last).end
        until = date.fromordinal(end.toordinal() + 1)
        books = read_books(self.posted, known, self.links, until)
        return matrix_of(
            self.transfers, books, self.settled, TREE, frozenset(TREE), period, last
        )  # fmt: skip


def told(matrix: Matrix) -> list[tuple[str, int, int]]:
    """State, fen and days of each exception."""
    return [(one.state, one.fen, one.days) for one in matrix.exceptions]
