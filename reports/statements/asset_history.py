"""The card of one asset and all that happened to it: who kept it where, on whose decision, and the
vouchers by which it came, wore and went.

Of every asset where none is asked for. People stand by their ids, papers by their digests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.assets.called import EVENTS, KINDS, OWNERSHIPS, REQUEST_STATES, SOURCES
from ledger.assets.standing import STATES
from ledger.errors import Words
from ledger.money import Money
from ledger.registry.asset_requests import WAITING, WITHDRAWN
from ledger.registry.assets import GONE
from ledger.rules.assets import METHODS
from reports.statement import DAY, REF, TEXT, Backing, Column, Line, Statement
from reports.statements.asset_register import INTERNAL, rows_of
from reports.statements.asset_rows import (
    CHARGE,
    NO_CARD,
    PARTS,
    WHYS,
    AssetMove,
    AssetRows,
    behind,
)
from reports.statements.figures import Span
from reports.statements.head import (
    figure_ref,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from datetime import date

    from ledger.assets.standing import AssetStanding
    from ledger.period import Period
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import EventRow
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "asset-history"
TITLE: Final = Words("资产卡片与保管沿革", "Card and history of an asset")
_AMOUNT: Final = "amount"
_DIGITS: Final = 12  # of a digest: enough for mingbai show
_COLUMNS: Final = (
    Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
    Column("detail", Words("说明", "What"), kind=TEXT, share=2.0),
    Column("keeper", Words("保管人", "Keeper"), kind=TEXT, share=1.0),
    Column("place", Words("存放地", "Place"), kind=TEXT, share=1.1),
    Column(
        "basis", Words("申请、批准文号、附件", "Request, decision, paper"), kind=TEXT, share=1.3
    ),
    Column("voucher", Words("凭证号", "Voucher"), kind=REF, share=1.0),
    Column(_AMOUNT, Words("金额", "Amount"), primary=True),
)


def build(source: Source, period: Period) -> Statement:
    """The card and the history of each asset up to the period's end, or of the one asked for."""
    rows = rows_of(source)
    lines: list[Line] = []
    codes = [one.row.code for one in rows.stands]
    codes += [one for one in rows.pieces if one not in rows.by_code]
    moves = _moves(rows)
    for code in codes:
        lines += _Card(source, period, rows, code, moves.get(code, [])).lines()
    notes = [] if lines else [Words("没有登记资产。", "No asset was entered.")]
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, _COLUMNS, tuple(lines),
        notes=tuple(notes), label_column=Words("事项", "Event"),
    )  # fmt: skip
    return for_audience(statement, INTERNAL)


def _moves(rows: AssetRows) -> dict[str, list[AssetMove]]:
    found: dict[str, list[AssetMove]] = {}
    for move in rows.moves:
        found.setdefault(move.asset, []).append(move)
    return found


@dataclass(frozen=True)
class _Card:
    source: Source
    period: Period
    rows: AssetRows
    code: str
    moves: list[AssetMove]

    def lines(self) -> Iterator[Line]:
        one = self.rows.by_code.get(self.code)
        name = NO_CARD.zh if one is None else one.row.name
        yield Line(self.code, Words(f"{self.code} {name}", self.code), (), style="heading")
        if one is not None:
            yield from self._facts(one)
        steps = [*self._custody(), *self._requests(), *self._vouchers()]
        # On one day custody is told before the book, as it was entered.
        yield from (line for _, line in sorted(steps, key=lambda step: step[0]))
        for part, words in PARTS.items() if self.moves else ():
            called = Words(f"{self.rows.on} {words.zh}", f"{words.en} on {self.rows.on}")
            fen = self.rows.fen([self.code], part)
            yield self._line(f"{self.code}.{part}", called, fen, style="subtotal")

    # ---- the card ------------------------------------------------------------------------------

    def _facts(self, one: AssetStanding) -> Iterator[Line]:
        row = one.row
        table = self.rows.tables.get(row.regime)
        rule = table.source_of(one.kind) if table is not None and one.kind is not None else ""
        life = "不计提折旧" if row.life_months is None else (
            f"{row.life_months} 个月，{METHODS[row.method].zh}，{row.first} 起"
        )  # fmt: skip
        whose = f"{SOURCES[row.source].zh}，{OWNERSHIPS[row.ownership].zh}，资金 {row.fund}"
        if row.gift:
            whose += f"，捐赠 {row.gift}"
        if row.parent:
            whose += f"，属于 {row.parent}"
        facts = {
            "class": (Words("类别", "Class"), one.class_words.zh),
            "spec": (Words("规格与序号", "Model, serial"), f"{row.spec} {row.serial}".strip()),
            "origin": (Words("来源与权属", "Source, whose"), whose),
            "life": (Words("使用年限", "Life"), life),
            "rule": (Words("依据", "Rule"), rule),
        }  # fmt: skip
        for key, (words, text) in facts.items():
            if text:
                yield self._line(f"{self.code}.{key}", words, detail=text)
        state = STATES[one.state].zh
        if one.overdue_days:
            state += f"，逾期 {one.overdue_days} 天"
        elif one.until and one.state != GONE:
            state += f"，应于 {one.until} 归还"
        yield self._line(
            f"{self.code}.state", Words("现状", "Now"), detail=state, keeper=one.keeper,
            place=one.place, basis=self.rows.decisions.get(self.code, ""), paper=row.photo,
        )  # fmt: skip

    # ---- what happened -------------------------------------------------------------------------

    def _custody(self) -> Iterator[tuple[tuple[date, int, int], Line]]:
        decided = {row.code: row for row in self.rows.requests.get(self.code, ())}
        for one in self.rows.events.get(self.code, ()):
            if self.rows.on is not None and one.day > self.rows.on:
                continue
            line = self._line(
                f"{self.code}.c{one.number}", EVENTS[one.kind], day=one.day,
                detail=_event_detail(one), keeper=one.keeper, place=one.place,
                basis=_basis(decided.get(one.request or ""), one.request or ""), paper=one.paper,
            )  # fmt: skip
            yield (one.day, 1, one.number), line

    def _requests(self) -> Iterator[tuple[tuple[date, int, int], Line]]:
        for number, row in enumerate(self.rows.requests.get(self.code, ()), start=1):
            kind = KINDS[row.kind]
            to = row.to_place or row.to_unit or row.to_party or ""
            line = self._line(
                f"{self.code}.r{number}", Words(f"申请{kind.zh}", f"Request: {kind.en}"),
                day=row.day, detail=_request_detail(row, self.rows.on), keeper=row.to_keeper,
                place=to, basis=_basis(row, row.code),
                paper=row.sign_paper or row.paper,
            )  # fmt: skip
            yield (row.day, 0, number), line

    def _vouchers(self) -> Iterator[tuple[tuple[date, int, int], Line]]:
        for number, move in enumerate(self.moves, start=1):
            posted = move.line
            line = self._line(
                f"{self.code}.v{number}", _step_words(move), posted.amount.fen, day=posted.day,
                detail=posted.narration, voucher=posted.number,
                paper=posted.papers[0] if posted.papers else "",
            )  # fmt: skip
            yield (posted.day, 2, number), line

    def _line(
        self, key: str, words: Words, fen: int | None = None, *, style: str = "line",
        day: date | None = None, detail: str = "", keeper: str = "", place: str = "",
        basis: str = "", voucher: str = "", paper: str = "",
    ) -> Line:  # fmt: skip
        beside = f"{basis} 附件 {paper[:_DIGITS]}".strip() if paper else basis
        texts = [one or None for one in (detail, keeper, place, beside, voucher)]
        cells: tuple[Cell, ...] = (day, *texts, None if fen is None else Money(fen))
        ref = "" if fen is None else figure_ref(self.source.unit, NAME, self.period, key)
        return Line(key, words, cells, ref=ref, style=style, level=0 if style != "line" else 1)


def _step_words(move: AssetMove) -> Words:
    """``出售：原值``: why, and of what."""
    if move.why == CHARGE:
        return Words("计提折旧", "depreciation charged")
    why, part = WHYS[move.why], PARTS[move.part]
    return Words(f"{why.zh}：{part.zh}", f"{why.en}: {part.en.lower()}")


def _event_detail(one: EventRow) -> str:
    back = f"应于 {one.until} 归还" if one.until else ""
    return "，".join(filter(None, (back, one.note, f"登记 {one.user}")))


def _request_detail(row: RequestRow, on: date | None) -> str:
    """How far a request had come by a day, and by whom."""
    said = [REQUEST_STATES[row.state_on(on)].zh, f"申请 {row.maker}"]
    if row.checker and row.state_on(on) not in (WAITING, WITHDRAWN):
        said.append(f"审批 {row.checker}")
        said += [f"接收方审批 {row.other_checker}"] if row.other_checker else []
    if row.signed is not None and (on is None or row.signed <= on):
        said.append(f"签收 {row.signed}")
    return "，".join((*said, *filter(None, (row.reason, row.note))))


def _basis(row: RequestRow | None, code: str) -> str:
    return " ".join(filter(None, (code, row.decision if row is not None else "")))


# ---- what stands behind ------------------------------------------------------------------------


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The posting behind a step, or all that make up what a thing comes to."""
    rows = rows_of(source)
    ref = figure_ref(source.unit, NAME, period, line, column)
    code, _, step = line.partition(".")
    if code not in rows.pieces or column not in ("", _AMOUNT):
        raise unknown_ref(ref)
    if step in PARTS:
        return rows.held(ref, PARTS[step], [code], step)
    if step[:1] == "v" and step[1:].isascii() and step[1:].isdigit() and len(step) < 9:
        number, moves = int(step[1:]), _moves(rows)[code]
        if 1 <= number <= len(moves):
            found = moves[number - 1]
            return behind(ref, _step_words(found), [found.line])
    raise unknown_ref(ref)
