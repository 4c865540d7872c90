"""What members have not paid on a day: by member, month and age, and how much came of each month.

A day in the past is seen as it was: what was settled later is unpaid, and what a reversal took back
later is paid. What is owed is what today's assessments say. Dues are late from the day after they
were due; until then they are owed, and late by nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger.collecting import uncollected
from ledger.dues.assessing import rulebook_for
from ledger.money import Money
from ledger.period import Month
from ledger.registry import arrears, claims, members, units
from ledger.rules.payment import unpaid_months
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.registry import Registry
    from ledger.registry.arrears import PastRow

#: No rule takes fewer months in a row than this for a reason to ask.
_FEWEST: Final = 2
#: Days late, up to and with which each age reaches; what is older has the last one.
AGES: Final = (0, 30, 60, 90, 180)
AGE_NAMES: Final = ("not_due", "to_30", "to_60", "to_90", "to_180", "over_180")


class Unpaid(NamedTuple):
    """What a member has not paid of one month, in fen, and how many days it is late."""

    rule: str
    month: str
    fen: int
    late: int


class MemberArrears(NamedTuple):
    """One member: ``ages`` are sums by age, as :data:`AGE_NAMES` has them."""

    member: str
    number: str
    ages: tuple[int, ...]
    months: tuple[Unpaid, ...]

    @property
    def fen(self) -> int:
        return sum(self.ages)

    @property
    def overdue(self) -> int:
        return self.fen - self.ages[0]

    def as_json(self) -> dict[str, Any]:
        return {
            "member": self.member, "number": self.number, "amount": Money(self.fen).text,
            "overdue": Money(self.overdue).text, **_ages(self.ages),
            "months": [
                {"rule": one.rule, "month": one.month, "amount": Money(one.fen).text,
                 "days_late": one.late}
                for one in self.months
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A rule's month: assessed, less collected, settled by credits and given up, is unpaid."""

    rule: str
    month: str
    assessed: int
    collected: int
    used: int
    off: int

    @property
    def unpaid(self) -> int:
        return self.assessed - self.collected - self.used - self.off

    @property
    def rate(self) -> str:
        """How much of what was assessed has been paid, in percent with one decimal, cut off."""
        if self.assessed <= 0:
            return ""
        tenths = (self.collected + self.used) * 1000 // self.assessed
        return f"{tenths // 10}.{tenths % 10}"

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "month": self.month, "assessed": Money(self.assessed).text,
            "collected": Money(self.collected).text, "prepaid_used": Money(self.used).text,
            "written_off": Money(self.off).text, "arrears": Money(self.unpaid).text,
            "rate_percent": self.rate,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrears:
    """A unit's arrears on a day; ``held`` is what members had paid ahead."""

    unit: str
    on: date
    rows: tuple[MemberArrears, ...]
    months: tuple[MonthLine, ...]
    held: int
    warnings: tuple[tuple[str, Finding], ...]

    @property
    def ages(self) -> tuple[int, ...]:
        return tuple(sum(row.ages[at] for row in self.rows) for at in range(len(AGE_NAMES)))

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "on": self.on.isoformat(), "currency": "CNY",
            "total": {
                "members": len(self.rows), "amount": Money(sum(self.ages)).text,
                "overdue": Money(sum(self.ages[1:])).text, **_ages(self.ages),
                "credits": Money(self.held).text,
            },
            "months": [line.as_json() for line in self.months],
            "members": [row.as_json() for row in self.rows],
            "findings": [{"member": who, **found.as_json()} for who, found in self.warnings],
        }  # fmt: skip


def _ages(ages: Iterable[int]) -> dict[str, str]:
    return {name: Money(fen).text for name, fen in zip(AGE_NAMES, ages, strict=True)}


def arrears_on(registry: Registry, unit: str, on: date) -> Arrears:
    """The unit's arrears on a day. The caller has checked the right to browse."""
    month = str(Month.of(on))
    with uncollected(), registry.read() as conn:
        unpaid = arrears.unpaid(conn, unit, month, on)
        owed = arrears.owed_by_month(conn, unit, month)
        other = arrears.not_by_money(conn, unit, on)
        past = arrears.past(conn, unit, month, on)
        held = arrears.held(conn, unit, month, on)
        cells, over = _cells(unpaid, past)
        numbers = _numbers(conn, unit, {member for member, _, _, _ in cells})
        rows = _rows(cells, on, numbers)
        warnings = _warnings(registry, conn, unit, on, rows)
    lines = _lines(owed, other, past, cells)
    return Arrears(unit, on, rows, lines, held + sum(over.values()), warnings)


_Cell = tuple[str, str, str, "date | None"]


def _cells(
    unpaid: Iterable[tuple[str, str, str, date | None, int]], past: Iterable[PastRow]
) -> tuple[dict[_Cell, int], dict[tuple[str, str], int]]:
    """What is unpaid by member, rule, month and day due; and what was paid beyond it by month."""
    cells: dict[_Cell, int] = {}
    for member, rule, month, due, fen in unpaid:
        key = (member, rule, month, due)
        cells[key] = cells.get(key, 0) + fen
    over: dict[tuple[str, str], int] = defaultdict(int)
    whose = {(row.member, row.rule, row.month) for row in past}
    keys: dict[tuple[str, str, str], list[_Cell]] = defaultdict(list)
    for key in cells if whose else ():
        if key[:3] in whose:
            keys[key[:3]].append(key)
    for row in past:
        rest = row.fen
        for key in keys.get((row.member, row.rule, row.month), ()):
            taken = min(rest, cells[key])
            rest -= taken
            cells[key] -= taken
        over[row.rule, row.month] += rest
    return cells, over


def _numbers(conn: Connection, unit: str, ids: set[str]) -> dict[str, str]:
    found = members.numbers(conn, unit)
    # Who went to another unit owes here what they owed.
    found.update({id: row.number for id, row in members.with_ids(conn, ids - found.keys()).items()})
    return found


def _rows(cells: dict[_Cell, int], on: date, numbers: dict[str, str]) -> tuple[MemberArrears, ...]:
    months: dict[str, list[Unpaid]] = {}
    late: dict[tuple[str, date | None], int] = {}
    for (member, rule, month, due), fen in cells.items():
        if not fen:
            continue
        days = late.get((month, due))
        if days is None:
            last = due or Month.parse(month).next().first - timedelta(days=1)
            days = late[month, due] = max(0, (on - last).days)
        owes = months.get(member)
        if owes is None:
            owes = months[member] = []
        owes.append(Unpaid(rule, month, fen, days))
    age_of = {days: sum(days > age for age in AGES) for days in late.values()}
    rows = []
    # In the order of their numbers already, all but those who went to another unit.
    for member in (*numbers, *(months.keys() - numbers.keys())):
        owes = months.get(member)
        if owes is None:
            continue
        ages = [0] * len(AGE_NAMES)
        for one in owes:
            ages[age_of[one.late]] += one.fen
        if len(owes) > 1:
            owes.sort()
        rows.append(MemberArrears(member, numbers.get(member, ""), tuple(ages), tuple(owes)))
    rows.sort(key=itemgetter(1, 0))  # by number
    return tuple(rows)


def _lines(
    owed: dict[tuple[str, str], int],
    other: Iterable[tuple[str, str, str, int]],
    past: Iterable[PastRow],
    cells: dict[_Cell, int],
) -> tuple[MonthLine, ...]:
    """What is neither unpaid, nor settled otherwise, nor moved to a credit, was collected."""
    used: dict[tuple[str, str], int] = defaultdict(int)
    off: dict[tuple[str, str], int] = defaultdict(int)
    moved: dict[tuple[str, str], int] = defaultdict(int)
    sums = {claims.PAID: used, claims.WRITTEN_OFF: off, claims.CREDIT: moved}
    for rule, month, state, fen in other:
        sums[state][rule, month] += fen
    for row in past:
        if row.state == claims.WRITTEN_OFF or row.by_credit:
            sums[row.state][row.rule, row.month] += row.fen
    left: dict[tuple[str, str], int] = defaultdict(int)
    for (_, rule, month, _), fen in cells.items():
        left[rule, month] += fen
    lines = []
    for (rule, month), fen in owed.items():
        key = (rule, month)
        assessed = fen - moved[key]
        collected = assessed - left[key] - used[key] - off[key]
        lines.append(MonthLine(rule, month, assessed, collected, used[key], off[key]))
    return tuple(lines)


def _warnings(
    registry: Registry, conn: Connection, unit: str, on: date, rows: Iterable[MemberArrears]
) -> tuple[tuple[str, Finding], ...]:
    """Who has paid nothing for so many months in a row that the rule has somebody ask."""
    book, _ = rulebook_for(registry, unit)
    place = Place.of(units.find(conn, unit))
    tables: dict[str, RateTable | None] = {}
    doubtful: dict[tuple[str, str], set[Month]] = {}
    # Many members owe the same months: each set of them is looked at once.
    asked: dict[tuple[str, frozenset[str]], bool] = {}
    for row in rows:
        if len(row.months) < _FEWEST:
            continue
        by_rule: dict[str, set[str]] = defaultdict(set)
        for one in row.months:
            if one.rule and one.late > 0:
                by_rule[one.rule].add(one.month)
        for rule, months in by_rule.items():
            if rule not in tables:
                try:
                    tables[rule] = book.in_force(RateTable, rule, on, place)
                except NoRuleLoaded:
                    tables[rule] = None
            key = rule, frozenset(months)
            if key not in asked:
                table = tables[rule]
                unpaid = {Month.parse(month) for month in months}
                asked[key] = table is not None and unpaid_months(unpaid, table) is not None
            if asked[key]:
                doubtful[row.member, rule] = {Month.parse(month) for month in months}
    if not doubtful:
        return ()
    # A month that was paid in part is not unpaid.
    for claim in claims.of_members(conn, unit, {member for member, _ in doubtful}):
        settled = claim.settled_on is not None and claim.settled_on <= on
        if settled and claim.state in (claims.PAID, claims.WRITTEN_OFF):
            doubtful.get((claim.member or "", claim.rule), set()).discard(Month.parse(claim.month))
    found = []
    for (member, rule), unpaid in doubtful.items():
        table = tables[rule]
        said = None if table is None else unpaid_months(unpaid, table)
        if said is not None:
            found.append((member, said))
    return tuple(found)
