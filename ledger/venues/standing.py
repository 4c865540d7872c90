"""How venues stand and what a period's use was: counted from the log, open to its lines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ledger.errors import CannotRun
from ledger.money import Money, percent_text
from ledger.registry import venue_days, venues
from ledger.registry.venue_days import MEMBERS, PUBLIC, SHARED
from ledger.registry.venues import CLOSED, CLOSING, DRAFT, FACTS, HOURS, KEY, OPEN, WAITING
from ledger.venues.calendar import Calendar, Span, clock
from ledger.venues.parties import names
from ledger.venues.timetable import calendar
from ledger.venues.trouble import no_venue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.venue_days import BookingRow, UseRow
    from ledger.registry.venues import FactsRow, VenueRow, VersionRow
    from ledger.venues.calendar import Open


@dataclass(frozen=True)
class Tally:
    """What some lines of the log come to; those that take others back count against them."""

    rows: tuple[UseRow, ...]

    @property
    def uses(self) -> int:
        return sum(row.sign for row in self.rows)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    @property
    def heads(self) -> int:
        return sum(row.sign * row.heads for row in self.rows)

    @property
    def fee_fen(self) -> int:
        return sum(row.sign * row.fee_fen for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "uses": self.uses, "minutes": self.minutes, "hours": clock(self.minutes),
            "heads": self.heads, "fees": Money(self.fee_fen).text,
        }  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A venue as of a day, with its use in a period that ends on it.

    ``key`` is the cost key in force on the day, by party; ``names`` what parties are called.
    """

    row: VenueRow
    facts: FactsRow
    state: str
    calendar: Calendar
    hours: VersionRow | None
    key: dict[str, Fraction]
    waits: tuple[VersionRow, ...]
    uses: tuple[UseRow, ...]
    names: dict[str, str]
    open: Open
    period: Period

    @property
    def used(self) -> Tally:
        return Tally(self.uses)

    @property
    def benefit(self) -> Tally:
        """Use by members or the public for which nobody paid."""
        return Tally(tuple(row for row in self.uses if self.is_benefit(row)))

    @staticmethod
    def is_benefit(row: UseRow) -> bool:
        return row.audience != SHARED and not row.fee_fen

    def minutes_outside(self, row: UseRow) -> int:
        """Minutes of a line outside of the hours in force; none where a decision lets them."""
        span = Span(row.opens, row.closes)
        minutes = span.minutes - self.calendar.within(row.day, span)
        return 0 if row.decision else row.sign * minutes

    @property
    def outside(self) -> int:
        """Minutes of use outside of the hours in force without a decision."""
        return sum(map(self.minutes_outside, self.uses))

    def by_user(self) -> dict[str, Tally]:
        """What each used: ``members``, ``public``, and every shared user, also of the key alone."""
        of: dict[str, list[UseRow]] = defaultdict(list)
        for row in self.uses:
            of[row.party if row.audience == SHARED else row.audience].append(row)
        shared = sorted({*of, *self.key} - {MEMBERS, PUBLIC, self.row.unit})
        order = [MEMBERS, PUBLIC, *shared]
        return {user: Tally(tuple(of.get(user, ()))) for user in order}

    def key_of(self, user: str) -> Fraction | None:
        """The share of the cost that a user bears; members' is the unit's own."""
        return self.key.get(self.row.unit if user == MEMBERS else user)

    def share_text(self, minutes: int) -> str:
        """Minutes as a part of all that were used."""
        return percent_text(minutes, self.used.minutes)

    def as_json(self) -> dict[str, Any]:
        facts = self.facts
        return {
            "code": self.row.code, "name": facts.name, "name_en": facts.name_en,
            "kind": facts.kind, "place": facts.place, "area": Money(facts.area).text,
            "capacity": facts.capacity, "public_benefit": facts.public_benefit,
            "basis": facts.basis, "owner": facts.owner, "owner_unit": facts.owner_unit,
            "memo": facts.is_memo, "asset": facts.asset, "state": self.state,
            "waiting": [one.kind for one in self.waits], "period": str(self.period),
            "days_open": self.open.days, "minutes_open": self.open.minutes,
            "hours_open": clock(self.open.minutes), **self.used.as_json(),
            "benefit_minutes": self.benefit.minutes,
            "benefit_share": self.share_text(self.benefit.minutes),
            "minutes_outside": self.outside,
            "users": {
                user: tally.as_json() | {
                    "share_of_use": self.share_text(tally.minutes),
                    "cost_key": None if self.key_of(user) is None else str(self.key_of(user)),
                }
                for user, tally in self.by_user().items()
            },
        }  # fmt: skip


def stands(
    registry: Registry, unit: str, period: Period, code: str | None = None
) -> list[Standing]:
    """The unit's venues as of the period's end, with their use in it; or the one of a code.

    A venue that was closed before the period, or is there only after it, is left out. One that
    nobody approved yet stands as it was entered.
    """
    with registry.read() as conn:
        rows = [one for one in venues.of_unit(conn, unit) if code in (None, one.code)]
        versions = venues.versions(conn, unit, code)
        facts, hours, keys = (
            venues.facts(conn, unit), venues.hours(conn, unit), venues.keys(conn, unit),
        )  # fmt: skip
        closed = venues.closed_days(conn, unit, code)
        uses = venue_days.uses(conn, unit, code, since=period.start, until=period.end)
        known = names(conn, unit)
    found = []
    for row in rows:
        own = [one for one in versions if one.code == row.code]
        days = [one.day for one in closed if one.code == row.code]
        said = _facts(own, facts, row.code, period.last)
        state = _state(row, own, period)
        if said is None or not state:
            continue
        of = calendar(own, hours, days)
        key = venues.in_force(own, KEY, period.last)
        found.append(
            Standing(
                row, said, state, of, venues.in_force(own, HOURS, period.last),
                {} if key is None else {
                    one.party: one.share for one in keys[row.code, key.version]
                },
                tuple(one for one in own if one.state == DRAFT),
                tuple(one for one in uses if one.code == row.code), known,
                of.open_in(period), period,
            )
        )  # fmt: skip
    return found


def _facts(
    versions: Sequence[VersionRow], facts: dict[tuple[str, int], FactsRow], code: str, on: date
) -> FactsRow | None:
    """What it is on a day; as it was entered where nobody approved it yet."""
    held = venues.in_force(versions, FACTS, on)
    if held is None:
        waits = [
            one for one in versions
            if one.kind == FACTS and one.state == DRAFT and one.first <= on
        ]  # fmt: skip
        held = waits[-1] if waits else None
    return None if held is None else facts[code, held.version]


def _state(row: VenueRow, versions: Iterable[VersionRow], period: Period) -> str:
    """Its state at the period's end; empty where it has none in it."""
    if row.state in (OPEN, CLOSED):
        closing = venues.in_force(versions, CLOSING, period.last)
        if closing is None:
            return OPEN
        return CLOSED if period.start < closing.first else ""
    return WAITING if row.state == WAITING else ""


def standing(registry: Registry, unit: str, code: str, period: Period) -> Standing:
    """One venue; CannotRun if there is none of that code in the period."""
    for one in stands(registry, unit, period, code):
        return one
    raise CannotRun(no_venue(code))


def booked(
    registry: Registry, unit: str, code: str | None, since: date, until: date
) -> list[BookingRow]:
    """Bookings of days from ``since`` to before ``until``, in every state."""
    with registry.read() as conn:
        return venue_days.bookings(conn, unit, code, since=since, until=until)
