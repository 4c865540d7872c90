"""What ``mingbai show`` opens of auditors: a finding with its acts, an evaluation.

What was written of a finding stays sealed: whoever may read it uses ``mingbai audit finding show``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.audit import correcting
from ledger.audit.evaluation_standing import RESULT_WORDS, STATE_WORDS, evaluations
from ledger.audit.standing import SEVERITY_WORDS, standing
from ledger.audit.standing import STATE_WORDS as OF_FINDINGS
from ledger.cli.record import Record, only_one
from ledger.registry import audit_evaluations, audit_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry


def find(registry: Registry, conn: Connection, units: Sequence[str], code: str) -> Record | None:
    """The finding or evaluation of this code; None if it is of something else.

    Refused where several of the units have it.
    """
    return only_one(units, code, lambda unit: _of(registry, conn, unit, code))


def _of(registry: Registry, conn: Connection, unit: str, code: str) -> Record | None:
    if code.startswith(audit_findings.PREFIX):
        known = audit_findings.find(conn, unit, code) is not None
        return _finding(conn, unit, code) if known else None
    if code.startswith(audit_evaluations.PREFIX):
        return _evaluation(registry, unit, code)
    return None


def _finding(conn: Connection, unit: str, code: str) -> Record:
    one = standing(conn, unit, code)
    corrections = correcting.corrections(conn, one.row, one.acts)
    severity, state = SEVERITY_WORDS[one.row.severity], OF_FINDINGS[one.state]
    facts = (
        ("所指 about", one.reference), ("期间 period", one.row.period),
        ("程度 severity", f"{severity.zh} {severity.en}"), ("状态 state", f"{state.zh} {state.en}"),
        ("更正 corrections", " ".join(each.number for each in corrections)),
    )  # fmt: skip
    rows = [("提出 opened", one.row.at[:10], one.row.user, "")]
    for act in one.acts:
        words = OF_FINDINGS[act.act]
        rows.append((f"{words.zh} {words.en}", act.at[:10], act.user, act.voucher))
    told = {"corrections": [{"number": each.number, "how": each.how} for each in corrections]}
    return Record(
        f"审计发现 audit finding {unit}/{code}", facts,
        ("步骤 step", "日期 day", "经办人 by", "凭证 voucher"), tuple(rows), frozenset(),
        one.as_json() | told,
    )  # fmt: skip


def _evaluation(registry: Registry, unit: str, code: str) -> Record | None:
    one = next((each for each in evaluations(registry, [unit]) if each.code == code), None)
    if one is None:
        return None
    rows = []
    for version in one.versions:
        row = version.row
        result, state = RESULT_WORDS[row.result], STATE_WORDS[row.state]
        day = row.day.isoformat() if row.day else ""
        rows.append(
            (f"{row.version}", f"{result.zh} {result.en}", f"{state.zh} {state.en}", day, row.words)
        )
    last = one.last.row
    return Record(
        f"审计评价 evaluation {unit}/{code}",
        (("项目 project", last.subject), ("期间 period", last.period)),
        ("版本 version", "结论 result", "状态 state", "公开日 published", "评价 words"),
        tuple(rows), frozenset({0}), one.as_json(),
    )  # fmt: skip
