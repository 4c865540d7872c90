"""``/desk/<unit>/assets/requests``: what waits for me, what is asked and given, what is overdue.

Each request has a page with the forms of what its reader may do next; the library decides.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.assets import handing, receiving, requesting
from ledger.assets.called import GROUNDS, KINDS, REQUEST_STATES
from ledger.assets.disposing import Leaving, dispose
from ledger.errors import Finding, Refused, Words
from ledger.money import Money
from ledger.registry import asset_requests, assets, counterparties, units
from ledger.registry.asset_requests import (
    ACCEPTED,
    APPROVED,
    COMING_BACK,
    DONE,
    HANDED,
    OPEN,
    TRANSFER,
    WAITING,
)
from reports.web.access import accepts, current_user, desk, may_approve, may_browse, may_record
from reports.web.work import typed
from reports.web.work.asset_shown import acts_of, keeper_choices, shown_request
from reports.web.work.doing import do
from reports.web.work.frame import (
    LARGEST_FORM,
    account_choices,
    fund_choices,
    logins,
    page,
)
from reports.web.work.gift_acts import one_paper
from reports.web.work.members import fen_typed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.registry import User
    from ledger.registry.asset_requests import RequestRow

requests_page = Blueprint("work-asset-requests", __name__)

_SETTLED_SHOWN: Final = 50


@requests_page.get("/desk/<unit>/assets/requests", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    user, today = current_user(), desk().clock().date()
    with desk().registry.read() as conn:
        rows = asset_requests.of_unit(conn, unit, incoming=True)
        items = asset_requests.every_item(conn, unit)
        names = counterparties.names(conn, unit)
        known = {one.id: Words(one.name, one.name_en) for one in units.all_units(conn)}
        entered = assets.entered_by(conn, unit, [row.code for row in rows if row.unit != unit])
    rows = [row for row in rows if row.unit == unit or visible(row)]
    opened = [row for row in rows if _is_open(row, unit, entered)]
    mine = [row for row in opened if _waits_for(row, unit, user)]
    out = sorted((row for row in opened if _is_out(row, unit)), key=_back_by)
    others = [row for row in opened if row not in mine and not _is_out(row, unit)]
    settled = [row for row in reversed(rows) if row not in opened]
    return page(
        "work/asset_requests.html", unit, tab="assets", sub="requests", mine=mine, others=others,
        out=[(row, _days_late(row, today)) for row in out], settled=settled[:_SETTLED_SHOWN],
        more=len(settled) > _SETTLED_SHOWN, items=items, parties=names, units=known, kinds=KINDS,
        states=REQUEST_STATES, who=logins(), today=today,
    )  # fmt: skip


def _is_open(row: RequestRow, unit: str, entered: Collection[str]) -> bool:
    """Whether something is still to happen; what another unit gave, until it is entered here."""
    if row.unit != unit:
        return row.state in (*OPEN, DONE) and row.code not in entered
    return row.state in OPEN


def _is_out(row: RequestRow, unit: str) -> bool:
    return row.unit == unit and row.kind in COMING_BACK and row.state == HANDED


def _back_by(row: RequestRow) -> tuple[bool, date, str]:
    return (row.until is None, row.until or row.day, row.code)


def _days_late(row: RequestRow, today: date) -> int:
    return max(0, (today - row.until).days) if row.until is not None else 0


def _waits_for(row: RequestRow, unit: str, user: User) -> bool:
    """Whether the next step of a request is one that the user may take."""
    records, approves = user.may("record", unit), user.may("approve", unit)
    if row.unit != unit:
        agrees = row.state == APPROVED and approves and user.id != row.checker
        return agrees or (row.state in (HANDED, DONE) and records) or _receives(row, user)
    if row.state == WAITING:
        return approves and user.id != row.maker
    ready = ACCEPTED if row.kind == TRANSFER else APPROVED
    if row.state == ready:
        return records or _receives(row, user)
    return row.state == HANDED and row.kind not in COMING_BACK and records


def _receives(row: RequestRow, user: User) -> bool:
    ready = ACCEPTED if row.kind == TRANSFER else APPROVED
    return row.state == ready and row.to_keeper == user.id


# ---- one of them -------------------------------------------------------------------------------


@requests_page.get("/desk/<unit>/assets/requests/<code>", provide_automatic_options=False)
@may_browse
def one(unit: str, code: str) -> Response:
    return request_shown(unit, code)


def request_shown(
    unit: str, code: str, findings: tuple[Finding, ...] = (), act: str = "", status: int = 200
) -> Response:
    """The page of a request; where a form was refused, ``act`` says which, and it stays open."""
    row = _known(unit, code)
    user = current_user()
    shown = shown_request(unit, row)
    acts = acts_of(shown, unit, user)
    receives = "receive" in acts
    return page(
        "work/asset_request.html", unit, findings=findings, status=status, tab="assets",
        sub="requests", shown=shown, row=row, acts=acts, act=act,
        typed=request.form if act else {}, kinds=KINDS, states=REQUEST_STATES, grounds=GROUNDS,
        who=logins(), today=desk().clock().date(), late=shown.days_late(desk().clock().date()),
        keepers=keeper_choices(unit) if receives else [],
        moneys=account_choices(unit, "Assets:") if "dispose" in acts else [],
        funds=fund_choices(unit) if receives else [],
        expenses=account_choices(unit, "Expenses:") if receives else [],
    )  # fmt: skip


def _known(unit: str, code: str) -> RequestRow:
    """The unit's request of this code, or another unit's to it; 404 if there is none.

    What waits for the other unit's own checker, or never came that far, is none of this unit's.
    """
    with desk().registry.read() as conn:
        row = asset_requests.find(conn, unit, code)
        if row is not None:
            return row
        found = asset_requests.towards(conn, unit, code)
    if len(found) != 1 or not visible(found[0]):
        abort(404)
    return found[0]


def visible(row: RequestRow) -> bool:
    """Whether the unit that receives sees a request: once the unit that gives approved it."""
    return row.state in (APPROVED, ACCEPTED, HANDED, DONE) or row.other_checker is not None


@requests_page.post("/desk/<unit>/assets/requests/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """Approve what somebody else asked, or agree to what another unit gives."""
    done = "asset-approved" if _known(unit, code).unit == unit else "asset-agreed"
    return _do(unit, code, "approve", done, lambda: requesting.approve(
        desk().registry, unit, code, current_user(), desk().clock()
    ))  # fmt: skip


@requests_page.post("/desk/<unit>/assets/requests/<code>/refuse")
@may_approve
def refuse(unit: str, code: str) -> Response:
    """Refuse a request, with a reason."""
    incoming = _known(unit, code).unit != unit
    answer = _do(unit, code, "refuse", "asset-refused", lambda: requesting.refuse(
        desk().registry, unit, code, typed.text("note", 300), current_user(), desk().clock()
    ))  # fmt: skip
    if incoming and answer.status_code == 303:  # what was refused is the other unit's alone
        place = url_for("work-asset-requests.overview", unit=unit, done="asset-refused")
        return redirect(place, 303)
    return answer


@requests_page.post("/desk/<unit>/assets/requests/<code>/withdraw")
@may_record
def withdraw(unit: str, code: str) -> Response:
    """Take a request back by which nothing happened yet."""
    return _do(unit, code, "withdraw", "asset-withdrawn", lambda: requesting.withdraw(
        desk().registry, unit, code, current_user(), desk().clock()
    ))  # fmt: skip


@requests_page.post("/desk/<unit>/assets/requests/<code>/hand-over")
@may_browse
@accepts(LARGEST_FORM)
def hand_over(unit: str, code: str) -> Response:
    """Hand over what was approved: who records, with the signed sheet, or who receives it."""

    def deed() -> None:
        day = typed.day()
        data, name = one_paper("handed-over")
        handing.hand_over(
            desk().registry, _known(unit, code).unit, code, day, current_user(), desk().clock(),
            data, name,
        )  # fmt: skip

    return _do(unit, code, "hand-over", "asset-handed", deed)


@requests_page.post("/desk/<unit>/assets/requests/<code>/return")
@may_record
@accepts(LARGEST_FORM)
def give_back(unit: str, code: str) -> Response:
    """What was lent, leased or repaired is back."""

    def deed() -> None:
        day = typed.day()
        data, name = one_paper("returned")
        handing.give_back(
            desk().registry, unit, code, day, current_user(), desk().clock(),
            note=typed.text("note", 300), paper=data, name=name,
        )  # fmt: skip

    return _do(unit, code, "return", "asset-back", deed)


@requests_page.post("/desk/<unit>/assets/requests/<code>/dispose")
@may_record
@accepts(LARGEST_FORM)
def leave(unit: str, code: str) -> Response:
    """Propose the draft by which it leaves the book."""

    def deed() -> None:
        faults: list[Finding] = []
        proceeds, fee = fen_typed("proceeds", faults), fen_typed("fee", faults)
        if faults:
            raise Refused(*faults)
        money = typed.account_named(unit, "money", 200) if typed.text("money", 200) else ""
        day = typed.day()
        data, name = one_paper("disposal")
        how = Leaving(day, money, Money(fee or 0), Money(proceeds or 0), data, name)
        dispose(desk().registry, unit, code, how, current_user(), desk().clock())

    return _do(unit, code, "dispose", "proposed", deed)


@requests_page.post("/desk/<unit>/assets/requests/<code>/receive")
@may_record
@accepts(LARGEST_FORM)
def receive(unit: str, code: str) -> Response:
    """Enter what another unit gave: a card and a draft for each."""

    def deed() -> None:
        day = typed.day()
        charged = typed.account_named(unit, "charged", 200) if typed.text("charged", 200) else ""
        data, name = one_paper("received")
        how = receiving.Received(
            unit, code, day, typed.fund(), keeper_typed(), typed.text("place", 120), charged,
            data, name,
        )  # fmt: skip
        receiving.receive(desk().registry, how, current_user(), desk().clock())

    return _do(unit, code, "receive", "asset-received", deed)


def keeper_typed(name: str = "keeper") -> str:
    """Who is meant by a field: a login or a number, which the list shows first."""
    return typed.text(name, 60).split(" ", 1)[0]


def _do(unit: str, code: str, act: str, done: str, deed: Callable[[], object]) -> Response:
    _known(unit, code)
    shown = partial(request_shown, unit, code, act=act)
    return do(
        deed, shown, "work-asset-requests.one", not_allowed=partial(shown, status=403),
        unit=unit, code=code, done=done,
    )  # fmt: skip
