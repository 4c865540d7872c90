"""A platform's list of gifts: each order is a gift of its own, and one deposit pays them all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from importers import staging
from importers.read import read_bytes
from ledger import workflow
from ledger.money import yuan
from ledger.registry import donors, gifts, imports
from tests.cli.command import Told, mingbai
from tests.gifts.giving import PASSWORD, UNIT, Giving
from tests.importers.desk import NUMBER, Layout, Move

ROWS = (
    "A-1,2026-03-18,沈示例,个人,,实名,100.00,0.60,99.40,救灾",
    "A-2,2026-03-19,,,,匿名,50.00,0.30,49.70,",
)


def listed(giving: Giving, folder: Path, *rows: str, code: str = "", campaign: str = "") -> Told:
    head = [
        "单位名称,爱心会（示例）", f"清单编号,{code}", "平台,某某公益", "募捐项目,防汛救灾",
        "结算日期,2026-03-20", "",
        "订单号,捐赠日期,捐赠人,捐赠人类别,捐赠人编号,公开方式,捐赠金额,平台费用,到账金额,意向用途",
    ]  # fmt: skip
    file = folder / "platform.csv"
    file.write_text("\n".join([*head, *rows]), encoding="utf-8")
    words = ("--campaign", campaign) if campaign else ()
    return mingbai(
        "gifts", giving.registry.folder, "--unit", UNIT, file, *words, "--json", "--user", "zhou",
        MINGBAI_PASSWORD=PASSWORD,
    )  # fmt: skip


def deposit(giving: Giving, amount: str, memo: str) -> list[str]:
    """A deposit on the bank's statement, approved; the numbers of its vouchers."""
    with giving.registry.write() as conn:
        if not imports.accounts(conn, giving.registry.vault, UNIT):
            account = imports.MoneyAccount(UNIT, giving.bank, "bank", "基本户", NUMBER, "F01")
            imports.add_account(conn, giving.registry.vault, account)
    move = Move(datetime(2026, 3, 20, 9, 0), yuan(amount).fen, 10**6, memo=memo, ref="880001")
    data = Layout(opening=True).csv([move])
    staging.import_statement(
        giving.registry, UNIT, read_bytes(data, "bank.csv"), data, giving.maker, giving.now
    )
    waits = workflow.waiting(giving.registry, UNIT)
    return [giving.approve(one.id).number for one in waits]


def codes(giving: Giving) -> list[str]:
    with giving.registry.read() as conn:
        return [row.code for row in gifts.of_unit(conn, UNIT)]


def test_one_deposit_brings_every_gift_of_the_list_whole_with_its_own_fee(
    any_chart: Giving, tmp_path: Path
) -> None:
    campaign = any_chart.campaign()
    known = any_chart.donor("周示例")
    rows = (*ROWS, f"A-3,2026-03-19,,,{known},匿名,200.00,1.20,198.80,")
    told = listed(any_chart, tmp_path, *rows, campaign=campaign.code)
    assert told.status == 0, told.said
    assert told.json["claims"] == 4
    assert "沈示例" not in told.said
    (number,) = deposit(any_chart, "347.90", f"某某公益 {told.json['code']}")

    first, second, third = codes(any_chart)
    assert any_chart.sums(first) == ("100.00", "0.60", "99.40", "0.00")
    assert any_chart.sums(second) == ("50.00", "0.30", "49.70", "0.00")
    assert any_chart.sums(third) == ("200.00", "1.20", "198.80", "0.00")
    way = any_chart.run("gift", "trace", third, "--json").json
    assert (way["donor"], way["campaign"]) == (known, campaign.code)
    assert [line["voucher"] for line in way["lines"]] == [number]
    income = "408" if any_chart.chart.startswith("union") else "410102"
    assert any_chart.balance(income, campaign.fund) == "-350.00"
    book = "".join(path.read_text(encoding="utf-8") for path in any_chart.folder.rglob("*.bean"))
    assert first in book and "示例甲" not in book and "沈示例" not in book


def test_whoever_names_no_donor_is_anonymous_and_each_order_has_a_donor_of_its_own(
    giving: Giving, tmp_path: Path
) -> None:
    campaign = giving.campaign()
    listed(giving, tmp_path, *ROWS, campaign=campaign.code)
    with giving.registry.read() as conn:
        rows = donors.of_unit(conn, UNIT)
        names = donors.names(conn, giving.registry.vault, rows)
    assert sorted((row.kind, row.consent) for row in rows) == [
        ("anonymous", "anonymous"), ("person", "named"),
    ]  # fmt: skip
    assert list(names.values()) == ["沈示例"]


def test_another_list_of_the_same_code_takes_the_place_of_the_first(
    giving: Giving, tmp_path: Path
) -> None:
    campaign = giving.campaign()
    first = listed(giving, tmp_path, *ROWS, campaign=campaign.code).json
    assert listed(giving, tmp_path, *ROWS, campaign=campaign.code).json == first
    before = codes(giving)
    other = (ROWS[0], "A-9,2026-03-19,,,,匿名,70.00,0.00,70.00,")
    again = listed(giving, tmp_path, *other, code=first["code"], campaign=campaign.code)
    assert again.status == 0, again.said
    amounts = [one["amount"] for one in giving.run("gift", "list", "--json").json["gifts"]]
    assert amounts == ["100.00", "70.00"]
    assert not set(before) & set(codes(giving))


def test_an_order_that_was_recorded_by_itself_is_not_entered_twice(
    giving: Giving, tmp_path: Path
) -> None:
    campaign = giving.campaign()
    one = giving.record(
        kind="platform", amount=yuan("100.00"), fee=yuan("0.60"), order="A-1",
        campaign=campaign.code, money=giving.bank,
    )  # fmt: skip
    told = listed(giving, tmp_path, *ROWS, campaign=campaign.code)
    assert told.status == 1 and one.row.code in told.said and "order-known" in told.said
    assert codes(giving) == [one.row.code]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A-1,2025-12-31,沈示例,个人,,实名,100.00,0.60,99.40,", "不在活动"),
        ("A-1,2026-03-18,,,d-NOBODY,匿名,100.00,0.60,99.40,", "没有此编号的捐赠人"),
        ("A-1,2026-03-18,,,,实名,100.00,0.60,99.40,", "公开方式须为匿名"),
        ("A-1,2026-03-18,沈示例,个人,,实名,100.00,0.60,99.40,谢沈示例", "含有姓名"),
    ],
)
def test_a_row_that_makes_no_sense_is_told_with_its_line_and_nothing_is_entered(
    giving: Giving, tmp_path: Path, row: str, said: str
) -> None:
    campaign = giving.campaign()
    told = listed(giving, tmp_path, row, campaign=campaign.code)
    assert told.status == 1 and said in told.said
    assert [(one["file"], one["line"]) for one in told.json["findings"]] == [("platform.csv", 8)]
    assert "沈示例" not in told.said
    assert codes(giving) == []
    assert giving.run("donors", "list", "--json").json == {"donors": []}


def test_a_list_needs_a_campaign_that_is_open_or_a_place(giving: Giving, tmp_path: Path) -> None:
    assert "no-place" in listed(giving, tmp_path, *ROWS).said
    assert "no-campaign" in listed(giving, tmp_path, *ROWS, campaign="HD2026-0099-0").said
    campaign = giving.campaign()
    giving.run("campaign", "close", campaign.code, "--on", "2026-06-01")
    giving.run("campaign", "approve", campaign.code, user="lin")
    told = listed(giving, tmp_path, *ROWS, campaign=campaign.code)
    assert told.status == 1 and "不收捐赠" in told.said and codes(giving) == []


def test_a_gift_is_traced_without_naming_its_unit_by_who_may_see_it(giving: Giving) -> None:
    code = giving.give("100.00", fund="F02")

    def trace(of: str) -> Told:
        return mingbai(
            "gift", "trace", giving.registry.folder, of, "--json", "--user", "shen",
            MINGBAI_PASSWORD=PASSWORD,
        )  # fmt: skip

    told = trace(code)
    assert {"received", "used", "held", "returned", "lines"} <= told.json.keys()
    assert (told.json["received"], told.json["held"]) == ("100.00", "100.00")
    assert "no-gift" in trace("JZ2026-0077-1").said
