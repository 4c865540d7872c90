"""``/desk/<unit>/queue``: what waits for a checker; a draft with its papers, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger import workflow
from ledger.account import account_code, account_label
from ledger.aid.marks import batch_of
from ledger.entry import Voucher, size_fen
from ledger.errors import Refused
from ledger.gifts.waiting import gift_of
from ledger.money import Money
from ledger.registry import drafts as draft_rows
from ledger.registry import entries, papers, receipts, staging
from reports.web.access import current_user, desk, may_approve, may_browse, may_record
from reports.web.papers import SHOWN
from reports.web.vouchers import NOTES, half_at
from reports.web.work.audit_bench import to_answer
from reports.web.work.frame import logins, page

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.errors import Finding
    from ledger.workflow import Waiting

queue = Blueprint("work-queue", __name__)

_PICTURES: Final = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Row:
    """A draft in the list. ``mine`` if this user made or approved it."""

    id: str
    day: date
    kind: str
    narration: str
    payee: str
    size: Money
    approvals: int
    needed: int
    papers: int
    returned: bool
    mine: bool
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Paper:
    digest: str
    name: str
    href: str
    is_picture: bool
    opens: bool


@queue.get("/desk/<unit>/queue", provide_automatic_options=False)
@may_browse
def waiting(unit: str) -> Response:
    return _list(unit)


def _list(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    user = current_user()
    rows = [_row(found, user.id) for found in workflow.waiting(desk().registry, unit)]
    return page(
        "work/queue.html",
        unit,
        findings=findings,
        tab="queue",
        rows=rows,
        total=Money(sum(row.size.fen for row in rows)),
        audit_waits=to_answer(unit),
    )


@queue.post("/desk/<unit>/queue")
@may_approve
def approve_several(unit: str) -> Response:
    """Approve the chosen drafts: all of them, or none."""
    chosen = request.form.getlist("draft")[:200]
    if not chosen:
        return redirect(url_for("work-queue.waiting", unit=unit), 303)
    try:
        done = workflow.approve_many(desk().registry, unit, chosen, current_user(), desk().clock())
    except Refused as refused:
        return _list(unit, refused.findings)
    posted = sum(isinstance(result, Voucher) for result in done)
    return redirect(url_for("work-queue.waiting", unit=unit, done=f"posted {posted}"), 303)


@queue.get("/desk/<unit>/drafts/<draft_id>", provide_automatic_options=False)
@may_browse
def draft(unit: str, draft_id: str) -> Response:
    return _draft(unit, draft_id)


def _draft(unit: str, draft_id: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    try:
        found = workflow.find_waiting(registry, draft_id)
    except Refused:
        abort(404)
    if found.draft.unit != unit:
        abort(404)
    with registry.read() as conn:
        row = draft_rows.find(conn, draft_id)
        receipt = receipts.of_draft(conn, draft_id)
        known = entries.funds(conn, unit)
        behind = [
            line
            for number in staging.lines_of_draft(conn, draft_id)
            if (line := staging.find_line(conn, registry.vault, unit, number)) is not None
        ]
        stored = {paper.digest: paper for paper in papers.all_papers(conn, unit)}
        shown = [
            _paper(unit, digest, stored[digest].suffix if digest in stored else "",
                   papers.name_of(registry, conn, unit, digest) or "")
            for digest in found.draft.papers
        ]  # fmt: skip
    todo = _to_check(unit)
    at = todo.index(draft_id) if draft_id in todo else -1
    after = todo[at + 1] if at + 1 < len(todo) else None
    return page(
        "work/draft.html",
        unit,
        findings=findings,
        tab="queue",
        found=found,
        draft=found.draft,
        digest=row.digest if row else "",
        mine=found.maker == current_user().id,
        approved=current_user().id in found.approvals,
        postings=[
            (account_label(p.account), account_code(p.account), p.fund,
             known[p.fund].name if p.fund in known else "", p.meta, p.amount)
            for p in found.draft.postings
        ],
        half_at=half_at(found.draft.postings),
        size=_size(found),
        lines=behind,
        receipt=receipt,
        aid=batch_of(found.draft.source),
        gift=gift_of(found.draft.source),
        papers=shown,
        names=logins(),
        notes=NOTES,
        after=after,
        left=len(todo),
    )  # fmt: skip


@queue.post("/desk/<unit>/drafts/<draft_id>/approve")
@may_approve
def approve(unit: str, draft_id: str) -> Response:
    """Approve what was seen; with a second checker needed, say so."""
    _of_unit(unit, draft_id)
    try:
        result = workflow.approve(
            desk().registry, draft_id, current_user(), desk().clock(),
            seen=request.form.get("digest", ""),
        )  # fmt: skip
    except Refused as refused:
        return _draft(unit, draft_id, refused.findings)
    after = next(iter(_to_check(unit)), None)
    if isinstance(result, Voucher) and after is not None:
        told = f"posted {result.number}"
        return redirect(url_for("work-queue.draft", unit=unit, draft_id=after, done=told), 303)
    if isinstance(result, Voucher):
        return redirect(url_for("vouchers.voucher", unit=unit, number=result.number), 303)
    return redirect(url_for("work-queue.waiting", unit=unit, done="second"), 303)


@queue.post("/desk/<unit>/drafts/<draft_id>/return")
@may_approve
def send_back(unit: str, draft_id: str) -> Response:
    _of_unit(unit, draft_id)
    reason = request.form.get("reason", "")[:300]
    try:
        workflow.send_back(desk().registry, draft_id, current_user(), desk().clock(), reason)
    except Refused as refused:
        return _draft(unit, draft_id, refused.findings)
    return redirect(url_for("work-queue.waiting", unit=unit, done="returned"), 303)


@queue.post("/desk/<unit>/drafts/<draft_id>/withdraw")
@may_record
def withdraw(unit: str, draft_id: str) -> Response:
    _of_unit(unit, draft_id)
    try:
        workflow.withdraw(desk().registry, draft_id, current_user(), desk().clock())
    except Refused as refused:
        return _draft(unit, draft_id, refused.findings)
    return redirect(url_for("work-queue.waiting", unit=unit, done="withdrawn"), 303)


def _to_check(unit: str) -> list[str]:
    """What waits for this user to look at: not returned, and neither made nor approved by them."""
    user = current_user()
    if not user.may("approve", unit):
        return []
    return [
        found.id
        for found in workflow.waiting(desk().registry, unit)
        if found.state == draft_rows.WAITING and user.id not in (found.maker, *found.approvals)
    ]


def _of_unit(unit: str, draft_id: str) -> None:
    """404 unless the draft waits in the unit that the path names."""
    try:
        found = workflow.find_waiting(desk().registry, draft_id)
    except Refused:
        abort(404)
    if found.draft.unit != unit:
        abort(404)


def _size(found: Waiting) -> Money:
    return Money(size_fen(found.draft.postings))


def _row(found: Waiting, user: str) -> Row:
    draft_ = found.draft
    return Row(
        found.id,
        draft_.day,
        draft_.kind,
        draft_.narration,
        draft_.payee,
        _size(found),
        len(found.approvals),
        found.needed,
        len(draft_.papers),
        found.state == draft_rows.RETURNED,
        user == found.maker or user in found.approvals,
        found.warnings,
    )


def _paper(unit: str, digest: str, suffix: str, name: str) -> Paper:
    href = url_for("papers.paper", unit=unit, digest=digest)
    opens = suffix in SHOWN
    shown = f"{href}?show=1" if opens else href
    return Paper(digest, name or f"{digest[:12]}{suffix}", shown, suffix in _PICTURES, opens)
