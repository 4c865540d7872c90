"""The state's assets of a union at county level or above, by the rule's form; and by whose they are
what came and what went of fixed and intangible assets.

Whose a thing is stands on its card. Money, stock and building work count where the book keeps a
detail for the state's, as the rule asks; nothing is divided by guess.

Source: 《工会会计制度》财会〔2021〕7号, appendix 1, parts 4 and 5 (四).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.account import component_code
from ledger.assets.called import OWNERSHIPS
from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Refused, Words, finding
from ledger.money import Money
from ledger.registry.assets import STATE
from ledger.rules.assets import INTANGIBLE
from reports.statement import Backing, Column, Line, Statement, VoucherLine
from reports.statements.asset_register import INTERNAL, rows_of
from reports.statements.asset_rows import (
    ADDED,
    AT_BEGIN,
    AT_END,
    COST,
    LEFT,
    NO_CARD,
    PARTS,
    TOTAL,
    UNCARDED,
    WORN,
    AssetRows,
)
from reports.statements.figures import BOTH, CREDITS, DEBITS, Figure, Figures, Span
from reports.statements.head import (
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "state-owned"
TITLE: Final = Words("国有资产情况表", "Assets of the state")
FORM: Final = "工会附02表"
#: The chart whose rule has the form.
CHART: Final = "union-2021-county"
_DETAIL: Final = "国有资产"  # what the rule calls the detail of an account
_CELLS: Final = {
    AT_BEGIN: Words("年初余额", "Beginning of year"),
    ADDED: Words("本年增加", "Added"),
    LEFT: Words("本年减少", "Taken off"),
    AT_END: Words("年末余额", "End of year"),
}
#: Whose things may be; of what has no card nobody said.
OWNERS: Final[Mapping[str, Words]] = {**OWNERSHIPS, UNCARDED: NO_CARD}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the form: accounts by code that keep the state's part, or things, or a sum.

    ``whole``: all of an account is the state's. ``sums`` are signed lines that make it up.
    """

    code: str
    label: Words
    codes: tuple[str, ...] = ()
    whole: bool = False
    thing: tuple[str, bool] | None = None  # its part, and whether it is intangible
    sums: tuple[tuple[int, str], ...] = ()
    level: int = 1
    style: str = "line"


_ROWS: Final = (
    _Row("1", Words("货币资金", "Money"), ("101", "102")),
    _Row("2", Words("财政应返还额度", "Fiscal quota to be returned"), ("121",), whole=True),
    _Row("3", Words("库存物品", "Inventories"), ("141",)),
    _Row("4", Words("流动资产合计", "Current assets"), sums=((1, "1"), (1, "2"), (1, "3")),
         level=0, style="subtotal"),
    _Row("5", Words("在建工程", "Construction in progress"), ("161",)),
    _Row("6", Words("固定资产原值", "Fixed assets at cost"), thing=(COST, False)),
    _Row("7", Words("减：累计折旧", "Less: depreciation"), thing=(WORN, False), level=2),
    _Row("8", Words("固定资产净值", "Fixed assets, net"), sums=((1, "6"), (-1, "7"))),
    _Row("9", Words("无形资产原值", "Intangible assets at cost"), thing=(COST, True)),
    _Row("10", Words("减：累计摊销", "Less: amortisation"), thing=(WORN, True), level=2),
    _Row("11", Words("无形资产净值", "Intangible assets, net"), sums=((1, "9"), (-1, "10"))),
    _Row("12", Words("长期待摊费用", "Long-term deferred expenses"), ("181",)),
    _Row("13", Words("非流动资产合计", "Non-current assets"),
         sums=((1, "5"), (1, "8"), (1, "11"), (1, "12")), level=0, style="subtotal"),
    _Row("14", Words("资产总计", "Total assets"), sums=((1, "4"), (1, "13")), level=0,
         style="total"),
)  # fmt: skip
_OF: Final = {row.code: row for row in _ROWS}


def build(source: Source, period: Period) -> Statement:
    """The year up to the period's end; Refused on a chart whose rule has no such form."""
    page = _page(source, period)
    lines = [*map(page.line, _ROWS), *page.whose()]
    columns = tuple(Column(key, label, primary=key == AT_END) for key, label in _CELLS.items())
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines), form=FORM,
        notes=tuple(page.notes()), label_column=Words("项目", "Item"),
    )  # fmt: skip
    return for_audience(statement, INTERNAL)


def _page(source: Source, period: Period) -> _Page:
    if source.chart.id != CHART:
        raise Refused(
            finding(
                "no-form", f"科目表 {source.chart.id} 没有国有资产情况表",
                f"the chart {source.chart.id} has no statement of the state's assets",
                "县级以上工会按年度编制；各单位的资产见 asset-register、asset-changes",
                "unions at county level and above draw it up; see asset-register, asset-changes",
            )
        )  # fmt: skip
    return _Page(source, period, rows_of(source), Figures(source))


@dataclass(frozen=True)
class _Page:
    source: Source
    period: Period
    rows: AssetRows
    figures: Figures

    # ---- figures -------------------------------------------------------------------------------

    @cached_property
    def _things(self) -> dict[tuple[str, bool], list[str]]:
        """The things of each owner, intangible ones apart; without a card they are nobody's."""
        found: dict[tuple[str, bool], list[str]] = {}
        for asset in self.rows.members(TOTAL):
            standing = self.rows.by_code.get(asset)
            whose = UNCARDED if standing is None else standing.row.ownership
            group = standing is not None and standing.group == INTANGIBLE
            found.setdefault((whose, group), []).append(asset)
        return found

    def things(self, whose: str) -> list[str]:
        return [one for key, of in self._things.items() if key[0] == whose for one in of]

    def _accounts(self, row: _Row) -> dict[str, int]:
        """The accounts that keep a line's part of the state."""
        return {
            name: 1
            for name in self.figures.accounts
            if _top(name) in row.codes and (row.whole or _is_detail(name))
        }

    def fen(self, row: _Row, when: str) -> int | None:
        """A cell in fen; None where the book keeps no detail for it."""
        if row.sums:
            return sum(sign * (self.fen(_OF[code], when) or 0) for sign, code in row.sums)
        if row.thing is not None:
            part, intangible = row.thing
            return self.rows.at(self._things.get((STATE, intangible), []), part, when)
        signs = self._accounts(row)
        if not signs and not row.whole:
            return None
        fen = self.figures.value(self._figure(signs, when)).fen
        return -fen if when == LEFT else fen

    def _figure(self, signs: dict[str, int], when: str) -> Figure:
        at = {AT_BEGIN: BEGIN, AT_END: END}.get(when, MOVED)
        side = {ADDED: DEBITS, LEFT: CREDITS}.get(when, BOTH)
        return Figure(signs, at, Span.of(self.period).year, side=side)

    def behind(self, ref: str, row: _Row, when: str) -> Backing:
        """The postings behind a cell; those of its parts together where it is a sum."""
        label = Words(f"{row.label.zh} {_CELLS[when].zh}", f"{row.label.en}, {_CELLS[when].en}")
        if row.sums:
            parts = [
                _signed(self.behind(ref, _OF[code], when), sign)
                for sign, code in row.sums
                if self.fen(_OF[code], when) is not None
            ]
            return _together(ref, label, parts)
        if row.thing is not None:
            part, intangible = row.thing
            return self.rows.behind_at(
                ref, label, self._things.get((STATE, intangible), []), part, when
            )
        figure = self._figure(self._accounts(row), when)
        found = self.figures.backing(figure, ref, label)
        return _signed(found, -1) if when == LEFT else found

    # ---- lines ---------------------------------------------------------------------------------

    def line(self, row: _Row) -> Line:
        cells = {when: self.fen(row, when) for when in _CELLS}
        return self._line(row.code, row.label, cells, row.level, row.style)

    def _line(
        self, code: str, label: Words, cells: dict[str, int | None], level: int, style: str
    ) -> Line:
        known = [when for when, fen in cells.items() if fen is not None]
        money: tuple[Cell, ...] = tuple(
            None if fen is None else Money(fen) for fen in cells.values()
        )
        unit, period = self.source.unit, self.period
        return Line(
            code, label, money, level=level, style=style,
            ref=figure_ref(unit, NAME, period, code) if known else "",
            refs=figure_refs(unit, NAME, period, code, known, AT_END),
        )  # fmt: skip

    def whose(self) -> Iterator[Line]:
        """Fixed and intangible assets by whose they are."""
        of = {whose: things for whose in OWNERS if (things := self.things(whose))}
        if of:
            words = Words(
                "附：固定资产与无形资产（按权属）", "Fixed and intangible assets by owner"
            )
            yield Line("whose", words, (), style="heading")
        for whose, things in of.items():
            words = OWNERS[whose]
            for part, called in PARTS.items():
                cells: dict[str, int | None] = {
                    when: self.rows.at(things, part, when) for when in _CELLS
                }
                label = Words(f"{words.zh} {called.zh}", f"{words.en}, {called.en}")
                yield self._line(f"{whose}.{part}", label, cells, 1, "line")

    def notes(self) -> Iterator[Words]:
        yield Words(
            "表式为年初、年末余额；本年增加、减少为补充栏。固定资产、无形资产的权属以卡片登记为准。",
            "The form has the beginning and the end of the year; what was added and taken off is "
            "ours. Whose a fixed or intangible asset is stands on its card.",
        )
        lacking = [row.label for row in _ROWS if row.codes and self.fen(row, AT_END) is None]
        if lacking:
            named = "、".join(one.zh for one in lacking)
            yield Words(
                f"账簿未在下列科目设“{_DETAIL}”明细，该行空列：{named}。",
                "The book keeps no detail for the state's part of these, and they stay blank: "
                f"{', '.join(one.en for one in lacking)}.",
            )


def _top(name: str) -> str:
    root, _, rest = name.partition(":")
    return component_code(rest.partition(":")[0]) if root == "Assets" else ""


def _is_detail(name: str) -> bool:
    """Whether an account is below a detail that the rule calls the state's."""
    return any(part.partition("-")[2] == _DETAIL for part in name.split(":")[2:])


def _signed(found: Backing, sign: int) -> Backing:
    if sign > 0:
        return found
    return replace(
        found, opening=None if found.opening is None else -found.opening,
        closing=None if found.closing is None else -found.closing,
        postings=tuple(replace(one, amount=-one.amount) for one in found.postings),
    )  # fmt: skip


def _together(ref: str, label: Words, parts: Collection[Backing]) -> Backing:
    openings = [one.opening for one in parts if one.opening is not None]
    postings: list[VoucherLine] = [line for one in parts for line in one.postings]
    opening = Money(sum(one.fen for one in openings)) if openings else None
    whole = sum(line.amount.fen for line in postings) + (opening.fen if opening else 0)
    return Backing(ref, label, opening, tuple(postings), Money(whole))


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What stands behind a line of the form, or an owner's part of things."""
    page, when = _page(source, period), column or AT_END
    ref = figure_ref(source.unit, NAME, period, line, column)
    if when not in _CELLS:
        raise unknown_ref(ref)
    row = _OF.get(line)
    if row is not None and page.fen(row, when) is not None:
        return page.behind(ref, row, when)
    whose, _, part = line.partition(".")
    things = page.things(whose) if whose in OWNERS else []
    if not things or part not in PARTS:
        raise unknown_ref(ref)
    label = Words(f"{OWNERS[whose].zh} {PARTS[part].zh}", f"{OWNERS[whose].en}, {PARTS[part].en}")
    return page.rows.behind_at(ref, label, things, part, when)
