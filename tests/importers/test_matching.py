"""A line is settled by a reference, a unique name or a rule; anything less is a question."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from importers import staging
from ledger.dues import cash, merging
from ledger.dues.receiving import Payment
from ledger.money import Money
from ledger.reference import make_code
from ledger.registry import claims, members
from ledger.registry.claim_parts import Codes, divide
from tests.house import ACTIVITY, BANK, CASH, DUES, UNIT, House
from tests.importers.desk import FULL, NUMBER, OTHER_NUMBER, Desk, Layout, Move

CODE = make_code("HY", 2026, 371)
OTHER = make_code("HY", 2026, 372)
NAME = "欧阳示例"


@pytest.fixture
def desk(small_house: House) -> Desk:
    return Desk(small_house)


def reason(desk: Desk) -> str:
    (question,) = desk.questions()
    return question.reason


def test_a_reference_with_the_exact_amount_settles_its_claim(house: House) -> None:
    desk = Desk(house)
    member = desk.member(NAME, "007")
    desk.claim(CODE, "25.00", member)
    desk.one("25.00", memo=f"会费{CODE}", name="别人代交")
    (waits,) = desk.drafts()
    assert [(p.account, p.amount.text) for p in waits.draft.postings] == [
        (BANK, "25.00"), (DUES, "-25.00"),
    ]  # fmt: skip
    assert dict(waits.draft.postings[1].meta) == {"claim": CODE, "member": member}
    assert desk.claim_state(CODE) == "drafted"
    list(desk.approve_all())
    assert desk.claim_state(CODE) == "paid"


@pytest.mark.parametrize("memo", ["ＨＹ２０２６－０３７１－７", "HY 2026 0371 7", "HY202603717"])
def test_a_reference_survives_full_width_and_spaces(desk: Desk, memo: str) -> None:
    desk.claim(CODE, "25.00")
    assert len(desk.one("25.00", memo=memo).drafts) == 1


def test_a_reference_with_one_wrong_digit_is_none(desk: Desk) -> None:
    desk.claim(CODE, "25.00")
    assert desk.one("25.00", memo=CODE[:-1] + "6").drafts == ()
    assert desk.claim_state(CODE) == "open"


@pytest.mark.parametrize(
    ("amount", "memo", "why"),
    [
        ("24.99", CODE, "应收 25.00，实收 24.99"),
        ("-25.00", CODE, "付出的款项"),
        ("25.00", f"{CODE} {OTHER}", "多个参考号"),
        ("25.00", "会费", "没有参考号"),
    ],
)
def test_what_does_not_fit_is_asked(desk: Desk, amount: str, memo: str, why: str) -> None:
    desk.claim(CODE, "25.00")
    desk.claim(OTHER, "25.00")
    assert desk.one(amount, memo=memo).drafts == ()
    assert why in reason(desk)


def test_the_second_payment_of_a_claim_is_asked_in_one_file_and_in_two(desk: Desk) -> None:
    desk.claim(CODE, "25.00")
    at = datetime(2026, 3, 2, 9)
    twice = [
        Move(at + timedelta(minutes=n), 2500, 2500 * (n + 5), memo=CODE, ref=f"8{n}")
        for n in range(2)
    ]
    done = desk.read_in(FULL.csv(twice))
    assert (len(done.drafts), len(done.questions)) == (1, 1)
    assert "重复缴款" in reason(desk)
    desk.held, desk.days = 25_00 * 6, 5
    desk.one("25.00", memo=CODE)
    assert all("重复缴款" in question.reason for question in desk.questions())


def test_a_full_name_and_the_only_open_claim_of_that_amount_settle_a_line(house: House) -> None:
    desk = Desk(house)
    desk.claim(CODE, "25.00", desk.member(NAME, "007"))
    assert len(desk.one("25.00", name="欧 阳示例").drafts) == 1


@pytest.mark.parametrize(
    ("name", "claimed"),
    [("欧阳*例", ["25.00"]), ("欧阳示", ["25.00"]), (NAME, ["24.00"]), (NAME, ["25.00", "25.00"])],
)
def test_masked_and_partial_names_and_ambiguous_amounts_are_asked(
    desk: Desk, name: str, claimed: list[str]
) -> None:
    member = desk.member(NAME, "007")
    for place, amount in enumerate(claimed, start=1):
        desk.claim(make_code("HY", 2026, place), amount, member)
    assert desk.one("25.00", name=name).drafts == ()


def test_two_persons_of_one_name_are_never_told_apart_by_guessing(desk: Desk) -> None:
    desk.claim(CODE, "25.00", desk.member(NAME, "007"))
    desk.member(NAME, "008")
    assert desk.one("25.00", name=NAME).drafts == ()
    assert "同名" in reason(desk)


def test_money_out_to_a_member_is_not_their_dues(desk: Desk) -> None:
    desk.claim(CODE, "25.00", desk.member(NAME, "007"))
    assert desk.one("-25.00", name=NAME).drafts == ()


# ---- refunds -----------------------------------------------------------------------------------

BUY = f"""
[[rule]]
title = "活动用品"
direction = "out"
memo = "用品"
to = [ {{ account = "{ACTIVITY}", fund = "F01", share = "3/5" }},
       {{ account = "{ACTIVITY}", fund = "F02", share = "2/5" }} ]

[[rule]]
title = "零星"
direction = "out"
memo = "零星"
to = {{ account = "{ACTIVITY}", fund = "F01" }}
"""


def pay_and_refund(
    desk: Desk, memo: str, paid: str, back: str, ref: str = "20260302000001_1"
) -> None:
    desk.one(f"-{paid}", memo=memo, ref="20260302000001")
    desk.one(back, memo="退款", ref=ref)


def test_a_refund_takes_back_the_accounts_of_the_payment_it_names(house: House) -> None:
    desk = Desk(house)
    desk.rules(BUY)
    pay_and_refund(desk, "用品", "100.00", "100.00")
    first, second = (waits.draft for waits in desk.drafts())
    assert sorted((p.account, -p.amount.fen, p.fund) for p in first.postings) == sorted(
        (p.account, p.amount.fen, p.fund) for p in second.postings
    )
    assert first.links[0] in second.links


def test_payment_and_refund_in_one_file_are_linked_whatever_comes_first(desk: Desk) -> None:
    desk.rules(BUY)
    at = datetime(2026, 3, 2, 9)
    moves = [
        Move(at, -10000, 90000, memo="用品", ref="20260302000001"),
        Move(at + timedelta(days=1), 10000, 100000, memo="退款", ref="20260302000001_1"),
    ]
    done = desk.read_in(Layout(newest_first=True).csv(moves))
    assert len(done.drafts) == 2


def test_a_partial_refund_of_one_account_is_certain_and_of_several_is_asked(desk: Desk) -> None:
    desk.rules(BUY)
    pay_and_refund(desk, "零星", "100.00", "30.00")
    assert [p.amount.text for p in desk.drafts()[1].draft.postings] == ["30.00", "-30.00"]
    desk.one("-80.00", memo="用品", ref="20260302000009")
    desk.one("30.00", memo="退货", ref="20260302000009_1")
    assert "一部分" in reason(desk)


@pytest.mark.parametrize(
    ("paid", "back", "ref"),
    [
        ("100.00", "100.01", "20260302000001_1"),
        ("100.00", "-100.00", "20260302000001_1"),
        ("100.00", "100.00", "20260302000002_1"),
        ("100.00", "100.00", "7777"),
    ],
)
def test_a_refund_that_names_no_fitting_payment_is_asked(
    desk: Desk, paid: str, back: str, ref: str
) -> None:
    desk.rules(BUY)
    desk.one(f"-{paid}", memo="零星", ref="20260302000001")
    desk.one(back, memo="退款", ref=ref)
    assert len(desk.drafts()) == 1


def test_a_refund_of_paid_dues_asks_what_becomes_of_the_claim(desk: Desk) -> None:
    desk.claim(CODE, "25.00")
    desk.one("25.00", memo=CODE, ref="20260302000001")
    desk.one("-25.00", memo="退款", ref="20260302000001_1")
    assert "应收" in reason(desk)
    assert len(desk.drafts()) == 1


# ---- transfers ---------------------------------------------------------------------------------

CLEARING = "Liabilities:215-其他应付款"
TRANSFER = f"""
[[rule]]
title = "本单位账户划转"
counterparty_account = "{OTHER_NUMBER}"
to = {{ account = "{CLEARING}", fund = "F01" }}

[[rule]]
title = "本单位账户划转"
counterparty_account = "{NUMBER}"
to = {{ account = "{CLEARING}", fund = "F01" }}
"""


def both_sides(desk: Desk) -> None:
    at = datetime(2026, 3, 2, 9)
    out = Move(at, -50000, 50000, account=OTHER_NUMBER, ref="71")
    come = Move(at, 50000, 90000, account=NUMBER, ref="72")
    desk.read_in(Layout(opening=True).csv([out]), "out.csv")
    desk.read_in(Layout(opening=True, number=OTHER_NUMBER).csv([come]), "in.csv")


def test_a_transfer_between_own_accounts_is_asked_and_pointed_to_clearing(desk: Desk) -> None:
    both_sides(desk)
    first, second = sorted(desk.questions(), key=lambda line: line.number)
    assert "划转" in first.reason and "划转" in second.reason
    assert "三日内没有另一边" in first.reason
    assert f"另一边是流水 {first.number}" in second.reason


def test_the_first_side_of_a_transfer_learns_of_the_other_when_matched_again(desk: Desk) -> None:
    both_sides(desk)
    staging.match_again(desk.registry, UNIT, desk.house.maker, desk.house.now)
    first, second = desk.questions()
    assert f"its other side is line {second.number}" in first.reason
    assert f"its other side is line {first.number}" in second.reason


@pytest.mark.parametrize(("days", "fen"), [(4, 50000), (0, 50001), (0, -50000)])
def test_another_amount_side_or_a_later_week_is_no_other_side(
    desk: Desk, days: int, fen: int
) -> None:
    at = datetime(2026, 3, 2, 9)
    out = Move(at, -50000, 50000, account=OTHER_NUMBER, ref="71")
    come = Move(at + timedelta(days=days), fen, 90000, account=NUMBER, ref="72")
    desk.read_in(Layout(opening=True).csv([out]), "out.csv")
    desk.read_in(Layout(opening=True, number=OTHER_NUMBER).csv([come]), "in.csv")
    assert all("另一边是" not in question.reason for question in desk.questions())


def test_both_sides_of_a_transfer_leave_the_clearing_account_at_zero(desk: Desk) -> None:
    desk.rules(TRANSFER)
    both_sides(desk)
    postings = [p for waits in desk.drafts() for p in waits.draft.postings]
    assert {p.account for p in postings} == {BANK, CASH, CLEARING}
    assert sum(p.amount.fen for p in postings if p.account == CLEARING) == 0


def settled_by(desk: Desk) -> dict[str, str]:
    """What the one draft that waits says of the claim that it pays."""
    (waits,) = desk.drafts()
    assert "清单" not in waits.draft.narration
    return dict(waits.draft.postings[1].meta)


def test_the_code_of_a_divided_claim_pays_what_is_still_open_of_it(house: House) -> None:
    desk = Desk(house)
    member = desk.member(NAME, "007")
    desk.claim(CODE, "25.00", member)
    with house.registry.write() as conn:
        whole = claims.find(conn, UNIT, CODE)
        assert whole is not None
        paid, rest = divide(conn, Codes(conn, UNIT), whole, 10_00, house.now.date())
        claims.set_state(conn, UNIT, [paid.code], claims.PAID, house.now.date())
    assert desk.one("25.00", memo=CODE, ref="1").drafts == ()
    assert "应收 15.00，实收 25.00" in reason(desk)
    assert len(desk.one("15.00", memo=CODE, ref="2").drafts) == 1
    assert settled_by(desk) == {"claim": rest.code, "member": member}
    # And when all of it is paid, the code is known as paid.
    list(desk.approve_all())
    desk.one("15.00", memo=CODE, ref="3")
    assert any("可能是重复缴款" in line.reason for line in desk.questions())


def merged(desk: Desk) -> str:
    """Two members of one name who are one, merged; the double, who owes."""
    one, double = desk.member(NAME, "007"), desk.member(NAME, "008")
    desk.claim(CODE, "25.00", double)
    house = desk.house
    with house.registry.read() as conn:
        rows = members.with_ids(conn, {one, double})
    merging.merge(
        house.registry, rows[double], rows[one], "同一人", house.maker, house.now,
        house.now.date().replace(day=1),
    )  # fmt: skip
    return double


def test_what_a_merged_double_owes_is_found_by_the_payers_name(house: House) -> None:
    desk = Desk(house)
    double = merged(desk)
    assert len(desk.one("25.00", name=NAME, memo="转账").drafts) == 1
    assert settled_by(desk) == {"claim": CODE, "member": double}


def test_what_a_merged_double_owes_is_suggested_as_the_members(desk: Desk) -> None:
    merged(desk)
    assert desk.one("25.00", name="欧阳示力", memo="会费").drafts == ()
    (line,) = desk.questions()
    assert line.suggestion is not None
    assert (line.suggestion.claims, line.suggestion.members) == ((CODE,), ("007",))


def test_what_a_member_pays_settles_what_their_merged_double_owes(desk: Desk) -> None:
    double = merged(desk)
    house = desk.house
    with house.registry.read() as conn:
        one = members.by_number(conn, UNIT, "007")
    assert one is not None
    payment = Payment(one.id, Money(25_00), house.now.date())
    cash.take(house.registry, UNIT, payment, CASH, house.maker, house.now)
    assert settled_by(desk) == {"claim": CODE, "member": double}
