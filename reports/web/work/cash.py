"""``/desk/<unit>/cash``: cash over the counter, against a numbered receipt.

Whoever handles cash sees who the member is, because money is taken from a person and not from a
number; the log keeps that the name was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from ledger.account import account_label
from ledger.dues import cash as till
from ledger.dues import credits
from ledger.dues.dossier_words import RULE_NAMES
from ledger.dues.receiving import Payment
from ledger.errors import Finding, LedgerError, Refused
from ledger.registry import claims, dues_schemes, entries, oplog, persons
from ledger.registry.claims import DUES, ClaimRow
from reports.web.access import current_user, desk, may_take_cash
from reports.web.work import typed
from reports.web.work.frame import Choice, fund_choices, page
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

    from ledger.registry.members import MemberRow

cash = Blueprint("work-cash", __name__)


@cash.get("/desk/<unit>/cash", provide_automatic_options=False)
@may_take_cash
def form(unit: str) -> Response:
    """The member of the address with what is owed, and the form that takes the money."""
    return _form(unit, request.args.get("member", "").strip()[:40])


def _form(unit: str, wanted: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    with registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
        owed = open_dues(conn, unit, member.id) if member is not None else []
        held = credits.held_by(conn, unit, member.id) if member is not None else []
        seen = till.stands(conn, unit, member.id) if member is not None else ""
        places = cash_accounts(conn, unit)
        rules = [row.rule for row in dues_schemes.of_unit(conn, unit)]
        debts = debt_choices(conn, unit)
    name = _name(unit, member) if member is not None else ""
    if wanted and member is None and not findings:
        findings = (typed.no_member(wanted),)
    return page(
        "work/cash.html",
        unit,
        findings=findings,
        tab="dues",
        sub="cash",
        wanted=wanted,
        member=member,
        name=name,
        owed=owed,
        total=sum(row.fen for row in owed),
        held=sum(row.fen for row in held),
        seen=seen,
        places=places,
        rules=rules,
        rule_names=RULE_NAMES,
        debts=debts,
        funds=fund_choices(unit),
        today=desk().clock().date().isoformat(),
        typed=request.form,
    )


def _name(unit: str, member: MemberRow) -> str:
    """Who the member is; that it was read is kept."""
    registry = desk().registry
    with registry.write() as conn:
        data = persons.read(conn, registry.vault, member.person)
        oplog.record(
            conn, at=desk().clock(), user=current_user().id, unit=unit, action="member.names",
            object=member.id, detail="cash",
        )  # fmt: skip
    return data.name if data is not None else ""


def open_dues(conn: Connection, unit: str, member: str) -> list[ClaimRow]:
    """What a member may pay, the oldest first."""
    return [
        row
        for row in claims.of_member(conn, unit, member)
        if row.kind == DUES and row.state == claims.OPEN and row.list_code is None
    ]


def debt_choices(conn: Connection, unit: str) -> list[Choice]:
    """The accounts on which something may be owed."""
    return [
        Choice(account, account_label(account))
        for account, row in sorted(entries.accounts(conn, unit).items())
        if account.startswith("Liabilities:") and row.closed is None
    ]


def passed_up(conn: Connection, unit: str) -> tuple[str, str] | None:
    """Where the form says that what is passed up whole is owed."""
    account = typed.text("up_account", 120)
    fund = typed.fund("up_fund")
    return (typed.account(conn, unit, account), fund) if account else None


def cash_accounts(conn: Connection, unit: str) -> list[Choice]:
    """The unit's accounts of cash."""
    return [
        Choice(name, account_label(name))
        for name, row in sorted(entries.accounts(conn, unit).items())
        if name.startswith("Assets:") and "现金" in account_label(name) and row.closed is None
    ]


@cash.post("/desk/<unit>/cash")
@may_take_cash
def take(unit: str) -> Response:
    """Take the money of the form, and give the receipt."""
    wanted = typed.text("member", 40)
    try:
        done = _take(unit, wanted)
    except LedgerError as fault:
        return _form(unit, wanted, fault.findings)
    row = done.receipt
    return redirect(
        url_for(
            "work-receipts.one", unit=unit, year=row.year, number=row.number,
            done=f"receipt {row.name}",
        ),
        303,
    )  # fmt: skip


def _take(unit: str, wanted: str) -> till.Taken:
    registry = desk().registry
    faults: list[Finding] = []
    money = typed.amount("amount", faults)
    freely = typed.amount("voluntary", faults, needed=False)
    with registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
        places = cash_accounts(conn, unit)
        to = passed_up(conn, unit)
    place = typed.text("account", 120) or (places[0].value if len(places) == 1 else "")
    day = typed.day()
    if day > desk().clock().date():
        faults.append(bad_field("收款日不能晚于今天", "cash is not taken on a day to come"))
    if member is None:
        faults.append(typed.no_member(wanted))
    if place not in {one.value for one in places}:
        faults.append(bad_field("选择现金科目", "choose the account of cash"))
    if faults or member is None or money is None:
        raise Refused(*faults)
    payment = Payment(
        member.id, money, day, tuple(request.form.getlist("code")[:200]),
        typed.text("rule", 24) or None, freely, to,
    )  # fmt: skip
    return till.take(
        registry, unit, payment, place, current_user(), desk().clock(), seen=typed.text("seen", 16)
    )
