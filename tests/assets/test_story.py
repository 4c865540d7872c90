"""The life of a thing on each chart: bought, worn, moved on, and what remains in the book."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.account import account_code
from ledger.assets.requesting import approve, refuse
from ledger.checking import check_unit
from ledger.layout import unit_folder
from ledger.money import yuan
from ledger.registry import asset_requests, entries
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


@pytest.mark.parametrize("kind", ["scrap", "sale", "donation", "loss", "transfer"])
def test_several_things_leave_by_one_request(any_chart: Keeping, kind: str) -> None:
    codes = [any_chart.own(), any_chart.own(cost=yuan("5400.00"))]
    any_chart.leave(kind, *codes)
    assert [any_chart.stands(code).state for code in codes] == ["gone", "gone"]
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


@pytest.mark.parametrize("source", ["built", "found"])
def test_what_was_built_or_found_before_the_book_began_is_there_at_first(
    any_chart: Keeping, source: str
) -> None:
    """It is not being built, and nothing of it waits to be settled: it only stands there."""
    before = set(accounts_of(any_chart))
    code = any_chart.own(
        source=source, acquired=date(2020, 5, 6), opening=True, depreciated=yuan("2000.00"),
        class_id="structure", cost=yuan("36000.00"), life_months=96,
    )  # fmt: skip
    stood = any_chart.stands(code)
    assert (stood.cost_fen, stood.worn_fen) == (3_600_000, 200_000)
    opened = {account_code(name) for name in set(accounts_of(any_chart)) - before}
    assert not any(one.startswith(("161", "182", "30103", "1505", "1613")) for one in opened)
    book = unit_folder(any_chart.registry.folder, UNIT) / "2026/01.bean"
    (entry,) = [
        part for part in book.read_text("utf-8").split("\n\n") if f"asset:in:{code}" in part
    ]
    assert not any(word in entry for word in ("在建工程", "待处理", "建设"))


def accounts_of(keeping: Keeping) -> dict[str, entries.AccountRow]:
    with keeping.registry.read() as conn:
        return entries.accounts(conn, UNIT)


def test_the_unit_that_would_receive_refuses_and_both_checkers_stay_on_record(
    keeping: Keeping,
) -> None:
    row = keeping.ask("transfer", keeping.own())
    early = keeping.run(
        "asset", "refuse", row.code, "--note", "不需要", user="sun", unit=SISTER
    )  # fmt: skip
    assert early.status == 2, "it is none of the other unit's business before it was approved"
    approve(keeping.registry, UNIT, row.code, keeping.checker, keeping.now)
    refuse(keeping.registry, SISTER, row.code, "没有地方存放", keeping.sister_checker, keeping.now)
    with keeping.registry.read() as conn:
        found = asset_requests.find(conn, UNIT, row.code)
    assert found is not None and found.state == "refused"
    assert (found.checker, found.other_checker) == (
        keeping.checker.id, keeping.sister_checker.id,
    )  # fmt: skip
