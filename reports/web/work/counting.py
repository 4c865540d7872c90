"""``/desk/<unit>/stocktakes/<code>/count``: things are counted with a phone, one after another.

The place is chosen once. A thing is entered by its number, by a tap on what should still be there,
or by its label before the camera, where the browser can read one; what was expected and what was
seen is shown at once. Everything works without the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, LedgerError, Refused
from ledger.money import Money
from ledger.registry import assets, stocktakes
from ledger.registry.stocktakes import KIND_WORDS, OPEN
from ledger.stocktakes.counting import Judged, Sight, count, judge, may_count
from reports.web.access import accepts, current_user, desk, may_browse
from reports.web.work import typed
from reports.web.work.frame import LARGEST_FORM, logins, page, sent_papers
from reports.web.work.stocktakes import stocktake_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

counting_page = Blueprint("work-counting", __name__)

#: How many things of a place, and how many scans of one's own, a phone's page lists.
_LEFT: Final = 30
_RECENT: Final = 5


@counting_page.get("/desk/<unit>/stocktakes/<code>/count", provide_automatic_options=False)
@may_browse
def counting(unit: str, code: str) -> Response:
    return _page(unit, code, safe_text(request.args.get("place", ""), 120))


@counting_page.post("/desk/<unit>/stocktakes/<code>/count")
@may_browse
@accepts(LARGEST_FORM)
def scan(unit: str, code: str) -> Response:
    """Keep what was seen; then the page again, with how it compares."""
    place = typed.text("place", 120)
    try:
        done = count(desk().registry, unit, code, [_sight(place)], current_user(), desk().clock())
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return _page(unit, code, place, fault.findings)
    last = done[0].scan.number
    target = url_for("work-counting.counting", unit=unit, code=code, place=place, last=last)
    return redirect(target, 303)


def _sight(place: str) -> Sight:
    """What the form says of one thing."""
    sent = sent_papers("photo")
    name, photo = sent[0] if sent else ("", b"")
    found, worth = typed.text("found", 300), Money(0)
    if found and typed.text("worth", 30):
        faults: list[Finding] = []
        worth = typed.amount("worth", faults) or worth
        if faults:
            raise Refused(*faults)
    what = "" if found else typed.text("tapped", 120) or typed.text("what", 120)
    return Sight(
        what, place, typed.text("keeper", 60), typed.text("note", 300),
        request.form.get("seen") != "no", found, worth, photo, name,
    )  # fmt: skip


def _page(unit: str, code: str, place: str, findings: tuple[Finding, ...] = ()) -> Response:
    row = stocktake_of(unit, code)
    user = current_user()
    with desk().registry.read() as conn:
        expected, looked = stocktakes.progress(conn, unit, code)
        places = stocktakes.places(conn, unit, code)
        numbers = stocktakes.all_numbered(conn, unit, code, assets.PREFIX)
        left = stocktakes.unseen_in(conn, unit, code, place, _LEFT) if place else []
        recent = stocktakes.recent(conn, unit, code, user.id, _RECENT)
        number = typed.digits(request.args.get("last", "")) if not findings else None
        last = judge(conn, row, number) if number else None
        if last is not None and last.scan.user != user.id:
            last = None
        codes = {*left, *(one.asset for one in recent if one.asset)}
        if last is not None and last.scan.asset is not None:
            codes.add(last.scan.asset)
        cards = assets.with_codes(conn, unit, codes)
    return page(
        "work/count.html", unit, findings=findings, row=row, place=place, places=places,
        numbers=numbers,
        expected=expected, looked=looked, left=left, recent=recent, last=last, cards=cards,
        kinds=KIND_WORDS, who=logins(), typed=request.form if findings else {},
        counting=may_count(row, user) and row.state == OPEN, well=_well(last),
    )  # fmt: skip


def _well(last: Judged | None) -> bool:
    return last is not None and not last.kinds
