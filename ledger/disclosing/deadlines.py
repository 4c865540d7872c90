"""Which publications a unit owes as of a day: by which rule, by when, what is missing, who owes it.

What happened is read from the registry and the book, what was published from the log; the rest is
:mod:`ledger.rules.deadlines`. Nobody is named: who owes is a unit, a right and ids of users.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.decisions.checking import rule_for
from ledger.decisions.standing import major_items
from ledger.disclosing.publishing import calm_days, counted
from ledger.disclosing.ruling import rules_of
from ledger.disclosing.streams import years_over
from ledger.errors import Finding, finding
from ledger.gifts.charities import facts_of
from ledger.gifts.standing import GiftStanding, gift_standings
from ledger.money import Money
from ledger.period import Period
from ledger.registry import campaigns, disclosures, units, users
from ledger.registry.disclosures import WAITING
from ledger.registry.gifts import MEMO
from ledger.rules.deadlines import (
    ANNUAL,
    MAJOR,
    MET,
    RELATED,
    Duty,
    Event,
    Lacking,
    Raising,
    Range,
    duties,
)
from ledger.rules.streams import OF_CAMPAIGNS

if TYPE_CHECKING:
    from ledger.registry import Registry, User
    from ledger.registry.campaigns import CampaignRow
    from ledger.registry.disclosures import DisclosureRow
    from ledger.registry.units import UnitRow
    from ledger.rules.spending_tables import MajorTable

#: How many days ahead a day of a gift's own is told.
AHEAD_DAYS: Final = 90
_BEGUN: Final = (campaigns.OPEN, campaigns.CLOSING, campaigns.CLOSED)


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty with what there is of it: ``waits`` are publications that nobody confirmed yet.

    ``right`` is what the next step asks for, and ``users`` the ids of who has it.
    """

    duty: Duty
    waits: tuple[int, ...]
    right: str
    users: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        duty = self.duty
        owes = None if duty.met else {"right": self.right, "users": list(self.users)}
        return duty.as_json() | {"waits": list(self.waits), "owed_by": owes}


@dataclass(frozen=True, slots=True)
class Nearing:
    """A day of gifts' own, told and owed to nobody: from it on one may be used, a condition has to
    be met, or the campaign ends while money is held."""

    kind: str  # until, condition, campaign-end
    subject: str
    day: date
    fen: int

    def as_json(self) -> dict[str, Any]:
        return {
            "duty": "gift", "kind": self.kind, "subject": self.subject,
            "day": self.day.isoformat(), "held": Money(self.fen).text,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One unit as of a day. ``lacking`` is what no rule is loaded for; ``unknown`` are facts of the
    unit, and its own thresholds, that rules ask for and nobody said."""

    unit: str
    on: date
    owed: tuple[Owed, ...]
    nearing: tuple[Nearing, ...]
    lacking: tuple[Lacking, ...]
    unknown: tuple[Finding, ...]

    def of(self, *states: str) -> list[Owed]:
        return [one for one in self.owed if one.duty.state in states]

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "on": self.on.isoformat(),
            "duties": [one.as_json() for one in self.owed],
            "gifts": [one.as_json() for one in self.nearing],
            "no_rule": [
                {"duty": one.duty, "rule": one.rule, "subject": one.subject,
                 "day": one.day.isoformat()}
                for one in self.lacking
            ],
            "unknown": [one.as_json() for one in self.unknown],
        }  # fmt: skip


def deadlines_of(registry: Registry, unit: str, on: date, user: User) -> Deadlines:
    """What one unit owes as of the end of a day; NotAllowed unless the user may browse it."""
    workflow.demand(user, "browse", unit)
    return reckoned(registry, unit, on)


def reckoned(
    registry: Registry, unit: str, on: date, standings: Sequence[GiftStanding] | None = None
) -> Deadlines:
    """:func:`deadlines_of` for a page whose reader was looked at before.

    ``standings`` are the unit's gifts as of that day, where the caller has them at hand.

    The number of queries does not depend on how many gifts, campaigns or publications there are.
    """
    with registry.read() as conn:
        facts = units.find(conn, unit)
        rows = [row for row in campaigns.of_unit(conn, unit) if row.state in _BEGUN]
        log = disclosures.of_unit(conn, unit)
        who = {right: tuple(users.who_may(conn, right, unit)) for right in ("record", "approve")}
    if standings is None:
        standings = gift_standings(registry, unit, on)
    charity = facts_of(facts)
    happened = [*_years(facts, on), *_related(standings)]
    threshold = rule_for(registry.folder, facts, on) if charity.charity else None
    if threshold is not None:
        happened += _major(registry, facts, threshold, on)
    found = duties(
        [_raising(row, calm_days(log, on), on) for row in rows], happened, counted(log, on),
        rules_of(registry.folder, facts), on,
    )  # fmt: skip
    waiting = [row for row in log if row.state == WAITING and row.published <= on]
    owed = [_owed(duty, waiting, who) for duty in found.duties]
    asks = charity.charity is not None or facts.chart.startswith("npo-")
    return Deadlines(
        unit, on, tuple(owed), tuple(_nearing(standings, rows, on)),
        tuple(dict.fromkeys(found.lacking)),
        (
            *(charity.missing(unit) if asks else ()),
            *((_no_threshold(unit),) if charity.charity and threshold is None else ()),
        ),
    )  # fmt: skip


def visible(registry: Registry, user: User) -> list[str]:
    """The units whose deadlines a user may see."""
    with registry.read() as conn:
        return [row.id for row in units.all_units(conn) if user.may("browse", row.id)]


# ---- what happened -----------------------------------------------------------------------------


def _raising(row: CampaignRow, calm: dict[str, date], on: date) -> Raising:
    # As of a day before it was closed it runs.
    closed = row.closed if row.state == campaigns.CLOSED else None
    closed = closed if closed is not None and closed <= on else None
    return Raising(
        row.code, row.start, row.end, closed, row.public, row.emergency, bool(row.partner),
        bool(row.leftover), calm.get(row.code),
    )  # fmt: skip


def _years(unit: UnitRow, on: date) -> Iterator[Event]:
    """The years of its book that are over."""
    for year in years_over(unit, on):
        yield Event(
            ANNUAL, str(year), date(year + 1, 1, 1), date(year, 1, 1), date(year, 12, 31)
        )  # fmt: skip


def _related(standings: Sequence[GiftStanding]) -> Iterator[Event]:
    """Each day on which something of a related party came and stayed."""
    for one in standings:
        if not one.row.related or one.is_void:
            continue
        came: dict[date, int] = {}
        if one.row.kind == MEMO:
            came[one.row.day] = 1
        elif one.received_fen > 0 and one.parts:
            for use in one.parts[0].came:
                came[use.day] = came.get(use.day, 0) + use.fen
        for day, fen in sorted(came.items()):
            if fen > 0:
                yield Event(RELATED, one.row.code, day, day, day)


def _major(registry: Registry, unit: UnitRow, rule: MajorTable, on: date) -> Iterator[Event]:
    """Major items by the unit's own threshold: a decision once that much was paid by it, and what
    was paid without one."""
    if on < unit.opened:
        return
    items = major_items(registry, unit.id, Period(unit.opened, on + timedelta(days=1)), on)
    for one in items.decided:
        fen = 0
        for use in sorted(one.uses, key=lambda use: (use.day, use.number)):
            fen += use.fen
            if fen >= rule.threshold:
                yield Event(MAJOR, one.row.number, use.day, use.day, use.day)
                break
    for use in items.undecided:
        yield Event(MAJOR, use.number, use.day, use.day, use.day)


def _no_threshold(unit: str) -> Finding:
    return finding(
        "no-rule-loaded",
        f"没有装入规则：{unit} 何为重大资产变动、投资和交易由章程或财务制度规定（major-items）",
        f"no rule loaded: what is a major change, investment or transaction of {unit} is for its "
        "charter to say (major-items)",
        "写入本地规则文件，见 ledger/rules/data/README.md",
        "write a local rule file, see ledger/rules/data/README.md",
        severity="warning",
    )


# ---- who owes it, and what is near -------------------------------------------------------------


def _owed(duty: Duty, waiting: Sequence[DisclosureRow], who: dict[str, tuple[str, ...]]) -> Owed:
    if duty.state == MET:
        return Owed(duty, (), "", ())
    waits = waiting_for(duty.duty, duty.subject, duty.missing, waiting, duty.kind)
    right = "approve" if waits else "record"
    return Owed(duty, waits, right, who[right])


def waiting_for(
    duty: str, subject: str, missing: Sequence[Range], waiting: Sequence[DisclosureRow],
    kind: str = "",
) -> tuple[int, ...]:  # fmt: skip
    """The numbers of what nobody confirmed yet and would tell of some of what is missing."""
    about = {subject} if duty in OF_CAMPAIGNS else {"", subject}
    return tuple(
        row.number
        for row in waiting
        if row.kind == (kind or duty)
        and row.about in about
        and any(row.first <= last and first <= row.last for first, last in missing)
    )


def _nearing(
    standings: Sequence[GiftStanding], rows: Iterable[CampaignRow], on: date
) -> list[Nearing]:
    last = on + timedelta(days=AHEAD_DAYS)
    held: dict[str, int] = {}
    found = []
    for one in standings:
        if one.row.campaign:
            held[one.row.campaign] = held.get(one.row.campaign, 0) + one.held_fen
        if one.row.until is not None and one.held_fen and on <= one.row.until <= last:
            found.append(Nearing("until", one.row.code, one.row.until, one.held_fen))
        if one.pending_fen and one.deadline is not None and one.deadline <= last:
            found.append(Nearing("condition", one.row.code, one.deadline, one.pending_fen))
    for row in rows:
        ends = row.end if row.state == campaigns.OPEN else None
        if ends is not None and ends <= last and held.get(row.code):
            found.append(Nearing("campaign-end", row.code, ends, held[row.code]))
    return sorted(found, key=lambda one: (one.day, one.subject))
