"""A unit chooses within its regime: what is not allowed is refused, all of it at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.errors import Refused
from ledger.period import Month
from ledger.rules.assets import AssetTable
from ledger.rules.rulebook import load
from ledger.rules.table import Place
from ledger.rules.wearing import Choice, Wear, class_of, wear

BOOK = load()[0]
DAY = date(2026, 3, 31)


def worn(regime: str, kind: str, cost: int = 1_200_000, **more: Any) -> Wear:
    table = BOOK.in_force(AssetTable, regime, more.get("acquired", DAY), Place())
    return wear(table, class_of(table, kind), Choice(cost, more.pop("acquired", DAY), **more))


def refused(*args: Any, **more: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        worn(*args, **more)
    return [found.rule for found in refusal.value.findings]


def test_what_nobody_chose_the_rule_says() -> None:
    terms = worn("union-2021", "computer").terms
    assert terms is not None
    assert (terms.life_months, terms.method, terms.residual_fen) == (72, "straight-line", 0)
    assert terms.first == Month(2026, 3)
    npo = worn("npo-2024", "计算机设备", residual_fen=60_000, method="sum-of-years").terms
    assert npo is not None
    assert (npo.base_fen, npo.method, npo.first) == (1_140_000, "sum-of-years", Month(2026, 4))


@pytest.mark.parametrize(
    ("kind", "cost", "warned"),
    [
        ("computer", 100_000, False), ("computer", 99_999, True), ("medical", 150_000, False),
        ("medical", 149_999, True), ("furniture", 99_999, True), ("relics", 99_999, True),
        ("software", 99_999, True), ("computer", 100, False), ("computer", 101, True),
    ],
)  # fmt: skip
def test_below_its_threshold_one_thing_is_no_asset_and_that_is_told(
    kind: str, cost: int, warned: bool
) -> None:
    told = worn("union-2021", kind, cost, life_months=72 if kind == "software" else None).told
    assert [found.rule for found in told] == ["below-threshold"] * warned
    assert all(found.severity == "warning" for found in told)


def test_a_non_profit_has_no_threshold_and_no_nominal_amount() -> None:
    found = worn("npo-2024", "computer", 100)
    assert found.told == ()
    assert found.terms is not None


@pytest.mark.parametrize(
    ("kind", "cost", "why"),
    [
        ("relics", 5_000_000, "assets of this class are not depreciated"),
        ("land", 5_000_000, "assets of this class are not depreciated"),
        ("computer", 100, "what stands at a nominal amount is not depreciated"),
        ("relics", 100, "what stands at a nominal amount is not depreciated"),
    ],
)
def test_what_is_not_depreciated_says_why(kind: str, cost: int, why: str) -> None:
    found = worn("union-2021", kind, cost)
    assert found.terms is None
    assert found.why.en == why


@pytest.mark.parametrize(
    ("kind", "life", "used", "taken"),
    [
        ("computer", 71, False, False), ("computer", 72, False, True),
        ("computer", 240, False, True), ("computer", 71, True, True), ("computer", 0, True, False),
        ("medical", 120, False, True), ("medical", 121, False, False),
        ("medical", 121, True, False), ("medical", 59, False, False), ("medical", 1, True, True),
    ],
)  # fmt: skip
def test_a_life_is_the_rule_s_or_what_is_left_of_a_used_thing(
    kind: str, life: int, used: bool, taken: bool
) -> None:
    if not taken:
        assert refused("union-2021", kind, life_months=life, worn=used) == ["life-not-allowed"]
        return
    terms = worn("union-2021", kind, life_months=life, worn=used).terms
    assert terms is not None
    assert terms.life_months == life


def test_where_the_rule_fixes_no_life_it_has_to_be_said() -> None:
    assert refused("union-2021", "software") == ["no-life"]
    assert refused("npo-2024", "land-use") == ["no-life"]
    terms = worn("npo-2024", "land-use", life_months=480).terms
    assert terms is not None
    assert (terms.life_months, terms.first) == (480, Month(2026, 3))


def test_all_that_a_regime_forbids_is_told_at_once() -> None:
    assert refused(
        "government-2019", "computer", method="double-declining", residual_fen=1, life_months=60
    ) == ["method-not-allowed", "residual-not-allowed", "life-not-allowed"]
    assert refused("npo-2024", "software", method="units", life_months=60, units_total=9) == [
        "method-not-allowed"
    ]


def test_what_makes_no_terms_is_refused_as_such() -> None:
    assert refused("npo-2024", "computer", method="fast") == ["bad-depreciation"]
    assert refused("npo-2024", "computer", residual_fen=1_200_001) == ["bad-depreciation"]
    assert refused("npo-2024", "computer", life_months=0) == ["bad-depreciation"]
    assert refused("union-2021", "vehicle", method="units") == ["bad-depreciation"]
    assert refused("npo-2024", "computer", acquired=date(2999, 12, 31)) == ["bad-depreciation"]


def test_a_class_that_there_is_none_of_is_told_with_those_there_are() -> None:
    assert refused("union-2021", "飞毯") == ["no-asset-class"]
