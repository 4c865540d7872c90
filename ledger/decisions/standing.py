"""Major items as of a day: decisions with what vouchers used of them, and what had none.

What was used is read from the book; what went out from a threshold on without a recorded decision
(before a rule was loaded, or recorded) is listed, never left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from ledger.canonical_reader import parse_voucher
from ledger.decisions.checking import rule_for
from ledger.decisions.measuring import DECISION, money_out, uncovered, uses_of
from ledger.layout import unit_folder
from ledger.lines import line_of
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.period import Month, Period
from ledger.registry import decisions, entries, units
from ledger.registry.decisions import REPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ledger.entry import Voucher
    from ledger.registry import Registry
    from ledger.registry.decisions import DecisionEvent, DecisionRow
    from ledger.rules.spending_tables import MajorTable

    _Rule = Callable[[date], MajorTable | None]


@dataclass(frozen=True, slots=True)
class Use:
    """What one voucher took out; ``fen`` is signed, below nothing for a reversal."""

    number: str
    day: date
    narration: str
    fen: int
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """A decision as of a day; ``due`` is the last day for its report, where a rule says one."""

    row: DecisionRow
    uses: tuple[Use, ...]
    events: tuple[DecisionEvent, ...]
    due: date | None
    on: date

    @property
    def used_fen(self) -> int:
        return sum(one.fen for one in self.uses)

    @property
    def reported(self) -> date | None:
        return next((one.day for one in self.events if one.kind == REPORTED), None)

    @property
    def days_late(self) -> int:
        """Days beyond the last day for its report, until it was reported or until now."""
        if self.due is None:
            return 0
        return max(0, ((self.reported or self.on) - self.due).days)

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "number": row.number, "day": row.day.isoformat(), "body": row.body,
            "subject": row.subject, "participants": row.participants, "for": row.votes_for,
            "against": row.votes_against, "abstained": row.abstained, "carried": row.carried,
            "ceiling": Money(row.ceiling_fen).text, "used": Money(self.used_fen).text,
            "left": Money(row.ceiling_fen - self.used_fen).text, "papers": list(row.digests),
            "reported": self.reported.isoformat() if self.reported else None,
            "report_due": self.due.isoformat() if self.due else None, "days_late": self.days_late,
            "steps": {one.kind: one.day.isoformat() for one in self.events if one.kind != REPORTED},
            "vouchers": [
                {"voucher": one.number, "day": one.day.isoformat(), "amount": Money(one.fen).text}
                for one in self.uses
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class MajorItems:
    """A unit's decisions of a period, and what went out from the threshold on without one."""

    decided: tuple[Decided, ...]
    undecided: tuple[Use, ...]
    rule: MajorTable | None
    on: date


def major_items(registry: Registry, unit: str, period: Period, on: date) -> MajorItems:
    """The decisions that were taken in the period, or used in it, as of ``on``."""
    with registry.read() as conn:
        facts = units.find(conn, unit)
        rows = [row for row in decisions.of_unit(conn, unit) if row.day <= on]
        events = decisions.events_of_units(conn, [unit])
    folder = registry.folder

    @cache
    def rule(day: date) -> MajorTable | None:
        return rule_for(folder, facts, day)

    known = {row.number: row for row in rows}
    uses = uses_by_decision(registry, unit, known, on)
    undecided = _undecided(registry, unit, known, rule, period, on)
    decided = [
        Decided(
            row, tuple(uses.get(row.number, ())),
            tuple(
                one for one in events.get((unit, row.number, row.version), ()) if one.day <= on
            ),
            _due(rule(row.day), row), on,
        )
        for row in rows
    ]  # fmt: skip
    return MajorItems(
        tuple(one for one in decided if _within(one, period)), tuple(undecided), rule(on), on
    )


def _within(one: Decided, period: Period) -> bool:
    days = [one.row.day, *(use.day for use in one.uses)]
    return any(day in period for day in days)


def _due(rule: MajorTable | None, row: DecisionRow) -> date | None:
    if rule is None or rule.report_days is None:
        return None
    return row.day + timedelta(days=rule.report_days)


def uses_by_decision(
    registry: Registry, unit: str, known: Mapping[str, DecisionRow], on: date
) -> dict[str, list[Use]]:
    """By decision what each voucher used of it, from the vouchers that name any."""
    found: dict[str, list[Use]] = defaultdict(list)
    if not known:
        return found
    with registry.read() as conn:
        texts = entries.texts_naming(conn, unit, f'{DECISION}: "')
    for text in texts:
        voucher = parse_voucher(text.decode())
        for number, fen in uses_of(voucher.draft).items():
            if number in known and voucher.draft.day <= on:
                found[number].append(_use(voucher, fen))
    return found


def _undecided(
    registry: Registry, unit: str, known: Mapping[str, DecisionRow], rule: _Rule, period: Period,
    on: date,
) -> list[Use]:  # fmt: skip
    """What went out in the period from the threshold on, and names no decision that covers it."""
    least = min(
        (table.threshold for day in _days(period, on) if (table := rule(day)) is not None),
        default=None,
    )
    if least is None:
        return []
    found: dict[str, Use] = {}
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for voucher in _large(model, Month.of(period.start), on, least):
            draft = voucher.draft
            if draft.reverses is not None:
                found.pop(draft.reverses, None)
                continue
            table = rule(draft.day)
            good = [row.number for row in known.values() if row.carried and row.day <= draft.day]
            left = uncovered(draft, good)
            if table is not None and left > 0 and money_out(draft) >= table.threshold:
                found[voucher.number] = _use(voucher, left)
    finally:
        model.close()
    return list(found.values())


def _use(voucher: Voucher, fen: int) -> Use:
    draft = voucher.draft
    return Use(voucher.number, draft.day, draft.narration, fen, draft.papers)


def _days(period: Period, on: date) -> list[date]:
    """The first days of the period's months, and its last day: rules change with documents."""
    return [*(month.first for month in period.months()), min(period.last, on)]


def _large(model: Model, since: Month, on: date, least: int) -> list[Voucher]:
    """The vouchers that move so much of cash, bank and quota, in the order of posting."""
    money = [name for name in model.accounts() if line_of(name).money]
    sums: dict[str, int] = defaultdict(int)
    for line in model.lines(since=since, through=Month.of(on), accounts=money):
        if line.day <= on and line.amount.currency == CNY:
            sums[line.number] += line.amount.fen
    return [model.voucher(number) for number, fen in sums.items() if abs(fen) >= least]


def decided(registry: Registry, unit: str, number: str, on: date) -> Decided:
    """One decision as of a day; CannotRun if none of that number is recorded."""
    from ledger.decisions.recording import known

    with registry.read() as conn:
        row = known(conn, unit, number)
    period = Period(row.day, row.day + timedelta(days=1))
    found = major_items(registry, unit, period, max(on, row.day))
    return next(one for one in found.decided if one.row.number == row.number)
