"""The use log: counts only, numbered without gaps, corrected by lines that take others back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.errors import NotAllowed, Refused
from ledger.registry import persons, venue_days
from ledger.venues import using
from ledger.venues.calendar import Span
from ledger.venues.using import Used
from tests.asked import count
from tests.conftest import NOW
from tests.house import UNIT, House
from tests.venues.rooms import ORGANISATION, TODAY, WEEK, Room, after


def test_lines_are_numbered_by_venue_and_year(house: House) -> None:
    room, other = Room(house, *WEEK, opened=date(2025, 1, 1)), Room(house, *WEEK)
    refs = [
        room.use(day=date(2026, 3, 4)).ref,
        room.use(day=date(2026, 2, 4)).ref,
        room.use(day=date(2025, 12, 30)).ref,
        other.use().ref,
    ]
    assert [ref.rpartition(".")[2] for ref in refs] == [
        "2026-0001", "2026-0002", "2025-0001", "2026-0001",
    ]  # fmt: skip


def test_a_booking_that_was_used_gives_for_whom_and_the_fee(house: House) -> None:
    room = Room(house, *WEEK)
    row = room.book(whom=ORGANISATION, fee_fen=20000)
    with pytest.raises(Refused, match="待确认"):
        room.use(booking=row.booking)
    room.confirm(row)
    for said in ({"day": date(2026, 3, 4)}, {"whom": "members"}, {"fee_fen": 1}):
        with pytest.raises(Refused):
            room.use(booking=row.booking, **said)
    line = room.use("09:05-11:10", booking=row.booking, heads=18)
    assert (line.audience, line.party, line.fee_fen) == ("shared", row.party, 20000)
    with pytest.raises(Refused, match="已使用"):
        room.use("14:00-15:00", booking=row.booking)
    with house.registry.read() as conn:
        found = venue_days.booking(conn, UNIT, row.booking)
    assert found is not None
    # Who confirmed it stays; who entered its use stands beside.
    assert (found.state, found.checker, found.changed_by) == (
        "used", house.checker.id, house.maker.id,
    )  # fmt: skip


def test_a_wrong_line_is_taken_back_by_another_and_its_booking_is_open_again(
    house: House,
) -> None:
    room = Room(house, *WEEK)
    row = room.confirm(room.book(whom=ORGANISATION, fee_fen=20000))
    line = room.use(booking=row.booking, heads=180)
    back = room.back(line)
    assert (back.number, back.takes_back, back.minutes) == (2, 1, -120)
    assert room.now().used.as_json() == {
        "uses": 0, "minutes": 0, "hours": "00:00", "heads": 0, "fees": "0.00",
    }  # fmt: skip
    for wrong in (line, back):
        with pytest.raises(Refused, match="没有可冲回的"):
            room.back(wrong)
    again = room.use(booking=row.booking, heads=18)
    assert (again.number, room.now().used.heads, room.now().used.fee_fen) == (3, 18, 20000)
    with pytest.raises(Refused, match="原因"):
        room.back(again, " ")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"day": date(2026, 3, 6)}, "不晚于今天"),
        ({"day": date(2025, 12, 31)}, "未启用"),
        ({"heads": -1}, "人数"),
        ({"heads": 10**7}, "人数"),
        ({"fee_fen": -1}, "收费"),
        ({"whom": ""}, "对象"),
        ({"note": "欧阳示例主讲"}, "姓名"),
        ({"whom": "欧阳示例"}, "人名"),
    ],
)
def test_what_is_entered_wrongly_is_refused_and_leaves_nothing(
    small_house: House, said: dict[str, Any], words: str
) -> None:
    room = Room(small_house, *WEEK)
    with small_house.registry.write() as conn:
        persons.add(conn, small_house.registry.vault, persons.PersonData("欧阳示例"), NOW)
    with pytest.raises(Refused, match=words):
        room.use(**said)
    with small_house.registry.read() as conn:
        assert venue_days.uses(conn, UNIT) == []


def test_no_time_is_used_twice_nor_against_a_booking(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    line = room.use("09:00-10:00")
    with pytest.raises(Refused, match=line.ref):
        room.use("09:59-10:30")
    row = room.book("14:00-16:00")
    with pytest.raises(Refused, match=row.booking):
        room.use("15:00-15:30")
    room.no_show(room.confirm(row))
    room.use("15:00-15:30")


def test_use_outside_hours_is_kept_and_told(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    line, told = room.log(Used(TODAY, Span.parse("17:00-19:30"), 10, "members"))
    assert [one.rule for one in told] == ["outside-hours"]
    assert room.now().outside == 90
    decided, told = room.log(
        Used(TODAY, Span.parse("19:30-20:30"), 10, "members", decision="行办〔2026〕3号")
    )
    assert (told, room.now().outside) == ([], 90)
    room.back(line)
    assert (room.now().outside, decided.decision) == (0, "行办〔2026〕3号")


def test_only_who_records_enters_use(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    said = Used(TODAY, Span.parse("09:00-10:00"), 10, "members")
    for user in (small_house.checker, small_house.reader, small_house.administrator):
        with pytest.raises(NotAllowed):
            using.use(small_house.registry, UNIT, room.code, said, user, NOW)
    line = room.use()
    with pytest.raises(NotAllowed):
        using.take_back(
            small_house.registry, UNIT, room.code, 2026, line.number, "x", small_house.checker, NOW
        )


def test_entering_one_more_use_asks_as_much_after_many(small_house: House) -> None:
    room = Room(small_house, "1-7=00:00-24:00")
    first = count(small_house.registry, lambda: room.use("00:00-01:00", day=date(2026, 1, 2)))
    for day in range(3, 60):
        room.use("00:00-01:00", day=after(-day))
    assert count(small_house.registry, lambda: room.use("05:00-06:00")) == first
