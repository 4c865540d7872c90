"""``/desk/<unit>/assets/new``: how it came is chosen first, then its form has what that needs.

A form says which card its user entered last (``after``), so that sending it twice enters one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.assets import accounts
from ledger.assets.adding import add
from ledger.assets.called import OWNERSHIPS, SOURCES
from ledger.assets.said import SaidAsset, regime_for
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import assets, gifts, units
from ledger.registry.assets import (
    BOUGHT,
    BUILT,
    EMPLOYER,
    FOUND,
    GIFT,
    GRANTED,
    MEMO,
    OTHER,
    STATE,
    UNIT,
)
from ledger.rules.assets import GROUPS, METHODS, NO_RESIDUAL, STRAIGHT_LINE, UNITS
from reports.web.access import accepts, current_user, desk, may_record
from reports.web.work import typed
from reports.web.work.asset_requests import keeper_typed
from reports.web.work.asset_shown import keeper_choices
from reports.web.work.frame import LARGEST_FORM, account_choices, fund_choices, page
from reports.web.work.gift_acts import one_paper
from reports.web.work.members import bad_field, day_of, day_typed, fen_typed

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.assets.accounts import AssetAccounts
    from ledger.rules.assets import AssetClass, AssetTable

asset_forms = Blueprint("work-asset-forms", __name__)


@dataclass(frozen=True)
class Way:
    """How an asset comes: what that is called, its source, and which fields its form has."""

    name: Words
    note: Words
    source: str
    fields: tuple[str, ...] = ()


#: In the order in which they are offered.
WAYS: Final = {
    "bought": Way(
        Words("购置", "Bought"),
        Words("写明付款或应付科目", "paid from an account, or owed on one"),
        BOUGHT, ("cost", "money"),
    ),
    "granted": Way(
        Words("拨入", "Granted"),
        Words("上级或财政拨给的实物", "given by an upper unit or by public finance"),
        GRANTED, ("cost",),
    ),
    "gift": Way(
        Words("受赠", "A gift"),
        Words("先登记捐赠，这里为它建卡", "the gift is recorded first; this makes its card"),
        GIFT, ("gift",),
    ),
    "built": Way(
        Words("建成交付", "Built"), Words("由在建工程转入", "out of what was under construction"),
        BUILT, ("cost",),
    ),
    "found": Way(
        Words("盘盈", "Found by a count"),
        Words("写明批准入账的决策文号", "with the decision by which it is entered"),
        FOUND, ("cost", "decision"),
    ),
    "opening": Way(
        Words("期初已有", "There at first"),
        Words("账簿开始之前取得的，连同已提折旧",
              "acquired before the book began, with its depreciation"),
        "", ("source", "cost", "depreciated"),
    ),
    "book": Way(
        Words("账上已有，补卡", "In the book without a card"),
        Words("对账或导入时已入账的", "what a bank's line or an import entered already"),
        "", ("source", "code"),
    ),
    "memo": Way(
        Words("备查（不属本单位）", "Memo: not the unit's"),
        Words("单位行政或其他单位提供使用的，不入账", "the employer's or others': in no book"),
        MEMO, ("memo",),
    ),
}  # fmt: skip
_OWNED: Final = {key: OWNERSHIPS[key] for key in (UNIT, STATE)}
_OTHERS: Final = {key: OWNERSHIPS[key] for key in (EMPLOYER, OTHER)}
_SOURCES: Final = {key: SOURCES[key] for key in (BOUGHT, GRANTED, GIFT, BUILT)}


@asset_forms.get("/desk/<unit>/assets/new", provide_automatic_options=False)
@may_record
def new(unit: str) -> Response:
    """The ways to choose from, or the form of the one that is chosen."""
    return _new(unit, request.args.get("way", ""))


def _new(unit: str, key: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, user, today = desk().registry, current_user(), desk().clock().date()
    way = WAYS.get(key)
    try:
        chart = accounts.of_unit(registry, unit)
        with registry.read() as conn:
            table = regime_for(registry, units.find(conn, unit), _acquired(today))
    except LedgerError as fault:  # no such accounts, or no rule in force: nothing to fill in
        return page("work/asset_new.html", unit, findings=tuple(fault.findings), tab="assets",
                    sub="register", offers={}, way=None)  # fmt: skip
    with registry.read() as conn:
        after = assets.last_of(conn, unit, user.id)
        lacking = _without_cards(unit) if way is not None else ([], [])
    return page(
        "work/asset_new.html", unit, findings=findings, tab="assets", sub="register",
        offers=_offers(chart), chosen=key, way=way, table=table, classes=_classes(table),
        groups=GROUPS, methods={one: METHODS[one] for one in METHODS if _allowed(table, one)},
        straight=STRAIGHT_LINE, by_units=UNITS, residual=table.residual != NO_RESIDUAL,
        ownerships=_OTHERS if key == "memo" else _OWNED, sources=_SOURCES, after=after,
        gives=chart.has("given"), gifts=lacking[0], codes=lacking[1], today=today,
        typed=request.form if findings else _preset(), keepers=keeper_choices(unit),
        funds=fund_choices(unit), moneys=_moneys(unit) if way else [],
        expenses=account_choices(unit, "Expenses:") if way and not chart.by_fund else [],
    )  # fmt: skip


def _preset() -> dict[str, str]:
    """What an address fills in: a gift's page leads here."""
    return {name: request.args.get(name, "")[:24] for name in ("gift", "code")}


def _offers(chart: AssetAccounts) -> dict[str, Way]:
    """What a chart has accounts for; what a gift brings is always recorded as one."""
    return {key: way for key, way in WAYS.items() if key != "built" or chart.has("construction")}


def _acquired(today: date) -> date:
    """The day by whose rule the classes are shown: the form's, where it can be read."""
    try:
        return day_of(request.form.get("acquired", "")) if request.form.get("acquired") else today
    except ValueError:
        return today


def _classes(table: AssetTable) -> dict[str, list[AssetClass]]:
    """The classes of the rule by group, in the rule's order."""
    found: dict[str, list[AssetClass]] = {}
    for one in table.classes:
        found.setdefault(one.group, []).append(one)
    return found


def _allowed(table: AssetTable, method: str) -> bool:
    return any(method in one.methods for one in table.classes)


def _moneys(unit: str) -> list[object]:
    return [*account_choices(unit, "Assets:"), *account_choices(unit, "Liabilities:")]


def _without_cards(unit: str) -> tuple[list[str], list[str]]:
    """Gifts of assets and things in the book that no card was made for yet."""
    with desk().registry.read() as conn:
        given = {row.commodity: row.code for row in gifts.of_unit(conn, unit)
                 if row.kind == gifts.ASSET}  # fmt: skip
        stands = assets.sums(conn, unit)
        carded = set(assets.with_codes(conn, unit, list(stands)))
    lacking = [code for code, one in stands.items() if one.millionths > 0 and code not in carded]
    return (
        [given[code] for code in lacking if code in given],
        [code for code in lacking if code not in given],
    )


@asset_forms.post("/desk/<unit>/assets/new")
@may_record
@accepts(LARGEST_FORM)
def enter(unit: str) -> Response:
    """Enter the asset of the form: its card, and the draft that brings it into the book."""
    key = request.form.get("way", "")
    way = WAYS.get(key)
    if way is None:
        return _new(unit, "", (bad_field("选择取得方式", "choose how it came"),))
    try:
        done = add(desk().registry, _said(unit, way), current_user(), desk().clock())
    except LedgerError as fault:
        return _new(unit, key, tuple(fault.findings))
    told = "asset-drafted" if done.draft else "asset-entered"
    return redirect(url_for("work-assets.asset", unit=unit, code=done.row.code, done=told), 303)


def _said(unit: str, way: Way) -> SaidAsset:
    """What the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    fields, key = way.fields, request.form.get("way", "")
    acquired = day_typed("acquired", faults) or desk().clock().date()
    gift = typed.text("gift", 24).upper() if "gift" in fields else ""
    cost = Money(0)
    if "cost" in fields or ("gift" in fields and not gift):  # a gift's worth is its record's
        cost = typed.amount("cost", faults, needed="cost" in fields) or cost
    worn, residual = fen_typed("depreciated", faults), fen_typed("residual", faults)
    life = _number("life", faults)
    total = _number("units_total", faults, 12)
    named = {name: _account(unit, name, faults) for name in ("money", "charged")}
    data, name = _paper("paper", "asset", faults)
    picture, picture_name = _paper("photo", "photo", faults)
    if faults:
        raise Refused(*faults)
    source = way.source or typed.text("source", 12)
    return SaidAsset(
        unit, typed.text("name", 120), typed.text("class", 32), acquired, source,
        typed.fund() if key != "memo" else "", cost, keeper_typed(), typed.text("place", 120),
        typed.text("ownership", 10), typed.text("spec", 120), typed.text("serial", 60), life,
        Money(residual or 0), typed.chosen(METHODS, typed.text("method", 20)) or STRAIGHT_LINE,
        total or 0, named["charged"], named["money"] if "money" in fields else "", gift,
        typed.text("code", 24).upper() if "code" in fields else "",
        typed.text("parent", 24).upper(),
        typed.text("decision", 60) if "decision" in fields else "",
        opening="depreciated" in fields,
        depreciated=Money((worn or 0) if "depreciated" in fields else 0),
        bulk=bool(request.form.get("bulk")), worn=bool(request.form.get("worn")),
        paper=data, paper_name=name, photo=picture, photo_name=picture_name,
        after=request.form.get("after"),
    )  # fmt: skip


def _number(name: str, faults: list[Finding], longest: int = 4) -> int | None:
    text = typed.text(name, 20).replace(",", "")
    found = typed.digits(text, longest)
    if text and found is None:
        faults.append(bad_field("年限与工作量写作整数", "a life and units are whole numbers"))
    return found


def _account(unit: str, name: str, faults: list[Finding]) -> str:
    if not typed.text(name, 200):
        return ""
    try:
        return typed.account_named(unit, name, 200)
    except Refused as fault:
        faults += fault.findings
        return ""


def _paper(field: str, called: str, faults: list[Finding]) -> tuple[bytes, str]:
    try:
        return one_paper(called, field)
    except Refused as fault:
        faults += fault.findings
        return b"", ""
