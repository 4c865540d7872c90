"""Another purpose, refunds and reversals after each other: nobody else's money is touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.errors import Refused
from ledger.gifts.standing import campaign_standing, campaign_standings
from ledger.money import yuan
from ledger.registry.campaigns import CampaignRow
from tests.cli.command import Told
from tests.gifts.giving import UNIT, Giving


def ask(giving: Giving, tmp_path: Path, code: str, to: CampaignRow, on: str) -> Told:
    paper = tmp_path / "consent.txt"
    paper.write_text("同意改变用途", encoding="utf-8")
    return giving.run(
        "gift", "change", code, "--campaign", to.code, "--on", on, "--purpose", "助学", "--paper",
        paper, "--json",
    )  # fmt: skip


def move(giving: Giving, tmp_path: Path, code: str, to: CampaignRow, on: str) -> Told:
    """Another campaign, asked for and approved; the draft that moves it waits."""
    asked = ask(giving, tmp_path, code, to, on)
    assert asked.status == 0, asked.said
    return giving.run("gift", "approve", code, str(asked.json["event"]), "--json", user="lin")


def refund(giving: Giving, code: str, amount: str, on: str) -> Told:
    return giving.run(
        "gift", "refund", code, "--amount", amount, "--money", giving.bank, "--on", on, "--json"
    )


def test_a_second_change_takes_the_gift_from_where_it_stands(
    giving: Giving, tmp_path: Path
) -> None:
    first, second, third = (giving.campaign(name=name) for name in ("防汛", "助学", "助医"))
    code = giving.give("100.00", campaign=first.code)
    other = giving.give("400.00", date(2026, 3, 3), campaign=first.code)
    giving.approve(move(giving, tmp_path, code, second, "2026-04-01").json["draft"])
    giving.approve(move(giving, tmp_path, code, third, "2026-05-01").json["draft"])
    assert giving.sums(code) == ("100.00", "0.00", "100.00", "0.00")
    assert giving.sums(other) == ("400.00", "0.00", "400.00", "0.00")
    bank = [giving.balance("100201", one.fund) for one in (first, second, third)]
    assert bank == ["400.00", "0.00", "100.00"]
    back = move(giving, tmp_path, code, first, "2026-06-01")
    giving.approve(back.json["draft"])
    assert giving.sums(code) == ("100.00", "0.00", "100.00", "0.00")
    assert giving.balance("100201", first.fund) == "500.00"
    assert ask(giving, tmp_path, code, first, "2026-06-02").status == 1  # it is there already


def test_what_waits_is_seen_by_a_change_and_by_a_refund(giving: Giving, tmp_path: Path) -> None:
    first, second = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("300.00", campaign=first.code)
    giving.give("400.00", date(2026, 3, 3), campaign=first.code)
    moved = move(giving, tmp_path, code, second, "2026-04-01").json["draft"]
    told = refund(giving, code, "300", "2026-04-02")
    assert told.status == 1 and "正转入另一资金" in told.said
    assert ask(giving, tmp_path, code, second, "2026-04-02").status == 1
    giving.approve(moved)
    giving.approve(refund(giving, code, "300", "2026-04-02").json["draft"])
    assert giving.sums(code) == ("300.00", "0.00", "0.00", "300.00")


def test_nothing_of_a_gift_is_dated_before_it_came(giving: Giving) -> None:
    code = giving.give("50.00", date(2026, 4, 3), fund="F02")
    giving.give("50.00", date(2026, 3, 3), fund="F02")
    told = refund(giving, code, "10", "2026-04-01")
    assert told.status == 1 and "2026-04-03 才收到" in told.said
    owed = giving.give("90.00", date(2026, 5, 3), fund="F02", nature="conditional", terms="配套")
    paper = giving.folder / "met.txt"
    paper.write_text("已配套")
    met = giving.run(
        "gift", "met", owed, "--amount", "90", "--on", "2026-05-01", "--paper", paper, "--json"
    )
    assert met.status == 1 and "才收到" in met.said


def test_a_move_is_not_taken_back_once_some_of_it_went_back(giving: Giving, tmp_path: Path) -> None:
    first, second = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("80.00", campaign=first.code)
    giving.give("500.00", date(2026, 3, 3), campaign=second.code)
    moved = giving.approve(move(giving, tmp_path, code, second, "2026-04-01").json["draft"])
    back = giving.approve(refund(giving, code, "30", "2026-04-02").json["draft"])
    with pytest.raises(Refused, match="gift-used-since"):
        giving.reverse(moved, date(2026, 4, 3))
    giving.reverse(back, date(2026, 4, 3))
    giving.reverse(moved, date(2026, 4, 4))
    assert giving.sums(code) == ("80.00", "0.00", "80.00", "0.00")
    assert giving.balance("100201", first.fund) == "80.00"


def test_a_receipt_is_not_taken_back_once_it_was_spent_by_name(any_chart: Giving) -> None:
    any_chart.give("500.00", fund="F02")
    done = any_chart.record(amount=yuan("100.00"), fund="F02", money=any_chart.bank)
    voucher = any_chart.approve(done.draft)
    paid = any_chart.spend("60.00", "F02", date(2026, 4, 1), gift=done.row.code)
    with pytest.raises(Refused, match="gift-used-since"):
        any_chart.reverse(voucher, date(2026, 4, 2))
    any_chart.reverse(paid, date(2026, 4, 2))
    any_chart.reverse(voucher, date(2026, 4, 3))
    assert any_chart.sums(done.row.code) == ("0.00", "0.00", "0.00", "0.00")


def test_money_that_waits_for_its_day_waits_in_another_fund_as_well(
    giving: Giving, tmp_path: Path
) -> None:
    first, second = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("1000.00", campaign=first.code, until=date(2026, 9, 1))
    giving.give("400.00", date(2026, 3, 3), campaign=second.code)
    giving.approve(move(giving, tmp_path, code, second, "2026-06-10").json["draft"])
    with pytest.raises(Refused, match="gift-too-early"):
        giving.spend("401.00", second.fund, date(2026, 6, 11))
    giving.spend("400.00", second.fund, date(2026, 6, 11))
    giving.give("70.00", date(2026, 6, 11), campaign=first.code)
    giving.spend("70.00", first.fund, date(2026, 6, 12))


def test_things_and_what_is_still_to_come_do_not_change_their_fund(
    giving: Giving, tmp_path: Path
) -> None:
    first, second = giving.campaign(), giving.campaign(name="助学")
    done = giving.record(
        kind="goods", amount=yuan("30.00"), quantity="1.5", measure="吨", basis="invoice",
        campaign=first.code, paper=b"invoice", paper_name="i.txt",
    )  # fmt: skip
    giving.approve(done.draft)
    things = ask(giving, tmp_path, done.row.code, second, "2026-04-01")
    assert things.status == 1 and "按新用途发放" in things.said
    waits = giving.record(amount=yuan("10.00"), campaign=first.code).row.code
    assert "尚有待收" in ask(giving, tmp_path, waits, second, "2026-04-01").said
    expense = giving.account("5101")
    part = giving.run(
        "gift", "give", done.row.code, "--quantity", "0.333333", "--on", "2026-04-01", "--expense",
        expense, "--json",
    )  # fmt: skip
    assert part.status == 1 and part.json["findings"][0]["rule"] == "gift-quantity"
    half = giving.run(
        "gift", "give", done.row.code, "--quantity", "0.5", "--on", "2026-04-01", "--expense",
        expense, "--json",
    )  # fmt: skip
    giving.approve(half.json["draft"])
    assert giving.sums(done.row.code) == ("30.00", "10.00", "20.00", "0.00")


def test_the_way_of_a_moved_gift_says_whence_and_whereto(giving: Giving, tmp_path: Path) -> None:
    first, second = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=first.code)
    giving.approve(move(giving, tmp_path, code, second, "2026-04-01").json["draft"])
    told = giving.run("gift", "trace", code).out
    assert f"转入 moved into {second.fund}" in told and f"转出 moved from {first.fund}" in told
    assert told.count("收到 received") == 2  # of the whole, and of its one receipt


def test_a_name_typed_for_a_unit_is_not_repeated(giving: Giving) -> None:
    told = giving.run("gift", "list", "--unit", "王大锤锤")
    assert told.status == 2 and "王大锤锤" not in told.said


def test_a_campaign_stands_alike_whether_it_is_asked_for_alone_or_among_all(
    giving: Giving, tmp_path: Path
) -> None:
    """Also what was moved into it is left alone until its day."""
    first, second = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=first.code, until=date(2026, 9, 1))
    giving.approve(move(giving, tmp_path, code, second, "2026-04-01").json["draft"])
    own = giving.give("60.00", date(2026, 4, 2), campaign=second.code)
    giving.spend("50.00", second.fund, date(2026, 4, 3))
    alone = campaign_standing(giving.registry, UNIT, second.code, date(2026, 6, 30))
    among = campaign_standings(giving.registry, UNIT, date(2026, 6, 30))
    (same,) = [one for one in among if one.row.code == second.code]
    for one in (alone, same):
        assert (one.fund.gift(code).used_fen, one.fund.gift(own).used_fen) == (0, 5000)
