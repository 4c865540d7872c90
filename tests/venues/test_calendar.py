"""Opening hours against a naive walk over days and minutes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.period import Period
from ledger.venues.calendar import Calendar, Span, clock, joined, minute, parse_week

FIRST = date(2026, 1, 1)
MONTHS = st.sampled_from([f"2026-{month:02d}" for month in range(1, 13)] + ["2026", "2026-Q2"])
DAYS = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def weeks(draw: st.DrawFn) -> dict[int, tuple[Span, ...]]:
    week = {}
    for weekday in draw(st.sets(st.integers(1, 7))):
        marks = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=8)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        week[weekday] = joined(Span(*pair) for pair in pairs)
    return week


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    of = draw(st.dictionaries(DAYS, weeks(), max_size=4))
    closed = draw(st.none() | DAYS)
    days = draw(st.sets(DAYS, max_size=20))
    return Calendar(list(of.items()), draw(DAYS), closed, days)


@given(calendars(), MONTHS)
def test_hours_open_are_what_a_walk_over_every_day_finds(of: Calendar, months: str) -> None:
    period = Period.parse(months)
    day, days, minutes = period.start, 0, 0
    while day < period.end:
        whole = sum(span.closes - span.opens for span in of.spans(day))
        days += whole > 0
        minutes += whole
        day += timedelta(days=1)
    found = of.open_in(period)
    assert (found.days, found.minutes) == (days, minutes)
    assert len(of.days(period)) == days


@given(calendars(), DAYS, st.integers(0, 1439), st.integers(1, 1440))
def test_what_is_within_hours_is_counted_minute_by_minute(
    of: Calendar, day: date, opens: int, closes: int
) -> None:
    if opens >= closes:
        opens, closes = closes - 1, opens + 1
    span = Span(opens, closes)
    inside = sum(
        any(one.opens <= now < one.closes for one in of.spans(day)) for now in range(opens, closes)
    )
    assert of.within(day, span) == inside
    assert of.covers(day, span) == (inside == span.minutes)


def test_hours_hold_until_others_do_and_a_closed_day_is_closed() -> None:
    summer = date(2026, 7, 1)
    of = Calendar(
        [(summer, parse_week(["6=10:00-12:00"])), (FIRST, parse_week(["1-6=09:00-12:00"]))],
        FIRST, date(2026, 7, 12), {date(2026, 6, 29)},
    )  # fmt: skip
    assert [one.text for one in of.spans(date(2026, 6, 27))] == ["09:00-12:00"]  # a Saturday
    assert of.spans(date(2026, 6, 29)) == ()
    assert [one.text for one in of.spans(date(2026, 7, 4))] == ["10:00-12:00"]
    assert of.spans(date(2026, 7, 6)) == of.spans(date(2025, 12, 31)) == ()
    assert of.spans(date(2026, 7, 18)) == ()  # it is over
    assert of.open_in(Period.parse("2026-07")).minutes == 2 * 120


def test_hours_are_read_as_people_type_them() -> None:
    week = parse_week(["1-2=9:00-12:00,12:00-13:30", "7=20:00-24:00"])
    assert {day: [one.text for one in spans] for day, spans in week.items()} == {
        1: ["09:00-13:30"], 2: ["09:00-13:30"], 7: ["20:00-24:00"],
    }  # fmt: skip
    assert (minute("24:00"), clock(-90), clock(6000)) == (1440, "-01:30", "100:00")


@pytest.mark.parametrize(
    "typed",
    ["", "1", "0=09:00-10:00", "8=09:00-10:00", "5-1=09:00-10:00", "1=09:00", "1=10:00-09:00",
     "1=09:00-09:00", "1=09:00-25:00", "1=09:00-10:60", "1=09:00-11:00,10:00-12:00", "周一=9-10",
     "1=²9:00-10:00"],
)  # fmt: skip
def test_hours_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_week([typed])
