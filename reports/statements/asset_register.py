"""The register of assets as of a period's end, by class; and beside it what the ledger holds.

Cost and depreciation are the book's, place and keeper the card's. What the unit does not own stands
in the memo register, without amounts. The public reads classes alone: how many there are and what
they come to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.assets.called import OWNERSHIPS, SOURCES
from ledger.assets.standing import STATES, WAITING
from ledger.errors import Words
from ledger.money import Money
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement
from reports.statements.asset_rows import (
    ALL,
    COST,
    NO_CARD,
    PARTS,
    TOTAL,
    WORN,
    AssetRows,
    behind,
)
from reports.statements.figures import Figure, Figures, Span
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.assets.standing import AssetStanding
    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "asset-register"
TITLE: Final = Words("固定资产清册", "Register of assets")
INTERNAL: Final = Words("本单位与会员", "the unit and its members")
_LEDGER: Final = "ledger"  # of a line that says what an account holds
_MOST_NAMED: Final = 8
_DETAILS: Final = (
    Column("class", Words("类别", "Class"), kind=TEXT, share=1.1),
    Column("source", Words("来源", "Source"), kind=TEXT, share=0.6),
    Column("ownership", Words("权属", "Whose"), kind=TEXT, share=0.7),
    Column("place", Words("存放地", "Place"), kind=TEXT, share=1.2),
    Column("keeper", Words("保管人", "Keeper"), kind=TEXT, share=1.1),
    Column("life", Words("使用月数", "Life, months"), kind=COUNT, share=0.6),
)
_COUNT: Final = Column("count", Words("数量", "Number"), kind=COUNT, share=0.6)
_MONEY: Final = tuple(Column(key, label, primary=key == COST) for key, label in PARTS.items())
_ENDS: Final = (
    Column("state", Words("状态", "State"), kind=TEXT, share=0.7),
    Column("decision", Words("变动批准文号", "Decision"), kind=TEXT, share=1.2),
)


def build(source: Source, period: Period) -> Statement:
    """Every asset that is there, by class, and the memo register; Refused before the book."""
    return _built(source, period, whole=True)


def build_public(source: Source, period: Period) -> Statement:
    """The same as the public reads it: classes alone."""
    return _built(source, period, whole=False)


def _built(source: Source, period: Period, *, whole: bool) -> Statement:
    page = _Page(source, period, rows_of(source), whole)
    lines = [*page.classes(), *page.memo(), *page.ledger()]
    columns = (*_DETAILS, *_MONEY, *_ENDS) if whole else (_COUNT, *_MONEY)
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=tuple(page.notes()), alarms=tuple(page.alarms()),
        label_column=Words("名称", "Name") if whole else Words("类别", "Class"), coded=whole,
    )  # fmt: skip
    return for_audience(statement, INTERNAL if whole else PUBLIC)


def rows_of(source: Source) -> AssetRows:
    """The unit's things; ValueError where the source was gathered without them."""
    if source.assets is None:
        raise ValueError("a statement of assets is built from the registry's cards")
    return source.assets


@dataclass(frozen=True)
class _Page:
    source: Source
    period: Period
    rows: AssetRows
    whole: bool

    # ---- lines ---------------------------------------------------------------------------------

    def classes(self) -> Iterator[Line]:
        rows = self.rows
        for id, words in rows.classes.items():
            there = rows.standing(id)
            if not there:
                continue
            if self.whole:
                yield from (self._asset(asset, words) for asset in there)
            label = Words(f"{words.zh}小计", f"Subtotal, {words.en}") if self.whole else words
            yield self._sum(id, label, there, "subtotal" if self.whole else "line")
        there = rows.standing(TOTAL)
        if there:
            yield self._sum(TOTAL, ALL, there, "total")

    def _asset(self, asset: str, words: Words) -> Line:
        found = self.rows.by_code.get(asset)
        label = NO_CARD if found is None else Words(found.row.name, found.row.name)
        return self._line(asset, label, [asset], self._card(found, words), "line")

    def _card(self, found: AssetStanding | None, words: Words) -> tuple[list[Cell], list[Cell]]:
        """What a line says before the money, and after it."""
        if found is None:
            return [words.zh, None, None, None, None, None], [None, None]
        row, state = found.row, STATES[found.state].zh
        if found.overdue_days:
            state = f"{state}，逾期{found.overdue_days}天"
        return (
            [words.zh, SOURCES[row.source].zh, OWNERSHIPS[row.ownership].zh, found.place or None,
             found.keeper or None, row.life_months],
            [state, self.rows.decisions.get(row.code)],
        )  # fmt: skip

    def _sum(self, key: str, label: Words, there: list[str], style: str) -> Line:
        if not self.whole:
            return self._line(key, label, there, ([len(there)], []), style)
        count: list[Cell] = [f"{len(there)} 项", None, None, None, None, None]
        return self._line(key, label, there, (count, [None, None]), style)

    def _line(
        self, key: str, label: Words, assets: list[str], beside: tuple[list[Cell], list[Cell]],
        style: str,
    ) -> Line:  # fmt: skip
        unit, period = self.source.unit, self.period
        money = [Money(self.rows.fen(assets, part)) for part in PARTS]
        return Line(
            key, label, (*beside[0], *money, *beside[1]), style=style,
            level=1 if self.whole and style == "line" else 0,
            ref=figure_ref(unit, NAME, period, key),
            refs=figure_refs(unit, NAME, period, key, PARTS, COST),
        )  # fmt: skip

    def memo(self) -> Iterator[Line]:
        """What the unit does not own: no amounts."""
        memo = self.rows.memo
        if not memo:
            return
        words = Words(
            "备查登记（非本单位资产，不计金额）", "Memo register: not the unit's, no amounts"
        )
        if not self.whole:
            yield Line("memo", words, (len(memo), None, None, None))
            return
        yield Line("memo", words, (), style="heading")
        for one in memo:
            before, after = self._card(one, one.class_words)
            cells = (*before, None, None, None, *after)
            yield Line(one.row.code, Words(one.row.name, one.row.name), cells, level=1)

    def ledger(self) -> Iterator[Line]:
        """What each account of things holds by the ledger, beside the register's sums."""
        held = {name: fen for name, fen in self.rows.ledger.items() if fen}
        if not held and not self.rows.standing(TOTAL):
            return
        before: tuple[Cell, ...] = (None,) * (6 if self.whole else 1)
        after: tuple[Cell, ...] = (None,) * (2 if self.whole else 0)
        words = Words("与总账核对", "Beside the ledger")
        yield Line(_LEDGER, words, (), style="heading")
        figures = Figures(self.source)
        for name in held:
            key = f"{_LEDGER}.{account_code(name)}"
            part = part_of(self.rows, name)
            value = figures.value(ledger_figure(self.rows, name, self.period))
            cells = (value, None, None) if part == COST else (None, value, None)
            ref = figure_ref(self.source.unit, NAME, self.period, key)
            yield Line(
                key, Words(account_label(name), name), (*before, *cells, *after),
                ref=ref if part == COST else "", level=1,
                refs={} if part == COST else {
                    WORN: figure_ref(self.source.unit, NAME, self.period, key, WORN)
                },
            )  # fmt: skip

    # ---- words ---------------------------------------------------------------------------------

    def alarms(self) -> Iterator[Words]:
        """Where the register and the ledger differ."""
        yield from differences(self.rows)

    def notes(self) -> Iterator[Words]:
        rows = self.rows
        there = rows.standing(TOTAL)
        if not there and not rows.memo:
            yield Words("没有登记资产。", "No asset was entered.")
            return
        if there and not any(True for _ in differences(rows)):
            yield Words(
                "登记册各类合计与总账各科目余额相符。",
                "The register's totals agree with the ledger, by class and by account.",
            )
        waiting = [one.row.code for one in rows.stands if one.state == WAITING]
        if waiting and self.whole:
            named = _named(waiting)
            yield Words(
                f"{len(waiting)} 项已建卡、尚未入账，不在合计内：{named}。",
                f"{len(waiting)} have a card and are not in the book yet; no total holds them: "
                f"{named}.",
            )
        if self.whole:
            yield Words(
                "保管人以代号列示；每个数用 mingbai show 单位/asset-register/期间/编号/栏 打开。",
                "Keepers stand by their ids; mingbai show UNIT/asset-register/PERIOD/CODE/COLUMN "
                "opens each figure.",
            )


def _named(codes: list[str]) -> str:
    more = f" 等 {len(codes)} 项" if len(codes) > _MOST_NAMED else ""
    return f"{' '.join(codes[:_MOST_NAMED])}{more}"


# ---- register and ledger -----------------------------------------------------------------------


def part_of(rows: AssetRows, account: str) -> str:
    """Whether an account of things keeps their cost, or what was depreciated of them."""
    return COST if account in rows.costs else WORN


def ledger_figure(rows: AssetRows, account: str, period: Period) -> Figure:
    sign = 1 if part_of(rows, account) == COST else -1
    return Figure({account: sign}, "end", Span.of(period))


def differences(rows: AssetRows) -> Iterator[Words]:
    """What cards say beside the book by class, and what the book says beside accounts."""
    for id, words in rows.classes.items():
        there = rows.standing(id)
        said = sum(card.cost_fen for one in there if (card := rows.card(one)) is not None)
        book = rows.fen(there, COST)
        if said != book:
            yield Words(
                f"不符：{words.zh} 卡片原值合计 {Money(said).grouped}，账簿 {Money(book).grouped}，"
                f"相差 {Money(book - said).grouped}。",
                f"Differs: {words.en or id}, cards say {Money(said).grouped}, the book "
                f"{Money(book).grouped}.",
            )
    sums: dict[str, int] = {}
    for move in rows.moves:
        if rows.pieces[move.asset] <= 0:
            continue  # nothing of it may be left on any account
        name = move.line.account
        fen = move.line.amount.fen if move.part == COST else -move.line.amount.fen
        sums[name] = sums.get(name, 0) + fen
    for name, fen in rows.ledger.items():
        if fen != sums.get(name, 0):
            have = Money(sums.get(name, 0)).grouped
            yield Words(
                f"不符：{account_label(name)} 总账余额 {Money(fen).grouped}，登记册 {have}，"
                f"相差 {Money(fen - sums.get(name, 0)).grouped}。",
                f"Differs: {name}, the ledger holds {Money(fen).grouped}, the register {have}.",
            )


# ---- what stands behind ------------------------------------------------------------------------


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind a thing's, a class's or an account's figure."""
    rows, part = rows_of(source), column or COST
    ref = figure_ref(source.unit, NAME, period, line, column)
    if line.startswith(f"{_LEDGER}."):
        return _of_account(source, rows, period, ref, line, part)
    there = rows.standing(line)
    if part not in PARTS or not there:
        raise unknown_ref(ref)
    words = PARTS[part]
    label = Words(f"{words.zh} {_called(rows, line)}", words.en)
    return rows.held(ref, label, there, part)


def backing_whole(source: Source, period: Period, line: str, column: str) -> Backing:
    """:func:`backing` of a class with every posting since its first, and no opening figure."""
    rows, part = rows_of(source), column or COST
    there = rows.standing(line)
    if part not in PARTS or not there:
        raise unknown_ref(figure_ref(source.unit, NAME, period, line, column))
    ref = figure_ref(source.unit, NAME, period, line, column)
    return behind(ref, PARTS[part], rows.lines(there, part))


def _called(rows: AssetRows, line: str) -> str:
    found = rows.by_code.get(line)
    if found is not None:
        return f"{line} {found.row.name}"
    return ALL.zh if line == TOTAL else rows.classes.get(line, Words(line, line)).zh


def _of_account(
    source: Source, rows: AssetRows, period: Period, ref: str, line: str, part: str
) -> Backing:
    for name in rows.ledger:
        if line == f"{_LEDGER}.{account_code(name)}" and part == part_of(rows, name):
            figure = ledger_figure(rows, name, period)
            label = Words(account_label(name), name)
            return Figures(source).backing(figure, ref, label)
    raise unknown_ref(ref)
