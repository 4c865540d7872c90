"""Cash at the desk: taken against a receipt, printed, void; what is paid ahead, and paid back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from ledger import workflow
from ledger.period import Month
from ledger.registry import claims, oplog, users
from reports.web.app import create_app
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import CASH, PASSWORD, UNIT, House
from tests.web.desk import NOW, Browser, at_desk, house, waiting

__all__ = ["at_desk", "house"]

CASHBOX = f"/desk/{UNIT}/cash"
RECEIPTS = f"/desk/{UNIT}/receipts"
CREDITS = f"/desk/{UNIT}/credits"


@pytest.fixture
def roll(house: House) -> Roll:
    """Two members who owe 30.01 for March and for February."""
    made = Roll(house)
    made.add(since=date(2026, 1, 1))
    made.add(since=date(2026, 1, 1))
    for month in (2, 3):
        made.assess(Month(2026, month))
    return made


@pytest.fixture
def qian(house: House) -> Iterator[Browser]:
    """The cashier."""
    with house.registry.write() as conn:
        roles = frozenset({(UNIT, "cashier")})
        users.add(conn, login="qian", password=PASSWORD, roles=roles, now=NOW)
    app = create_app(house.registry.folder, clock=lambda: NOW)
    yield Browser(app.test_client(), "qian")


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def take(browser: Browser, amount: str, member: str = "001", **fields: object) -> str:
    """Take cash of a member as the form says; the address that it leads to, or the page."""
    place = f"{CASHBOX}?member={member}"
    known = {"seen": seen(browser.get(place)), "day": "2026-04-01", "member": member}
    answer = browser.send(place, CASHBOX, amount=amount, **{**known, **fields})
    return answer.headers.get("Location", "") or answer.get_data(as_text=True)


def pdf(browser: Browser, number: int) -> bytes:
    answer = browser.send(f"{RECEIPTS}/2026/{number}", f"{RECEIPTS}/2026/{number}/print")
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.get_data()


def test_a_cashier_takes_cash_for_the_oldest_month_and_the_checker_enters_it(
    roll: Roll, qian: Browser, at_desk: dict[str, Browser]
) -> None:
    page = qian.get(f"{CASHBOX}?member=001")
    assert page.index("2026-02") < page.index("2026-03") and "60.02" in page
    assert "示例会员001" in page and "示例会员002" not in page
    where = take(qian, "40.00")
    assert f"{RECEIPTS}/2026/1?" in where
    told = qian.get(where)
    assert "收据 2026-000001 已开出" in told and "30.01" in told and "9.99" in told
    [draft] = waiting(roll.house)
    assert workflow.approve(roll.house.registry, draft.id, roll.house.checker, NOW)
    assert "收-202604-0001" in qian.get(f"{RECEIPTS}/2026/1")
    assert "20.02" in qian.get(f"{CASHBOX}?member=001")


def test_the_checker_sees_the_receipt_behind_the_draft(
    roll: Roll, qian: Browser, at_desk: dict[str, Browser]
) -> None:
    take(qian, "40.00")
    [draft] = waiting(roll.house)
    page = at_desk["lin"].get(f"/desk/{UNIT}/drafts/{draft.id}")
    assert f"{RECEIPTS}/2026/1" in page and "没有附件" not in page


def test_a_member_is_found_by_the_code_on_their_notice(roll: Roll, qian: Browser) -> None:
    code = roll.claims(roll.members[1])[0].code
    assert "示例会员002" in qian.get(f"{CASHBOX}?member={code}")
    assert "没有编号或缴费码为 nobody 的会员" in qian.get(f"{CASHBOX}?member=nobody", 422)


def test_only_the_claims_that_were_ticked_are_paid(roll: Roll, qian: Browser) -> None:
    february, march = roll.claims(roll.members[0])
    take(qian, "30.01", code=march.code)
    assert [row.code for row in roll.claims(roll.members[0], "drafted")] == [march.code]
    assert february.code in qian.get(f"{CASHBOX}?member=001")


def test_a_form_that_is_sent_twice_takes_the_money_once(roll: Roll, qian: Browser) -> None:
    before = seen(qian.get(f"{CASHBOX}?member=001"))
    take(qian, "10.00", seen=before)
    again = take(qian, "10.00", seen=before)
    assert "已变动" in again
    assert len(waiting(roll.house)) == 1


@pytest.mark.parametrize("amount", ["0", "-5", "x", "", "1.001"])
def test_what_is_no_amount_is_refused_and_no_number_is_used_up(
    roll: Roll, qian: Browser, amount: str
) -> None:
    assert "金额须大于零" in take(qian, amount)
    assert waiting(roll.house) == []
    assert "2026/1?" in take(qian, "1.00")


def test_cash_is_not_taken_on_a_day_to_come(roll: Roll, qian: Browser) -> None:
    assert "不能晚于今天" in take(qian, "10.00", day="2026-04-03")
    assert "2026/1?" in take(qian, "10.00", day="2026-04-02")


def test_money_is_taken_on_an_account_of_cash_only(roll: Roll, qian: Browser) -> None:
    bank = "Assets:102-银行存款:01-基本户"
    assert "选择现金科目" in take(qian, "10.00", account=bank)
    assert "2026/1?" in take(qian, "10.00", account=CASH)


def test_a_receipt_is_printed_as_a_pdf_and_again_as_a_copy(roll: Roll, qian: Browser) -> None:
    take(qian, "30.01")
    first, second = pdf(qian, 1), pdf(qian, 1)
    assert first.startswith(b"%PDF-") and first != second
    assert "2 次" in qian.get(f"{RECEIPTS}/2026/1")
    with roll.house.registry.read() as conn:
        assert [a.action for a in oplog.entries(conn)].count("receipt.print") == 2


def test_a_receipt_is_void_for_a_reason_until_its_money_is_in_the_book(
    roll: Roll, qian: Browser, at_desk: dict[str, Browser]
) -> None:
    take(qian, "30.01")
    page = f"{RECEIPTS}/2026/1"
    assert qian.send(page, f"{page}/void", reason=" ").status_code == 422
    assert qian.send(page, f"{page}/void", reason="金额写错").status_code == 303
    assert "金额写错" in qian.get(page) and waiting(roll.house) == []
    take(qian, "30.01")
    [draft] = waiting(roll.house)
    workflow.approve(roll.house.registry, draft.id, roll.house.checker, NOW)
    second = f"{RECEIPTS}/2026/2"
    assert f"{second}/void" not in qian.get(second)
    assert qian.send(second, f"{second}/void", reason="晚了").status_code == 422
    listed = at_desk["shen"].get(f"{RECEIPTS}?year=2026")
    assert "2026-000001" in listed and "2026-000002" in listed and "作废 1 张" in listed


def test_the_receipts_of_a_year_are_taken_home_as_a_workbook(roll: Roll, qian: Browser) -> None:
    take(qian, "30.01")
    assert qian.fetch(f"{RECEIPTS}?year=2026&format=xlsx").startswith(b"PK")
    csv = qian.fetch(f"{RECEIPTS}?year=2026&format=csv").decode("utf-8-sig")
    assert "2026-000001" in csv and "30.01" in csv and "示例会员" not in csv
    assert "没有开过收据" in qian.get(f"{RECEIPTS}?year=2025")


def test_who_neither_records_nor_handles_cash_takes_none(
    roll: Roll, qian: Browser, at_desk: dict[str, Browser]
) -> None:
    take(qian, "30.01")
    for login in ("lin", "shen"):
        at_desk[login].get(CASHBOX, 403)
        page = at_desk[login].get(f"{RECEIPTS}/2026/1")
        assert "/print" not in page and "/void" not in page
        for what in ("print", "void"):
            answer = at_desk[login].send(f"/desk/{UNIT}/members", f"{RECEIPTS}/2026/1/{what}")
            assert answer.status_code == 403
    assert at_desk["zhou"].get(f"{CASHBOX}?member=002")
    qian.get(f"/desk/{UNIT}/drafts/new", 403)


def test_what_is_paid_ahead_is_listed_and_paid_back_by_a_draft(
    roll: Roll, at_desk: dict[str, Browser]
) -> None:
    zhou, till = at_desk["zhou"], Till(roll)
    till.pay(roll.members[0], "100.00")
    page = zhou.get(f"{CREDITS}?member=001")
    assert "39.98" in page
    fields = {"member": "001", "account": CASH, "day": "2026-04-02", "seen": seen(page)}
    too_much = zhou.send(CREDITS, CREDITS, amount="50.00", **fields)
    assert too_much.status_code == 422 and "39.98" in too_much.get_data(as_text=True)
    assert zhou.send(CREDITS, CREDITS, amount="20.00", **fields).status_code == 303
    assert zhou.send(CREDITS, CREDITS, amount="19.98", **fields).status_code == 422
    [draft] = waiting(roll.house)
    assert [(p.account, p.amount.text) for p in draft.draft.postings][-1] == (CASH, "-20.00")
    assert "退款待审核" in zhou.get(CREDITS)
    assert "39.98" in zhou.fetch(f"{CREDITS}?format=csv").decode("utf-8-sig")


def test_a_checker_sees_credits_and_pays_nothing_back(
    roll: Roll, at_desk: dict[str, Browser]
) -> None:
    Till(roll).pay(roll.members[0], "100.00")
    assert "退款送审核" not in at_desk["lin"].get(f"{CREDITS}?member=001")
    assert at_desk["lin"].send(f"{CREDITS}", CREDITS, member="001").status_code == 403
    with roll.house.registry.read() as conn:
        assert len(claims.in_state(conn, UNIT, claims.CREDIT)) == 1
