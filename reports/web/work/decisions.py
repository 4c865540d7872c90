"""``/desk/<unit>/decisions``: major items, who decided them, what was paid, their reports."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from ledger.decisions import recording
from ledger.decisions.recording import Said
from ledger.decisions.standing import major_items
from ledger.errors import Finding, Refused, Words
from ledger.money import Money
from ledger.period import Period
from ledger.registry.decisions import REPORTED, STEPS
from reports.statement import COUNT, DAY, TEXT, Column
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import LARGEST_FORM, page, sent_papers
from reports.web.work.members import bad_field, day_typed
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ledger.decisions.standing import MajorItems
    from reports.statement import Cell

decisions_page = Blueprint("work-decisions", __name__)

STEP_WORDS: Final = {
    "proposed": Words("支部提议", "proposed"),
    "consulted": Words("商议", "consulted"),
    "reviewed": Words("审议", "reviewed"),
    "resolved": Words("决议", "resolved"),
    "published": Words("决议公开", "decision made public"),
    "outcome": Words("结果公开", "outcome made public"),
    REPORTED: Words("向上级报告", "reported to"),
}


@decisions_page.get("/desk/<unit>/decisions", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    today = desk().clock().date()
    year = typed.digits(request.args.get("period", ""), 4)
    known = year is not None and 2000 <= year <= 2998
    period = Period.parse(f"{year if known else today.year:04d}")
    found = major_items(desk().registry, unit, period, min(period.last, today))
    if form := form_asked():
        return _file(unit, found, form)
    return page(
        "work/decisions.html", unit, findings=findings, tab="decisions", found=found,
        period=str(period), periods=[str(today.year), str(today.year - 1)], steps=STEPS,
        words=STEP_WORDS, yuan=Money, forms=FORMS, today=today, typed=request.form,
    )  # fmt: skip


def _file(unit: str, found: MajorItems, form: str) -> Response:
    columns = (
        Column("subject", Words("事项", "Item"), TEXT, 1.5),
        Column("day", Words("决策日", "Decided"), DAY, 0.7),
        Column("ceiling", Words("决策金额", "Ceiling")),
        Column("used", Words("已支出", "Paid"), primary=True),
        Column("vouchers", Words("凭证数", "Vouchers"), COUNT, 0.5),
        Column("reported", Words("报告日", "Reported"), DAY, 0.7),
        Column("late", Words("迟报天数", "Days late"), COUNT, 0.5),
    )
    lines: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            one.row.number, Words(one.row.number, one.row.body),
            (
                one.row.subject, one.row.day, Money(one.row.ceiling_fen), Money(one.used_fen),
                len(one.uses), one.reported, one.days_late or None,
            ),
        )
        for one in found.decided
    ]  # fmt: skip
    lines += [
        (
            use.number, Words(f"没有决策 {use.number}", f"no decision {use.number}"),
            (use.narration, use.day, None, Money(use.fen), 1, None, None),
        )
        for use in found.undecided
    ]  # fmt: skip
    return table_file(
        unit, "major-items", Words("重大事项", "Major items"), found.on, columns, lines,
        heads=Words("决策", "Decision"), form=form,
    )  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------


@decisions_page.post("/desk/<unit>/decisions")
@may_record
@accepts(LARGEST_FORM)
def record(unit: str) -> Response:
    """Record the decision of the form with its minutes."""
    return _do(
        unit, "decision-recorded",
        lambda: recording.record(
            desk().registry, unit, _said(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@decisions_page.post("/desk/<unit>/decisions/report")
@may_record
@accepts(LARGEST_FORM)
def report(unit: str) -> Response:
    def enter() -> None:
        sent = sent_papers()
        recording.report(
            desk().registry, unit, typed.text("number", 60), typed.text("to"), typed.day(),
            sent[0] if sent else None, current_user(), desk().clock(),
        )  # fmt: skip

    return _do(unit, "decision-reported", enter)


@decisions_page.post("/desk/<unit>/decisions/step")
@may_record
@accepts(LARGEST_FORM)
def step(unit: str) -> Response:
    def enter() -> None:
        sent = sent_papers()
        recording.step(
            desk().registry, unit, typed.text("number", 60), typed.text("step", 20), typed.day(),
            sent[0] if sent else None, current_user(), desk().clock(),
        )  # fmt: skip

    return _do(unit, "decision-step", enter)


@decisions_page.post("/desk/<unit>/decisions/withdraw")
@may_record
def withdraw(unit: str) -> Response:
    return _do(
        unit, "decision-withdrawn",
        lambda: recording.withdraw(
            desk().registry, unit, typed.text("number", 60), current_user(), desk().clock()
        ),
    )  # fmt: skip


def _do(unit: str, done: str, deed: Callable[[], object]) -> Response:
    return do(deed, partial(_overview, unit), "work-decisions.overview", unit=unit, done=done)


def _said() -> Said:
    faults: list[Finding] = []
    day = day_typed("day", faults)
    ceiling = typed.amount("ceiling", faults, needed=False)
    counts = [_count(name, faults) for name in ("participants", "for", "against", "abstain")]
    steps = {
        name: found for name in STEPS if (found := day_typed(f"step-{name}", faults)) is not None
    }
    sent = sent_papers()
    if day is None and not faults:
        faults.append(bad_field("决策日须填写", "the day is filled in"))
    if faults or day is None:
        raise Refused(*faults)
    return Said(
        typed.text("number", 61), day, typed.text("body", 101), counts[0], counts[1], counts[2],
        counts[3], typed.text("subject", 201), ceiling or Money(0), sent, steps,
    )  # fmt: skip


def _count(name: str, faults: list[Finding]) -> int:
    count = typed.digits(typed.text(name, 8) or "0")
    if count is not None:
        return count
    faults.append(bad_field("人数与票数写数字", "counts are written in digits"))
    return 0
