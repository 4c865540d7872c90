"""``/desk/<unit>/``: statements and their proofs, questions, parked rows; and the answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers import answering, undoing
from importers import staging as importing
from importers.drafting import OtherSide
from importers.read import read_bytes
from importers.unknown import refuse_drifted
from ledger.account import account_label
from ledger.choosing import resolve_account
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, Refused, finding, refuse_if
from ledger.money import CNY, Money, total, yuan
from ledger.registry import entries, imports, staging
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import waiting
from reports.web.work.frame import (
    LARGEST_FORM,
    Choice,
    account_choices,
    bad_row,
    fund_choices,
    keep_papers,
    page,
    sent_papers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

inbox = Blueprint("work-inbox", __name__)

_SIDES: Final = 4
_PER_PAGE: Final = 100
_STATEMENTS: Final = 20


@inbox.get("/desk/<unit>/", provide_automatic_options=False)
@may_browse
def home(unit: str) -> Response:
    return _home(unit)


def _home(
    unit: str,
    findings: tuple[Finding, ...] = (),
    imported: object = None,
    unknown: Sequence[waiting.Waiting] = (),
) -> Response:
    registry = desk().registry
    found = importing.inbox(registry, unit, desk().clock().date())
    query = request.args.get("q", "").strip()[:60]
    only = request.args.get("account", "")[:120]
    questions = [
        line
        for line in found.questions
        if (not only or line.account == only) and _holds(line, query)
    ]
    pages = max(1, -(-len(questions) // _PER_PAGE))
    at = min(max(request.args.get("page", 1, type=int), 1), pages)
    with registry.read() as conn:
        files = staging.files(conn, unit, undone=True)[-_STATEMENTS:][::-1]
        money = imports.accounts(conn, registry.vault, unit)
    return page(
        "work/inbox.html",
        unit,
        findings=findings,
        tab="inbox",
        questions=questions[(at - 1) * _PER_PAGE : at * _PER_PAGE],
        count=len(questions),
        sums=_sums([line.amount for line in questions]),
        clearing=found.clearing,
        parked=found.parked[:_PER_PAGE],
        statements=files,
        leaving={one.file: one for one in undoing.under_way(registry, unit)},
        accounts=[Choice(row.account, account_label(row.account)) for row in money],
        label=account_label,
        imported=imported,
        unknown=unknown,
        q=query,
        only=only,
        at=at,
        pages=pages,
    )


def _sums(amounts: list[Money]) -> list[tuple[Money, Money]]:
    """Money in and money out of each currency, yuan first; both positive."""
    currencies = sorted({CNY, *(one.currency for one in amounts)}, key=lambda name: name != CNY)
    return [
        (
            total((one for one in amounts if one.currency == name and one.fen > 0), name),
            -total((one for one in amounts if one.currency == name and one.fen < 0), name),
        )
        for name in currencies
    ]


def _holds(line: importing.OpenLine, query: str) -> bool:
    words = query.casefold()
    texts = (line.counterparty, line.memo, line.amount.text, line.amount.grouped, line.day)
    return any(words in text.casefold() for text in texts)


@inbox.post("/desk/<unit>/statements")
@may_record
@accepts(LARGEST_FORM)
def import_statements(unit: str) -> Response:
    """Import the files of the form, one after the other; what each gave, or why not."""
    registry, now = desk().registry, desk().clock()
    account = request.form.get("account", "")[:120] or None
    password = request.form.get("password", "")[:200] or None
    done: list[importing.Imported] = []
    faults: list[Finding] = []
    unknown: list[waiting.Waiting] = []
    for file in request.files.getlist("files")[:20]:
        name = waiting.sent_name(file.filename)
        if not name:
            continue
        data = file.read()
        try:
            reading = refuse_drifted(read_bytes(data, name, password))
            done.append(
                importing.import_statement(
                    registry, unit, reading, data, current_user(), now, account=account
                )
            )
        except LedgerError as fault:
            told, kept = waiting.offered(unit, name, data, account or "", fault.findings)
            faults += told
            unknown += [kept] if kept else []
    if not done and not faults:
        faults.append(
            finding(
                "no-file", "没有选择文件", "no file was chosen",
                "选择对账单文件后再导入", "choose a statement file",
            )
        )  # fmt: skip
    return _home(unit, tuple(faults), imported=done, unknown=unknown)


@inbox.post("/desk/<unit>/match")
@may_record
def match_again(unit: str) -> Response:
    """Try open questions again, after rules or lists came in."""
    done = importing.match_again(desk().registry, unit, current_user(), desk().clock())
    return redirect(url_for("work-inbox.home", unit=unit, done=f"matched {len(done.drafts)}"), 303)


@inbox.post("/desk/<unit>/files/<int:number>/undo")
@may_record
def undo(unit: str, number: int) -> Response:
    reason = request.form.get("reason", "")[:300]
    try:
        done = undoing.undo(desk().registry, unit, number, current_user(), desk().clock(), reason)
    except LedgerError as fault:
        return _home(unit, fault.findings)
    told = "undone" if done.done else f"undoing {len(done.reversals)}"
    return redirect(url_for("work-inbox.home", unit=unit, done=told), 303)


@inbox.post("/desk/<unit>/files/<int:number>/keep")
@may_record
def keep(unit: str, number: int) -> Response:
    """Leave a file in place that was being undone."""
    try:
        undoing.give_up(desk().registry, unit, number, current_user(), desk().clock())
    except LedgerError as fault:
        return _home(unit, fault.findings)
    return redirect(url_for("work-inbox.home", unit=unit, done="kept"), 303)


@inbox.post("/desk/<unit>/files/<int:number>/rows/<int:row>")
@may_record
def dispose(unit: str, number: int, row: int) -> Response:
    """Say what became of a parked row."""
    reason = request.form.get("reason", "")[:300]
    try:
        answering.dispose(
            desk().registry, unit, number, row, current_user(), desk().clock(), reason
        )
    except Refused as refused:
        return _home(unit, refused.findings)
    return redirect(url_for("work-inbox.home", unit=unit, done="disposed"), 303)


# ---- one line ----------------------------------------------------------------------------------


@inbox.get("/desk/<unit>/lines/<int:number>", provide_automatic_options=False)
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
    )


def _is_open(unit: str, number: int) -> bool:
    """Whether a line has a page: it may still be answered."""
    try:
        answering.question(desk().registry, unit, number)
    except Refused:
        return False
    return True


@inbox.post("/desk/<unit>/lines/<int:number>")
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
        if request.form.get("act") == "suggested":
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
    return redirect(url_for("work-inbox.line", unit=unit, number=after, done="answered"), 303)


def _later() -> date | None:
    """The day of the form, where the line's own month is closed."""
    text = request.form.get("day", "")[:10].strip()
    try:
        return date.fromisoformat(text) if text else None
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
