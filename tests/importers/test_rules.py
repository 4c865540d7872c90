"""A unit's rule table: every condition holds or does not, and whatever is wrong is a finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import staging
from importers.rule_table import read_rules, rule_of
from importers.rules import Facts, Rule, facts_of
from ledger.cli.main import main
from ledger.errors import NotAllowed, Refused
from ledger.money import Money, total, yuan
from ledger.registry import entries, imports
from tests.house import ACTIVITY, BANK, OFFICE, PASSWORD, UNIT, House
from tests.importers.desk import Desk

TO = {"account": ACTIVITY, "fund": "F01"}
BASE = {"title": "活动", "memo": "活动", "to": TO}


@pytest.fixture
def desk(small_house: House) -> Desk:
    return Desk(small_house)


def rule(**terms: object) -> Rule:
    return rule_of({**BASE, **terms}, "rules.toml")


def line(**fields: object) -> Facts:
    known: dict[str, object] = {
        "counterparty": "示例文体 用品（有限）公司", "counterparty_account": "6222 0001",
        "memo": "Ａ活动 经费", "status": "交易成功",
    }  # fmt: skip
    known.update(fields)
    account = str(known.pop("account", BANK))
    day = known.pop("day", date(2026, 3, 5))
    amount = known.pop("amount", yuan("-120.00"))
    assert isinstance(day, date)
    assert isinstance(amount, Money)
    return facts_of(account, day, amount, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "fits", "not_"),
    [
        ({"account": BANK}, {}, {"account": ACTIVITY}),
        ({"direction": "out"}, {}, {"amount": yuan("120.00")}),
        ({"direction": "in"}, {"amount": yuan("120.00")}, {}),
        ({"counterparty": "文体用品(有限)"}, {}, {"counterparty": "别的公司"}),
        ({"counterparty": ["示例", "公司"]}, {}, {"counterparty": "示例"}),
        ({"counterparty_account": "62220001"}, {}, {"counterparty_account": "62220002"}),
        ({"memo": ["a活动", "经费"]}, {}, {"memo": "活动"}),
        ({"status": "成功"}, {}, {"status": "处理中"}),
        ({"amount": "120.00"}, {}, {"amount": yuan("-120.01")}),
        ({"smallest": "120.00"}, {}, {"amount": yuan("-119.99")}),
        ({"largest": "120.00"}, {}, {"amount": yuan("-120.01")}),
        ({"since": date(2026, 3, 5)}, {}, {"day": date(2026, 3, 4)}),
        ({"until": date(2026, 3, 6)}, {}, {"day": date(2026, 3, 6)}),
    ],
)
def test_each_condition_decides(
    terms: dict[str, object], fits: dict[str, object], not_: dict[str, object]
) -> None:
    found = rule(**terms)
    assert found.fits(line(**fits))
    assert not found.fits(line(**not_))


def test_the_first_rule_that_fits_decides(desk: Desk) -> None:
    first = f'[[rule]]\ntitle="甲"\nmemo="往来"\nto={{account="{ACTIVITY}", fund="F02"}}\n'
    second = f'[[rule]]\ntitle="乙"\nmemo="往来款"\nto={{account="{OFFICE}", fund="F01"}}\n'
    assert desk.rules(first + second) == 2
    desk.one("-10.00")
    assert desk.drafts()[0].draft.narration == "甲"


@given(
    fen=st.integers(1, 10**9),
    shares=st.sampled_from([("0.6", "0.4"), ("1/3", "1/3", "1/3"), ("0.05", "0.95")]),
    out=st.booleans(),
)
def test_shares_lose_no_fen(fen: int, shares: tuple[str, ...], out: bool) -> None:
    found = rule(to=[{**TO, "share": share} for share in shares])
    amount = Money(-fen if out else fen)
    parts = [part for _, part in found.parts(amount)]
    assert total(parts) == amount
    assert all((part.fen <= 0) == out or part.fen == 0 for part in parts)


@pytest.mark.parametrize(
    "terms",
    [
        {"title": ""},
        {"title": 5},
        {"title": "长" * 101},
        {"memo": []},
        {"memo": [1]},
        {"memo": " "},
        {"amount": 0.1},
        {"amount": "12.345"},
        {"amount": "-5.00"},
        {"smallest": "10.00", "largest": "5.00"},
        {"since": "2026-02-30"},
        {"since": date(2026, 3, 2), "until": date(2026, 3, 1)},
        {"direction": "left"},
        {"unknown": 1},
        {"tags": ["a"]},
        {"to": 5},
        {"to": []},
        {"to": [TO, 5]},
        {"to": {"account": "10201", "fund": "F01"}},
        {"to": {"account": ACTIVITY}},
        {"to": {"account": ACTIVITY, "fund": "f 1"}},
        {"to": {**TO, "share": "0.5"}},
        {"to": [{**TO, "share": "0.6"}, {**TO, "share": "0.5"}]},
        {"to": {**TO, "share": "1e999999999"}},
        {"to": {**TO, "share": "1/0"}},
        {"to": {**TO, "share": 0}},
        {"to": {**TO, "memo": "x"}},
        {"meta": 5},
        {"meta": {"Bad Key": "x"}},
        {"meta": {"claim": "HY2026-0001-1"}},
        {"narration": "a\nb"},
        {"payee": " x"},
    ],
)
def test_a_rule_that_cannot_be_used_says_so(terms: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        rule(**terms)
    (found,) = refused.value.findings
    assert found.rule == "bad-rule"
    assert found.file == "rules.toml"
    assert found.what.zh != found.what.en


def test_a_rule_says_more_than_its_direction() -> None:
    with pytest.raises(Refused, match="says more of a line"):
        rule_of({"title": "全部", "direction": "in", "to": TO}, "rules.toml")


@pytest.mark.parametrize(
    "data",
    [
        b"[[rule", b"rule = 5", b"[rule]\ntitle='a'", b"rule = [1]", "规则".encode("gb18030"),
        b"other = 1", b"\xff\xfe", b"a = " + b"[" * 5000, b"x" * 1_000_001, b"\x00",
    ],
)  # fmt: skip
def test_a_file_that_is_no_rule_table_is_a_finding(desk: Desk, data: bytes) -> None:
    with pytest.raises(Refused, match="bad-rule"):
        read_rules(data)


def test_every_fault_of_a_table_is_told_and_the_old_table_stays(desk: Desk) -> None:
    good = f'[[rule]]\ntitle="甲"\nmemo="往来"\nto={{account="{ACTIVITY}", fund="F01"}}\n'
    desk.rules(good)
    bad = good + good.replace("F01", "F09") + good.replace(ACTIVITY, "Expenses:599-没有")
    with pytest.raises(Refused) as refused:
        desk.rules(bad + good.replace('memo="往来"', 'memo="a"\naccount="10201"'))
    places = [found.file for found in refused.value.findings]
    assert places == [f"rules.toml [[rule]] {n}" for n in (2, 3, 4)]
    with desk.registry.read() as conn:
        assert len(imports.rules(conn, desk.vault, UNIT)) == 1


def test_a_closed_account_or_fund_is_refused(desk: Desk) -> None:
    good = f'[[rule]]\ntitle="甲"\nmemo="往来"\nto={{account="{ACTIVITY}", fund="F07"}}\n'
    ended = entries.FundRow("F07", "旧", "Old", "none", "示例", date(2026, 1, 1), date(2026, 2, 1))
    with desk.registry.write() as conn:
        entries.add_fund(conn, UNIT, ended)
        old = entries.AccountRow("Expenses:598-旧", "", "CNY", False, date(2026, 1, 1), None)
        entries.add_account(conn, UNIT, replace(old, closed=date(2026, 2, 1)))
    for text in (good, good.replace("F07", "F01").replace(ACTIVITY, "Expenses:598-旧")):
        with pytest.raises(Refused, match="bad-rule"):
            desk.rules(text)


def test_what_a_rule_writes_into_the_book_names_nobody(desk: Desk) -> None:
    desk.member("欧阳示例", "007")
    text = (
        f'[[rule]]\ntitle="甲"\ncounterparty="欧阳示例"\nto={{account="{ACTIVITY}", fund="F01"}}\n'
    )
    assert desk.rules(text) == 1
    with pytest.raises(Refused, match="registered person"):
        desk.rules(text + 'narration="付欧阳示例"\n')


def test_only_who_records_changes_rules(desk: Desk) -> None:
    from importers import staging

    with pytest.raises(NotAllowed):
        staging.replace_rules(desk.registry, UNIT, "", desk.house.checker, desk.house.now)


# ---- priorities and explanations ---------------------------------------------------------------


def test_a_greater_priority_is_tried_first_and_the_draft_says_which_rule_and_why(
    desk: Desk,
) -> None:
    first = f'[[rule]]\ntitle="甲"\nmemo="往来"\nto={{account="{ACTIVITY}", fund="F02"}}\n'
    second = (
        f'[[rule]]\ntitle="乙"\npriority=5\nmemo="往来款"\ndirection="out"\n'
        f'to={{account="{OFFICE}", fund="F01"}}\n'
    )
    desk.rules(first + second)
    assert [(n, rule.title) for n, rule in staging.rules_of(desk.registry, UNIT)] == [
        (1, "乙"), (2, "甲"),
    ]  # fmt: skip
    desk.one("-5.00", memo="往来款")
    (row,) = staging.inbox(desk.registry, UNIT).as_json()["rows"]
    assert row["proposal"]["tier"] == "R"
    assert "规则 1「乙」，因为收付方向、摘要符合" in row["proposal"]["reason"]
    assert "rule 1" in row["proposal"]["reason"]


@pytest.mark.parametrize("priority", ["5", 1.5, True, 1001])
def test_a_priority_that_is_no_small_whole_number_is_refused(priority: object) -> None:
    with pytest.raises(Refused, match="priority"):
        rule_of({**BASE, "priority": priority}, "rules.toml")


@pytest.mark.parametrize("place", [2, 4])
def test_the_table_stands_anywhere_in_the_command(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    path = tmp_path / "rules.toml"
    path.write_text(
        f'[[rule]]\ntitle = "零星"\nmemo = "零星"\n'
        f'to = {{ account = "{ACTIVITY}", fund = "F01" }}\n',
        encoding="utf-8",
    )
    words = ["rules", str(small_house.registry.folder), "--unit", UNIT, "--user", "zhou"]
    assert main([*words[:place], str(path), *words[place:]]) == 0
    assert main([*words, str(path), str(path)]) == 1
