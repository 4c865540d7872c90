"""Periods of business days, with an exclusive end, and months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month.

    >>> Month.parse("2026-03").next()
    Month(year=2026, month=4)
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2999 and 1 <= self.month <= 12):
            raise ValueError(f"not a month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        found = _MONTH.fullmatch(text)
        if not found:
            raise ValueError(f"a month is written 2026-03, not {text[:20]!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Month:
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    @property
    def period(self) -> Period:
        return Period(self.first, self.next().first)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to, not including, ``end``.

    >>> date(2026, 3, 31) in Period.parse("2026-03")
    True
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} … {self.end}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """A year ``2026``, a quarter ``2026-Q1`` or a month ``2026-03``; else ValueError."""
        if _YEAR.fullmatch(text) and 1900 <= int(text) <= 2998:
            return cls(date(int(text), 1, 1), date(int(text) + 1, 1, 1))
        if _MONTH.fullmatch(text):
            return Month.parse(text).period
        if (found := _QUARTER.fullmatch(text)) and 1900 <= int(found[1]) <= 2998:
            first = Month(int(found[1]), 3 * int(found[2]) - 2)
            return cls(first.first, first.next().next().next().first)
        raise ValueError(f"a period is written 2026 or 2026-03, not {text[:20]!r}")

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        first = Month.of(self.start)
        if self == first.period:
            return str(first)
        if (self.start.month, self.start.day) == (1, 1) and self.end == date(
            self.start.year + 1, 1, 1
        ):
            return f"{self.start.year:04d}"
        if self.start.day == 1 and self.start.month % 3 == 1:
            quarter = f"{self.start.year:04d}-Q{self.start.month // 3 + 1}"
            if self.end == first.next().next().next().first:
                return quarter
        return f"{self.start}..{self.end}"

    def months(self) -> Iterator[Month]:
        """The months that the period touches, in order."""
        month = Month.of(self.start)
        while month.first < self.end:
            yield month
            month = month.next()


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month if it has no such day.

    A period that is counted in months from a day ends on it: 民法典第二百零一条、第二百零二条.

    >>> months_after(date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    at = day.year * 12 + day.month - 1 + months
    month = Month(at // 12, at % 12 + 1)
    return date(month.year, month.month, min(day.day, month.period.last.day))
