"""``/desk/<unit>/credits``: what members have paid ahead, and what is paid back of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.account import account_label
from ledger.dues import cash as till
from ledger.dues.dossier_words import RULE_NAMES
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import claims, entries, members
from ledger.registry.claims import CREDITS
from reports.statement import DAY, TEXT, Column
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import Choice, page
from reports.web.work.members import bad_field
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

credits = Blueprint("work-credits", __name__)

STATES: Final = {
    claims.CREDIT: Words("留存待用", "held"),
    claims.REFUNDING: Words("退款待审核", "being paid back"),
}
_MOST: Final = 500


@credits.get("/desk/<unit>/credits", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    wanted = request.args.get("member", "").strip()[:40] or typed.text("member", 40)
    with desk().registry.read() as conn:
        rows = [
            row
            for state in STATES
            for row in claims.in_state(conn, unit, state)
            if row.kind in CREDITS
        ]
        who = members.with_ids(conn, {row.member or "" for row in rows})
        member = typed.member_named(conn, unit, wanted)
        seen = till.stands(conn, unit, member.id) if member is not None else ""
        money = [
            Choice(name, account_label(name))
            for name, row in sorted(entries.accounts(conn, unit).items())
            if row.closed is None and name.startswith("Assets:10")
        ]
    numbers = {id: row.number for id, row in who.items()}
    rows.sort(key=lambda row: (numbers.get(row.member or "", ""), row.code))
    total = sum(row.fen for row in rows)
    if form := form_asked():
        columns = (
            Column("member", Words("会员编号", "Member"), TEXT),
            Column("amount", Words("金额", "Amount"), primary=True),
            Column("since", Words("自", "Since"), DAY),
            Column("state", Words("状态", "State"), TEXT),
        )
        lines = [
            (
                row.code, Words("预缴款", "Credit"),
                (numbers.get(row.member or "", ""), Money(row.fen), row.due, STATES[row.state].zh),
            )
            for row in rows
        ]  # fmt: skip
        return table_file(
            unit, "credits", Words("会员预缴款", "Paid ahead by members"), desk().clock().date(),
            columns, lines, heads=Words("预缴款", "Credit"), form=form,
            total=(None, Money(total), None, None),
        )  # fmt: skip
    if wanted and member is None and not findings:
        findings = (typed.no_member(wanted),)
    mine = [row for row in rows if member is not None and row.member == member.id]
    return page(
        "work/credits.html",
        unit,
        findings=findings,
        tab="dues",
        sub="credits",
        rows=(mine if member is not None else rows)[:_MOST],
        count=len(rows),
        total=total,
        numbers=numbers,
        states=STATES,
        rule_names=RULE_NAMES,
        wanted=wanted,
        member=member,
        mine=[row for row in mine if row.state == claims.CREDIT],
        seen=seen,
        payers=money,
        today=desk().clock().date().isoformat(),
        typed=request.form,
        forms=FORMS,
    )


@credits.post("/desk/<unit>/credits")
@may_record
def refund(unit: str) -> Response:
    """Propose to pay the member of the form back."""
    try:
        _refund(unit)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return redirect(url_for("work-credits.overview", unit=unit, done="refund"), 303)


def _refund(unit: str) -> None:
    registry = desk().registry
    faults: list[Finding] = []
    money = typed.amount("amount", faults, needed=False)
    wanted, decision = typed.text("member", 40), typed.text("decision", 100)
    with registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
    if member is None:
        faults.append(typed.no_member(wanted))
    place = typed.text("account", 120)
    if not place:
        faults.append(bad_field("选择付出的科目", "choose the account that pays"))
    if faults or member is None:
        raise Refused(*faults)
    till.refund(
        registry, unit, member.id, None if money is None else money.fen, place, current_user(),
        desk().clock(), day=typed.day(), codes=request.form.getlist("code")[:100],
        decision=decision, seen=typed.text("seen", 16),
    )  # fmt: skip
