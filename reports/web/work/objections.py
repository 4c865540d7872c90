"""``/desk/<unit>/objections``: what people say of a published line, and its answer."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from ledger.disclosing import objections
from ledger.disclosing.objection_standing import CHANNELS, KINDS, STATE_WORDS, late, standings
from ledger.disclosing.objections import Said
from ledger.errors import Finding, LedgerError, Refused, finding
from ledger.period import Period
from ledger.registry import (
    allocations,
    assets,
    audit_evaluations,
    campaigns,
    contracts,
    entries,
    gifts,
    venues,
)
from reports import asset_figures, gift_figures
from reports.sources import source_for
from reports.statements import catalogue
from reports.web.access import current_user, desk, may_approve, may_browse, may_record
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

objections_page = Blueprint("work-objections", __name__)


def evaluation(conn: Connection, unit: str, code: str) -> object | None:
    """An evaluation that was published, or None."""
    every = audit_evaluations.versions(conn, unit, code)
    return next((row for row in every if row.state == audit_evaluations.PUBLISHED), None)


_VOUCHER: Final = re.compile(r"(收|付|转)-[0-9]{6}-[0-9]{4,}")
#: What the first letters of a code say it is.
_RECORDS: Final = {
    "JZ": gifts.find, "HD": campaigns.find, "BK": allocations.find, "HT": contracts.find,
    "CD": venues.find, "FA": assets.find, "PJ": evaluation,
}  # fmt: skip


@objections_page.get("/desk/<unit>/objections", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), opened: tuple[str, str] = ("", "")
) -> Response:
    today = desk().clock().date()
    found = standings(desk().registry, unit, today)
    return page(
        "work/objections.html", unit, findings=findings, tab="calendar", sub="objections",
        found=found, late=late(found), kinds=KINDS, channels=CHANNELS, states=STATE_WORDS,
        today=today, typed=request.form, opened=opened,
    )  # fmt: skip


@objections_page.post("/desk/<unit>/objections")
@may_record
def add(unit: str) -> Response:
    """Enter what somebody said."""

    def enter() -> None:
        said = Said(
            unit, typed.text("kind", 20), typed.text("reference", 161), typed.day(),
            request.form.get("text", "")[:4001], typed.text("words", 501),
            typed.text("channel", 20),
        )  # fmt: skip
        objections.add(
            desk().registry, said, current_user(), desk().clock(), lambda ref: opens(unit, ref)
        )

    return _do(unit, "objection-entered", enter)


@objections_page.post("/desk/<unit>/objections/answer")
@may_record
def answer(unit: str) -> Response:
    return _do(
        unit, "objection-answered",
        lambda: objections.answer(
            desk().registry, unit, typed.text("code", 24), typed.text("answer", 1001),
            current_user(), desk().clock(), typed.text("note", 301),
        ),
    )  # fmt: skip


@objections_page.post("/desk/<unit>/objections/confirm")
@may_approve
def confirm(unit: str) -> Response:
    return _do(
        unit, "objection-confirmed",
        lambda: objections.confirm(
            desk().registry, unit, typed.text("code", 24), current_user(), desk().clock()
        ),
    )  # fmt: skip


@objections_page.post("/desk/<unit>/objections/back")
@may_approve
def back(unit: str) -> Response:
    return _do(
        unit, "objection-back",
        lambda: objections.send_back(
            desk().registry, unit, typed.text("code", 24), current_user(), desk().clock()
        ),
    )  # fmt: skip


@objections_page.post("/desk/<unit>/objections/original")
@may_browse
def original(unit: str) -> Response:
    """What was written, for who records or approves here; that it was read is logged."""
    code = typed.text("code", 24)
    try:
        text = objections.original(desk().registry, unit, code, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _overview(unit, opened=(code, text))


def _do(unit: str, done: str, deed: Callable[[], object]) -> Response:
    return do(deed, partial(_overview, unit), "work-objections.overview", unit=unit, done=done)


def opens(unit: str, ref: str) -> None:
    """Refused for a reference that opens nothing: a voucher, a record or a figure of the unit."""
    rest = ref.partition("/")[2]
    registry = desk().registry
    if _VOUCHER.fullmatch(rest):
        with registry.read() as conn:
            known = entries.by_number(conn, unit, rest) is not None
    elif "/" not in rest:
        find = _RECORDS.get(rest[:2])
        with registry.read() as conn:
            known = find is not None and find(conn, unit, rest) is not None
    else:
        _figure(unit, ref)
        return
    if not known:
        raise _nothing()


def _figure(unit: str, ref: str) -> None:
    """Open a figure, of which nothing is shown; Refused if it is none."""
    parts = ref.split("/")
    if len(parts) == 5 and parts[1] in ("gifts", "assets"):
        backing = gift_figures.backing if parts[1] == "gifts" else asset_figures.backing
        backing(desk().registry, unit, parts[2], parts[3], parts[4])
        return
    try:
        period = Period.parse(parts[2])
    except ValueError as fault:
        raise _nothing() from fault
    catalogue.backing(source_for(desk().folder, unit, parts[1], period), ref)


def _nothing() -> Refused:
    return Refused(
        finding(
            "unknown-ref", "这个引用打不开任何内容", "this reference opens nothing",
            "照公开的报表或凭证抄写引用", "copy it from the published statement or voucher",
        )
    )  # fmt: skip
