"""Depreciation: what each asset wore before a period, was charged in it, and wears from here on.

A year stands beside the plan of the twelve months that follow the last one with vouchers. The rule
behind each life is named; what is not charged yet is said in red.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.rules.assets import ADDITION, METHODS, UNITS
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.asset_register import INTERNAL, differences, rows_of
from reports.statements.asset_rows import (
    ALL,
    CHARGE,
    COST,
    NET,
    NO_CARD,
    TOTAL,
    WHYS,
    WORN,
    AssetRows,
    behind,
)
from reports.statements.figures import Span
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.rules.assets import AssetTable
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "depreciation"
TITLE: Final = Words("折旧计提表", "Depreciation")
_COST, _BEGIN, _CHARGE, _MOVED, _END, _NET, _PLAN = (
    "cost", "begin", "charge", "moved", "end", "net", "plan",
)  # fmt: skip
_CELLS: Final = {
    _COST: Words("原值", "Cost"),
    _BEGIN: Words("期初累计", "Opening"),
    _CHARGE: Words("本期计提", "Charged"),
    _MOVED: Words("转入转出", "Came, went"),
    _END: Words("期末累计", "Closing"),
    _NET: Words("净值", "Net value"),
}
_PLANNED: Final = Words("其后十二个月计划", "Plan, twelve months")
_OTHERS: Final = frozenset(WHYS) - {CHARGE}


def build(source: Source, period: Period) -> Statement:
    """Every asset that wears or wore, by class, and all of them; Refused before the book."""
    return _built(source, period, whole=True)


def build_public(source: Source, period: Period) -> Statement:
    """The same by classes alone."""
    return _built(source, period, whole=False)


def _built(source: Source, period: Period, *, whole: bool) -> Statement:
    page = _Page(source, period, rows_of(source), whole)
    lines = tuple(page.lines())
    terms = (
        Column("life", Words("使用月数", "Life, months"), kind=COUNT, share=0.6),
        Column("method", Words("方法", "Method"), kind=TEXT, share=0.8),
    )
    columns = [Column(key, label, primary=key == _CHARGE) for key, label in _CELLS.items()]
    if page.planned:
        columns.append(Column(_PLAN, _PLANNED))
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, (*(terms if whole else ()), *columns), lines,
        notes=tuple(page.notes(lines)), alarms=tuple(page.alarms()),
        label_column=Words("名称", "Name") if whole else Words("类别", "Class"), coded=whole,
    )  # fmt: skip
    return for_audience(statement, INTERNAL if whole else PUBLIC)


@dataclass(frozen=True)
class _Page:
    source: Source
    period: Period
    rows: AssetRows
    whole: bool

    @property
    def planned(self) -> bool:
        return is_planned(self.period)

    def lines(self) -> Iterator[Line]:
        rows = self.rows
        for id, words in rows.classes.items():
            members = [one for one in rows.members(id) if wears(rows, one)]
            if not members:
                continue
            if self.whole:
                yield from (self._asset(one) for one in members)
            label = Words(f"{words.zh}小计", f"Subtotal, {words.en}") if self.whole else words
            yield self._line(id, label, members, "subtotal" if self.whole else "line")
        members = [one for one in rows.members(TOTAL) if wears(rows, one)]
        if members:
            yield self._line(TOTAL, ALL, members, "total")

    def _asset(self, asset: str) -> Line:
        card = self.rows.card(asset)
        label = NO_CARD if card is None else Words(card.name, card.name)
        terms: list[Cell] = [None, None]
        if card is not None and card.life_months is not None:
            terms = [card.life_months, METHODS[card.method].zh]
        return self._line(asset, label, [asset], "line", terms)

    def _line(
        self, key: str, label: Words, members: list[str], style: str,
        terms: list[Cell] | None = None,
    ) -> Line:  # fmt: skip
        cells: dict[str, int | None] = {one: fen_of(self.rows, members, one) for one in _CELLS}
        if self.planned:
            cells[_PLAN] = fen_of(self.rows, members, _PLAN)
        money = [None if fen is None else Money(fen) for fen in cells.values()]
        beside = (terms or [None, None]) if self.whole else []
        known = [one for one, fen in cells.items() if fen is not None]
        unit, period = self.source.unit, self.period
        return Line(
            key, label, (*beside, *money), style=style,
            level=1 if self.whole and style == "line" else 0,
            ref=figure_ref(unit, NAME, period, key),
            refs=figure_refs(unit, NAME, period, key, known, _CHARGE),
        )  # fmt: skip

    def alarms(self) -> Iterator[Words]:
        yield from differences(self.rows)
        due, reached = self.rows.due, self.rows.reached
        if due:
            whole = Money(sum(due.values())).grouped
            yield Words(
                f"截至 {reached} 有 {len(due)} 项资产的折旧 {whole} 应提未提。",
                f"{len(due)} assets are not charged up to {reached}: {whole}.",
            )

    def notes(self, lines: Collection[Line]) -> Iterator[Words]:
        if not lines:
            yield Words("没有计提折旧的资产。", "No asset wears.")
            return
        yield from map(rule_of, self.rows.tables.values())
        if self.planned and self.rows.plans:
            months = next(iter(self.rows.plans.values())).months
            first, last = months[0][0], months[-1][0]
            yield Words(
                f"计划为 {first} 至 {last} 按现行卡片与估计应提的数；"
                "期初、计提、转入转出之和为期末。",
                f"The plan is what {first} to {last} are to be charged with by cards and estimates "
                "as they stand; opening, charged and what came or went make closing.",
            )
        cards = map(self.rows.card, self.rows.standing(TOTAL))
        if any(one is not None and one.method == UNITS for one in cards):
            yield Words(
                "工作量法的资产按实际使用计提，没有计划数。",
                "What wears by its use is charged as it is used and has no plan.",
            )


def is_planned(period: Period) -> bool:
    """Whether a plan stands beside the period: only beside a year."""
    return Span.of(period).is_year


def wears(rows: AssetRows, asset: str) -> bool:
    """Whether a thing had worn before the period, wore in it, or is there and is to wear."""
    if rows.fen([asset], WORN, early=True) or rows.moved(asset, WORN):
        return True
    card = rows.card(asset)
    return rows.pieces[asset] > 0 and card is not None and card.life_months is not None


def fen_of(rows: AssetRows, assets: Iterable[str], key: str) -> int | None:
    """A cell of some things, in fen; None where none of them has a plan."""
    found = list(assets)
    if key == _PLAN:
        plans = [rows.plans[one].fen for one in found if one in rows.plans]
        return sum(plans) if plans else None
    if key in (_COST, _NET):
        return rows.fen(found, COST if key == _COST else NET)
    if key == _BEGIN:
        return rows.fen(found, WORN, early=True)
    if key == _END:
        return rows.fen(found, WORN)
    return rows.fen(found, WORN, early=False, whys=_whys(key))


def _whys(key: str) -> Collection[str]:
    return (CHARGE,) if key == _CHARGE else _OTHERS


def rule_of(table: AssetTable) -> Words:
    """The rule by which cards were made: its name, document, and when charging begins."""
    head = table.head
    term = table.term("timing")
    source = head.cite(term.article if term is not None else "")
    if table.starts == ADDITION:
        when = Words("当月增加当月计提、当月减少当月不提", "charged from the month of addition on")
    else:
        when = Words(
            "当月增加次月计提、当月减少当月照提", "charged from the month after addition on"
        )
    return Words(
        f"折旧规则：{head.name.zh} {head.version}（{source}），{when.zh}。",
        f"Rule: {head.name.en or head.id} {head.version} ({source}), {when.en}.",
    )


# ---- what stands behind ------------------------------------------------------------------------


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind a cell; behind a plan its months, or the things that it is of."""
    rows, key = rows_of(source), column or _CHARGE
    ref = figure_ref(source.unit, NAME, period, line, column)
    members = [one for one in rows.members(line) if wears(rows, one)]
    if not members:
        raise unknown_ref(ref)
    if key == _PLAN and is_planned(period) and fen_of(rows, members, key) is not None:
        return behind(ref, _PLANNED, _planned(rows, members))
    if key not in _CELLS:
        raise unknown_ref(ref)
    label = _CELLS[key]
    if key in (_COST, _NET, _END):
        part = {_COST: COST, _NET: NET, _END: WORN}[key]
        return rows.held(ref, label, members, part)
    if key == _BEGIN:
        return behind(ref, label, rows.lines(members, WORN, early=True))
    return behind(ref, label, rows.lines(members, WORN, early=False, whys=_whys(key)))


def _planned(rows: AssetRows, members: Collection[str]) -> Iterator[VoucherLine]:
    """The months of one thing's plan, or of several what each comes to."""
    for asset in members:
        card = rows.card(asset)
        if asset not in rows.plans or card is None:
            continue
        plan = rows.plans[asset]
        months = plan.months if len(members) == 1 else [(plan.months[-1][0], plan.fen)]
        for month, fen in months:
            day = month.next().first - timedelta(days=1)
            words = (
                f"{card.name} 计划至 {month}" if len(members) > 1 else f"{card.name} {month} 计划"
            )
            yield VoucherLine(asset, day, words, "", card.fund, Money(fen))
