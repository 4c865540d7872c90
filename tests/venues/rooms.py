"""A venue of the house, approved and open on weekdays, and what people do with it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from ledger.errors import Finding
from ledger.period import Period
from ledger.registry.venue_days import BookingRow, UseRow
from ledger.venues import booking, opening, registering, sharing, using
from ledger.venues.booking import Wish
from ledger.venues.calendar import Span, parse_week
from ledger.venues.registering import Facts
from ledger.venues.standing import Standing, standing
from ledger.venues.using import Used
from tests.house import UNIT, House

#: The house's now is Thursday 2026-03-05.
OPENED = date(2026, 1, 1)
TODAY = date(2026, 3, 5)
SATURDAY = date(2026, 3, 7)
WEEK = ("1-5=09:00-12:00,14:00-18:00",)
ORGANISATION = "青禾文体队（示例）"


def facts(**changed: Any) -> Facts:
    said: dict[str, Any] = {
        "name": "小河职工之家", "kind": "members-home", "place": "一号楼二层", "area": 32050,
        "capacity": 80, "public_benefit": True, "basis": "工会法第四十七条",
        "name_en": "Xiaohe members' home",
    }  # fmt: skip
    return Facts(**{**said, **changed})


class Room:
    """A venue that ``maker`` entered and ``checker`` approved, with hours where some are given."""

    def __init__(
        self, house: House, *week: str, opened: date = OPENED, approved: bool = True, **said: Any
    ) -> None:
        self.house = house
        row = registering.add(
            house.registry, UNIT, facts(**said), opened, house.maker, house.now
        )  # fmt: skip
        self.code = row.code
        if week:
            self.hours(*week, first=opened)
        if approved:
            self.approve()

    def approve(self, **words: Any) -> None:
        registering.approve(
            self.house.registry, UNIT, self.code, self.house.checker, self.house.now, **words
        )

    def hours(self, *week: str, first: date = OPENED, reason: str = "行政办公会") -> None:
        opening.set_hours(
            self.house.registry, UNIT, self.code, parse_week(week), first, reason,
            self.house.maker, self.house.now,
        )  # fmt: skip

    def key(self, parts: dict[str, Fraction], first: date = OPENED) -> None:
        """A cost key, approved."""
        sharing.set_key(
            self.house.registry, UNIT, self.code, list(parts.items()), first, "共用协议",
            self.house.maker, self.house.now,
        )  # fmt: skip
        self.approve(kind="key")

    def close_day(self, day: date) -> None:
        opening.close_day(
            self.house.registry, UNIT, self.code, day, "检修", self.house.maker, self.house.now
        )

    def open_day(self, day: date) -> None:
        opening.open_day(
            self.house.registry, UNIT, self.code, day, self.house.maker, self.house.now
        )

    def book(self, at: str = "09:00-11:00", day: date = TODAY, **said: Any) -> BookingRow:
        wish: dict[str, Any] = {"whom": "members", "purpose": "读书会", "heads": 20, **said}
        return booking.book(
            self.house.registry, UNIT, self.code, Wish(day, Span.parse(at), **wish),
            self.house.maker, self.house.now,
        )  # fmt: skip

    def confirm(self, row: BookingRow) -> BookingRow:
        return booking.confirm(
            self.house.registry, UNIT, row.booking, self.house.checker, self.house.now
        )

    def cancel(self, row: BookingRow, note: str = "改期") -> BookingRow:
        return booking.cancel(
            self.house.registry, UNIT, row.booking, note, self.house.maker, self.house.now
        )

    def no_show(self, row: BookingRow) -> BookingRow:
        return booking.no_show(
            self.house.registry, UNIT, row.booking, self.house.maker, self.house.now
        )

    def log(self, said: Used) -> tuple[UseRow, list[Finding]]:
        return using.use(
            self.house.registry, UNIT, self.code, said, self.house.maker, self.house.now
        )

    def use(self, at: str = "09:00-11:00", day: date = TODAY, **said: Any) -> UseRow:
        words: dict[str, Any] = {"heads": 10, **said}
        if not words.get("booking"):
            words.setdefault("whom", "members")
        return self.log(Used(day, Span.parse(at), **words))[0]

    def back(self, row: UseRow, reason: str = "登记错误") -> UseRow:
        return using.take_back(
            self.house.registry, UNIT, self.code, row.year, row.number, reason, self.house.maker,
            self.house.now,
        )  # fmt: skip

    def now(self, period: str = "2026-03") -> Standing:
        return standing(self.house.registry, UNIT, self.code, Period.parse(period))


def after(days: int) -> date:
    return TODAY + timedelta(days=days)
