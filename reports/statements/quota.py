"""Fiscal quota by year: what was granted, used and left unused, and what came back.

One line per year and fund. Quota that may be drawn and quota to be returned are told apart at both
ends of a year; what was cancelled at its end moves from the one to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.fiscal.quota_standing import (
    CANCELLED,
    GRANTED,
    RESTORED,
    RETURN_USED,
    UNRELEASED,
    USED,
    QuotaYear,
    years_of,
)
from ledger.money import Money
from reports.statement import Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "fiscal-quota"
TITLE: Final = Words("财政用款额度情况表", "Fiscal quota")
_LAST: Final = "unused"
_COLUMNS: Final = {
    "opening": Words("年初额度", "Opening"),
    "granted": Words("本年下达", "Granted"),
    "unreleased": Words("确认未下达", "Not released"),
    "used": Words("本年支用", "Used"),
    "unused": Words("年末未用", "Unused"),
    "cancelled": Words("年末注销", "Cancelled"),
    "restored": Words("本年恢复", "Restored"),
}
#: What each column adds up of the year's moves.
_PARTS: Final = {
    "opening": {},
    "granted": {GRANTED: 1},
    "unreleased": {UNRELEASED: 1},
    "used": {USED: 1, RETURN_USED: 1},
    "unused": {GRANTED: 1, UNRELEASED: 1, USED: -1, RETURN_USED: -1},
    "cancelled": {CANCELLED: 1},
    "restored": {RESTORED: 1},
}
_OF_OPENING: Final = ("opening", "unused")


def build(source: Source, period: Period) -> Statement:
    """Every year up to the period's end, by fund; Refused for a chart without quota."""
    years = _years(source, period)
    lines = []
    for year in dict.fromkeys(one.year for one in years):
        own = [one for one in years if one.year == year]
        label = Words(f"{year} 年", str(year))
        lines.append(Line(f"h-{year}", label, (), style="heading"))
        names = source.model.funds()
        for one in own:
            fund = names.get(one.fund)
            words = Words(
                f"{one.fund} {fund.name if fund else ''}".rstrip(),
                f"{one.fund} {(fund.name_en or fund.name) if fund else ''}".rstrip(),
            )
            lines.append(_line(source, period, f"{year}.{one.fund}", words, [one], "line"))
        total = Words(f"{label.zh}合计", f"{label.en}, total")
        lines.append(_line(source, period, str(year), total, own, "total"))
    none = () if lines else (Words("没有用款额度。", "There is no quota."),)
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        tuple(Column(key, label, primary=key == _LAST) for key, label in _COLUMNS.items()),
        tuple(lines),
        notes=(
            *none,
            Words(
                "年初额度 + 本年下达 + 确认未下达 - 本年支用 = 年末未用（用款额度与应返还额度）。"
                "注销与恢复在二者之间转换，不增减额度。",
                "Opening + granted + not released - used = unused, to be drawn or returned. What "
                "is cancelled or restored moves between the two and changes no sum.",
            ),
        ),
        label_column=Words("年度与资金", "Year and fund"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind a figure, and what stood there when the year began."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    year, _, fund = line.partition(".")
    rows = [one for one in _years(source, period) if str(one.year) == year]
    rows = [one for one in rows if not fund or one.fund == fund]
    if not rows or key not in _COLUMNS:
        raise unknown_ref(ref)
    parts = _PARTS[key]
    postings = tuple(
        VoucherLine(
            move.number, move.day, move.narration, move.account, one.fund,
            Money(parts[move.part] * move.fen), move.papers,
        )
        for one in rows
        for move in one.moves
        if move.part in parts
    )  # fmt: skip
    opening = sum(one.opening + one.opening_return for one in rows)
    begin = Money(opening) if key in _OF_OPENING else None
    return Backing(ref, _COLUMNS[key], begin, postings, Money(sum(_fen(one, key) for one in rows)))


def _years(source: Source, period: Period) -> list[QuotaYear]:
    if source.chart.quota is None:
        raise Refused(
            finding(
                "no-quota",
                f"科目表 {source.chart.id} 没有用款额度科目",
                f"the chart {source.chart.id} has no accounts of fiscal quota",
                "额度只用于县级以上工会与执行政府会计制度的单位",
                "quota is for unions at county level and above and government accounting",
            )
        )
    return years_of(source.model, source.chart, Span.of(period).last)


def _fen(one: QuotaYear, key: str) -> int:
    begin = one.opening + one.opening_return if key in _OF_OPENING else 0
    return begin + sum(sign * one.sum(part) for part, sign in _PARTS[key].items())


def _line(
    source: Source, period: Period, code: str, label: Words, rows: list[QuotaYear], style: str
) -> Line:
    cells = tuple(Money(sum(_fen(one, key) for one in rows)) for key in _COLUMNS)
    ref = figure_ref(source.unit, NAME, period, code)
    refs = figure_refs(source.unit, NAME, period, code, _COLUMNS, _LAST)
    return Line(code, label, cells, ref=ref, style=style, refs=refs, level=int(style == "line"))
