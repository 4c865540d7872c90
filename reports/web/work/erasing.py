"""``/desk/<unit>/erasing``: where who administers erases who a donor is, by the id, typed twice.

They see no list and no money of the unit; a reason names nobody, and nothing typed is shown again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for

from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.gifts import donors as library
from reports.web.access import current_user, desk, signed_in
from reports.web.units import find_unit
from reports.web.work import typed
from reports.web.work.frame import told_of
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

erasing_page = Blueprint("work-erasing", __name__)


@erasing_page.get("/desk/<unit>/erasing", provide_automatic_options=False)
@signed_in
def erasing(unit: str) -> Response:
    _demand_administrator(unit)
    return _erasing(unit)


@erasing_page.post("/desk/<unit>/erasing")
@signed_in
def erase(unit: str) -> Response:
    """Erase who a donor is, for good, once the id was typed twice."""
    _demand_administrator(unit)
    donor, again = typed.text("donor", 24).upper(), typed.text("again", 24).upper()
    donor, again = donor.replace("D-", "d-", 1), again.replace("D-", "d-", 1)
    try:
        if not donor or donor != again:
            raise Refused(
                bad_field("两次填写的编号须相同", "the id has to be typed twice, the same")
            )
        if not typed.text("reason", 200):
            raise Refused(bad_field("依据须填写，不写姓名", "say why, without a name"))
        library.erase(
            desk().registry, unit, donor, typed.text("reason", 200), current_user(), desk().clock()
        )
    except LedgerError as fault:
        return _erasing(unit, fault.findings)
    return redirect(url_for("work-erasing.erasing", unit=unit, done="donor-erased"), 303)


def _demand_administrator(unit: str) -> None:
    """As for a unit that one may not see: whether it is there is not told."""
    if not current_user().may("administer", "*") or find_unit(desk().folder, unit) is None:
        abort(403)


def _erasing(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    facts = find_unit(desk().folder, unit)
    return make_response(
        render_template(
            "work/erasing.html", unit=unit, findings=findings,
            unit_name=facts.name if facts else Words(unit, unit),
            told=told_of(request.args.get("done", "")),
        ),
        422 if findings else 200,
    )  # fmt: skip
