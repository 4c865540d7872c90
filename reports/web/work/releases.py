"""``/desk/<unit>/releases``: restrictions that are met, looked at and then released by a draft."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, redirect, request, url_for

from ledger.errors import Finding, LedgerError, Refused, Words, finding
from ledger.fundcheck import is_restricted
from ledger.gifts import releasing
from ledger.gifts.accounts import release_accounts
from ledger.money import Money
from ledger.registry import entries
from reports.statement import TEXT, Column
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import page
from reports.web.work.gifts import day_asked
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.gifts.releasing import Due
    from reports.statement import Cell

releases_page = Blueprint("work-releases", __name__)


@releases_page.get("/desk/<unit>/releases", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    """What of a fund may be released by a day, each with the voucher that is its evidence."""
    registry = desk().registry
    on = day_asked(request.values.get("on", "").strip()[:24])
    fund = request.values.get("fund", "").strip()[:60]
    with registry.read() as conn:
        funds = [row for row in entries.funds(conn, unit).values()
                 if is_restricted(row.restriction)]  # fmt: skip
        try:
            releases = release_accounts(conn, unit) is not None
        except LedgerError:
            releases = False
    due = releasing.releases_due(registry, unit, fund, on) if releases and fund else []
    if (form := form_asked()) and due:
        return _file(unit, fund, on, due, form)
    return page(
        "work/releases.html", unit, findings=findings, tab="gifts", sub="releases",
        releases=releases, funds=sorted(funds, key=lambda row: row.code), fund=fund, on=on,
        due=[(one, Money(one.fen), f"/vouchers/{unit}/{quote(one.evidence)}") for one in due],
        total=Money(sum(one.fen for one in due)), seen=_digest(due), forms=FORMS,
    )  # fmt: skip


def _file(unit: str, fund: str, on: date, due: Sequence[Due], form: str) -> Response:
    columns = (
        Column("gift", Words("捐赠", "Gift"), TEXT),
        Column("papers", Words("附件", "Papers"), TEXT),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            one.evidence, Words(one.evidence, one.evidence),
            (one.gift, " ".join(paper[:16] for paper in one.papers), Money(one.fen)),
        )
        for one in due
    ]  # fmt: skip
    return table_file(
        unit, f"releases-{fund}", Words(f"解除限定 {fund}", f"Releases of {fund}"), on, columns,
        rows, heads=Words("依据的凭证", "Evidence"), form=form,
        total=(None, None, Money(sum(one.fen for one in due))),
    )  # fmt: skip


@releases_page.post("/desk/<unit>/releases")
@may_record
def release(unit: str) -> Response:
    """Propose the drafts, if exactly what was shown is due still."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    fund, on = typed.text("fund", 60), day_asked(typed.text("on", 24))
    try:
        if _digest(releasing.releases_due(registry, unit, fund, on)) != typed.text("seen", 32):
            raise Refused(
                finding(
                    "changed-since", "打开此页之后又有变动，尚未解除",
                    "something changed since this was shown; nothing was released",
                    "核对下表后再提交", "look at the table below and send it again",
                )
            )  # fmt: skip
        releasing.release(registry, unit, fund, on, user, now)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return redirect(
        url_for("work-releases.overview", unit=unit, fund=fund, on=on, done="proposed"), 303
    )


def _digest(due: Sequence[Due]) -> str:
    told = "\n".join(f"{one.evidence} {one.gift} {one.fen}" for one in due)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
