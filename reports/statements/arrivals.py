"""The arrival ledger: each allocation with what was promised, released, came, was spent, went back.

What was promised, released or lapsed opens to the document; what came, was spent and went back to
vouchers. In every row: promised = outstanding + arrived + lapsed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.allocations.standing import Standing
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "arrivals"
TITLE: Final = Words("拨款到账台账", "Arrival ledger")
ALL: Final = "all"
_PARTS: Final = {
    "approved": Words("批准", "Approved"),
    "released": Words("下达", "Released"),
    "arrived": Words("到账", "Arrived"),
    "spent": Words("支出", "Spent"),
    "returned": Words("退回", "Returned"),
    "lapsed": Words("失效", "Lapsed"),
    "held": Words("结存", "Held"),
}
_LAST: Final = "arrived"


def build(source: Source, period: Period) -> Statement:
    """Every allocation of the period's year, as of the period's end."""
    lines = [
        _line(source, period, one.row.code, _label(one), [one], one.state, _late(one))
        for one in source.allocations
    ]
    if lines:
        total = Words("合计", "Total")
        lines.append(_line(source, period, ALL, total, source.allocations, None, None, "total"))
    notes = []
    if not lines:
        notes.append(Words("本年没有登记拨款。", "No allocation of the year was entered."))
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
            Column("state", Words("状态", "State"), kind=TEXT, share=0.8),
            Column("late", Words("迟延天数", "Days late"), kind=TEXT, share=0.9),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("拨款", "Allocation"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind what came and went, or the promise behind the rest."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    found = [one for one in source.allocations if line in (ALL, one.row.code)]
    if not found or key not in _PARTS:
        raise unknown_ref(ref)
    parts: list[VoucherLine] = []
    for one in found:
        if key in ("arrived", "held"):
            parts += _vouchers(one.arrived, -1)
        if key in ("spent", "held"):
            parts += _vouchers(one.spent, -1 if key == "held" else 1)
        if key in ("returned", "held"):
            parts += _vouchers(one.returned, -1 if key == "held" else 1)
    said = None
    if not parts and key in ("approved", "released", "lapsed"):
        said = Money(_sum(found, key))
    closing = Money((said.fen if said else 0) + sum(part.amount.fen for part in parts))
    return Backing(
        ref, _PARTS[key], said, tuple(parts), closing,
        opening_label=Words("依据文号 " + "、".join(one.row.document for one in found)[:200],
                            "by the documents named"),
    )  # fmt: skip


def _vouchers(lines: Iterable[PostedLine], sign: int) -> list[VoucherLine]:
    return [
        VoucherLine(
            one.number, one.day, one.narration, one.account, one.fund,
            Money(sign * one.amount.fen), one.papers,
        )
        for one in lines
    ]  # fmt: skip


def _sum(found: Iterable[Standing], key: str) -> int:
    if key == "approved":
        return sum(one.row.fen for one in found)
    return sum(getattr(one, f"{key}_fen") for one in found)


def _label(one: Standing) -> Words:
    return Words(f"{one.row.document} {one.row.name}", f"{one.row.code} {one.row.giver}")


def _late(one: Standing) -> str:
    words = {"release": "下达 release", "arrive": "到账 arrive", "spend": "支出 spend"}
    return "；".join(f"{words[step]} {days}" for step, days in one.days_late.items() if days)


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    found: Iterable[Standing],
    state: str | None,
    late: str | None,
    style: str = "line",
) -> Line:
    whole = list(found)
    cells = (*(Money(_sum(whole, key)) for key in _PARTS), state, late)
    refs = figure_refs(source.unit, NAME, period, code, _PARTS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, cells, ref=ref, style=style, refs=refs)
