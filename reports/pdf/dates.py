"""A statement's period, as people read it and as the file's date."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from ledger.errors import Words
from ledger.period import Month, Period


def days_of(period: str) -> Period | None:
    """The days a period's text names: ``2026``, ``2026-03``, a day, or ``2026-01-01..2026-04-01``,
    whose end is exclusive as in ``str(Period)``. None for a text that names none.
    """
    try:
        if len(period) <= len("2026-03"):
            return Period.parse(period)
        start, dots, end = period.partition("..")
        first = date.fromisoformat(start)
        return Period(first, date.fromisoformat(end) if dots else first + timedelta(days=1))
    except ValueError:
        return None


def last_day(period: str) -> date:
    """The last day of the period, the date the file carries; never today.

    >>> last_day("2026-02")
    datetime.date(2026, 2, 28)

    A text that names no days gives the first day of 2000.
    """
    days = days_of(period)
    return days.end - timedelta(days=1) if days else date(2000, 1, 1)


def period_words(period: str) -> Words:
    """A period for people; a text that names no days stays as it is.

    >>> period_words("2026-03")
    Words(zh='2026年3月', en='March 2026')
    >>> period_words("2026-01-01..2026-04-01")
    Words(zh='2026年1月至3月', en='January to March 2026')
    """
    days = days_of(period)
    if days is None:
        return Words(period, "")
    first, last = Month.of(days.start), Month.of(days.end - timedelta(days=1))
    if days == Period(date(first.year, 1, 1), date(first.year + 1, 1, 1)):
        return Words(f"{first.year}年度", f"Year {first.year}")
    if days == first.period:
        return Words(f"{first.year}年{first.month}月", _english(first))
    if days != Period(first.first, last.next().first):
        return _between_days(days.start, days.end - timedelta(days=1))
    if first.year == last.year:
        return Words(
            f"{first.year}年{first.month}月至{last.month}月",
            f"{calendar.month_name[first.month]} to {_english(last)}",
        )
    return Words(
        f"{first.year}年{first.month}月至{last.year}年{last.month}月",
        f"{_english(first)} to {_english(last)}",
    )


def _english(month: Month) -> str:
    return f"{calendar.month_name[month.month]} {month.year}"


def _between_days(first: date, last: date) -> Words:
    zh = [f"{day.year}年{day.month}月{day.day}日" for day in (first, last)]
    if first == last:
        return Words(zh[0], first.isoformat())
    return Words("至".join(zh), f"{first} to {last}")
