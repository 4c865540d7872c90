"""``/desk/<unit>/assets/requests/new``: the kind is chosen, then its form has what it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.assets.asked import Asked
from ledger.assets.called import GROUNDS, KINDS
from ledger.assets.requesting import ask
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import asset_requests as kinds
from ledger.registry import assets, decisions, units
from reports.web.access import accepts, current_user, desk, may_record
from reports.web.work import typed
from reports.web.work.asset_requests import keeper_typed
from reports.web.work.asset_shown import keeper_choices
from reports.web.work.frame import LARGEST_FORM, page
from reports.web.work.gift_acts import one_paper
from reports.web.work.members import bad_field, day_typed, fen_typed

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

asking = Blueprint("work-asset-asking", __name__)

_MOST_TYPED: Final = 500 * 12
_DECISIONS_SHOWN: Final = 50


@dataclass(frozen=True)
class Form:
    """What is asked, in words, and the fields beyond assets, decision, day, reason and paper."""

    note: Words
    fields: tuple[str, ...]


#: In the order in which they are offered; ``?`` marks what may stay empty.
FORMS: Final = {
    kinds.MOVE: Form(
        Words("本单位内换保管人或存放地点", "another keeper or place within the unit"),
        ("to", "to_place"),
    ),
    kinds.TRANSFER: Form(
        Words("无偿给联合会内另一单位，双方都须批准", "to another unit; both sides agree"),
        ("to_unit", "to?"),
    ),
    kinds.LOAN: Form(
        Words("借给会员、职工或机构，写明归还日期", "lent, to be back by a day"),
        ("to?", "party?", "until"),
    ),
    kinds.LEASE: Form(Words("有偿租给外单位", "let for money"), ("party", "until", "price")),
    kinds.REPAIR: Form(Words("送外修理", "away to be repaired"), ("party?", "to?", "until")),
    kinds.SCRAP: Form(Words("报废，写明理由", "scrapped, on one of the grounds"), ("ground",)),
    kinds.SALE: Form(
        Words("出售，价款回到资产原来的资金", "sold; the price returns to its fund"),
        ("party", "price"),
    ),
    kinds.DONATION: Form(Words("捐给外单位", "given away"), ("party",)),
    kinds.LOSS: Form(Words("盘点缺少，查明后核销", "a count did not find it"), ()),
    kinds.ESTIMATE: Form(
        Words("自以后某月起重新估计年限", "another life from a later month on"),
        ("month", "life", "residual?"),
    ),
    kinds.CORRECTION: Form(
        Words("登记有误，批准后方可冲销其凭证", "entered wrongly; then its voucher is reversed"), ()
    ),
}
#: Kinds that say why.
REASONED: Final = (kinds.SCRAP, kinds.LOSS, kinds.ESTIMATE, kinds.CORRECTION)


@asking.get("/desk/<unit>/assets/requests/new", provide_automatic_options=False)
@may_record
def new(unit: str) -> Response:
    """The kinds to choose from, or the form of the one that is chosen."""
    return _new(unit, request.args.get("kind", ""), _codes(" ".join(request.args.getlist("asset"))))


def _new(unit: str, kind: str, codes: list[str], findings: tuple[Finding, ...] = ()) -> Response:
    form = FORMS.get(kind)
    with desk().registry.read() as conn:
        cards = assets.with_codes(conn, unit, codes) if codes else {}
        others = (
            [
                (one.id, Words(one.name, one.name_en))
                for one in units.all_units(conn)
                if one.id != unit and one.closed is None
            ]
            if kind == kinds.TRANSFER
            else []
        )
        known = decisions.of_unit(conn, unit) if form is not None else []
    carried = [one for one in reversed(known) if one.carried][:_DECISIONS_SHOWN]
    return page(
        "work/asset_ask.html", unit, findings=findings, tab="assets", sub="requests",
        offers=FORMS, kinds=KINDS, kind=kind, form=form, codes=codes, others=others,
        cards=[cards[code] for code in codes if code in cards], decisions=carried,
        grounds=GROUNDS, reasoned=REASONED, keepers=keeper_choices(unit) if form else [],
        typed=request.form if findings else {}, today=desk().clock().date(),
    )  # fmt: skip


@asking.post("/desk/<unit>/assets/requests/new")
@may_record
@accepts(LARGEST_FORM)
def enter(unit: str) -> Response:
    """Enter the request of the form, for another person to approve."""
    kind = request.form.get("kind", "")
    codes = _codes(request.form.get("assets", ""))
    if kind not in FORMS:
        return _new(unit, "", codes, (bad_field("选择申请的种类", "choose the kind of request"),))
    try:
        row = ask(desk().registry, _asked(unit, kind, codes), current_user(), desk().clock())
    except LedgerError as fault:
        return _new(unit, kind, codes, tuple(fault.findings))
    place = url_for("work-asset-requests.one", unit=unit, code=row.code, done="asset-asked")
    return redirect(place, 303)


def _codes(text: str) -> list[str]:
    """The assets that are meant: codes parted by spaces, commas or lines; bare numbers are ours."""
    words = re.split(r"[\s,，、;；]+", text[:_MOST_TYPED].strip().upper())
    return list(dict.fromkeys(_code(word) for word in words if word))


def _code(word: str) -> str:
    number = typed.digits(word, 9)
    return word[:24] if number is None else f"{assets.PREFIX}{number:05d}"


def _asked(unit: str, kind: str, codes: list[str]) -> Asked:
    """What the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    fields = {field.rstrip("?") for field in FORMS[kind].fields}
    day = day_typed("day", faults) or desk().clock().date()
    until = day_typed("until", faults) if "until" in fields else None
    price = Money(fen_typed("price", faults) or 0) if "price" in fields else Money(0)
    month, life, residual = None, None, Money(0)
    if kind == kinds.ESTIMATE:
        try:
            month = typed.month_typed()
        except Refused as fault:
            faults += fault.findings
        life = typed.digits(typed.text("life", 5), 4)
        if life is None:
            faults.append(bad_field("年限写作月数，如 24", "a life is a number of months: 24"))
        residual = Money(fen_typed("residual", faults) or 0)
    data, name = one_paper("asked")
    if faults:
        raise Refused(*faults)
    said = {field: typed.text(field, 120) for field in ("ground", "to_place", "to_unit", "party")
            if field in fields}  # fmt: skip
    return Asked(
        unit, kind, codes, typed.text("decision", 60), day, typed.text("reason", 300),
        to=keeper_typed("to") if "to" in fields else "", until=until, price=price, month=month,
        life_months=life, residual=residual, paper=data, paper_name=name, **said,
    )  # fmt: skip
