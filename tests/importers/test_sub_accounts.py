"""A sub-account that is one payer's tells who paid; what does not fit exactly is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importers import subaccounts
from importers.subaccounts import Part
from ledger.cli.main import main
from ledger.errors import NotAllowed, Refused
from ledger.reference import make_code
from tests.house import DUES, PASSWORD, UNIT, House
from tests.importers.desk import NUMBER, Desk

CODES = [make_code("HY", 2026, 500 + n) for n in range(9)]
LIST = make_code("DK", 2026, 5)


@pytest.fixture
def desk(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    desk = Desk(small_house)
    desk.claim(CODES[0], "25.00", desk.member("欧阳示例", "007"))
    desk.claim(CODES[1], "25.00", desk.member("诸葛样本", "008"))
    return desk


def register(desk: Desk, *parts: Part, account: str = "基本户") -> int:
    return subaccounts.enter(desk.registry, UNIT, account, parts, desk.house.maker, desk.house.now)


def pay(desk: Desk, number: str, amount: str = "25.00", **fields: object) -> tuple[str, ...]:
    fields.setdefault("memo", "转账")
    return desk.one(amount, more=(("子账号", number),), **fields).drafts


def reason(desk: Desk) -> str:
    (line,) = desk.questions()
    return line.reason


@pytest.mark.parametrize("printed", ["0371", NUMBER + "0371", f"{NUMBER}-0371", "０３７１"])
def test_whoever_pays_in_on_a_members_number_pays_that_members_due(
    desk: Desk, printed: str
) -> None:
    register(desk, Part("0371", member="008"))
    assert len(pay(desk, printed, name="欧阳示例", account="6222000000007777")) == 1
    assert (desk.claim_state(CODES[0]), desk.claim_state(CODES[1])) == ("open", "drafted")


def test_the_number_is_known_from_the_own_accounts_suffix(desk: Desk) -> None:
    register(desk, Part(NUMBER + "0371", member="008"))
    drafts = desk.one("25.00", memo="转账", more=(("本方账号", NUMBER + "0371"),)).drafts
    assert len(drafts) == 1 and desk.claim_state(CODES[1]) == "drafted"


@pytest.mark.parametrize("printed", ["0372", "371", "****0371", "", NUMBER])
def test_another_shortened_or_masked_number_tells_nothing(desk: Desk, printed: str) -> None:
    register(desk, Part("0371", member="008"))
    assert pay(desk, printed) == ()
    assert desk.claim_state(CODES[1]) == "open"


def test_another_accounts_part_of_the_same_number_is_another_part(desk: Desk) -> None:
    register(desk, Part("0371", member="008"), account="第二户")
    assert pay(desk, "0371") == ()


@pytest.mark.parametrize("amount", ["24.99", "50.00"])
def test_another_amount_on_a_members_number_is_asked(desk: Desk, amount: str) -> None:
    register(desk, Part("0371", member="008"))
    assert pay(desk, "0371", amount) == ()
    assert "子账户属会员 008" in reason(desk) and "诸葛" not in reason(desk)


def test_of_two_equal_dues_the_older_is_suggested_and_none_is_entered(desk: Desk) -> None:
    register(desk, Part("0371", member="008"))
    with desk.registry.read() as conn:
        from ledger.registry import members

        member = members.by_numbers(conn, UNIT, {"008"})["008"].id
    desk.claim(CODES[2], "25.00", member, month="2026-02")
    assert pay(desk, "0371", name="上官无关") == ()
    (line,) = desk.questions()
    assert line.suggestion is not None and line.suggestion.claims == (CODES[2],)
    assert line.suggestion.score >= 90


def test_the_second_payment_on_a_members_number_is_asked(desk: Desk) -> None:
    register(desk, Part("0371", member="008"))
    assert len(pay(desk, "0371")) == 1
    assert pay(desk, "0371") == ()
    assert "有 0 笔" in reason(desk)


def test_a_reference_of_one_member_on_the_number_of_another_is_asked(desk: Desk) -> None:
    register(desk, Part("0371", member="008"))
    assert pay(desk, "0371", memo=CODES[0]) == ()
    assert "不一致" in reason(desk)
    assert len(pay(desk, "0371", memo=CODES[1])) == 1


@pytest.mark.parametrize(
    ("memo", "entered"),
    [
        ("代诸葛样本交", True),
        ("诸葛样本三月会费", True),
        ("欧阳示例三月会费", False),
        ("代欧阳示例交", False),
    ],
)
def test_a_memo_that_names_another_member_than_the_numbers_owner_is_asked(
    desk: Desk, memo: str, entered: bool
) -> None:
    register(desk, Part("0371", member="008"))
    assert bool(pay(desk, "0371", memo=memo, name="上官无关")) == entered
    assert desk.claim_state(CODES[0]) == "open"


def test_money_out_on_a_members_number_is_no_due(desk: Desk) -> None:
    register(desk, Part("0371", member="008"))
    assert pay(desk, "0371", "-25.00") == ()


def test_a_lists_number_takes_the_total_of_the_list_only(desk: Desk) -> None:
    for place, number in enumerate(("017", "018"), start=3):
        desk.claim(CODES[place], "30.00", desk.member(f"王试{number}", number), list_code=LIST)
    register(desk, Part("9001", code=LIST))
    assert pay(desk, "9001", "59.99") == ()
    assert len(pay(desk, "9001", "60.00", name="示例中学")) == 1
    assert [desk.claim_state(code) for code in CODES[3:5]] == ["drafted"] * 2


def test_a_funds_number_lets_dues_of_other_funds_alone(desk: Desk) -> None:
    register(desk, Part("7003", fund="F03"))
    assert pay(desk, "7003", name="欧阳示例") == ()
    assert desk.claim_state(CODES[0]) == "open"
    assert pay(desk, "7003", memo=CODES[0]) == ()
    assert all("F03" in line.reason or "不一致" in line.reason for line in desk.questions()[1:])


def test_a_rule_may_look_at_the_sub_account(desk: Desk) -> None:
    desk.rules(
        f'[[rule]]\ntitle = "专项捐款"\nsub_account = "7003"\ndirection = "in"\n'
        f'to = {{ account = "{DUES}", fund = "F03" }}\n'
    )
    assert len(pay(desk, "7003", "88.00", name="示例商贸有限公司")) == 1
    (waits,) = desk.drafts()
    assert {p.fund for p in waits.draft.postings} == {"F03"}


# ---- registering -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        [Part("0371", member="999")],
        [Part("0371", code="HY2026-9999-9")],
        [Part("0371", fund="F99")],
        [Part("0371")],
        [Part("0371", member="007", fund="F01")],
        [Part("0371", member="007"), Part("0371", member="008")],
        [Part(NUMBER, member="007")],
        [Part("12", member="007")],
        [Part("****0371", member="007")],
        [Part("0372", member="007"), Part("0371", member="999")],
    ],
)
def test_numbers_are_registered_all_or_none(desk: Desk, parts: list[Part]) -> None:
    with pytest.raises(Refused, match="sub-account"):
        register(desk, *parts)
    assert subaccounts.listed(desk.registry, UNIT) == []


def test_a_number_changes_its_owner_only_by_being_removed_first(desk: Desk) -> None:
    assert register(desk, Part("0371", member="008")) == 1
    assert register(desk, Part(f"{NUMBER} 0371", member="008")) == 0
    with pytest.raises(Refused, match="sub-account"):
        register(desk, Part("0371", member="007"))
    maker, now = desk.house.maker, desk.house.now
    subaccounts.remove(desk.registry, UNIT, "基本户", "0371", maker, now)
    assert register(desk, Part("0371", member="007")) == 1
    with pytest.raises(Refused, match="no-sub-account"):
        subaccounts.remove(desk.registry, UNIT, "基本户", "0999", maker, now)


def test_numbers_are_sealed_and_registered_by_who_records(desk: Desk) -> None:
    register(desk, Part("7700112233", member="008"))
    assert b"7700112233" not in (desk.registry.folder / "registry.db").read_bytes()
    with pytest.raises(NotAllowed):
        subaccounts.enter(
            desk.registry, UNIT, "基本户", [Part("0372", member="008")], desk.house.checker,
            desk.house.now,
        )  # fmt: skip


def test_a_list_is_registered_and_told_by_the_command(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "parts.csv"
    path.write_text("子账号,会员编号,资金\n0371,007,\n0372,008,\n7003,,F03\n", encoding="utf-8")
    words = ["subaccounts", str(desk.registry.folder), "--unit", UNIT, "--user", "zhou", "--json"]
    assert main([*words, str(path), "--account", "基本户"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 3, "known": 0}
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)["subaccounts"]
    assert [(row["number"], row["member"], row["fund"]) for row in told] == [
        ("0371", "007", None), ("0372", "008", None), ("7003", None, "F03"),
    ]  # fmt: skip
    assert main([*words, "--account", "基本户", "--remove", "0372"]) == 0
    assert main([*words, "--account", "基本户", "--number", "0373", "--member", "008"]) == 0
    capsys.readouterr()
    path.write_text("子账号,会员编号\n0374,099\n", encoding="utf-8")
    assert main([*words, str(path), "--account", "基本户"]) == 1
    assert "没有这名会员" in capsys.readouterr().out
    assert main([*words, str(path), "--number", "0375"]) == 1
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main([*words, str(path), "--account", "基本户"]) == 1
