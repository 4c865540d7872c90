"""A venue is what one person entered and another one approved, from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.cli import venue as command
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.period import Period
from ledger.registry import oplog, persons, units, venues
from ledger.venues import opening, registering
from ledger.venues.standing import stands
from tests.conftest import NOW
from tests.house import UNIT, House
from tests.venues.rooms import OPENED, SATURDAY, TODAY, WEEK, Room, after, facts


def test_a_venue_waits_until_another_person_approves_it(house: House) -> None:
    room = Room(house, *WEEK, approved=False)
    assert room.code.startswith("CD2026-0001-")
    one = room.now()
    assert (one.state, [each.kind for each in one.waits]) == ("waiting", ["facts", "hours"])
    with pytest.raises(Refused, match="尚未通过审批"):
        room.book()
    with pytest.raises(NotAllowed):
        registering.approve(house.registry, UNIT, room.code, house.maker, NOW)
    room.approve()
    one = room.now()
    assert (one.state, one.waits, one.facts.name) == ("open", (), "小河职工之家")
    assert not one.facts.is_memo
    # March has 22 weekdays of seven hours.
    assert (one.open.days, one.open.minutes) == (22, 22 * 7 * 60)
    with house.registry.read() as conn:
        acts = [act.action for act in oplog.entries(conn, UNIT) if act.object == room.code]
    assert acts == ["venue.facts", "venue.hours", "venue.approve-facts", "venue.approve-hours"]


def test_who_records_and_checks_never_approves_their_own(small_house: House) -> None:
    """Roles are one thing, who entered it another: somebody with both rights is refused too."""
    from ledger.registry import users

    with small_house.registry.write() as conn:
        both = users.add(
            conn, login="both", password="correct horse", now=NOW,
            roles=frozenset({(UNIT, "treasurer"), (UNIT, "checker")}),
        )  # fmt: skip
    row = registering.add(small_house.registry, UNIT, facts(), OPENED, both, NOW)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        registering.approve(small_house.registry, UNIT, row.code, both, NOW)
    registering.approve(small_house.registry, UNIT, row.code, small_house.checker, NOW)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "名称"),
        ({"place": ""}, "地点"),
        ({"kind": "palace"}, "类别"),
        ({"area": 0}, "面积"),
        ({"capacity": 0}, "容纳人数"),
        ({"capacity": 10**7}, "容纳人数"),
        ({"basis": ""}, "公益属性"),
        ({"owner": "nobody"}, "权属"),
        ({"owner": "unit"}, "哪个单位"),
        ({"owner_unit": "other"}, "哪个单位"),
        ({"owner": "unit", "owner_unit": "nowhere"}, "没有单位"),
        ({"owner": "unit", "owner_unit": UNIT}, "没有单位"),
        ({"owner": "rented", "asset": "FA-00001"}, "备查"),
        ({"asset": "FA-1"}, "资产编号"),
        ({"place": "欧阳示例家中"}, "姓名"),
    ],
)
def test_what_is_said_wrongly_is_refused_and_leaves_nothing(
    small_house: House, said: dict[str, Any], words: str
) -> None:
    with small_house.registry.write() as conn:
        persons.add(conn, small_house.registry.vault, persons.PersonData("欧阳示例"), NOW)
    with pytest.raises(Refused, match=words):
        registering.add(
            small_house.registry, UNIT, facts(**said), OPENED, small_house.maker, NOW
        )  # fmt: skip
    with small_house.registry.read() as conn:
        assert (venues.of_unit(conn, UNIT), venues.versions(conn, UNIT)) == ([], [])


def test_what_the_unit_does_not_own_is_registered_for_memory(small_house: House) -> None:
    with small_house.registry.write() as conn:
        units.add(
            conn, unit="other", name="别的单位", name_en="", chart="union-2021-basic",
            opened=OPENED, limit_fen=0, upper=None,
        )  # fmt: skip
    for owner, unit in (("employer", ""), ("rented", ""), ("unit", "other")):
        room = Room(small_house, owner=owner, owner_unit=unit)
        assert (room.now().facts.is_memo, room.now().as_json()["memo"]) == (True, True)
    assert not Room(small_house, asset="FA-00012").now().facts.is_memo


def test_a_change_holds_from_its_day_and_the_past_stays(house: House) -> None:
    room = Room(house, *WEEK)
    registering.change(
        house.registry, UNIT, room.code, facts(name="小河活动中心", capacity=30), TODAY, "改建",
        house.maker, NOW,
    )  # fmt: skip
    assert room.now().facts.name == "小河职工之家"  # until somebody approves it
    room.approve()
    assert [room.now(month).facts.name for month in ("2026-02", "2026-03")] == [
        "小河职工之家", "小河活动中心",
    ]  # fmt: skip
    with pytest.raises(Refused, match="容纳人数 30"):
        room.book(heads=31)
    with pytest.raises(Refused, match="不能早于"):
        registering.change(
            house.registry, UNIT, room.code, facts(), date(2026, 2, 1), "x", house.maker, NOW
        )
    with pytest.raises(Refused, match="依据"):
        registering.change(
            house.registry, UNIT, room.code, facts(), TODAY, " ", house.maker, NOW
        )  # fmt: skip


def test_a_version_is_approved_as_it_was_seen(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    room.hours("6=09:00-12:00", first=TODAY)
    room.hours("7=09:00-12:00", first=TODAY)  # what waited gives way
    with pytest.raises(Refused, match="另一版"):
        room.approve(kind="hours", seen=2)
    room.approve(kind="hours", seen=3)
    assert room.now("2026-02").open.days == 20
    assert [one.text for one in room.now().calendar.spans(after(3))] == ["09:00-12:00"]
    with pytest.raises(Refused, match="nothing-waits"):
        room.approve()


def test_what_waits_is_taken_back_by_maker_or_checker(small_house: House) -> None:
    room = Room(small_house, approved=False)
    with pytest.raises(NotAllowed):
        registering.withdraw(
            small_house.registry, UNIT, room.code, small_house.reader, NOW
        )  # fmt: skip
    registering.withdraw(small_house.registry, UNIT, room.code, small_house.maker, NOW)
    assert stands(small_house.registry, UNIT, Period.parse("2026")) == []
    with pytest.raises(Refused, match="未通过审批"):
        room.hours(*WEEK)


def test_hours_that_would_leave_a_booking_outside_are_not_approved(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    row = room.book("16:00-18:00", after(1))
    room.hours("1-5=09:00-12:00", first=TODAY)
    with pytest.raises(Refused, match=row.booking):
        room.approve()
    assert room.now().hours is not None
    assert room.now().calendar.covers(after(1), row_span(row.opens, row.closes))
    room.cancel(row)
    room.approve()


def row_span(opens: int, closes: int) -> Any:
    from ledger.venues.calendar import Span

    return Span(opens, closes)


def test_a_closed_day_is_open_at_no_time_until_it_is_lifted(house: House) -> None:
    room = Room(house, *WEEK)
    room.close_day(after(1))
    assert room.now().open.days == 21
    with pytest.raises(Refused, match="不开放"):
        room.book(day=after(1))
    with pytest.raises(Refused, match="已登记闭馆"):
        room.close_day(after(1))
    room.open_day(after(1))
    room.book(day=after(1))
    with pytest.raises(Refused, match="先取消预约"):
        room.close_day(after(1))
    with pytest.raises(Refused, match="没有登记闭馆"):
        room.open_day(after(2))
    with pytest.raises(Refused, match="原因"):
        opening.close_day(house.registry, UNIT, room.code, after(4), "", house.maker, NOW)


def test_a_venue_is_closed_for_good_by_two_once_nothing_is_booked(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    row = room.book(day=after(6))

    def close() -> None:
        registering.close(
            small_house.registry, UNIT, room.code, after(5), "拆迁", small_house.maker, NOW
        )

    with pytest.raises(Refused, match=row.booking):
        close()
    room.cancel(row)
    close()
    room.approve()
    assert room.now().state == "closed"
    assert room.now().open.days == 6  # weekdays of March up to the 9th
    room.book(day=after(1))  # it is there until then
    with pytest.raises(Refused, match="已关闭"):
        room.book(day=after(6))
    with pytest.raises(Refused, match="已关闭"):
        room.hours(*WEEK, first=after(6))
    assert stands(small_house.registry, UNIT, Period.parse("2026-04")) == []


def test_hours_without_any_hour_and_other_units_venues_are_refused(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    with pytest.raises(Refused, match="一段开放时间"):
        room.hours()
    for deed in (
        lambda: opening.set_hours(small_house.registry, UNIT, "CD2026-0099-1", {1: ()}, TODAY, "x",
                                  small_house.maker, NOW),
        lambda: registering.approve(small_house.registry, UNIT, "x", small_house.checker, NOW),
    ):  # fmt: skip
        with pytest.raises(CannotRun, match="no-venue"):
            deed()
    assert room.now().calendar.spans(SATURDAY) == ()


def test_the_command_knows_the_kinds_that_the_registry_knows() -> None:
    assert tuple(venues.KIND_WORDS) == command.KINDS
    assert tuple(venues.OWNER_WORDS) == command.OWNERS
    assert tuple(venues.VERSION_WORDS) == command.VERSIONS
