"""``/desk/<unit>/lines/<number>``: one statement line, and what a person says it was.

By accounts, by the member whose dues it pays, by a suggestion, or set aside; then the next one.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers import answering
from importers import staging as importing
from importers.drafting import OtherSide
from importers.verdict import worth
from ledger.account import account_label
from ledger.choosing import resolve_account
from ledger.dues.credits import held_by
from ledger.dues.dossier_words import RULE_NAMES
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money, yuan
from ledger.registry import dues_schemes, entries, staging
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.cash import debt_choices, open_dues, passed_up
from reports.web.work.frame import (
    LARGEST_FORM,
    account_choices,
    bad_row,
    fund_choices,
    keep_papers,
    page,
    sent_papers,
)
from reports.web.work.members import day_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.registry.claims import ClaimRow
    from ledger.registry.members import MemberRow

line_page = Blueprint("work-line", __name__)

_SIDES: Final = 4


@line_page.get("/desk/<unit>/lines/<int:number>", provide_automatic_options=False)
@may_browse
def line(unit: str, number: int) -> Response:
    return _line(unit, number)


def _line(unit: str, number: int, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    try:
        found = answering.question(registry, unit, number)
    except Refused:
        abort(404)
    with registry.read() as conn:
        reason = staging.reasons(conn, unit).get(number, "")
    questions = importing.inbox(registry, unit).questions
    suggested = next((row.suggestion for row in questions if row.number == number), None)
    waiting = [row.number for row in questions]
    after = next((n for n in waiting if n > number), None)
    before = next((n for n in reversed(waiting) if n < number), None)
    form = request.form
    wanted = (form.get("member") or request.args.get("member", "")).strip()[:40]
    member, owed = _of_member(unit, wanted, found)
    with registry.read() as conn:
        rules = [row.rule for row in dues_schemes.of_unit(conn, unit)]
        debts = debt_choices(conn, unit)
    if wanted and member is None and not findings:
        findings = (typed.no_member(wanted),)
    return page(
        "work/line.html",
        unit,
        findings=findings,
        tab="inbox",
        line=found,
        amount=Money(found.fen, found.currency),
        gross=Money(abs(found.text.gross), found.currency) if found.text.gross else None,
        fee=Money(found.text.fee, found.currency),
        account=account_label(found.account),
        reason=reason,
        suggested=suggested,
        other_open=suggested is not None and _is_open(unit, suggested.other),
        label=account_label,
        sides=range(_SIDES),
        typed=form,
        accounts=account_choices(unit),
        funds=fund_choices(unit),
        after=after,
        before=before,
        left=len(waiting),
        wanted=wanted,
        member=member,
        owed=owed,
        owed_total=sum(row.fen for row in owed),
        comes=worth(found).fen,
        rules=rules,
        debts=debts,
        rule_names=RULE_NAMES,
    )


def _of_member(
    unit: str, wanted: str, found: staging.LineRow
) -> tuple[MemberRow | None, list[ClaimRow]]:
    """The member that was asked for, and what the line may pay; of money out, their credits."""
    with desk().registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
        if member is None:
            return None, []
        rows = open_dues if found.fen > 0 else held_by
        return member, rows(conn, unit, member.id)


def _is_open(unit: str, number: int) -> bool:
    """Whether a line has a page: it may still be answered."""
    try:
        answering.question(desk().registry, unit, number)
    except Refused:
        return False
    return True


@line_page.post("/desk/<unit>/lines/<int:number>")
@may_record
@accepts(LARGEST_FORM)
def answer(unit: str, number: int) -> Response:
    """Draft the line as the form says, or set it aside; then on to the next question."""
    registry, now, user = desk().registry, desk().clock(), current_user()
    try:
        found = answering.question(registry, unit, number)
    except Refused:
        abort(404)
    try:
        if request.form.get("act") == "member":
            _pays(unit, number)
        elif request.form.get("act") == "suggested":
            answering.accept_suggestion(registry, unit, number, user, now, day=_later())
        elif request.form.get("act") == "aside":
            reason = safe_text(request.form.get("reason", ""))
            answering.set_aside(registry, unit, number, user, now, reason)
        else:
            sent = sent_papers()
            sides = _sides(unit, found)
            answering.answer(
                registry, unit, number, sides, user, now,
                narration=safe_text(request.form.get("narration", "")),
                payee=safe_text(request.form.get("payee", "")),
                decision=safe_text(request.form.get("decision", "")),
                papers=keep_papers(unit, sent),
                day=_later(),
            )  # fmt: skip
    except Refused as refused:
        return _line(unit, number, refused.findings)
    rest = importing.inbox(registry, unit).questions
    after = next((row.number for row in rest if row.number > number), None)
    after = after or (rest[0].number if rest else None)
    if after is None:
        return redirect(url_for("work-inbox.home", unit=unit, done="finished"), 303)
    return redirect(url_for("work-line.line", unit=unit, number=after, done="answered"), 303)


def _pays(unit: str, number: int) -> None:
    """Draft the line as the member's payment or refund: the oldest first, or what was ticked."""
    wanted = typed.text("member", 40)
    faults: list[Finding] = []
    freely = typed.amount("voluntary", faults, needed=False)
    with desk().registry.read() as conn:
        member = typed.member_named(conn, unit, wanted)
        up = passed_up(conn, unit)
    if member is None:
        faults.append(typed.no_member(wanted))
    if faults or member is None:
        raise Refused(*faults)
    codes = tuple(request.form.getlist("code")[:200])
    whose = answering.OfMember(member.id, codes, typed.text("rule", 24) or None, freely, up)
    answering.answer_member(
        desk().registry, unit, number, whose, current_user(), desk().clock(), day=_later()
    )


def _later() -> date | None:
    """The day of the form, where the line's own month is closed."""
    text = request.form.get("day", "")[:10].strip()
    try:
        return day_of(text) if text else None
    except ValueError:
        raise Refused(
            finding(
                "bad-day", "入账日写作 2026-04-01", "a day is written 2026-04-01",
                "改正日期后再提交", "correct the day and send it again",
            )
        ) from None  # fmt: skip


def _sides(unit: str, found: staging.LineRow) -> list[OtherSide]:
    """What the form says stands against the money account; one empty amount takes the rest."""
    with desk().registry.read() as conn:
        known = entries.accounts(conn, unit)
    whole = Money(found.fen, found.currency)
    sign = 1 if found.fen > 0 else -1
    typed: list[tuple[str, str, Money | None]] = []
    faults: list[Finding] = []
    for place in range(_SIDES):
        words = request.form.get(f"account{place}", "")[:200].strip()
        fund = request.form.get(f"fund{place}", "")[:60].strip().split(" ", 1)[0]
        much = request.form.get(f"amount{place}", "")[:40].strip()
        if not words and not much:
            continue
        try:
            account = resolve_account(words, known)
            amount = Money(sign * yuan(much).fen, found.currency) if much else None
            if not fund:
                raise ValueError("资金未填 the fund is empty")
        except ValueError as fault:
            faults.append(bad_row(place + 1, str(fault)))
            continue
        typed.append((account, fund, amount))
    if sum(amount is None for _, _, amount in typed) > 1:
        faults.append(bad_row(len(typed), "只能有一行不填金额 only one row may leave it empty"))
    if not typed and not faults:
        faults.append(bad_row(1, "科目未填 the account is empty"))
    refuse_if(faults)
    stated = Money(sum(a.fen for _, _, a in typed if a is not None), found.currency)
    return [
        OtherSide(account, fund, whole - stated if amount is None else amount)
        for account, fund, amount in typed
    ]
