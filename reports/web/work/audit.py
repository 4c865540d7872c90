"""``/audit/<unit>``: the auditor's bench: what was found, how it stands, what waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from ledger.audit import findings
from ledger.audit.findings import Said
from ledger.audit.standing import (
    AUDITOR,
    ORIGIN_WORDS,
    OUTCOME_WORDS,
    SEVERITY_WORDS,
    STATE_WORDS,
    UNIT,
    WAITS_WORDS,
    Standing,
    standings,
)
from ledger.audit.subjects import KIND_WORDS
from ledger.errors import Finding, Words
from reports.statement import DAY, TEXT, Column
from reports.web.access import current_user, desk, may_audit, may_browse
from reports.web.audit_rows import FILLS, by_severity, totals
from reports.web.work import typed
from reports.web.work.audit_bench import bench_page, href_of
from reports.web.work.doing import do_and_open
from reports.web.work.frame import logins
from reports.web.work.objections import opens
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from reports.statement import Cell

audit_page = Blueprint("work-audit", __name__)

_PER_PAGE: Final = 100
_ASKED: Final = ("state", "severity", "waits", "kind", "q")


@audit_page.get("/audit/<unit>", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    asked = {name: request.args.get(name, "").strip()[:40] for name in _ASKED}
    every = standings(desk().registry, [unit])
    found = [one for one in every if _matches(one, asked)]
    if form := form_asked():
        return _file(unit, found, form)
    found.sort(key=lambda one: (not one.is_open, list(SEVERITY_WORDS).index(one.row.severity)))
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(typed.digits(request.args.get("page", "")) or 1, 1), pages)
    shown = found[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    return bench_page(
        "work/audit.html", unit, "findings", rows=[(one, href_of(one)) for one in shown],
        count=len(found), any=bool(every), picture=by_severity(every), totals=totals(every),
        waits={who: [one for one in every if one.waits_for == who] for who in (UNIT, AUDITOR)},
        asked=asked, given={name: text for name, text in asked.items() if text}, at=at,
        pages=pages, states=STATE_WORDS, severities=SEVERITY_WORDS, kinds=KIND_WORDS,
        whom=WAITS_WORDS, outcomes=OUTCOME_WORDS, fills=FILLS, forms=FORMS, logins=logins(),
    )  # fmt: skip


def _matches(one: Standing, asked: dict[str, str]) -> bool:
    return (
        asked["state"] in ("", one.state)
        and asked["severity"] in ("", one.row.severity)
        and asked["waits"] in ("", one.waits_for)
        and asked["kind"] in ("", one.row.kind)
        and asked["q"].upper() in f"{one.row.code} {one.row.subject}".upper()
    )


def _file(unit: str, found: Sequence[Standing], form: str) -> Response:
    """What was found as a file; what was written of it stays at the desk, where it is sealed."""
    columns = (
        Column("day", Words("提出日", "Opened"), DAY, 0.9),
        Column("severity", Words("程度", "Severity"), TEXT, 0.7),
        Column("kind", Words("对象", "Of what"), TEXT, 0.8),
        Column("reference", Words("引用", "Reference"), TEXT, 2),
        Column("period", Words("期间", "Period"), TEXT, 0.8),
        Column("origin", Words("来源", "From"), TEXT, 1.2),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("since", Words("自", "Since"), DAY, 0.9),
        Column("waits", Words("等谁办理", "Waits for"), TEXT, 0.8),
        Column("correction", Words("更正凭证", "Correction"), TEXT, 1.2),
        Column("outcome", Words("办结方式", "Outcome"), TEXT, 0.8),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for one in found:
        row = one.row
        cells = (
            row.at[:10], SEVERITY_WORDS[row.severity].zh, KIND_WORDS[row.kind].zh, one.reference,
            row.period, f"{ORIGIN_WORDS[row.origin].zh} {row.origin_name}".strip(),
            STATE_WORDS[one.state].zh, one.since,
            WAITS_WORDS[one.waits_for].zh if one.waits_for else "", one.voucher,
            OUTCOME_WORDS[one.outcome].zh if one.outcome else "",
        )  # fmt: skip
        rows.append((row.code, Words(row.code, row.code), cells))
    return table_file(
        unit, "audit-findings", Words("审计发现", "Audit findings"), desk().clock().date(),
        columns, rows, heads=Words("编号", "Code"), form=form,
    )  # fmt: skip


# ---- a new one ---------------------------------------------------------------------------------


@audit_page.get("/audit/<unit>/findings/new", provide_automatic_options=False)
@may_audit
def new(unit: str) -> Response:
    return _form(unit)


def _form(unit: str, faults: tuple[Finding, ...] = ()) -> Response:
    """The form; where a page leads here, its address says what it is about and where it is from."""
    given = request.form if request.method == "POST" else request.args
    return bench_page(
        "work/audit_new.html", unit, "findings", findings=faults, typed=given,
        severities=SEVERITY_WORDS, origins=ORIGIN_WORDS,
    )  # fmt: skip


@audit_page.post("/audit/<unit>/findings/new")
@may_audit
def open_one(unit: str) -> Response:
    def deed() -> str:
        said = Said(
            unit, typed.text("ref", 161), typed.text("period", 10), typed.text("severity", 10),
            request.form.get("text", "")[:4001], typed.text("origin", 10) or "free",
            typed.text("origin_name", 61), typed.text("digest", 65),
        )  # fmt: skip
        return findings.open_finding(
            desk().registry, said, current_user(), desk().clock(), lambda ref: opens(unit, ref)
        ).code

    return do_and_open(
        deed, lambda faults: _form(unit, faults),
        lambda code: f"/audit/{unit}/findings/{code}?done=finding-opened",
    )  # fmt: skip
