"""The arrival ledger: each allocation with what was promised, released, came, was spent, went back.

Allocations of the period's year, and those of earlier years that still lived in it. In every row:
promised = outstanding + arrived + lapsed, and arrived = spent + returned + held.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from ledger.allocations.standing import STATES, STEPS
from ledger.errors import Words
from ledger.money import Money
from ledger.registry.allocation_moves import ARRIVED
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement
from reports.statements import allocation_parts as parts
from reports.statements.allocation_parts import PARTS, fen_of
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.allocations.standing import Standing
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "arrivals"
TITLE: Final = Words("拨款到账台账", "Arrival ledger")
ALL: Final = "all"
_LAST: Final = ARRIVED


def of_period(source: Source, period: Period) -> list[Standing]:
    """The allocations of the period's year, and earlier ones that still lived in it."""
    year = period.last.year
    return [
        one
        for one in source.allocations
        if one.row.year == year
        or (one.row.year < year and (one.is_alive or _touched(source, one, year)))
        or (one.row.year > year and _touched(source, one, year))
    ]


def _touched(source: Source, one: Standing, year: int) -> bool:
    days = [move.day for move in source.allocation_moves.get(one.row.code, ())]
    days += [event.day for event in one.events]
    return any(day.year == year for day in days)


def build(source: Source, period: Period) -> Statement:
    """Every allocation that lived in the period's year, as of the period's end."""
    found = of_period(source, period)
    lines: list[Line] = []
    years = sorted({one.row.year for one in found})
    for year in years:
        own = [one for one in found if one.row.year == year]
        if len(years) > 1:
            lines.append(Line(f"h-{year}", Words(f"{year} 年批准", f"Of {year}"), (),
                              style="heading"))  # fmt: skip
        lines += [
            _line(source, period, one.row.code, label_of(one), [one], one) for one in own
        ]  # fmt: skip
        if len(years) > 1:
            total = Words(f"{year} 年合计", f"{year}, total")
            lines.append(_line(source, period, f"y{year}", total, own, None, "subtotal"))
    if found:
        lines.append(_line(source, period, ALL, Words("合计", "Total"), found, None, "total"))
    notes = [
        parts.RULE,
        Words(f"迟延天数截至 {period.last}。", f"Days late are as of {period.last}."),
    ]
    if not lines:
        notes = [Words("本年没有登记拨款。", "No allocation of the year was entered.")]
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            *(Column(key, label, primary=key == _LAST) for key, label in PARTS.items()),
            Column("state", Words("状态", "State"), kind=TEXT, share=0.9),
            *(
                Column(f"late-{step}", Words(f"{words.zh}迟延天数", f"Days late, {words.en}"),
                       kind=COUNT, share=0.5)
                for step, words in STEPS.items()
            ),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("拨款", "Allocation"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind what came and went, or the promises behind the rest."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    found = [one for one in of_period(source, period) if line in groups_of(one)]
    if not found or key not in PARTS:
        raise unknown_ref(ref)
    return parts.backing_of(source, ref, PARTS[key], found, key)


def groups_of(one: Standing) -> dict[str, str]:
    """The lines that an allocation is part of: all, its own, by year, giver and state.

    Its own line comes second, then ``y2026``, the giver by a digest of its name, and the state.
    """
    giver = hashlib.sha256(one.row.giver.encode()).hexdigest()[:10]
    return {
        ALL: "all", one.row.code: "code", f"y{one.row.year}": "year", f"g{giver}": "giver",
        f"s-{one.state}": "state",
    }  # fmt: skip


def label_of(one: Standing) -> Words:
    """The document and what it is for; the code and the giver below it."""
    return Words(f"{one.row.document} {one.row.name}", f"{one.row.code} {one.row.giver}")


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    found: Sequence[Standing],
    one: Standing | None,
    style: str = "line",
) -> Line:
    cells = (
        *(Money(sum(fen_of(each, key) for each in found)) for key in PARTS),
        None if one is None else f"{STATES[one.state].zh} {one.state}",
        *(None if one is None else one.days_late[step] for step in STEPS),
    )
    refs = figure_refs(source.unit, NAME, period, code, PARTS, _LAST)
    return Line(
        code, label, cells, ref=figure_ref(source.unit, NAME, period, code), style=style, refs=refs
    )
