"""Why a member owes what they owe for a month: every assessment, recomputed before one's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.dues.assessing import rulebook_for
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money
from ledger.registry import assessments, claims, members
from ledger.registry.assessments import AssessmentRow
from ledger.rules.reassessment import difference, recompute
from ledger.rules.record import of_record

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry
    from ledger.registry.claims import ClaimRow
    from ledger.registry.members import MemberRow
    from ledger.rules.assessment import Assessment
    from ledger.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Step:
    """One assessment: the first, or a difference. ``found`` is None where nothing is owed.

    ``holds`` says that the kept facts and figures give the stored amount again; ``fault`` why that
    cannot be told: the person was erased, or the rule's table is not what it was.
    """

    row: AssessmentRow
    found: Assessment | None
    holds: bool
    reasons: tuple[Words, ...] = ()
    fault: Finding | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "number": self.row.number,
            "amount": Money(self.row.fen).text,
            "total": Money(self.row.total_fen).text,
            "due": self.row.due.isoformat(),
            "rule": self.row.table_key,
            "row": self.row.row,
            "recomputed": self.holds,
            "reasons": [str(why) for why in self.reasons],
        }
        if self.found is not None:
            base, one = self.found.base, self.found
            told |= {
                "source": one.source,
                "confidence": one.confidence,
                "status": one.status,
                "base": None if base is None else Money(base.fen).text,
                "base_since": None if base is None else base.since.isoformat(),
                "exemption": None if one.reduction is None else one.reduction.reason,
                "proration": f"{one.months}/12",
                "arithmetic": str(one.arithmetic),
            }
        if self.fault is not None:
            told["finding"] = self.fault.as_json()
        return told


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one member owes for one month by one rule, step by step, and what was claimed for it."""

    member: MemberRow
    rule: str
    month: Month
    steps: tuple[Step, ...]
    claims: tuple[ClaimRow, ...]

    @property
    def total(self) -> Money:
        return Money(self.steps[-1].row.total_fen)

    @property
    def holds(self) -> bool:
        """Whether every stored amount follows from what was kept."""
        return all(step.holds for step in self.steps) and self.total.fen == sum(
            step.row.fen for step in self.steps
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "member": self.member.id,
            "number": self.member.number,
            "unit": self.member.unit,
            "rule": self.rule,
            "month": str(self.month),
            "amount": self.total.text,
            "recomputed": self.holds,
            "steps": [step.as_json() for step in self.steps],
            "claims": [
                {"code": row.code, "amount": Money(row.fen, row.currency).text, "state": row.state}
                for row in self.claims
            ],
        }


def explain(registry: Registry, member: MemberRow, month: Month) -> list[Explanation]:
    """Every kind of dues that the member was assessed for in the month.

    Raises: Refused if there is none.
    """
    book, _ = rulebook_for(registry, member.unit)
    with registry.read() as conn:
        rows = assessments.of_member(conn, registry.vault, member.id, str(month))
        owed = claims.of_member(conn, member.unit, member.id)
    if not rows:
        raise Refused(
            finding(
                "not-assessed",
                f"会员 {member.number} 的 {month} 尚未计算会费",
                f"member {member.number} was not assessed for {month}",
                f"先办理 mingbai dues assess DIR --unit {member.unit} {month}",
                f"run mingbai dues assess DIR --unit {member.unit} {month} first",
            )
        )
    return [
        Explanation(
            member, rule, month,
            _steps([row for row in rows if row.rule == rule], book),
            tuple(row for row in owed if row.rule == rule and row.month == str(month)),
        )
        for rule in dict.fromkeys(row.rule for row in rows)
    ]  # fmt: skip


def _steps(rows: list[AssessmentRow], book: Rulebook) -> tuple[Step, ...]:
    steps: list[Step] = []
    before: Assessment | None = None
    for row in rows:
        try:
            found, holds, fault = *again(row, book), None
        except Refused as refusal:
            found, holds, fault = None, False, refusal.findings[0]
        gap = difference(before, found) if steps and fault is None else None
        steps.append(Step(row, found, holds, gap.reasons if gap is not None else (), fault))
        before = found
    return tuple(steps)


def again(row: AssessmentRow, book: Rulebook) -> tuple[Assessment | None, bool]:
    """The assessment as it was kept, and whether its arithmetic gives the stored amount again."""
    if row.record is None:
        raise Refused(
            finding(
                "erased",
                "此人的资料已删除，只余金额",
                "this person's data was erased; the amount is left",
                "无须处理",
                "nothing has to be done",
                severity="warning",
            )
        )
    if row.record.get("row") is None:
        return None, row.total_fen == 0
    kept = of_record(row.record, book)
    return kept, recompute(kept) == kept and kept.fen == row.total_fen


def member_called(registry: Registry, text: str, unit: str | None = None) -> MemberRow:
    """The member ``m-…`` of any unit, or the one of this number in ``unit``; Refused if none is."""
    with registry.read() as conn:
        found = members.find(conn, f"m-{text[2:].upper()}" if text[:2] in ("m-", "M-") else text)
        if found is None and unit is not None:
            found = members.by_number(conn, unit, text)
    if found is None:
        raise Refused(
            finding(
                "no-member",
                "没有这名会员",
                "there is no such member",
                "写会员代号 m-…，或加 --unit 并写会员编号",
                "give the id m-…, or --unit and the member's number",
            )
        )
    return found
