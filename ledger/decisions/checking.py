"""Whether money that goes out has the decision that it needs, in constant work per draft.

Where a rule sets a threshold for the unit, a draft from it on names decisions that are recorded,
carried and taken by then; so does one by which a payee would get that much within the rule's days.
Whatever the amount, a decision is never used beyond its ceiling.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.decisions.measuring import money_out, most_within, payees_of, uncovered, uses_of
from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry import decisions, entries, units
from ledger.rules.rulebook import NoRuleLoaded, Rulebook, local
from ledger.rules.spending_tables import MajorTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry.decisions import DecisionRow
    from ledger.registry.units import UnitRow

RULE: Final = "major-items"


def rule_for(folder: Path, unit: UnitRow, day: date) -> MajorTable | None:
    """The threshold in force for a unit on a day; None where no rule is loaded.

    A scope's ``kind`` is one of the unit's kinds or its level.
    """
    tables = _tables(folder, unit.id)
    if not tables:
        return None
    place = Place.of(unit)
    if unit.level:
        place = replace(place, kinds=place.kinds | {unit.level})
    try:
        return Rulebook(tables).in_force(MajorTable, RULE, day, place)
    except NoRuleLoaded:
        return None


def _tables(folder: Path, unit: str) -> list[MajorTable]:
    return [table for table in local(folder, unit) if isinstance(table, MajorTable)]


def check_each(conn: Connection, folder: Path, drafts: Sequence[Draft]) -> list[list[Finding]]:
    """Findings against each of several drafts of one unit that take money out."""
    paying = [draft for draft in drafts if draft.reverses is None and money_out(draft) > 0]
    if not paying:
        return [[] for _ in drafts]
    unit = paying[0].unit
    numbers = {number for draft in paying for number in uses_of(draft)}
    known = decisions.exactly(conn, unit, numbers) if numbers else {}
    rules: dict[date, MajorTable | None] = dict.fromkeys(draft.day for draft in paying)
    if _tables(folder, unit):  # most units have none, and are not asked for
        facts = units.find(conn, unit)
        rules = {day: rule_for(folder, facts, day) for day in rules}
    checked = set(map(id, paying))
    return [
        _faults(conn, draft, known, rules[draft.day]) if id(draft) in checked else []
        for draft in drafts
    ]


def _faults(
    conn: Connection, draft: Draft, known: Mapping[str, DecisionRow], rule: MajorTable | None
) -> list[Finding]:
    found: list[Finding] = []
    for number, fen in uses_of(draft).items():
        row = known.get(number)
        if row is None:
            continue  # a number of some other paper, which was always allowed
        used = used_of(conn, row)
        if not row.carried:
            found.append(_not_carried(row))
        elif draft.day < row.day:
            found.append(_too_early(row))
        elif used + fen > row.ceiling_fen:
            found.append(_beyond(row, used, fen))
    open_fen = uncovered(draft, _good(known.values(), draft.day))
    if found or rule is None or not open_fen:
        return found
    if money_out(draft) >= rule.threshold:
        return [_undecided(rule, money_out(draft), open_fen)]
    for payee in payees_of(draft):
        days = _near(conn, draft, payee, rule.days, open_fen)
        whole = most_within(days, draft.day, rule.days)
        if whole >= rule.threshold:
            return [_divided(rule, whole)]
    return []


def _good(rows: Iterable[DecisionRow], day: date) -> list[str]:
    return [row.number for row in rows if row.carried and row.day <= day]


def _near(conn: Connection, draft: Draft, payee: str, length: int, fen: int) -> dict[date, int]:
    """What went to a payee without a decision on the days around the draft's, itself included."""
    reach = timedelta(days=length - 1)
    days: dict[date, int] = defaultdict(int)
    days[draft.day] += fen
    for day, paid in decisions.paid_between(
        conn, draft.unit, payee, draft.day - reach, draft.day + reach
    ):
        days[day] += paid
    return days


# ---- posted ------------------------------------------------------------------------------------


def on_posted(conn: Connection, draft: Draft) -> None:
    """A voucher of this draft is being entered: what it uses, and to whom it pays, is kept."""
    if not money_out(draft):
        return
    uses = uses_of(draft)
    known = decisions.exactly(conn, draft.unit, uses) if uses else {}
    for number, row in known.items():
        decisions.set_used(conn, row, used_of(conn, row) + uses[number])
    fen = uncovered(draft, _good(known.values(), draft.day))
    day = draft.day
    if fen and draft.reverses is not None:
        # What is taken back was never paid: it frees no other day.
        original = entries.by_number(conn, draft.unit, draft.reverses)
        day = day if original is None else original.day
    for payee in payees_of(draft) if fen else []:
        decisions.move_paid(conn, draft.unit, payee, day, fen)


def used_of(conn: Connection, row: DecisionRow) -> int:
    """What vouchers used of a decision, in fen; summed and kept if nobody did yet."""
    if row.used_fen is not None:
        return row.used_fen
    from ledger.canonical_reader import parse_voucher

    whole = sum(
        uses_of(parse_voucher(text.decode()).draft).get(row.number, 0)
        for text in entries.texts_naming(conn, row.unit, f'decision: "{row.number}"')
    )
    decisions.set_used(conn, row, whole)
    return whole


class PaidOut:
    """What went out to whom, summed anew as a book is read once, in the order of posting."""

    def __init__(self, known: Sequence[DecisionRow]) -> None:
        self._known = known
        self._days: dict[str, date] = {}
        self._sums: dict[tuple[str, date], int] = defaultdict(int)

    def take(self, number: str, draft: Draft) -> None:
        """The next voucher of the book."""
        self._days[number] = draft.day
        fen = uncovered(draft, _good(self._known, draft.day)) if money_out(draft) else 0
        day = self._days.get(draft.reverses or "", draft.day)
        for payee in payees_of(draft) if fen else []:
            self._sums[payee, day] += fen

    def keep(self, conn: Connection, unit: str) -> None:
        """Enter the sums in place of those that were there: the book was taken over."""
        decisions.forget(conn, unit)
        rows = [(payee, day, fen) for (payee, day), fen in self._sums.items()]
        decisions.keep_paid(conn, unit, rows)


# ---- findings ----------------------------------------------------------------------------------


def _not_carried(row: DecisionRow) -> Finding:
    return finding(
        "decision-not-carried",
        f"决策 {row.number} 未获通过：赞成 {row.votes_for}，反对 {row.votes_against}",
        f"decision {row.number} was not carried: {row.votes_for} for, {row.votes_against} against",
        "依据已通过的决策办理", "act on a decision that was carried",
    )  # fmt: skip


def _too_early(row: DecisionRow) -> Finding:
    return finding(
        "decision-later", f"决策 {row.number} 作于 {row.day}，晚于业务日期",
        f"decision {row.number} was taken on {row.day}, after the business day",
        "先决策，后支付", "decide first, pay then",
    )  # fmt: skip


def _beyond(row: DecisionRow, used: int, fen: int) -> Finding:
    left = Money(row.ceiling_fen - used).grouped
    return finding(
        "decision-ceiling",
        f"决策 {row.number} 上限 {Money(row.ceiling_fen).grouped}，已用 {Money(used).grouped}，"
        f"本次 {Money(fen).grouped}，只余 {left}",
        f"decision {row.number}: up to {Money(row.ceiling_fen).grouped}, "
        f"{Money(used).grouped} used, {Money(fen).grouped} now, {left} left",
        "减少本次支出，或另作决策：mingbai decision record",
        "spend less, or record another decision: mingbai decision record",
    )


def _undecided(rule: MajorTable, fen: int, open_fen: int) -> Finding:
    return finding(
        "major-item",
        f"支出 {Money(fen).grouped} 达到重大事项标准 {Money(rule.threshold).grouped}"
        f"（{rule.head.key}），其中 {Money(open_fen).grouped} 没有决策记录",
        f"{Money(fen).grouped} goes out, from {Money(rule.threshold).grouped} on a major item "
        f"({rule.head.key}); of it {Money(open_fen).grouped} has no recorded decision",
        "先登记集体决策（mingbai decision record），凭证写明其文号（decision）",
        "record the decision first (mingbai decision record), and name its number (decision)",
    )


def _divided(rule: MajorTable, whole: int) -> Finding:
    return finding(
        "major-item",
        f"{rule.days} 日内付给同一对象的合计 {Money(whole).grouped}，"
        f"达到重大事项标准 {Money(rule.threshold).grouped}（{rule.head.key}）",
        f"{Money(whole).grouped} goes to one payee within {rule.days} days, from "
        f"{Money(rule.threshold).grouped} on a major item ({rule.head.key})",
        "拆分的支出同样须有决策：mingbai decision record，凭证写明其文号（decision）",
        "a sum that is divided needs its decision too: mingbai decision record, and its number",
    )
