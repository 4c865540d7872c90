"""Venues at the desk: registered, opened, shared, booked, used; by who may, and never alone."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from ledger.registry import persons, units, venue_days
from ledger.venues.calendar import Calendar, parse_week
from reports.web.work.venue_week import drawn, monday
from tests.house import UNIT, House
from tests.web.desk import NOW, Browser, at_desk, house

__all__ = ["at_desk", "house"]

VENUES = f"/desk/{UNIT}/venues"
#: The desk's today is Thursday 2026-04-02.
TODAY = NOW.date()


def said(**changed: object) -> dict[str, object]:
    return {
        "name": "小河职工之家", "name_en": "Xiaohe home", "kind": "members-home",
        "place": "一号楼二层", "area": "320.5", "capacity": "80", "owner": "own",
        "owner_unit": "", "asset": "fa-00012", "basis": "工会法第四十七条", "benefit": "1",
        "opened": "2026-01-01",
    } | changed  # fmt: skip


@pytest.fixture
def place(at_desk: dict[str, Browser]) -> str:
    """The page of a venue that was approved with its hours."""
    done = at_desk["zhou"].send(VENUES, **said())
    found = re.search(r"CD2026-[0-9]{4}-[0-9]", done.headers["Location"])
    assert found
    page = f"{VENUES}/{found[0]}"
    week = {f"day{n}": "9:00-12:00,14：00-18:00" for n in range(1, 6)} | {"day6": "", "day7": ""}
    at_desk["zhou"].send(page, f"{page}/hours", **week, day="2026-01-01")
    for kind in ("facts", "hours"):
        sent = at_desk["lin"].send(page, f"{page}/approve", kind=kind, version="1")
        assert sent.status_code == 303
    return page


def book(browser: Browser, place: str, **changed: object) -> str:
    """Ask for two hours of today; the booking's code."""
    words = {
        "day": "2026-04-02", "from": "9:00", "to": "11:00", "whom": "members", "party": "",
        "purpose": "读书会", "heads": "20", "fee": "", "decision": "",
    } | changed  # fmt: skip
    assert browser.send(place, f"{place}/book", **words).status_code == 303
    codes = re.findall(r"YY2026-[0-9]{4}-[0-9]", browser.get(place))
    return str(max(codes))


def test_a_venue_is_entered_by_one_and_approved_by_another(
    at_desk: dict[str, Browser],
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    assert "没有登记活动阵地" in zhou.get(VENUES)
    done = zhou.send(VENUES, **said())
    place = done.headers["Location"].partition("?")[0]
    page = zhou.get(place)
    assert "请另一位审核人审批" in page and "FA-00012" in page and "320.50 m²" in page
    assert zhou.send(place, f"{place}/approve", kind="facts", version="1").status_code == 403
    seen = lin.send(place, f"{place}/approve", kind="facts", version="9")
    assert seen.status_code == 422 and "另一版" in seen.get_data(as_text=True)
    assert lin.send(place, f"{place}/approve", kind="facts", version="1").status_code == 303
    assert "小河职工之家" in zhou.get(VENUES)
    csv = zhou.fetch(f"{VENUES}?format=csv").decode("utf-8-sig")
    assert "职工之家" in csv and "本单位所有" in csv
    assert zhou.fetch(f"{VENUES}?format=xlsx")[:2] == b"PK"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"area": "1,5"}, "面积写作"),
        ({"area": "1.234"}, "面积写作"),
        ({"capacity": "many"}, "容纳人数须为数字"),
        ({"basis": ""}, "公益属性须写明依据"),
        ({"owner": "rented"}, "备查"),
        ({"kind": "palace"}, "类别为"),
        ({"opened": "yesterday"}, "日期写作"),
    ],
)
def test_what_is_typed_wrong_is_told_and_stays_in_the_form(
    at_desk: dict[str, Browser], changed: dict[str, object], words: str
) -> None:
    answer = at_desk["zhou"].send(VENUES, **said(**changed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page and 'value="小河职工之家"' in page


def test_a_week_from_booking_to_use(at_desk: dict[str, Browser], place: str) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    code = book(zhou, place, whom="typed", party="青禾文体队（示例）", fee="200")
    page = zhou.get(place)
    assert "青禾文体队（示例）" in page and "待确认" in page and "200.00" in page
    taken = zhou.send(place, f"{place}/book", day="2026-04-02", **{"from": "10:00"}, to="12:00",
                      whom="public", purpose="讲座", heads="5")  # fmt: skip
    assert taken.status_code == 422 and code in taken.get_data(as_text=True)
    assert zhou.send(place, f"{place}/confirm", booking=code).status_code == 403
    assert lin.send(place, f"{place}/confirm", booking=code, week="2026-03-30").status_code == 303
    used = zhou.send(place, f"{place}/use", booking=code, day="2026-04-02", **{"from": "9:05"},
                     to="11:10", heads="18", whom="members", week="2026-03-30")  # fmt: skip
    assert used.status_code == 303 and "week=2026-03-30" in used.headers["Location"]
    page = zhou.get(place)
    assert "2026-0001" in page and "已使用" in page and "02:05" in page
    outside = zhou.send(place, f"{place}/use", booking="", day="2026-04-01", **{"from": "17:00"},
                        to="19:00", heads="7", whom="public", note="排练")  # fmt: skip
    assert "超出开放时间" in zhou.get(outside.headers["Location"])
    assert "超时 01:00" in zhou.get(place)
    back = zhou.send(place, f"{place}/back", year="2026", number="2", reason="时间有误")
    assert back.status_code == 303
    assert "冲回第 2 条" in zhou.get(place) and "超时" not in zhou.get(place)
    again = zhou.send(place, f"{place}/back", year="2026", number="2", reason="x")
    assert again.status_code == 422
    statement = zhou.get(f"/statements/{UNIT}/venue-use/2026-04")
    venue = place.rpartition("/")[2]
    assert f"/figures/{UNIT}/venue-use/2026-04/{venue}/used" in statement
    figure = zhou.get(f"/figures/{UNIT}/venue-use/2026-04/{venue}/used")
    assert f"{venue}.2026-0001" in figure and "02:05" in figure and "数量" in figure
    csv = zhou.fetch(f"/figures/{UNIT}/venue-use/2026-04/{venue}/used?format=csv")
    assert b"02:05" in csv and b"-02:00" in csv


def test_bookings_are_refused_cancelled_or_nobody_came(
    at_desk: dict[str, Browser], place: str, house: House
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    first = book(zhou, place)
    assert lin.send(place, f"{place}/refuse", booking=first, note="检修").status_code == 303
    second = book(zhou, place)
    assert zhou.send(place, f"{place}/cancel", booking=second, note="").status_code == 422
    assert zhou.send(place, f"{place}/cancel", booking=second, note="改期").status_code == 303
    third = book(zhou, place)
    lin.send(place, f"{place}/confirm", booking=third)
    assert zhou.send(place, f"{place}/no-show", booking=third).status_code == 303
    with house.registry.read() as conn:
        states = [row.state for row in venue_days.bookings(conn, UNIT)]
    assert states == ["refused", "cancelled", "no-show"]
    assert zhou.send(place, f"{place}/no-show", booking="YY2026-9999-9").status_code == 404


def test_hours_closed_days_key_change_and_closing(at_desk: dict[str, Browser], place: str) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    wrong = zhou.send(place, f"{place}/hours", day1="9-12", day="2026-05-01", reason="x")
    assert wrong.status_code == 422 and "周一" in wrong.get_data(as_text=True)
    assert zhou.send(place, f"{place}/closed", day="2026-04-03", reason="检修").status_code == 303
    assert "2026-04-03 检修" in zhou.get(place)
    assert zhou.send(place, f"{place}/lift", day="2026-04-03").status_code == 303
    assert "2026-04-03 检修" not in zhou.get(place)
    half = zhou.send(place, f"{place}/key", party0=UNIT, share0="1/2", party1="社区中心",
                     share1="1/3", day="2026-01-01")  # fmt: skip
    assert half.status_code == 422 and "5/6" in half.get_data(as_text=True)
    zhou.send(place, f"{place}/key", party0=UNIT, share0="1/3", party1="社区中心（示例）",
              share1="2/3", day="2026-01-01")  # fmt: skip
    page = lin.get(place)
    assert "社区中心（示例） 2/3" in page
    lin.send(place, f"{place}/approve", kind="key", version="1")
    page = zhou.get(f"{place}?cost=100&period=2026-03")
    assert "33.33" in page and "66.67" in page
    for cost, period in (("x", "2026"), ("1", "2026-99"), ("1", "2025")):
        assert 'role="alert"' in zhou.get(f"{place}?cost={cost}&period={period}", 422)
    changed = zhou.send(place, f"{place}/change", **said(name="小河活动中心"), reason="更名")
    assert changed.status_code == 303
    assert zhou.send(place, f"{place}/withdraw", kind="facts").status_code == 303
    assert zhou.send(place, f"{place}/withdraw", kind="facts").status_code == 422
    zhou.send(place, f"{place}/close", day="2026-05-01", reason="拆迁")
    lin.send(place, f"{place}/approve", kind="closing", version="1")
    assert "已关闭" in zhou.get(place)


def test_no_name_gets_into_a_booking_or_the_log(
    at_desk: dict[str, Browser], place: str, house: House
) -> None:
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), NOW)
    zhou = at_desk["zhou"]
    when = {"day": "2026-04-02", "from": "9:00", "to": "10:00", "heads": "2"}
    for words in ({"purpose": "欧阳示例庆生", "whom": "members"},
                  {"purpose": "聚会", "whom": "typed", "party": "欧阳示例"}):  # fmt: skip
        answer = zhou.send(place, f"{place}/book", **when, **words)
        assert answer.status_code == 422
    answer = zhou.send(place, f"{place}/use", **when, whom="members", note="欧阳示例主讲")
    assert answer.status_code == 422
    with house.registry.read() as conn:
        assert venue_days.bookings(conn, UNIT) == []
        assert venue_days.uses(conn, UNIT) == []


def test_the_page_names_no_unit_that_is_no_party(
    at_desk: dict[str, Browser], place: str, house: House
) -> None:
    with house.registry.write() as conn:
        units.add(
            conn, unit="xuexiao", name="学校机密单位", name_en="", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    page = at_desk["zhou"].get(place)
    assert "学校机密单位" not in page and 'value="xuexiao"' not in page


@pytest.mark.parametrize("path", ["CD2026-0099-1", "x", "%00"])
def test_a_venue_that_is_not_there_is_not_found(at_desk: dict[str, Browser], path: str) -> None:
    at_desk["zhou"].get(f"{VENUES}/{path}", 404)


@pytest.mark.parametrize("week", ["", "x", "2026-02-30", "0001-01-01", "9999-12-31", "2026-04-05"])
def test_any_week_of_an_address_shows_some_week(
    at_desk: dict[str, Browser], place: str, week: str
) -> None:
    page = at_desk["zhou"].get(f"{place}?week={week}")
    assert "2026-03-30" in page and '<svg role="img"' in page


def test_the_picture_says_what_the_rows_say() -> None:
    first = monday(TODAY)
    assert (first, first.isoweekday()) == (date(2026, 3, 30), 1)
    of = Calendar([(date(2026, 1, 1), parse_week(["1-5=09:00-12:00"]))], date(2026, 1, 1))
    row = venue_days.BookingRow(
        UNIT, "YY", "CD", TODAY, 600, 660, "members", "", "读书会", 5, 0, "", "confirmed", "",
        "u", "",
    )  # fmt: skip
    gone = venue_days.BookingRow(
        UNIT, "YZ", "CD", TODAY, 600, 660, "members", "", "取消的", 5, 0, "", "cancelled", "",
        "u", "",
    )  # fmt: skip
    found = drawn(of, first, [row, gone], [])
    assert len(found.boxes) == 5 + 1
    (box,) = [one for one in found.boxes if "读书会" in one.title]
    # Thursday, from one hour below the top on, one hour high.
    assert (box.x, box.y, box.height, box.text) == (46 + 3 * 92 + 4, 26 + 26, 25, "读书会")
    assert not any("取消的" in one.title for one in found.boxes)
    assert all(one.x > 0 and one.x + one.width <= found.width for one in found.boxes)
    assert all(one.y + one.height <= found.height for one in found.boxes)
    assert [mark.text for mark in found.days][3] == "四 Thu 4-2"
    empty = drawn(Calendar([], TODAY), first + timedelta(days=7), [], [])
    assert (empty.boxes, empty.hours[0].text, empty.hours[-1].text) == ((), "09:00", "18:00")
