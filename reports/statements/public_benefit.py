"""Spending on public benefit (公益支出): a year's spending beside the income of the year before.

Which accounts are what is data of the chart; what it cannot tell apart is left blank and said. The
income before is adjusted as the form says: less what came in that year and may not be used in it,
and with what that year freed. No limit stands here, only which rule holds them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.chart import BEGIN, MOVED
from ledger.errors import Words
from ledger.gifts.accounts import accounts_of
from ledger.gifts.marks import EVIDENCE, GIFT
from ledger.gifts.yearly import SpendingAccounts, spending_accounts
from ledger.money import Money, percent_text
from reports.statement import TEXT, Backing, Cell, Column, Line, Statement, VoucherLine
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.gift_rows import in_yuan, rows_of, sentence, signed, within
from reports.statements.head import PUBLIC, figure_ref, for_audience, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "public-benefit"
TITLE: Final = Words("公益支出情况", "Spending on public benefit")
_INCOME, _LATER, _FREED, _ADJUSTED = "prior-income", "prior-later", "prior-freed", "prior-adjusted"
_NET, _TOTAL, _BENEFIT = "prior-net", "total", "benefit"
_MANAGEMENT, _WAGES, _OFFICE, _OTHER = "management", "wages", "office", "rest"
#: The figures in the order of the form.
_ROWS: Final = {
    _INCOME: Words("上年总收入", "Income of the year before"),
    _LATER: Words("减：上年收到、限定在以后使用的", "Less: came in it, for use later"),
    _FREED: Words("加：上年解除时间限定的", "Plus: freed in it from a limit of time"),
    _ADJUSTED: Words("调整后的上年总收入", "Income of the year before, adjusted"),
    _NET: Words("上年末净资产", "Net assets at the end of the year before"),
    _TOTAL: Words("本年总支出", "Spending of the year"),
    _BENEFIT: Words("其中：公益支出", "of it: public benefit"),
    _WAGES: Words("其中：工资福利支出", "of it: pay and benefits of management"),
    _OFFICE: Words("其中：行政办公支出", "of it: office and administration"),
    _MANAGEMENT: Words("工资福利与行政办公合计", "Pay and administration together"),
    _OTHER: Words("其中：其他支出", "of it: other"),
}
#: The shares: what is of what.
_SHARES: Final = (
    ("share-income", _BENEFIT, _ADJUSTED,
     Words("公益支出占调整后上年总收入", "Public benefit of the adjusted income before")),
    ("share-net", _BENEFIT, _NET,
     Words("公益支出占上年末净资产", "Public benefit of the net assets before")),
    ("share-management", _MANAGEMENT, _TOTAL,
     Words("工资福利与行政办公占本年总支出", "Pay and administration of the year's spending")),
)  # fmt: skip
_TIME: Final = "time"


@dataclass(frozen=True, slots=True)
class _Sum:
    """What makes a figure: figures of the book and single postings, each with its sign."""

    figures: tuple[tuple[int, Figure], ...] = ()
    lines: tuple[VoucherLine, ...] = ()

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(self.figures + other.figures, self.lines + other.lines)

    def __neg__(self) -> _Sum:
        return _Sum(
            tuple((-sign, one) for sign, one in self.figures),
            tuple(_turned(line) for line in self.lines),
        )

    def value(self, figures: Figures) -> Money:
        fen = sum(sign * figures.value(one).fen for sign, one in self.figures)
        return Money(fen + sum(line.amount.fen for line in self.lines))


def build(source: Source, period: Period) -> Statement:
    """The period's year up to its end; Refused for a chart that keeps no gifts."""
    span = Span.of(period)
    figures = Figures(source)
    told = spending_accounts(source.chart.id)
    figures.expect(None, span.last)
    sums = _sums(source, figures, span, told)
    values = {key: None if one is None else one.value(figures) for key, one in sums.items()}
    lines = []
    for key, label in _ROWS.items():
        ref = figure_ref(source.unit, NAME, period, key) if values[key] is not None else ""
        style = "subtotal" if key in (_ADJUSTED, _NET, _TOTAL, _MANAGEMENT) else "line"
        cells: tuple[Cell, ...] = (values[key], "")
        lines.append(Line(key, label, cells, ref=ref, level=int(style == "line"), style=style))
    lines.append(Line("h-shares", Words("比例", "Shares"), (), style="heading"))
    for key, part, whole, label in _SHARES:
        some, of = values[part], values[whole]
        share = "" if some is None or of is None else percent_text(some.fen, of.fen)
        lines.append(Line(key, label, (None, share), level=1))
    columns = (
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("share", Words("比例", "Share"), kind=TEXT, share=0.7),
    )
    statement = make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines),
        notes=(*_notes(source, span, told, values), *foreign_note(figures)),
        label_column=Words("项目", "Item"), cells=figures.loaded,
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for one that is not there."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    figures = Figures(source)
    sums = _sums(source, figures, Span.of(period), spending_accounts(source.chart.id))
    one = sums.get(line)
    if one is None or column not in ("", "amount"):
        raise unknown_ref(ref)
    if line == _NET:
        ((_, figure),) = one.figures
        return figures.backing(figure, ref, _ROWS[line])
    found = list(one.lines)
    for sign, figure in one.figures:
        postings = figures.backing(figure, ref, _ROWS[line]).postings
        found += [posting if sign > 0 else _turned(posting) for posting in postings]
    found.sort(key=lambda posting: (posting.day, posting.number))
    whole = Money(sum(posting.amount.fen for posting in found))
    return Backing(ref, _ROWS[line], None, tuple(found), whole)


def _sums(
    source: Source, figures: Figures, span: Span, told: SpendingAccounts
) -> Mapping[str, _Sum | None]:
    """What each figure is made of; None for what the book cannot tell."""
    found: dict[str, _Sum | None] = dict.fromkeys(_ROWS)
    if source.facts.opened <= date(span.last.year - 1, 1, 1):
        found |= _before(source, figures, span.year_before)
    begins = date(span.last.year, 1, 1)
    if source.facts.opened < begins or (source.facts.opened == begins and figures.openings):
        signs = {
            name: 1 for name in figures.accounts if name.startswith(("Assets:", "Liabilities:"))
        }
        found[_NET] = _Sum(((1, Figure(signs, BEGIN, span.year)),))
    whole = found[_TOTAL] = _of_year(span.year, _expenses(figures, ()))
    parts = {_BENEFIT: told.spending, _MANAGEMENT: told.management, _WAGES: told.wages}
    for key, codes in parts.items():
        if signs := _expenses(figures, codes):
            found[key] = _of_year(span.year, signs)
    management, wages, benefit = found[_MANAGEMENT], found[_WAGES], found[_BENEFIT]
    if management is not None and wages is not None:
        found[_OFFICE] = management + -wages
    if benefit is not None and management is not None:
        found[_OTHER] = whole + -benefit + -management
    return found


def _expenses(figures: Figures, codes: Collection[str]) -> dict[str, int]:
    """Accounts of expenses under these codes; all of them where none is named."""
    return {
        name: 1
        for name in figures.accounts
        if name.startswith("Expenses:") and (not codes or figures.codes[name] & {*codes})
    }


def _of_year(span: Span, signs: Mapping[str, int], funds: Collection[str] | None = None) -> _Sum:
    among = None if funds is None else frozenset(funds)
    return _Sum(((1, Figure(signs, MOVED, span, operating=True, among=among)),))


def _before(source: Source, figures: Figures, year: Span) -> dict[str, _Sum | None]:
    """The income of the year before, as it stands and as the form adjusts it."""
    income = {name: -1 for name in figures.accounts if name.startswith("Income:")}
    whole = _of_year(year, income)
    release = accounts_of(source.chart.id).release
    if not release:
        return {_INCOME: whole, _ADJUSTED: whole}
    timed = {code for code, fund in source.model.funds().items() if fund.restriction == _TIME}
    later = _of_year(year, income, timed) + _Sum(
        lines=tuple(signed(line, -1) for line in _waiting(source, year, timed))
    )
    names = [name for name in figures.accounts if release[0].whole in figures.codes[name]]
    freed = _Sum(lines=tuple(signed(line, 1) for line in _freed(source, year, names, timed)))
    return {_INCOME: whole, _LATER: later, _FREED: freed, _ADJUSTED: whole + -later + freed}


def _waiting(source: Source, year: Span, timed: Collection[str]) -> Iterator[PostedLine]:
    """Gifts of the year whose giver named a day beyond it, in funds that time does not bind."""
    rows = rows_of(source)
    last = date(year.last.year, 12, 31)
    for line in within(rows.receipts, year):
        until = rows.gift(line).until
        if until is not None and until > last and line.fund not in timed:
            yield line


def _freed(
    source: Source, year: Span, names: Collection[str], timed: Collection[str]
) -> Iterator[PostedLine]:
    """What the year released from a limit of time, each by its evidence."""
    if not names:
        return
    lines = source.model.lines(since=year.first, through=year.last, accounts=sorted(names))
    for line in in_yuan(lines):
        said = dict(line.meta)
        if EVIDENCE in said and (line.fund in timed or GIFT in said):
            yield line


def _notes(
    source: Source, span: Span, told: SpendingAccounts, values: Mapping[str, Money | None]
) -> Iterator[Words]:
    yield from rows_of(source).ratios
    yield sentence(told.note)
    if values[_INCOME] is not None and values[_LATER] is None:
        yield Words(
            "本科目表不记限定的解除，上年总收入未作调整。",
            "This chart enters no release from limits: the income before is not adjusted.",
        )
    if not span.is_year:
        yield Words(f"本年自年初累计至 {span.last}。", f"The year up to {span.last}.")


def _turned(line: VoucherLine) -> VoucherLine:
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund, -line.amount, line.papers
    )
