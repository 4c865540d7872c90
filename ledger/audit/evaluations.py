"""Evaluations: what an auditor says of a period or a project, published once another confirms it.

Third-party supervision (第三方监督评价) is read by everybody, so its words name nobody. A version
that was published stays; a later one takes its place and says why.

Source: 财会〔2024〕12号, on evaluation by a third party.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.audit.evaluation_standing import (
    OF_ALLOCATION,
    OF_CAMPAIGN,
    OF_FUND,
    OF_PERIOD,
    RESULT_WORDS,
    SCOPE_WORDS,
    versions_of,
)
from ledger.audit.standing import WITHDRAWN, Standing, in_period, standings_in
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.period import Period
from ledger.registry import allocations, audit_evaluations, campaigns, entries, oplog
from ledger.registry.audit_evaluations import PUBLISHED, RETURNED, WAITING, EvaluationRow
from ledger.words import personal_faults

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_WORDS: Final = 2000
_NOTE: Final = 300


@dataclass(frozen=True, slots=True)
class Said:
    """What an auditor says of ``unit``'s ``period``, or of the project ``subject`` in it.

    ``findings`` are codes of those behind it; None for all of the period that were not withdrawn.
    ``corrects`` is the code of the evaluation of which this is the next version, and ``note`` why.
    """

    unit: str
    period: str
    result: str
    words: str
    scope: str = OF_PERIOD
    subject: str = ""
    findings: tuple[str, ...] | None = None
    corrects: str = ""
    note: str = ""


def add(registry: Registry, said: Said, user: User, now: datetime) -> EvaluationRow:
    """Write one, to be confirmed by another auditor.

    NotAllowed without the right to audit the unit. Refused for words that name somebody, a project
    or finding that is none, and while a version waits.
    """
    workflow.demand(user, "audit", said.unit)
    refuse_if(_faults(said, now.date()))
    with registry.write() as conn:
        registry.lock_unit(conn, said.unit)
        before = versions_of(conn, said.unit, said.corrects) if said.corrects else []
        known = standings_in(conn, [said.unit])
        refuse_if(
            [
                *_subject_faults(conn, said),
                *_correction_faults(said, before),
                *_finding_faults(said, known),
                *personal_faults(conn, registry, said.words, said.note),
            ]
        )
        code = before[0].code if before else (
            audit_evaluations.next_code(conn, said.unit, now.year)
        )  # fmt: skip
        row = EvaluationRow(
            said.unit, code, len(before) + 1, said.scope, said.subject, said.period, said.result,
            safe_text(said.words, _WORDS), safe_text(said.note, _NOTE), WAITING, user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        audit_evaluations.add(conn, row, _behind(said, known))
        _log(conn, row, "audit-evaluation.add", user, now)
    return row


def confirm(registry: Registry, unit: str, code: str, user: User, now: datetime) -> EvaluationRow:
    """Publish the version that waits. NotAllowed for who wrote it, under whichever login.

    Refused if its words name somebody who was registered since.
    """
    workflow.demand(user, "audit", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit, code)
        workflow.demand_other(
            conn, user, [row.user],
            "自己写的评价由另一位审计人员确认", "nobody confirms an evaluation that they wrote",
        )  # fmt: skip
        refuse_if(personal_faults(conn, registry, row.words, row.note))
        audit_evaluations.checked(conn, row, PUBLISHED, user.id, now.date(), now)
        _log(conn, row, "audit-evaluation.confirm", user, now)
    return replace(row, state=PUBLISHED, checker=user.id, day=now.date())


def send_back(registry: Registry, unit: str, code: str, user: User, now: datetime) -> EvaluationRow:
    """Send the version that waits back, or take one's own back; it stays on record."""
    workflow.demand(user, "audit", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit, code)
        audit_evaluations.checked(conn, row, RETURNED, user.id, None, now)
        _log(conn, row, "audit-evaluation.back", user, now)
    return replace(row, state=RETURNED, checker=user.id)


def _waiting(conn: Connection, unit: str, code: str) -> EvaluationRow:
    row = versions_of(conn, unit, code)[-1]
    if row.state != WAITING:
        raise Refused(_bad(f"{row.code} 没有待确认的版本", f"no version of {row.code} waits"))
    return row


# ---- findings ----------------------------------------------------------------------------------


def _faults(said: Said, today: date) -> Iterator[Finding]:
    if said.result not in RESULT_WORDS:
        yield _bad(
            f"结论为 {'、'.join(RESULT_WORDS)}", f"a result is one of {', '.join(RESULT_WORDS)}"
        )
    if said.scope not in SCOPE_WORDS:
        yield _bad(f"对象为 {'、'.join(SCOPE_WORDS)}", f"it is of one of {', '.join(SCOPE_WORDS)}")
    if not safe_text(said.words, _WORDS) or len(said.words) > _WORDS:
        yield _bad(f"评价不为空，不超过 {_WORDS} 字",
                   f"its words are not empty, up to {_WORDS} characters")  # fmt: skip
    if len(said.note) > _NOTE:
        yield _bad(f"说明不超过 {_NOTE} 字", f"an explanation has up to {_NOTE} characters")
    try:
        period = Period.parse(said.period)
    except ValueError:
        yield _bad(
            "期间写作 2026、2026-Q1 或 2026-03", "a period is written 2026, 2026-Q1, 2026-03"
        )
        return
    if period.start > today:
        yield _bad("期间尚未开始", "the period has not begun")
    elif said.scope == OF_PERIOD and period.last > today:
        yield _bad("期间尚未结束", "the period is not over")


def _subject_faults(conn: Connection, said: Said) -> Iterator[Finding]:
    """A period names no project; a project is one of the unit's."""
    unit, subject = said.unit, said.subject
    known = not subject
    if said.scope == OF_CAMPAIGN:
        known = campaigns.find(conn, unit, subject) is not None
    elif said.scope == OF_FUND:
        known = subject in entries.funds(conn, unit, [subject])
    elif said.scope == OF_ALLOCATION:
        known = allocations.find(conn, unit, subject) is not None
    if not known:
        words = SCOPE_WORDS[said.scope]
        yield _bad(f"单位 {unit} 没有这个项目（{words.zh}）", f"unit {unit} has no such {words.en}")


def _correction_faults(said: Said, before: Sequence[EvaluationRow]) -> Iterator[Finding]:
    if not before:
        return
    first = before[0]
    if before[-1].state == WAITING:
        yield _bad("已有一个版本待确认", "a version waits to be confirmed")
    if (said.scope, said.subject, said.period) != (first.scope, first.subject, first.period):
        yield _bad("更正的评价对象和期间不变", "a correction is of the same thing and period")
    if any(row.state == PUBLISHED for row in before) and not safe_text(said.note, _NOTE):
        yield _bad("更正已公开的评价须有说明", "a version in place of another is explained")


def _finding_faults(said: Said, known: Sequence[Standing]) -> Iterator[Finding]:
    standing = {one.row.code for one in known if one.state != WITHDRAWN}
    if said.findings is not None and not standing.issuperset(said.findings):
        yield _bad("所列审计发现不存在或已撤回", "a finding behind it is none, or was withdrawn")


def _behind(said: Said, known: Sequence[Standing]) -> list[str]:
    """Of a period everything that was found in it, unless some are named; of a project those."""
    if said.findings is not None:
        return sorted(set(said.findings))
    if said.scope != OF_PERIOD:
        return []
    found = in_period(known, Period.parse(said.period))
    return [one.row.code for one in found if one.state != WITHDRAWN]


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-evaluation", zh, en, "改正后重试", "correct it and try again")


def _log(conn: Connection, row: EvaluationRow, action: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code,
        detail=f"{row.version}",
    )  # fmt: skip
