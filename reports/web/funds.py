"""What each fund had, received, spent and has: one table for a span of months.

A fund's *resources* are its postings on asset and liability accounts, without those that are tied
up in things. As a book balances by fund, they change only through income, expenses, and the rest
(transfers between funds, things bought), so that in every row::

    opening + income - spent + transfers = remaining

Signs are people's: income is positive. What a book starts with, vouchers of class 转 against equity
on its first day, is its first opening and no transfer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.unitfacts import read_facts
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from datetime import date

    from ledger.model import Model, PostedLine

RESTRICTIONS: Final = {
    "none": Words("未限定", "Unrestricted"),
    "designated": Words("自行指定用途", "Designated"),
    "purpose": Words("限定用途", "For a purpose"),
    "time": Words("限定期间", "For a time"),
    "endowment": Words("本金保留", "Endowment"),
    "agency": Words("代管款项", "Held for others"),
}

OPENING: Final = "opening"
IN: Final = "in"
OUT: Final = "out"
TRANSFERS: Final = "transfers"
REMAINING: Final = "remaining"
#: The figures of a row, in the order of the table.
PARTS: Final = {
    OPENING: Words("期初结存", "Opening"),
    IN: Words("收入", "In"),
    OUT: Words("支出", "Out"),
    TRANSFERS: Words("转入转出", "Transfers"),
    REMAINING: Words("期末结存", "Remaining"),
}
#: The line of all funds together.
ALL: Final = "all"
#: The side of accounts that hold spendable money; every account is on this side, IN, OUT or
#: TRANSFERS.
RESOURCES: Final = "resources"


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months from ``first`` to ``last``, both included.

    >>> str(Months.parse("2026"))
    '2026'
    """

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a span of months does not end before it starts")

    @classmethod
    def parse(cls, text: str) -> Months:
        """``2026``, ``2026-03`` or ``2026-01..2026-06``; anything else raises ValueError."""
        if len(text) == 4 and text.isascii() and text.isdigit():
            return cls(Month(int(text), 1), Month(int(text), 12))
        first, _, last = text.partition("..")
        return cls(Month.parse(first), Month.parse(last or first))

    def __str__(self) -> str:
        if self.first == self.last:
            return str(self.first)
        if self == Months(Month(self.first.year, 1), Month(self.first.year, 12)):
            return f"{self.first.year:04d}"
        return f"{self.first}..{self.last}"

    def __iter__(self) -> Iterator[Month]:
        month = self.first
        while month <= self.last:
            yield month
            month = month.next()


@dataclass(frozen=True, slots=True)
class FundRow:
    """``code`` is :data:`ALL` in the row of totals; figures are by the keys of :data:`PARTS`."""

    code: str
    name: Words
    restriction: Words
    figures: dict[str, Money]


@dataclass(frozen=True, slots=True)
class FundTable:
    """``flow`` is what came in and out by month, ``course`` what remained by month and fund."""

    months: Months
    rows: tuple[FundRow, ...]
    total: FundRow
    flow: tuple[tuple[Month, Money, Money], ...]
    course: tuple[tuple[Month, dict[str, Money]], ...]
    other_currencies: tuple[str, ...]


class FundFigures:
    """The funds of one book in one currency, from its read model."""

    def __init__(self, model: Model, currency: str = CNY) -> None:
        self.model = model
        self.currency = currency
        self.names = {
            code: Words(facts.name, facts.name_en or facts.name)
            for code, facts in sorted(model.funds().items())
        }

    @cached_property
    def last_year(self) -> Months:
        """The calendar year of the last voucher, which a page shows if nobody chose."""
        months = [cell.month for cell in self.model.cells()]
        year = max(months, default=self._first_month).year
        return Months(Month(year, 1), Month(year, 12))

    def table(self, months: Months) -> FundTable:
        """Every fund declared by then that holds or moved money, or is not closed."""
        rows = [self._row(code, months) for code in self.names if self._belongs(code, months)]
        rows = [row for row in rows if self._is_alive(row, months)]
        figures = {part: self._money(sum(row.figures[part].fen for row in rows)) for part in PARTS}
        return FundTable(
            months,
            tuple(rows),
            FundRow(ALL, Words("合计", "Total"), Words("", ""), figures),
            tuple(
                (
                    month,
                    self._money(-self._moved(ALL, IN, month)),
                    self._money(self._moved(ALL, OUT, month)),
                )
                for month in months
            ),
            tuple(
                (month, {row.code: self._money(self._held(row.code, month)) for row in rows})
                for month in months
            ),
            tuple(sorted({cell.currency for cell in self.model.cells()} - {self.currency})),
        )

    def figure(self, months: Months, fund: str, part: str) -> Money:
        """One figure of :meth:`table`; KeyError for a fund or part that does not exist."""
        self._check(fund, part)
        return self._figures(fund, months)[part]

    def backing(self, months: Months, fund: str, part: str) -> Backing:
        """Every posting behind :meth:`figure`, with the same sign and the same sum.

        What remains is shown as the opening figure and the movements since.
        """
        figures = self._figures(fund, months) if self._check(fund, part) else {}
        side = RESOURCES if part in (OPENING, REMAINING) else part
        since, through = (
            (None, months.first.previous())
            if part == OPENING
            else (
                months.first,
                months.last,
            )
        )
        if part == OPENING and months.first <= self._first_month <= months.last:
            since = through = self._first_month
            lines = [line for line in self._lines(side, fund, since, through) if self._starts(line)]
        else:
            lines = list(self._lines(side, fund, since, through))
            if part in (TRANSFERS, REMAINING) and months.first <= self._first_month:
                lines = [line for line in lines if not self._starts(line)]
        sign = -1 if side in (IN, TRANSFERS) else 1
        return Backing(
            ref="",
            label=PARTS[part],
            opening=figures[OPENING] if part == REMAINING else None,
            postings=tuple(_voucher_line(line, sign) for line in lines),
            closing=figures[part],
        )

    # ---- from cells ----------------------------------------------------------------------------

    @cached_property
    def _sides(self) -> dict[str, str]:
        return {
            name: _side(name, capital=facts.capital)
            for name, facts in self.model.accounts().items()
        }

    @cached_property
    def _moves(self) -> dict[tuple[str, str], dict[Month, int]]:
        """By fund (or :data:`ALL`) and side: debit less credit of each month, in fen."""
        moves: dict[tuple[str, str], dict[Month, int]] = defaultdict(lambda: defaultdict(int))
        for cell in self.model.cells():
            if cell.currency == self.currency:
                for fund in (cell.fund, ALL):
                    moves[fund, self._sides[cell.account]][cell.month] += cell.debit - cell.credit
        return moves

    def _moved(self, fund: str, side: str, month: Month) -> int:
        return self._moves[fund, side].get(month, 0) if (fund, side) in self._moves else 0

    def _held(self, fund: str, through: Month) -> int:
        """Resources at the end of a month."""
        months = self._moves.get((fund, RESOURCES), {})
        return sum(fen for month, fen in months.items() if month <= through)

    def _figures(self, fund: str, months: Months) -> dict[str, Money]:
        opening = self._held(fund, months.first.previous())
        if months.first <= self._first_month <= months.last:
            opening += self._started(fund)
        income = -sum(self._moved(fund, IN, month) for month in months)
        spent = sum(self._moved(fund, OUT, month) for month in months)
        remaining = self._held(fund, months.last)
        fen = {
            OPENING: opening,
            IN: income,
            OUT: spent,
            TRANSFERS: remaining - opening - income + spent,
            REMAINING: remaining,
        }
        return {part: self._money(value) for part, value in fen.items()}

    def _row(self, code: str, months: Months) -> FundRow:
        restriction = RESTRICTIONS[self.model.funds()[code].restriction]
        return FundRow(code, self.names[code], restriction, self._figures(code, months))

    def _belongs(self, code: str, months: Months) -> bool:
        return self.model.funds()[code].opened < months.last.next().first

    def _is_alive(self, row: FundRow, months: Months) -> bool:
        closed = self.model.funds()[row.code].closed
        return closed is None or closed >= months.first.first or any(row.figures.values())

    def _money(self, fen: int) -> Money:
        return Money(fen, self.currency)

    def _check(self, fund: str, part: str) -> bool:
        if part not in PARTS or (fund != ALL and fund not in self.names):
            raise KeyError(f"{fund}/{part}")
        return True

    # ---- from postings -------------------------------------------------------------------------

    @cached_property
    def _first_day(self) -> date:
        opened = [facts.opened for facts in self.model.accounts().values()]
        if opened:
            return min(opened)
        folder = self.model.folder
        return read_facts(folder.parent.parent, folder.name).opened

    @property
    def _first_month(self) -> Month:
        return Month.of(self._first_day)

    @cached_property
    def _starting(self) -> frozenset[str]:
        """The numbers of the vouchers that brought the book's opening balances."""
        named: dict[str, set[str]] = defaultdict(set)
        for line in self.model.lines(since=self._first_month, through=self._first_month):
            if line.day == self._first_day and line.number.startswith("转"):
                named[line.number].add(line.account.partition(":")[0])
        return frozenset(
            number
            for number, roots in named.items()
            if "Equity" in roots and not roots & {"Income", "Expenses"}
        )

    def _starts(self, line: PostedLine) -> bool:
        return line.number in self._starting

    def _started(self, fund: str) -> int:
        month = self._first_month
        lines = self._lines(RESOURCES, fund, month, month)
        return sum(line.amount.fen for line in lines if self._starts(line))

    def _lines(
        self, side: str, fund: str, since: Month | None, through: Month
    ) -> Iterator[PostedLine]:
        names = [name for name, its_side in self._sides.items() if its_side == side]
        for line in self.model.lines(
            since=since, through=through, accounts=names, fund=None if fund == ALL else fund
        ):
            if line.amount.currency == self.currency:
                yield line


def _side(account: str, *, capital: bool) -> str:
    root = account.partition(":")[0]
    if root == "Income":
        return IN
    if root == "Expenses":
        return OUT
    return RESOURCES if root in ("Assets", "Liabilities") and not capital else TRANSFERS


def _voucher_line(line: PostedLine, sign: int) -> VoucherLine:
    return VoucherLine(
        number=line.number,
        day=line.day,
        narration=line.narration,
        account=line.account,
        fund=line.fund,
        amount=line.amount if sign > 0 else -line.amount,
        papers=line.papers,
    )
