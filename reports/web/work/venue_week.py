"""A week of a venue as a picture: opening hours, bookings and use; the table beside it says it too.

Everything is whole numbers of the picture's own coordinates, so that it is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.registry import venue_days
from ledger.venues.calendar import Span, clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.registry.venue_days import BookingRow, UseRow
    from ledger.venues.calendar import Calendar

_LEFT: Final = 46
_TOP: Final = 26
_DAY: Final = 92
_HOUR: Final = 26
_OPEN: Final = "#e3eeee"
_ASKED: Final = "#b8a6d4"
_CONFIRMED: Final = "#6fb1b5"
_USED: Final = "#17595e"
_NAMES: Final = "一二三四五六日"
_ENGLISH: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with what it says when it is pointed at, and what is written in it."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    title: str
    text: str = ""
    ink: str = "#1e2729"


@dataclass(frozen=True, slots=True)
class Mark:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    days: tuple[Mark, ...]
    hours: tuple[Mark, ...]
    lines: tuple[int, ...]
    boxes: tuple[Box, ...]


def monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def drawn(
    of: Calendar, first: date, bookings: Sequence[BookingRow], uses: Sequence[UseRow]
) -> Picture:
    """The week that begins on ``first``; what was taken back or does not hold is not drawn."""
    days = [first + timedelta(days=n) for n in range(7)]
    held = [one for one in bookings if one.state in (venue_days.ASKED, venue_days.CONFIRMED)]
    used = venue_days.standing(uses)
    times = [
        *(span for day in days for span in of.spans(day)),
        *(Span(one.opens, one.closes) for one in held),
        *(Span(row.opens, row.closes) for row in used),
    ]
    start = min((one.opens for one in times), default=9 * 60) // 60
    end = -(-max((one.closes for one in times), default=18 * 60) // 60)
    boxes = [
        _box(first, day, span, start, _OPEN, f"{day} {span.text} 开放 open")
        for day in days
        for span in of.spans(day)
    ]
    for one in held:
        span = Span(one.opens, one.closes)
        words = venue_days.STATE_WORDS[one.state]
        title = f"{one.day} {span.text} {one.purpose} {words.zh} {words.en} {one.booking}"
        fill = _CONFIRMED if one.state == venue_days.CONFIRMED else _ASKED
        boxes.append(_box(first, one.day, span, start, fill, title, one.purpose))
    for row in used:
        span = Span(row.opens, row.closes)
        title = f"{row.day} {span.text} 使用 used {row.heads} 人 heads {row.ref}"
        boxes.append(
            _box(first, row.day, span, start, _USED, title, f"{row.heads} 人", "#ffffff")
        )  # fmt: skip
    every = range(start, end + 1)
    return Picture(
        _LEFT + 7 * _DAY + 2, _TOP + (end - start) * _HOUR + 8,
        tuple(
            Mark(
                _LEFT + n * _DAY + _DAY // 2, 16,
                f"{_NAMES[n]} {_ENGLISH[n]} {day.month}-{day.day}",
            )
            for n, day in enumerate(days)
        ),
        tuple(Mark(_LEFT - 6, _y(hour * 60, start) + 4, clock(hour * 60)) for hour in every),
        tuple(_y(hour * 60, start) for hour in every),
        tuple(boxes),
    )  # fmt: skip


def _y(minutes: int, start: int) -> int:
    return _TOP + (minutes - start * 60) * _HOUR // 60


def _box(
    first: date, day: date, span: Span, start: int, fill: str, title: str, text: str = "",
    ink: str = "#1e2729",
) -> Box:  # fmt: skip
    top, below = _y(span.opens, start), _y(span.closes, start)
    inset = 3 if text else 0
    room = below - top >= 14  # for a line of writing
    return Box(
        _LEFT + (day - first).days * _DAY + 1 + inset, top, _DAY - 2 - 2 * inset,
        max(3, below - top - 1), fill, title, text[:6] if room else "", ink,
    )  # fmt: skip
