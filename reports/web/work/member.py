"""``/desk/<unit>/members/<member>``: one member: facts and their versions, dues by month and why.

Whoever opens it is kept in the log; who the member is, is shown to who may record and asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.dues import transferring
from ledger.dues.change import Change
from ledger.dues.changing import change_member, change_person
from ledger.dues.dossier_words import CONSENTS, RULE_NAMES
from ledger.dues.explaining import Explanation, explain
from ledger.dues.member_file import MemberFile, member_file, rules_collected
from ledger.entry import safe_text
from ledger.errors import Finding, Refused
from ledger.period import Month
from ledger.registry import members, units
from ledger.registry.persons import PersonData
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work.frame import page
from reports.web.work.members import STATES, bad_field, day_typed, fen_typed

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.registry.members import MemberRow

member_page = Blueprint("work-member", __name__)

_MOST_MONTHS: Final = 36


@member_page.get("/desk/<unit>/members/<member>", provide_automatic_options=False)
@may_browse
def overview(unit: str, member: str) -> Response:
    return _overview(unit, _row(unit, member))


def _row(unit: str, member: str) -> MemberRow:
    with desk().registry.read() as conn:
        row = members.find(conn, member)
    if row is None or row.unit != unit:
        abort(404)
    return row


def _overview(unit: str, row: MemberRow, findings: tuple[Finding, ...] = ()) -> Response:
    registry, user = desk().registry, current_user()
    named = user.may("record", unit) and request.args.get("names") == "1"
    found = member_file(registry, row, user, desk().clock(), names=named)
    month = _month_asked(found)
    with registry.read() as conn:
        others = [one for one in units.all_units(conn) if one.id != unit and one.closed is None]
    return page(
        "work/member.html",
        unit,
        findings=findings,
        tab="members",
        file=found,
        row=found.row,
        months=found.months[:_MOST_MONTHS],
        month=month,
        explained=_explained(found, month),
        states=STATES,
        consents=CONSENTS,
        rule_names=RULE_NAMES,
        numbers={one.id: one.number for one in found.same},
        units=others,
        rules=sorted({*rules_collected(registry, unit), *(one.rule for one in found.rules)}),
        named=named,
        typed=request.form,
        today=desk().clock().date().isoformat(),
    )


def _month_asked(found: MemberFile) -> str:
    """The month of the address, if the member was assessed for it; else the newest one."""
    known = [one.month for one in found.months]
    asked = request.args.get("month", "")
    return asked if asked in known else (known[0] if known else "")


def _explained(found: MemberFile, month: str) -> list[Explanation]:
    if not month:
        return []
    rows = [found.row, *found.same]
    named = {one.member for one in found.months if one.month == month}
    return [
        one
        for row in rows
        if row.id in named
        for one in explain(desk().registry, row, Month.parse(month))
    ]


# ---- changes -----------------------------------------------------------------------------------


@member_page.post("/desk/<unit>/members/<member>")
@may_record
def change(unit: str, member: str) -> Response:
    """Record the change of the form, as one version."""
    row = _row(unit, member)
    registry, user, now = desk().registry, current_user(), desk().clock()
    try:
        if request.form.get("act") == "person":
            accounts = _text("account", 200).replace("、", ",").split(",")
            said = PersonData(
                _text("name", 100), _text("phone", 30), _text("identity", 30),
                tuple(part.strip() for part in accounts if part.strip()),
            )  # fmt: skip
            change_person(registry, row, said, user, now)
        elif request.form.get("act") == "transfer":
            _ask(row)
            return _back(row, "transfer asked")
        else:
            change_member(registry, row, _change(), user, now)
    except Refused as fault:
        return _overview(unit, row, fault.findings)
    return _back(row, "member changed")


def _back(row: MemberRow, done: str) -> Response:
    return redirect(url_for("work-member.overview", unit=row.unit, member=row.id, done=done), 303)


def _ask(row: MemberRow) -> None:
    faults: list[Finding] = []
    day, paid = day_typed("since", faults), _month("paid_through", faults)
    to = _text("to", 40)
    with desk().registry.read() as conn:
        known = {one.id for one in units.all_units(conn)}
    if to not in known or day is None or paid is None:
        faults.append(bad_field("写明新单位、日期与原单位收至的月份",
                                "say the new unit, the day and our last month"))  # fmt: skip
        raise Refused(*faults)
    transferring.ask(
        desk().registry, row, to, day, paid, _text("letter", 100), current_user(), desk().clock()
    )


def _change() -> Change:
    """The change that the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    since = day_typed("since", faults)
    if since is None and not faults:
        faults.append(bad_field("写明自何日起", "say from which day on"))
    told = _told(since, faults)
    if faults or told is None:
        raise Refused(*faults)
    return told


def _told(since: date | None, faults: list[Finding]) -> Change | None:
    base, chosen = fen_typed("base", faults), fen_typed("chosen", faults)
    reduction, until = fen_typed("reduction", faults), _month("until", faults)
    if since is None:
        return None
    act = request.form.get("act", "")
    consent = _text("consent", 40)
    return Change(
        since,
        rule=_text("rule", 24) or None,
        status=_text("status", 40) or None,
        base=base,
        base_kind=_text("base_kind", 24),
        chosen=chosen,
        decision=_text("decision", 100),
        reduction=reduction,
        until=until,
        reason=_text("reason", 100),
        study=_text("study", 100),
        approval=_text("approval", 100),
        reduction_ends=act == "reduction-ends",
        frequency=_text("frequency", 20) or None,
        employer=_text("employer", 100) or None,
        consents=(consent,) if consent and act != "consent-ends" else (),
        consent_ends=consent if consent and act == "consent-ends" else None,
        left=act == "left",
        returned=act == "returned",
    )


def _month(name: str, faults: list[Finding]) -> Month | None:
    text = _text(name, 10)
    try:
        return Month.parse(text) if text else None
    except ValueError:
        faults.append(bad_field("月份写作 2026-03", "a month is written 2026-03"))
        return None


def _text(name: str, longest: int) -> str:
    return safe_text(request.form.get(name, ""), longest).strip()
