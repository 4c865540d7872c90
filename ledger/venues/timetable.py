"""A venue's calendar from what the registry holds of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.registry import venues
from ledger.registry.venues import APPROVED, CLOSING, FACTS, HOURS
from ledger.venues.calendar import Calendar, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import Connection

    from ledger.registry.venues import SpanRow, VersionRow
    from ledger.venues.calendar import Week


def calendar_of(conn: Connection, unit: str, code: str) -> Calendar:
    """When a venue is open, by the hours and closed days that stand now."""
    versions = venues.versions(conn, unit, code)
    closed = [row.day for row in venues.closed_days(conn, unit, code)]
    return calendar(versions, venues.hours(conn, unit), closed)


def calendar(
    versions: Iterable[VersionRow],
    hours: Mapping[tuple[str, int], Iterable[SpanRow]],
    closed_days: Collection[date],
) -> Calendar:
    """The same from rows of one venue: of hours that begin on one day the later version holds."""
    weeks: dict[date, Week] = {}
    opened, closed = date.max, None
    for one in versions:
        if one.state != APPROVED:
            continue
        if one.kind == FACTS:
            opened = min(opened, one.first)
        elif one.kind == CLOSING:
            closed = one.first
        elif one.kind == HOURS:
            week: dict[int, tuple[Span, ...]] = {}
            for row in hours.get((one.code, one.version), ()):
                week[row.weekday] = (*week.get(row.weekday, ()), Span(row.opens, row.closes))
            weeks[one.first] = week
    return Calendar(list(weeks.items()), opened, closed, closed_days)
