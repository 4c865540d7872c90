"""What is unspent of special allocations, by the year for which they were promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.registry.allocation_moves import RETURNED
from ledger.registry.allocations import SPECIAL
from reports.statement import COUNT, Backing, Column, Line, Statement
from reports.statements import allocation_parts as parts
from reports.statements.allocation_parts import (
    HELD,
    PARTS,
    RELEASED,
    fen_of,
)
from reports.statements.arrivals import label_of
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.allocations.standing import Standing
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "special-unspent"
TITLE: Final = Words("专项拨款结转结余", "Special allocations unspent")
#: Special money goes up to who gave it: 上缴.
_PARTS: Final = {key: words for key, words in PARTS.items() if key != RELEASED} | {
    RETURNED: Words("上缴", "Returned")
}
_LAST: Final = HELD


def build(source: Source, period: Period) -> Statement:
    """Each year's special allocations as of the period's end; those with something left singly."""
    found = _special(source, period)
    lines: list[Line] = []
    for year in sorted({one.row.year for one in found}):
        own = [one for one in found if one.row.year == year]
        label = Words(f"{year} 年", f"Of {year}")
        age = period.last.year - year
        lines.append(_line(source, period, f"y{year}", label, own, age, "subtotal"))
        lines += [
            _line(source, period, one.row.code, label_of(one), [one], None)
            for one in own
            if one.is_alive
        ]
    if found:
        lines.append(_line(source, period, "all", Words("合计", "Total"), found, None, "total"))
    notes = [parts.RULE]
    if not lines:
        notes = [Words("没有专项拨款。", "There is no special allocation.")]
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
            Column("age", Words("结转年数", "Years since"), kind=COUNT, share=0.6),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("年度与拨款", "Year and allocation"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind what came and went, or the promises behind the rest."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    found = [
        one for one in _special(source, period)
        if line in ("all", one.row.code, f"y{one.row.year}")
    ]  # fmt: skip
    if not found or key not in _PARTS:
        raise unknown_ref(ref)
    return parts.backing_of(source, ref, _PARTS[key], found, key)


def _special(source: Source, period: Period) -> list[Standing]:
    return [
        one for one in source.allocations
        if one.row.nature == SPECIAL and one.row.year <= period.last.year
    ]  # fmt: skip


def _line(
    source: Source, period: Period, code: str, label: Words, found: Sequence[Standing],
    age: int | None, style: str = "line",
) -> Line:  # fmt: skip
    cells = (*(Money(sum(fen_of(one, key) for one in found)) for key in _PARTS), age)
    refs = figure_refs(source.unit, NAME, period, code, _PARTS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, cells, ref=ref, style=style, refs=refs, level=int(style == "line"))
