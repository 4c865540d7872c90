"""``/desk/<unit>/year-end``: what of a year is carried over, looked at and then drafted.

Only what was shown is drafted; another person approves the drafts before December is closed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from ledger.account import account_label
from ledger.chart import load_chart
from ledger.errors import Finding, LedgerError, Refused, Words, finding
from ledger.money import Money
from ledger.registry import entries, units
from ledger.yearend.carrying import carry_over, look
from ledger.yearend.rules import FISCAL, FREE, FUND_KINDS, RESTRICTED
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import page
from reports.web.work.members import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from ledger.yearend.carrying import YearEnd

year_end_page = Blueprint("work-year-end", __name__)

KIND_WORDS = {
    FISCAL: Words("财政拨款", "fiscal"),
    RESTRICTED: Words("限定", "restricted"),
    FREE: Words("非限定", "free"),
}


@year_end_page.get("/desk/<unit>/year-end", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _shown(unit)


@year_end_page.post("/desk/<unit>/year-end")
@may_record
def carry(unit: str) -> Response:
    """Propose the drafts, if exactly what was shown is still to be carried over."""
    registry, year = desk().registry, _year()
    try:
        said = _said(unit)
        if _digest(look(registry, unit, year, said)) != typed.text("seen", 64):
            raise Refused(
                finding(
                    "changed-since", "打开此页之后又有变动，尚未起草",
                    "something changed since this was shown; nothing was drafted",
                    "核对下表后再提交", "look at the table below and send it again",
                )
            )  # fmt: skip
        ids = carry_over(registry, unit, year, current_user(), desk().clock(), said)
    except LedgerError as fault:
        return _shown(unit, fault.findings)
    done = f"year-end {len(ids)}"
    return redirect(url_for("work-year-end.overview", unit=unit, year=year, done=done), 303)


def _shown(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, year = desk().registry, _year()
    with registry.read() as conn:
        funds = sorted(entries.funds(conn, unit).values(), key=lambda row: row.code)
        chart = load_chart(units.find(conn, unit).chart)
    by_code = {one.code: one.name.zh for one in chart.accounts}
    found: YearEnd | None = None
    asks: tuple[Finding, ...] = ()
    try:
        found = look(registry, unit, year, _said(unit))
    except LedgerError as fault:
        asks = () if findings else fault.findings
    rows = [] if found is None else [
        (
            one.step.words, one.fund,
            [
                (_label(account, by_code), Money(fen, currency) if fen > 0 else None,
                 Money(-fen, currency) if fen < 0 else None)
                for account, currency, fen in one.lines
            ],
        )
        for one in found.carried
    ]  # fmt: skip
    today = desk().clock().date()
    return page(
        "work/year_end.html", unit, findings=findings, tab="months", sub="year-end", year=year,
        found=found, rows=rows, asks=asks, funds=funds, kinds=KIND_WORDS, said=_given(),
        seen="" if found is None else _digest(found), began=(today.year, today.month) >= (year, 12),
    )  # fmt: skip


def _label(account: str, by_code: Mapping[str, str]) -> str:
    """A line's account; a code alone goes to an account that the book may have to open."""
    if ":" in account:
        return account_label(account)
    return f"{account} {by_code.get(account, '')}".strip()


def _year() -> int:
    """The year that was asked for; without one that whose December is closed next."""
    asked = typed.digits(request.values.get("year", ""), 4)
    if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR:
        return asked
    today = desk().clock().date()
    return today.year if today.month == 12 else today.year - 1


def _given() -> dict[str, str]:
    """What the form says of funds, as it was chosen."""
    return {
        name.removeprefix("as-"): kind
        for name, kind in request.values.items()
        if name.startswith("as-") and kind in FUND_KINDS
    }


def _said(unit: str) -> Mapping[str, str]:
    with desk().registry.read() as conn:
        known = entries.funds(conn, unit)
    return {fund: kind for fund, kind in _given().items() if fund in known}


def _digest(found: YearEnd) -> str:
    told = "\n".join(
        f"{one.fund} {one.step.id} {account} {currency} {fen}"
        for one in found.carried
        for account, currency, fen in one.lines
    )
    return hashlib.sha256(f"{found.year} {found.rule.id}\n{told}".encode()).hexdigest()
