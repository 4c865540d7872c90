"""What a month's closing is told of stocktakes: alarms that go on, and what nobody counted.

Neither stops it: a thing that is missing stays in the book until somebody decides of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from ledger.assets.standing import last_event
from ledger.errors import Finding, finding
from ledger.period import months_after
from ledger.registry import assets, stocktakes, units
from ledger.registry.assets import GONE
from ledger.rules import rulebook
from ledger.rules.assets import INTANGIBLE, AssetTable
from ledger.rules.regimes import regime_of
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry


def warnings(registry: Registry, unit: str, on: date) -> list[Finding]:
    """What is to be told at the end of ``on``; nothing for a unit that has no assets."""
    with registry.read() as conn:
        if not assets.any_of(conn, unit):
            return []
        facts = units.find(conn, unit)
        found = list(_alarms(conn, unit, on))
    book, _ = rulebook.load(registry.folder, unit)
    try:
        table = regime_of(book, facts.chart, on, Place.of(facts))
    except NoRuleLoaded:
        return found
    if table.count_months is not None:
        with registry.read() as conn:
            since = months_after(on, -table.count_months)
            count = _uncounted(conn, unit, table, since, on)
        if count:
            found.append(_due(unit, count, table))
    return found


def _alarms(conn: Connection, unit: str, on: date) -> Iterator[Finding]:
    """One warning for each stocktake that was closed by then and has differences unresolved."""
    rows = {row.code: row for row in stocktakes.of_unit(conn, unit)}
    counts: dict[str, int] = {}
    for one in stocktakes.differences(conn, unit, alarms=True):
        closed = rows[one.stocktake].closed
        if closed is not None and closed <= on:
            counts[one.stocktake] = counts.get(one.stocktake, 0) + 1
    for code, count in counts.items():
        yield finding(
            "stocktake-alarm", f"盘点 {code} 有 {count} 项差异未处理",
            f"{count} differences of stocktake {code} are not resolved",
            f"mingbai stocktake show DIR --unit {unit} {code}，逐项处理并审批",
            f"mingbai stocktake show DIR --unit {unit} {code}: resolve each, and have it approved",
            severity="warning",
        )  # fmt: skip


def _uncounted(conn: Connection, unit: str, table: AssetTable, since: date, on: date) -> int:
    """How many things stand in the register that no stocktake expected after ``since``.

    What came since, and what a book younger than that began with, need not have been counted.
    """
    opened = units.find(conn, unit).opened
    counted = stocktakes.counted_since(conn, unit, since, on)
    events = assets.events(conn, unit)
    count = 0
    for card in assets.of_unit(conn, unit):
        kind = table.by_id.get(card.class_id)
        last = last_event(events.get(card.code, ()), on)
        if (
            max(card.acquired, opened) <= since
            and card.code not in counted
            and (last is None or last.kind != GONE)
            and (kind is None or kind.group != INTANGIBLE)
        ):
            count += 1
    return count


def _due(unit: str, count: int, table: AssetTable) -> Finding:
    term = table.term("count")
    article = f"（{term.article}）" if term is not None else ""
    months = table.count_months
    return finding(
        "stocktake-due", f"{count} 项资产超过 {months} 个月没有盘点；{table.head.key}{article}",
        f"{count} assets were not counted for more than {months} months; {table.head.key}",
        f"盘点：mingbai stocktake open DIR --unit {unit}",
        f"count them: mingbai stocktake open DIR --unit {unit}", severity="warning",
    )  # fmt: skip
