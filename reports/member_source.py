"""Gathering what a member's own statement and receipt say: who they are, what they owe, why.

Who calls asked whether the reader may see it, and logs that it was read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month, Period
from reports.dues_source import ERASED, dues_source
from reports.statements.member_dues import MemberFile, MonthOwed, Payment, StepTold

if TYPE_CHECKING:
    from ledger.dues.explaining import Explanation, Step
    from ledger.registry import Registry
    from ledger.registry.members import MemberRow
    from reports.statements.source import Source


def member_source(
    registry: Registry, member: MemberRow, period: Period
) -> tuple[Source, MemberFile]:
    """The book and the registry's dues, and one member's own file of the period."""
    from ledger.dues.explaining import explain
    from ledger.registry import assessments, claims, persons

    source = dues_source(registry, member.unit, "member-dues", period)
    with registry.read() as conn:
        data = persons.read(conn, registry.vault, member.person)
        rows = assessments.of_member(conn, registry.vault, member.id)
        owed = claims.of_member(conn, member.unit, member.id)
    within = set(period.months())
    months = sorted({Month.parse(row.month) for row in rows} & within)
    told = [one for month in months for one in explain(registry, member, month)]
    accounts = {row.account for row in owed}
    months_of = {row.code: row.month for row in owed}
    payments = [
        Payment(
            line.day, line.number, -line.amount, line.account, line.fund, line.narration,
            line.papers, months_of.get(dict(line.meta).get("claim", ""), ""),
        )
        for line in source.model.lines(accounts=sorted(accounts & set(source.model.accounts())))
        if ("member", member.id) in line.meta
    ]  # fmt: skip
    dues = source.dues
    assert dues is not None  # noqa: S101 - dues_source makes it
    mine = [claim for claim in dues.claims if claim.member == member.id]
    return replace(source, dues=replace(dues, claims=mine, assessed=())), MemberFile(
        member.id,
        member.number,
        ERASED if data is None else data.name,
        tuple(_owed(one) for one in told),
        tuple(payments),
    )


def _owed(one: Explanation) -> MonthOwed:
    return MonthOwed(one.rule, one.month, one.total, tuple(_step(step) for step in one.steps))


def _step(step: Step) -> StepTold:
    found = step.found
    base = found.base if found is not None else None
    return StepTold(
        Money(step.row.fen),
        None if base is None else Money(base.fen),
        Words("不应缴", "nothing owed") if found is None else found.row.name,
        None if found is None else found.arithmetic,
        "" if found is None else f"{found.source}（{found.confidence}）",
        step.reasons,
        step.holds,
    )
