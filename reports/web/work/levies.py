"""``/desk/<unit>/levies``: employers, the payrolls they declare, what is to come and what came.

A small employer is a person: names are shown to who records, and the log keeps that they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from importers.levies import declare_list
from importers.reference import find_codes
from ledger.account import account_label
from ledger.dues.levy_coming import Coming, Standing, announce, standings
from ledger.dues.levying import LEVY, PREPARATION, Declared, declare, register
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.period import Month
from ledger.reference import document_number
from ledger.registry import employers, levies, oplog
from ledger.registry.employers import EmployerRow
from reports.statement import TEXT, Column
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import LARGEST_FORM, page
from reports.web.work.members import bad_field, day_typed
from reports.web.work.tables import FORMS, form_asked, table_file
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

levies_page = Blueprint("work-levies", __name__)

RULES: Final = {
    LEVY: Words("拨缴经费", "levy"),
    PREPARATION: Words("建会筹备金", "preparation money"),
}
CHANNELS: Final = {
    "direct": Words("单位直接缴纳", "from the employer"),
    "tax": Words("税务代收", "through the tax office"),
    "fiscal": Words("财政划拨", "from public finance"),
}


@dataclass(frozen=True)
class Row:
    """How one employer's month stands; ``codes`` are lists whose payment is to come."""

    one: Standing
    name: str
    codes: tuple[str, ...]


@levies_page.get("/desk/<unit>/levies", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today = desk().registry, desk().clock().date()
    month = typed.month_of(request.values.get("month", "")[:7], Month.of(today).previous())
    with registry.read() as conn:
        shares = levies.shares(conn, unit)
    known = _employers(unit)
    rows = _rows(unit, month, {row.id: row.name for row in known})
    if form := form_asked():
        return _file(unit, month, rows, form)
    return page(
        "work/levies.html",
        unit,
        findings=findings,
        tab="dues",
        sub="levies",
        month=month,
        rows=rows,
        due=sum(row.one.due.fen for row in rows),
        came=sum(sum(row.one.received.values()) for row in rows),
        left=sum(row.one.outstanding.fen for row in rows),
        employers=known,
        shares=[(share, account_label(share.account)) for share in shares],
        rules=RULES,
        channels=CHANNELS,
        typed=request.form,
        forms=FORMS,
    )


def _employers(unit: str) -> list[EmployerRow]:
    """The employers by name, for who records; for others none."""
    user, registry = current_user(), desk().registry
    if not user.may("record", unit):
        return []
    with registry.read() as conn:
        rows = employers.of_unit(conn, registry.vault, unit)
    if rows:
        with registry.write() as conn:
            oplog.record(
                conn, at=desk().clock(), user=user.id, unit=unit, action="levy.employers",
                object=unit, detail=f"{len(rows)} names",
            )  # fmt: skip
    return sorted(rows, key=lambda row: row.name)


def _rows(unit: str, month: Month, names: dict[str, str]) -> list[Row]:
    registry = desk().registry
    found = standings(registry, unit, [month])
    with registry.read() as conn:
        claimed = levies.claims_of(conn, unit, months=[str(month)])
    codes: dict[str, dict[str, None]] = {}
    for one in claimed:
        if one.claim.state == "open" and one.claim.list_code:
            codes.setdefault(one.employer, {})[one.claim.list_code] = None
    return [
        Row(one, names.get(one.employer, ""), tuple(codes.get(one.employer, ()))) for one in found
    ]


def _file(unit: str, month: Month, rows: list[Row], form: str) -> Response:
    columns = (
        Column("rule", Words("规则", "Rule"), TEXT, 0.8),
        Column("payroll", Words("工资总额", "Payroll")),
        Column("due", Words("应缴", "Due"), primary=True),
        Column("received", Words("实收", "Received")),
        Column("outstanding", Words("未收", "Outstanding")),
    )
    lines = [
        (
            row.one.employer, Words(row.name or "缴费单位", row.name or "Employer"),
            (
                RULES[row.one.rule].zh, row.one.payroll, row.one.due,
                Money(sum(row.one.received.values())), row.one.outstanding,
            ),
        )
        for row in rows
    ]  # fmt: skip
    return table_file(
        unit, f"levies-{month}", Words(f"{month} 拨缴经费", f"Levies of {month}"),
        month.period.last, columns, lines, heads=Words("缴费单位", "Employer"), form=form,
    )  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------


@levies_page.post("/desk/<unit>/levies/employers")
@may_record
def employer(unit: str) -> Response:
    """Register an employer, with a union since a day or without."""
    faults: list[Finding] = []
    name, code = typed.text("name", 120), typed.text("credit_code", 40)
    since = day_typed("union_since", faults)
    try:
        if not name:
            faults.append(bad_field("名称须填写", "the employer has a name"))
        if faults:
            raise Refused(*faults)
        register(
            desk().registry, unit, name, code, current_user(), desk().clock(), union_since=since
        )
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, "employer")


@levies_page.post("/desk/<unit>/levies/declared")
@may_record
def declared(unit: str) -> Response:
    """Enter the payroll of the form; unchanged it changes nothing."""
    faults: list[Finding] = []
    payroll = typed.amount("payroll", faults)
    who = typed.text("employer", 40)
    try:
        month = typed.month_typed()
        if not who:
            faults.append(bad_field("选择缴费单位", "choose the employer"))
        if faults or payroll is None:
            raise Refused(*faults)
        done = declare(
            desk().registry, unit, month, [Declared(who, payroll)], current_user(), desk().clock()
        )
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, f"declared {len(done)}", str(month))


@levies_page.post("/desk/<unit>/levies/list")
@may_record
@accepts(LARGEST_FORM)
def listed(unit: str) -> Response:
    """Enter a list of payrolls, all of it or nothing."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is None or not name:
        return _overview(unit, (bad_field("选择申报清单", "choose the list of payrolls"),))
    try:
        done = declare_list(
            desk().registry, unit, file.read(), name, current_user(), desk().clock()
        )
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, f"declared {len(done)}", done[0].month if done else "")


@levies_page.post("/desk/<unit>/levies/coming")
@may_record
def coming(unit: str) -> Response:
    """Expect an amount of an employer's month, by one of the ways."""
    faults: list[Finding] = []
    amount = typed.amount("amount", faults)
    who, channel = typed.text("employer", 40), typed.chosen(CHANNELS, typed.text("channel", 10))
    code = _code(typed.text("code", 40), faults)
    try:
        month = typed.month_typed()
        if not who or not channel:
            faults.append(bad_field("选择单位与渠道", "choose the employer and the way"))
        if faults or amount is None:
            raise Refused(*faults)
        done = announce(
            desk().registry, unit, month, [Coming(who, amount)], channel, current_user(),
            desk().clock(), code,
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    ours = done.code.isascii()  # else a document's number, which the address does not repeat
    return _done(unit, f"announced {done.code}" if ours else "announced", str(month))


def _code(text: str, faults: list[Finding]) -> str:
    """A code that a payment can be found by: one of ours, or a document's number."""
    if not text:
        return ""
    found = find_codes(text)
    code = document_number(text) or (found[0] if len(found) == 1 else "")
    if not code or len(code) > 24:
        faults.append(
            bad_field("编号写作 BL2026-0001-9 或 青财预〔2026〕12号，或留空",
                      "a code is BL2026-0001-9 or 青财预〔2026〕12号, or empty")
        )  # fmt: skip
        return ""
    return code


def _done(unit: str, told: str, month: str = "") -> Response:
    place = url_for("work-levies.overview", unit=unit, done=told, month=month or None)
    return redirect(place, 303)
