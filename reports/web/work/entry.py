"""``/desk/<unit>/drafts/new``: a voucher typed by hand, and templates of recurring ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger import workflow
from ledger.allocations.naming import codes_in, naming
from ledger.allocations.standing import stands
from ledger.audit.standing import standing
from ledger.chart import mirrors_of
from ledger.choosing import resolve_account
from ledger.draft_text import draft_from_json, draft_to_json
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import CannotRun, Finding, Refused, Words, finding, refuse_if
from ledger.money import Money, yuan
from ledger.parallelcheck import OUTSIDE
from ledger.registry import entries, recurring, units
from reports.web.access import accepts, current_user, desk, may_record
from reports.web.work.frame import (
    LARGEST_FORM,
    Choice,
    account_choices,
    bad_row,
    form_key,
    fund_choices,
    keep_papers,
    page,
    sent_papers,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.entry import Draft

entry = Blueprint("work-entry", __name__)

_ROWS: Final = 6
MOST_ROWS: Final = 200
_KEY: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class TypedRow:
    """One row of the form as it was typed."""

    account: str = ""
    fund: str = ""
    debit: str = ""
    credit: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.account or self.debit or self.credit)


@dataclass(frozen=True)
class Typed:
    """The form as it was typed, so that nothing has to be typed twice."""

    day: str = ""
    narration: str = ""
    payee: str = ""
    decision: str = ""
    allocation: str = ""
    outside: str = ""  # why there is no budgetary half
    rows: tuple[TypedRow, ...] = field(default_factory=tuple)
    key: str = ""
    finding: str = ""  # the audit finding that it corrects


@entry.get("/desk/<unit>/drafts/new", provide_automatic_options=False)
@may_record
def new(unit: str) -> Response:
    template = request.args.get("template", "")
    typed = Typed(day=desk().clock().date().isoformat(), key=form_key())
    if template:
        with desk().registry.read() as conn:
            row = recurring.find(conn, unit, template)
        if row is not None:
            typed = typed_from(draft_from_json(row.payload), typed)
    corrects = safe_text(request.args.get("finding", ""), 24)
    return entry_form(unit, replace(typed, finding=corrects) if corrects else typed)


@entry.post("/desk/<unit>/drafts/new")
@may_record
@accepts(LARGEST_FORM)
def create(unit: str) -> Response:
    """Propose the draft, or keep it as a template; what is wrong is said beside what was typed."""
    typed = typed_in(request.form)
    if request.form.get("act") == "more":
        return entry_form(unit, typed, more=True)
    try:
        sent = sent_papers()
        draft = draft_of(unit, typed)
        if request.form.get("act") == "template":
            return _keep_template(unit, draft)
        draft = _with_papers(unit, draft, sent)
        draft_id = workflow.propose(desk().registry, draft, current_user(), desk().clock())
    except (Refused, CannotRun) as refused:
        return entry_form(unit, typed, findings=refused.findings)
    return redirect(url_for("work-queue.draft", unit=unit, draft_id=draft_id, done="proposed"), 303)


@entry.post("/desk/<unit>/templates/<template_id>/delete")
@may_record
def delete_template(unit: str, template_id: str) -> Response:
    with desk().registry.write() as conn:
        recurring.remove(conn, unit, template_id, user=current_user().id, now=desk().clock())
    return redirect(url_for("work-entry.new", unit=unit), 303)


def entry_form(
    unit: str,
    typed: Typed,
    *,
    findings: tuple[Finding, ...] = (),
    more: bool = False,
    corrected: object = None,
) -> Response:
    """The form with what was typed; of a draft that is ``corrected`` it says what that keeps."""
    with desk().registry.read() as conn:
        templates = recurring.all_of(conn, unit)
        parallel = bool(mirrors_of(units.find(conn, unit).chart))
    count = min(max(_ROWS, len(typed.rows) + (_ROWS if more else 0)), MOST_ROWS)
    blank = TypedRow()
    shown = [*typed.rows[:count], *[blank] * (count - len(typed.rows))]
    return page(
        "work/entry.html",
        unit,
        findings=findings,
        tab="entry",
        typed=typed,
        rows=shown,
        accounts=account_choices(unit),
        funds=fund_choices(unit),
        allocations=_spendable(unit),
        templates=templates,
        parallel=parallel,
        corrected=corrected,
    )


def _spendable(unit: str) -> list[Choice]:
    """The allocations of which something may still be entered, to be named on the lines."""
    found = stands(desk().registry, unit, desk().clock().date())
    return [
        Choice(one.row.code, f"{one.row.name} {Money(one.held_fen).grouped} {one.row.fund}")
        for one in found
        if one.is_alive
    ]


def typed_in(form: Mapping[str, str]) -> Typed:
    key = form.get("key", "")
    rows = []
    for place in range(MOST_ROWS):
        if f"account{place}" not in form:
            break
        parts = (form.get(f"{name}{place}", "")[:200].strip()
                 for name in ("account", "fund", "debit", "credit"))  # fmt: skip
        rows.append(TypedRow(*parts))
    while rows and rows[-1].is_empty:
        rows.pop()
    return Typed(
        day=form.get("day", "")[:20].strip(),
        narration=safe_text(form.get("narration", "")),
        payee=safe_text(form.get("payee", "")),
        decision=safe_text(form.get("decision", "")),
        allocation=safe_text(form.get("allocation", ""), 60).split(" ", 1)[0],
        outside=safe_text(form.get("outside", "")),
        finding=safe_text(form.get("finding", ""), 24),
        rows=tuple(rows),
        key=key if _KEY.fullmatch(key) else form_key(),
    )


def draft_of(unit: str, typed: Typed) -> Draft:
    """The draft of what was typed; Refused with every fault, each with its row."""
    with desk().registry.read() as conn:
        known = entries.accounts(conn, unit)
        corrects = standing(conn, unit, typed.finding).row.code if typed.finding else ""
    faults: list[Finding] = []
    postings = []
    for place, row in enumerate(typed.rows, start=1):
        if row.is_empty:
            continue
        try:
            postings.append(_posting(row, known))
        except ValueError as fault:
            faults.append(bad_row(place, str(fault)))
    try:
        day = date.fromisoformat(typed.day)
    except ValueError:
        day = date.min
        faults.append(
            finding(
                "bad-day", "日期不能读出", "the day cannot be read",
                "写作 2026-03-05", "write it so: 2026-03-05",
            )
        )  # fmt: skip
    if not typed.narration:
        faults.append(
            finding(
                "no-narration", "摘要未填", "there is no narration",
                "用一句话写明业务", "say in one line what happened",
            )
        )  # fmt: skip
    refuse_if(faults)
    if typed.allocation:
        postings = naming(postings, typed.allocation, known)
    return build_draft(
        unit=unit,
        day=day,
        kind=voucher_class(postings),
        narration=typed.narration,
        payee=typed.payee,
        postings=tuple(postings),
        links=(corrects,) if corrects else (),
        source=f"form:{typed.key}",
        meta=meta_of({"decision": typed.decision, OUTSIDE: typed.outside}),
    )


def _posting(row: TypedRow, known: Mapping[str, entries.AccountRow]) -> Posting:
    account = resolve_account(row.account, known)
    if bool(row.debit) == bool(row.credit):
        raise ValueError("借方或贷方填一栏 fill in debit or credit")
    try:
        amount = yuan(row.debit or row.credit)
    except ValueError:
        raise ValueError("金额不能读出 the amount cannot be read") from None
    amount = Money(amount.fen, known[account].currency or "CNY")
    fund = row.fund.split(" ", 1)[0]
    if not fund:
        raise ValueError("资金未填 the fund is empty")
    return Posting(account, amount if row.debit else -amount, fund)


def _with_papers(unit: str, draft: Draft, sent: list[tuple[str, bytes]]) -> Draft:
    return replace(draft, papers=keep_papers(unit, sent)) if sent else draft


# ---- templates ---------------------------------------------------------------------------------


def _keep_template(unit: str, draft: Draft) -> Response:
    title = safe_text(request.form.get("title", ""), 60) or draft.narration
    with desk().registry.write() as conn:
        recurring.add(
            conn, unit, title, draft_to_json(draft), user=current_user().id, now=desk().clock()
        )
    return redirect(url_for("work-entry.new", unit=unit, done="template"), 303)


def typed_from(draft: Draft, fresh: Typed) -> Typed:
    """A template's content, for today."""
    from ledger.account import account_code

    rows = tuple(
        TypedRow(
            account_code(posting.account) or posting.account,
            posting.fund,
            posting.amount.text if posting.amount.fen > 0 else "",
            (-posting.amount).text if posting.amount.fen < 0 else "",
        )
        for posting in draft.postings
    )
    meta = dict(draft.meta)
    codes = codes_in(draft)
    allocation = codes.pop() if len(codes) == 1 else ""
    return Typed(
        fresh.day, draft.narration, draft.payee, meta.get("decision", ""), allocation,
        meta.get(OUTSIDE, ""), rows, fresh.key,
    )  # fmt: skip


WORDS: Final = Words("填制凭证", "New voucher")
