"""Deadlines of disclosure: every day is told of once, what is met in time is never late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.period import months_after
from ledger.rules.deadlines import (
    ANNUAL,
    CLOSING,
    EMERGENCY,
    INTERIM,
    LEFTOVER,
    PARTNER,
    RELATED,
    Duty,
    Event,
    Owed,
    Published,
    Raising,
    Rules,
    duties,
    rule_of,
)
from ledger.rules.disclosure_tables import DeadlineTable
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place

START = date(2026, 3, 1)
DAY = timedelta(days=1)
BOOK = load()[0]


def rules(*kinds: str) -> Rules:
    """The shipped rules for a unit of these kinds."""

    def found(duty: str, day: date) -> DeadlineTable | None:
        try:
            return BOOK.in_force(DeadlineTable, rule_of(duty), day, Place(kinds=frozenset(kinds)))
        except NoRuleLoaded:
            return None

    return found


def raising(**changed: Any) -> Raising:
    """A public campaign of eight months."""
    said = {
        "code": "HD1", "start": START, "end": date(2026, 10, 31), "closed": None, "public": True,
        "emergency": False,
    }  # fmt: skip
    return Raising(**{**said, **changed})


def told(first: date, last: date, day: date, kind: str = INTERIM, number: int = 1) -> Published:
    return Published(number, kind, "HD1", first, last, day)


def owed(one: Raising, on: date, *published: Published, kinds: tuple[str, ...] = ()) -> Owed:
    return duties([one], [], published, rules(*kinds), on)


def of(found: Owed, duty: str) -> list[Duty]:
    return [one for one in found.duties if one.duty == duty]


def shown(found: Owed, duty: str) -> list[tuple[str, str, str, str, int]]:
    return [
        (str(one.first), str(one.last), str(one.due), one.state, one.days_late)
        for one in of(found, duty)
    ]


# ---- five days -----------------------------------------------------------------------------------


def test_five_days_begin_with_the_first_day_which_does_not_count() -> None:
    flood = raising(emergency=True)
    assert shown(owed(flood, START), EMERGENCY) == [
        ("2026-03-01", "2026-03-05", "2026-03-06", "due", 0)
    ]
    assert of(owed(flood, date(2026, 3, 6)), EMERGENCY)[0].state == "due"
    late = of(owed(flood, date(2026, 3, 7)), EMERGENCY)[0]
    assert (late.state, late.days_late) == ("overdue", 1)
    assert owed(flood, START - DAY).duties == []


def test_each_publication_starts_the_five_days_anew() -> None:
    found = owed(
        raising(emergency=True), date(2026, 3, 13),
        told(START, date(2026, 3, 3), date(2026, 3, 4)),
        told(date(2026, 3, 4), date(2026, 3, 8), date(2026, 3, 9), number=2),
    )  # fmt: skip
    assert shown(found, EMERGENCY) == [
        ("2026-03-01", "2026-03-03", "2026-03-06", "met", 0),
        ("2026-03-04", "2026-03-08", "2026-03-09", "met", 0),
        ("2026-03-09", "2026-03-13", "2026-03-14", "due", 0),
    ]


def test_on_the_last_day_it_is_in_time_whatever_days_it_tells_of() -> None:
    found = owed(
        raising(emergency=True), date(2026, 3, 7), told(START, date(2026, 3, 3), date(2026, 3, 6))
    )
    assert shown(found, EMERGENCY) == [
        ("2026-03-01", "2026-03-03", "2026-03-06", "met", 0),
        ("2026-03-04", "2026-03-10", "2026-03-11", "due", 0),
    ]
    late = owed(
        raising(emergency=True), date(2026, 3, 7), told(START, date(2026, 3, 3), date(2026, 3, 7))
    )
    assert shown(late, EMERGENCY)[0] == ("2026-03-01", "2026-03-05", "2026-03-06", "overdue", 1)


def test_every_further_five_days_without_one_are_a_further_duty() -> None:
    found = owed(
        raising(emergency=True),
        date(2026, 3, 14),
        told(START, date(2026, 3, 11), date(2026, 3, 12)),
    )
    assert shown(found, EMERGENCY) == [
        ("2026-03-01", "2026-03-05", "2026-03-06", "met", 6),
        ("2026-03-06", "2026-03-10", "2026-03-11", "met", 1),
        ("2026-03-11", "2026-03-11", "2026-03-16", "met", 0),
        ("2026-03-12", "2026-03-16", "2026-03-17", "due", 0),
    ]


def test_what_a_publication_leaves_out_is_missing() -> None:
    found = owed(
        raising(emergency=True), date(2026, 3, 8),
        told(START, date(2026, 3, 2), date(2026, 3, 3)),
        told(date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 7), number=2),
    )  # fmt: skip
    second = of(found, EMERGENCY)[1]
    assert (second.state, second.missing) == (
        "due", ((date(2026, 3, 3), date(2026, 3, 4)), (date(2026, 3, 7), date(2026, 3, 7))),
    )  # fmt: skip


def test_the_last_day_of_an_emergency_counts_and_three_months_follow() -> None:
    flood = raising(emergency=True, calm=date(2026, 3, 7))
    found = owed(flood, date(2026, 6, 8))
    assert shown(found, EMERGENCY) == [
        ("2026-03-01", "2026-03-05", "2026-03-06", "overdue", 94),
        ("2026-03-06", "2026-03-07", "2026-03-11", "overdue", 89),
    ]
    assert shown(found, INTERIM) == [
        ("2026-03-08", "2026-06-06", "2026-06-07", "overdue", 1),
        ("2026-06-07", "2026-09-06", "2026-09-07", "due", 0),
    ]


def test_an_emergency_that_raises_from_known_givers_only_is_not_bound_to_five_days() -> None:
    found = owed(raising(emergency=True, public=False), date(2026, 6, 8))
    assert (found.duties, found.lacking) == ([], [])


# ---- three months --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start, months, ends",
    [
        ("2026-03-01", 3, "2026-06-01"), ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-29", 3, "2024-02-29"), ("2023-11-30", 3, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"), ("2026-05-31", 1, "2026-06-30"),
        ("2026-12-31", 2, "2027-02-28"), ("2026-03-31", -1, "2026-02-28"),
    ],
)  # fmt: skip
def test_months_end_on_the_same_day_or_on_the_last(start: str, months: int, ends: str) -> None:
    assert months_after(date.fromisoformat(start), months) == date.fromisoformat(ends)


def test_three_months_after_the_first_day_and_after_each_publication() -> None:
    found = owed(raising(), date(2026, 8, 1), told(START, date(2026, 5, 10), date(2026, 5, 15)))
    assert shown(found, INTERIM) == [
        ("2026-03-01", "2026-05-10", "2026-06-01", "met", 0),
        ("2026-05-11", "2026-08-14", "2026-08-15", "due", 0),
    ]


def test_more_than_six_months_is_what_still_runs_on_the_same_day() -> None:
    for end, bound in ((date(2026, 8, 31), False), (date(2026, 9, 1), True), (None, True)):
        found = owed(raising(end=end), date(2026, 6, 2))
        assert bool(of(found, INTERIM)) == bound, end


def test_a_campaign_of_six_months_is_told_of_at_its_end_all_the_same() -> None:
    found = owed(raising(end=date(2026, 5, 31)), date(2026, 8, 31))
    assert shown(found, CLOSING) == [("2026-03-01", "2026-05-31", "2026-08-31", "due", 0)]
    assert of(owed(raising(end=date(2026, 5, 31)), date(2026, 5, 30)), CLOSING) == []


def test_the_closing_report_tells_of_what_is_left_once_the_campaign_ends() -> None:
    """The last three months are not over when it ends: no interim report is due after the end."""
    found = owed(raising(end=date(2026, 10, 31)), date(2027, 6, 1))
    assert [one.due for one in of(found, INTERIM)] == [date(2026, 6, 1), date(2026, 9, 1)]
    (closing,) = of(found, CLOSING)
    assert (closing.due, closing.missing) == (
        date(2027, 1, 31), ((START, date(2026, 10, 31)),),
    )  # fmt: skip


def test_closed_early_it_owes_its_end_three_months_after_that_day() -> None:
    early = raising(closed=date(2026, 7, 15))
    found = owed(early, date(2026, 12, 31))
    assert [one.due for one in of(found, INTERIM)] == [date(2026, 6, 1)]
    assert [(one.last, one.due) for one in of(found, CLOSING)] == [
        (date(2026, 7, 15), date(2026, 10, 15))
    ]


def test_extended_it_owes_more_and_keeps_what_it_owed() -> None:
    on = date(2026, 12, 15)
    before = {(one.duty, one.first) for one in of(owed(raising(), on), INTERIM)}
    longer = {(one.duty, one.first) for one in of(owed(raising(end=date(2027, 3, 1)), on), INTERIM)}
    assert before < longer


def test_a_closing_report_has_to_tell_of_the_whole() -> None:
    one = raising(end=date(2026, 8, 1))
    part = told(date(2026, 4, 1), date(2026, 8, 1), date(2026, 9, 1), CLOSING)
    (closing,) = of(owed(one, date(2026, 9, 1), part), CLOSING)
    assert (closing.met, closing.missing) == (None, ((START, date(2026, 3, 31)),))
    whole = told(START, date(2026, 8, 1), date(2026, 11, 2), CLOSING, 2)
    (closing,) = of(owed(one, date(2026, 12, 1), whole), CLOSING)
    assert (closing.met, closing.days_late) == (date(2026, 11, 2), 1)


def test_who_raises_from_known_givers_is_bound_only_with_the_right_to_raise_from_all() -> None:
    own = raising(public=False)
    assert owed(own, date(2027, 1, 1)).duties == []
    kinds = ("charity", "public-fundraising")
    assert [one.rule.head.key for one in owed(own, date(2026, 6, 2), kinds=kinds).duties] == [
        "charity-interim-projects@2024", "charity-interim-projects@2024",
    ]  # fmt: skip


def test_a_partner_and_what_is_left_are_told_of_within_three_months() -> None:
    one = raising(end=date(2026, 8, 1), closed=date(2026, 8, 20), partner=True, leftover=True)
    found = owed(one, date(2026, 12, 1))
    assert [(duty.duty, duty.due) for duty in found.duties if duty.duty in (PARTNER, LEFTOVER)] == [
        (PARTNER, date(2026, 11, 1)), (LEFTOVER, date(2026, 11, 20)),
    ]  # fmt: skip
    early = Published(1, PARTNER, "HD1", START, START, date(2026, 7, 1))
    after = Published(2, PARTNER, "HD1", START, date(2026, 8, 1), date(2026, 10, 1))
    assert of(owed(one, date(2026, 12, 1), early), PARTNER)[0].met is None
    assert of(owed(one, date(2026, 12, 1), after), PARTNER)[0].met == date(2026, 10, 1)


def test_no_rule_was_loaded_before_the_law_of_2024_was_in_force() -> None:
    old = raising(start=date(2024, 8, 1), end=date(2024, 9, 5), emergency=True)
    found = owed(old, date(2024, 10, 1))
    assert {one.rule for one in found.lacking} == {"disclosure-emergency", "disclosure-interim"}
    assert [one.duty for one in found.duties] == [CLOSING]


# ---- what happens once ---------------------------------------------------------------------------


def once(event: Event, on: date, *published: Published) -> Owed:
    return duties([], [event], published, rules("charity"), on)


def test_a_related_party_s_gift_is_told_of_within_thirty_days() -> None:
    event = Event(RELATED, "JZ1", date(2026, 1, 30), date(2026, 1, 30), date(2026, 1, 30))
    assert once(event, date(2026, 1, 29)).duties == []
    (one,) = once(event, date(2026, 3, 1)).duties
    assert (one.due, one.state) == (date(2026, 3, 1), "due")
    assert once(event, date(2026, 3, 2)).duties[0].state == "overdue"
    own = Published(1, RELATED, "JZ1", event.day, event.day, date(2026, 3, 1))
    other = Published(1, RELATED, "JZ2", event.day, event.day, date(2026, 3, 1))
    all_of_january = Published(
        1, RELATED, "", date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 10)
    )  # fmt: skip
    assert once(event, date(2026, 4, 1), own).duties[0].met == date(2026, 3, 1)
    assert once(event, date(2026, 4, 1), other).duties[0].met is None
    assert once(event, date(2026, 4, 1), all_of_january).duties[0].days_late == 0


def test_a_year_s_report_is_published_by_the_end_of_may() -> None:
    event = Event(ANNUAL, "2025", date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31))
    (one,) = once(event, date(2026, 5, 31)).duties
    assert (one.due, one.state) == (date(2026, 5, 31), "due")
    report = Published(1, ANNUAL, "", date(2025, 1, 1), date(2025, 12, 31), date(2026, 6, 1))
    assert once(event, date(2026, 7, 1), report).duties[0].days_late == 1
    assert duties([], [event], [], rules(), date(2026, 7, 1)).lacking[0].rule == (
        "disclosure-annual"
    )


# ---- laws ----------------------------------------------------------------------------------------

Worlds = tuple[Raising, list[Published], date]


@st.composite
def worlds(draw: Callable[..., Any]) -> Worlds:
    """A campaign with whatever was published of it, and a day."""
    start = draw(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
    days = draw(st.one_of(st.none(), st.integers(0, 400)))
    one = raising(
        start=start, end=None if days is None else start + timedelta(days=days),
        closed=draw(st.one_of(st.none(), st.integers(0, 300).map(lambda n: start + n * DAY))),
        emergency=draw(st.booleans()),
        calm=draw(st.one_of(st.none(), st.integers(0, 60).map(lambda n: start + n * DAY))),
    )  # fmt: skip
    published = []
    for number in range(draw(st.integers(0, 12))):
        first = start + draw(st.integers(0, 120)) * DAY
        last = first + draw(st.integers(0, 40)) * DAY
        day = last + draw(st.integers(0, 20)) * DAY
        published.append(told(first, last, day, draw(st.sampled_from((INTERIM, CLOSING))), number))
    return one, published, start + draw(st.integers(0, 450)) * DAY


@given(worlds())
def test_every_day_of_an_emergency_is_told_of_by_exactly_one_duty(world: Worlds) -> None:
    one, published, on = world
    if not one.emergency:
        return
    found = of(owed(one, on, *published), EMERGENCY)
    ends = min(day for day in (one.last, one.calm, on) if day is not None)
    ordered = sorted(found, key=lambda duty: duty.first)
    assert ordered[0].first == one.start
    assert all(later.first == earlier.last + DAY for earlier, later in pairwise(ordered))
    assert all(duty.first <= duty.last for duty in ordered)
    assert ordered[-1].last >= ends and ordered[-1].first <= max(ends, one.start)


@given(worlds())
def test_a_publication_on_the_last_day_is_never_late(world: Worlds) -> None:
    one, published, on = world
    for duty in owed(one, on, *published).duties:
        if duty.met is not None and duty.met <= duty.due:
            assert duty.days_late == 0
        assert (duty.met is None) == bool(duty.missing)
        assert duty.state == ("met" if duty.met else "due" if on <= duty.due else "overdue")
    punctual = list(published)
    for _ in range(3):
        pending = [one for one in owed(one, on, *punctual).duties if one.state == "due"]
        open_ = [duty for duty in pending if duty.kind == INTERIM and duty.last <= duty.due]
        if not open_:
            return
        duty = open_[0]
        new = told(duty.first, min(duty.last, duty.due), duty.due, INTERIM, 100 + len(punctual))
        punctual.append(new)
        (same,) = [
            each
            for each in owed(one, duty.due, *punctual).duties
            if (each.duty, each.first) == (duty.duty, duty.first)
        ]
        assert (same.met is not None, same.days_late) == (True, 0)


@given(worlds(), st.integers(1, 40))
def test_no_duty_is_lost_or_doubled_when_days_pass(world: Worlds, days: int) -> None:
    one, published, on = world
    running = raising(
        **{name: getattr(one, name) for name in ("start", "end", "emergency", "calm")}
    )
    now = [(duty.duty, duty.first) for duty in owed(running, on, *published).duties]
    then = owed(running, on + days * DAY, *published).duties
    later = [(duty.duty, duty.first) for duty in then]
    assert len(set(later)) == len(later)
    assert set(now) <= set(later)
    met = {
        (duty.duty, duty.first): duty.met
        for duty in owed(running, on, *published).duties
        if duty.met
    }
    after = {(duty.duty, duty.first): duty.met for duty in then}
    assert all(after[key] == day for key, day in met.items())
