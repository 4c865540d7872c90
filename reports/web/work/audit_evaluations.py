"""``/audit/<unit>/evaluations``: what auditors say of a period or a project, for everybody."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, request

from ledger.audit import evaluations
from ledger.audit.evaluation_standing import (
    OF_ALLOCATION,
    OF_CAMPAIGN,
    OF_FUND,
    RESULT_WORDS,
    SCOPE_WORDS,
    STATE_WORDS,
    Evaluation,
)
from ledger.audit.evaluation_standing import evaluations as standing_of
from ledger.audit.evaluations import Said
from ledger.audit.standing import SEVERITY_WORDS, WITHDRAWN, standings
from ledger.audit.standing import STATE_WORDS as OF_FINDINGS
from ledger.errors import Finding, Words
from ledger.registry import allocations, campaigns
from ledger.registry.audit_evaluations import WAITING
from reports.statement import COUNT, DAY, TEXT, Column
from reports.web.access import current_user, desk, may_audit, may_browse
from reports.web.work import typed
from reports.web.work.audit_bench import bench_page
from reports.web.work.doing import do
from reports.web.work.frame import Choice, fund_choices, logins
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response

    from reports.statement import Cell

evaluations_page = Blueprint("work-audit-evaluations", __name__)


@evaluations_page.get("/audit/<unit>/evaluations", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    if form := form_asked():
        return _file(unit, standing_of(desk().registry, [unit]), form)
    return _page(unit)


def _page(unit: str, faults: tuple[Finding, ...] = (), act: str = "") -> Response:
    """Where a form was refused, ``act`` says which, and it stays open with what was typed."""
    registry, user = desk().registry, current_user()
    found = standing_of(registry, [unit])
    writes = user.may("audit", unit)
    return bench_page(
        "work/audit_evaluations.html", unit, "evaluations", findings=faults, found=found,
        scopes=SCOPE_WORDS, results=RESULT_WORDS, states=STATE_WORDS, severities=SEVERITY_WORDS,
        of_findings=OF_FINDINGS, logins=logins(), forms=FORMS, me=user.id, act=act,
        typed=request.form if act else request.args, chosen=request.form.getlist("finding"),
        projects=_projects(unit) if writes else [],
        behind=[one for one in standings(registry, [unit]) if one.state != WITHDRAWN]
        if writes else [],
        waiting=[one for one in found if one.state == WAITING],
        correctable=[one for one in found if one.state != WAITING],
    )  # fmt: skip


def _projects(unit: str) -> list[tuple[Words, list[Choice]]]:
    """What a project may be, by its kind: the value says both."""
    with desk().registry.read() as conn:
        raised = campaigns.of_unit(conn, unit)
        granted = allocations.of_unit(conn, unit)
    kinds = (
        (OF_CAMPAIGN, [(row.code, row.name) for row in raised]),
        (OF_FUND, [(one.value, one.label) for one in fund_choices(unit)]),
        (OF_ALLOCATION, [(row.code, row.name) for row in granted]),
    )
    return [
        (SCOPE_WORDS[kind], [Choice(f"{kind}:{code}", f"{code} {name}") for code, name in every])
        for kind, every in kinds
        if every
    ]


@evaluations_page.post("/audit/<unit>/evaluations")
@may_audit
def add(unit: str) -> Response:
    """Write one, or the next version of one: that is of the same thing and period."""

    def deed() -> None:
        scope, _, subject = (typed.text("of", 80) or "period:").partition(":")
        period, corrects = typed.text("period", 10), typed.text("corrects", 24)
        if corrects:
            first = next(
                (one.versions[0].row for one in standing_of(desk().registry, [unit])
                 if one.code == corrects), None,
            )  # fmt: skip
            if first is not None:
                scope, subject, period = first.scope, first.subject, first.period
        chosen = tuple(code[:24] for code in request.form.getlist("finding")[:500])
        said = Said(
            unit, period, typed.text("result", 20), request.form.get("words", "")[:2001], scope,
            subject, chosen if chosen or typed.text("which", 10) == "chosen" else None, corrects,
            typed.text("note", 301),
        )  # fmt: skip
        evaluations.add(desk().registry, said, current_user(), desk().clock())

    return _do(unit, "add", "evaluation-added", deed)


@evaluations_page.post("/audit/<unit>/evaluations/<code>/confirm")
@may_audit
def confirm(unit: str, code: str) -> Response:
    return _do(unit, "confirm", "evaluation-confirmed", lambda: evaluations.confirm(
        desk().registry, unit, code, current_user(), desk().clock()
    ))  # fmt: skip


@evaluations_page.post("/audit/<unit>/evaluations/<code>/back")
@may_audit
def back(unit: str, code: str) -> Response:
    return _do(unit, "back", "evaluation-back", lambda: evaluations.send_back(
        desk().registry, unit, code, current_user(), desk().clock()
    ))  # fmt: skip


def _do(unit: str, act: str, done: str, deed: Callable[[], object]) -> Response:
    return do(
        deed, partial(_page, unit, act=act), "work-audit-evaluations.overview", unit=unit,
        done=done, missing=True,
    )  # fmt: skip


def _file(unit: str, found: Sequence[Evaluation], form: str) -> Response:
    columns = (
        Column("version", Words("版本", "Version"), COUNT, 0.5),
        Column("scope", Words("对象", "Of"), TEXT, 0.9),
        Column("subject", Words("项目", "Project"), TEXT, 1.2),
        Column("period", Words("期间", "Period"), TEXT, 0.8),
        Column("result", Words("结论", "Result"), TEXT, 0.9),
        Column("words", Words("评价", "Words"), TEXT, 3),
        Column("findings", Words("审计发现", "Findings"), COUNT, 0.7),
        Column("state", Words("状态", "State"), TEXT, 1.2),
        Column("published", Words("公开日", "Published"), DAY, 0.9),
        Column("note", Words("更正说明", "Why corrected"), TEXT, 1.5),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for one in found:
        for version in one.versions:
            row = version.row
            cells = (
                row.version, SCOPE_WORDS[row.scope].zh, row.subject, row.period,
                RESULT_WORDS[row.result].zh, row.words, len(version.findings),
                STATE_WORDS[row.state].zh, row.day, row.note,
            )  # fmt: skip
            code = f"{row.code}/{row.version}"
            rows.append((code, Words(code, code), cells))
    return table_file(
        unit, "audit-evaluations", Words("审计评价", "Audit evaluations"), desk().clock().date(),
        columns, rows, heads=Words("编号", "Code"), form=form,
    )  # fmt: skip
