"""``/desk/<unit>/members``: the unit's members, lists of them, transfers that wait, doubles.

Names are shown to who may record, when they ask for them; the log keeps that they did.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers import roster
from ledger.dues import merging, transferring
from ledger.dues.change import Change
from ledger.dues.enrolling import Enrolled, Said, enroll
from ledger.dues.member_file import rules_collected
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, Refused, Words, finding
from ledger.money import yuan
from ledger.registry import members, oplog, persons
from ledger.registry.persons import PersonData
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work.frame import LARGEST_FORM, page
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.registry.members import MemberRow

members_page = Blueprint("work-members", __name__)

#: What a member is of the unit, in words.
STATES: Final = {
    members.ACTIVE: Words("在籍", "member"),
    members.LEFT: Words("已离会", "left"),
    members.TRANSFERRED: Words("已转出", "transferred"),
    members.MERGED: Words("已并入", "merged"),
}
_MOST: Final = 100
#: Years of which a form may speak: the month before and the one after are months as well.
FIRST_YEAR: Final = 1901
LAST_YEAR: Final = 2998


@members_page.get("/desk/<unit>/members", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), compared: Enrolled | None = None
) -> Response:
    registry, user = desk().registry, current_user()
    begins = request.args.get("q", "").strip()[:20]
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    records = user.may("record", unit)
    named = records and request.args.get("names") == "1"
    with registry.read() as conn:
        found = members.page(
            conn, unit, begins=begins, state=state, after=request.args.get("after", "")[:20],
            most=_MOST + 1,
        )  # fmt: skip
        count = members.count(conn, unit, begins=begins, state=state)
    waits = transferring.waiting(registry, unit, user)
    shown = found[:_MOST]
    with registry.read() as conn:
        coming = members.with_ids(conn, {one.row.member for one in waits})
    names = _names(unit, [*shown, *coming.values()]) if named else {}
    return page(
        "work/members.html",
        unit,
        findings=findings,
        tab="members",
        members=shown,
        more=shown[-1].number if len(found) > _MOST else "",
        count=count,
        q=begins,
        state=state,
        states=STATES,
        names=names,
        named=named,
        waits=waits,
        doubles=merging.doubles(registry, unit, user)
        if records and request.args.get("doubles") == "1"
        else None,
        rules=rules_collected(registry, unit),
        compared=compared,
        typed=request.form,
    )


def _names(unit: str, rows: list[MemberRow]) -> dict[str, str]:
    """The names of members, by id; that they were shown is kept."""
    registry = desk().registry
    with registry.write() as conn:
        people = persons.read_many(conn, registry.vault, {row.person for row in rows})
        oplog.record(
            conn, at=desk().clock(), user=current_user().id, unit=unit, action="member.names",
            object=f"{len(rows)} members",
        )  # fmt: skip
    return {row.id: people[row.person].name if row.person in people else "" for row in rows}


# ---- entering ----------------------------------------------------------------------------------


@members_page.post("/desk/<unit>/members")
@may_record
def add(unit: str) -> Response:
    """Enter the one member of the form."""
    try:
        said = _said()
        rule = _text("rule", 24) or None
        done = enroll(desk().registry, unit, [said], "", current_user(), desk().clock(), rule=rule)
        if not done.fresh:
            raise Refused(
                finding(
                    "member-known", "此编号已登记", "a member has that number already",
                    "打开该会员办理变动", "open that member to change what is known",
                )
            )  # fmt: skip
    except Refused as fault:
        return _overview(unit, fault.findings)
    return redirect(url_for("work-members.overview", unit=unit, done="members 1"), 303)


def _said() -> Said:
    """The member that the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    number, name = _text("number", 20), _text("name", 100)
    if not number or not name:
        faults.append(bad_field("编号与姓名须填写", "a member has a number and a name"))
    joined = day_typed("joined", faults)
    base = fen_typed("base", faults)
    if faults:
        raise Refused(*faults)
    since = joined or desk().clock().date()
    accounts = tuple(part for part in _text("account", 200).replace("、", ",").split(",") if part)
    consents = ("payroll-deduction",) if request.form.get("withheld") else ()
    change = Change(
        since, status=_text("status", 40) or None, base=base,
        employer=_text("employer", 100) or None, consents=consents,
    )  # fmt: skip
    person = PersonData(name, _text("phone", 30), _text("identity", 30), accounts)
    return Said(0, number, person, joined, change, False)


@members_page.post("/desk/<unit>/members/list")
@may_record
@accepts(LARGEST_FORM)
def add_list(unit: str) -> Response:
    """Enter a list, all of it or nothing; what would change is shown and accepted first."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is None or not name:
        none = finding(
            "no-file", "没有选择文件", "no file was chosen", "选择名单后再登记", "choose a list",
        )  # fmt: skip
        return _overview(unit, (none,))
    accept = bool(request.form.get("accept"))
    try:
        done = roster.enter_roster(
            desk().registry, unit, file.read(), name, current_user(), desk().clock(),
            rule=_text("rule", 24) or None, accept=accept,
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings[:_MOST])
    if not done.entered:
        return _overview(unit, compared=done)
    told = f"compared {len(done.changed)}" if done.changed else f"members {len(done.fresh)}"
    return redirect(url_for("work-members.overview", unit=unit, done=told), 303)


# ---- transfers and doubles ---------------------------------------------------------------------


@members_page.post("/desk/<unit>/members/transfers/<transfer>")
@may_record
def answer(unit: str, transfer: str) -> Response:
    """Accept, refuse or withdraw a transfer; which side may do what is decided behind it."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    act, reason = request.form.get("act", ""), _text("reason", 200)
    try:
        if act == "accept":
            transferring.accept(registry, transfer, _text("number", 20), user, now)
        elif act == "refuse":
            transferring.refuse(registry, transfer, reason, user, now)
        elif act == "withdraw":
            transferring.withdraw(registry, transfer, reason, user, now)
        else:
            abort(400)
    except Refused as fault:
        return _overview(unit, fault.findings)
    done = "transfer accepted" if act == "accept" else "transfer closed"
    return redirect(url_for("work-members.overview", unit=unit, done=done), 303)


@members_page.post("/desk/<unit>/members/merge")
@may_record
def merge(unit: str) -> Response:
    """Make a double one with another member, or take that back."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    reason, undo = _text("reason", 200), request.form.get("act") == "undo"
    try:
        double = _numbered(unit, _text("double", 20))
        if undo:
            merging.unmerge(registry, double, reason, user, now)
        else:
            merging.merge(registry, double, _numbered(unit, _text("into", 20)), reason, user, now)
    except Refused as fault:
        return _overview(unit, fault.findings)
    done = "unmerged" if undo else "merged"
    return redirect(url_for("work-members.overview", unit=unit, done=done), 303)


def _numbered(unit: str, number: str) -> MemberRow:
    with desk().registry.read() as conn:
        row = members.by_number(conn, unit, number)
    if row is None:
        raise Refused(
            finding(
                "no-member", "没有此编号的会员", "no member has that number",
                "核对会员编号", "check the number",
            )
        )  # fmt: skip
    return row


# ---- fields of forms ---------------------------------------------------------------------------


def _text(name: str, longest: int) -> str:
    return safe_text(request.form.get(name, ""), longest).strip()


def bad_field(zh: str, en: str) -> Finding:
    return finding("bad-field", zh, en, "改正后再提交", "correct it and send it again")


def day_of(text: str) -> date:
    """A day that a book may have; ValueError for any other, and for what is none."""
    found = date.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"no day of ours: {text[:20]}")
    return found


def day_typed(name: str, faults: list[Finding]) -> date | None:
    """The day of a field; None if it is empty, a finding if it is none."""
    text = _text(name, 20)
    try:
        return day_of(text) if text else None
    except ValueError:
        faults.append(bad_field("日期写作 2026-03-05", "a day is written 2026-03-05"))
        return None


def fen_typed(name: str, faults: list[Finding]) -> int | None:
    """The amount of a field in fen; None if it is empty, a finding if it is none."""
    text = _text(name, 20).replace(",", "").replace("，", "")
    try:
        fen = yuan(text).fen if text else None
    except ValueError:
        fen = -1
    if fen is not None and fen < 0:
        faults.append(bad_field("金额不为负，至多两位小数", "an amount has at most two decimals"))
        return None
    return fen
