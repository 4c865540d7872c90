"""Members at the desk: found, entered, changed, explained; transfers, doubles, who sees names."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest

from ledger import canonical
from ledger.dues import transferring
from ledger.dues.assessing import assess_month
from ledger.journal import open_pen, write_book_file
from ledger.money import Money
from ledger.period import Month
from ledger.registry import dues_schemes, members, oplog, units, users
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.members import MemberRow
from reports.web.app import create_app
from tests.house import DUES, PASSWORD, UNIT, House
from tests.web.desk import Browser, at_desk, house
from tests.web.test_desk_browser import NOW, Person, browser, kept, person

__all__ = ["at_desk", "browser", "house", "person"]

PAGE = f"/desk/{UNIT}/members"
OTHER = "dahe"
HEAD = "会员编号,姓名,入会日期,起始日期,工资基数,证件号\n"
LIST = HEAD + "001,欧阳示例,2020-05-01,,3001,1101\n002,司马示例,2020-05-01,,5001,1102\n"


def collecting(house: House) -> None:
    """Two units that collect Party dues; ``tian`` records in the second one."""
    with house.registry.write() as conn:
        units.add(
            conn, unit=OTHER, name="大河工会（示例）", name_en="Dahe", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=1_000_000, upper=None,
        )  # fmt: skip
        users.add(
            conn, login="tian", password=PASSWORD, now=NOW, roles=frozenset({(OTHER, "treasurer")})
        )
        for unit in (UNIT, OTHER):
            row = SchemeRow(unit, "party", DUES, "F01", "HY")
            dues_schemes.put(conn, row, user=house.maker.id, now=NOW)
    with open_pen(house.registry, OTHER, NOW) as pen:
        facts = canonical.unit_text(
            "2026-01-01", OTHER, "大河工会（示例）", "union-2021-basic", name_en="Dahe",
            limit=Money(1_000_000), upper="",
        )  # fmt: skip
        pen.directives("unit", facts, file="chart.bean", day=date(2026, 1, 1), key="unit")
    write_book_file(house.registry, OTHER)


def listed(text: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode()), "members.csv"


def member(house: House, number: str, unit: str = UNIT) -> MemberRow:
    with house.registry.read() as conn:
        found = members.by_number(conn, unit, number)
    assert found is not None
    return found


def second_treasurer(house: House) -> Browser:
    app = create_app(house.registry.folder, clock=lambda: NOW)
    return Browser(app.test_client(), "tian")


def acts(house: House) -> list[tuple[str, str]]:
    with house.registry.read() as conn:
        return [(act.action, act.object) for act in oplog.entries(conn)]


def test_a_list_is_entered_and_what_it_would_change_is_accepted_first(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou = at_desk["zhou"]
    assert zhou.send(PAGE, f"{PAGE}/list", file=listed(LIST)).status_code == 303
    other = HEAD + "001,欧阳示例,2020-05-01,2027-01-01,4001,\n"
    shown = zhou.send(PAGE, f"{PAGE}/list", file=listed(other))
    text = shown.get_data(as_text=True)
    assert "基数 4,001.00（工资），自 2027-01-01" in text and "没有登记" in text
    assert zhou.send(PAGE, f"{PAGE}/list", file=listed(other), accept="1").status_code == 303
    assert "2 个版本" in zhou.get(f"{PAGE}/{member(house, '001').id}")
    bad = zhou.send(PAGE, f"{PAGE}/list", file=listed(HEAD + "003,,x,,,\n"))
    assert bad.status_code == 422 and "未填" in bad.get_data(as_text=True)
    assert zhou.send(PAGE, f"{PAGE}/list").status_code == 422


def test_members_are_found_by_number_and_state_and_named_for_who_records(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou, shen = at_desk["zhou"], at_desk["shen"]
    zhou.send(PAGE, f"{PAGE}/list", file=listed(LIST))
    plain = zhou.get(PAGE)
    assert "001" in plain and "欧阳示例" not in plain
    assert not re.search(r"\b002\b", zhou.get(f"{PAGE}?q=001"))  # a form's token may hold it
    assert "没有这样的会员" in zhou.get(f"{PAGE}?state=left")
    assert ("member.names", "2 members") not in acts(house)
    assert "欧阳示例" in zhou.get(f"{PAGE}?names=1")
    assert acts(house)[-1] == ("member.names", "2 members")
    one = f"{PAGE}/{member(house, '001').id}"
    for path in (f"{PAGE}?names=1", f"{one}?names=1"):
        assert "欧阳示例" not in shen.get(path)
    assert 'method="post" action="/desk' not in shen.get(one)
    assert acts(house)[-1] == ("member.facts", member(house, "001").id)


def test_one_member_is_entered_changed_and_explained_month_by_month(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou = at_desk["zhou"]
    new = {"number": "001", "name": "欧阳示例", "joined": "2020-05-01", "base": "3,001"}
    assert zhou.send(PAGE, PAGE, **new).status_code == 303
    assert zhou.send(PAGE, PAGE, **new).status_code == 422
    again = zhou.send(PAGE, PAGE, **(new | {"number": "002", "base": "lots"}))
    assert again.status_code == 422 and 'value="002"' in again.get_data(as_text=True)
    one = f"{PAGE}/{member(house, '001').id}"
    for month in (Month(2026, 2), Month(2026, 3)):
        assess_month(house.registry, UNIT, month, house.maker, NOW)
    changed = {"since": "2026-03-01", "base": "5001", "decision": "支部决议"}
    assert zhou.send(one, one, **changed).status_code == 303
    assess_month(house.registry, UNIT, Month(2026, 3), house.maker, NOW)
    page = zhou.get(one)
    assert "3001.00 × 1 % = 30.01" in page and "5001.00 × 1.5 %" in page and "45.01" in page
    assert "重算相符" in page and "zhou" in page
    assert "5001.00 × 1.5 %" not in zhou.get(f"{one}?month=2026-02")
    bad = zhou.send(one, one, since="2026-03-01", status="国王")
    assert bad.status_code == 422 and "没有这种身份" in bad.get_data(as_text=True)
    assert zhou.send(one, one, base="1").status_code == 422
    for odd in ({"since": "9999-12-31"}, {"since": "0001-01-01"}, {"base": "1e9"}):
        assert (
            zhou.send(one, one, **({"since": "2026-03-01", "base": "1"} | odd)).status_code == 422
        )
    assert zhou.send(one, one, act="person", phone="13800000000").status_code == 303
    assert "13800000000" in zhou.get(f"{one}?names=1")
    assert zhou.send(one, one, act="left", since="2026-04-01").status_code == 303
    assert "已离会" in zhou.get(one)


def test_a_transfer_is_asked_on_one_desk_and_accepted_on_the_other(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou = at_desk["zhou"]
    tian = second_treasurer(house)
    zhou.send(PAGE, f"{PAGE}/list", file=listed(LIST))
    one = f"{PAGE}/{member(house, '001').id}"
    asked = {"act": "transfer", "to": OTHER, "since": "2026-04-10", "letter": "介字1号"}
    assert zhou.send(one, one, **asked).status_code == 422
    assert zhou.send(one, one, paid_through="2026-04", **asked).status_code == 303
    [waits] = transferring.waiting(house.registry, UNIT, house.maker)
    there = f"/desk/{OTHER}/members"
    page = tian.get(there)
    assert "介字1号" in page and "欧阳示例" not in page
    assert "欧阳示例" in tian.get(f"{there}?names=1")
    answer = f"{there}/transfers/{waits.row.id}"
    assert zhou.send(PAGE, answer, act="accept", number="D1").status_code == 403
    own = f"{PAGE}/transfers/{waits.row.id}"
    assert zhou.send(PAGE, own, act="accept", number="D1").status_code in (403, 422)
    assert tian.send(there, answer, act="accept", number="D1").status_code == 303
    assert member(house, "001").state == "transferred"
    assert "2026-04-10 转入（原单位收至 2026-04）" in tian.get(
        f"{there}/{member(house, 'D1', OTHER).id}"
    )


def test_doubles_are_proposed_merged_and_taken_apart(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou = at_desk["zhou"]
    zhou.send(PAGE, f"{PAGE}/list", file=listed(LIST + "009,欧阳示例,2026-01-01,,3001,1101\n"))
    page = zhou.get(f"{PAGE}?doubles=1")
    assert "009 并入 001" in page and "证件号" in page
    sent = {"double": "009", "into": "001", "reason": "重复登记"}
    assert zhou.send(PAGE, f"{PAGE}/merge", **sent).status_code == 303
    assert zhou.send(PAGE, f"{PAGE}/merge", **sent).status_code == 422
    double = f"{PAGE}/{member(house, '009').id}"
    assert "已并入" in zhou.get(double) and "重复登记" in zhou.get(double)
    assert "009" in zhou.get(f"{PAGE}/{member(house, '001').id}")
    undone = {"double": "009", "reason": "误并", "act": "undo"}
    assert zhou.send(double, f"{PAGE}/merge", **undone).status_code == 303
    assert member(house, "009").state == "active"


def test_others_change_nothing_and_see_no_member_of_another_unit(
    house: House, at_desk: dict[str, Browser]
) -> None:
    collecting(house)
    zhou = at_desk["zhou"]
    zhou.send(PAGE, f"{PAGE}/list", file=listed(LIST))
    one = f"{PAGE}/{member(house, '001').id}"
    for login in ("shen", "lin"):
        for path in (PAGE, f"{PAGE}/list", f"{PAGE}/merge", f"{PAGE}/transfers/t-X", one):
            assert at_desk[login].send(PAGE, path).status_code == 403, path
    tian = second_treasurer(house)
    elsewhere = one.replace(f"/{UNIT}/", f"/{OTHER}/")
    tian.get(elsewhere, status=404)
    tian.get(one, status=403)


@pytest.mark.browser
def test_a_member_is_entered_changed_and_explained_in_a_browser(
    person: Person, tmp_path: Path
) -> None:
    collecting(person.house)
    person.sign_in("zhou")
    person.open(PAGE)
    person.keys("i")
    person.find("#file").send_keys(kept(tmp_path, "members.csv", LIST.encode()))
    person.find("form[data-drop] button[type=submit]").click()
    assert "已登记 2 名会员" in person.at("done=members")
    assess_month(person.house.registry, UNIT, Month(2026, 3), person.house.maker, NOW)
    person.find("tbody a").click()
    assert "3001.00 × 1 % = 30.01" in person.at("/members/m-")
    person.keys("e")
    person.find("#base").send_keys("5001")
    person.find("#decision").send_keys("支部决议")
    person.find("details[open] button[type=submit]").click()
    assert "变动已登记为新的版本" in person.at("done=member")
    person.open(f"{PAGE}?names=1")
    assert "欧阳示例" in person.find("main").text
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    person.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    one = f"{PAGE}/{member(person.house, '001').id}?names=1"
    for path in (PAGE, f"{PAGE}?names=1&doubles=1", one):
        person.open(path)
        width = person.browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390, path
