"""``/desk/<unit>/venues``: the places where members meet, with their use of the year.

What one person enters another one approves; a venue's week, bookings and log stand on its own page.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.errors import Finding, LedgerError, Words
from ledger.money import Money
from ledger.period import Month, Period
from ledger.registry.venues import KIND_WORDS, OWNER_WORDS, STATE_WORDS, VERSION_WORDS
from ledger.venues import registering
from ledger.venues.calendar import clock
from ledger.venues.standing import stands
from reports.statement import COUNT, TEXT, Column
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed, venue_forms
from reports.web.work.frame import page
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.venues.standing import Standing

venues_page = Blueprint("work-venues", __name__)

_COLUMNS: Final = (
    Column("kind", Words("类别", "Kind"), TEXT, 0.9),
    Column("owner", Words("权属", "Owner"), TEXT, 0.9),
    Column("state", Words("状态", "State"), TEXT, 0.6),
    Column("days", Words("开放天数", "Days open"), COUNT, 0.6),
    Column("open", Words("开放时数", "Hours open"), COUNT, 0.7),
    Column("used", Words("使用时数", "Hours used"), COUNT, 0.7),
    Column("uses", Words("次数", "Uses"), COUNT, 0.5),
    Column("heads", Words("人次", "Heads"), COUNT, 0.6),
    Column("benefit", Words("公益占比", "Public benefit"), TEXT, 0.7),
    Column("fees", Words("收费", "Fees"), primary=True),
)


@venues_page.get("/desk/<unit>/venues", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    today = desk().clock().date()
    found = stands(desk().registry, unit, Period.parse(f"{today.year:04d}"))
    if form := form_asked():
        return _file(unit, found, today, form)
    return page(
        "work/venues.html", unit, findings=findings, tab="venues", found=found, today=today,
        kinds=KIND_WORDS, owners=OWNER_WORDS, states=STATE_WORDS, versions=VERSION_WORDS,
        clock=clock, forms=FORMS, typed=request.form, month=Month.of(today),
    )  # fmt: skip


def _file(unit: str, found: list[Standing], today: date, form: str) -> Response:
    lines = [
        (
            one.row.code, Words(one.facts.name, one.facts.name_en or one.row.code),
            (
                KIND_WORDS[one.facts.kind].zh, OWNER_WORDS[one.facts.owner].zh,
                STATE_WORDS[one.state].zh, one.open.days, timedelta(minutes=one.open.minutes),
                timedelta(minutes=one.used.minutes), one.used.uses, one.used.heads,
                one.share_text(one.benefit.minutes) or None, Money(one.used.fee_fen),
            ),
        )
        for one in found
    ]  # fmt: skip
    return table_file(
        unit, "venues", Words("活动阵地", "Venues"), today, _COLUMNS, lines,
        heads=Words("阵地", "Venue"), form=form,
    )  # fmt: skip


@venues_page.post("/desk/<unit>/venues")
@may_record
def add(unit: str) -> Response:
    """Enter the venue of the form; somebody else approves it."""
    try:
        row = registering.add(
            desk().registry, unit, venue_forms.facts(), typed.day("opened"), current_user(),
            desk().clock(),
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return redirect(
        url_for("work-venue.venue", unit=unit, code=row.code, done="venue-waits"), 303
    )  # fmt: skip
