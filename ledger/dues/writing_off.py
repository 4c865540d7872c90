"""Dues that will not come are given up by two, and taken back when they come after all.

One proposes with a reason and the number of a decision; two checkers, neither of them the proposer,
approve. No voucher is made: dues are income when they are paid. What is given up stays listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.reference import make_code
from ledger.registry import claims, logins, oplog, persons, write_offs
from ledger.registry.claims import DUES
from ledger.registry.write_offs import OFF, PROPOSED, REFUSED, REOPENED, WriteOff

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.claims import ClaimRow

NEEDED: Final = 2


def propose(
    registry: Registry,
    unit: str,
    claim: str,
    user: User,
    now: datetime,
    *,
    reason: str,
    decision: str,
) -> str:
    """Propose to give a claim up; the proposal's number. The claim may still be paid."""
    workflow.demand(user, "record", unit)
    reason, decision = safe_text(reason), safe_text(decision)
    if not reason or not decision:
        raise Refused(_says_why())
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        if persons.names_in(conn, registry.vault, f"{reason}\n{decision}"):
            raise Refused(_no_names())
        row = _open_claim(conn, unit, claim)
        waits = write_offs.waiting_for(conn, unit, row.code)
        if waits is not None:
            raise Refused(_waits_already(waits))
        code = make_code("WO", now.year, write_offs.next_number(conn, unit, now.year))
        write_offs.add(
            conn, WriteOff(unit, code, row.code, PROPOSED, reason[:300], decision[:100], None)
        )
        _done(conn, unit, code, "propose", user, reason, now)
    return code


def approve(registry: Registry, unit: str, code: str, user: User, now: datetime) -> WriteOff:
    """Approve a proposal; with the second approval the claim is given up, on this day."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        found = _find(conn, unit, code, PROPOSED)
        workflow.demand_other(
            conn, user, found.who("propose"),
            "提出核销的人不能审核", "nobody approves a write-off of their own proposing",
        )  # fmt: skip
        if any(logins.same_person(conn, user.id, one) for one in found.who("approve")):
            raise Refused(_approved_already())
        row = _open_claim(conn, unit, found.claim)
        _done(conn, unit, code, "approve", user, "", now)
        if len(found.who("approve")) + 1 >= NEEDED:
            write_offs.set_state(conn, unit, code, OFF, now.date())
            claims.set_state(conn, unit, [row.code], claims.WRITTEN_OFF, now.date(), code)
        return _find(conn, unit, code)


def refuse(
    registry: Registry, unit: str, code: str, user: User, now: datetime, reason: str
) -> WriteOff:
    """Refuse a proposal, or take one's own back, with a reason."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        found = _find(conn, unit, code, PROPOSED)
        if not user.may("approve", unit) and user.id not in found.who("propose"):
            workflow.demand(user, "approve", unit)
        note = _note(conn, registry, reason)
        _done(conn, unit, code, "refuse", user, note, now)
        write_offs.set_state(conn, unit, code, REFUSED, None)
        return _find(conn, unit, code)


def reopen(
    registry: Registry, unit: str, code: str, user: User, now: datetime, reason: str
) -> WriteOff:
    """What was given up is owed again, such as when the member pays after all."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        found = _find(conn, unit, code, OFF)
        note = _note(conn, registry, reason)
        # Re-assessment may have divided or reduced the claim since.
        rows = [
            row
            for row in claims.leaves_of(conn, unit, found.claim)
            if row.state == claims.WRITTEN_OFF and row.settled_by == code
        ]
        claims.keep_past(conn, rows, now.date())
        claims.set_state(conn, unit, [row.code for row in rows], claims.OPEN)
        _done(conn, unit, code, "reopen", user, note, now)
        write_offs.set_state(conn, unit, code, REOPENED, found.off_on)
        return _find(conn, unit, code)


def _open_claim(conn: Connection, unit: str, code: str) -> ClaimRow:
    row = claims.find(conn, unit, code)
    if row is None or row.kind != DUES or row.state != claims.OPEN:
        raise Refused(
            finding(
                "not-open-dues",
                f"{code[:24]} 不是未缴的会费应收",
                f"{code[:24]} is no open claim of dues",
                "已收到、正在入账或已分拆的不能核销",
                "what is paid, being entered or divided is not written off",
            )
        )
    return row


def _find(conn: Connection, unit: str, code: str, state: str | None = None) -> WriteOff:
    found = write_offs.find(conn, unit, code)
    if found is None or state not in (None, found.state):
        raise Refused(
            finding(
                "no-write-off",
                f"没有可办理的核销 {code[:24]}",
                f"there is no write-off {code[:24]} to deal with",
                "用 mingbai dues write-offs 查看",
                "see them with mingbai dues write-offs",
            )
        )
    return found


def _note(conn: Connection, registry: Registry, reason: str) -> str:
    note = safe_text(reason)
    if not note:
        raise Refused(_says_why())
    if persons.names_in(conn, registry.vault, note):
        raise Refused(_no_names())
    return note[:300]


def _done(
    conn: Connection, unit: str, code: str, deed: str, user: User, note: str, now: datetime
) -> None:
    write_offs.act(conn, unit, code, deed, user.id, note[:300], now)
    oplog.record(conn, at=now, user=user.id, unit=unit, action=f"write-off.{deed}", object=code)


# ---- findings ----------------------------------------------------------------------------------


def _says_why() -> Finding:
    return finding(
        "no-reason",
        "核销、退回与恢复须写明原因，核销另须决议文号",
        "a write-off says why and by which decision; so does what takes it back",
        "用 --reason 与 --decision 写明",
        "give --reason and --decision",
    )


def _no_names() -> Finding:
    return finding(
        "name-in-book",
        "原因或文号中含有已登记人员的姓名",
        "the reason or the decision holds the name of a registered person",
        "以会员编号代替姓名",
        "write the member's number instead",
    )


def _approved_already() -> Finding:
    return finding(
        "approved-already",
        "您已审核过，还需另一位审核人",
        "you approved it already; another checker has to",
        "请另一位审核人办理",
        "ask another checker",
    )


def _waits_already(waits: WriteOff) -> Finding:
    return finding(
        "write-off-waits",
        f"{waits.claim} 已有待审核的核销 {waits.code}",
        f"write-off {waits.code} of {waits.claim} waits already",
        "审核它，或先退回",
        "approve it, or refuse it first",
    )


def told(row: WriteOff, claim: ClaimRow | None) -> dict[str, object]:
    """A write-off as it is listed, without names."""
    return {
        "code": row.code, "claim": row.claim, "state": row.state, "reason": row.reason,
        "decision": row.decision, "off_on": None if row.off_on is None else row.off_on.isoformat(),
        "member": None if claim is None else claim.member,
        "month": None if claim is None else claim.month,
        "amount": None if claim is None else Money(claim.fen).text,
        "acts": [
            {"deed": one.deed, "user": one.user, "note": one.note, "at": one.at}
            for one in row.acts
        ],
    }  # fmt: skip
