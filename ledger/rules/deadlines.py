"""What has to be made known by when, as of a day: from events and rules, nothing else.

Time is counted as the law counts it (民法典第二百零一条、第二百零二条): the day on which it begins
does not count; a time of months ends on the same day of its last month, or on the last day of that
month where it has none. That a last day which is a holiday moves on (第二百零三条) is left out:
holidays are not known here, so that nobody is told a later day than there is.

*Every five days, every three months* (慈善法第七十二条、第七十九条). The clock of a campaign begins
on its first day, and again with each publication: the next one is due so long after the last. Where
none came in time it runs on from the day on which one was due, so that every further five days
without one are a further duty, and being late moves nothing. A duty is about the days from the one
after those that were told of before to the last one that its publication told of. It is named by
its first day, so that it stays when days pass, and is met on the first day by which every one of
its days has been told of. A publication that leaves days out does not meet them. Every day of an
emergency up to its last one, which counts, belongs to exactly one duty.

*The last day* of a campaign is its end, or the day on which it was closed, if that was earlier. One
without a last day is taken to run on. "More than six months" is what still runs on the same day six
months later, by the last day that was planned, or by the day of closing if none was. What was due
before a campaign ended stays due; what would have been due later is told of by its closing
publication, which is about all of its days.

*What is told of once, or of a year or month,* begins its time with what happened, or with the day
after the last one that it tells of; :data:`PERIODS` are met on the first day by which all of their
days have been told of, the others by one publication. Where a rule demands something and names no
day, the duty is there and never late; where no rule is loaded, what was published is still told.

*An emergency* asks for five days "while it is dealt with". That ends when the government says so:
until its last day is recorded, it is taken to last as long as the campaign, and the days after the
last publication are still told of within five. From the next day on the three months run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from ledger.period import months_after
from ledger.rules.disclosure_tables import NO_DAY, PUBLIC_ONLY, DeadlineTable
from ledger.rules.streams import GIFT_DUTIES, PERIODS, STREAM_DUTIES

#: What a publication can be, and a duty asks for.
INTERIM: Final = "interim"
CLOSING: Final = "closing"
ANNUAL: Final = "annual"
RELATED: Final = "related-party"
MAJOR: Final = "major"
LEFTOVER: Final = "leftover"
PARTNER: Final = "partner"
#: What a duty is called beside these: the interim ones of an emergency.
EMERGENCY: Final = "emergency"
DUTIES: Final = (*GIFT_DUTIES, *STREAM_DUTIES)
#: A publication of a whole pack, which is enough for what a rule lets it be enough for.
PACK: Final = "pack"
MET, DUE, OVERDUE = "met", "due", "overdue"
_DAY: Final = timedelta(days=1)

Range = tuple[date, date]
#: The table of a duty that is in force on a day, or None.
Rules = Callable[[str, date], DeadlineTable | None]


@dataclass(frozen=True, slots=True)
class Published:
    """What was made known on ``day`` about the days from ``first`` to ``last``.

    ``subject`` is the campaign, or the gift or decision, that it is about; empty for the unit.
    ``audience`` is to whom; empty where that is not asked.
    """

    number: int
    kind: str
    subject: str
    first: date
    last: date
    day: date
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Raising:
    """A campaign that was opened. ``end`` is its last day as planned, ``closed`` that of closing.

    ``calm`` is the last day of the emergency, where that is known; ``partner`` and ``leftover`` say
    whether there was any.
    """

    code: str
    start: date
    end: date | None
    closed: date | None
    public: bool
    emergency: bool
    partner: bool = False
    leftover: bool = False
    calm: date | None = None

    @property
    def last(self) -> date | None:
        """The last day on which it raised; None while no end is known."""
        return min((day for day in (self.end, self.closed) if day is not None), default=None)

    def longer_than(self, months: int) -> bool:
        measured = self.end or self.closed
        return measured is None or measured >= months_after(self.start, months)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has to be made known once: ``duty`` is RELATED, MAJOR, ANNUAL or one of
    :data:`STREAM_DUTIES`.

    ``day`` is when the time begins; ``first`` and ``last`` what has to be told of.
    """

    duty: str
    subject: str
    day: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Duty:
    """One publication that a rule demands. ``kind`` is what has to be published.

    ``missing`` are the days within ``first`` to ``last`` that nothing published tells of.
    """

    duty: str
    kind: str
    subject: str
    first: date
    last: date
    due: date
    met: date | None
    missing: tuple[Range, ...]
    rule: DeadlineTable
    on: date

    @property
    def state(self) -> str:
        if self.met is not None:
            return MET
        return DUE if self.on <= self.due else OVERDUE

    @property
    def days_late(self) -> int:
        """Days beyond the last one, until it was met or until now."""
        return max(0, ((self.met or self.on) - self.due).days)

    @property
    def last_day(self) -> date | None:
        """The day it is due; None where the rule names none."""
        return None if self.due == NO_DAY else self.due

    def as_json(self) -> dict[str, Any]:
        head, due = self.rule.head, self.last_day
        return {
            "duty": self.duty, "kind": self.kind, "subject": self.subject,
            "audience": self.rule.audience,
            "first": self.first.isoformat(), "last": self.last.isoformat(),
            "due": due.isoformat() if due else None, "state": self.state,
            "met": self.met.isoformat() if self.met else None, "days_late": self.days_late,
            "missing": [[one.isoformat(), other.isoformat()] for one, other in self.missing],
            "rule": head.key, "source": head.cite(self.rule.article),
            "confidence": head.confidence,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something happened for which no rule of this duty is loaded.

    ``first`` to ``last`` is what would be told of, and ``met`` when it was, as far as that is asked
    of such a duty.
    """

    duty: str
    subject: str
    day: date
    first: date | None = None
    last: date | None = None
    met: date | None = None

    @property
    def rule(self) -> str:
        return rule_of(self.duty)


@dataclass
class Owed:
    """All duties of one unit as of a day, by due day; and what no rule says anything of."""

    duties: list[Duty] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)


def rule_of(duty: str) -> str:
    """What a duty's tables are filed under: ``disclosure-interim``."""
    return f"disclosure-{duty}"


def duties(
    campaigns: Sequence[Raising],
    events: Sequence[Event],
    published: Sequence[Published],
    rules: Rules,
    on: date,
) -> Owed:
    """What had to be published by the end of ``on``, or whose time has begun by then.

    >>> from datetime import date
    >>> from ledger.rules.rulebook import load
    >>> from ledger.rules.table import Place
    >>> book = load()[0]
    >>> def rules(duty, day):
    ...     return book.in_force(DeadlineTable, rule_of(duty), day, Place())
    >>> flood = Raising("HD1", date(2026, 6, 1), date(2026, 6, 8), None, True, True)
    >>> told = Published(1, INTERIM, "HD1", date(2026, 6, 1), date(2026, 6, 4), date(2026, 6, 5))
    >>> found = duties([flood], [], [told], rules, date(2026, 6, 11)).duties
    >>> [(one.duty, str(one.first), str(one.last), str(one.due), one.state) for one in found]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('emergency', '2026-06-01', '2026-06-04', '2026-06-06', 'met'),
     ('emergency', '2026-06-05', '2026-06-08', '2026-06-10', 'overdue'),
     ('closing', '2026-06-01', '2026-06-08', '2026-09-08', 'due')]
    """
    owed = Owed()
    known = sorted(
        (one for one in published if one.day <= on), key=lambda one: (one.day, one.number)
    )
    clock = _Clock(known, rules, on, owed)
    for campaign in campaigns:
        if campaign.start <= on:
            clock.campaign(campaign)
    for event in events:
        if event.day <= on:
            clock.event(event)
    owed.duties.sort(key=lambda one: (one.due, DUTIES.index(one.duty), one.subject, one.first))
    return owed


class _Clock:
    def __init__(self, published: Sequence[Published], rules: Rules, on: date, owed: Owed) -> None:
        self._published: dict[str, list[Published]] = {}
        for one in published:
            self._published.setdefault(one.subject, []).append(one)
        self._rules = rules
        self._on = on
        self._owed = owed

    # ---- campaigns -----------------------------------------------------------------------------

    def campaign(self, one: Raising) -> None:
        last = one.last or date.max
        until = self._emergency(one) if one.emergency else None
        if until is None:
            self._running(INTERIM, one, one.start, last)
        elif until < last:
            self._running(INTERIM, one, until + _DAY, last)
        if one.last is not None and one.last <= self._on:
            self._end(CLOSING, one, one.last)
            if one.partner and one.public:
                self._end(PARTNER, one, one.last)
        if one.leftover and one.closed is not None and one.closed <= self._on:
            self._end(LEFTOVER, one, one.closed)

    def _emergency(self, one: Raising) -> date | None:
        """The last day for which an emergency asked for publications; None if it asks for none."""
        table = self._table(EMERGENCY, one.code, one.start)
        if table is None or not _binds(table, one):
            return None
        last = one.last or date.max
        until = min(last, one.calm) if one.calm is not None else last
        self._running(EMERGENCY, one, one.start, until)
        return until

    def _running(self, duty: str, one: Raising, first: date, last: date) -> None:
        """The duties of a clock that begins on ``first`` and stops with ``last``."""
        told = self._of((INTERIM, CLOSING), one.code)
        begins = first
        # One that takes over from another begins when that one stops.
        clock = first if first == one.start else first - _DAY
        while begins <= min(last, self._on):
            table = self._table(duty, one.code, begins)
            if table is None or not _binds(table, one):
                return
            due = table.after(clock)
            if duty == INTERIM and due > last:
                return  # the closing one tells of the rest
            timely = next(
                (each for each in told if each.day <= due and each.first <= begins <= each.last),
                None,
            )
            if timely is not None:
                ends, clock = timely.last, max(clock, timely.day)
            else:
                ends, clock = max(begins, due - _DAY), due
            ends = min(ends, last)
            self._add(duty, INTERIM, one.code, begins, ends, due, told, table)
            if ends >= last:
                return
            begins = ends + _DAY

    def _end(self, duty: str, one: Raising, day: date) -> None:
        table = self._table(duty, one.code, day)
        if table is None or not _binds(table, one):
            return
        told = self._of((duty,), one.code)
        if duty == CLOSING:
            self._add(duty, duty, one.code, one.start, day, table.after(day), told, table)
        else:
            self._once(duty, one.code, one.start, day, table, day, told)

    # ---- the rest ------------------------------------------------------------------------------

    def event(self, event: Event) -> None:
        table = self._rules(event.duty, event.day)
        told = self._told(event, table)
        if table is None:
            met = _met(event, told)
            self._owed.lacking.append(
                Lacking(event.duty, event.subject, event.day, event.first, event.last, met)
            )
            return
        if event.duty in PERIODS:
            due = table.after(event.day)
            self._add(
                event.duty, event.duty, event.subject, event.first, event.last, due, told, table
            )
        else:
            self._once(event.duty, event.subject, event.first, event.last, table, event.day, told)

    def _told(self, event: Event, table: DeadlineTable | None) -> list[Published]:
        """What was published of an event, to whom the rule demands it."""
        kinds = (event.duty, PACK) if table is not None and table.packs else (event.duty,)
        told = self._of(kinds, "")
        if event.duty not in PERIODS:
            told = [one for one in told if one.first <= event.day <= one.last]
            told += self._of(kinds, event.subject) if event.subject else []
            told.sort(key=lambda one: (one.day, one.number))
        if table is None:
            return told
        return [one for one in told if one.audience in ("", table.audience)]

    def _once(
        self, duty: str, subject: str, first: date, last: date, table: DeadlineTable, day: date,
        told: Sequence[Published],
    ) -> None:  # fmt: skip
        """A duty that one publication about its subject meets, whatever days it tells of."""
        met = next((one.day for one in told if one.day >= day), None)
        missing: tuple[Range, ...] = () if met is not None else ((first, last),)
        self._owed.duties.append(
            Duty(
                duty, duty, subject, first, last, table.after(day), met, missing, table, self._on
            )
        )  # fmt: skip

    def _add(
        self, duty: str, kind: str, subject: str, first: date, last: date, due: date,
        told: Sequence[Published], table: DeadlineTable,
    ) -> None:  # fmt: skip
        met, missing = covered(first, last, told)
        self._owed.duties.append(
            Duty(duty, kind, subject, first, last, due, met, missing, table, self._on)
        )

    def _of(self, kinds: Sequence[str], subject: str) -> list[Published]:
        return [one for one in self._published.get(subject, ()) if one.kind in kinds]

    def _table(self, duty: str, subject: str, day: date) -> DeadlineTable | None:
        found = self._rules(duty, day)
        if found is None:
            self._owed.lacking.append(Lacking(duty, subject, day))
        return found


def _met(event: Event, told: Sequence[Published]) -> date | None:
    """When an event was told of, whatever a rule would say."""
    if event.duty in PERIODS:
        return covered(event.first, event.last, told)[0]
    return next((one.day for one in told if one.day >= event.day), None)


def _binds(table: DeadlineTable, one: Raising) -> bool:
    """Whether a table is for such a campaign."""
    if table.campaigns == PUBLIC_ONLY and not one.public:
        return False
    return not table.over_months or one.longer_than(table.over_months)


def covered(
    first: date, last: date, told: Sequence[Published]
) -> tuple[date | None, tuple[Range, ...]]:
    """The first day by which every day from ``first`` to ``last`` was told of, and what was not.

    ``told`` stands in the order of publication.
    """
    missing: list[Range] = [(first, last)]
    for one in told:
        missing = list(_without(missing, one.first, one.last))
        if not missing:
            return one.day, ()
    return None, tuple(missing)


def _without(ranges: Sequence[Range], first: date, last: date) -> Iterator[Range]:
    for begins, ends in ranges:
        if last < begins or first > ends:
            yield begins, ends
            continue
        if begins < first:
            yield begins, first - _DAY
        if ends > last:
            yield last + _DAY, ends
