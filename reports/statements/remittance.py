"""The remittance ledger: by each rule what came, what of it is due, what went, what is left.

Below it the months: what came, what of it is upper units', and the part that stays at the grass
roots. Everything is as of the period's end; what went later stands in later statements, under the
year that it was for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.dues.passing_on import Reckoned, held_before, own_income, reckon, shares_by_month
from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month
from reports.statement import DAY, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.dues.passing_on import Way
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "remittance"
TITLE: Final = Words("经费上缴下拨台账", "Remittance ledger")
_PARTS: Final = {
    "begin": Words("年初未缴", "Brought forward"),
    "received": Words("收到", "Received"),
    "due": Words("应缴", "Due"),
    "remitted": Words("已缴", "Remitted"),
    "outstanding": Words("未缴", "Outstanding"),
    "kept": Words("留基层", "Kept"),
}
_LAST: Final = "outstanding"
_OF_MONTH: Final = ("received", "due", "kept")


_DUE: Final = Words("应缴", "Due")


@dataclass(frozen=True)
class _Figure:
    """One figure: an amount that no voucher makes, and postings that add to it."""

    start: Money | None
    postings: tuple[VoucherLine, ...]
    start_label: Words = _DUE

    @property
    def amount(self) -> Money:
        start = self.start if self.start is not None else Money(0)
        return start + Money(sum(line.amount.fen for line in self.postings))


@dataclass(frozen=True)
class _Row:
    code: str
    label: Words
    figures: dict[str, _Figure]
    share: str = ""
    reckoned: Reckoned | None = None


def build(source: Source, period: Period) -> Statement:
    """Each way of the unit in the year up to the period's end."""
    span = Span.of(period)
    rows = list(_rows(source, span))
    lines = [
        Line("h-ways", Words("上缴与返还", "Upwards and back"), (), level=0, style="heading"),
        *(_line(source, period, row) for row in rows if row.reckoned is not None),
        Line("h-months", Words("逐月留基层比例", "Kept at the grass roots"), (), level=0,
             style="heading"),
        *(_line(source, period, row) for row in rows if row.reckoned is None),
    ]  # fmt: skip
    columns = (
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        Column("share", Words("比例", "Share"), kind=TEXT, share=0.6),
        Column("deadline", Words("期限", "By"), kind=DAY, share=0.8),
    )
    notes = tuple(_notes(rows))
    return make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines), notes=notes,
        label_column=Words("项目", "Item"),
        cells=source.model.cells(since=span.year.first, through=span.last),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What stands behind one figure; Refused for a line or column that is not there.

    What is due stands as the opening figure with its arithmetic: a rule makes it, no voucher.
    """
    ref = figure_ref(source.unit, NAME, period, line, column)
    for row in _rows(source, Span.of(period)):
        figure = row.figures.get(column or _LAST) if row.code == line else None
        if figure is not None:
            part = _PARTS[column or _LAST]
            label = Words(f"{row.label.zh}·{part.zh}", f"{row.label.en}, {part.en}")
            return Backing(
                ref, label, figure.start, figure.postings, figure.amount,
                opening_label=figure.start_label,
            )  # fmt: skip
    raise unknown_ref(ref)


# ---- rows --------------------------------------------------------------------------------------


def _rows(source: Source, span: Span) -> Iterator[_Row]:
    reckoned = [reckon(source.model, way, span.last, span.last) for way in source.ways]
    before = Month(span.last.year - 1, 12)
    for way, one in zip(source.ways, reckoned, strict=True):
        if not way.held and Month.of(source.facts.opened) <= before:
            earlier = reckon(source.model, way, before, span.last)
            this_year = any(line.day.year == span.last.year for line in earlier.remitted)
            if earlier.outstanding or this_year:
                yield _way(source, earlier, f"{_code(way)}.{earlier.year}")
        yield _way(source, one, _code(way))
    own = own_income(source.model, source.own, span.last)
    if source.ways or source.own:
        yield from _months(reckoned, own, span.last)


def _code(way: Way) -> str:
    return way.id.replace("/", ".").replace("@", ".")


def _way(source: Source, one: Reckoned, code: str) -> _Row:
    went = _postings(one.remitted, 1)
    arithmetic = _Figure(one.due, (), one.arithmetic)
    figures = {
        "received": _Figure(None, _postings(one.received, -1)),
        "due": arithmetic,
        "remitted": _Figure(None, went),
        "outstanding": _Figure(one.due, _postings(one.remitted, -1)),
    }
    if one.way.held:
        lines = held_before(source.model, one.way, Month(one.year, 1))
        figures["begin"] = _Figure(None, _postings(lines, -1))
    label = Words(f"{one.way.name.zh} {one.year} 年", f"{one.way.name.en}, {one.year}")
    return _Row(code, label, figures, reckoned=one)


def _months(reckoned: list[Reckoned], own: list[PostedLine], through: Month) -> Iterator[_Row]:
    ways = [one for one in reckoned if not one.way.of_counter]
    for share in shares_by_month(reckoned, own, through):

        def of(lines: Iterable[PostedLine], month: Month = share.month) -> list[PostedLine]:
            return [line for line in lines if Month.of(line.day) == month]

        held = [line for one in ways if one.way.held for line in of(one.received)]
        went = [line for one in ways if not one.way.held for line in of(one.remitted)]
        mine = of(own)
        yield _Row(
            f"m-{share.month}", Words(f"{share.month.month} 月", str(share.month)),
            {
                "received": _Figure(None, (*_postings(mine, -1), *_postings(held, -1))),
                "due": _Figure(None, (*_postings(held, -1), *_postings(went, 1))),
                "kept": _Figure(None, (*_postings(mine, -1), *_postings(went, -1))),
            },
            share.percent,
        )  # fmt: skip


def _postings(lines: Iterable[PostedLine], sign: int) -> tuple[VoucherLine, ...]:
    return tuple(
        VoucherLine(
            line.number, line.day, line.narration, line.account, line.fund,
            line.amount if sign > 0 else -line.amount, line.papers,
        )
        for line in lines
    )  # fmt: skip


def _line(source: Source, period: Period, row: _Row) -> Line:
    cells = tuple(
        row.figures[part].amount if part in row.figures else None for part in _PARTS
    )  # fmt: skip
    ref = figure_ref(source.unit, NAME, period, row.code)
    return Line(
        row.code, row.label, (*cells, row.share, row.reckoned.deadline if row.reckoned else None),
        ref=ref if _LAST in row.figures else "",
        refs={part: f"{ref}/{part}" for part in row.figures if part != _LAST},
    )  # fmt: skip


def _notes(rows: list[_Row]) -> Iterator[Words]:
    yield Words(
        "应缴按规则与收到数计算；已缴为凭证注明所属年度者；月份栏的应缴为归上级的部分。",
        "Due is by rule on what came; remitted are vouchers that name the year; of a month, due is "
        "the upper units' part.",
    )
    if not any(row.reckoned for row in rows):
        yield Words(
            "没有装入规则：没有适用于本单位的上缴规则。",
            "No rule loaded: no remittance applies to this unit.",
        )
    told = set()
    for row in rows:
        one = row.reckoned
        if one is None or one.way.key in told:
            continue
        told.add(one.way.key)
        source = (
            f"{one.way.source}（{one.way.confidence}）" if one.way.confidence else one.way.source
        )
        yield Words(f"{one.way.name.zh}：{one.arithmetic.zh}。{source}",
                    f"{one.way.name.en}: {one.arithmetic.en}. {source}")  # fmt: skip
