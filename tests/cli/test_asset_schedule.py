"""`mingbai asset schedule`: a unit sees what a thing will be charged before it buys it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.command import Told, mingbai
from tests.rules.test_asset_rules import OURS


def schedule(words: str) -> Told:
    return mingbai("asset", "schedule", *words.split(), "--json")


def test_the_computer_of_a_union_is_told_month_by_month() -> None:
    told = schedule("--class computer --cost 12000 --acquired 2026-03-15 --regime union-2021").json
    assert (told["life_months"], told["method"], told["residual"]) == (72, "straight-line", "0.00")
    assert told["charges"][:2] == [
        {"month": "2026-03", "amount": "166.67"}, {"month": "2026-04", "amount": "166.66"},
    ]  # fmt: skip
    assert told["charges"][-1]["month"] == "2032-02"
    assert sum(Decimal(one["amount"]) for one in told["charges"]) == 12_000
    assert (told["total"], told["class_name"], told["warnings"]) == ("12000.00", "计算机设备", [])
    assert told["source"].startswith("《工会会计制度》财会〔2021〕7号 第三十五条")
    assert (told["confidence"], told["tax_least_months"]) == ("secondary", 36)


def test_a_person_reads_it_by_years_with_the_net_value_and_the_document() -> None:
    words = "--class 车辆 --cost 240,000 --acquired 2026-03-31 --regime npo-2024 --residual 12000"
    out = mingbai("asset", "schedule", *words.split(), "--method", "double-declining").out
    lines = out.splitlines()
    assert lines[0] == "车辆 vehicle，240,000.00 元 CNY"
    years = [line.split() for line in lines if line.startswith("  20")]
    assert (years[0][:2], years[0][-1]) == (["2026", "9"], "195,000.00")
    assert (years[-1][:2], years[-1][-1]) == (["2034", "3"], "12,000.00")
    assert "npo-assets@2024" in out
    assert "财会〔2024〕25号" in out


@pytest.mark.parametrize(
    ("words", "first", "months"),
    [
        ("--class computer --regime government-2019 --acquired 2024-02-29", "2024-02", 72),
        ("--class computer --regime npo-2024 --acquired 2026-12-31", "2027-01", 72),
        ("--class computer --regime npo-2004 --acquired 2025-12-31", "2026-01", 72),
        ("--class software --regime npo-2024 --acquired 2026-01-31 --life 120", "2026-01", 120),
        ("--class vehicle --regime union-2021 --acquired 2026-01-01 --life 30 --worn", "2026-01",
         30),
        ("--class vehicle --regime union-2021 --acquired 2026-01-01 --method units "
         "--units-total 300000 --units-month 100000", "2026-01", 3),
    ],
)  # fmt: skip
def test_each_regime_begins_where_it_says(words: str, first: str, months: int) -> None:
    told = schedule(f"{words} --cost 9000.01").json
    assert told["charges"][0]["month"] == first
    assert len(told["charges"]) == months
    assert told["total"] == "9000.01"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--class relics --cost 80000", "此类资产不计提折旧"),
        ("--class computer --cost 1", "以名义金额计量的资产不计提折旧"),
    ],
)
def test_what_is_not_depreciated_has_no_charges_and_says_why(words: str, why: str) -> None:
    told = schedule(f"{words} --acquired 2026-03-15 --regime union-2021")
    assert (told.status, told.json["charges"], told.json["why"]) == (0, [], why)
    assert told.json["life_months"] is None
    plain = mingbai("asset", "schedule", *words.split(), "--acquired", "2026-03-15",
                    "--regime", "union-2021")  # fmt: skip
    assert why in plain.out


def test_below_the_threshold_the_plan_is_told_with_a_warning() -> None:
    words = "--class medical --cost 1499.99 --acquired 2026-03-15 --regime union-2021"
    told = schedule(words)
    assert told.status == 0
    assert [one["rule"] for one in told.json["warnings"]] == ["below-threshold"]
    assert "below-threshold" in mingbai("asset", "schedule", *words.split()).out


def test_a_plan_by_units_waits_for_how_many_a_month() -> None:
    words = "--class vehicle --cost 9000 --acquired 2026-03-15 --regime union-2021 --method units"
    told = mingbai("asset", "schedule", *words.split(), "--units-total", "300000")
    assert told.status == 0
    assert "--units-month" in told.out


COMPUTER = "--class computer --cost 8000 --acquired 2026-03-31"


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (f"{COMPUTER} --regime nowhere", ["no-regime"]),
        (f"{COMPUTER} --regime tax-minimum", ["no-regime"]),
        ("--class carpet --cost 8000 --acquired 2026-03-31 --regime npo-2024", ["no-asset-class"]),
        (f"{COMPUTER} --regime npo-2004", ["no-rule-loaded"]),
        ("--class computer --cost 8000 --acquired 2025-12-31 --regime npo-2024",
         ["no-rule-loaded"]),
        (f"{COMPUTER} --regime union-2021 --method sum-of-years --residual 5 --life 30",
         ["method-not-allowed", "residual-not-allowed", "life-not-allowed"]),
        (f"{COMPUTER} --regime npo-2024 --method sum-of-years --life 30", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --method magic", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --residual 8000.01", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --life 1201", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --units-total 5", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --method units", ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --method units --units-total 9999 --units-month 1",
         ["bad-depreciation"]),
        (f"{COMPUTER} --regime npo-2024 --units-month 5", ["not-by-units"]),
        ("--class software --cost 8000 --acquired 2026-03-31 --regime union-2021", ["no-life"]),
        ("--class computer --cost 8000 --acquired 2999-12-31 --regime npo-2024",
         ["bad-depreciation"]),
    ],
)  # fmt: skip
def test_what_the_rule_does_not_allow_is_refused_with_what_to_do(
    words: str, rules: list[str]
) -> None:
    told = schedule(words)
    assert told.status == 1
    assert [one["rule"] for one in told.json["findings"]] == rules
    for found in told.json["findings"]:
        assert found["remedy"]
        assert found["remedy_en"]


@pytest.mark.parametrize(
    "words",
    [
        "--cost 0", "--cost -1", "--cost 1.005", "--cost x", "--acquired 2026-02-30",
        "--acquired 2026/03/01", "--acquired 1899-12-31", "--life -1", "--life six",
        "--residual -1", "--units-total 1.5", "--unit ../etc", "--dir /nowhere",
    ],
)  # fmt: skip
def test_what_is_typed_wrong_never_runs(words: str) -> None:
    told = schedule(f"{COMPUTER} --regime union-2021 {words}")
    assert told.status == 2
    assert told.json["findings"]


def test_a_unit_s_own_table_is_used_where_its_folder_is_given(tmp_path: Path) -> None:
    rules = tmp_path / "units" / "chunfeng" / "rules"
    rules.mkdir(parents=True)
    (rules / "assets.toml").write_text(OURS, encoding="utf-8")
    words = f"{COMPUTER} --regime union-2021 --life 60 --dir {tmp_path}"
    told = schedule(f"{words} --unit chunfeng")
    assert (told.json["life_months"], told.json["rule"]) == (60, "ours@2026")
    assert schedule(words).json["findings"][0]["rule"] == "life-not-allowed"
    (rules / "assets.toml").write_text(OURS.replace("least = 60", "least = 99"), encoding="utf-8")
    faulty = schedule(f"{words} --unit chunfeng")
    assert (faulty.status, faulty.json["findings"][0]["rule"]) == (1, "bad-rule")
