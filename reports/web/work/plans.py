"""``/desk/<unit>/plans``: a pool divided among lower units: looked at, proposed, run again.

A plan comes as a file or is pasted; it is worked out and shown, and exactly what was shown is
proposed. The draft waits for another person like every draft.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers.plans import read_plan
from ledger.errors import Finding, LedgerError, Refused, Words, finding
from ledger.money import Money, percent_text
from ledger.plans import planning
from ledger.plans.plan import BASES
from ledger.registry import drafts, plans, units
from ledger.tree.words import LEVELS
from reports.statement import COUNT, TEXT, Column
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.shares import Part, drawing
from reports.web.work.frame import LARGEST_FORM, logins, page
from reports.web.work.tables import FORMS, form_asked, table_file
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.plans.plan import Plan
    from ledger.plans.reckoning import Preview
    from reports.statement import Cell

plans_page = Blueprint("work-plans", __name__)

_PASTED: Final = "pasted.toml"
_NO_LEVEL: Final = Words("未写层级", "no level")


@dataclass(frozen=True)
class ByLevel:
    """What units of one level get together."""

    level: Words
    units: int
    fen: int
    share: str
    each: str


@plans_page.get("/desk/<unit>/plans", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = (), name: str = "") -> Response:
    """The unit's plans, latest first, and the form; faults of rows in a table of their own."""
    report = findings if any(fault.line is not None for fault in findings) else ()
    if report:
        findings = (_not_read(name, len(report)),)
    with desk().registry.read() as conn:
        known = plans.versions(conn, unit)
        states = {row.draft: drafts.find(conn, row.draft) for row in known}
    return page(
        "work/plans.html", unit, findings=findings, tab="plans", report=report, file=name,
        versions=sorted(known, key=lambda one: (one.at, one.id, one.version), reverse=True),
        states={key: row.state for key, row in states.items() if row is not None},
        logins=logins(), typed=request.form.get("text", ""),
    )  # fmt: skip


@plans_page.post("/desk/<unit>/plans")
@may_browse
@accepts(LARGEST_FORM)
def look(unit: str) -> Response:
    """Work out the plan of the form and show it; nothing is written."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    data = file.read() if file and name else request.form.get("text", "").encode()
    if not data.strip():
        return _overview(unit, (_nothing_sent(),))
    return _shown(unit, data, name or _PASTED)


@plans_page.get("/desk/<unit>/plans/<plan>", provide_automatic_options=False)
@may_browse
def again(unit: str, plan: str) -> Response:
    """The plan as it was last proposed, on today's facts: what is different now."""
    with desk().registry.read() as conn:
        known = plans.versions(conn, unit, plan)
    if not known:
        abort(404)
    last = known[-1]
    if form := form_asked():
        try:
            found = planning.preview(
                desk().registry, _of_unit(unit, read_plan(last.text, last.file)), current_user()
            )
        except LedgerError:
            abort(404)
        return _file(unit, found, form)
    return _shown(unit, last.text, last.file, last)


@plans_page.post("/desk/<unit>/plans/propose")
@may_record
@accepts(LARGEST_FORM)
def propose(unit: str) -> Response:
    """Propose what was shown; refused if it would be something else by now."""
    name = sent_name(request.form.get("name", "")) or _PASTED
    try:
        data = base64.b64decode(request.form.get("plan", ""), validate=True)
    except (binascii.Error, ValueError):
        abort(400)
    registry, user = desk().registry, current_user()
    try:
        plan = _of_unit(unit, read_plan(data, name))
        seen = _digest(planning.preview(registry, plan, user))
        if seen != request.form.get("seen", ""):
            raise Refused(_changed())
        done = planning.propose(registry, plan, data, user, desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings, name)
    told = f"plan {done.version}"
    return redirect(url_for("work-plans.again", unit=unit, plan=plan.id, done=told), 303)


# ---- one plan ----------------------------------------------------------------------------------


def _shown(unit: str, data: bytes, name: str, last: plans.PlanVersion | None = None) -> Response:
    try:
        plan = _of_unit(unit, read_plan(data, name))
        found = planning.preview(desk().registry, plan, current_user())
    except LedgerError as fault:
        return _overview(unit, fault.findings, name)
    levels = _by_level(found)
    whole = sum(row.fen for row in found.rows)
    draft = None
    if last is not None:
        with desk().registry.read() as conn:
            draft = drafts.find(conn, last.draft)
    return page(
        "work/plan.html", unit, tab="plans", found=found, plan=found.plan, last=last, draft=draft,
        base=BASES[plan.base], levels=levels,
        picture=drawing([
            Part(one.level, Fraction(one.fen), Fraction(one.fen),
                 f"{Money(one.fen).grouped} {one.share}")
            for one in levels
        ]),
        whole=whole, before=sum(row.before for row in found.rows),
        difference=sum(row.difference for row in found.rows),
        ground=percent_text(sum(row.fen for row in found.rows if row.grass_roots), whole),
        told_rows=found.as_json()["rows"], name=name, seen=_digest(found),
        sent=base64.b64encode(data).decode(), forms=FORMS,
        is_new=any(row.difference > 0 for row in found.rows),
    )  # fmt: skip


def _of_unit(unit: str, plan: Plan) -> Plan:
    """The plan if this unit pays it: others are for their own desks."""
    if plan.payer == unit:
        return plan
    raise Refused(
        finding(
            "other-payer", f"方案的付款单位不是 {unit}", f"the plan's payer is not {unit}",
            "到付款单位的工作台办理，或改正付款单位",
            "go to the payer's desk, or correct the payer",
        )
    )  # fmt: skip


def _by_level(found: Preview) -> list[ByLevel]:
    with desk().registry.read() as conn:
        of = {row.id: row.level for row in units.all_units(conn)}
    whole = sum(row.fen for row in found.rows)
    levels = []
    for level, words in {**LEVELS, "": _NO_LEVEL}.items():
        rows = [row for row in found.rows if of.get(row.unit, "") == level]
        if rows:
            fen, heads = sum(row.fen for row in rows), sum(row.heads or 0 for row in rows)
            each = Money(fen).times(Fraction(1, heads)).grouped if heads else "—"
            levels.append(ByLevel(words, len(rows), fen, percent_text(fen, whole), each))
    return levels


def _digest(found: Preview) -> str:
    """What was shown, in short."""
    told = json.dumps(found.as_json(), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _file(unit: str, found: Preview, form: str) -> Response:
    columns = (
        Column("heads", Words("人数", "Heads"), COUNT, 0.6),
        Column("base", Words("基数", "Base"), TEXT, 0.8),
        Column("weight", Words("权重", "Weight"), TEXT, 0.6),
        Column("amount", Words("应给", "Amount"), primary=True),
        Column("before", Words("已下达", "Before")),
        Column("difference", Words("差额", "Difference")),
        Column("each", Words("人均", "Per head"), TEXT, 0.8),
        Column("short", Words("低于保底", "Below the floor"), TEXT, 0.8),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            row.unit, Words(row.name, row.unit),
            (
                row.heads, told["base"], told["weight"], Money(row.fen), Money(row.before),
                Money(row.difference), told["per_head"], told["short"],
            ),
        )
        for row, told in zip(found.rows, found.as_json()["rows"], strict=True)
    ]  # fmt: skip
    sums = [sum(getattr(row, key) for row in found.rows) for key in ("fen", "before", "difference")]
    plan = found.plan
    return table_file(
        unit, f"plan-{plan.id}", Words(f"分配方案 {plan.name}", f"Distribution plan {plan.id}"),
        desk().clock().date(), columns, rows, heads=Words("单位", "Unit"), form=form,
        total=(None, None, None, *(Money(fen) for fen in sums), None, None),
    )  # fmt: skip


# ---- findings ----------------------------------------------------------------------------------


def _nothing_sent() -> Finding:
    return finding(
        "no-file", "没有选择方案文件，也没有粘贴", "no plan was chosen or pasted",
        "选择 TOML、XLSX 或 CSV，或粘贴 TOML", "choose a TOML, XLSX or CSV file, or paste TOML",
    )  # fmt: skip


def _not_read(name: str, count: int) -> Finding:
    return finding(
        "list-faults", f"{name} 有 {count} 处不符，没有试算",
        f"{count} faults in {name}: it was not worked out",
        "按下表改正后重新选择文件", "correct what the table names and choose the file again",
    )  # fmt: skip


def _changed() -> Finding:
    return finding(
        "plan-changed", "看过之后人数、单位或已下达数有变，没有提出",
        "heads, units or what was ordered changed since it was shown: nothing was proposed",
        "重新试算后再提出", "work it out again, and propose that",
    )  # fmt: skip
