"""The calendar of disclosure: what each unit owes to its members, the public and above, by a day.

One reckoning for all streams: campaigns and gifts as :mod:`ledger.disclosing.deadlines` has them,
everything else by the same clock (:mod:`ledger.rules.deadlines`) and the rules in force. What no
rule is loaded for is a line as well, with what is missing of it. Nobody is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.disclosing.deadlines import reckoned, waiting_for
from ledger.disclosing.gathering import happened
from ledger.disclosing.packs import pack_told_of
from ledger.disclosing.publishing import counted
from ledger.disclosing.ruling import rules_of
from ledger.disclosing.streams import events_of, told_of
from ledger.gifts.charities import facts_of
from ledger.registry import disclosures, happenings, objections, packs, users
from ledger.registry.disclosures import WAITING as UNCONFIRMED
from ledger.rules.deadlines import MET, OVERDUE, duties, rule_of
from ledger.rules.streams import DECISION, OBJECTION, OF_A_YEAR, OUTCOME, PERIODS, STREAM_OF

if TYPE_CHECKING:
    from ledger.disclosing.deadlines import Deadlines
    from ledger.disclosing.streams import Happened
    from ledger.errors import Finding
    from ledger.registry import Registry, User
    from ledger.registry.disclosures import DisclosureRow
    from ledger.registry.units import UnitRow
    from ledger.rules.deadlines import Duty, Lacking, Published, Range
    from ledger.rules.disclosure_tables import DeadlineTable

#: How a line stands. ``WAITING``: somebody entered it, and nobody confirmed it yet. ``NO_RULE``:
#: nothing says by when, and it was not told of.
MET_LATE, WAITING, NO_RULE = "met-late", "waiting", "no-rule"
STATES: Final = (MET, MET_LATE, "due", OVERDUE, WAITING, NO_RULE)
_RIGHTS: Final = ("record", "approve")
#: What a subject of these is called by, beside its number.
_SAID: Final = (DECISION, OUTCOME, OBJECTION)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a unit makes known. ``due`` is None where no rule names a day.

    ``subject`` is the year, month, campaign, document, decision or objection, ``about`` in its
    words; ``missing`` are the days that nothing told of; ``waits`` numbers that nobody confirmed;
    ``right`` is what the next step asks for, and ``users`` ids of who has it.
    """

    unit: str
    duty: str
    audience: str
    subject: str
    about: str
    first: date
    last: date
    due: date | None
    met: date | None
    state: str
    days_late: int
    missing: tuple[Range, ...]
    rule: DeadlineTable | None
    waits: tuple[int, ...]
    right: str
    users: tuple[str, ...]

    @property
    def stream(self) -> str:
        return STREAM_OF[self.duty]

    @property
    def late(self) -> bool:
        """Beyond its last day, told of or not."""
        return self.days_late > 0

    def as_json(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "unit": self.unit, "stream": self.stream, "duty": self.duty,
            "audience": self.audience or None, "subject": self.subject, "about": self.about,
            "first": self.first.isoformat(), "last": self.last.isoformat(),
            "due": self.due.isoformat() if self.due else None, "state": self.state,
            "met": self.met.isoformat() if self.met else None, "days_late": self.days_late,
            "missing": [[one.isoformat(), other.isoformat()] for one, other in self.missing],
            "reports": list(rule.reports) if rule else [],
            "rule": rule.head.key if rule else None, "asked": rule_of(self.duty),
            "source": rule.head.cite(rule.article) if rule else None,
            "confidence": rule.head.confidence if rule else None,
            "time": rule.words.zh if rule else None,
            "waits": list(self.waits),
            "owed_by": None if self.met else {"right": self.right, "users": list(self.users)},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """The lines of several units as of a day, and what nobody said of a unit that rules ask for."""

    on: date
    lines: tuple[Line, ...]
    unknown: tuple[tuple[str, Finding], ...]

    def of(self, *states: str) -> list[Line]:
        return [one for one in self.lines if one.state in states]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines stand in each state."""
        return {state: len(self.of(state)) for state in STATES}

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(), "counts": self.counts,
            "lines": [one.as_json() for one in self.lines],
            "unknown": [{"unit": unit} | fault.as_json() for unit, fault in self.unknown],
        }  # fmt: skip


def calendar_of(
    registry: Registry, asked: Sequence[str], on: date, user: User, audience: str = ""
) -> Calendar:
    """What units owe as of the end of a day, to one audience or to all.

    NotAllowed unless the user may browse each of them.
    """
    for unit in asked:
        workflow.demand(user, "browse", unit)
    return reckon(registry, asked, on, audience)


def reckon(registry: Registry, asked: Sequence[str], on: date, audience: str = "") -> Calendar:
    """:func:`calendar_of` for who looked at the reader before.

    The number of queries depends on how many units there are, never on how much happened to them.
    """
    found = happened(registry, asked, on)
    with registry.read() as conn:
        logs = _by_unit(disclosures.of_units(conn, asked))
        told = _by_unit(packs.of_units(conn, asked))
        answers = _by_unit(
            one for every in objections.answers(conn, asked).values() for one in every
        )
        giving = happenings.with_gifts(conn, asked)
        who = {
            key: tuple(ids) for key, ids in users.who_may_each(conn, _RIGHTS, asked).items()
        }  # fmt: skip
    lines: list[Line] = []
    unknown: list[tuple[str, Finding]] = []
    for one in found:
        unit = one.unit.id
        log = logs.get(unit, [])
        published = [
            *counted(log, on), *told_of(one),
            *(pack for pack in map(pack_told_of, told.get(unit, ())) if pack.day <= on),
        ]  # fmt: skip
        desk = _Desk(one, log, [row.code for row in answers.get(unit, ()) if row.state == WAITING],
                     who, on)  # fmt: skip
        lines += desk.streams(registry, published)
        if unit in giving or _publishes_gifts(one.unit):
            gifts = reckoned(registry, unit, on)
            lines += desk.gifts(gifts)
            unknown += [(unit, fault) for fault in gifts.unknown]
    kept = [one for one in lines if audience in ("", one.audience)]
    kept.sort(key=_order)
    return Calendar(on, tuple(kept), tuple(unknown))


def _publishes_gifts(unit: UnitRow) -> bool:
    """Whether rules of charity ask something of a unit, or of whether it is a charity."""
    return facts_of(unit).charity is not None or unit.chart.startswith("npo-")


def _by_unit(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.unit].append(row)
    return found


def _order(one: Line) -> tuple[date, str, int, str, date]:
    return (one.due or date.max, one.unit, _PLACE[one.duty], one.subject, one.first)


_PLACE: Final = {duty: place for place, duty in enumerate(STREAM_OF)}


class _Desk:
    """Lines of one unit."""

    def __init__(
        self, one: Happened, log: Sequence[DisclosureRow], unanswered: Sequence[str],
        who: dict[tuple[str, str], tuple[str, ...]], on: date,
    ) -> None:  # fmt: skip
        self._happened = one
        self._waiting = [row for row in log if row.state == UNCONFIRMED and row.published <= on]
        self._unanswered = frozenset(unanswered)
        self._who = who
        self._on = on
        self._about = {
            **{each.number: each.subject for each in one.decided},
            **{each.code: each.reference for each in one.asked},
        }

    def streams(self, registry: Registry, published: Sequence[Published]) -> Iterator[Line]:
        rules = rules_of(registry.folder, self._happened.unit)
        owed = duties([], list(events_of(self._happened)), published, rules, self._on)
        for duty in owed.duties:
            yield self._owed(duty)
        yield from self._lacking(owed.lacking)

    def gifts(self, found: Deadlines) -> Iterator[Line]:
        for one in found.owed:
            line = self._owed(one.duty)
            yield line if one.duty.met else self._next(line, one.waits)
        yield from self._lacking(found.lacking)

    def _owed(self, duty: Duty) -> Line:
        state = duty.state
        if state == MET and duty.days_late:
            state = MET_LATE
        line = self._line(duty.duty, duty.subject, duty.first, duty.last, duty.met, duty.missing)
        line = replace(
            line, due=duty.last_day, state=state, days_late=duty.days_late, rule=duty.rule,
            audience=duty.rule.audience,
        )  # fmt: skip
        return line if duty.met else self._next(line, self._waits(line, duty.kind))

    def _lacking(self, lacking: Iterable[Lacking]) -> Iterator[Line]:
        """What no rule says a day of: each by itself, years and months that follow as one."""
        periods: dict[str, Line] = {}
        for one in dict.fromkeys(lacking):
            first, last = one.first or one.day, one.last or one.day
            missing = () if one.met else ((first, last),)
            line = self._line(one.duty, one.subject, first, last, one.met, missing)
            if one.met is None:
                line = self._next(replace(line, state=NO_RULE), self._waits(line, one.duty))
            before = periods.get(one.duty)
            if one.duty not in PERIODS | OF_A_YEAR or line.state != NO_RULE:
                yield line
            elif before is None:
                periods[one.duty] = line
            else:
                periods[one.duty] = replace(
                    before, first=min(before.first, first), last=max(before.last, last),
                    subject=f"{before.subject.partition(' … ')[0]} … {one.subject}",
                    missing=(*before.missing, *missing),
                )  # fmt: skip
        yield from periods.values()

    def _line(
        self, duty: str, subject: str, first: date, last: date, met: date | None,
        missing: tuple[Range, ...],
    ) -> Line:  # fmt: skip
        about = self._about.get(subject, "") if duty in _SAID else ""
        return Line(
            self._happened.unit.id, duty, "", subject, about, first, last, None, met, MET, 0,
            missing, None, (), "", (),
        )  # fmt: skip

    def _next(self, line: Line, waits: tuple[int, ...]) -> Line:
        """Who does what next with a line that was not told of."""
        confirm = bool(waits) or (line.duty == OBJECTION and line.subject in self._unanswered)
        right = "approve" if confirm else "record"
        return replace(
            line, waits=waits, state=WAITING if confirm else line.state, right=right,
            users=self._who[right, line.unit],
        )  # fmt: skip

    def _waits(self, line: Line, kind: str) -> tuple[int, ...]:
        rows = [row for row in self._waiting if line.audience in ("", row.audience)]
        return waiting_for(line.duty, line.subject, line.missing, rows, kind)
