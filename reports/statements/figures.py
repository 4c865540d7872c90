"""Figures of one book: what accounts held and moved, and the postings that make each figure.

A figure is described once, as a :class:`Figure`: signed accounts, and a window of time. Its value
comes from the month cells, its backing from the postings, and the two must agree to the fen.

Two kinds of vouchers are told apart. *Opening vouchers* (class 转, on the book's first day, against
equity and without income or expenses) are balances brought in and no movement. *Carry-over
vouchers* carry income and expenses to net assets; statements of income leave them out, else a
closed year would show nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Refused, Words, finding
from ledger.money import CNY, Money
from ledger.openings import opening_vouchers
from ledger.period import Month, Period
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from ledger.entry import Voucher
    from ledger.model import AccountFacts, MonthCell, PostedLine
    from reports.statements.source import Source

#: Which postings of a window count: all, debits only, or credits only.
BOTH: Final = ""
DEBITS: Final = "debit"
CREDITS: Final = "credit"

_Sums: TypeAlias = dict[str | None, dict[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months from ``first`` to ``last``, both included."""

    first: Month
    last: Month

    @classmethod
    def of(cls, period: Period, *, quarters: bool = False) -> Span:
        """The months of a period; Refused unless it is a whole month or a calendar year.

        With ``quarters``, a quarter is one as well.
        """
        months = list(period.months())
        if "." in str(period) or len(months) not in ((1, 3, 12) if quarters else (1, 12)):
            raise Refused(
                finding(
                    "bad-period",
                    f"报表期间应为一个月或一个日历年，不是 {period}",
                    f"a statement covers a month or a calendar year, not {period}",
                    "期间写作 2026-03 或 2026",
                    "write 2026-03 or 2026",
                )
            )
        return cls(months[0], months[-1])

    @property
    def is_year(self) -> bool:
        return (self.first.month, self.last.month) == (1, 12)

    @property
    def own(self) -> tuple[str, Words]:
        """The key and the label of the column of a span that is shown beside the year to date."""
        if self.first == self.last:
            return "month", Words("本月数", "Month")
        return "quarter", Words("本季数", "Quarter")

    @property
    def year(self) -> Span:
        """From January of the year up to the end of this span."""
        return Span(Month(self.last.year, 1), self.last)

    @property
    def year_before(self) -> Span:
        return Span(Month(self.last.year - 1, 1), Month(self.last.year - 1, 12))


@dataclass(frozen=True, slots=True)
class Figure:
    """Signed accounts in a window of time.

    ``signs`` gives +1 or -1 by account name: the figure is the sum of debit less credit times the
    sign. ``at`` is ``begin`` (what was held when ``span`` begins), ``end`` or ``moved``. ``side``
    keeps to debits or credits; ``fund`` to one fund, ``among`` to several. ``operating`` leaves
    carry-overs out.
    """

    signs: Mapping[str, int]
    at: str
    span: Span
    fund: str | None = None
    side: str = BOTH
    operating: bool = False
    among: frozenset[str] | None = None


class Figures:
    """The figures of one source in one currency. Cells are asked for once per window."""

    def __init__(self, source: Source, currency: str = CNY) -> None:
        self.source = source
        self.currency = currency
        self._loaded: tuple[Month | None, Month, list[MonthCell]] | None = None
        self._moves: dict[tuple[Month | None, Month], _Sums] = {}
        self._carried: dict[Span, dict[str, list[VoucherLine]]] = {}

    # ---- accounts ------------------------------------------------------------------------------

    @cached_property
    def facts(self) -> dict[str, AccountFacts]:
        """The book's accounts by name, in the order of the chart."""
        return self.source.model.accounts()

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(self.facts)

    @cached_property
    def codes(self) -> dict[str, frozenset[str]]:
        """By book account: the codes of the chart it counts under. Empty: the chart lacks it."""
        return {
            name: frozenset(account.code for account in self.source.chart.path(name))
            for name in self.accounts
        }

    @cached_property
    def restricted(self) -> frozenset[str]:
        """The accounts in the column of restricted income and net assets."""
        return frozenset(
            name
            for name in self.accounts
            if any(account.restricted for account in self.source.chart.path(name))
        )

    def signs(self, terms: Iterable[tuple[int, str]]) -> dict[str, int]:
        """The book's accounts behind a form's terms, signed for debit-positive sums."""
        found: dict[str, int] = defaultdict(int)
        for sign, term in terms:
            side = sign * self.source.chart.sign(term)
            for name in self.accounts:
                if term in self.codes[name] or name.startswith(f"{term}:"):
                    found[name] += side
        return {name: sign for name, sign in found.items() if sign}

    # ---- values --------------------------------------------------------------------------------

    def value(self, figure: Figure) -> Money:
        """The value of a figure, from the month cells."""
        if figure.at == BEGIN:
            fen = self._held(figure, figure.span.first.previous()) + self._opened(figure)
        elif figure.at == END:
            fen = self._held(figure, figure.span.last)
        else:
            fen = self._sum(
                figure, self._cells(figure.span.first, figure.span.last)
            ) - self._left_out(figure)
        return Money(fen, self.currency)

    def _held(self, figure: Figure, through: Month) -> int:
        return self._sum(figure, self._cells(None, through))

    def expect(self, since: Month | None, through: Month) -> None:
        """Load the cells of a window at once, so that the windows within it cost nothing more."""
        self._loaded = since, through, self.source.model.cells(since=since, through=through)

    @property
    def loaded(self) -> list[MonthCell]:
        """The cells loaded last."""
        return self._loaded[2] if self._loaded else []

    def _within(self, since: Month | None, through: Month) -> Iterator[MonthCell]:
        if self._loaded is not None:
            first, last, _ = self._loaded
            inside = first is None or (since is not None and first <= since)
            if not inside or through > last:
                self._loaded = None
        if self._loaded is None:
            self.expect(since, through)
        for cell in self.loaded:
            if (since is None or since <= cell.month) and cell.month <= through:
                yield cell

    def _cells(self, since: Month | None, through: Month) -> _Sums:
        """Debits and credits by fund (None for all funds) and account, in this currency."""
        known = self._moves.get((since, through))
        if known is None:
            known = self._moves[since, through] = defaultdict(dict)
            for cell in self._within(since, through):
                if cell.currency == self.currency:
                    for fund in (cell.fund, None):
                        debit, credit = known[fund].get(cell.account, (0, 0))
                        known[fund][cell.account] = debit + cell.debit, credit + cell.credit
        return known

    @staticmethod
    def _sum(figure: Figure, sums: _Sums) -> int:
        fen = 0
        for fund in [figure.fund] if figure.among is None else figure.among:
            by_account = sums.get(fund, {})
            for account, sign in figure.signs.items():
                debit, credit = by_account.get(account, (0, 0))
                if figure.side != CREDITS:
                    fen += sign * debit
                if figure.side != DEBITS:
                    fen -= sign * credit
        return fen

    def _opened(self, figure: Figure) -> int:
        """What opening vouchers within the span brought in."""
        return self._add(figure, self._opening_lines(figure.span))

    def _left_out(self, figure: Figure) -> int:
        """What of a span's movements is none: openings, and carry-overs for operating figures."""
        fen = self._opened(figure)
        if figure.operating:
            lines = (line for part in self._carry_overs(figure.span).values() for line in part)
            fen += self._add(figure, lines)
        return fen

    def _add(self, figure: Figure, lines: Iterable[VoucherLine]) -> int:
        return sum(
            figure.signs[line.account] * line.amount.fen
            for line in lines
            if self._counts(figure, line)
        )

    def _counts(self, figure: Figure, line: PostedLine | VoucherLine) -> bool:
        return (
            line.amount.currency == self.currency
            and line.account in figure.signs
            and (figure.fund is None or figure.fund == line.fund)
            and (figure.among is None or line.fund in figure.among)
            and (figure.side == BOTH or (figure.side == DEBITS) == (line.amount.fen > 0))
        )

    # ---- vouchers told apart -------------------------------------------------------------------

    @cached_property
    def openings(self) -> dict[str, list[VoucherLine]]:
        """The opening vouchers' lines by number."""
        found = opening_vouchers(self.source.model, self.source.facts.opened)
        return {one.number: _lines_of(one) for one in found}

    def opened_within(self, span: Span) -> bool:
        """True if the book's first day lies in the span."""
        return span.first <= Month.of(self.source.facts.opened) <= span.last

    def _opening_lines(self, span: Span) -> list[VoucherLine]:
        if not self.opened_within(span):
            return []
        return [line for lines in self.openings.values() for line in lines]

    def _opening_numbers(self, span: Span) -> set[str]:
        return {*self.openings} if self.opened_within(span) else set()

    def _carry_overs(self, span: Span) -> dict[str, list[VoucherLine]]:
        """The lines of the vouchers that carry income and expenses over, by number.

        Only vouchers that touch the accounts of net assets are read.
        """
        known = self._carried.get(span)
        if known is None:
            known = self._carried[span] = {}
            chart = self.source.chart
            ends = {name for name in self.accounts if self.codes[name] & {*chart.surplus_to}}
            starts = {
                name
                for name in self.accounts
                if name.startswith(("Income:", "Expenses:")) or self.codes[name] & {*chart.carried}
            }
            moved = {
                cell.month for cell in self._within(span.first, span.last) if cell.account in ends
            }
            for month in sorted(moved):
                lines = self.source.model.lines(since=month, through=month, accounts=sorted(ends))
                for number in dict.fromkeys(line.number for line in lines):
                    voucher = self._voucher(number)
                    names = {line.account for line in voucher}
                    if names <= starts | ends and names & starts:
                        known[number] = voucher
            for number in self._opening_numbers(span):
                known.pop(number, None)
        return known

    def _voucher(self, number: str) -> list[VoucherLine]:
        return _lines_of(self.source.model.voucher(number))

    # ---- backing -------------------------------------------------------------------------------

    def backing(self, figure: Figure, ref: str, label: Words) -> Backing:
        """The postings behind a figure, signed as the figure is; Refused if they do not add up.

        What an account held is shown as the figure when the year began, and the postings since.
        """
        opening, postings = self._behind(figure)
        closing = self.value(figure)
        whole = sum(line.amount.fen for line in postings) + (opening.fen if opening else 0)
        if whole != closing.fen:
            have = Money(whole, self.currency).grouped
            raise Refused(
                finding(
                    "figure-unbacked",
                    f"{ref}：报表数 {closing.grouped}，凭证合计 {have}",
                    f"{ref}: the statement says {closing.grouped}, its vouchers add up to {have}",
                    "运行 mingbai check；删除 .cache 后重试",
                    "run mingbai check; delete .cache and try again",
                )
            )
        return Backing(ref, label, opening, tuple(postings), closing)

    def _behind(self, figure: Figure) -> tuple[Money | None, list[VoucherLine]]:
        span = figure.span
        if figure.at == MOVED:
            without = self._opening_numbers(span)
            if figure.operating:
                without |= {*self._carry_overs(span)}
            return None, self._postings(figure, span, without)
        if figure.at == END:
            return self._since_begin(figure, span.year)
        if span.first <= Month.of(self.source.facts.opened):
            lines = [line for line in self._opening_lines(span) if self._counts(figure, line)]
            return None, [_signed(figure, line) for line in lines]
        january = Month(span.first.year, 1)
        before = span.year_before if span.first == january else Span(january, span.first.previous())
        return self._since_begin(figure, before)

    def _since_begin(self, figure: Figure, span: Span) -> tuple[Money, list[VoucherLine]]:
        begin = self.value(Figure(figure.signs, BEGIN, span, figure.fund, among=figure.among))
        return begin, self._postings(figure, span, self._opening_numbers(span))

    def _postings(self, figure: Figure, span: Span, without: set[str]) -> list[VoucherLine]:
        lines = self.source.model.lines(
            since=span.first, through=span.last, accounts=sorted(figure.signs), fund=figure.fund
        )
        return [
            _signed(figure, line)
            for line in lines
            if line.number not in without and self._counts(figure, line)
        ]

    # ---- what a statement does not hold ----------------------------------------------------------

    def refuse_strangers(self) -> None:
        """Refused if an account that the chart does not know moved in the cells that are loaded."""
        moved = {cell.account for cell in self.loaded}
        strangers = [name for name in self.accounts if name in moved and not self.codes[name]]
        if strangers:
            raise Refused(
                *(
                    finding(
                        "account-not-in-chart",
                        f"科目 {name[:60]} 不在科目表 {self.source.chart.id} 中，报表不会包括它",
                        f"account {name[:60]} is not in the chart {self.source.chart.id}; "
                        "no line of a statement would hold it",
                        "把其余额转到科目表内的科目",
                        "transfer its balance to an account of the chart",
                    )
                    for name in strangers
                )
            )


def foreign_note(figures: Figures) -> tuple[Words, ...]:
    """A note naming other currencies among the loaded cells, which no figure here holds."""
    loaded = figures.loaded
    others = sorted({cell.currency for cell in loaded} - {figures.currency})
    if not others:
        return ()
    names = " ".join(others)
    return (Words(f"不含以 {names} 记账的金额。", f"Amounts kept in {names} are not included."),)


def _signed(figure: Figure, line: PostedLine | VoucherLine) -> VoucherLine:
    amount = line.amount if figure.signs[line.account] > 0 else -line.amount
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund, amount, line.papers
    )


def _lines_of(voucher: Voucher) -> list[VoucherLine]:
    draft = voucher.draft
    return [
        VoucherLine(
            voucher.number,
            draft.day,
            draft.narration,
            line.account,
            line.fund,
            line.amount,
            draft.papers,
        )
        for line in draft.postings
    ]
