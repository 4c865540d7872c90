"""``/desk/<unit>/assets``: the register as of a day; one asset with all that happened to it.

Who keeps a thing is a login or a member's id here, never a name.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, abort, request

from ledger.assets import accounts, life
from ledger.assets.called import KINDS, OWNERSHIPS, REQUEST_STATES, SOURCES, STEPS
from ledger.assets.history import History, history
from ledger.assets.marks import entering
from ledger.assets.standing import STATES, overdue, register, register_now
from ledger.errors import CannotRun, Finding, Words
from ledger.money import Money
from ledger.registry import assets, drafts, units
from ledger.registry.assets import GONE, MEMO
from ledger.rules.assets import METHODS, UNITS
from reports.asset_figures import PARTS
from reports.statement import COUNT, DAY, TEXT, Column
from reports.web.access import current_user, desk, may_browse
from reports.web.asset_rows import (
    NET_FILL,
    WORN_FILL,
    by_class,
    by_state,
    plan_of,
    total_of,
)
from reports.web.work import typed
from reports.web.work.asset_shown import acts_of, shown_request
from reports.web.work.frame import account_choices, fund_choices, logins, page
from reports.web.work.members import day_of
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.wrappers import Response

    from ledger.assets.standing import AssetStanding
    from reports.statement import Cell

assets_page = Blueprint("work-assets", __name__)

_PER_PAGE: Final = 100
_ASKED: Final = ("q", "class", "state", "on")
OVERDUE: Final = "overdue"
#: What the list may be narrowed to: a state, or what should be back by now.
_STATES: Final = {**STATES, OVERDUE: Words("逾期未还", "overdue")}


# ---- all of them -------------------------------------------------------------------------------


@assets_page.get("/desk/<unit>/assets", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    asked = {name: request.args.get(name, "").strip()[:40] for name in _ASKED}
    on, today = _day(asked["on"]), desk().clock().date()
    registry = desk().registry
    with registry.read() as conn:
        keeps = accounts.known(units.find(conn, unit).chart) is not None
    if not keeps:
        every: list[AssetStanding] = []
    elif on >= today:
        every = register_now(registry, unit, on)
    else:
        every = register(registry, unit, on)
    who = logins()
    found = [one for one in every if _matches(one, asked, who)]
    if form := form_asked():
        return _file(unit, found, on, form, who)
    given = {name: text for name, text in asked.items() if text}
    classes = by_class(found)
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(typed.digits(request.args.get("page", "")) or 1, 1), pages)
    there = [one for one in every if one.state != GONE]
    return page(
        "work/assets.html", unit, tab="assets", sub="register", keeps=keeps,
        any=bool(every or given),
        rows=found[(at - 1) * _PER_PAGE : at * _PER_PAGE], count=len(found), classes=classes,
        total=total_of(classes), late=overdue(every), in_states=by_state(there), asked=asked,
        given=given, on=on, today=today, at=at, pages=pages, states=_STATES, sources=SOURCES,
        names={one.row.class_id: one.class_words for one in every}, who=who, forms=FORMS,
        parts=PARTS, key=(NET_FILL, WORN_FILL), memo=MEMO,
    )  # fmt: skip


def _day(text: str) -> date:
    """The day of an address; today where it is none."""
    try:
        return day_of(text)
    except ValueError:
        return desk().clock().date()


def _matches(one: AssetStanding, asked: Mapping[str, str], who: Mapping[str, str]) -> bool:
    state = asked["state"]
    if state == OVERDUE:
        fits = one.overdue_days > 0
    else:
        fits = one.state == state if state else one.state != GONE
    if not fits or asked["class"] not in ("", one.row.class_id):
        return False
    words = asked["q"].casefold()
    row = one.row
    return not words or any(
        words in text.casefold()
        for text in (row.code, row.name, row.spec, row.serial, one.place, one.keeper,
                     who.get(one.keeper, ""))
    )  # fmt: skip


def _file(
    unit: str, found: Sequence[AssetStanding], on: date, form: str, who: Mapping[str, str]
) -> Response:
    columns = (
        Column("spec", Words("规格型号", "Model"), TEXT, 1.2),
        Column("class", Words("类别", "Class"), TEXT, 1.0),
        Column("source", Words("来源", "Source"), TEXT, 0.7),
        Column("ownership", Words("权属", "Owner"), TEXT, 0.8),
        Column("fund", Words("资金", "Fund"), TEXT, 0.7),
        Column("acquired", Words("取得日期", "Acquired"), DAY, 0.9),
        Column("life", Words("年限（月）", "Months"), COUNT, 0.7),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("keeper", Words("保管人", "Keeper"), TEXT, 1.0),
        Column("place", Words("存放地点", "Place"), TEXT, 1.2),
        Column("until", Words("应还", "Back by"), DAY, 0.9),
        Column("late", Words("逾期天数", "Days late"), COUNT, 0.7),
        *(Column(name, words, primary=name == "cost") for name, words in PARTS.items()),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for one in found:
        row = one.row
        cells = (
            row.spec, one.class_words.zh, SOURCES[row.source].zh, OWNERSHIPS[row.ownership].zh,
            one.fund, row.acquired, row.life_months, _STATES[one.state].zh,
            who.get(one.keeper, one.keeper), one.place, one.until, one.overdue_days or None,
            Money(one.cost_fen), Money(one.worn_fen), Money(one.net_fen),
        )  # fmt: skip
        rows.append((row.code, Words(f"{row.code} {row.name}", row.code), cells))
    sums = total_of(by_class(found))
    total: tuple[Cell, ...] = (None,) * 12 + tuple(Money(sums.of(part)) for part in PARTS)
    return table_file(
        unit, "assets", Words("固定资产清册", "Register of fixed assets"), on, columns, rows,
        heads=Words("资产", "Asset"), form=form, total=total,
    )  # fmt: skip


# ---- one of them -------------------------------------------------------------------------------


@assets_page.get("/desk/<unit>/assets/<code>", provide_automatic_options=False)
@may_browse
def asset(unit: str, code: str) -> Response:
    return asset_shown(unit, code)


def asset_shown(unit: str, code: str, findings: tuple[Finding, ...] = ()) -> Response:
    """The page of an asset; with what a form of it was refused for."""
    registry, today = desk().registry, desk().clock().date()
    try:
        told = history(registry, unit, code, today)
    except CannotRun:
        abort(404)
    one = told.asset
    if form := form_asked():
        return _history_file(unit, told, today, form)
    with registry.read() as conn:
        estimates = assets.estimates(conn, unit, [code]).get(code, [])
        uses = assets.uses(conn, unit, [code]).get(code, [])
        draft = drafts.by_sources(conn, unit, [entering(code)], drafts.UNDECIDED)
        parts = assets.parts_of(conn, unit, code)
        begins = units.find(conn, unit).opened.year
    plan = plan_of(one.row, estimates, uses, told.steps, begins)
    open_request = shown_request(unit, one.open) if one.open is not None else None
    user = current_user()
    return page(
        "work/asset.html", unit, findings=findings, tab="assets", sub="register", one=one,
        row=one.row, of_it=told, estimates=estimates, uses=uses, parts=parts, plan=plan,
        drafts=list(draft.values()), states=STATES, sources=SOURCES, ownerships=OWNERSHIPS,
        methods=METHODS, kinds=KINDS, request_states=REQUEST_STATES, steps=_steps(unit, told),
        who=logins(), today=today, memo=MEMO, gone=GONE, forms=FORMS, by_units=UNITS,
        first=life.terms_of(one.row), shown=open_request,
        acts=acts_of(open_request, unit, user) if open_request else (),
        typed=request.form if findings else {}, moneys=account_choices(unit, "Assets:"),
        funds=fund_choices(unit), acting="",
    )  # fmt: skip


def _steps(unit: str, told: History) -> list[tuple[object, Words, str]]:
    """Each step with its words and the address of its voucher."""
    return [
        (
            step,
            STEPS.get(step.what, Words(step.what, step.what)),
            f"/vouchers/{unit}/{quote(step.voucher)}" if step.voucher else "",
        )
        for step in told.steps
    ]


def _history_file(unit: str, told: History, on: date, form: str) -> Response:
    """What happened to an asset as a file."""
    who = logins()
    columns = (
        Column("day", Words("日期", "Day"), DAY, 0.9),
        Column("keeper", Words("保管人", "Keeper"), TEXT, 1.0),
        Column("place", Words("存放地点", "Place"), TEXT, 1.2),
        Column("request", Words("申请", "Request"), TEXT, 1.0),
        Column("voucher", Words("凭证", "Voucher"), TEXT, 1.0),
        Column("note", Words("说明", "Note"), TEXT, 2.0),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for number, step in enumerate(told.steps, 1):
        cells = (
            step.day, who.get(step.keeper, step.keeper), step.place, step.request, step.voucher,
            step.note, Money(step.fen) if step.voucher else None,
        )  # fmt: skip
        rows.append((str(number), STEPS.get(step.what, Words(step.what, step.what)), cells))
    code = told.asset.row.code
    return table_file(
        unit, f"asset-{code}", Words(f"资产 {code} 的来龙去脉", f"What happened to {code}"), on,
        columns, rows, heads=Words("事项", "What"), form=form,
    )  # fmt: skip
