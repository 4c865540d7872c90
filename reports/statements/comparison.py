"""Units of a subtree side by side: income, spending, what they hold, and the same per member."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger.consolidation.consolidating import NOTICE
from ledger.errors import Words
from ledger.lines import line_of
from ledger.money import CNY, Money
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements import trial_balance
from reports.statements.consolidated import consolidation_of, of_all
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.consolidation.consolidating import Consolidation
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "comparison"
TITLE: Final = Words("单位对比表", "Comparison of units")
ALL: Final = "all"
#: Column → the lines that it sums, by id, or the side whole; and whether it moved or is held.
_PARTS: Final = {
    "dues": (Words("会费党费", "Dues"), ("I10",), "Income"),
    "levies": (Words("拨缴经费", "Levies"), ("I20",), "Income"),
    "grants": (Words("上级与政府补助", "Grants"), ("I30", "I40"), "Income"),
    "income": (Words("收入合计", "Income"), (), "Income"),
    "spending": (Words("支出合计", "Spending"), (), "Expenses"),
    "held": (Words("期末货币资金", "Money held"), ("A10", "A15"), "Assets"),
}
_LAST: Final = "spending"


def build(source: Source, period: Period) -> Statement:
    """One line per unit, upper units first, and their sum, without eliminations."""
    found = consolidation_of(source)
    heads = source.heads
    lines = []
    sums = _sums(found)
    for unit in found.units:
        lines.append(_line(source, period, unit, sums[unit], heads.get(unit)))
    whole = {key: sum(sums[unit][key] for unit in found.units) for key in _PARTS}
    known = [heads[unit] for unit in found.units if unit in heads]
    lines.append(_line(source, period, ALL, whole, sum(known) if known else None, style="total"))
    columns = (
        *(Column(key, label, primary=key == _LAST) for key, (label, _, _) in _PARTS.items()),
        Column("heads", Words("人数", "Heads"), kind=COUNT, share=0.6),
        Column("each", Words("人均支出", "Spending per head"), kind=TEXT, share=0.8),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=(
            NOTICE,
            Words(
                "合计未作内部抵销。人均支出四舍五入到分；人数为期末在册会员。",
                "The total is before eliminations. Spending per head is rounded half up to the "
                "fen; heads are the members at the period's end.",
            ),
        ),
        label_column=Words("单位", "Unit"),
    )  # fmt: skip
    return of_all(statement, found)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The accounts of one unit, or all, behind a figure; Refused for any other."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    found = consolidation_of(source)
    key = column or _LAST
    if key not in _PARTS or (line != ALL and line not in found.units):
        raise unknown_ref(ref)
    label = _PARTS[key][0]
    parts = []
    for row in found.units_sums:
        fen = _part(row.account, row.held, row.moved, key)
        if row.currency != CNY or not fen or line not in (ALL, row.unit):
            continue
        number = figure_ref(row.unit, trial_balance.NAME, period, "total")
        parts.append(VoucherLine(number, period.last, row.unit, row.account, "", Money(fen)))
    whole = Money(sum(part.amount.fen for part in parts))
    name = "合计" if line == ALL else line
    words = Words(f"{name}·{label.zh}", f"{line}, {label.en}")
    return Backing(ref, words, None, tuple(parts), whole)


def _sums(found: Consolidation) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_PARTS, 0))
    for row in found.units_sums:
        if row.currency == CNY:
            for key in _PARTS:
                sums[row.unit][key] += _part(row.account, row.held, row.moved, key)
    return sums


def _part(account: str, held: int, moved: int, key: str) -> int:
    """What an account adds to a column, in fen."""
    _, ids, side = _PARTS[key]
    line = line_of(account)
    if line.side != side or (ids and line.id not in ids):
        return 0
    if side == "Assets":
        return held
    return moved if side == "Expenses" else -moved


def _line(
    source: Source,
    period: Period,
    unit: str,
    sums: dict[str, int],
    heads: int | None,
    style: str = "line",
) -> Line:
    each = None
    if heads:
        each = Money(sums[_LAST]).times(Fraction(1, heads)).grouped
    name = Words("合计", "Total") if unit == ALL else source.names.get(unit, Words(unit, unit))
    return Line(
        unit, name, (*(Money(sums[key]) for key in _PARTS), heads, each),
        ref=figure_ref(source.unit, NAME, period, unit), style=style,
        refs=figure_refs(source.unit, NAME, period, unit, _PARTS, _LAST),
    )  # fmt: skip
