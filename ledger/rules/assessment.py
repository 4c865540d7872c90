"""What one member owes for one month, by one table: a pure function of facts and figures.

An assessment keeps everything that it was made of, so that it explains itself, and so that the same
arithmetic over what it kept gives the same amount again (:func:`recompute`). A fact that changes
afterwards changes no assessment: it gives a :class:`Difference` to be assessed on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from ledger.errors import Finding, Words
from ledger.money import Money, fen_text
from ledger.period import Month
from ledger.rules.facts import (
    QUARTERLY,
    Base,
    Chosen,
    Frequency,
    MemberFacts,
    Reduction,
    StatusSince,
    Stay,
)
from ledger.rules.rate_tables import RateRow, RateTable, Status
from ledger.rules.rating import arithmetic, bad_choice, no_base, no_status

_YEAR = 12
T = TypeVar("T", StatusSince, Chosen, Frequency)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What ``member`` owes for ``month``, in ``fen``.

    ``full`` is what the row says for a whole period. ``months`` is 12, or what is left of the year
    for who joins within it and pays by the year. ``reduction`` was recorded for the month;
    ``reduced`` says whether it was studied and approved as the rule demands, and so applied.
    """

    member: str
    month: Month
    table: RateTable
    row: RateRow
    status: str
    base: Base | None
    chosen: Chosen | None
    full: int
    months: int
    reduction: Reduction | None
    reduced: bool
    due: date
    fen: int

    @property
    def amount(self) -> Money:
        return Money(self.fen)

    @property
    def source(self) -> str:
        return self.table.head.cite(self.row.article)

    @property
    def confidence(self) -> str:
        return self.row.confidence

    @property
    def arithmetic(self) -> Words:
        """How the amount came about, step by step."""
        first = arithmetic(
            self.row,
            self.base.fen if self.base else None,
            self.chosen.fen if self.chosen else None,
            self.full,
        )
        zh, en = first
        if self.months < _YEAR:
            part = fen_text(prorated(self.row, self.full, self.months))
            zh += f"；按剩余月数 {self.months}/{_YEAR} = {part}"
            en += f"; {self.months}/{_YEAR} of the year are left = {part}"
        if self.reduction is not None and self.reduced:
            zh += f"；{self.reduction.reason}，减免后 {fen_text(self.fen)}"
            en += f"; {self.reduction.reason}: reduced to {fen_text(self.fen)}"
        elif self.reduction is not None:
            zh += f"；{self.reduction.reason}，减免未按规定研究和批准，不适用"
            en += f"; {self.reduction.reason}: not approved as the rule asks, no reduction"
        return Words(zh, en)


def assess(facts: MemberFacts, table: RateTable, month: Month) -> Assessment | Finding | None:
    """What one member owes for ``month`` by ``table``; None if they owe nothing to this unit.

    A finding if a fact is missing that the table asks for. See :class:`Assessor` for many members.
    """
    return Assessor(table, month).assess(facts)


def assess_all(
    members: Iterable[MemberFacts], table: RateTable, month: Month
) -> tuple[list[Assessment], list[tuple[str, Finding]]]:
    """The assessments of all who owe, and what is missing, by member id."""
    assessor = Assessor(table, month)
    done: list[Assessment] = []
    missing: list[tuple[str, Finding]] = []
    for facts in members:
        found = assessor.assess(facts)
        if type(found) is Assessment:
            done.append(found)
        elif isinstance(found, Finding):
            missing.append((facts.member, found))
    return done, missing


class Assessor:
    """Assesses members for one month; what does not depend on a member is worked out once."""

    def __init__(self, table: RateTable, month: Month) -> None:
        if table.payer != "member":
            raise ValueError("members are assessed by a table of members' dues")
        self.table = table
        self.month = month
        terms = table.values
        self._joins = str(terms["joins"])
        self._leaves = str(terms["leaves"])
        self._transfers = str(terms["transfers"])
        self._last = month.period.last
        # A change counts in its own month if it is seen on the month's last day.
        self._month_of = terms["changes"] == "month-of"
        self._look = self._last if self._month_of else month.first
        self._january = Month(month.year, 1)
        self._year_first = self._january.first
        self._year_anchor = self._january.period.last if self._month_of else self._year_first
        self._year_start = terms["base"] == "year-start"
        self._quarterly = "quarterly" in terms
        self._reduction = str(terms.get("reduction", ""))
        self._by_year = table.period == "year"
        self._due_month = int(terms.get("due_month", 0))
        self._by_months = terms["proration"] == "months"
        quarter_end = Month(month.year, (month.month + 2) // 3 * 3)
        grace = timedelta(days=int(terms.get("due_days", 0)))
        self._due = self._last + grace
        self._due_by_quarter = quarter_end.period.last + grace

    def assess(self, facts: MemberFacts) -> Assessment | Finding | None:
        stay = self._stay(facts.stays)
        if stay is None:
            return None
        # Who joins within the month is looked at on the day that they join, not before.
        look = self._look if stay.start <= self._look else stay.start
        months = _YEAR
        if self._by_year:
            first = self._first_in_year(facts.stays)
            if self.month != max(first, Month(self.month.year, self._due_month)):
                return None
            if self._by_months:
                months = _YEAR + 1 - first.month
        since = self._status(facts.statuses, look)
        if since is None:
            return no_status(self.table, "")
        status = self.table.named.get(since.status)
        if status is None:
            return no_status(self.table, since.status)
        base: Base | None = None
        if status.base:
            begun = since.since
            if len(facts.statuses) > 1:
                begun = self._begun(facts.statuses, status, look)
            base = self._base(facts.bases, status, begun, stay, look)
        row = self.table.row(status.id, None if base is None else base.fen)
        if row is None:
            return no_base(status)
        chosen: Chosen | None = None
        if row.least is not None:
            chosen = _latest(facts.chosen, look)
            fault = bad_choice(row, None if chosen is None else chosen.fen)
            if fault is not None:
                return fault
        full = row.amount(
            None if base is None else base.fen, None if chosen is None else chosen.fen
        )
        fen = full if months == _YEAR else prorated(row, full, months)
        reduction: Reduction | None = None
        reduced = False
        for one in facts.reductions:
            if one.holds_in(self.month):
                reduction, reduced = one, is_granted(one, self._reduction)
                fen = min(fen, one.fen) if reduced else fen
        due = self._due
        if facts.frequencies and self._quarterly:
            frequency = _latest(facts.frequencies, look)
            if frequency is not None and frequency.kind == QUARTERLY:
                due = self._due_by_quarter
        return Assessment(
            facts.member, self.month, self.table, row, status.id, base, chosen, full, months,
            reduction, reduced, due, fen,
        )  # fmt: skip

    def _stay(self, stays: tuple[Stay, ...]) -> Stay | None:
        """The stay by which the member owes this month."""
        for stay in stays:
            if stay.end is None and stay.start < self._year_first and stay.came_paid is None:
                return stay  # most members, most months
            first, last = stay.months(self._joins, self._leaves, self._transfers)
            if first <= self.month and (last is None or self.month <= last):
                return stay
        return None

    def _first_in_year(self, stays: tuple[Stay, ...]) -> Month:
        """The first month of this year that the member owes; who was here before owes January."""
        found = self.month
        for stay in stays:
            first, last = stay.months(self._joins, self._leaves, self._transfers)
            if last is None or (last >= first and last >= self._january):
                found = min(found, max(first, self._january))
        return found

    def _status(self, statuses: tuple[StatusSince, ...], look: date) -> StatusSince | None:
        if not statuses and self.table.default_status:
            return StatusSince(self.table.default_status, date.min)
        return _latest(statuses, look)

    def _begun(self, statuses: tuple[StatusSince, ...], status: Status, look: date) -> date:
        """Since when the member pays by this kind of base; another name for it changes nothing."""
        begun = date.min
        for one in reversed(statuses):
            if one.since <= look:
                known = self.table.named.get(one.status)
                if known is None or known.base != status.base:
                    break
                begun = one.since
        return begun

    def _base(
        self, bases: tuple[Base, ...], status: Status, begun: date, stay: Stay, look: date
    ) -> Base | None:
        """The base of this month: the month's own, or the one that was fixed for the year.

        It is fixed when the year begins, when the member comes, or when they begin to pay by
        another kind of base, whichever was last. A base that became known only later is taken from
        then on. What another status is assessed by (a wage, for who has retired) is no base.
        """
        kind = status.base
        if (status.fixing or ("year-start" if self._year_start else "current")) == "current":
            return next((b for b in reversed(bases) if b.kind == kind and b.since <= look), None)
        anchor = self._year_anchor  # most members: here, and paying by the same, since last year
        begins = max(self._year_first, begun, stay.start)
        if begins > self._year_first:
            anchor = Month.of(begins).period.last if self._month_of else begins
        found: Base | None = None
        for base in bases:
            if base.kind != kind or base.since > look:
                continue
            if found is None or base.since <= anchor or base.refixed:
                found = base
        return found


def _latest(dated: tuple[T, ...], day: date) -> T | None:
    for one in reversed(dated):
        if one.since <= day:
            return one
    return None


def is_granted(reduction: Reduction, term: str) -> bool:
    """True if a reduction has the papers that the rule asks for; no rule, no reduction."""
    if not term:
        return False
    studied = bool(reduction.study) or term == "approval"
    approved = bool(reduction.approval) or term == "study"
    return studied and approved


def prorated(row: RateRow, full: int, months: int) -> int:
    return row.rounding.apply(full * months, _YEAR)
