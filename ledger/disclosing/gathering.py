"""What the registry knows of several units that has to be made known: each question asked once.

Only the journal of a unit that pays by decisions is walked besides, for the days of payments.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeVar

from ledger.decisions.standing import uses_by_decision
from ledger.disclosing.ruling import place_of
from ledger.disclosing.streams import Asked, Decided, Happened, is_fiscal
from ledger.registry import decisions, happenings, objections, units
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ledger.registry import Registry
    from ledger.registry.decisions import DecisionEvent, DecisionRow
    from ledger.registry.objections import AnswerRow, ObjectionRow
    from ledger.registry.units import UnitRow

_ASSOCIATION: Final = "association"
T = TypeVar("T")


def happened(registry: Registry, asked: Sequence[str], on: date) -> list[Happened]:
    """What is known of each of these units as of the end of a day, in their order."""
    with registry.read() as conn:
        every = units.all_units(conn)
        schemes = happenings.schemes(conn, asked)
        promised = happenings.promised(conn, asked)
        counted = happenings.counted(conn, asked)
        assets = happenings.first_assets(conn, asked)
        venues = happenings.with_venues(conn, asked)
        accepted = happenings.accepted(conn, asked)
        decided = [row for row in decisions.of_units(conn, asked) if row.day <= on]
        events = decisions.events_of_units(conn, asked)
        said = [row for row in objections.of_units(conn, asked) if row.day <= on]
        answers = objections.answers(conn, asked)
    low = units.grass_roots(every)
    known = {row.id: row for row in every}
    done = _done(registry, decided, accepted, on)
    documents = _grouped(
        (unit, (document, day))
        for unit, document, account, day in promised
        if day <= on and is_fiscal(account)
    )
    counts = _grouped((unit, (day, closed)) for unit, day, closed in counted if closed <= on)
    resolved = _grouped(
        (row.unit, _decided(row, events.get((row.unit, row.number, row.version), ()), done, on))
        for row in decided
        if row.carried
    )
    asking = _grouped(
        (row.unit, _asked(row, answers.get((row.unit, row.code), ()), on)) for row in said
    )
    return [
        Happened(
            unit=known[unit],
            on=on,
            committee=unit not in low,
            schemes=frozenset(schemes.get(unit, ())),
            promised=tuple(dict.fromkeys(documents.get(unit, ()))),
            standards=_standards(registry, known[unit], on)
            if _ASSOCIATION in schemes.get(unit, ())
            else (),
            decided=tuple(resolved.get(unit, ())),
            counted=tuple(counts.get(unit, ())),
            assets_since=day if (day := assets.get(unit)) is not None and day <= on else None,
            venues=unit in venues,
            asked=tuple(asking.get(unit, ())),
        )
        for unit in asked
    ]


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for unit, one in pairs:
        found[unit].append(one)
    return found


def _done(
    registry: Registry, decided: Sequence[DecisionRow],
    accepted: Iterable[tuple[str, str, date]], on: date,
) -> dict[tuple[str, str], list[date]]:  # fmt: skip
    """By unit and decision the days on which something was paid or accepted by it."""
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for unit, number, day in accepted:
        if day <= on:
            found[unit, number].append(day)
    paying: dict[str, dict[str, DecisionRow]] = defaultdict(dict)
    for row in decided:
        if row.used_fen != 0:  # nobody knows it since a take-over where it is None
            paying[row.unit][row.number] = row
    for unit, rows in paying.items():
        for number, uses in uses_by_decision(registry, unit, rows, on).items():
            left = 0
            days = []
            for use in uses:
                left += use.fen
                if use.fen > 0:
                    days.append(use.day)
            # What was taken back whole was not carried out.
            found[unit, number] += days if left > 0 else []
    return found


def _decided(
    row: DecisionRow, events: Iterable[DecisionEvent],
    done: dict[tuple[str, str], list[date]], on: date,
) -> Decided:  # fmt: skip
    steps = {one.kind: one.day for one in events if one.day <= on}
    return Decided(
        row.number, row.subject, row.day, row.ceiling_fen > 0, steps.get("published"),
        steps.get("outcome"), tuple(done.get((row.unit, row.number), ())),
    )  # fmt: skip


def _standards(registry: Registry, unit: UnitRow, on: date) -> tuple[tuple[str, date], ...]:
    """The association's own tables of dues, by the day on which they were resolved."""
    book, _ = load(registry.folder, unit.id)
    place = place_of(unit)
    heads = [
        table.head
        for table in book.tables
        if isinstance(table, RateTable)
        and table.head.rule == _ASSOCIATION
        and table.head.scope.covers(place)
    ]
    days = ((head.key, head.issued or head.effective_from) for head in heads)
    return tuple((key, day) for key, day in days if unit.opened <= day <= on)


def _asked(row: ObjectionRow, answers: Iterable[AnswerRow], on: date) -> Asked:
    told = (
        one.day
        for one in answers
        if one.state == objections.PUBLISHED and one.day is not None and one.day <= on
    )
    return Asked(row.code, row.reference, row.day, next(told, None))
