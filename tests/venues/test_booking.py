"""Bookings: asked for by one, confirmed by another, and no two at the same time."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.registry import Registry, persons, venue_days
from ledger.venues import booking
from ledger.venues.booking import Wish
from ledger.venues.calendar import MIDNIGHT, Span
from tests.conftest import NOW
from tests.house import UNIT, House, build_house
from tests.venues.rooms import ORGANISATION, SATURDAY, TODAY, WEEK, Room, after


def test_a_booking_is_confirmed_by_another_person(house: House) -> None:
    room = Room(house, *WEEK)
    row = room.book(whom=ORGANISATION, fee_fen=20000, heads=80)
    assert (row.state, row.audience, row.party[:3]) == ("asked", "shared", "cp-")
    assert row.booking.startswith("YY2026-0001-")
    with pytest.raises(NotAllowed):
        booking.confirm(house.registry, UNIT, row.booking, house.maker, NOW)
    found = room.confirm(row)
    assert (found.state, found.checker) == ("confirmed", house.checker.id)
    with pytest.raises(Refused, match="已确认"):
        room.confirm(row)
    # The same organisation is known by its name and by its id; its own unit's members are members.
    again = room.book("14:00-15:00", whom=row.party)
    third = room.book("15:00-16:00", whom=UNIT)
    assert (again.party, third.audience, third.party) == (row.party, "members", "")


def test_of_two_that_overlap_the_second_is_refused(house: House) -> None:
    room = Room(house, *WEEK)
    first = room.book("09:00-10:30")
    for at in ("09:00-10:30", "10:29-11:00", "09:10-09:20"):
        with pytest.raises(Refused, match=first.booking):
            room.book(at)
    room.book("10:30-11:00")  # it begins when the other one ends
    room.book("09:00-10:30", day=after(1))
    other = Room(house, *WEEK)
    other.book("09:00-10:30")
    room.cancel(first)
    room.book("09:00-10:30")


@pytest.mark.parametrize("at", ["11:30-14:30", "08:59-10:00", "17:00-18:01"])
def test_outside_opening_hours_a_decision_is_named(small_house: House, at: str) -> None:
    room = Room(small_house, *WEEK)
    with pytest.raises(Refused, match="outside-hours"):
        room.book(at)
    with pytest.raises(Refused, match="outside-hours"):
        room.book("09:00-10:00", day=SATURDAY)
    row = room.book(at, decision="行办〔2026〕3号")
    assert room.confirm(row).decision == "行办〔2026〕3号"
    room.confirm(room.book("09:00-10:00", day=SATURDAY, decision="行办〔2026〕3号"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"purpose": ""}, "用途"),
        ({"heads": 81}, "容纳人数 80"),
        ({"heads": -1}, "容纳人数"),
        ({"fee_fen": -1}, "收费"),
        ({"day": date(2026, 3, 4)}, "今天起"),
        ({"day": date(2029, 3, 5)}, "两年"),
        ({"purpose": "欧阳示例庆生"}, "姓名"),
        ({"whom": "欧阳示例"}, "人名"),
        ({"whom": "cp-NOBODY"}, "没有这个单位"),
        ({"whom": ""}, "没有这个单位"),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_leaves_nothing(
    small_house: House, said: dict[str, Any], words: str
) -> None:
    room = Room(small_house, *WEEK)
    with small_house.registry.write() as conn:
        persons.add(conn, small_house.registry.vault, persons.PersonData("欧阳示例"), NOW)
    with pytest.raises(Refused, match=words):
        room.book(**said)
    with small_house.registry.read() as conn:
        assert venue_days.bookings(conn, UNIT) == []


def test_a_booking_is_refused_cancelled_or_nobody_comes(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    registry = small_house.registry
    refused = room.book()
    with pytest.raises(Refused, match="原因"):
        booking.refuse(registry, UNIT, refused.booking, " ", small_house.checker, NOW)
    found = booking.refuse(registry, UNIT, refused.booking, "检修", small_house.checker, NOW)
    assert (found.state, found.note) == ("refused", "检修")
    kept = room.confirm(room.book())
    with pytest.raises(NotAllowed):
        booking.cancel(registry, UNIT, kept.booking, "x", small_house.reader, NOW)
    gone = room.no_show(kept)
    assert (gone.state, gone.checker, gone.changed_by) == (
        "no-show", small_house.checker.id, small_house.maker.id,
    )  # fmt: skip
    later = room.confirm(room.book(day=after(1)))
    with pytest.raises(Refused, match="未到"):
        room.no_show(later)
    assert room.cancel(later).state == "cancelled"
    with pytest.raises(Refused, match="已取消"):
        room.cancel(later)
    with pytest.raises(CannotRun, match="no-booking"):
        booking.confirm(registry, UNIT, "YY2026-9999-1", small_house.checker, NOW)


def test_a_booking_whose_day_is_over_is_not_confirmed(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    row = room.book()
    with pytest.raises(Refused, match="已过"):
        booking.confirm(
            small_house.registry, UNIT, row.booking, small_house.checker,
            small_house.later(days=1),
        )  # fmt: skip


def test_a_booking_that_hours_turned_against_is_not_confirmed(small_house: House) -> None:
    room = Room(small_house, *WEEK)
    row = room.book(decision="", day=after(1))
    with small_house.registry.write() as conn:  # as a race would have left it
        from ledger.registry import venues

        venues.add_closed_day(conn, UNIT, room.code, after(1), "检修", "u-X", NOW)
    with pytest.raises(Refused, match="outside-hours"):
        room.confirm(row)


def test_two_who_book_at_once_get_it_once(house: House) -> None:
    room = Room(house, *WEEK)
    start = threading.Barrier(2)
    got: list[str] = []
    refused: list[str] = []

    def ask() -> None:
        registry = Registry.open(house.registry.folder)
        wish = Wish(TODAY, Span.parse("09:00-11:00"), "members", "读书会", 20)
        start.wait()
        try:
            got.append(booking.book(registry, UNIT, room.code, wish, house.maker, NOW).booking)
        except Refused as fault:
            refused.append(fault.findings[0].rule)
        finally:
            registry.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(got), refused) == (1, ["booked-already"])


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "book", "confirm", "cancel", "no-show", "use", "back"]),
        st.integers(0, 23), st.integers(1, 8), st.integers(0, 2), st.integers(0, 9),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(ACTS)
def test_no_two_bookings_that_hold_their_time_ever_overlap(
    acts: list[tuple[str, int, int, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        house = build_house(Path(folder) / "f", url="sqlite:///registry.db", now=NOW)
        room = Room(house, "1-7=00:00-24:00")
        rows: list[Any] = []
        used: list[Any] = []
        for act, start, length, days, pick in acts:
            span = Span(start * 60, min(MIDNIGHT, start * 60 + length * 30))
            with suppress(Refused):
                if act == "book":
                    rows.append(room.book(span.text, after(days)))
                elif act == "use":
                    row = rows[pick % len(rows)] if rows and pick % 2 else None
                    code = row.booking if row and row.day == TODAY else ""
                    used.append(room.use(span.text, TODAY, booking=code))
                elif act == "back" and used:
                    room.back(used[pick % len(used)])
                elif rows:
                    deed = {"confirm": room.confirm, "cancel": room.cancel}.get(act, room.no_show)
                    deed(rows[pick % len(rows)])
            _check(house, room)
        house.registry.close()


def _check(house: House, room: Room) -> None:
    with house.registry.read() as conn:
        held = venue_days.bookings(conn, UNIT, states=venue_days.HELD)
        log = venue_days.uses(conn, UNIT)
    for rows in (held, venue_days.standing(log)):
        taken = sorted((one.day, one.opens, one.closes) for one in rows)
        for first, second in pairwise(taken):
            assert first[0] < second[0] or first[2] <= second[1], taken
    assert [one.number for one in log] == list(range(1, len(log) + 1))
    # A booking is used exactly where a line of the log that stands names it.
    assert {one.booking for one in held if one.state == "used"} == {
        one.booking for one in venue_days.standing(log) if one.booking
    }
    assert room.now().used.uses == len(venue_days.standing(log))
    assert room.now().used.minutes == sum(one.minutes for one in venue_days.standing(log))
