"""``/desk/<unit>/months/…``: what is not there when a month is closed, and what was counted.

One asks until a day or enters a count with its paper, another confirms; a waiver of papers ends by
the paper that came, the others by a note.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint

from ledger.checklist import waivers
from ledger.checklist.waivers import Paper
from ledger.errors import Refused, finding
from ledger.money import Money, yuan
from ledger.registry.waivers import BANK, PAPERS, TRANSFER
from reports.web.access import (
    accepts,
    current_user,
    desk,
    may_approve,
    may_record,
    may_take_cash,
)
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import LARGEST_FORM, sent_papers
from reports.web.work.members import bad_field
from reports.web.work.months import months_shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

month_waivers = Blueprint("work-month-waivers", __name__)

_KINDS = (PAPERS, BANK, TRANSFER)


@month_waivers.post("/desk/<unit>/months/waivers")
@may_record
def ask(unit: str) -> Response:
    """Ask that a paper, a statement or a transfer may be outstanding until a day."""

    def deed() -> None:
        kind = typed.text("kind", 20)
        if kind not in _KINDS:
            raise Refused(bad_field("选择暂缓什么", "choose what is waived"))
        if not typed.text("until", 24):
            raise Refused(bad_field("写明到哪一天为止", "say until which day"))
        subject = typed.text(kind, 161).removeprefix(f"{unit}/")
        waivers.ask(
            desk().registry, unit, kind, subject, current_user(), desk().clock(),
            until=typed.day("until"), reason=typed.text("reason", 301), month=typed.month_typed(),
        )  # fmt: skip

    return _do(unit, "waiver-asked", deed)


@month_waivers.post("/desk/<unit>/months/counts")
@accepts(LARGEST_FORM)
@may_take_cash
def count(unit: str) -> Response:
    """Enter what was counted, or what a bank confirmed, with its paper."""

    def deed() -> None:
        paper = _paper()
        if paper is None:
            raise Refused(bad_field("须附盘点表或函证回函", "add the count's or the bank's paper"))
        waivers.count(
            desk().registry, unit, typed.text("account", 161), typed.month_typed(), _amount(),
            current_user(), desk().clock(), paper=paper, reason=typed.text("reason", 301),
        )  # fmt: skip

    return _do(unit, "waiver-counted", deed)


@month_waivers.post("/desk/<unit>/months/waivers/confirm")
@may_approve
def confirm(unit: str) -> Response:
    """Another person confirms what was asked for or counted."""
    return _do(
        unit, "waiver-confirmed",
        lambda: waivers.confirm(
            desk().registry, unit, typed.text("code", 24), current_user(), desk().clock()
        ),
    )  # fmt: skip


@month_waivers.post("/desk/<unit>/months/waivers/end")
@accepts(LARGEST_FORM)
@may_record
def end(unit: str) -> Response:
    """The late paper is handed in, or a waiver ends with a note, or is taken back."""
    return _do(unit, "waiver-ended", lambda: _end(unit, _paper()))


@month_waivers.post("/desk/<unit>/months/waivers/decline")
@may_approve
def decline(unit: str) -> Response:
    """Who would confirm says no, with a note."""
    return _do(unit, "waiver-declined", lambda: _end(unit, None))


def _end(unit: str, paper: Paper | None) -> object:
    return waivers.end(
        desk().registry, unit, typed.text("code", 24), current_user(), desk().clock(),
        paper=paper, note=typed.text("note", 301),
    )  # fmt: skip


def _paper() -> Paper | None:
    """The one paper of the form, looked at; None if there is none."""
    sent = sent_papers("paper")
    if len(sent) > 1:
        raise Refused(
            finding(
                "papers-many", "这里只能交一份附件", "one paper is handed in here",
                "合并为一个 PDF", "put them into one PDF",
            )
        )  # fmt: skip
    return Paper(sent[0][1], sent[0][0]) if sent else None


def _amount() -> Money:
    """An amount that may be zero: what was counted."""
    try:
        found = yuan(typed.text("amount", 30))
    except ValueError:
        found = Money(-1)
    if found.fen < 0:
        raise Refused(bad_field("金额写作 1,234.50，不为负", "an amount is written 1,234.50"))
    return found


def _do(unit: str, done: str, deed: Callable[[], object]) -> Response:
    return do(deed, partial(months_shown, unit), "work-months.overview", unit=unit, done=done)
