"""``/desk/<unit>/campaigns``: what money is raised for, opened and closed by two persons.

Who records asks, somebody else who may approve opens or closes; each sees the forms that they may
send. A form carries what its page showed, so that nobody approves what they have not seen.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.disclosing.deadlines import reckoned
from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words, finding
from ledger.gifts import campaigns as library
from ledger.gifts.called import CAMPAIGN_STATES, RULES, STATES
from ledger.gifts.campaigns import Terms
from ledger.gifts.standing import campaign_standing, unit_standings
from ledger.money import Money, yuan
from ledger.registry import campaigns, gifts
from ledger.registry.campaigns import CLOSING, OPEN, WAITING
from reports.gift_figures import ref
from reports.statement import DAY, TEXT, Column
from reports.web.access import current_user, desk, may_approve, may_browse, may_record
from reports.web.gifts import KINDS, campaign_bar, gift_bar
from reports.web.gifts import last_days as last_days_of
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import logins, page
from reports.web.work.gifts import day_asked
from reports.web.work.members import bad_field, day_typed, fen_typed
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.gifts.standing import CampaignStanding
    from ledger.registry.campaigns import CampaignRow
    from reports.statement import Cell

campaigns_page = Blueprint("work-campaigns", __name__)

_LINES: Final = 6
_MOST_LINES: Final = 40
_GIFTS_SHOWN: Final = 50
_SUMS: Final = ("raised", "used", "held", "returned")


# ---- all of them -------------------------------------------------------------------------------


@campaigns_page.get("/desk/<unit>/campaigns", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, today = desk().registry, desk().clock().date()
    on = day_asked(request.args.get("on", "").strip()[:24])
    state = typed.chosen(CAMPAIGN_STATES, request.args.get("state", ""))
    every, given = unit_standings(registry, unit, on)
    found = [one for one in every if state in ("", one.row.state)]
    if form := form_asked():
        return _file(unit, found, on, form)
    lines = typed.digits(request.values.get("lines", ""), 2) or _LINES
    with registry.read() as conn:
        code = campaigns.next_code(conn, unit, today.year)
    return page(
        "work/campaigns.html", unit, findings=findings, tab="gifts", sub="campaigns",
        rows=[(one, campaign_bar(one)) for one in found], states=CAMPAIGN_STATES, state=state,
        total={name: sum(getattr(one, f"{name}_fen") for one in found) for name in _SUMS},
        rules=RULES, on=on, today=today, typed=request.form, forms=FORMS, code=code,
        lines=min(max(lines, _LINES), _MOST_LINES), given={"state": state} if state else {},
        days=last_days_of(reckoned(registry, unit, on, given))[:20],
        sums=_SUMS, href=_href(unit, on), yuan=Money,
    )  # fmt: skip


def _href(unit: str, on: date) -> Callable[[str, str], str]:
    """The address that opens a figure of a campaign."""
    return lambda code, part: f"/figures/{unit}/gifts/{on}/{code}/{part}"


def _file(unit: str, found: Sequence[CampaignStanding], on: date, form: str) -> Response:
    columns = (
        Column("state", Words("状态", "State"), TEXT, 1.0),
        Column("fund", Words("资金", "Fund"), TEXT, 1.2),
        Column("start", Words("开始", "Begins"), DAY, 0.9),
        Column("end", Words("最后一日", "Last day"), DAY, 0.9),
        Column("rule", Words("规则", "Rule"), TEXT, 0.8),
        Column("target", Words("目标", "Target")),
        Column("raised", Words("收到", "Raised"), primary=True),
        Column("used", Words("使用", "Used")),
        Column("held", Words("结存", "Held")),
        Column("returned", Words("退还", "Returned")),
        Column("coverage", Words("可追溯", "Traced"), TEXT, 0.8),
        Column("untraced", Words("未追溯", "Untraced")),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for one in found:
        row = one.row
        cells = (
            CAMPAIGN_STATES[row.state].zh, row.fund, row.start, row.end, RULES[row.rule].zh,
            Money(row.target_fen), *(Money(getattr(one, f"{name}_fen")) for name in _SUMS),
            one.coverage, Money(one.fund.untraced_fen),
        )  # fmt: skip
        rows.append((row.code, Words(row.name, row.name_en or row.name), cells))
    sums = (Money(sum(getattr(one, f"{name}_fen") for one in found)) for name in _SUMS)
    untraced = Money(sum(one.fund.untraced_fen for one in found))
    total: tuple[Cell, ...] = (*(None,) * 6, *sums, None, untraced)
    return table_file(
        unit, "campaigns", Words("募捐活动", "Campaigns"), on, columns, rows,
        heads=Words("活动", "Campaign"), form=form, total=total,
    )  # fmt: skip


@campaigns_page.post("/desk/<unit>/campaigns")
@may_record
def ask(unit: str) -> Response:
    """Ask that a campaign be opened."""
    try:
        row = library.ask_to_open(desk().registry, _terms(unit), current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _to(unit, row.code, "campaign-asked")


def _terms(unit: str) -> Terms:
    """What the form says; Refused with every field that cannot be read."""
    faults: list[Finding] = []
    start, end = day_typed("start", faults), day_typed("end", faults)
    target = fen_typed("target", faults) or 0
    if start is None:
        faults.append(bad_field("开始日期须填写", "the first day is needed"))
    lines: list[tuple[str, Money]] = []
    for place in range(_MOST_LINES):
        purpose, amount = typed.text(f"line{place}", 120), typed.text(f"sum{place}", 30)
        if not purpose and not amount:
            continue
        try:
            lines.append((purpose, yuan(amount)))
        except ValueError:
            faults.append(
                bad_field(
                    f"预算第 {place + 1} 行的金额写作 1,234.50",
                    f"line {place + 1} of the budget: an amount is 1,234.50",
                )
            )
    if faults or start is None:
        raise Refused(*faults)
    return Terms(
        unit, typed.text("name", 200), typed.text("purpose", 300), start, end, Money(target),
        typed.text("rule", 12), typed.text("fund", 40).upper(),
        typed.text("restriction", 12) or "purpose", typed.text("name_en", 200),
        bool(request.form.get("public")), bool(request.form.get("emergency")),
        typed.text("filing", 80), typed.text("partner", 160), lines, typed.text("code", 24),
    )  # fmt: skip


# ---- one of them -------------------------------------------------------------------------------


@campaigns_page.get("/desk/<unit>/campaigns/<code>", provide_automatic_options=False)
@may_browse
def campaign(unit: str, code: str) -> Response:
    return _campaign(unit, code)


def _campaign(unit: str, code: str, findings: tuple[Finding, ...] = (), act: str = "") -> Response:
    registry, today = desk().registry, desk().clock().date()
    on = day_asked(request.args.get("on", "").strip()[:24])
    try:
        one = campaign_standing(registry, unit, code, on)
    except CannotRun:
        abort(404)
    if form := form_asked():
        return _budget_file(unit, one, on, form)
    row, me = one.row, current_user().id
    asked_by = row.closer if row.state == CLOSING else row.maker
    with registry.read() as conn:
        has_gifts = gifts.any_of(conn, unit, code)
    return page(
        "work/campaign.html", unit, findings=findings, tab="gifts", sub="campaigns", one=one,
        row=row, bar=campaign_bar(one), states=CAMPAIGN_STATES, rules=RULES, kinds=KINDS,
        gift_states=STATES, logins=logins(), on=on, today=today, act=act,
        typed=request.form if act else {}, seen=_digest(row), href=_href(unit, on),
        reference=lambda part: ref(unit, on, code, part),
        gifts=[(gift, gift_bar(gift)) for gift in reversed(one.gifts[-_GIFTS_SHOWN:])],
        more=max(0, len(one.gifts) - _GIFTS_SHOWN), budget=one.budget,
        waits=row.state in (WAITING, CLOSING), mine=asked_by == me,
        over=bool(row.target_fen) and one.raised_fen > row.target_fen,
        may_rule=row.state in (WAITING, OPEN) and not has_gifts and not one.fund.codes,
        days=last_days_of(reckoned(registry, unit, on), code)[:20],
        share=_share(one),
        forms=FORMS, moved=(sum(gift.moved_in_fen for gift in one.fund.gifts.values()),
               sum(gift.moved_out_fen for gift in one.fund.gifts.values())),
    )  # fmt: skip


def _budget_file(unit: str, one: CampaignStanding, on: date, form: str) -> Response:
    columns = (
        Column("budget", Words("预算", "Budget")),
        Column("spent", Words("实际支出", "Spent"), primary=True),
        Column("left", Words("差额", "Left")),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    sums = [0, 0]
    for place, (purpose, planned, spent) in enumerate(one.budget, start=1):
        sums = [sums[0] + planned, sums[1] + spent]
        cells = (Money(planned), Money(spent), Money(planned - spent))
        rows.append((str(place), Words(purpose, purpose), cells))
    code = one.row.code
    return table_file(
        unit, f"campaign-{code}",
        Words(f"{one.row.name} 预算与实际", f"{one.row.name_en or code}: budget and actual"), on,
        columns, rows, heads=Words("用途", "Purpose"), form=form,
        total=(Money(sums[0]), Money(sums[1]), Money(sums[0] - sums[1])),
    )  # fmt: skip


def _share(one: CampaignStanding) -> str:
    """How much of the target was raised, in whole percent; empty where it has none."""
    return f"{100 * one.raised_fen // one.row.target_fen} %" if one.row.target_fen else ""


@campaigns_page.post("/desk/<unit>/campaigns/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """Open it, or close it, as somebody else asked, and as it was shown."""

    def deed() -> None:
        with desk().registry.read() as conn:
            row = campaigns.find(conn, unit, code)
        if row is not None and _digest(row) != typed.text("seen", 32):
            raise Refused(
                finding(
                    "changed-since", "打开此页之后活动有变动，尚未审批",
                    "the campaign changed since this was shown; nothing was approved",
                    "核对后再审批", "look at it again and approve it then",
                )
            )  # fmt: skip
        library.approve(desk().registry, unit, code, current_user(), desk().clock())

    return _do(unit, code, "approve", "campaign-approved", deed)


@campaigns_page.post("/desk/<unit>/campaigns/<code>/back")
@may_browse
def back(unit: str, code: str) -> Response:
    """Who asked takes it back, who may approve sends it back."""
    user = current_user()
    if not user.may("record", unit) and not user.may("approve", unit):
        abort(403)
    return _do(unit, code, "back", "campaign-back", lambda: library.send_back(
        desk().registry, unit, code, current_user(), desk().clock()
    ))  # fmt: skip


@campaigns_page.post("/desk/<unit>/campaigns/<code>/rule")
@may_record
def rule(unit: str, code: str) -> Response:
    return _do(unit, code, "rule", "campaign-asked", lambda: library.set_rule(
        desk().registry, unit, code, typed.text("rule", 12), current_user(), desk().clock()
    ))  # fmt: skip


@campaigns_page.post("/desk/<unit>/campaigns/<code>/close")
@may_record
def close(unit: str, code: str) -> Response:
    return _do(unit, code, "close", "campaign-closing", lambda: library.ask_to_close(
        desk().registry, unit, code, typed.day(), typed.text("decision", 120),
        typed.text("leftover", 300), current_user(), desk().clock(),
    ))  # fmt: skip


def _do(unit: str, code: str, act: str, done: str, deed: Callable[[], object]) -> Response:
    with desk().registry.read() as conn:
        if campaigns.find(conn, unit, code) is None:
            abort(404)
    return do(
        deed, lambda found: _campaign(unit, code, found, act), "work-campaigns.campaign",
        unit=unit, code=code, done=done,
    )  # fmt: skip


def _to(unit: str, code: str, done: str) -> Response:
    return redirect(url_for("work-campaigns.campaign", unit=unit, code=code, done=done), 303)


def _digest(row: CampaignRow) -> str:
    """What of a campaign is approved: its terms, and how it is to be closed."""
    told = "\n".join(f"{name}={getattr(row, name)}" for name in row.__slots__)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
