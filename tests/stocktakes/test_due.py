"""What a closing is told of stocktakes: it is told, and it closes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.closing import checklist
from ledger.errors import Finding
from ledger.period import Month, months_after
from ledger.stocktakes.due import warnings
from tests.assets.keeping import UNIT
from tests.stocktakes.counting import Counting


def told(counting: Counting, on: date, rule: str = "") -> list[Finding]:
    return [one for one in warnings(counting.registry, UNIT, on) if rule in ("", one.rule)]


def test_a_unit_without_assets_is_told_nothing(counting: Counting) -> None:
    assert told(counting, date(2028, 1, 31)) == []


def test_an_alarm_is_told_at_every_close_until_it_is_settled(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.find(code, "铁皮柜")
    counting.see(code, asset)
    counting.close(code)
    assert told(counting, date(2026, 5, 31)) == []  # it was not closed then
    (alarm,) = told(counting, date(2026, 6, 30))
    assert (alarm.rule, alarm.severity) == ("stocktake-alarm", "warning")
    assert code in alarm.what.zh and "1 项" in alarm.what.zh
    counting.settle(code, 1, "explained", note="寄存", paper=b"x", paper_name="x.txt")
    assert told(counting, date(2026, 6, 30)) == []


def test_an_alarm_stops_no_closing(counting: Counting) -> None:
    counting.keeping.own(acquired=date(2026, 1, 10))
    counting.keeping.wear("2026-01")
    code = counting.open()
    counting.find(code, "铁皮柜")
    counting.close(code, date(2026, 6, 5))
    found = checklist(counting.registry, UNIT, Month(2026, 1), date(2026, 6, 30))
    assert [one for one in found if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("counted", "on", "due"),
    [
        (None, date(2027, 1, 31), False),  # it came in March, and is not there for a year
        (None, date(2027, 4, 30), True),
        (date(2026, 6, 1), date(2027, 4, 30), False),
        (date(2026, 6, 1), date(2027, 5, 31), False),
        (date(2026, 6, 1), date(2027, 6, 1), True),  # twelve months after the last one
        (date(2026, 6, 1), date(2027, 6, 30), True),
    ],
)
def test_things_are_counted_once_a_year(
    counting: Counting, counted: date | None, on: date, due: bool
) -> None:
    """工会会计制度 art. 37: at least once a year."""
    asset = counting.keeping.own(acquired=date(2026, 3, 15))
    if counted is not None:
        code = counting.open(day=counted)
        counting.see(code, asset)
        counting.close(code, counted)
    found = told(counting, on, "stocktake-due")
    assert bool(found) == due
    if found:
        assert "union-assets" in found[0].what.en and found[0].severity == "warning"
        assert "第三十七条" in found[0].what.zh


def test_counting_place_by_place_counts_as_well(counting: Counting) -> None:
    keeping = counting.keeping
    for place in ("一楼", "二楼"):
        keeping.own(place=place)
    for place, left in (("一楼", 1), ("二楼", 0)):
        code = counting.open("place", place)
        counting.see(code, "1" if place == "一楼" else "2", place=place)
        counting.close(code)
        found = told(counting, date(2027, 5, 31), "stocktake-due")
        assert [one.what.en.split()[0] for one in found] == [str(left)] * bool(left)


def test_an_open_stocktake_counted_nothing_yet(counting: Counting) -> None:
    asset = counting.keeping.own()
    counting.see(counting.open(), asset)
    assert told(counting, months_after(date(2026, 6, 1), 11), "stocktake-due")


@pytest.mark.parametrize("left", ["scrap", "transfer"])
def test_what_is_gone_need_not_be_counted(counting: Counting, left: str) -> None:
    counting.keeping.leave(left, counting.keeping.own())
    assert told(counting, date(2028, 1, 31)) == []


def test_where_no_rule_is_loaded_no_term_is_made_up(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.keeping.own()

    def none(*_: Any) -> None:
        from ledger.errors import finding
        from ledger.rules.rulebook import NoRuleLoaded

        raise NoRuleLoaded(finding("no-rule-loaded", "没有", "none", "装入", "load one"))

    monkeypatch.setattr("ledger.stocktakes.due.regime_of", none)
    assert told(counting, date(2028, 1, 31)) == []
