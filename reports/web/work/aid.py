"""``/desk/<unit>/aid``: aid to persons, one by one or by a list; a batch with what rules say of it.

Whom it went to is shown to who records or checks, when it is asked for, and the log keeps that.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers.aid import pay_list, preview_list
from ledger.account import account_label
from ledger.aid import paying, standing
from ledger.aid.paying import Order, Preview
from ledger.aid.recipients import Wanted
from ledger.aid.terms import Terms, terms
from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words, finding
from ledger.money import Money
from ledger.registry.persons import PersonData
from ledger.rules.listing import limit_words
from ledger.seeing import may_know
from reports.statement import DAY, TEXT, Column
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import (
    LARGEST_FORM,
    account_choices,
    form_key,
    fund_choices,
    keep_papers,
    page,
    sent_papers,
)
from reports.web.work.members import bad_field
from reports.web.work.tables import FORMS, form_asked, table_file
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.aid.standing import Listed

aid_page = Blueprint("work-aid", __name__)

_MOST_TOLD: Final = 200
_YEARS: Final = (1900, 2998)


@dataclass(frozen=True)
class Limit:
    """A kind or an occasion, where the chart charges it, and what the rule in force says of it."""

    id: str
    of: str
    name: Words
    account: str
    said: str


@aid_page.get("/desk/<unit>/aid", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), looked: Preview | None = None, name: str = ""
) -> Response:
    """The page; faults of rows as a report below one line that says how many."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    year = _year(request.values.get("year", ""), now.year)
    names = request.args.get("names") == "1"
    if names and not may_know(user, unit):
        abort(403)
    rows = standing.listed(registry, unit, user, now, year=year, names=names)
    if form := form_asked():
        return _file(unit, year, rows, form, names=names)
    with registry.read() as conn:
        known = terms(registry, conn, unit, now.date())
    report = findings if any(fault.line is not None for fault in findings) else ()
    return page(
        "work/aid.html",
        unit,
        findings=(_not_entered(len(report)),) if report else findings,
        tab="aid",
        year=year,
        rows=rows,
        sums=_sums(rows, known),
        names=names,
        may_know=may_know(user, unit),
        kinds=_kinds(known),
        known=known,
        report=report[:_MOST_TOLD],
        more=len(report) - _MOST_TOLD,
        looked=looked,
        file=name,
        states=standing.STATES,
        accounts=account_choices(unit),
        funds=fund_choices(unit),
        today=now.date().isoformat(),
        typed=request.form,
        key=form_key(),
        forms=FORMS,
    )


@aid_page.get("/desk/<unit>/aid/<batch>", provide_automatic_options=False)
@may_browse
def batch(unit: str, batch: str) -> Response:
    """One batch; with its recipients for who records or checks, which the log keeps."""
    user = current_user()
    names = may_know(user, unit)
    try:
        found = standing.of_batch(desk().registry, unit, batch, user, desk().clock(), names=names)
    except CannotRun:
        abort(404)
    row = found.rows[0].stood
    limits = found.terms.limits
    return page(
        "work/aid_batch.html",
        unit,
        tab="aid",
        batch=batch,
        rows=found.rows,
        first=row,
        total=Money(sum(one.stood.row.fen for one in found.rows)),
        told_of=[one for one in found.findings if one.rule != "no-rule-loaded"],
        limits=limits.head if limits is not None else None,
        names=names,
        states=standing.STATES,
        label=account_label,
    )


# ---- forms -------------------------------------------------------------------------------------


@aid_page.post("/desk/<unit>/aid/one")
@may_record
@accepts(LARGEST_FORM)
def one(unit: str) -> Response:
    """Look at one payment, or enter it and send its draft to a checker."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    try:
        faults: list[Finding] = []
        amount = typed.amount("amount", faults)
        if faults or amount is None:
            raise Refused(*faults)
        account = typed.text("payee", 40)
        data = PersonData(
            typed.text("name", 40), typed.text("phone", 20), typed.text("identity", 24),
            (account,) if account else (),
        )  # fmt: skip
        wanted = Wanted(1, typed.text("kind", 40), "", amount, typed.text("member", 20), data)
        order = _order(unit, {"": typed.text("account", 80)})
        if _looks():
            return _overview(unit, looked=paying.preview(registry, order, [wanted], user))
        order = _with_papers(unit, order)
        done = paying.pay(registry, order, [replace(wanted, line=1)], user, now)
    except LedgerError as fault:
        # One payment has no rows to count.
        return _overview(unit, tuple(replace(found, line=None) for found in fault.findings))
    return _done(unit, done.batch)


@aid_page.post("/desk/<unit>/aid/list")
@may_record
@accepts(LARGEST_FORM)
def listed(unit: str) -> Response:
    """Look at a list row by row, or enter all of it."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    try:
        if file is None or not name:
            raise Refused(bad_field("选择发放清单", "choose the list of payments"))
        with registry.read() as conn:
            known = terms(registry, conn, unit, now.date())
        mains = [kind.id for kind in known.kinds.values() if not kind.of]
        order = _order(unit, {kind: typed.text(f"account-{kind}", 80) for kind in mains})
        data = file.read()
        if _looks():
            return _overview(
                unit, looked=preview_list(registry, order, data, name, user), name=name
            )
        done = pay_list(registry, _with_papers(unit, order), data, name, user, now)
    except LedgerError as fault:
        return _overview(unit, tuple(fault.findings), name=name)
    return _done(unit, done.batch)


def _looks() -> bool:
    return request.form.get("act") == "look"


def _order(unit: str, accounts: dict[str, str]) -> Order:
    """What the form says of all payments; each account by code, label or initials."""
    fund = typed.text("fund", 60).split(" ", 1)[0]
    if not fund:
        raise Refused(bad_field("选择资金", "choose a fund"))
    return Order(
        unit, typed.day("day"), fund, typed.text("money", 80), typed.text("decision", 100),
        {kind: word for kind, word in accounts.items() if word}, typed.text("purpose", 40),
        (), f"form:{typed.text('key', 40)}" if typed.text("key", 40) else "",
    )  # fmt: skip


def _with_papers(unit: str, order: Order) -> Order:
    return replace(order, papers=keep_papers(unit, sent_papers()))


def _done(unit: str, code: str) -> Response:
    return redirect(url_for("work-aid.batch", unit=unit, batch=code, done=f"aid {code}"), 303)


# ---- what the page shows -----------------------------------------------------------------------


def _kinds(known: Terms) -> list[Limit]:
    limits = {one.id: one for one in known.limits.limits} if known.limits is not None else {}
    return [
        Limit(
            kind.id, kind.of, kind.name, known.accounts.get(kind.id, ""),
            "；".join(limit_words(limits[kind.id])) if kind.id in limits else "",
        )
        for kind in known.kinds.values()
    ]  # fmt: skip


def _sums(rows: list[Listed], known: Terms) -> list[tuple[Words, int, Money]]:
    """What was paid or may yet be, by kind."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in rows:
        if one.stood.counts:
            found[one.stood.row.kind].append(one.stood.row.fen)
    return [
        (known.name(kind), len(amounts), Money(sum(amounts))) for kind, amounts in found.items()
    ]


def _year(text: str, default: int) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else default
    return year if _YEARS[0] <= year <= _YEARS[1] else default


def _not_entered(count: int) -> Finding:
    return finding(
        "not-entered", f"没有登记：{count} 处须改正或核实，见下表",
        f"nothing was entered: {count} things to correct or to look at, see below",
        "改正后重新登记", "correct them and enter it again",
    )  # fmt: skip


def _file(unit: str, year: int, rows: list[Listed], form: str, *, names: bool) -> Response:
    columns = [
        Column("day", Words("日期", "Day"), kind=DAY, share=0.9),
        Column("kind", Words("类别", "Kind"), kind=TEXT, share=1.2),
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("state", Words("状态", "State"), kind=TEXT, share=0.8),
        Column("voucher", Words("凭证", "Voucher"), kind=TEXT, share=1.2),
        Column("batch", Words("批次", "Batch"), kind=TEXT, share=1.2),
    ]
    if names:
        columns[2:2] = [
            Column("name", Words("受助人", "Recipient"), kind=TEXT, share=1.0),
            Column("payee", Words("收款账号", "Payee account"), kind=TEXT, share=1.4),
        ]
    lines = []
    for one_ in rows:
        row = one_.stood.row
        who = (" ".join(filter(None, (one_.member, one_.name))), one_.account) if names else ()
        state = standing.STATES[one_.stood.state]
        cells = (
            row.day, one_.what.zh, *who, Money(row.fen), state.zh, one_.stood.number, row.batch,
        )  # fmt: skip
        lines.append((row.code, Words(row.code, row.code), cells))
    return table_file(
        unit, f"aid-{year}", Words(f"{year} 年帮扶发放", f"Aid of {year}"),
        desk().clock().date(), columns, lines, heads=Words("编号", "Code"), form=form,
    )  # fmt: skip
