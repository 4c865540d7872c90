"""``/desk/<unit>/dues``: a month's dues, reckoned and looked at before they are entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from ledger.account import account_label
from ledger.dues.arrears import MonthLine, arrears_on
from ledger.dues.assessing import Assessed, Changed, assess_month, digest
from ledger.dues.dossier_words import RULE_NAMES
from ledger.errors import Finding, LedgerError
from ledger.period import Month
from ledger.registry import dues_schemes, members
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import typed
from reports.web.work.frame import page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

assess = Blueprint("work-assess", __name__)

_MOST: Final = 300
_MOST_MONTHS: Final = 24


@dataclass(frozen=True)
class Shown:
    """What one rule comes to, with the members of its differences and gaps by number."""

    one: Assessed
    changed: tuple[tuple[str, Changed], ...]
    missing: tuple[tuple[str, str, Finding], ...]

    @property
    def difference(self) -> int:
        return sum(change.fen for _, change in self.changed)


@assess.get("/desk/<unit>/dues", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), looked: list[Assessed] | None = None
) -> Response:
    registry, today = desk().registry, desk().clock().date()
    with registry.read() as conn:
        schemes = dues_schemes.of_unit(conn, unit)
        numbers = members.numbers(conn, unit) if looked else {}
    months = arrears_on(registry, unit, today).months
    month = typed.month_of(request.values.get("month", "")[:7], Month.of(today))
    return page(
        "work/assess.html",
        unit,
        findings=findings,
        tab="dues",
        sub="dues",
        month=month,
        schemes=[(row, account_label(row.account)) for row in schemes],
        months=_newest(months),
        looked=None if looked is None else [_shown(one, numbers) for one in looked],
        digest=digest(looked) if looked else "",
        rule_names=RULE_NAMES,
        most=_MOST,
    )


def _newest(months: tuple[MonthLine, ...]) -> list[MonthLine]:
    return sorted(months, key=lambda line: (line.month, line.rule), reverse=True)[:_MOST_MONTHS]


def _shown(one: Assessed, numbers: dict[str, str]) -> Shown:
    def number(member: str) -> str:
        return numbers.get(member, member)

    changed = sorted(((number(c.member), c) for c in one.changed), key=lambda pair: pair[0])
    missing = sorted(
        ((number(who), who, found) for who, found in one.missing), key=lambda row: row[:2]
    )
    return Shown(one, tuple(changed), tuple(missing))


@assess.post("/desk/<unit>/dues")
@may_record
def reckon(unit: str) -> Response:
    """Reckon the month and show it; with ``act`` store enter what was shown, and nothing else."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    try:
        month = typed.month_typed()
        if request.form.get("act") != "store":
            return _overview(unit, looked=assess_month(registry, unit, month, user, now, look=True))
        assess_month(registry, unit, month, user, now, seen=typed.text("digest", 32))
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return redirect(
        url_for("work-assess.overview", unit=unit, month=str(month), done=f"assessed {month}"), 303
    )
