"""Venues and what is said of them: versions of what they are, their hours, their cost key.

Bookings and uses stand in :mod:`ledger.registry.venue_days`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import Words
from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import (
    venue,
    venue_closed_day,
    venue_facts,
    venue_hours,
    venue_key,
    venue_version,
)

PREFIX: Final = "CD"
#: A venue: nobody approved it yet, it is open or closed for good, it was never approved.
WAITING, OPEN, CLOSED, WITHDRAWN = "waiting", "open", "closed", "withdrawn"
STATE_WORDS: Final = {
    WAITING: Words("待审批", "to be approved"),
    OPEN: Words("开放", "open"),
    CLOSED: Words("已关闭", "closed"),
    WITHDRAWN: Words("未通过", "not approved"),
}
#: What a version is about.
FACTS, HOURS, KEY, CLOSING = "facts", "hours", "key", "closing"
VERSION_WORDS: Final = {
    FACTS: Words("登记", "what it is"),
    HOURS: Words("开放时间", "opening hours"),
    KEY: Words("分摊比例", "cost key"),
    CLOSING: Words("关闭", "closing"),
}
#: A version's state.
DRAFT, APPROVED, TAKEN_BACK = "draft", "approved", "withdrawn"
KIND_WORDS: Final = {
    "service-centre": Words("党群服务中心", "party-mass service centre"),
    "hall": Words("礼堂会议厅", "hall"),
    "library": Words("图书阅览室", "library"),
    "sports": Words("文体场馆", "sports ground"),
    "members-home": Words("职工之家", "members' home"),
    "other": Words("其他", "other"),
}
#: Whose it is. What is not the unit's own stands in the register for memory only.
OWN, EMPLOYER, OTHER_UNIT, RENTED = "own", "employer", "unit", "rented"
OWNER_WORDS: Final = {
    OWN: Words("本单位所有", "its own"),
    EMPLOYER: Words("用人单位提供", "the employer's"),
    OTHER_UNIT: Words("其他单位所有", "another unit's"),
    RENTED: Words("租用", "rented"),
}


@dataclass(frozen=True, slots=True)
class VenueRow:
    unit: str
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of one kind; it holds from ``first`` on, once another person approved it."""

    unit: str
    code: str
    kind: str
    version: int
    first: date
    state: str
    reason: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None


@dataclass(frozen=True, slots=True)
class FactsRow:
    """What a venue is; ``area`` is in hundredths of a square metre."""

    version: int
    name: str
    name_en: str
    kind: str
    place: str
    area: int
    capacity: int
    public_benefit: bool
    basis: str
    owner: str
    owner_unit: str | None
    asset: str | None

    @property
    def is_memo(self) -> bool:
        """Whether it stands in the register for memory only, because the unit does not own it."""
        return self.owner != OWN


@dataclass(frozen=True, slots=True)
class SpanRow:
    """A span of a weekday (1 is Monday), in minutes since midnight."""

    version: int
    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class ShareRow:
    """The share of a unit or an organisation in the cost, in its place of the key."""

    version: int
    party: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class ClosedDayRow:
    code: str
    day: date
    number: int
    reason: str
    user: str
    at: str
    lifted_by: str | None
    lifted_at: str | None


_VERSION = tuple(venue_version.c[name] for name in VersionRow.__slots__)
_FACTS = tuple(venue_facts.c[name] for name in FactsRow.__slots__)
_SPAN = tuple(venue_hours.c[name] for name in SpanRow.__slots__)
_CLOSED = tuple(venue_closed_day.c[name] for name in ClosedDayRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    """The code of the unit's next venue that is entered in ``year``."""
    last = greatest_number(conn, venue.c.code, f"{PREFIX}{year}-", venue.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: VenueRow) -> None:
    conn.execute(insert(venue).values(unit=row.unit, code=row.code, state=row.state))


def find(conn: Connection, unit: str, code: str) -> VenueRow | None:
    row = conn.execute(
        select(venue.c.unit, venue.c.code, venue.c.state).where(
            venue.c.unit == unit, venue.c.code == code
        )
    ).first()
    return None if row is None else VenueRow(*row)


def of_unit(conn: Connection, unit: str) -> list[VenueRow]:
    """The unit's venues, by code."""
    rows = conn.execute(
        select(venue.c.unit, venue.c.code, venue.c.state)
        .where(venue.c.unit == unit)
        .order_by(venue.c.code)
    )
    return [VenueRow(*row) for row in rows]


def set_state(conn: Connection, row: VenueRow, state: str) -> None:
    conn.execute(
        update(venue).where(venue.c.unit == row.unit, venue.c.code == row.code).values(state=state)
    )


# ---- versions ----------------------------------------------------------------------------------


def versions(conn: Connection, unit: str, code: str | None = None) -> list[VersionRow]:
    """Versions of all kinds, of one venue or of all of the unit's, in order."""
    where = venue_version.c
    query = select(*_VERSION).where(where.unit == unit)
    if code is not None:
        query = query.where(where.code == code)
    rows = conn.execute(query.order_by(where.code, where.kind, where.version))
    return [VersionRow(*row) for row in rows]


def add_version(conn: Connection, row: VersionRow) -> None:
    conn.execute(
        insert(venue_version).values({name: getattr(row, name) for name in VersionRow.__slots__})
    )


def set_version(conn: Connection, row: VersionRow, state: str, checker: str, now: datetime) -> None:
    where = venue_version.c
    conn.execute(
        update(venue_version)
        .where(
            where.unit == row.unit, where.code == row.code,
            where.kind == row.kind, where.version == row.version,
        )
        .values(state=state, checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )  # fmt: skip


def in_force(rows: Iterable[VersionRow], kind: str, on: date) -> VersionRow | None:
    """The approved version of a kind that holds on a day: the one that begins last by then."""
    held = [
        one for one in rows if one.kind == kind and one.state == APPROVED and one.first <= on
    ]  # fmt: skip
    return max(held, key=lambda one: (one.first, one.version), default=None)


def add_facts(conn: Connection, unit: str, code: str, row: FactsRow) -> None:
    values = {name: getattr(row, name) for name in FactsRow.__slots__}
    conn.execute(insert(venue_facts).values(unit=unit, code=code, **values))


def facts(conn: Connection, unit: str) -> dict[tuple[str, int], FactsRow]:
    """What the unit's venues are, by code and version."""
    rows = conn.execute(select(venue_facts.c.code, *_FACTS).where(venue_facts.c.unit == unit))
    return {(code, row[0]): FactsRow(*row) for code, *row in rows}


def add_hours(conn: Connection, unit: str, code: str, spans: Sequence[SpanRow]) -> None:
    if spans:
        conn.execute(
            insert(venue_hours),
            [
                {"unit": unit, "code": code}
                | {name: getattr(one, name) for name in SpanRow.__slots__}
                for one in spans
            ],
        )


def hours(conn: Connection, unit: str) -> dict[tuple[str, int], list[SpanRow]]:
    """The spans of the unit's venues, by code and version, in order of the week."""
    where = venue_hours.c
    rows = conn.execute(
        select(where.code, *_SPAN).where(where.unit == unit).order_by(where.weekday, where.opens)
    )
    found: dict[tuple[str, int], list[SpanRow]] = {}
    for code, *row in rows:
        found.setdefault((code, row[0]), []).append(SpanRow(*row))
    return found


def add_key(conn: Connection, unit: str, code: str, shares: Sequence[ShareRow]) -> None:
    conn.execute(
        insert(venue_key),
        [
            {
                "unit": unit, "code": code, "version": one.version, "place": place,
                "party": one.party, "numerator": one.share.numerator,
                "denominator": one.share.denominator,
            }
            for place, one in enumerate(shares, start=1)
        ],
    )  # fmt: skip


def keys(conn: Connection, unit: str) -> dict[tuple[str, int], list[ShareRow]]:
    """The cost keys of the unit's venues, by code and version, in their order."""
    where = venue_key.c
    rows = conn.execute(
        select(where.code, where.version, where.party, where.numerator, where.denominator)
        .where(where.unit == unit)
        .order_by(where.place)
    )
    found: dict[tuple[str, int], list[ShareRow]] = {}
    for code, version, party, top, bottom in rows:
        found.setdefault((code, version), []).append(
            ShareRow(version, party, Fraction(top, bottom))
        )
    return found


# ---- closed days -------------------------------------------------------------------------------


def add_closed_day(
    conn: Connection, unit: str, code: str, day: date, reason: str, user: str, now: datetime
) -> None:
    """Enter a closed day; one that was lifted before keeps its row."""
    where = venue_closed_day.c
    last = conn.execute(
        select(func.max(where.number)).where(
            where.unit == unit, where.code == code, where.day == day
        )
    ).scalar()
    at = now.isoformat(timespec="seconds")
    conn.execute(
        insert(venue_closed_day).values(
            unit=unit, code=code, day=day, number=(last or 0) + 1, reason=reason, user=user, at=at
        )
    )


def lift_closed_day(
    conn: Connection, unit: str, row: ClosedDayRow, user: str, now: datetime
) -> None:
    where = venue_closed_day.c
    conn.execute(
        update(venue_closed_day)
        .where(
            where.unit == unit, where.code == row.code,
            where.day == row.day, where.number == row.number,
        )
        .values(lifted_by=user, lifted_at=now.isoformat(timespec="seconds"))
    )  # fmt: skip


def closed_days(
    conn: Connection, unit: str, code: str | None = None, on: date | None = None
) -> list[ClosedDayRow]:
    """The days on which venues of the unit are closed, without those that were lifted."""
    where = venue_closed_day.c
    query = select(*_CLOSED).where(where.unit == unit, where.lifted_by.is_(None))
    if code is not None:
        query = query.where(where.code == code)
    if on is not None:
        query = query.where(where.day == on)
    return [ClosedDayRow(*row) for row in conn.execute(query.order_by(where.code, where.day))]
