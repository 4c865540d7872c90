"""``/audit/<unit>/findings/<code>``: one finding with its subject, correction and history."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, abort, request

from ledger.audit import correcting, findings
from ledger.audit.correcting import HOW_WORDS
from ledger.audit.standing import (
    ANSWERED,
    OPEN,
    ORIGIN_WORDS,
    OUTCOME_WORDS,
    SEVERITY_WORDS,
    STATE_WORDS,
    WAITS_WORDS,
    Standing,
    standing,
)
from ledger.audit.subjects import KIND_WORDS, VOUCHER
from ledger.canonical_reader import parse_voucher
from ledger.entry import size_fen
from ledger.errors import CannotRun, Finding
from ledger.money import Money
from ledger.registry import entries
from reports.web.access import current_user, desk, may_audit, may_browse, may_record
from reports.web.work import typed
from reports.web.work.audit_bench import bench_page, href_of
from reports.web.work.doing import do
from reports.web.work.frame import logins

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

    from ledger.audit.correcting import Correction
    from ledger.entry import Voucher

finding_page = Blueprint("work-audit-finding", __name__)


@finding_page.get("/audit/<unit>/findings/<code>", provide_automatic_options=False)
@may_browse
def shown(unit: str, code: str) -> Response:
    return _page(unit, code)


def _page(unit: str, code: str, faults: tuple[Finding, ...] = (), act: str = "") -> Response:
    """Where a form was refused, ``act`` says which, and it stays open with what was typed."""
    registry, user = desk().registry, current_user()
    try:
        with registry.read() as conn:
            one = standing(conn, unit, code)
            every = correcting.corrections(conn, one.row, one.acts)
            subject = _subject(conn, one)
    except CannotRun:
        abort(404)
    return bench_page(
        "work/audit_finding.html", unit, "findings", findings=faults, one=one, row=one.row,
        texts=findings.texts_of(registry, one, user), corrections=every, how=HOW_WORDS,
        subject=subject, size=Money(size_fen(subject.draft.postings)) if subject else None,
        href=href_of(one), acts=_acts(one, every), act=act, typed=request.form if act else {},
        logins=logins(), states=STATE_WORDS, severities=SEVERITY_WORDS, kinds=KIND_WORDS,
        origins=ORIGIN_WORDS, outcomes=OUTCOME_WORDS, whom=WAITS_WORDS, path=quote(code),
        reversed=any(each.how == correcting.REVERSAL for each in every),
    )  # fmt: skip


def _subject(conn: Connection, one: Standing) -> Voucher | None:
    """The voucher that it is about, if it is about one."""
    row = (
        entries.by_number(conn, one.row.unit, one.row.subject) if one.row.kind == VOUCHER else None
    )
    return None if row is None else parse_voucher(row.text.decode())


def _acts(one: Standing, every: list[Correction]) -> list[str]:
    """What this reader may do of it as it stands, the likely one first."""
    user, unit = current_user(), one.row.unit
    audits = user.may("audit", unit)
    shows = one.row.kind == VOUCHER and bool(every)
    possible = {
        "answer": user.may("record", unit) and one.waits_for == "unit",
        "close": audits and one.is_open and (one.state == ANSWERED or shows),
        "return": audits and one.state == ANSWERED,
        "withdraw": audits and one.state == OPEN and one.row.user == user.id,
    }
    return [name for name, can in possible.items() if can]


@finding_page.post("/audit/<unit>/findings/<code>/answer")
@may_record
def answer(unit: str, code: str) -> Response:
    """The unit's answer; the voucher that it names is looked for in the journal."""
    return _do(unit, code, "answer", "finding-answered", lambda: findings.answer(
        desk().registry, unit, code, _text(), current_user(), desk().clock(),
        typed.text("voucher", 40),
    ))  # fmt: skip


@finding_page.post("/audit/<unit>/findings/<code>/return")
@may_audit
def send_back(unit: str, code: str) -> Response:
    return _do(unit, code, "return", "finding-returned", lambda: findings.send_back(
        desk().registry, unit, code, _text(), current_user(), desk().clock()
    ))  # fmt: skip


@finding_page.post("/audit/<unit>/findings/<code>/close")
@may_audit
def close(unit: str, code: str) -> Response:
    return _do(unit, code, "close", "finding-closed", lambda: findings.close(
        desk().registry, unit, code, typed.text("outcome", 20), _text(), current_user(),
        desk().clock(),
    ))  # fmt: skip


@finding_page.post("/audit/<unit>/findings/<code>/withdraw")
@may_audit
def withdraw(unit: str, code: str) -> Response:
    return _do(unit, code, "withdraw", "finding-withdrawn", lambda: findings.withdraw(
        desk().registry, unit, code, _text(), current_user(), desk().clock()
    ))  # fmt: skip


def _text() -> str:
    return request.form.get("text", "")[:4001]


def _do(unit: str, code: str, act: str, done: str, deed: Callable[[], object]) -> Response:
    return do(
        deed, partial(_page, unit, code, act=act), "work-audit-finding.shown", unit=unit,
        code=code, done=done, missing=True,
    )  # fmt: skip
