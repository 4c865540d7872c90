"""``/desk/<unit>/calendar``: what the unit owes to members, the public and above, as of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, request

from ledger.disclosing.calendar import STATES, Calendar, reckon
from ledger.disclosing.words import NAMES, STREAMS, both
from ledger.disclosing.words import STATES as STATE_WORDS
from ledger.errors import Words
from ledger.registry import users
from ledger.rules.disclosure_tables import AUDIENCE_WORDS, AUDIENCES
from reports.statement import COUNT, DAY, TEXT, Column
from reports.web.access import desk, may_browse
from reports.web.work.frame import page
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from reports.statement import Cell

calendar_page = Blueprint("work-calendar", __name__)


@calendar_page.get("/desk/<unit>/calendar", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    today = desk().clock().date()
    on = _day(request.args.get("on", ""), today)
    audience = request.args.get("audience", "")
    audience = audience if audience in AUDIENCES else ""
    found = reckon(desk().registry, [unit], on, audience)
    if form := form_asked():
        return _file(unit, found, form)
    with desk().registry.read() as conn:
        logins = {one.id: one.login for one in users.all_users(conn)}
    return page(
        "work/calendar.html", unit, tab="calendar", sub="calendar", found=found, on=on,
        audience=audience, audiences=AUDIENCE_WORDS, names=NAMES, streams=STREAMS,
        states=STATES, state_words=STATE_WORDS, logins=logins, forms=FORMS,
    )  # fmt: skip


def _day(text: str, today: date) -> date:
    """The day that the address asks for; today for what is none, or lies where no book can."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if 2000 <= found.year <= 2998 else today


def _file(unit: str, found: Calendar, form: str) -> Response:
    columns = (
        Column("about", Words("所指", "About"), TEXT, 1.2),
        Column("audience", Words("向谁", "To whom"), TEXT, 0.7),
        Column("due", Words("期限", "Due"), DAY, 0.7),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("met", Words("公开日", "Told"), DAY, 0.7),
        Column("late", Words("迟", "Days late"), COUNT, 0.4),
        Column("rule", Words("依据", "Rule"), TEXT, 1.4),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            one.duty, NAMES[one.duty],
            (
                f"{one.subject} {one.about}".strip(),
                both(AUDIENCE_WORDS[one.audience]) if one.audience else None, one.due,
                both(STATE_WORDS[one.state]), one.met, one.days_late or None,
                f"{one.rule.head.cite(one.rule.article)}（{one.rule.head.confidence}）"
                if one.rule else "没有装入规则 no rule loaded",
            ),
        )
        for one in found.lines
    ]  # fmt: skip
    return table_file(
        unit, "calendar", Words("公开日历", "Calendar of disclosure"), found.on, columns, rows,
        heads=Words("公开事项", "Duty"), form=form,
    )  # fmt: skip
