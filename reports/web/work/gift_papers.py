"""What is printed for a giver: the receipts of a gift, and a donor's statement of a year.

Both name somebody, so that who records or checks may print them and nobody else; each print is
counted and logged, which is why they are asked for by a form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, make_response

from ledger.errors import CannotRun, LedgerError, NotAllowed
from ledger.period import Period
from reports.donor_source import donor_files
from reports.gift_receipts import gift_pdf
from reports.pdf import render_pdf
from reports.sources import book_source
from reports.statements.donor import build
from reports.web.access import current_user, desk, may_browse
from reports.web.work import typed
from reports.web.work.donors import donor_shown
from reports.web.work.gifts import gift_shown

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

gift_papers = Blueprint("work-gift-papers", __name__)


@gift_papers.post("/desk/<unit>/gifts/<code>/receipt")
@may_browse
def receipt(unit: str, code: str) -> Response:
    """The gift's receipts as one PDF; who records gives those that are still missing."""
    try:
        data = gift_pdf(desk().registry, unit, code, current_user(), desk().clock())
    except NotAllowed:
        abort(403)
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return gift_shown(unit, code, fault.findings)
    return _pdf(data, f"receipt-{code}")


@gift_papers.post("/desk/<unit>/donors/<donor>/statement")
@may_browse
def statement(unit: str, donor: str) -> Response:
    """The donor's statement of a year as a PDF."""
    registry, now = desk().registry, desk().clock()
    try:
        period = Period.parse(typed.text("year", 4))
    except ValueError:
        abort(404)
    try:
        (file,) = donor_files(registry, unit, period, current_user(), now, donor)
        told = build(book_source(registry.folder, unit, period), file, period)
    except NotAllowed:
        abort(403)
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return donor_shown(unit, donor, fault.findings)
    return _pdf(render_pdf(told), f"donor-{donor}-{period}")


def _pdf(data: bytes, name: str) -> Response:
    answer = make_response(data)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
