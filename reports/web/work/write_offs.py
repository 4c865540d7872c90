"""``/desk/<unit>/write-offs``: dues that are given up by two checkers, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.dues import writing_off
from ledger.errors import Finding, LedgerError, Words
from ledger.money import Money
from ledger.registry import claims, members, write_offs
from ledger.registry.claims import ClaimRow
from ledger.registry.write_offs import OFF, PROPOSED, REFUSED, REOPENED, WriteOff
from reports.statement import DAY, TEXT, Column
from reports.web.access import (
    APPROVE,
    RECORD,
    current_user,
    desk,
    may_approve,
    may_browse,
    may_record,
)
from reports.web.work import typed
from reports.web.work.cash import open_dues
from reports.web.work.frame import logins, page
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

write_offs_page = Blueprint("work-write-offs", __name__)

STATES: Final = {
    PROPOSED: Words("待审核", "waits"),
    OFF: Words("已核销", "written off"),
    REFUSED: Words("已退回", "refused"),
    REOPENED: Words("已恢复应收", "owed again"),
}
DEEDS: Final = {
    "propose": Words("提出", "proposed"),
    "approve": Words("审核", "approved"),
    "refuse": Words("退回", "refused"),
    "reopen": Words("恢复", "reopened"),
}


@dataclass(frozen=True)
class Row:
    """A write-off with its claim; ``mine`` if this user proposed or approved it."""

    off: WriteOff
    claim: ClaimRow | None
    number: str
    mine: bool

    @property
    def fen(self) -> int:
        return 0 if self.claim is None else self.claim.fen


@write_offs_page.get("/desk/<unit>/write-offs", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    rows = _rows(unit)
    given_up = sum(row.fen for row in rows if row.off.state == OFF)
    if form := form_asked():
        return _file(unit, rows, given_up, form)
    wanted = typed.text("claim", 40) or request.args.get("claim", "").strip()[:40]
    with desk().registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
        owed = open_dues(conn, unit, member.id) if member is not None else []
    exact = next((row.code for row in owed if row.code == wanted.upper()), "")
    if wanted and member is None and not findings:
        findings = (typed.no_member(wanted),)
    return page(
        "work/write_offs.html",
        unit,
        findings=findings,
        tab="dues",
        sub="write-offs",
        waits=[row for row in rows if row.off.state == PROPOSED],
        others=[row for row in rows if row.off.state != PROPOSED],
        total=given_up,
        wanted=wanted,
        member=member,
        owed=owed,
        exact=exact,
        states=STATES,
        deeds=DEEDS,
        names=logins(),
        typed=request.form,
        forms=FORMS,
    )


def _rows(unit: str) -> list[Row]:
    """Every write-off, the newest first."""
    user = current_user()
    with desk().registry.read() as conn:
        offs = write_offs.of_unit(conn, unit)
        known = {row.code: row for row in claims.with_codes(conn, unit, [o.claim for o in offs])}
        who = members.with_ids(conn, {row.member or "" for row in known.values()})
    found = []
    for off in offs:
        claim = known.get(off.claim)
        member = who.get(claim.member or "") if claim is not None else None
        mine = user.id in off.who("propose") or user.id in off.who("approve")
        found.append(Row(off, claim, member.number if member else "", mine))
    return found[::-1]


def _file(unit: str, rows: list[Row], given_up: int, form: str) -> Response:
    names = logins()
    columns = (
        Column("claim", Words("缴费码", "Claim"), TEXT),
        Column("member", Words("会员编号", "Member"), TEXT, 0.8),
        Column("month", Words("月份", "Month"), TEXT, 0.7),
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("off_on", Words("核销日", "Since"), DAY, 0.8),
        Column("decision", Words("决议文号", "Decision"), TEXT),
        Column("approved", Words("审核人", "Approved by"), TEXT),
    )
    lines = [
        (
            row.off.code, Words("核销", "Write-off"),
            (
                row.off.claim, row.number, row.claim.month if row.claim else "", Money(row.fen),
                STATES[row.off.state].zh, row.off.off_on, row.off.decision,
                "、".join(names.get(who, who) for who in row.off.who("approve")),
            ),
        )
        for row in rows
    ]  # fmt: skip
    return table_file(
        unit, "write-offs", Words("会费核销清单", "Dues that were written off"),
        desk().clock().date(), columns, lines, heads=Words("核销号", "Write-off"), form=form,
        total=(None, None, None, Money(given_up), "已核销 off", None, None, None),
    )  # fmt: skip


@write_offs_page.post("/desk/<unit>/write-offs")
@may_record
def propose(unit: str) -> Response:
    """Propose to give the claim of the form up."""
    try:
        code = writing_off.propose(
            desk().registry, unit, typed.text("code", 40), current_user(), desk().clock(),
            reason=typed.text("reason", 300), decision=typed.text("decision", 100),
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, f"write-off {code}")


@write_offs_page.post("/desk/<unit>/write-offs/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """Approve a proposal; with the second approval the claim is given up."""
    try:
        done = writing_off.approve(desk().registry, unit, code, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, "off twice" if done.state == OFF else "off once")


@write_offs_page.post("/desk/<unit>/write-offs/<code>/refuse")
@may_browse
def refuse(unit: str, code: str) -> Response:
    """Refuse a proposal, or take one's own back: checkers may, and who proposed it."""
    user, reason = current_user(), typed.text("reason", 300)
    if not (user.may(APPROVE, unit) or user.may(RECORD, unit)):
        abort(403)
    try:
        writing_off.refuse(desk().registry, unit, code, user, desk().clock(), reason)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, "off refused")


@write_offs_page.post("/desk/<unit>/write-offs/<code>/reopen")
@may_record
def reopen(unit: str, code: str) -> Response:
    """What was given up is owed again."""
    reason = typed.text("reason", 300)
    try:
        writing_off.reopen(desk().registry, unit, code, current_user(), desk().clock(), reason)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, "off reopened")


def _done(unit: str, told: str) -> Response:
    return redirect(url_for("work-write-offs.overview", unit=unit, done=told), 303)
