"""Dues at the desk: a month reckoned and entered, arrears and reminders, write-offs, bank lines."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pytest

from ledger import workflow
from ledger.money import Money
from ledger.period import Month
from ledger.registry import claims, members, oplog, persons, reminders, write_offs
from ledger.registry.persons import PersonData
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import DUES, UNIT, House
from tests.web.desk import NOW, STATEMENT, Browser, at_desk, house, import_statement, waiting

__all__ = ["at_desk", "house"]

DESK = f"/desk/{UNIT}"
MONTH = f"{DESK}/dues"
ARREARS = f"{DESK}/arrears"
OFF = f"{DESK}/write-offs"
SINCE = date(2025, 1, 1)


@pytest.fixture
def roll(house: House) -> Roll:
    made = Roll(house)
    for _ in range(3):
        made.add(since=SINCE)
    return made


@pytest.fixture
def late(roll: Roll) -> Roll:
    """Three members who owe October to March; the first has paid October and November."""
    month = Month(2025, 10)
    while month <= Month(2026, 3):
        roll.assess(month)
        month = month.next()
    Till(roll).pay(roll.members[0], "60.02")
    return roll


def assessed(roll: Roll) -> int:
    return sum(len(roll.claims(member)) for member in roll.members)


def look(browser: Browser, month: str = "2026-03") -> str:
    return browser.send(MONTH, MONTH, month=month, act="look").get_data(as_text=True)


def digest(page: str) -> str:
    return str(re.findall(r'name="digest" value="([0-9a-f]+)"', page)[0])


# ---- a month -----------------------------------------------------------------------------------


def test_a_month_is_looked_at_before_anything_is_entered(
    roll: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    page = look(zhou)
    assert "尚未登记" in page and "90.03" in page and "3 人应缴" in page
    assert assessed(roll) == 0
    done = zhou.send(MONTH, MONTH, month="2026-03", act="store", digest=digest(page))
    assert "2026-03 的会费已登记" in zhou.get(done.headers["Location"])
    assert assessed(roll) == 3


def test_nothing_else_is_entered_than_what_was_looked_at(
    roll: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    page = look(zhou)
    roll.add("5001", since=SINCE)
    late = zhou.send(MONTH, MONTH, month="2026-03", act="store", digest=digest(page))
    assert late.status_code == 422 and "重新试算" in late.get_data(as_text=True)
    unseen = zhou.send(MONTH, MONTH, month="2026-03", act="store")
    assert unseen.status_code == 422 and assessed(roll) == 0


def test_a_changed_fact_is_shown_as_a_difference_with_its_reason(
    roll: Roll, at_desk: dict[str, Browser]
) -> None:
    roll.assess()
    roll.base(roll.members[1], "5001", date(2026, 3, 1))
    page = look(at_desk["zhou"])
    assert "与已登记的不同" in page and "+45.01" in page and "基数" in page
    assert f"{DESK}/members/{roll.members[1]}?month=2026-03#why" in page
    at_desk["zhou"].send(MONTH, MONTH, month="2026-03", act="store", digest=digest(page))
    assert roll.explain(roll.members[1]).total.text == "75.02"


def test_who_lacks_facts_is_named_by_number(roll: Roll, at_desk: dict[str, Browser]) -> None:
    roll.add(None)
    page = look(at_desk["zhou"])
    assert "资料不全" in page and ">004<" in page and "示例会员" not in page


@pytest.mark.parametrize("month", ["", "2026-13", "x"])
def test_a_month_that_is_none_is_refused(
    roll: Roll, at_desk: dict[str, Browser], month: str
) -> None:
    assert "月份写作" in look(at_desk["zhou"], month)


def test_only_who_records_assesses(roll: Roll, at_desk: dict[str, Browser]) -> None:
    for login in ("lin", "shen"):
        assert "试算" not in at_desk[login].get(MONTH)
        answer = at_desk[login].send(f"{DESK}/members", MONTH, month="2026-03", act="look")
        assert answer.status_code == 403


def test_a_unit_that_collects_nothing_is_told_how_to_begin(at_desk: dict[str, Browser]) -> None:
    assert "没有设定按何规则" in at_desk["zhou"].get(MONTH)


# ---- arrears -----------------------------------------------------------------------------------


def test_arrears_are_shown_by_age_with_a_chart_and_filtered(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    page = at_desk["shen"].get(f"{ARREARS}?on=2026-04-02")
    assert "480.16" in page and "<svg" in page and 'role="img"' in page
    assert "按会员" in page and "示例会员" not in page
    old = at_desk["shen"].get(f"{ARREARS}?on=2026-04-02&age=to_180")
    assert "002" in old
    assert "没有这一账龄的欠缴" in at_desk["shen"].get(f"{ARREARS}?on=2026-04-02&age=over_180")
    assert "没有未缴的会费" in at_desk["shen"].get(f"{ARREARS}?on=2025-09-30")
    assert "日期写作" in at_desk["shen"].get(f"{ARREARS}?on=x", 422)


def test_the_file_holds_the_members_of_the_filter(late: Roll, at_desk: dict[str, Browser]) -> None:
    shen = at_desk["shen"]
    whole = shen.fetch(f"{ARREARS}?on=2026-04-02&format=csv").decode("utf-8-sig")
    assert "480.16" in whole and "示例会员" not in whole
    none = shen.fetch(f"{ARREARS}?on=2026-04-02&age=over_180&format=csv").decode("utf-8-sig")
    assert "002" not in none
    assert shen.fetch(f"{ARREARS}?on=2026-04-02&format=xlsx").startswith(b"PK")
    assert shen.fetch(f"{ARREARS}?on=2026-04-02&format=pdf").startswith(b"%PDF-")
    shen.get(f"{ARREARS}?format=exe", 404)


def test_reminders_are_made_for_the_chosen_kept_and_sent_by_nobody(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    house, zhou = late.house, at_desk["zhou"]
    with house.registry.write() as conn:
        row = members.find(conn, late.members[1])
        assert row is not None
        data = PersonData("示例会员002", "13800000002")
        persons.change(conn, house.registry.vault, row.person, data, user=house.maker.id, now=NOW)
    fields = {"on": "2026-04-02", "member": "002"}
    letters = zhou.send(ARREARS, f"{ARREARS}/remind", act="letters", **fields)
    assert letters.get_data().startswith(b"%PDF-")
    sms = zhou.send(ARREARS, f"{ARREARS}/remind", act="sms", **fields).get_data().decode()
    assert [row.split(",")[:3] for row in sms.split("\r\n")[1:-1]] == [
        ["002", "13800000002", "180.06"],
    ]  # fmt: skip
    with house.registry.read() as conn:
        assert len(reminders.of_unit(conn, UNIT)) == 2
        assert [act.action for act in oplog.entries(conn)].count("dues.remind") == 2


def test_nobody_is_reminded_unless_somebody_is_chosen(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    none = at_desk["zhou"].send(ARREARS, f"{ARREARS}/remind", act="letters", on="2026-04-02")
    assert none.status_code == 422 and "没有选择会员" in none.get_data(as_text=True)
    lost = at_desk["zhou"].send(
        ARREARS, f"{ARREARS}/remind", act="sms", on="2026-04-02", everyone="1"
    )
    assert "缺联系方式 3 人" in lost.get_data(as_text=True)
    page = at_desk["lin"].get(ARREARS)
    assert "催缴提示" not in page
    answer = at_desk["lin"].send(ARREARS.replace("arrears", "members"), f"{ARREARS}/remind")
    assert answer.status_code == 403


# ---- write-offs --------------------------------------------------------------------------------


def propose(browser: Browser, code: str, **fields: object) -> tuple[int, str]:
    said = {"reason": "会员去世", "decision": "支部决议〔2026〕3号", "code": code, "claim": code}
    answer = browser.send(f"{OFF}?claim={code}", OFF, **{**said, **fields})
    return answer.status_code, answer.headers.get("Location", answer.get_data(as_text=True))


def test_dues_are_given_up_by_two_others_and_owed_again_when_reopened(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    claim = late.claims(late.members[1])[0]
    status, where = propose(at_desk["zhou"], claim.code)
    assert status == 303 and "WO2026-0001" in at_desk["zhou"].get(where)
    with late.house.registry.read() as conn:
        [found] = write_offs.of_unit(conn, UNIT)
    one = f"{OFF}/{found.code}"
    assert at_desk["zhou"].send(OFF, f"{one}/approve").status_code == 403
    first = at_desk["lin"].send(OFF, f"{one}/approve")
    assert "还需另一位审核人" in at_desk["lin"].get(first.headers["Location"])
    assert at_desk["lin"].send(f"{DESK}/queue?x=1", f"{one}/approve").status_code in (403, 422)
    second = at_desk["gao"].send(OFF, f"{one}/approve")
    page = at_desk["gao"].get(second.headers["Location"])
    assert "两人已审核" in page and "lin" in page and "gao" in page
    assert late.claims(late.members[1])[0].state == "off"
    assert at_desk["zhou"].send(OFF, f"{one}/reopen", reason=" ").status_code == 422
    assert at_desk["zhou"].send(OFF, f"{one}/reopen", reason="家属补缴").status_code == 303
    assert late.claims(late.members[1])[0].state == "open"
    csv = at_desk["shen"].fetch(f"{OFF}?format=csv").decode("utf-8-sig")
    assert found.code in csv and "lin、gao" in csv


def test_a_write_off_says_why_and_by_which_paper(late: Roll, at_desk: dict[str, Browser]) -> None:
    code = late.claims(late.members[1])[0].code
    for missing in ({"reason": ""}, {"decision": " "}):
        status, page = propose(at_desk["zhou"], code, **missing)
        assert status == 422 and "须写明原因" in page
    with late.house.registry.write() as conn:
        persons.add(conn, late.house.registry.vault, PersonData("欧阳示例"), NOW)
    status, page = propose(at_desk["zhou"], code, reason="欧阳示例去世")
    assert status == 422 and "姓名" in page
    nothing = {"reason": "x", "decision": "x", "code": "HY2026-9999-1"}
    assert at_desk["zhou"].send(OFF, OFF, **nothing).status_code == 422


def test_a_checker_refuses_and_a_reader_is_offered_nothing(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    propose(at_desk["zhou"], late.claims(late.members[1])[0].code)
    with late.house.registry.read() as conn:
        [found] = write_offs.of_unit(conn, UNIT)
    page = at_desk["shen"].get(OFF)
    assert found.code in page and 'method="post" action="/desk' not in page
    for deed in ("approve", "refuse", "reopen"):
        answer = at_desk["shen"].send(f"{DESK}/members", f"{OFF}/{found.code}/{deed}", reason="x")
        assert answer.status_code == 403
    answer = at_desk["lin"].send(OFF, f"{OFF}/{found.code}/refuse", reason="证明不足")
    assert "核销已退回" in at_desk["lin"].get(answer.headers["Location"])
    assert "证明不足" in at_desk["zhou"].get(OFF)


# ---- a bank line by member ---------------------------------------------------------------------


def test_a_bank_line_pays_what_a_member_owes_and_the_rest_is_kept(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    import_statement(zhou)
    page = zhou.get(f"{DESK}/lines/1?member=002")
    assert "180.06" in page and "319.94" in page
    answer = zhou.send(f"{DESK}/lines/1?member=002", f"{DESK}/lines/1", member="002", act="member")
    assert answer.status_code == 303 and "/lines/2" in answer.headers["Location"]
    [draft] = waiting(late.house)
    sums = [p.amount for p in draft.draft.postings if p.account == DUES]
    assert len(sums) == 7 and sum(one.fen for one in sums) == -500_00
    assert workflow.approve(late.house.registry, draft.id, late.house.checker, NOW)
    states = {row.state for row in late.claims(late.members[1])}
    assert states == {claims.PAID, claims.CREDIT}


def test_a_bank_line_pays_the_month_that_was_ticked_by_the_code(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    import_statement(zhou)
    march = late.claims(late.members[1])[-1]
    assert march.code in zhou.get(f"{DESK}/lines/3?member={march.code}")
    zhou.send(
        f"{DESK}/lines/3", f"{DESK}/lines/3", member=march.code, code=march.code, act="member"
    )
    assert late.claims(late.members[1], "drafted")[0].code == march.code
    [draft] = waiting(late.house)
    assert Money(-49_99) in [p.amount for p in draft.draft.postings]


def test_what_a_payer_declared_voluntary_settles_nothing(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    import_statement(zhou)
    place = f"{DESK}/lines/1"
    fields = {"member": "002", "act": "member", "voluntary": "319.94"}
    assert zhou.send(place, place, **{**fields, "voluntary": "600"}).status_code == 422
    assert zhou.send(place, place, **fields).status_code == 303
    [draft] = waiting(late.house)
    given = [p for p in draft.draft.postings if dict(p.meta).get("voluntary")]
    assert [p.amount.text for p in given] == ["-319.94"]
    assert {row.state for row in late.claims(late.members[1])} == {claims.DRAFTED}


def test_money_out_is_a_members_refund_only_where_they_hold_a_credit(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    import_statement(zhou, STATEMENT)
    assert "没有预缴款可退" in zhou.get(f"{DESK}/lines/2?member=002")
    fields = {"member": "002", "act": "member"}
    assert zhou.send(f"{DESK}/lines/2", f"{DESK}/lines/2", **fields).status_code == 422
    Till(late).pay(late.members[1], "300.06")
    assert "120.00" in zhou.get(f"{DESK}/lines/2?member=002")
    assert zhou.send(f"{DESK}/lines/2", f"{DESK}/lines/2", **fields).status_code == 303


def test_a_member_that_nobody_knows_answers_no_line(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    place = f"{DESK}/lines/1"
    assert "没有编号或缴费码为 999" in at_desk["zhou"].get(f"{place}?member=999", 422)
    answer = at_desk["zhou"].send(place, place, member="999", act="member")
    assert answer.status_code == 422 and waiting(late.house) == []


# ---- what nobody would type --------------------------------------------------------------------

STRANGE: Final = (
        "arrears?on=0001-01-01", "arrears?on=9999-12-31", "arrears?page=-1&age=x", "arrears?on=%00",
        "arrears?on=2999-12-31",
        "dues?month=9999-12", "dues?month=0001-01", "remit?month=9999-12", "remit?month=0001-01",
        "levies?month=9999-12", "levies?month=0001-01", "receipts?year=99999999999999999999",
        "receipts?year=x", "cash?member=%00%27%22<script>", "credits?member=" + "9" * 5000,
        "write-offs?claim=%F0%9F%98%80", "lines/1?member=%00",
        "receipts/99999999999999999999999/1", "receipts/2026/99999999999999999999999",
        "remit?month=0001-01&format=xlsx", "levies?month=9999-12&format=csv",
        "arrears?on=9999-12-31&format=xlsx",
)  # fmt: skip
FORMS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("cash", {"member": "001", "amount": "9" * 25}),
    ("cash", {"member": "001", "amount": "1", "day": "9999-12-31"}),
    ("cash", {"member": "001", "amount": "1", "day": "0001-01-01"}),
    ("cash", {"member": "001", "amount": "1", "day": "x"}),
    ("cash", {"member": "001", "amount": "1", "code": "HY2026-9999-1"}),
    ("cash", {"member": "001", "amount": "1", "voluntary": "2"}),
    ("dues", {"month": "9999-12", "act": "look"}),
    ("dues", {"month": "0001-01", "act": "look"}),
    ("remit", {"month": "9999-12"}),
    ("levies/declared", {"employer": "x", "month": "9999-12", "payroll": "1"}),
    ("levies/coming", {"employer": "x", "month": "0001-01", "amount": "1", "channel": "tax"}),
    ("levies/employers", {"name": "示例", "union_since": "x"}),
    ("credits", {"member": "001", "account": "Assets:999"}),
    ("uses", {"fund": "F99", "rule": "party", "since": "9999-12-31"}),
    ("write-offs", {"code": "'; --", "reason": "x", "decision": "x"}),
    ("write-offs/WO2026-0001-1/approve", {}),
    ("write-offs/WO2026-0001-1/refuse", {"reason": "x"}),
)


def test_a_strange_address_is_answered_without_a_fault(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    for address in STRANGE:
        answer = at_desk["zhou"]._client.get(f"{DESK}/{address}")
        assert answer.status_code in (200, 404, 422), address
        assert b"<script>" not in answer.get_data()


def test_a_strange_form_is_refused_and_changes_nothing(
    late: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    seen = re.findall(r'name="seen" value="([^"]*)"', zhou.get(f"{DESK}/cash?member=001"))
    for path, fields in FORMS:
        who = "lin" if path.endswith(("approve", "refuse")) else "zhou"
        sent = {"seen": seen[0]} if path == "cash" else {}
        answer = at_desk[who].send(f"{DESK}/members", f"{DESK}/{path}", **sent, **fields)
        assert answer.status_code == 422, (path, fields)
        assert waiting(late.house) == []
