"""What a question probably is: suggested with its reason, never entered by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from importers import answering, staging
from ledger.errors import Refused
from ledger.reference import make_code
from ledger.registry import persons
from ledger.registry.persons import PersonData
from tests.house import BANK, DUES, UNIT, House
from tests.importers.desk import FULL, Desk, Move

CODES = [make_code("HY", 2026, 700 + n) for n in range(9)]


@pytest.fixture
def desk(small_house: House) -> Desk:
    return Desk(small_house)


def owes(desk: Desk, name: str, number: str, code: str, amount: str = "25.00") -> str:
    member = desk.member(name, number)
    desk.claim(code, amount, member)
    return member


def only(desk: Desk) -> staging.OpenLine:
    (line,) = desk.questions()
    return line


def accept(desk: Desk, line: int) -> str:
    return answering.accept_suggestion(desk.registry, UNIT, line, desk.house.maker, desk.house.now)


@pytest.mark.parametrize(
    ("name", "memo"),
    [
        ("欧阳示力", "会费"),
        ("OUYANG SHILI", "dues"),
        ("甲乙商贸有限公司", "代欧阳示例交"),
        ("甲乙商贸有限公司", "欧阳示例三月会费"),
        ("甲乙商贸有限公司", "会员007"),
        ("欧*示例", ""),
    ],
)
def test_who_probably_paid_is_suggested_and_never_entered(desk: Desk, name: str, memo: str) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "诸葛样本", "008", CODES[1])
    assert desk.one("25.00", name=name, memo=memo).drafts == ()
    found = only(desk).suggestion
    assert found is not None
    assert (found.tier, found.claims, found.members) == ("C", (CODES[0],), ("007",))
    assert 20 <= found.score <= 95
    assert desk.claim_state(CODES[0]) == "open"


def test_reasons_name_members_by_their_numbers_only(desk: Desk) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "欧阳示理", "008", CODES[1])
    desk.one("25.00", name="欧阳示力", memo="代诸葛样本交")
    reason = only(desk).reason
    assert "007" in reason and "008" in reason and "member 007" in reason
    assert "欧阳" not in reason and "诸葛" not in reason


@pytest.mark.parametrize(
    ("amount", "name"),
    [("24.99", "欧阳示力"), ("-25.00", "欧阳示力"), ("25.00", "上官无关")],
)
def test_another_amount_side_or_name_suggests_nothing(desk: Desk, amount: str, name: str) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    desk.one(amount, name=name)
    assert only(desk).suggestion is None


def test_a_due_of_another_season_is_not_suggested(desk: Desk) -> None:
    desk.claim(CODES[0], "25.00", desk.member("欧阳示例", "007"), month="2025-11")
    desk.one("25.00", name="欧阳示力")
    assert only(desk).suggestion is None


def test_near_ties_are_told_and_not_suggested(desk: Desk) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "欧阳示例", "008", CODES[1])
    desk.one("25.00", name="欧阳示例")
    line = only(desk)
    assert line.suggestion is None
    assert line.proposal is not None and line.proposal.runner_up in CODES[:2]
    assert "须由人确定" in line.reason
    with pytest.raises(Refused, match="nothing-suggested"):
        accept(desk, line.number)


def test_one_deposit_takes_one_due(desk: Desk) -> None:
    """Both payers are like both members; each takes the one that it is most like."""
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "欧阳样例", "008", CODES[1])
    at = datetime(2026, 3, 2, 9)
    moves = [
        Move(at, 2500, 102500, name="OUYANG SHILI", ref="81"),
        Move(at + timedelta(minutes=1), 2500, 105000, name="OUYANG YANGLI", ref="82"),
        Move(at + timedelta(minutes=2), 2500, 107500, name="OUYANG SHILI", ref="83"),
    ]
    desk.read_in(FULL.csv(moves))
    found = [line.suggestion for line in desk.questions()]
    assert [one.members if one else () for one in found] == [("007",), ("008",), ()]


def test_all_that_a_member_owes_may_be_paid_at_once(desk: Desk) -> None:
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.claim(CODES[1], "25.00", member, month="2026-02")
    desk.one("50.00", name="欧阳示例")
    draft = accept(desk, only(desk).number)
    (waits,) = desk.drafts()
    assert waits.id == draft
    assert [(p.account, p.amount.text) for p in waits.draft.postings] == [
        (BANK, "50.00"), (DUES, "-25.00"), (DUES, "-25.00"),
    ]  # fmt: skip


def test_a_list_without_its_code_is_suggested_for_an_office_that_pays_its_total(
    desk: Desk,
) -> None:
    code = make_code("DK", 2026, 9)
    for place, name in enumerate(("欧阳示例", "诸葛样本")):
        member = desk.member(name, f"00{place}")
        desk.claim(CODES[place], "25.00", member, list_code=code)
    desk.one("50.00", name="示例中学", memo="三月代扣")
    found = only(desk).suggestion
    assert found is not None and found.claims == tuple(sorted(CODES[:2]))
    accept(desk, only(desk).number)
    assert [desk.claim_state(one) for one in CODES[:2]] == ["drafted"] * 2


def test_an_accepted_suggestion_waits_for_a_checker_and_settles_its_claim(house: House) -> None:
    desk = Desk(house)
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力")
    accept(desk, only(desk).number)
    assert desk.claim_state(CODES[0]) == "drafted"
    (waits,) = desk.drafts()
    assert dict(waits.draft.postings[1].meta) == {"claim": CODES[0], "member": member}
    list(desk.approve_all())
    assert desk.claim_state(CODES[0]) == "paid"
    assert desk.questions() == []


def test_a_suggestion_lapses_with_its_claim(desk: Desk) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力")
    line = only(desk).number
    desk.one("25.00", memo=CODES[0])
    assert only(desk).suggestion is None
    with pytest.raises(Refused, match="nothing-suggested"):
        accept(desk, line)


def test_who_pays_for_another_by_name_is_asked(desk: Desk) -> None:
    """The payer owes exactly this amount, too; the memo says that it is not theirs."""
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "诸葛样本", "008", CODES[1])
    assert desk.one("25.00", name="欧阳示例", memo="代诸葛样本交").drafts == ()
    found = only(desk).suggestion
    assert found is not None and found.members == ("008",)


@pytest.mark.parametrize("memo", ["尾号5678", "13800005678 会费"])
def test_a_telephone_in_the_memo_suggests_its_owner(desk: Desk, memo: str) -> None:
    owes(desk, "诸葛样本", "008", CODES[1])
    with desk.registry.write() as conn:
        from datetime import date

        from ledger.registry import members

        person = persons.add(
            conn, desk.vault, PersonData("欧阳示例", "13800005678"), desk.house.now
        )
        member = members.add(conn, person=person, unit=UNIT, number="007", joined=date(2020, 1, 1))
    desk.claim(CODES[0], "25.00", member)
    desk.one("25.00", name="无名氏", memo=memo)
    found = only(desk).suggestion
    assert found is not None and found.members == ("007",)


# ---- what is learnt ----------------------------------------------------------------------------

CARD = "6222000000009999"


def test_an_account_that_a_person_confirmed_pays_that_members_next_due(house: House) -> None:
    desk = Desk(house)
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力", account=CARD)
    accept(desk, only(desk).number)
    desk.claim(CODES[1], "30.00", member, month="2026-04")
    assert len(desk.one("30.00", name="O Y S L", account=CARD).drafts) == 1
    assert desk.claim_state(CODES[1]) == "drafted"


def test_a_confirmed_account_does_not_pay_for_its_holder_where_the_memo_names_another(
    house: House,
) -> None:
    desk = Desk(house)
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力", account=CARD)
    accept(desk, only(desk).number)
    desk.claim(CODES[1], "30.00", member, month="2026-04")
    owes(desk, "诸葛样本", "008", CODES[2], "30.00")
    assert desk.one("30.00", name="O Y S L", account=CARD, memo="诸葛样本四月会费").drafts == ()
    assert "另一人" in only(desk).reason


def test_nothing_is_learnt_from_what_was_matched_by_itself(desk: Desk) -> None:
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示例", account=CARD)
    desk.claim(CODES[1], "30.00", member, month="2026-04")
    assert desk.one("30.00", name="上官无关", account=CARD).drafts == ()


def test_an_account_of_which_two_members_were_confirmed_decides_nothing(desk: Desk) -> None:
    first = owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "诸葛样本", "008", CODES[1], "26.00")
    desk.one("25.00", name="欧阳示力", account=CARD)
    accept(desk, only(desk).number)
    desk.one("26.00", name="诸葛洋本", account=CARD)
    accept(desk, only(desk).number)
    desk.claim(CODES[2], "30.00", first, month="2026-04")
    assert desk.one("30.00", name="上官无关", account=CARD).drafts == ()


def test_an_account_that_paid_for_another_is_not_learnt(desk: Desk) -> None:
    member = owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="上官无关", memo="代欧阳示例交", account=CARD)
    accept(desk, only(desk).number)
    desk.claim(CODES[1], "30.00", member, month="2026-04")
    assert desk.one("30.00", name="上官无关", account=CARD).drafts == ()


def test_a_learnt_account_is_kept_as_a_keyed_digest_and_forgotten_with_the_person(
    desk: Desk,
) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力", account=CARD)
    accept(desk, only(desk).number)
    with desk.registry.write() as conn:
        (person,) = persons.find(conn, desk.vault, "payer", CARD)
        persons.erase(conn, person)
        assert persons.find(conn, desk.vault, "payer", CARD) == []
    assert CARD.encode() not in (desk.registry.folder / "registry.db").read_bytes()


def test_another_answer_takes_back_what_the_first_one_taught(desk: Desk) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    desk.one("25.00", name="欧阳示力", account=CARD)
    number = only(desk).number
    accept(desk, number)
    from importers.drafting import OtherSide
    from ledger.money import yuan

    answering.answer(
        desk.registry, UNIT, number, [OtherSide(DUES, "F01", yuan("25.00"))], desk.house.maker,
        desk.house.now,
    )  # fmt: skip
    with desk.registry.read() as conn:
        assert persons.find(conn, desk.vault, "payer", CARD) == []


# ---- as the inbox tells it ---------------------------------------------------------------------


def test_the_inbox_tells_lines_with_their_proposals(desk: Desk) -> None:
    owes(desk, "欧阳示例", "007", CODES[0])
    owes(desk, "诸葛样本", "008", CODES[1], "30.00")
    desk.one("25.00", name="欧阳示力")
    desk.one("30.00", memo=CODES[1])
    told = staging.inbox(desk.registry, UNIT).as_json()
    asked, drafted = told["rows"]
    assert (asked["state"], drafted["state"]) == ("question", "drafted")
    assert asked["line"]["amount"] == "25.00" and asked["line"]["day"] == "2026-03-02"
    assert set(asked["proposal"]) == {"tier", "score", "reason", "runner_up", "draft"}
    assert asked["proposal"]["draft"]["claims"] == [CODES[0]]
    assert drafted["proposal"]["tier"] == "A"
    assert drafted["proposal"]["draft"] == desk.drafts()[0].id
    assert len(told["questions"]) == 1
