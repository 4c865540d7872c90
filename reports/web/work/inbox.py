"""``/desk/<unit>/``: statements and their proofs, questions, parked rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from importers import answering, undoing
from importers import staging as importing
from importers.read import read_bytes
from importers.unknown import refuse_drifted
from ledger.account import account_label
from ledger.errors import Finding, LedgerError, Refused, finding
from ledger.money import CNY, Money, total
from ledger.registry import imports, statement_files
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import waiting
from reports.web.work.audit_bench import to_answer
from reports.web.work.frame import LARGEST_FORM, Choice, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

inbox = Blueprint("work-inbox", __name__)

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
        files = statement_files.files(conn, unit, undone=True)[-_STATEMENTS:][::-1]
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
        audit_waits=to_answer(unit),
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
