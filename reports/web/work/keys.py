"""``/desk/<unit>/keys``: sub-accounts and order numbers, by which payments are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from importers import orders, subaccounts
from importers.subaccounts import Part
from importers.tables import table_of
from ledger.account import account_label
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, Refused, finding
from ledger.registry import entries, imports, members
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work.frame import LARGEST_FORM, Choice, fund_choices, page
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

keys = Blueprint("work-keys", __name__)

_MOST: Final = 500


@keys.get("/desk/<unit>/keys", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    query = request.args.get("q", "").strip()[:40]
    found = [
        (account, part)
        for account, part in subaccounts.listed(registry, unit)
        if not query or query in (part.number, part.member, part.code, part.fund)
    ]
    with registry.read() as conn:
        money = imports.accounts(conn, registry.vault, unit)
    return page(
        "work/keys.html",
        unit,
        findings=findings,
        tab="rules",
        parts=found[:_MOST],
        count=len(found),
        label=account_label,
        accounts=[Choice(row.account, account_label(row.account)) for row in money],
        funds=fund_choices(unit),
        typed=request.form,
        q=query,
    )


@keys.post("/desk/<unit>/keys")
@may_record
def add(unit: str) -> Response:
    """Register the one number of the form, as its owner is written: a member, a code or a fund."""
    registry = desk().registry
    owner = safe_text(request.form.get("owner", ""), 40)
    account, number = request.form.get("account", "")[:120], request.form.get("number", "")[:60]
    with registry.read() as conn:
        member = owner in members.by_numbers(conn, unit, {owner})
        fund = owner in entries.funds(conn, unit)
    if member and fund:
        both = finding(
            "two-owners",
            f"{owner} 既是会员编号又是资金代码",
            f"{owner} is both a member's number and a fund's code",
            "用名单登记，在「会员编号」或「资金」列写明",
            "register it by a list, which has a column for each",
        )
        return _overview(unit, (both,))
    part = Part(
        number,
        owner if member else "",
        owner if not member and not fund else "",
        owner if fund else "",
    )
    return _entered(unit, account, [part])


@keys.post("/desk/<unit>/keys/list")
@may_record
@accepts(LARGEST_FORM)
def add_list(unit: str) -> Response:
    """Register a list of sub-accounts or of orders, all of it or nothing."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is None or not name:
        none = finding(
            "no-file", "没有选择文件", "no file was chosen", "选择名单后再登记", "choose a list",
        )  # fmt: skip
        return _overview(unit, (none,))
    registry, now = desk().registry, desk().clock()
    try:
        cells = table_of(file.read(), name)
        if request.form.get("kind") == "orders":
            found = orders.read_orders(cells, name)
            count = orders.enter(registry, unit, found, current_user(), now, name)
            return _done(unit, count)
        parts = subaccounts.read_parts(cells, name)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _entered(unit, request.form.get("account", "")[:120], parts, name)


def _entered(unit: str, account: str, parts: list[Part], file: str = "") -> Response:
    try:
        count = subaccounts.enter(
            desk().registry, unit, account, parts, current_user(), desk().clock(), file
        )
    except Refused as fault:
        return _overview(unit, fault.findings)
    return _done(unit, count)


def _done(unit: str, count: int) -> Response:
    return redirect(url_for("work-keys.overview", unit=unit, done=f"keys {count}"), 303)


@keys.post("/desk/<unit>/keys/remove")
@may_record
def remove(unit: str) -> Response:
    account, number = request.form.get("account", "")[:120], request.form.get("number", "")[:60]
    try:
        subaccounts.remove(desk().registry, unit, account, number, current_user(), desk().clock())
    except Refused as fault:
        return _overview(unit, fault.findings)
    return redirect(url_for("work-keys.overview", unit=unit, done="key removed"), 303)
