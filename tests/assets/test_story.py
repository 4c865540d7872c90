"""The life of a thing on each chart: bought, worn, moved on, and what remains in the book."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.checking import check_unit
from tests.assets.keeping import SISTER, UNIT, Keeping


@pytest.mark.parametrize("kind", ["scrap", "sale", "donation", "loss", "transfer"])
def test_a_thing_leaves_whole_and_the_book_is_whole(any_chart: Keeping, kind: str) -> None:
    code = any_chart.own()
    any_chart.wear("2026-04")
    any_chart.leave(kind, code)
    stood = any_chart.stands(code)
    assert (stood.state, stood.cost_fen, stood.worn_fen) == ("gone", 0, 0)
    for account in ("162", "163") if any_chart.chart.startswith("union") else ():
        assert any_chart.balance(account) == "0.00"
    assert check_unit(any_chart.registry, UNIT) == []


def test_another_unit_takes_over_what_is_left(any_chart: Keeping) -> None:
    code = any_chart.own()
    any_chart.wear("2026-04")
    any_chart.leave("transfer", code)
    (row,) = any_chart.run("asset", "list", "--requests", "--json").json["requests"]
    told = any_chart.run(
        "asset", "receive", row["request"], "--on", "2026-05-12", "--fund", "F01", "--keeper",
        "qian", "--place", "一楼", "--json", user="qian", unit=SISTER,
    )  # fmt: skip
    assert told.status == 0, told.err
    assert (told.json["cost"], told.json["life_months"]) == ("11666.67", 70)
    again = any_chart.run(
        "asset", "receive", row["request"], "--on", "2026-05-12", "--fund", "F01", "--keeper",
        "qian", "--place", "一楼", user="qian", unit=SISTER,
    )  # fmt: skip
    assert again.status == 1 and "FA-00001" in again.err


def test_what_is_over_is_seen_in_its_history(keeping: Keeping) -> None:
    code = keeping.own(acquired=date(2026, 3, 15))
    keeping.wear("2026-03")
    keeping.leave("donation", code)
    told = keeping.run("asset", "history", code, "--json").json
    assert [step["what"] for step in told["history"]] == [
        "added", "cost", "depreciation", "gone", "depreciation", "depreciation", "cost",
    ]  # fmt: skip
