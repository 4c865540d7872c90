"""The last day on which a gift may be used, where its purpose or terms say one.

Gifts have a field for the day from which on they may be used, and words for everything else; so a
last day is read from words: 限三月底前使用, 6月30日前用完, 须于2026-06-30前使用, 使用期限至6月30日,
2026年内使用, 年底前用完, to be used by 2026-06-30. What says it otherwise is not understood, and is
then no hit.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Final

_DIGITS: Final = {text: place for place, text in enumerate("零一二三四五六七八九十")}
_MONTH: Final = (
    r"(?:(?P<year>[0-9]{4})年)?(?P<next>次年|明年)?"
    r"(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月"
)
_USED: Final = r"(?:使用|用完|用毕|支出|花完|用于)"
_BEFORE: Final = rf"(?:(?:以?前|之前)(?:全部)?{_USED}|为?止)"
_UNTIL: Final = r"(?:期限?|限期|使用截止(?:日期)?|使用截?至)(?:为|[:：])?(?:至|到)?"
_DAY: Final = rf"{_MONTH}(?:(?P<end>底|末)|(?P<day>[0-9]{{1,2}})[日号])"
_SPOKEN: Final = (re.compile(rf"{_DAY}{_BEFORE}"), re.compile(rf"{_UNTIL}{_DAY}"))
_ISO_DAY: Final = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_ISO: Final = (
    re.compile(rf"{_ISO_DAY} ?{_BEFORE}"),
    re.compile(rf"{_UNTIL} ?{_ISO_DAY}"),
    re.compile(rf"(?:used|spent) (?:by|until|before) {_ISO_DAY}"),
)
_YEAR: Final = re.compile(
    r"(?:(?P<year>[0-9]{4})年年?|(?P<next>次年|明年)|本年度?|当年|(?<![0-9〇一二两三四五六七八九十半几])年)"
    rf"(?:内|(?:底|末)(?:以?前|之前))(?:全部)?{_USED}"
)


def last_day_of_use(text: str, received: date) -> date | None:
    """The last day that a gift's words say, or None; without a year it is the next such day.

    >>> last_day_of_use("春节慰问困难职工，限三月底前使用，逾期退还", date(2026, 2, 10))
    datetime.date(2026, 3, 31)
    """
    plain = re.sub(r"(?<=[0-9月年日]) | (?=[0-9]+[月年日号])", "", text)
    if found := _first(_ISO, text):
        return _day(found["day"])
    spoken = _first(_SPOKEN, plain)
    if spoken is None:
        found = _YEAR.search(plain)
        if found is None:
            return None
        return _last(int(found["year"] or received.year + bool(found["next"])), 12, None)
    month = _number(spoken["month"])
    if not 1 <= month <= 12:
        return None
    year = int(spoken["year"]) if spoken["year"] else received.year + bool(spoken["next"])
    last = _last(year, month, spoken["day"])
    if last is not None and last < received and not spoken["year"] and not spoken["next"]:
        last = _last(year + 1, month, spoken["day"])
    return last


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next(filter(None, (one.search(text) for one in patterns)), None)


def _last(year: int, month: int, day: str | None) -> date | None:
    if day is None:
        day = str(monthrange(year, month)[1]) if 1 <= year <= 9999 else "0"
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
