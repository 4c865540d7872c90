"""``/desk/<unit>/gifts/new``: the kind is chosen first, then its form has just the fields it needs.

A form says which gift its user entered last (``after``), so that sending it twice enters one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.gifts.accounts import accounts_of
from ledger.gifts.given import Given
from ledger.gifts.pledging import Promise, pledge
from ledger.gifts.recording import record
from ledger.money import CNY, Money, yuan
from ledger.registry import campaigns, gifts, units
from ledger.registry.gifts import (
    AGENCY,
    ASSET,
    CASH,
    CONDITIONAL,
    GOODS,
    MEMO,
    OWN,
    PLATFORM,
    PLEDGE,
    SERVICE,
)
from ledger.seeing import may_know
from reports.web.access import accepts, current_user, desk, may_record
from reports.web.gifts import BASES
from reports.web.work import typed
from reports.web.work.frame import LARGEST_FORM, account_choices, page
from reports.web.work.gift_acts import into, one_paper
from reports.web.work.gifts import targets
from reports.web.work.members import bad_field, day_typed, fen_typed

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

gift_forms = Blueprint("work-gift-forms", __name__)


@dataclass(frozen=True)
class Form:
    """A form for one kind of gift: what it enters, and which groups of fields it has."""

    name: Words
    note: Words
    kind: str
    nature: str = OWN
    fields: tuple[str, ...] = ()


#: In the order in which they are offered.
CHOICES: Final = {
    "cash": Form(
        Words("款项", "Money"),
        Words("现金或转账；收款科目空着的，等银行流水注明编号时入账",
              "cash or transfer; without an account the bank's line is waited for"),
        CASH, fields=("amount", "money?"),
    ),
    "platform": Form(
        Words("平台捐赠", "By a platform"),
        Words("毛额、平台费用、到账净额；整份清单在「清单」页登记",
              "gross, fee and net; a whole list is entered on the page of lists"),
        PLATFORM, fields=("gross", "order", "money"),
    ),
    "foreign": Form(
        Words("外币", "Foreign currency"),
        Words("按当日汇率折合人民币，写明来源", "in yuan at the day's rate, with its source"),
        CASH, fields=("foreign", "money"),
    ),
    "goods": Form(
        Words("物资", "Goods in kind"),
        Words("数量、单位、计价依据与凭据；发放时按件跟踪",
              "quantity, measure, basis and paper; followed piece by piece"),
        GOODS, fields=("amount", "things", "basis"),
    ),
    "asset": Form(
        Words("固定资产", "A fixed asset in kind"),
        Words("如救护车；计价依据与凭据", "such as an ambulance; with its basis and paper"),
        ASSET, fields=("amount", "things", "basis"),
    ),
    "service": Form(
        Words("劳务", "Services"),
        Words("2024 年制度确认的劳务捐赠；其他制度登记备查",
              "recognised by the rule of 2024; by others entered as a memo"),
        SERVICE, fields=("amount",),
    ),
    "pledge": Form(
        Words("承诺", "A pledge"),
        Words("分期承诺；到账以前不是收入", "promised by parts; no income until it comes"),
        PLEDGE, fields=("parts",),
    ),
    "conditional": Form(
        Words("附条件", "On a condition"),
        Words("条件达成以前是负债，未达成须退还", "owed until the condition is met"),
        CASH, CONDITIONAL, ("amount", "money?", "terms"),
    ),
    "agency": Form(
        Words("受托代理款", "Money held for others"),
        Words("捐赠人指定了受益人，本单位只转交，不是收入",
              "the giver names who it is for: handed on, never income"),
        CASH, AGENCY, ("amount", "money?", "terms"),
    ),
    "agency-goods": Form(
        Words("受托代理物资", "Goods held for others"),
        Words("指定受益人的物资，按件转交", "goods for somebody named, handed on piece by piece"),
        GOODS, AGENCY, ("amount", "things", "basis", "terms"),
    ),
    "memo": Form(
        Words("备查登记", "Memo register"),
        Words("不能计量的物资或劳务；有编号，不入账",
              "what cannot be measured: numbered, not in the book"),
        MEMO, fields=("memo",),
    ),
}  # fmt: skip
_LEAST_PARTS: Final = 4
_MOST_PARTS: Final = 60


@gift_forms.get("/desk/<unit>/gifts/new", provide_automatic_options=False)
@may_record
def new(unit: str) -> Response:
    """The kinds to choose from, or the form of the one that is chosen."""
    return _new(unit, request.args.get("kind", ""))


def _new(unit: str, kind: str, findings: tuple[Finding, ...] = ()) -> Response:
    form, user = CHOICES.get(kind), current_user()
    parts = min(max(typed.digits(request.values.get("parts", ""), 2) or 0, _LEAST_PARTS),
                _MOST_PARTS)  # fmt: skip
    given = {name: request.args.get(name, "")[:24] for name in ("donor", "campaign")}
    with desk().registry.read() as conn:
        known = {row.code: row for row in campaigns.of_unit(conn, unit)}
        after = gifts.last_of(conn, unit, user.id)
        chart = units.find(conn, unit).chart
    try:
        nominal = accounts_of(chart).nominal
    except Refused as fault:
        return page("work/gift_new.html", unit, findings=fault.findings, tab="gifts", sub="gifts",
                    offers={}, form=None, given=given)  # fmt: skip
    preset = {"donor": given["donor"], "into": given["campaign"] and f"c:{given['campaign']}"}
    return page(
        "work/gift_new.html", unit, findings=findings, tab="gifts", sub="gifts",
        offers=CHOICES, chosen=kind, form=form, given=given, parts=parts, after=after,
        typed=request.form if findings else preset, targets=targets(unit, known),
        moneys=account_choices(unit, "Assets:"), bases=BASES, nominal=nominal,
        may_know=may_know(user, unit), today=desk().clock().date(), most_parts=_MOST_PARTS,
    )  # fmt: skip


@gift_forms.post("/desk/<unit>/gifts/new")
@may_record
@accepts(LARGEST_FORM)
def enter(unit: str) -> Response:
    """Enter the gift of the form; what came is a draft for a checker."""
    kind = request.form.get("kind", "")
    form = CHOICES.get(kind)
    if form is None:
        return _new(unit, "", (bad_field("选择捐赠的种类", "choose the kind of gift"),))
    registry, user, now = desk().registry, current_user(), desk().clock()
    try:
        if form.kind == PLEDGE:
            code, done = pledge(registry, _promise(unit), user, now).code, "gift-promised"
        else:
            made = record(registry, _given(unit, form), user, now)
            code, done = made.row.code, "proposed" if made.draft else "gift-entered"
    except LedgerError as fault:
        return _new(unit, kind, tuple(fault.findings))
    return redirect(url_for("work-gifts.gift", unit=unit, code=code, done=done), 303)


def _given(unit: str, form: Form) -> Given:
    """What the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    fields = {field.rstrip("?") for field in form.fields}
    day = day_typed("day", faults) or desk().clock().date()
    until = day_typed("until", faults)
    amount, fee = Money(0), Money(0)
    if "amount" in fields:
        amount = typed.amount("amount", faults) or Money(0)
    if "gross" in fields:
        amount, fee = _gross(faults)
    freight = Money(fen_typed("freight", faults) or 0)
    foreign = _foreign(faults) if "foreign" in fields else None
    money = _money(unit, form, faults, needed=bool(freight))
    data, name = one_paper("gift")
    if faults:
        raise Refused(*faults)
    campaign, fund = into()
    return Given(
        unit, form.kind, typed.text("donor", 24), day, amount, campaign, fund, money, fee, foreign,
        typed.text("rate", 24), typed.text("rate_source", 120), typed.text("quantity", 24),
        typed.text("measure", 20), typed.text("commodity", 24).upper(), typed.text("basis", 12),
        freight, typed.text("purpose", 300), until, form.nature, typed.text("terms", 300),
        typed.text("order", 64), data, name, _after(),
    )  # fmt: skip


def _gross(faults: list[Finding]) -> tuple[Money, Money]:
    """Gross and fee; what came is their difference, where it was typed."""
    gross = typed.amount("amount", faults) or Money(0)
    fee, net = Money(fen_typed("fee", faults) or 0), fen_typed("net", faults)
    if net is not None and net != gross.fen - fee.fen:
        faults.append(
            bad_field(
                f"毛额减费用是 {(gross - fee).grouped}，与到账净额不符",
                f"gross less fee is {(gross - fee).grouped}, and not what came",
            )
        )
    return gross, fee


def _foreign(faults: list[Finding]) -> Money | None:
    currency = typed.text("currency", 3).upper()
    try:
        found = yuan(typed.text("foreign", 30).replace(",", ""), currency)
    except ValueError:
        found = Money(0)
    if found.fen <= 0 or currency in ("", CNY):
        faults.append(
            bad_field("外币写明金额与币种，如 100.00 USD", "an amount and its currency: 100.00 USD")
        )
        return None
    return found


def _money(unit: str, form: Form, faults: list[Finding], *, needed: bool) -> str:
    """The account that money came on, or freight was paid from; empty where it is still to come."""
    if not typed.text("money", 200):
        if "money" in form.fields or needed:
            faults.append(bad_field("填写收付款科目", "the account of money is needed"))
        return ""
    try:
        return typed.account_named(unit, "money", 200)
    except Refused as fault:
        faults += fault.findings
        return ""


def _promise(unit: str) -> Promise:
    faults: list[Finding] = []
    day = day_typed("day", faults) or desk().clock().date()
    until = day_typed("until", faults)
    parts: list[tuple[date, Money]] = []
    for place in range(_MOST_PARTS):
        if typed.text(f"due{place}", 20) or typed.text(f"part{place}", 30):
            due, amount = day_typed(f"due{place}", faults), typed.amount(f"part{place}", faults)
            if due is not None and amount is not None:
                parts.append((due, amount))
            elif due is None:
                faults.append(
                    bad_field(f"第 {place + 1} 期没有日期", f"part {place + 1} has no day")
                )
    data, name = one_paper("promise")
    if faults:
        raise Refused(*faults)
    campaign, fund = into()
    return Promise(
        unit, typed.text("donor", 24), day, parts, campaign, fund, typed.text("purpose", 300),
        until, data, name, _after(),
    )  # fmt: skip


def _after() -> str | None:
    """The gift that the user had entered last when the form was opened."""
    return request.form.get("after")
