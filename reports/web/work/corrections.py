"""Corrections: a maker's own draft in the entry form once more; the reversal of a voucher."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from importers import answering
from ledger import reversing, workflow
from ledger.account import account_code, account_label
from ledger.allocations.attributing import ALLOCATION
from ledger.allocations.naming import codes_in
from ledger.entry import Posting, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.fiscal.completing import without_half
from ledger.parallelcheck import OUTSIDE
from ledger.registry import entries, imports, papers
from reports.web.access import accepts, current_user, desk, may_record
from reports.web.work.entry import (
    MOST_ROWS,
    Typed,
    draft_of,
    entry_form,
    typed_from,
    typed_in,
)
from reports.web.work.frame import LARGEST_FORM, keep_papers, page, sent_papers

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.entry import Draft, Voucher
    from ledger.workflow import Waiting

corrections = Blueprint("work-corrections", __name__)


@dataclass(frozen=True)
class Corrected:
    """The draft that is corrected, for the form: what is kept of it, and what may not change."""

    id: str
    note: str
    papers: tuple[tuple[str, str], ...]
    fixed: bool


@corrections.get("/desk/<unit>/drafts/<draft_id>/edit", provide_automatic_options=False)
@may_record
def edit(unit: str, draft_id: str) -> Response:
    found = _own(unit, draft_id)
    typed = typed_from(_entered(found.draft), Typed(day=found.draft.day.isoformat()))
    return _form(unit, found, typed)


@corrections.post("/desk/<unit>/drafts/<draft_id>/edit")
@may_record
@accepts(LARGEST_FORM)
def amend(unit: str, draft_id: str) -> Response:
    """Put what was typed in place of the draft; whoever approved it has to look once more."""
    found = _own(unit, draft_id)
    typed = typed_in(request.form)
    if request.form.get("act") == "more":
        return _form(unit, found, typed, more=True)
    try:
        sent = sent_papers()
        draft = _corrected(unit, _entered(found.draft), typed)
        kept = tuple(
            digest for digest in found.draft.papers if digest in request.form.getlist("kept")
        )
        if found.draft.source.startswith("bank:"):
            kept = found.draft.papers  # the statement stays behind what came from it
        draft = replace(draft, papers=tuple(dict.fromkeys((*kept, *keep_papers(unit, sent)))))
        answering.correct(desk().registry, draft_id, draft, current_user(), desk().clock())
    except Refused as refused:
        return _form(unit, found, typed, refused.findings)
    return redirect(url_for("work-queue.draft", unit=unit, draft_id=draft_id, done="amended"), 303)


def _own(unit: str, draft_id: str) -> Waiting:
    """The user's own open draft in this unit; 404 for every other."""
    try:
        found = workflow.find_waiting(desk().registry, draft_id)
    except Refused:
        abort(404)
    if found.draft.unit != unit or found.maker != current_user().id:
        abort(404)
    return found


def _form(
    unit: str,
    found: Waiting,
    typed: Typed,
    findings: tuple[Finding, ...] = (),
    *,
    more: bool = False,
) -> Response:
    registry = desk().registry
    with registry.read() as conn:
        names = tuple(
            (digest, papers.name_of(registry, conn, unit, digest) or digest[:12])
            for digest in found.draft.papers
        )
    corrected = Corrected(found.id, found.note, names, _is_fixed(found.draft))
    return entry_form(unit, typed, findings=findings, more=more, corrected=corrected)


def _is_fixed(draft: Draft) -> bool:
    """Postings that settle claims, move lots or reverse a voucher are not retyped: other books
    hang on them. Nor are more than the form holds. Such a draft is withdrawn and made anew; its
    words and papers may be corrected."""
    if draft.reverses is not None or len(draft.postings) > MOST_ROWS:
        return True
    return any(
        posting.lot is not None or any(key == "claim" for key, _ in posting.meta)
        for posting in draft.postings
    )


def _entered(draft: Draft) -> Draft:
    """What of a draft is typed: a budgetary half that the rule added is added anew."""
    return draft if _is_fixed(draft) else without_half(draft)


def _corrected(unit: str, before: Draft, typed: Typed) -> Draft:
    """The draft as corrected: it keeps its source, its links, and the notes of unchanged rows."""
    if _is_fixed(before):
        typed = replace(typed, rows=typed_from(before, typed).rows)
    draft = draft_of(unit, typed)
    kept = {key: text for key, text in before.meta if key not in ("decision", OUTSIDE)}
    draft = replace(
        draft,
        source=before.source,
        reverses=before.reverses,
        links=before.links,
        tags=before.tags,
        meta=meta_of({**kept, "decision": typed.decision, OUTSIDE: typed.outside}),
    )
    if _is_fixed(before):
        return replace(draft, postings=before.postings, kind=before.kind)
    postings = _with_notes(before.postings, draft.postings)
    if typed.allocation or len(codes_in(before)) < 2:
        postings = _renamed(postings, draft.postings)
    draft = replace(draft, postings=postings, kind=voucher_class(postings))
    refuse_if(_bank_side(unit, before, draft))
    return draft


def _with_notes(before: tuple[Posting, ...], after: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """The new postings with the notes of those that stand as they stood: each is used once."""
    rest = list(before)
    found = []
    for posting in after:
        old = next(
            (p for p in rest
             if (p.account, p.fund, p.amount) == (posting.account, posting.fund, posting.amount)),
            None,
        )  # fmt: skip
        if old is not None:
            rest.remove(old)
        found.append(old or posting)
    return tuple(found)


def _renamed(kept: tuple[Posting, ...], typed: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """The postings with the allocation that the form says, or with none."""
    return tuple(
        replace(
            old,
            meta=meta_of({**dict(old.meta), ALLOCATION: dict(new.meta).get(ALLOCATION)}),
        )
        for old, new in zip(kept, typed, strict=True)
    )


def _bank_side(unit: str, before: Draft, after: Draft) -> list[Finding]:
    """What came from a statement still moves what the bank moved, and not before the bank did."""
    if not before.source.startswith("bank:"):
        return []
    registry = desk().registry
    with registry.read() as conn:
        money = {row.account for row in imports.accounts(conn, registry.vault, unit)}
    if after.day >= before.day and _moved(before, money) == _moved(after, money):
        return []
    return [
        finding(
            "bank-side",
            "这张草稿来自银行流水：银行账户的金额不能改，日期不能早于流水",
            "the draft comes from a bank line: it moves what the bank moved, and not before",
            "只改对方科目、资金与摘要；流水读错的，撤回后重新导入",
            "correct the other side; if the line itself is wrong, withdraw and import again",
        )
    ]


def _moved(draft: Draft, money: set[str]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for posting in draft.postings:
        if posting.account in money:
            sums[posting.account] += posting.amount.fen
    return dict(sums)


# ---- reversal ----------------------------------------------------------------------------------


@corrections.get("/desk/<unit>/vouchers/<number>/reverse", provide_automatic_options=False)
@may_record
def reversal(unit: str, number: str) -> Response:
    return _reversal(unit, _voucher(unit, number))


def _voucher(unit: str, number: str) -> Voucher:
    try:
        return reversing.find_voucher(desk().registry, unit, number)
    except Refused:
        abort(404)


def _reversal(unit: str, found: Voucher, findings: tuple[Finding, ...] = ()) -> Response:
    with desk().registry.read() as conn:
        reversed_by = entries.reversal_of(conn, unit, found.number)
    return page(
        "work/reverse.html",
        unit,
        findings=findings,
        tab="queue",
        voucher=found,
        draft=found.draft,
        postings=[
            (account_label(p.account), account_code(p.account), p.fund, p.amount)
            for p in found.draft.postings
        ],
        reversed_by=reversed_by,
        day=request.form.get("day", "")[:20] or desk().clock().date().isoformat(),
        reason=request.form.get("reason", "")[:300],
    )


@corrections.post("/desk/<unit>/vouchers/<number>/reverse")
@may_record
def reverse(unit: str, number: str) -> Response:
    """Propose the reversal; it waits for a checker like every draft."""
    found = _voucher(unit, number)
    try:
        day = date.fromisoformat(request.form.get("day", "")[:20].strip())
    except ValueError:
        fault = finding(
            "bad-day", "日期不能读出", "the day cannot be read",
            "写作 2026-03-05", "write it so: 2026-03-05",
        )  # fmt: skip
        return _reversal(unit, found, (fault,))
    try:
        draft_id = reversing.reverse(
            desk().registry, unit, number, current_user(), desk().clock(),
            day=day, reason=safe_text(request.form.get("reason", "")),
        )  # fmt: skip
    except Refused as refused:
        return _reversal(unit, found, refused.findings)
    return redirect(url_for("work-queue.draft", unit=unit, draft_id=draft_id, done="reversed"), 303)
