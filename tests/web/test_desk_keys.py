"""The desk's sub-accounts, transfers, fees and clearing accounts, as a treasurer sees them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from importers import answering, staging, subaccounts
from importers.read import read_bytes
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.reference import make_code
from ledger.registry import claims, entries, imports, members, persons
from tests.house import BANK, CASH, DUES, UNIT, House
from tests.web.desk import NOW, Browser, at_desk, house, waiting
from tests.web.test_desk_browser import DESK, Person, browser, kept, person

__all__ = ["at_desk", "browser", "house", "person"]

KEYS = f"/desk/{UNIT}/keys"
CODE = make_code("HY", 2026, 71)
CLEARING = "Assets:135-其他应收款:09-在途资金"
HEAD = (
    "交易日期,交易时间,收入金额,支出金额,账户余额,手续费总额,对方户名,对方账号,摘要,交易流水号,"
    "子账号\n"
)


def owing(house: House) -> None:
    """Member 007 owes 25 yuan for March."""
    with house.registry.write() as conn:
        who = persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), NOW)
        member = members.add(conn, person=who, unit=UNIT, number="007", joined=date(2020, 1, 1))
        due = claims.ClaimRow(
            UNIT, CODE, "dues", member, DUES, "F01", "2026-03", 25_00, "CNY", claims.OPEN, None
        )
        claims.add_many(conn, [due])


def read_in(house: House, number: str, *rows: str) -> None:
    text = f"账号,{number}\n期初余额：0.00\n{HEAD}" + "\n".join(rows) + "\n"
    reading = read_bytes(text.encode(), f"{number}.csv")
    staging.import_statement(house.registry, UNIT, reading, text.encode(), house.maker, house.now)


def with_clearing(house: House) -> None:
    """A second account, a clearing account, and a transfer of which both sides came in."""
    with open_pen(house.registry, UNIT, house.now) as pen:
        row = entries.AccountRow(CLEARING, "In transit", "CNY", False, date(2026, 1, 1), None)
        open_accounts(pen, [row])
        imports.add_account(
            pen.conn, house.registry.vault,
            imports.MoneyAccount(UNIT, CASH, "bank", "第二户", "6222000000000026", "F01"),
        )  # fmt: skip
    read_in(
        house, "6222000000000018",
        "2026-03-02,10:00:00,900.00,,900.00,,示例公司,6200,往来款,A1,",
        "2026-03-03,10:00:00,,500.00,400.00,,本单位,6222000000000026,划转,A2,",
    )  # fmt: skip
    read_in(
        house, "6222000000000026",
        "2026-03-03,11:00:00,500.00,,500.00,,本单位,6222000000000018,划转,B1,",
    )  # fmt: skip


def test_a_sub_account_is_registered_found_and_taken_out(
    house: House, at_desk: dict[str, Browser]
) -> None:
    owing(house)
    zhou = at_desk["zhou"]
    answer = zhou.send(KEYS, KEYS, account=BANK, number="0371", owner="007")
    assert answer.status_code == 303
    page = zhou.get(f"{KEYS}?done=keys+1")
    assert "0371" in page and "会员" in page and "已登记 1 个号码" in page
    assert "欧阳" not in page
    assert zhou.send(KEYS, KEYS, account=BANK, number="0372", owner=CODE).status_code == 303
    assert zhou.send(KEYS, KEYS, account=BANK, number="7003", owner="F03").status_code == 303
    assert "7003" not in zhou.get(f"{KEYS}?q=0371")
    refused = zhou.send(KEYS, KEYS, account=BANK, number="0373", owner="099")
    assert refused.status_code == 422 and 'value="0373"' in refused.get_data(as_text=True)
    gone = zhou.send(KEYS, f"{KEYS}/remove", account=BANK, number="0371")
    assert gone.status_code == 303
    assert [part.number for _, part in subaccounts.listed(house.registry, UNIT)] == [
        "0372", "7003",
    ]  # fmt: skip
    assert zhou.send(KEYS, f"{KEYS}/remove", account=BANK, number="0371").status_code == 422


def test_lists_of_sub_accounts_and_of_orders_are_registered(
    house: House, at_desk: dict[str, Browser]
) -> None:
    owing(house)
    zhou = at_desk["zhou"]

    def send(text: str, kind: str) -> int:
        file = (io.BytesIO(text.encode()), "list.csv")
        answer = zhou.send(KEYS, f"{KEYS}/list", file=file, kind=kind, account=BANK)
        return answer.status_code

    assert send("子账号,会员编号\n0371,007\n", "parts") == 303
    assert send(f"订单号,参考号\nHD20260301,{CODE}\n", "orders") == 303
    assert send("子账号,会员编号\n0372,099\n", "parts") == 422
    assert send("a,b\n1,2\n", "orders") == 422
    assert zhou.send(KEYS, f"{KEYS}/list", kind="parts").status_code == 422


def test_an_auditor_sees_the_numbers_and_changes_none(
    house: House, at_desk: dict[str, Browser]
) -> None:
    owing(house)
    at_desk["zhou"].send(KEYS, KEYS, account=BANK, number="0371", owner="007")
    page = at_desk["shen"].get(KEYS)
    assert "0371" in page and 'method="post" action="/desk' not in page
    for path in (KEYS, f"{KEYS}/list", f"{KEYS}/remove"):
        assert at_desk["shen"].send(KEYS, path).status_code == 403


def test_a_transfer_is_accepted_from_the_page_and_its_other_side_opens(
    house: House, at_desk: dict[str, Browser]
) -> None:
    with_clearing(house)
    page = at_desk["zhou"].get(f"/desk/{UNIT}/lines/2")
    assert "照此入账" in page and "在途资金" in page
    assert f'href="/desk/{UNIT}/lines/3"' in page
    done = at_desk["zhou"].send(f"/desk/{UNIT}/lines/2", act="suggested", day="2026-03-04")
    assert done.status_code == 303
    [draft] = waiting(house)
    assert draft.draft.day == date(2026, 3, 4)
    bad = at_desk["zhou"].send(f"/desk/{UNIT}/lines/3", act="suggested", day="soon")
    assert bad.status_code == 422


def test_what_stays_on_clearing_is_shown_in_the_inbox_and_the_reconciliation(
    house: House, at_desk: dict[str, Browser]
) -> None:
    with_clearing(house)
    answering.accept_suggestion(house.registry, UNIT, 2, house.maker, house.now)
    [draft] = waiting(house)
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[draft.id])
    assert "流水 2，已入账" in at_desk["zhou"].get(f"/desk/{UNIT}/lines/3")
    for path in ("", f"reconcile?account={BANK}&period=2026-03"):
        page = at_desk["zhou"].get(f"/desk/{UNIT}/{path}")
        assert "在途未结平" in page and "2026-03-03" in page, path
    answering.accept_suggestion(house.registry, UNIT, 3, house.maker, house.now)
    [other] = waiting(house)
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[other.id])
    assert "在途未结平" not in at_desk["zhou"].get(f"/desk/{UNIT}/")


def test_a_line_shows_its_sub_account_and_what_of_it_is_a_fee(
    house: House, at_desk: dict[str, Browser]
) -> None:
    read_in(
        house, "6222000000000018",
        "2026-03-02,10:00:00,900.00,,900.00,,示例公司,6200,往来款,A1,0371",
        "2026-03-03,10:00:00,,100.00,795.00,5.00,示例公司,6200,采购,A2,",
    )  # fmt: skip
    assert "0371" in at_desk["zhou"].get(f"/desk/{UNIT}/lines/1")
    page = at_desk["zhou"].get(f"/desk/{UNIT}/lines/2")
    assert "毛额与手续费" in page and "105.00" in page and "5.00" in page


@pytest.mark.browser
def test_numbers_are_registered_in_a_browser_without_a_mouse(
    person: Person, tmp_path: Path
) -> None:
    owing(person.house)
    person.sign_in("zhou")
    person.open(f"{DESK}rules")
    person.find(f"a[href='{KEYS}']").click()
    person.at("/keys")
    person.type(number="0371", owner="007")
    person.find("#owner").send_keys("\n")
    assert "已登记 1 个号码" in person.at("done=keys")
    person.find("summary[data-key=i]").click()
    listed = "子账号,资金\n7003,F03\n".encode()
    person.find("#file").send_keys(kept(tmp_path, "parts.csv", listed))
    person.find("form[data-drop] button[type=submit]").click()
    person.find("[aria-label$='7003']")
    person.find("[aria-label$='0371']").click()
    assert "0371" not in person.at("removed").split("归属")[-1]
