"""``mingbai dues explain`` as a member reads it, and as an accountant does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import text

from ledger.cli.dues_telling import explanation_text
from ledger.registry import claims, members, persons
from ledger.rules.facts import Reduction
from tests.cli.command import UNIT, Office
from tests.dues.roll import MARCH, Roll
from tests.house import UNIT as TINY
from tests.house import House

ZHAO = "m-AS4EX8WNET"


def test_a_member_reads_what_is_owed_why_by_which_rule_and_that_it_is_paid(office: Office) -> None:
    told = office.by("zhou", "dues explain", ZHAO, "2026-03")
    assert told.status == 0, told.err
    lines = told.out.splitlines()
    assert lines[0] == "会员 0001，2026-03 工会会费：应缴 22.05 元，已缴 22.05 元"
    assert lines[1] == "Member 0001, union dues for 2026-03: owes 22.05 yuan, paid 22.05"
    for said in ("4415.00，每月基本工资收入", "自 2020-09-01", "4410.00 × 0.5 % = 22.05",
                 "工发〔1978〕101号", "已核对原文", "2026-03-31", "结果相同", "worked out again",
                 "HY2026-0121-3       22.05  已缴 2026-03-05 paid"):  # fmt: skip
        assert said in told.out, said
    # Words of the data, not of people.
    for word in ("confirmed", "union-member", "wage ", "recomputed", "drafted"):
        assert word not in told.out, word


def test_the_same_by_number_within_the_unit(office: Office) -> None:
    by_number = office.by("zhou", "dues explain", "0001", "2026-03", "--unit", UNIT)
    assert by_number.out == office.by("zhou", "dues explain", ZHAO, "2026-03").out


def test_a_change_is_told_in_words_with_what_it_made_of_the_amount(small_house: House) -> None:
    roll = Roll(small_house)
    member = roll.add("3001")
    roll.assess()
    roll.base(member, "6000", date(2026, 3, 1))
    roll.assess()
    told = explanation_text(roll.explain(member))
    for said in ("首次核定 30.01 元", "3001.00 × 1 % = 30.01",
                 "第 1 次变动：增加 59.99 元，应缴 90.00 元", "change 1: 59.99 more, owes 90.00",
                 "基数 3001.00 (2020-05-01) → 6000.00 (2026-03-01)",
                 "档次 3000元以上至5000元（含） → 5000元以上至10000元（含）",
                 "6000.00 × 1.5 % = 90.00", "待缴 to be paid"):  # fmt: skip
        assert said in told, said
    assert "pay-2" not in told


def test_an_exemption_is_told_with_its_papers(small_house: House) -> None:
    roll = Roll(small_house)
    member = roll.add("3001")
    papers = ("支部决议〔2026〕3号", "党委批复〔2026〕1号")
    poor = Reduction(0, MARCH, None, "生活困难", *papers)
    roll.put(replace(roll.facts(member), reductions=(poor,)))
    roll.assess()
    told = explanation_text(roll.explain(member))
    assert "应缴 0.00 元" in told and "生活困难，减免后 0.00" in told
    assert all(paper in told for paper in papers)


def test_credit_and_what_was_written_off_have_words_of_their_own(small_house: House) -> None:
    roll = Roll(small_house)
    member = roll.add("6000")
    roll.assess()
    (first,) = roll.claims(member)
    with roll.house.registry.write() as conn:
        claims.set_state(conn, TINY, [first.code], claims.PAID, date(2026, 3, 9))
    roll.base(member, "3001", date(2026, 3, 1))
    roll.assess()
    told = explanation_text(roll.explain(member))
    assert "应缴 30.01 元，已缴 30.01 元" in told
    assert "减少 59.99 元" in told and "59.99  多缴，留存待用" in told


def test_an_altered_amount_and_an_erased_person_are_said_plainly(small_house: House) -> None:
    roll = Roll(small_house)
    one, other = roll.add(), roll.add()
    roll.assess()
    with roll.house.registry.write() as conn:
        conn.execute(text("UPDATE assessment SET total_fen = 1 WHERE member = :m"), {"m": one})
        row = members.find(conn, other)
        assert row is not None
        persons.erase(conn, row.person)
    assert "结果不同，请查明" in explanation_text(roll.explain(one))
    told = explanation_text(roll.explain(other))
    assert "此人的资料已删除" in told and "无从重算" in told and "30.01" in told
