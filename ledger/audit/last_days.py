"""The last day on which a gift may be used, where its purpose or terms say one.

Gifts have a field for the day from which on they may be used, and words for everything else; so a
last day is read from words: 限三月底前使用, 6月30日前用完, 须于2026-06-30前使用, to be used by
2026-06-30. What says it otherwise is not understood, and is then no hit.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_DIGITS: Final = {text: place for place, text in enumerate("零一二三四五六七八九十")}
_MONTH: Final = (
    r"(?:(?P<year>[0-9]{4})年)?(?P<next>次年|明年)?"
    r"(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月"
)
_SPOKEN: Final = re.compile(
    rf"{_MONTH}(?:(?P<end>底|末)|(?P<day>[0-9]{{1,2}})日)(?:以?前|之前)(?:使用|用完|用毕|支出|花完)"
)
_ISO: Final = re.compile(
    r"(?P<before>[0-9]{4}-[0-9]{2}-[0-9]{2}) ?(?:以?前|之前)(?:使用|用完|用毕|支出|花完)"
    r"|(?:used|spent) (?:by|until|before) (?P<by>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)


def last_day_of_use(text: str, received: date) -> date | None:
    """The last day that a gift's words say, or None; without a year it is the next such day.

    >>> last_day_of_use("春节慰问困难职工，限三月底前使用，逾期退还", date(2026, 2, 10))
    datetime.date(2026, 3, 31)
    """
    plain = re.sub(r"(?<=[0-9月年日]) | (?=[0-9]+[月年日])", "", text)
    if found := _ISO.search(text):
        return _day(found["before"] or found["by"])
    spoken = _SPOKEN.search(plain)
    if spoken is None:
        return None
    month = _number(spoken["month"])
    if not 1 <= month <= 12:
        return None
    year = int(spoken["year"]) if spoken["year"] else received.year + bool(spoken["next"])
    last = _last(year, month, spoken["day"])
    if last is not None and last < received and not spoken["year"] and not spoken["next"]:
        last = _last(year + 1, month, spoken["day"])
    return last


def _last(year: int, month: int, day: str | None) -> date | None:
    if day is None:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return _day(f"{year:04d}-{month:02d}-{int(day):02d}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    """A month in digits or characters; 0 where it is none."""
    if text.isdigit():
        return int(text)
    if len(text) == 1:
        return _DIGITS[text]
    return 10 + _DIGITS[text[1]] if text[0] == "十" and text[1] != "十" else 0
