"""``/desk/<unit>/receipts``: the receipts of a year, each with its prints; a print counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, make_response, redirect, request, url_for

from ledger.dues import cash as till
from ledger.dues.names import of_part
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import drafts, members, receipts
from ledger.registry.receipts import ReceiptRow
from reports.pdf.cash_receipt import draw_receipt
from reports.receipts import receipt_page
from reports.statement import COUNT, DAY, TEXT, Column
from reports.web.access import current_user, desk, may_browse, may_take_cash
from reports.web.work import typed
from reports.web.work.frame import logins, page
from reports.web.work.members import FIRST_YEAR, LAST_YEAR
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

receipts_page = Blueprint("work-receipts", __name__)

STATES: Final = {
    receipts.VALID: Words("有效", "valid"),
    receipts.VOID: Words("作废", "void"),
}
_MOST: Final = 500


@receipts_page.get("/desk/<unit>/receipts", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    today = desk().clock().date()
    year = min(max(request.args.get("year", today.year, type=int), FIRST_YEAR), LAST_YEAR)
    with desk().registry.read() as conn:
        rows = receipts.of_unit(conn, unit, year)
        who = members.with_ids(conn, {row.member for row in rows})
    numbers = {id: row.number for id, row in who.items()}
    valid = sum(row.fen for row in rows if row.state == receipts.VALID)
    if form := form_asked():
        return _file(unit, year, rows, numbers, valid, form)
    return page(
        "work/receipts.html",
        unit,
        tab="dues",
        sub="receipts",
        year=year,
        rows=rows[::-1][:_MOST],
        more=max(0, len(rows) - _MOST),
        count=len(rows),
        void=sum(row.state == receipts.VOID for row in rows),
        total=valid,
        numbers=numbers,
        states=STATES,
        forms=FORMS,
    )


def _file(
    unit: str, year: int, rows: list[ReceiptRow], numbers: dict[str, str], valid: int, form: str
) -> Response:
    columns = (
        Column("day", Words("日期", "Day"), DAY, 0.8),
        Column("member", Words("会员编号", "Member"), TEXT),
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("printed", Words("打印次数", "Prints"), COUNT, 0.6),
        Column("reason", Words("作废原因", "Why void"), TEXT, 2.0),
    )
    lines = [
        (
            row.name, Words("收据", "Receipt"),
            (row.day, numbers.get(row.member, ""), Money(row.fen), STATES[row.state].zh,
             row.printed, row.reason),
        )
        for row in rows
    ]  # fmt: skip
    return table_file(
        unit, f"receipts-{year}", Words(f"{year} 年收据登记簿", f"Receipts of {year}"),
        desk().clock().date(), columns, lines, heads=Words("收据", "Receipt"), form=form,
        total=(None, "有效 valid", Money(valid), None, None, None),
    )  # fmt: skip


@receipts_page.get("/desk/<unit>/receipts/<int:year>/<int:number>", provide_automatic_options=False)
@may_browse
def one(unit: str, year: int, number: int) -> Response:
    return _one(unit, year, number)


def _one(unit: str, year: int, number: int, findings: tuple[Finding, ...] = ()) -> Response:
    with desk().registry.read() as conn:
        row = _receipt(conn, unit, year, number)
        member = members.find(conn, row.member)
        draft = drafts.find(conn, row.draft)
    return page(
        "work/receipt.html",
        unit,
        findings=findings,
        tab="dues",
        sub="receipts",
        row=row,
        member=member,
        parts=[(line, of_part(line.rule, line.month, line.kind)) for line in row.lines],
        draft=draft,
        states=STATES,
        names=logins(),
        typed=request.form,
    )


def _receipt(conn: Connection, unit: str, year: int, number: int) -> ReceiptRow:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    try:
        return till.find(conn, unit, year, number)
    except Refused:
        abort(404)


@receipts_page.post("/desk/<unit>/receipts/<int:year>/<int:number>/print")
@may_take_cash
def print_it(unit: str, year: int, number: int) -> Response:
    """The receipt as a PDF; every print but the first says that it is a copy."""
    registry = desk().registry
    with registry.read() as conn:
        row = _receipt(conn, unit, year, number)
    row, sheet = receipt_page(registry, row, current_user(), desk().clock())
    answer = make_response(draw_receipt(sheet))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{row.name}.pdf"'
    return answer


@receipts_page.post("/desk/<unit>/receipts/<int:year>/<int:number>/void")
@may_take_cash
def void(unit: str, year: int, number: int) -> Response:
    """Make a receipt void whose money is not in the book yet."""
    reason = typed.text("reason", 300)
    try:
        till.void(
            desk().registry, unit, year, number, current_user(), desk().clock(), reason
        )  # fmt: skip
    except LedgerError as fault:
        return _one(unit, year, number, fault.findings)
    name = f"{year}-{number:06d}"
    return redirect(
        url_for("work-receipts.one", unit=unit, year=year, number=number, done=f"void {name}"), 303
    )
