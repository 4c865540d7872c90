"""Which regime of assets a unit is under, by its chart of accounts."""

from __future__ import annotations

from datetime import date
from typing import Final

from ledger.errors import Finding, Words, finding
from ledger.rules.assets import AssetTable
from ledger.rules.rulebook import NoRuleLoaded, Rulebook, nearest
from ledger.rules.table import Place

_ANYWHERE: Final = Place()


def regime_of(rulebook: Rulebook, chart: str, day: date, place: Place = _ANYWHERE) -> AssetTable:
    """The table in force on ``day`` for units that keep their book by ``chart``.

    Raises: NoRuleLoaded if there is none; Refused if two contradict each other.
    """
    known = [
        table
        for table in rulebook.tables
        if isinstance(table, AssetTable) and chart in table.charts
    ]
    fitting = [
        table for table in known if table.head.holds_on(day) and table.head.scope.covers(place)
    ]
    if not fitting:
        raise NoRuleLoaded(_none(known, chart, day))
    return nearest(fitting)


def _none(known: list[AssetTable], chart: str, day: date) -> Finding:
    listed = "；".join(
        f"{table.head.key} {table.head.effective_from}–{table.head.effective_to or ''}"
        for table in known[:5]
    )
    there = Words("本地规则文件可以补上", "a local rule file can bring one")
    if listed:
        there = Words(
            f"已有而不适用的：{listed}。{there.zh}",
            f"there are, not in force here: {listed}; {there.en}",
        )
    return finding(
        "no-rule-loaded",
        f"没有装入规则：{day} 没有适用于科目表 {chart[:40]} 的资产类别表（asset-classes）",
        f"no rule loaded: no asset-classes table is in force on {day} for chart {chart[:40]}",
        there.zh,
        there.en,
    )
