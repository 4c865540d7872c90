"""New estimates: of months to come only, exact, and nothing that a month cannot be charged by."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.assets.requesting import approve
from ledger.errors import Refused
from ledger.money import yuan
from ledger.period import Month
from tests.assets.keeping import UNIT, Keeping


def charged(keeping: Keeping, code: str, *months: str) -> list[int]:
    """What some months were charged with, in fen."""
    found, before = [], keeping.stands(code).worn_fen
    for month in months:
        keeping.wear(month)
        stands = keeping.stands(code).worn_fen
        found.append(stands - before)
        before = stands
    return found


def test_months_before_it_are_charged_as_they_were_estimated_before(keeping: Keeping) -> None:
    """It is approved in May, counts from July, and May and June were not charged yet."""
    code = keeping.own(acquired=date(2026, 3, 15), cost=yuan("7200.00"))
    keeping.wear("2026-04")
    keeping.approved("estimate", code, month=Month(2026, 7), life_months=17)
    assert charged(keeping, code, "2026-05", "2026-06") == [10000, 10000]
    # 7,200 less four months of 100 over seventeen.
    assert charged(keeping, code, "2026-07") == [40000]


def test_a_residual_value_above_what_will_be_left_is_refused(any_chart: Keeping) -> None:
    if any_chart.chart != "npo-2024":  # the others know none
        return
    code = any_chart.own(acquired=date(2026, 1, 15), cost=yuan("7200.00"))
    any_chart.wear("2026-02")
    with pytest.raises(Refused, match="bad-"):
        any_chart.ask(
            "estimate", code, month=Month(2026, 7), life_months=10, residual=yuan("7050.00")
        )


def test_what_is_left_of_an_accelerated_life_is_whole_years(any_chart: Keeping) -> None:
    if any_chart.chart != "npo-2024":
        return
    code = any_chart.own(method="double-declining", acquired=date(2026, 1, 15))
    with pytest.raises(Refused, match="bad-"):
        any_chart.ask("estimate", code, month=Month(2026, 7), life_months=10)
    row = any_chart.ask("estimate", code, month=Month(2026, 7), life_months=24)
    approve(any_chart.registry, UNIT, row.code, any_chart.checker, any_chart.now)
    any_chart.wear("2026-06", "2026-07")


def test_what_is_used_up_by_units_is_not_estimated_into_a_fault(keeping: Keeping) -> None:
    code = keeping.own(method="units", units_total=100, class_id="vehicle", name="车")
    told = keeping.run("asset", "use", code, "2026-05", "100")
    assert told.status == 0, told.err
    with pytest.raises(Refused, match="bad-"):
        keeping.ask("estimate", code, month=Month(2026, 7), life_months=12)
    keeping.wear("2026-05")
