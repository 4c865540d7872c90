"""Findings: opened by an auditor, answered by the unit, and then closed or returned.

An act is a row of its own, and no row changes: the last act says how a finding stands. Texts may
name persons, so they are sealed, and read by who may browse the unit. That a voucher corrects what
was found is asked of the journal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.audit import correcting
from ledger.audit.standing import (
    ANSWERED,
    CLOSED,
    CORRECTED,
    OPEN,
    ORIGIN_WORDS,
    OUTCOME_WORDS,
    RETURNED,
    SAMPLE,
    SEVERITY_WORDS,
    STATE_WORDS,
    TEST,
    WITHDRAWN,
    Standing,
    standing,
)
from ledger.audit.subjects import VOUCHER, Subject, subject_of
from ledger.errors import Finding, NotAllowed, finding, refuse_if
from ledger.period import Period
from ledger.registry import audit_findings, entries, oplog
from ledger.registry.audit_findings import ActRow, FindingRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.audit.subjects import Opens
    from ledger.registry import Registry, User

_LONGEST: Final = 4000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Said:
    """What an auditor says of ``reference``, or of the whole where it is empty.

    ``period`` may be empty where the reference lies in one. ``origin_name`` is the name of the test
    or the id of the sample that it comes from, ``digest`` that of what the test looked at.
    """

    unit: str
    reference: str
    period: str
    severity: str
    text: str
    origin: str = "free"
    origin_name: str = ""
    digest: str = ""


def open_finding(
    registry: Registry, said: Said, user: User, now: datetime, opens: Opens
) -> FindingRow:
    """Open a finding. ``opens`` raises Refused for a figure that is none.

    NotAllowed without the right to audit the unit; Refused for a reference that names nothing.
    """
    workflow.demand(user, "audit", said.unit)
    with registry.read() as conn:  # what a figure is made of is read before anything is locked
        subject = subject_of(conn, said.unit, said.reference, opens)
    refuse_if(_faults(said, subject, now.date()))
    with registry.write() as conn:
        registry.lock_unit(conn, said.unit)
        code = audit_findings.next_code(conn, said.unit, now.year)
        head = entries.head(conn, said.unit)
        row = FindingRow(
            said.unit, code, subject.kind, subject.code, said.period or subject.period,
            said.severity, said.origin, said.origin_name, said.digest,
            _seal(registry, said.unit, code, 0, said.text), head[0] if head else 0, user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        audit_findings.add(conn, row)
        _log(conn, row, "audit-finding.open", user, now, row.subject)
    return row


def answer(
    registry: Registry, unit: str, code: str, text: str, user: User, now: datetime,
    voucher: str = "",
) -> Standing:  # fmt: skip
    """Answer for the unit; ``voucher`` is the number of the one that corrects it.

    NotAllowed for who neither records nor closes there; Refused where it waits for no answer, or
    the journal does not show that the voucher corrects it.
    """
    if not user.may("close", unit):
        workflow.demand(user, "record", unit)
    return _act(
        registry, unit, code, ANSWERED, (OPEN, RETURNED), text, user, now,
        voucher=voucher.strip().removeprefix(f"{unit}/"),
    )  # fmt: skip


def send_back(
    registry: Registry, unit: str, code: str, text: str, user: User, now: datetime
) -> Standing:
    """Return an answer with the reason: the unit answers once more."""
    workflow.demand(user, "audit", unit)
    return _act(registry, unit, code, RETURNED, (ANSWERED,), text, user, now)


def close(
    registry: Registry, unit: str, code: str, outcome: str, text: str, user: User, now: datetime
) -> Standing:
    """Close what was answered, or what the journal shows to be corrected, with the reason.

    Refused as corrected for a voucher that nothing corrects.
    """
    workflow.demand(user, "audit", unit)
    return _act(
        registry, unit, code, CLOSED, (ANSWERED, OPEN, RETURNED), text, user, now, outcome=outcome
    )


def withdraw(
    registry: Registry, unit: str, code: str, text: str, user: User, now: datetime
) -> Standing:
    """Take one's own finding back before it was answered; it stays on record."""
    workflow.demand(user, "audit", unit)
    return _act(registry, unit, code, WITHDRAWN, (OPEN,), text, user, now)


def texts_of(registry: Registry, found: Standing, user: User) -> list[str]:
    """What was written of it, then of each act; for who may browse the unit."""
    workflow.demand(user, "browse", found.row.unit)
    sealed = [found.row.sealed, *(act.sealed for act in found.acts)]
    return [
        registry.vault.unseal(
            one, context=_context(found.row.unit, found.row.code, number)
        ).decode()
        for number, one in enumerate(sealed)
    ]  # fmt: skip


# ---- acts --------------------------------------------------------------------------------------


def _act(
    registry: Registry, unit: str, code: str, act: str, states: Collection[str], text: str,
    user: User, now: datetime, *, outcome: str = "", voucher: str = "",
) -> Standing:  # fmt: skip
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        before = standing(conn, unit, code)
        if act == WITHDRAWN and before.row.user != user.id:
            raise _not_theirs()
        refuse_if(
            [
                *_state_faults(before, states),
                *_text_faults(text),
                *(_outcome_faults(conn, before, outcome) if act == CLOSED else ()),
                *(correcting.faults(conn, before.row, voucher) if voucher else ()),
            ]
        )
        number = len(before.acts) + 1
        row = ActRow(
            unit, before.row.code, number, act, outcome, voucher,
            _seal(registry, unit, before.row.code, number, text), user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        audit_findings.add_act(conn, row)
        _log(conn, before.row, f"audit-finding.{act}", user, now, voucher or outcome)
    return Standing(before.row, (*before.acts, row))


def _state_faults(before: Standing, states: Collection[str]) -> Iterator[Finding]:
    if before.state in states:
        return
    zh, en = STATE_WORDS[before.state]
    yield finding(
        "finding-state", f"审计发现 {before.row.code}{zh}，不能再办这一步",
        f"audit finding {before.row.code} is {en}: this step cannot be taken now",
        "查看它的经过；已办结的另提一项", "see its history; open another one once it is closed",
    )  # fmt: skip


def _outcome_faults(conn: Connection, before: Standing, outcome: str) -> Iterator[Finding]:
    if outcome not in OUTCOME_WORDS:
        kinds = OUTCOME_WORDS.values()
        yield _bad(
            f"办结方式为{'、'.join(one.zh for one in kinds)}",
            f"it is closed as {', '.join(OUTCOME_WORDS)}",
        )
        return
    shown = before.row.kind == VOUCHER and any(
        one.how != correcting.LATER for one in correcting.corrections(conn, before.row, before.acts)
    )
    if outcome == CORRECTED and before.row.kind == VOUCHER and not shown:
        yield finding(
            "not-corrected", f"账上看不到对 {before.row.subject} 的更正",
            f"the journal shows nothing that corrects {before.row.subject}",
            "等冲销或更正凭证记账，或按已说明、接受风险办结",
            "wait until it is reversed or corrected, or close it as explained or accepted",
        )  # fmt: skip
    elif before.state != ANSWERED and not (outcome == CORRECTED and shown):
        yield finding(
            "not-answered", "单位尚未答复，账上也没有更正",
            "the unit has not answered, and the journal shows no correction",
            "等单位答复；提错的由提出人撤回", "wait for its answer; who opened it may withdraw it",
        )  # fmt: skip


# ---- what is said ------------------------------------------------------------------------------


def _faults(said: Said, subject: Subject, today: date) -> Iterator[Finding]:
    yield from _text_faults(said.text)
    if said.severity not in SEVERITY_WORDS:
        yield _bad(
            f"程度为 {'、'.join(SEVERITY_WORDS)}", f"it is one of {', '.join(SEVERITY_WORDS)}"
        )
    try:
        period = Period.parse(said.period or subject.period)
    except ValueError:
        yield _bad("须写明期间：2026、2026-Q1 或 2026-03", "say its period: 2026, 2026-Q1, 2026-03")
    else:
        if period.start > today:
            yield _bad("期间尚未开始", "the period has not begun")
    if said.origin not in ORIGIN_WORDS:
        yield _bad(f"来源为 {'、'.join(ORIGIN_WORDS)}", f"it comes from {', '.join(ORIGIN_WORDS)}")
    elif said.origin in (TEST, SAMPLE) and not _NAME.fullmatch(said.origin_name):
        yield _bad("须写明测试名或抽样编号", "say which test or sample it comes from")
    if said.digest and not _DIGEST.fullmatch(said.digest):
        yield _bad("摘要为 64 位十六进制", "a digest has 64 hexadecimal digits")
    if (said.origin == TEST) != bool(said.digest) or (
        said.origin_name and said.origin not in (TEST, SAMPLE)
    ):
        yield _bad(
            "来自测试的写明测试名与总体摘要，来自抽样的写明抽样编号，其他不写",
            "of a test say its name and digest, of a sample its id, of others nothing",
        )


def _text_faults(text: str) -> Iterator[Finding]:
    if not 0 < len(text.strip()) <= _LONGEST:
        yield _bad(f"文字不为空，不超过 {_LONGEST} 字",
                   f"the text is not empty, up to {_LONGEST} characters")  # fmt: skip


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-finding", zh, en, "改正后重试", "correct it and try again")


def _not_theirs() -> NotAllowed:
    return NotAllowed(
        finding(
            "not-your-finding", "只有提出人能撤回审计发现", "who opened it withdraws it",
            "不同意的，在单位答复后办结", "else close it once the unit has answered",
        )
    )  # fmt: skip


def _context(unit: str, code: str, number: int) -> str:
    return f"audit-finding {unit} {code} {number}"


def _seal(registry: Registry, unit: str, code: str, number: int, text: str) -> bytes:
    return registry.vault.seal(text.strip().encode(), context=_context(unit, code, number))


def _log(
    conn: Connection, row: FindingRow, action: str, user: User, now: datetime, detail: str
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code, detail=detail
    )
