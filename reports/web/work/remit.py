"""``/desk/<unit>/remit``: what is passed up and back by rule, and drafts of what is outstanding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from ledger.account import account_label
from ledger.dues.remitting import Remitted, remit
from ledger.errors import Finding, LedgerError, Words
from ledger.period import Month
from reports.statement import DAY, TEXT, Column
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import page
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

remit_page = Blueprint("work-remit", __name__)


@remit_page.get("/desk/<unit>/remit", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    today = desk().clock().date()
    month = typed.month_of(request.values.get("month", "")[:7], Month.of(today))
    found: list[Remitted] = []
    none: tuple[Finding, ...] = ()
    try:
        found = remit(desk().registry, unit, month, current_user(), desk().clock(), look=True)
    except LedgerError as fault:
        none = tuple(fault.findings)
    if form := form_asked():
        return _file(unit, month, found, form)
    return page(
        "work/remit.html",
        unit,
        findings=findings,
        tab="dues",
        sub="remit",
        month=month,
        found=found,
        without=none,
        open=[one for one in found if one.outstanding.fen > 0 and one.finding is None],
        label=account_label,
        forms=FORMS,
    )


def _file(unit: str, month: Month, found: list[Remitted], form: str) -> Response:
    columns = (
        Column("counter", Words("收款单位", "To"), TEXT),
        Column("received", Words("收到", "Came")),
        Column("due", Words("应缴", "Due"), primary=True),
        Column("remitted", Words("已缴", "Passed on")),
        Column("proposed", Words("待审核", "Drafted")),
        Column("outstanding", Words("未缴", "Outstanding")),
        Column("deadline", Words("期限", "By"), DAY, 0.8),
        Column("source", Words("依据", "Source"), TEXT, 2.0),
    )
    lines = [
        (
            one.reckoned.way.id, one.reckoned.way.name,
            (
                one.reckoned.way.counter, one.reckoned.came, one.reckoned.due, one.reckoned.went,
                one.proposed, one.outstanding, one.reckoned.deadline, one.reckoned.way.source,
            ),
        )
        for one in found
    ]  # fmt: skip
    return table_file(
        unit, "remit", Words(f"{month.year} 年上缴与返还", f"Passed on in {month.year}"),
        month.period.last, columns, lines, heads=Words("项目", "Way"), form=form,
    )  # fmt: skip


@remit_page.post("/desk/<unit>/remit")
@may_record
def propose(unit: str) -> Response:
    """Draft what is outstanding by every way; again it drafts only what came since."""
    try:
        month = typed.month_typed()
        found = remit(desk().registry, unit, month, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    count = sum(one.draft is not None for one in found)
    return redirect(
        url_for("work-remit.overview", unit=unit, month=str(month), done=f"remit {count}"), 303
    )
