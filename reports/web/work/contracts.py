"""``/desk/<unit>/contracts``: services that the unit sells or buys, and each contract's way.

What one person enters another one confirms; what one says was delivered another one accepts. Money
comes and goes by drafts, as everywhere.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.contracts import performing, signing
from ledger.contracts.performing import Evidence
from ledger.contracts.signing import Planned, Terms
from ledger.contracts.standing import standing, stands
from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import contracts
from ledger.registry.contracts import DRAFT, ROLE_WORDS, STATE_WORDS, SUPPLIER
from reports.statement import COUNT, TEXT, Column
from reports.web.access import accepts, current_user, desk, may_approve, may_browse, may_record
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import (
    LARGEST_FORM,
    account_choices,
    fund_choices,
    keep_papers,
    page,
    sent_papers,
)
from reports.web.work.members import bad_field, day_typed
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.contracts.standing import Standing

contracts_page = Blueprint("work-contracts", __name__)

#: How many milestones the form has room for; longer contracts are entered by the command.
ROWS: Final = 6
_STATES: Final = {
    "open": Words("未交付", "not delivered"),
    "delivered": Words("待验收", "to be accepted"),
    "accepted": Words("已验收", "accepted"),
    "paid": Words("已结清", "settled"),
}
_DEEDS: Final = {
    "confirmed": Words("确认版本", "version confirmed"),
    "delivered": Words("交付", "delivered"),
    "accepted": Words("验收", "accepted"),
    "refused": Words("退回", "refused"),
    "closed": Words("办结", "closed"),
}
_VERSIONS: Final = {
    "draft": Words("待确认", "to be confirmed"),
    "approved": Words("已确认", "confirmed"),
    "withdrawn": Words("已撤回", "withdrawn"),
}


@contracts_page.get("/desk/<unit>/contracts", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    today = desk().clock().date()
    found = stands(desk().registry, unit, today)
    if form := form_asked():
        return _file(unit, found, today, form)
    return page(
        "work/contracts.html", unit, findings=findings, tab="contracts", found=found,
        roles=ROLE_WORDS, states=STATE_WORDS, yuan=Money, forms=FORMS, rows=ROWS, today=today,
        accounts=account_choices(unit), funds=fund_choices(unit), typed=request.form,
    )  # fmt: skip


def _file(unit: str, found: list[Standing], today: date, form: str) -> Response:
    columns = (
        Column("party", Words("对方", "Other side"), TEXT, 1.2),
        Column("role", Words("角色", "Role"), TEXT, 0.5),
        Column("amount", Words("合同金额", "Sum")),
        Column("accepted", Words("已验收", "Accepted")),
        Column("moved", Words("已收（付）", "Received, paid"), primary=True),
        Column("cost", Words("成本", "Cost")),
        Column("outstanding", Words("未结", "Outstanding")),
        Column("state", Words("状态", "State"), TEXT, 0.6),
        Column("late", Words("迟延天数", "Days late"), COUNT, 0.5),
    )
    lines = [
        (
            one.row.code, Words(f"{one.row.number} {one.version.purpose}", one.row.code),
            (
                one.party, ROLE_WORDS[one.row.role].zh, Money(one.version.fen),
                Money(one.accepted_fen), Money(one.moved_fen),
                Money(one.cost_fen) if one.row.role == SUPPLIER else None,
                Money(one.outstanding_fen), STATE_WORDS[one.state].zh, one.days_late or None,
            ),
        )
        for one in found
    ]  # fmt: skip
    return table_file(
        unit, "contracts", Words("服务合同", "Service contracts"), today, columns, lines,
        heads=Words("合同", "Contract"), form=form,
    )  # fmt: skip


@contracts_page.get("/desk/<unit>/contracts/<code>", provide_automatic_options=False)
@may_browse
def contract(unit: str, code: str) -> Response:
    return _contract(unit, code)


def _contract(unit: str, code: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry = desk().registry
    try:
        found = standing(registry, unit, code, desk().clock().date())
    except CannotRun:
        abort(404)
    with registry.read() as conn:
        versions = contracts.versions(conn, unit, code)
        waits = next((one for one in versions if one.state == DRAFT), None)
        stones = contracts.milestones(conn, unit, code, waits.version) if waits else []
    return page(
        "work/contract.html", unit, findings=findings, tab="contracts", one=found,
        versions=versions, waits=waits, coming=stones, yuan=Money, rows=ROWS,
        roles=ROLE_WORDS, states=STATE_WORDS, stone_states=_STATES, deeds=_DEEDS,
        version_states=_VERSIONS, today=desk().clock().date(), supplier=SUPPLIER,
        mine=waits is not None and waits.maker == current_user().id,
        accounts=account_choices(unit), funds=fund_choices(unit), typed=request.form,
    )  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------


@contracts_page.post("/desk/<unit>/contracts")
@may_record
@accepts(LARGEST_FORM)
def sign(unit: str) -> Response:
    """Enter the contract of the form; somebody else confirms it."""
    try:
        row = signing.sign(
            desk().registry, unit, typed.text("number", 60),
            typed.chosen(ROLE_WORDS, typed.text("role", 10)), typed.text("party", 120),
            _terms(unit), current_user(), desk().clock(),
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, row.code, "contract-signed")


@contracts_page.post("/desk/<unit>/contracts/<code>/amend")
@may_record
@accepts(LARGEST_FORM)
def amend(unit: str, code: str) -> Response:
    return _do(
        unit, code, "contract-amended",
        lambda: signing.amend(
            desk().registry, unit, code, _terms(unit), current_user(), desk().clock()
        ),
    )  # fmt: skip


@contracts_page.post("/desk/<unit>/contracts/<code>/confirm")
@may_approve
def confirm(unit: str, code: str) -> Response:
    """Confirm the version that the page showed, and no other."""
    seen = typed.text("version", 9)
    return _do(
        unit, code, "contract-confirmed",
        lambda: signing.confirm(
            desk().registry, unit, code, current_user(), desk().clock(),
            seen=typed.digits(seen) or 0,
        ),
    )  # fmt: skip


@contracts_page.post("/desk/<unit>/contracts/<code>/withdraw")
@may_browse
def withdraw(unit: str, code: str) -> Response:
    return _do(
        unit, code, "contract-withdrawn",
        lambda: signing.withdraw(desk().registry, unit, code, current_user(), desk().clock()),
    )  # fmt: skip


@contracts_page.post("/desk/<unit>/contracts/<code>/deliver")
@may_record
@accepts(LARGEST_FORM)
def deliver(unit: str, code: str) -> Response:
    return _say(unit, code, "milestone-delivered", performing.deliver)


@contracts_page.post("/desk/<unit>/contracts/<code>/accept")
@may_approve
@accepts(LARGEST_FORM)
def accept(unit: str, code: str) -> Response:
    return _say(unit, code, "milestone-accepted", performing.accept)


@contracts_page.post("/desk/<unit>/contracts/<code>/refuse")
@may_approve
@accepts(LARGEST_FORM)
def refuse(unit: str, code: str) -> Response:
    return _say(unit, code, "milestone-refused", performing.refuse)


@contracts_page.post("/desk/<unit>/contracts/<code>/move")
@may_record
@accepts(LARGEST_FORM)
def move(unit: str, code: str) -> Response:
    """Propose what a milestone brings or costs."""

    def propose() -> None:
        amount, money = typed.needed_amount(), typed.account_named(unit, "money")
        number, sent = _milestone(), sent_papers()
        performing.move(
            desk().registry, unit, code, number, amount, money, typed.day(), current_user(),
            desk().clock(), kept=keep_papers(unit, sent), purpose=typed.text("use", 60),
        )  # fmt: skip

    return _do(unit, code, "proposed", propose)


@contracts_page.post("/desk/<unit>/contracts/<code>/cost")
@may_record
@accepts(LARGEST_FORM)
def cost(unit: str, code: str) -> Response:
    """Propose what it costs to serve."""

    def propose() -> None:
        amount, money = typed.needed_amount(), typed.account_named(unit, "money")
        cost, sent = typed.account_named(unit, "account"), sent_papers()
        performing.spend(
            desk().registry, unit, code, cost, amount, money, typed.day(),
            typed.text("what"), current_user(), desk().clock(), fund=typed.fund(),
            decision=typed.text("decision", 120), kept=keep_papers(unit, sent),
            purpose=typed.text("use", 60),
        )  # fmt: skip

    return _do(unit, code, "proposed", propose)


@contracts_page.post("/desk/<unit>/contracts/<code>/close")
@may_record
@accepts(LARGEST_FORM)
def close(unit: str, code: str) -> Response:
    return _do(
        unit, code, "contract-closed",
        lambda: performing.close(
            desk().registry, unit, code, _evidence(), current_user(), desk().clock()
        ),
    )  # fmt: skip


def _say(unit: str, code: str, done: str, deed: Callable[..., None]) -> Response:
    return _do(
        unit, code, done,
        lambda: deed(
            desk().registry, unit, code, _milestone(), _evidence(), current_user(), desk().clock()
        ),
    )  # fmt: skip


def _do(unit: str, code: str, done: str, deed: Callable[[], object]) -> Response:
    return do(
        deed, partial(_contract, unit, code), "work-contracts.contract", missing=True,
        unit=unit, code=code, done=done,
    )  # fmt: skip


def _done(unit: str, code: str, done: str) -> Response:
    return redirect(url_for("work-contracts.contract", unit=unit, code=code, done=done), 303)


# ---- what forms say ----------------------------------------------------------------------------


def _terms(unit: str) -> Terms:
    """What the form says of a contract; Refused with every fault of it."""
    faults: list[Finding] = []
    amount = typed.amount("amount", faults)
    days = {name: day_typed(name, faults) for name in ("signed", "starts", "ends")}
    if not all(days.values()) and not faults:
        faults.append(bad_field("签订日与起止须填写", "the days are filled in"))
    stones = _planned(faults)
    account = ""
    try:
        account = typed.account_named(unit, "account")
    except Refused as fault:
        faults += fault.findings
    sent = sent_papers()
    share = _share(faults)
    signed, starts, ends = days["signed"], days["starts"], days["ends"]
    if faults or amount is None or signed is None or starts is None or ends is None:
        raise Refused(*faults)
    return Terms(
        typed.text("purpose", 200), account, typed.fund(), amount, signed, starts, ends,
        typed.text("decision", 120), tuple(stones), sent[0] if sent else None, share,
        typed.text("reason", 300),
    )  # fmt: skip


def _planned(faults: list[Finding]) -> list[Planned]:
    stones = []
    for place in range(ROWS):
        what = typed.text(f"deliverable{place}", 200)
        if not (what or typed.text(f"due{place}") or typed.text(f"part{place}")):
            continue
        due, part = day_typed(f"due{place}", faults), typed.amount(f"part{place}", faults)
        if due is None or part is None:
            faults.append(
                bad_field(f"节点 {place + 1}：期限与金额须填写",
                          f"milestone {place + 1}: its day and amount are filled in")
            )  # fmt: skip
        else:
            stones.append(Planned(due, part, what))
    return stones


def _share(faults: list[Finding]) -> Fraction:
    text = typed.text("advance", 8).removesuffix("%") or "0"
    plain = text.replace(".", "", 1)
    if plain.isascii() and plain.isdigit() and Fraction(text) <= 100:
        return Fraction(text) / 100
    faults.append(bad_field("预付比例写作 30", "the advance is a percentage, such as 30"))
    return Fraction(0)


def _milestone() -> int:
    return typed.digits(typed.text("milestone", 4)) or 0


def _evidence() -> Evidence:
    sent = sent_papers()
    return Evidence(typed.day(), sent[0] if sent else None, typed.text("note", 300))
