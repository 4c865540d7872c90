"""Base statistics: units with their members, staff and venues, summed by level and by region.

These are counts of organisations, not of money. Each stands with its day and source; a unit without
one is listed under what it lacks, and the sum says over how many units it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.tree.statistics import (
    CHANNEL_WORDS,
    KEYS,
    LEVEL_WORDS,
    UnitStatistics,
    by_level,
    by_region,
    roll_up,
)
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "statistics"
TITLE: Final = Words("基础信息统计表", "Base statistics")
KEY_WORDS: Final = {
    "members": Words("会员", "Members"),
    "staff": Words("专职人员", "Staff"),
    "venues": Words("活动阵地", "Venues"),
}
_NO_LEVEL: Final = Words("未写层级", "level not said")


def build(source: Source, period: Period) -> Statement:
    """Levels with their units, then regions, then all, as of the period's end."""
    found = source.statistics
    lines: list[Line] = []
    for level, own in by_level(found).items():
        words = LEVEL_WORDS.get(level, _NO_LEVEL)
        lines.append(_sum(f"level-{level or 'none'}", words, own, "subtotal"))
        lines += [_unit(one) for one in own]
    for place, (tag, own) in enumerate(by_region(found).items(), start=1):
        lines.append(_sum(f"region-{place}", Words(tag, f"region {tag}"), own, "subtotal"))
    lines.append(_sum("all", Words("合计", "Total"), found, "total"))
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            Column("units", Words("单位数", "Units"), kind=COUNT, share=0.5),
            *(Column(key, label, kind=COUNT, share=0.6) for key, label in KEY_WORDS.items()),
            Column("channel", Words("经费渠道", "Funding"), kind=TEXT),
            Column("source", Words("来源与日期", "Source and day"), kind=TEXT, share=2.0),
            Column("missing", Words("未填报的单位", "Units without"), kind=TEXT, share=1.3),
        ),
        tuple(lines), notes=tuple(_notes(found)), label_column=Words("单位", "Unit"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """Counts are no money: what stands behind them is named in the line itself."""
    raise unknown_ref(figure_ref(source.unit, NAME, period, line, column))


def _unit(one: UnitStatistics) -> Line:
    row = one.row
    sources: dict[str, list[str]] = {}
    for key in KEYS:
        if key in one.counts:
            count = one.counts[key]
            told = "会员登记册" if count.counted else count.source
            sources.setdefault(f"{told} {count.day}", []).append(KEY_WORDS[key].zh)
    said = "；".join(f"{'、'.join(keys)}：{told}" for told, keys in sources.items())
    channel = CHANNEL_WORDS[row.channel].zh if row.channel in CHANNEL_WORDS else None
    cells: tuple[Cell, ...] = (
        None, *(one.counts[key].value if key in one.counts else None for key in KEYS), channel,
        said or None, "、".join(KEY_WORDS[key].zh for key in one.missing) or None,
    )  # fmt: skip
    return Line(row.id, Words(row.name, row.name_en or row.id), cells, level=1)


def _sum(code: str, label: Words, own: Sequence[UnitStatistics], style: str) -> Line:
    rolled = roll_up(own)
    missing = "；".join(
        f"{KEY_WORDS[key].zh} {count}" for key, count in rolled.without.items() if count
    )
    # Where no unit has the figure, the sum is unknown, not nothing.
    sums = (None if rolled.without[key] == rolled.units else rolled.sums[key] for key in KEYS)
    return Line(code, label, (rolled.units, *sums, None, None, missing or None), style=style)


def _notes(found: Sequence[UnitStatistics]) -> list[Words]:
    without = sum(bool(one.missing) for one in found)
    notes = [
        Words(
            "会员由会员登记册点数，未在册登记会员的单位用其填报数；其余为各单位填报。",
            "Members are counted in the register, or as entered where a unit keeps none there; "
            "the rest is as units entered it.",
        )
    ]
    if without:
        notes.append(
            Words(
                f"{without} 个单位有未填报的数，列于末栏，不作零计入合计。",
                f"Units that lack a figure: {without}; they are named in the last column, and not "
                "counted as nothing.",
            )
        )
    return notes
