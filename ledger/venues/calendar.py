"""Opening hours, pure: which spans of a day a venue is open, and how much of a period.

Times are minutes since midnight, spans end exclusively; Monday is weekday 1. Hours hold from a day
on until others do; a closed day is open at no time, whatever the hours say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ledger.period import Period

#: The last minute at which a span may end.
MIDNIGHT: Final = 1440
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00")
_DAYS = re.compile(r"([1-7])(?:-([1-7]))?")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a day, ``opens`` to before ``closes``.

    >>> Span.parse("09:00-17:30").text
    '09:00-17:30'
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MIDNIGHT:
            raise ValueError("a span begins before it ends, within one day")

    @classmethod
    def parse(cls, text: str) -> Span:
        """A span as it is typed, 09:00-17:30; ValueError for anything else."""
        start, dash, end = text.strip().partition("-")
        if not dash:
            raise ValueError(f"a span is written 09:00-17:30, not {text[:20]!r}")
        return cls(minute(start), minute(end))

    @property
    def minutes(self) -> int:
        return self.closes - self.opens

    @property
    def text(self) -> str:
        return f"{clock(self.opens)}-{clock(self.closes)}"

    def meets(self, other: Span) -> bool:
        """Whether they have a minute in common."""
        return self.opens < other.closes and other.opens < self.closes


def minute(text: str) -> int:
    """A time of day as it is typed, 09:00 to 24:00, in minutes; ValueError for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a time is written 09:00, not {text[:20]!r}")
    return MIDNIGHT if found[1] is None else int(found[1]) * 60 + int(found[2])


def clock(minutes: int) -> str:
    """Minutes as hours and minutes: a time of day, or how long something took.

    >>> clock(90), clock(-90)
    ('01:30', '-01:30')
    """
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


#: The spans of each weekday that has some.
Week = Mapping[int, tuple[Span, ...]]


def parse_week(texts: Iterable[str]) -> dict[int, tuple[Span, ...]]:
    """Hours as they are typed, ``1-5=09:00-12:00,14:00-18:00``; weekdays not named are closed.

    Spans that touch become one. ValueError for spans that overlap and for what cannot be read.
    """
    week: dict[int, list[Span]] = {}
    for text in texts:
        days, sign, spans = text.partition("=")
        found = _DAYS.fullmatch(days.strip())
        if found is None or not sign:
            raise ValueError(f"hours are written 1-5=09:00-17:30, not {text[:40]!r}")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise ValueError(f"weekdays run from 1 to 7, not {text[:40]!r}")
        parsed = [Span.parse(one) for one in spans.split(",")]
        for weekday in range(first, last + 1):
            week.setdefault(weekday, []).extend(parsed)
    return {weekday: joined(spans) for weekday, spans in sorted(week.items())}


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch as one; ValueError if two of them overlap."""
    found: list[Span] = []
    for one in sorted(spans):
        if found and one.opens < found[-1].closes:
            raise ValueError(f"{found[-1].text} and {one.text} overlap")
        if found and one.opens == found[-1].closes:
            found[-1] = Span(found[-1].opens, one.closes)
        else:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Open:
    """How much a venue is open: on how many days, and how many minutes in all."""

    days: int
    minutes: int


class Calendar:
    """When a venue is open: ``weeks`` by their first day, from ``opened`` to before ``closed``."""

    def __init__(
        self,
        weeks: Sequence[tuple[date, Week]],
        opened: date,
        closed: date | None = None,
        closed_days: Collection[date] = (),
    ) -> None:
        self._weeks = sorted(weeks, key=lambda one: one[0])
        self._firsts = [first for first, _ in self._weeks]
        self._opened, self._closed = opened, closed
        self.closed_days = frozenset(closed_days)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of a day; none on a closed day, before hours were set, and once it is over."""
        if day in self.closed_days or not self.is_there(day):
            return ()
        return self.usual(day)

    def usual(self, day: date) -> tuple[Span, ...]:
        """The spans of a day by the hours alone, were it no closed day."""
        place = bisect_right(self._firsts, day)
        return self._weeks[place - 1][1].get(day.isoweekday(), ()) if place else ()

    def is_there(self, day: date) -> bool:
        """Whether there is such a venue on the day."""
        return self._opened <= day and (self._closed is None or day < self._closed)

    def covers(self, day: date, span: Span) -> bool:
        """Whether the whole of a span is within opening hours."""
        return any(one.opens <= span.opens and span.closes <= one.closes for one in self.spans(day))

    def within(self, day: date, span: Span) -> int:
        """How many minutes of a span are within opening hours."""
        return sum(
            max(0, min(one.closes, span.closes) - max(one.opens, span.opens))
            for one in self.spans(day)
        )

    def days(self, period: Period) -> list[date]:
        """The days of a period on which it is open at all."""
        count = (period.end - period.start).days
        every = (period.start + timedelta(days=n) for n in range(count))
        return [day for day in every if self.spans(day)]

    def open_in(self, period: Period) -> Open:
        """Days and minutes of a period: weekdays are counted, not walked."""
        days = minutes = 0
        for place, (first, week) in enumerate(self._weeks):
            ends = [period.end]
            if place + 1 < len(self._weeks):
                ends.append(self._firsts[place + 1])
            if self._closed is not None:
                ends.append(self._closed)
            start, end = max(first, period.start, self._opened), min(ends)
            for weekday, spans in week.items():
                whole = sum(span.minutes for span in spans)
                count = _weekdays(start, end, weekday) - sum(
                    start <= day < end and day.isoweekday() == weekday for day in self.closed_days
                )
                days += count if whole else 0
                minutes += count * whole
        return Open(days, minutes)


def _weekdays(start: date, end: date, weekday: int) -> int:
    """How often a weekday comes from ``start`` to before ``end``."""
    if end <= start:
        return 0
    first = (weekday - start.isoweekday()) % 7
    return max(0, ((end - start).days - first + 6) // 7)
