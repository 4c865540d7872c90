"""What happens to a unit that has to be made known, in every stream but gifts: pure functions.

Which duties a unit has follows from its chart, its place in the tree, its schemes of dues, what it
was promised, decided, holds and was asked. *A year* that is over begins its time with the day after
its last one. *A decision* is told of from its own day on; *its outcome* from the last payment or
acceptance on that it names, and, where it is about no money, from the decision on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.lines import line_of
from ledger.period import Month
from ledger.rules import streams
from ledger.rules.deadlines import Event, Published

if TYPE_CHECKING:
    from ledger.registry.units import UnitRow

#: The line of accounts on which public finance comes: 政府补助收入.
FISCAL: Final = "I40"
_PARTY_CHART: Final = "party-dues"
_STATE_OWNED: Final = ("government-2019", "union-2021-county")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was carried: when it was, was told of, was carried out and its outcome told.

    ``done`` are the days of payments and acceptances by it.
    """

    number: str
    subject: str
    day: date
    money: bool
    published: date | None
    outcome: date | None
    done: tuple[date, ...]

    @property
    def executed(self) -> date | None:
        """The day from which its outcome is owed; None while nothing was done by it.

        What came after the outcome was told of does not ask for it once more.
        """
        told = self.outcome
        before = [day for day in self.done if told is None or day <= told]
        if days := before or self.done:
            return max(days)
        return self.day if not self.money or told is not None else None


@dataclass(frozen=True, slots=True)
class Asked:
    """An objection or question, and when its answer was published."""

    code: str
    reference: str
    day: date
    answered: date | None


@dataclass(frozen=True, slots=True)
class Happened:
    """What is known of a unit as of a day. ``committee``: it is not at the grass roots.

    ``promised`` are documents of public finance and days of approval; ``standards`` tables of
    an association's dues and days of resolution; ``counted`` days of counts and of their closing.
    """

    unit: UnitRow
    on: date
    committee: bool = False
    schemes: frozenset[str] = frozenset()
    promised: tuple[tuple[str, date], ...] = ()
    standards: tuple[tuple[str, date], ...] = ()
    decided: tuple[Decided, ...] = ()
    counted: tuple[tuple[date, date], ...] = ()
    assets_since: date | None = None
    venues: bool = False
    asked: tuple[Asked, ...] = ()


def years_over(unit: UnitRow, on: date) -> range:
    """The years of a unit's book that are over as of a day."""
    last = on.year if unit.closed is None else min(on.year, unit.closed.year + 1)
    return range(unit.opened.year, last)


def years_begun(unit: UnitRow, on: date) -> range:
    """The years of a unit's book that have begun by a day."""
    if on < unit.opened:
        return range(0)
    last = on.year if unit.closed is None else min(on.year, unit.closed.year)
    return range(unit.opened.year, last + 1)


def is_fiscal(account: str) -> bool:
    """Whether what comes on an account comes from public finance."""
    return line_of(account).id == FISCAL


def events_of(one: Happened) -> Iterator[Event]:
    """Everything that a unit has to make known once, in the order of streams."""
    chart, kinds = one.unit.chart, set(one.unit.kinds.split())
    if chart == _PARTY_CHART or "party" in one.schemes:
        if "party" in one.schemes or not one.committee:
            yield from _years(one, streams.PARTY_MEMBERS)
        if one.committee:
            yield from _years(one, streams.PARTY_CONGRESS, streams.PARTY_SUPERIOR)
    if "league" in one.schemes:
        yield from _years(one, streams.LEAGUE_MEMBERS, streams.LEAGUE_SUPERIOR)
    if chart.startswith("union-"):
        yield from _within(one, streams.UNION_BUDGET)
        yield from _years(one, streams.UNION_ACCOUNTS, streams.UNION_AUDIT, streams.UNION_YEARLY)
        yield from _months(one, streams.UNION_MONTHLY)
    for document, day in one.promised:
        yield Event(streams.ALLOCATION, document, day, day, day)
    if "association" in one.schemes:
        for key, day in one.standards:
            yield Event(streams.DUES_STANDARD, key, day, day, day)
        yield from _years(one, streams.DUES_ACCOUNTS)
    if one.assets_since is not None:
        yield from _counts(one, one.assets_since)
        if chart in _STATE_OWNED:
            yield from _years(one, streams.ASSET_REPORT)
    if one.venues:
        yield from _within(one, streams.VENUE_HOURS)
    if chart.startswith("npo-"):
        yield from _years(one, streams.ACCOUNTS, streams.REPORT_REGISTRAR)
        if "foundation" not in kinds:
            yield from _years(one, streams.REPORT_UPPER)
    for decision in one.decided:
        yield Event(streams.DECISION, decision.number, decision.day, decision.day, decision.day)
        if (done := decision.executed) is not None:
            yield Event(streams.OUTCOME, decision.number, done, done, done)
    for asked in one.asked:
        yield Event(streams.OBJECTION, asked.code, asked.day, asked.day, asked.day)


def told_of(one: Happened) -> Iterator[Published]:
    """What acts of their own made known: steps of decisions, closed counts, published answers."""
    for decision in one.decided:
        for duty, told in (
            (streams.DECISION, decision.published), (streams.OUTCOME, decision.outcome),
        ):  # fmt: skip
            if told is not None:
                yield Published(0, duty, decision.number, decision.day, told, told)
    for day, closed in one.counted:
        first = date(day.year, 1, 1)
        yield Published(0, streams.ASSET_COUNT, "", first, first, closed)
    for asked in one.asked:
        if asked.answered is not None:
            yield Published(
                0, streams.OBJECTION, asked.code, asked.day, asked.answered, asked.answered
            )


def _years(one: Happened, *duties: str) -> Iterator[Event]:
    for year in years_over(one.unit, one.on):
        for duty in duties:
            yield Event(duty, str(year), date(year + 1, 1, 1), date(year, 1, 1), date(year, 12, 31))


def _months(one: Happened, duty: str) -> Iterator[Event]:
    month, end = Month.of(one.unit.opened), one.on
    if one.unit.closed is not None:
        end = min(end, Month.of(one.unit.closed).next().first)
    while (over := month.next().first) <= end:
        yield Event(duty, str(month), over, month.first, month.period.last)
        month = month.next()


def _within(one: Happened, duty: str) -> Iterator[Event]:
    """What a year asks for while it runs; its first day stands for it."""
    for year in years_begun(one.unit, one.on):
        first = date(year, 1, 1)
        yield Event(duty, str(year), first, first, first)


def _counts(one: Happened, since: date) -> Iterator[Event]:
    """Years that began with things: what came in a year need not be counted in it."""
    held = max(since, one.unit.opened)
    for event in _within(one, streams.ASSET_COUNT):
        if event.day >= held:
            yield event
