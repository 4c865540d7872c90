"""``/desk/<unit>/arrears``: what is unpaid on a day, by member and age; and reminders of it.

Letters and lists of phones are made for whoever sends them; the program sends nothing. Who was
reminded of how much is kept.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, make_response, request

from ledger.dues.arrears import AGE_NAMES, Arrears, MemberArrears, MonthLine, arrears_on
from ledger.dues.dossier_words import RULE_NAMES
from ledger.dues.reminding import Reminding, remind, sms_csv
from ledger.errors import Finding, LedgerError, finding
from ledger.registry import reminders
from reports.arrears import AGES, arrears_statement
from reports.pdf.letters import draw_reminders
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.listing import download
from reports.web.work.chart import bars
from reports.web.work.frame import page
from reports.web.work.members import day_of
from reports.web.work.tables import FORMS, form_asked, unit_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

arrears = Blueprint("work-arrears", __name__)

_PER_PAGE: Final = 100
_LARGEST_CHOICE: Final = 256 * 1024
#: What is late at all, beside the ages themselves.
LATE: Final = "late"
_MOST_MONTHS: Final = 24


@arrears.get("/desk/<unit>/arrears", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    on, faults = _day_asked()
    age = request.values.get("age", "")
    age = age if age in (*AGE_NAMES, LATE) else ""
    found = arrears_on(desk().registry, unit, on)
    rows = [row for row in found.rows if _is_of(row, age)]
    if form := form_asked():
        chosen = Arrears(unit, on, tuple(rows), found.months, found.held, found.warnings)
        return download(arrears_statement(chosen, unit_name(unit)), form)
    pages = max(1, -(-len(rows) // _PER_PAGE))
    at = min(max(request.values.get("page", 1, type=int), 1), pages)
    asked = {who for who, _ in found.warnings}
    numbers = {row.member: row.number for row in found.rows}
    return page(
        "work/arrears.html",
        unit,
        findings=(*findings, *faults),
        tab="dues",
        sub="arrears",
        on=on,
        age=age,
        age_words=dict(zip(AGE_NAMES, AGES, strict=True)),
        chart=bars([(AGES[at], fen) for at, fen in enumerate(found.ages)]),
        rows=rows[(at - 1) * _PER_PAGE : at * _PER_PAGE],
        count=len(rows),
        everyone=len(found.rows),
        total=sum(row.fen for row in rows),
        sums=[sum(row.ages[place] for row in rows) for place in range(len(AGE_NAMES))],
        whole=sum(found.ages),
        late=sum(found.ages[1:]),
        held=found.held,
        months=found.months[-_MOST_MONTHS:],
        rate=_rate(found.months),
        asked=asked,
        warnings=[(numbers.get(who, who), said) for who, said in found.warnings],
        rule_names=RULE_NAMES,
        at=at,
        pages=pages,
        given={"on": on.isoformat(), "age": age},
        forms=FORMS,
    )


def _rate(months: tuple[MonthLine, ...]) -> str:
    """The rate over all months together."""
    whole = MonthLine(
        "", "", sum(one.assessed for one in months), sum(one.collected for one in months),
        sum(one.used for one in months), sum(one.off for one in months),
    )  # fmt: skip
    return whole.rate


def _is_of(row: MemberArrears, age: str) -> bool:
    """Whether anything of a member's is of that age."""
    if age == LATE:
        return row.overdue > 0
    return not age or row.ages[AGE_NAMES.index(age)] > 0


def _day_asked() -> tuple[date, tuple[Finding, ...]]:
    today = desk().clock().date()
    text = request.values.get("on", "").strip()[:10]
    try:
        return (day_of(text) if text else today), ()
    except ValueError:
        bad = finding(
            "bad-day", "日期写作 2026-06-30", "a day is written 2026-06-30",
            "改正日期", "correct the day",
        )  # fmt: skip
        return today, (bad,)


@arrears.post("/desk/<unit>/arrears/remind")
@may_record
@accepts(_LARGEST_CHOICE)
def reminding(unit: str) -> Response:
    """Letters or a list of phones for the chosen members, or for all who are late."""
    chosen = request.form.getlist("member")
    how = reminders.SMS if request.form.get("act") == "sms" else reminders.LETTER
    everyone = request.form.get("everyone") == "1"
    if not chosen and not everyone:
        none = finding(
            "none-chosen", "没有选择会员", "no member was chosen",
            "勾选会员，或勾选「全部逾期会员」", "tick members, or all who are late",
        )  # fmt: skip
        return _overview(unit, (none,))
    on, faults = _day_asked()
    if faults:
        return _overview(unit)
    try:
        found = remind(
            desk().registry, unit, on, how, current_user(), desk().clock(),
            () if everyone else chosen,
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    if not found.reminders:
        return _overview(unit, (_nobody(found),))
    return _sms(found) if how == reminders.SMS else _letters(found)


def _letters(found: Reminding) -> Response:
    return _file(draw_reminders(found), "application/pdf", f"reminders-{found.on}.pdf")


def _sms(found: Reminding) -> Response:
    return _file(sms_csv(found), "text/csv; charset=utf-8", f"reminders-{found.on}.csv")


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = make_response(data)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _nobody(found: Reminding) -> Finding:
    out, lost = len(found.opted_out), len(found.unreachable)
    return finding(
        "nobody-reminded",
        f"没有可提示的会员：不愿收到提示 {out} 人，缺联系方式 {lost} 人",
        f"nobody can be reminded: {out} want no reminders, {lost} cannot be reached",
        "只有逾期的会员才提示；联系方式在会员页补登",
        "only who is late is reminded; telephones are entered on the member's page",
    )
