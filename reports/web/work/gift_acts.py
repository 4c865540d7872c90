"""What is entered of one gift on its page: received, handed out, given back, its terms changed.

Each form says which draft it would make (``seen``), so that sending it twice makes one. The library
decides what may be; what it refuses is told on the page, with the form as it was typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from ledger.errors import Refused
from ledger.gifts import handing, pledging, terms
from ledger.gifts.refunding import Refund, refund
from ledger.money import Money
from reports.web.access import accepts, current_user, desk, may_approve, may_record
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import LARGEST_FORM, sent_papers
from reports.web.work.gifts import gift_shown, known
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

gift_acts = Blueprint("work-gift-acts", __name__)

DRAFTED, ASKED, APPROVED = "proposed", "gift-asked", "gift-approved"


@gift_acts.post("/desk/<unit>/gifts/<code>/receive")
@may_record
def receive(unit: str, code: str) -> Response:
    """A part of what was promised came, or all of it."""
    return _do(unit, code, "receive", DRAFTED, lambda: pledging.receive(
        desk().registry, unit, code, typed.needed_amount(), _money(unit), typed.day(),
        current_user(), desk().clock(), seen=_seen(),
    ))  # fmt: skip


@gift_acts.post("/desk/<unit>/gifts/<code>/give")
@may_record
@accepts(LARGEST_FORM)
def give(unit: str, code: str) -> Response:
    """Hand out things."""

    def deed() -> None:
        expense = typed.account_named(unit, "expense", 200) if typed.text("expense", 200) else ""
        data, name = one_paper("handed-out")
        handing.hand_out(
            desk().registry, unit, code, typed.text("quantity", 20), expense, typed.day(),
            typed.text("purpose", 120), current_user(), desk().clock(), data, name, seen=_seen(),
        )  # fmt: skip

    return _do(unit, code, "give", DRAFTED, deed)


@gift_acts.post("/desk/<unit>/gifts/<code>/hand-on")
@may_record
@accepts(LARGEST_FORM)
def hand_on(unit: str, code: str) -> Response:
    """Money that is held for somebody goes to them."""

    def deed() -> None:
        amount, money = typed.needed_amount(), _money(unit)
        data, name = one_paper("handed-on")
        handing.hand_on(
            desk().registry, unit, code, amount, money, typed.day(), typed.text("purpose", 120),
            current_user(), desk().clock(), data, name, seen=_seen(),
        )  # fmt: skip

    return _do(unit, code, "hand-on", DRAFTED, deed)


@gift_acts.post("/desk/<unit>/gifts/<code>/met")
@may_record
@accepts(LARGEST_FORM)
def met(unit: str, code: str) -> Response:
    """The condition of a gift is met."""

    def deed() -> None:
        amount = typed.needed_amount()
        data, name = one_paper("condition")
        handing.meet_condition(
            desk().registry, unit, code, amount, typed.day(), current_user(), desk().clock(),
            data, name, seen=_seen(),
        )  # fmt: skip

    return _do(unit, code, "met", DRAFTED, deed)


@gift_acts.post("/desk/<unit>/gifts/<code>/refund")
@may_record
@accepts(LARGEST_FORM)
def give_back(unit: str, code: str) -> Response:
    """Money or things go back to the giver."""

    def deed() -> None:
        pieces = typed.text("quantity", 20)
        amount = Money(0) if pieces else typed.needed_amount()
        money = "" if pieces else _money(unit)
        data, name = one_paper("refund")
        one = Refund(
            unit, code, typed.day(), amount, money, pieces, typed.text("decision", 120),
            typed.fund("bearer"), data, name, _seen(),
        )  # fmt: skip
        refund(desk().registry, one, current_user(), desk().clock())

    return _do(unit, code, "refund", DRAFTED, deed)


@gift_acts.post("/desk/<unit>/gifts/<code>/change")
@may_record
@accepts(LARGEST_FORM)
def change(unit: str, code: str) -> Response:
    """Another purpose, with the donor's consent on paper."""

    def deed() -> None:
        campaign, fund = into()
        data, name = one_paper("consent")
        terms.ask_change(
            desk().registry, unit, code, campaign, fund, typed.day(), typed.text("purpose", 300),
            data, name, current_user(), desk().clock(),
        )  # fmt: skip

    return _do(unit, code, "change", ASKED, deed)


@gift_acts.post("/desk/<unit>/gifts/<code>/default")
@may_record
def default(unit: str, code: str) -> Response:
    """What was promised will not come."""
    return _do(unit, code, "default", ASKED, lambda: terms.ask_default(
        desk().registry, unit, code, typed.needed_amount(), typed.day(), typed.text("note", 300),
        current_user(), desk().clock(),
    ))  # fmt: skip


@gift_acts.post("/desk/<unit>/gifts/<code>/void")
@may_record
def void(unit: str, code: str) -> Response:
    """What never came; its number stays."""
    return _do(unit, code, "void", ASKED, lambda: terms.ask_void(
        desk().registry, unit, code, typed.text("reason", 300), current_user(), desk().clock()
    ))  # fmt: skip


@gift_acts.post("/desk/<unit>/gifts/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """What somebody else asked is approved; a draft follows where money moves by it."""
    made: list[str] = []
    number = typed.digits(typed.text("event", 9)) or 0

    def deed() -> None:
        made.append(terms.approve_terms(
            desk().registry, unit, code, number, current_user(), desk().clock()
        ))  # fmt: skip

    answer = _do(unit, code, "approve", APPROVED, deed)
    return _to(unit, code, DRAFTED) if any(made) else answer


def _do(unit: str, code: str, act: str, done: str, deed: Callable[[], object]) -> Response:
    if not known(unit, code):
        abort(404)
    return do(
        deed, lambda found: gift_shown(unit, code, found, act), "work-gifts.gift",
        unit=unit, code=code, done=done,
    )  # fmt: skip


def _to(unit: str, code: str, done: str) -> Response:
    return redirect(url_for("work-gifts.gift", unit=unit, code=code, done=done), 303)


# ---- fields ------------------------------------------------------------------------------------


def _money(unit: str) -> str:
    return typed.account_named(unit, "money", 200)


def _seen() -> str:
    return request.form.get("seen", "")[:60]


def into(name: str = "into") -> tuple[str, str]:
    """The campaign or the fund that a field names: ``c:HD2026-0001-4``, ``f:F02``."""
    kind, _, code = typed.text(name, 60).partition(":")
    return (code if kind == "c" else "", code if kind == "f" else "")


def one_paper(called: str, field: str = "paper") -> tuple[bytes, str]:
    """The bytes of the form's paper, if there is one, and what it is called from then on.

    Files are often called by the names of people: what is kept is called by what it is.
    """
    sent = sent_papers(field)
    if len(sent) > 1:
        raise Refused(bad_field("附件只传一份", "the paper is one file"))
    if not sent:
        return b"", ""
    name, data = sent[0]
    return data, f"{called}{Path(name).suffix.lower()}"
