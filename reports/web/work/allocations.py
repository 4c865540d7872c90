"""``/desk/<unit>/allocations``: what was promised, how far each promise has come, and what to do.

Who records enters promises and events; somebody else who may approve confirms them. The library
decides; the page only shows each person the forms that they may send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request, url_for

from ledger.account import account_label
from ledger.allocations import entering, moving
from ledger.allocations.entering import Promise
from ledger.allocations.standing import STATES, STEPS, moves_of, standing, stands
from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import allocations
from ledger.registry.allocations import BASIC, GENERAL, LAPSED, PROJECT, SPECIAL
from ledger.tree.words import LEVELS
from reports.statement import TEXT, Column
from reports.web.access import accepts, current_user, desk, may_approve, may_browse, may_record
from reports.web.allocations import bar_of, steps_of
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import (
    LARGEST_FORM,
    account_choices,
    fund_choices,
    keep_papers,
    logins,
    page,
    sent_papers,
)
from reports.web.work.members import bad_field, day_typed
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ledger.allocations.standing import Standing
    from reports.statement import Cell
    from reports.web.allocations import Part, Step

allocations_page = Blueprint("work-allocations", __name__)

NATURES: Final = {
    GENERAL: Words("一般性", "general"),
    SPECIAL: Words("专项", "special"),
}
USES: Final = {
    BASIC: Words("基本支出", "basic"),
    PROJECT: Words("项目支出", "project"),
}
_LEVELS: Final = dict(
    zip(
        LEVELS,
        (Words("中央", "national"), Words("省级", "province"), Words("市级", "city"),
         Words("县级", "county"), Words("乡级", "township"), Words("基层", "grass-roots")),
        strict=True,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One allocation as the page draws it."""

    one: Standing
    steps: tuple[Step, ...]
    bar: tuple[Part, ...]


# ---- all of them -------------------------------------------------------------------------------


@allocations_page.get("/desk/<unit>/allocations", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    today = desk().clock().date()
    found = stands(desk().registry, unit, today, waiting=True)
    years = sorted({one.row.year for one in found}, reverse=True)
    asked = typed.digits(request.args.get("year", ""), 4)
    year = asked if asked in years else None
    shown = [one for one in found if year in (None, one.row.year)]
    if form := form_asked():
        return _file(unit, shown, form)
    return page(
        "work/allocations.html", unit, findings=findings, tab="allocations",
        rows=[_row(one) for one in shown], states=STATES, steps=STEPS, years=years, year=year,
        total={
            key: sum(getattr(one, f"{key}_fen") for one in shown)
            for key in ("approved", "arrived", "spent", "held", "outstanding")
        },
        natures=NATURES, uses=USES, levels=_LEVELS, typed=request.form, today=today,
        accounts=account_choices(unit, "Income:"), funds=fund_choices(unit), forms=FORMS,
        yuan=Money,
    )  # fmt: skip


def _row(one: Standing) -> Row:
    return Row(one, steps_of(one), bar_of(one))


def _file(unit: str, shown: list[Standing], form: str) -> Response:
    columns = (
        Column("document", Words("文号", "Document"), TEXT, 1.2),
        Column("giver", Words("拨款单位", "Giver"), TEXT),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        *(Column(key, label, primary=key == "approved") for key, label in (
            ("approved", Words("批准", "Approved")), ("released", Words("下达", "Released")),
            ("arrived", Words("到账", "Arrived")), ("spent", Words("支出", "Spent")),
            ("returned", Words("退回", "Returned")), ("lapsed", Words("失效", "Lapsed")),
            ("outstanding", Words("未到账", "Outstanding")), ("held", Words("结存", "Held")),
        )),
        Column("late", Words("迟延天数", "Days late"), TEXT),
    )  # fmt: skip
    keys = ("released", "arrived", "spent", "returned", "lapsed", "outstanding", "held")
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            one.row.code, Words(one.row.name, one.row.name),
            (
                one.row.document, one.row.giver, STATES[one.state].zh, Money(one.row.fen),
                *(Money(getattr(one, f"{key}_fen")) for key in keys),
                "；".join(f"{STEPS[s].zh} {n}" for s, n in one.days_late.items() if n),
            ),
        )
        for one in shown
    ]  # fmt: skip
    return table_file(
        unit, "allocations", Words("拨款", "Allocations"), desk().clock().date(), columns, rows,
        heads=Words("拨款", "Allocation"), form=form,
    )  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations")
@may_record
@accepts(LARGEST_FORM)
def promise(unit: str) -> Response:
    """Enter what a document promises; somebody else confirms it."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    faults: list[Finding] = []
    try:
        one = _promise(unit, faults)
        sent = sent_papers("paper")
        if len(sent) > 1:
            faults.append(bad_field("批准文件只传一份", "the document is one file"))
        if faults or one is None:
            raise Refused(*faults)
        if sent:
            one = replace(one, paper=keep_papers(unit, sent)[0])
        row = entering.approve(registry, one, user, now)
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _to(unit, row.code, "promised")


def _promise(unit: str, faults: list[Finding]) -> Promise | None:
    amount = typed.amount("amount", faults)
    days = {name: day_typed(name, faults) for name in
            ("approved", "release_by", "arrive_by", "spend_by")}  # fmt: skip
    year = typed.digits(typed.text("year", 4))
    if days["approved"] is None or year is None:
        faults.append(bad_field("年度与批准日须填写", "year and day of approval are needed"))
        return None
    account = typed.account_named(unit, "account", 200)
    if amount is None:
        return None
    return Promise(
        unit, typed.text("document", 60), typed.text("giver"),
        typed.chosen(_LEVELS, typed.text("level", 20)), year, typed.text("nature", 10),
        typed.text("use", 10), typed.text("name", 120), amount, account,
        typed.fund(), days["approved"], days["release_by"],
        days["arrive_by"], days["spend_by"],
    )  # fmt: skip


# ---- one of them -------------------------------------------------------------------------------


@allocations_page.get("/desk/<unit>/allocations/<code>", provide_automatic_options=False)
@may_browse
def allocation(unit: str, code: str) -> Response:
    return _allocation(unit, code)


def _allocation(unit: str, code: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today = desk().registry, desk().clock().date()
    try:
        one = standing(registry, unit, code, today)
    except CannotRun:
        abort(404)
    moves = moves_of(registry, unit, code, today)
    me = current_user().id
    mine: dict[int | None, str] = {None: one.row.user}
    mine |= {event.number: event.user for event in one.every}
    return page(
        "work/allocation.html", unit, findings=findings, tab="allocations", row=_row(one),
        states=STATES, steps=STEPS, natures=NATURES, uses=USES, levels=_LEVELS, yuan=Money,
        moves=[(move, f"/vouchers/{unit}/{quote(move.voucher)}", account_label(move.account))
               for move in moves],
        logins=logins(), typed=request.form, today=today, lapsed=LAPSED,
        accounts=account_choices(unit), undoable=_undoable(one),
        others={number for number, user in mine.items() if user != me},
    )  # fmt: skip


def _undoable(one: Standing) -> set[int]:
    asked = {event.undoes for event in one.waiting}
    return {event.number for event in one.events if event.number not in asked}


@allocations_page.post("/desk/<unit>/allocations/<code>/confirm")
@may_approve
def confirm(unit: str, code: str) -> Response:
    return _do(unit, code, "allocation-confirmed", lambda: entering.confirm(
        desk().registry, unit, code, current_user(), desk().clock(), _number()
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/refuse")
@may_browse
def refuse(unit: str, code: str) -> Response:
    """Who may approve refuses it, who entered it takes it back."""
    return _do(unit, code, "allocation-refused", lambda: entering.refuse(
        desk().registry, unit, code, typed.text("reason", 300), current_user(), desk().clock(),
        _number(),
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/undo")
@may_record
def undo(unit: str, code: str) -> Response:
    return _do(unit, code, "allocation-waits", lambda: entering.undo(
        desk().registry, unit, code, _number() or 0, current_user(), desk().clock()
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/release")
@may_record
def release(unit: str, code: str) -> Response:
    return _do(unit, code, "allocation-released", lambda: entering.release(
        desk().registry, unit, code, typed.needed_amount(), typed.day(), typed.text("note", 300),
        current_user(), desk().clock(),
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/lapse")
@may_record
def lapse(unit: str, code: str) -> Response:
    return _do(unit, code, "allocation-waits", lambda: entering.lapse(
        desk().registry, unit, code, typed.needed_amount(), typed.day(), typed.text("note", 300),
        current_user(), desk().clock(),
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/arrive")
@may_record
def arrive(unit: str, code: str) -> Response:
    return _do(unit, code, "proposed", lambda: moving.arrive(
        desk().registry, unit, code, typed.needed_amount(),
        typed.account_named(unit, "money", 200), typed.day(), current_user(), desk().clock(),
    ))  # fmt: skip


@allocations_page.post("/desk/<unit>/allocations/<code>/return")
@may_record
def give_back(unit: str, code: str) -> Response:
    return _do(unit, code, "proposed", lambda: moving.give_back(
        desk().registry, unit, code, typed.needed_amount(),
        typed.account_named(unit, "money", 200), typed.day(), typed.text("decision", 200),
        current_user(), desk().clock(),
    ))  # fmt: skip


def _do(unit: str, code: str, done: str, deed: Callable[[], object]) -> Response:
    with desk().registry.read() as conn:
        if allocations.find(conn, unit, code) is None:
            abort(404)
    return do(
        deed, partial(_allocation, unit, code), "work-allocations.allocation",
        unit=unit, code=code, done=done,
    )  # fmt: skip


def _to(unit: str, code: str, done: str) -> Response:
    return redirect(url_for("work-allocations.allocation", unit=unit, code=code, done=done), 303)


def _number() -> int | None:
    """The number of an event; None for the promise itself."""
    return typed.digits(typed.text("event", 9))
