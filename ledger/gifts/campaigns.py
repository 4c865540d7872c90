"""Campaigns: asked for by one person and opened by another, each with a fund of its own.

How its gifts are followed is said before the first one comes, and does not change afterwards. It is
closed by two persons as well; what is left over, or came above the target, needs a decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import privacy, workflow
from ledger.entry import FUND_CODE, safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.founding import declare_fund
from ledger.gifts.accounts import accounts_of
from ledger.gifts.standing import campaign_standing, known_campaign
from ledger.journal import open_pen
from ledger.registry import campaigns, entries, fund_sums, gifts, oplog, units
from ledger.registry.campaigns import CLOSED, CLOSING, OPEN, WAITING, WITHDRAWN, CampaignRow
from ledger.rules.tracing import RULES
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.money import Money
    from ledger.registry import Registry, User

_LIMITS = ("purpose", "time")
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """A campaign as it is asked for. ``fund`` is declared with it, under its own code if empty.

    ``end`` is its last day; ``target`` is zero where it has none; ``lines`` are what it means to
    spend, each ``(purpose, amount)``. ``rule`` is one of :data:`ledger.rules.tracing.RULES`.
    ``code`` is what a form showed it would have; once that is taken, the form was sent already.
    """

    unit: str
    name: str
    purpose: str
    start: date
    end: date | None
    target: Money
    rule: str
    fund: str = ""
    restriction: str = "purpose"
    name_en: str = ""
    public: bool = False
    emergency: bool = False
    filing: str = ""
    partner: str = ""
    lines: Sequence[tuple[str, Money]] = ()
    code: str = ""


def ask_to_open(registry: Registry, terms: Terms, user: User, now: datetime) -> CampaignRow:
    """Enter a campaign, to be opened by somebody else."""
    workflow.demand(user, "record", terms.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, terms.unit)
        code = campaigns.next_code(conn, terms.unit, terms.start.year)
        fund = terms.fund or code
        if terms.code and terms.code != code:
            raise Refused(_taken(terms.code))
        refuse_if(_faults(conn, registry, terms, fund))
        row = CampaignRow(
            terms.unit, code, safe_text(terms.name), safe_text(terms.name_en),
            safe_text(terms.purpose), fund, terms.restriction, terms.start, terms.end,
            terms.target.fen, terms.public, terms.emergency, safe_text(terms.filing),
            safe_text(terms.partner), terms.rule, WAITING, user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        lines = [(safe_text(purpose), amount.fen) for purpose, amount in terms.lines]
        campaigns.add(conn, row, lines)
        _log(conn, row, "campaign.ask", user, now, terms.target.text)
    return row


def approve(registry: Registry, unit: str, code: str, user: User, now: datetime) -> CampaignRow:
    """Open a campaign that waits, with its fund; or close one that somebody asked to close.

    NotAllowed for who asked.
    """
    workflow.demand(user, "approve", unit)
    with open_pen(registry, unit, now) as pen:
        row = known_campaign(pen.conn, unit, code)
        if row.state == CLOSING:
            _other(pen.conn, row.closer or "", user)
            campaigns.close_answered(pen.conn, row, CLOSED, user.id, now)
            _log(pen.conn, row, "campaign.close", user, now, row.decision)
            return replace(row, state=CLOSED, close_checker=user.id)
        _must_be(row, WAITING)
        _other(pen.conn, row.maker, user)
        _open_fund(pen.conn, row)
        if row.fund not in entries.funds(pen.conn, unit, [row.fund]):
            source = f"募捐活动 {code}" + (f" 备案 {row.filing}" if row.filing else "")
            opened = max(row.start, units.find(pen.conn, unit).opened)
            declare_fund(
                pen,
                entries.FundRow(
                    row.fund, row.name, row.name_en, row.restriction, source, opened, None
                ),
            )
        campaigns.checked(pen.conn, row, OPEN, user.id, now)
        _log(pen.conn, row, "campaign.open", user, now)
    return replace(row, state=OPEN, checker=user.id)


def send_back(registry: Registry, unit: str, code: str, user: User, now: datetime) -> CampaignRow:
    """Take back what waits: a campaign that was not opened yet, or the wish to close it."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = known_campaign(conn, unit, code)
        if row.state == CLOSING:
            campaigns.close_answered(conn, row, OPEN, user.id, now)
            state = OPEN
        else:
            _must_be(row, WAITING)
            campaigns.checked(conn, row, WITHDRAWN, user.id, now)
            state = WITHDRAWN
        _log(conn, row, "campaign.back", user, now)
    return replace(row, state=state)


def set_rule(
    registry: Registry, unit: str, code: str, rule: str, user: User, now: datetime
) -> CampaignRow:
    """Follow the gifts of a campaign by another rule, before any came; it waits again.

    Refused once a gift was entered, or anything stands in its fund.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_campaign(conn, unit, code)
        if row.state not in (WAITING, OPEN):
            _must_be(row, OPEN)
        moved = fund_sums.fund_moved(conn, unit, row.fund)
        if rule not in RULES or moved or gifts.any_of(conn, unit, code):
            raise Refused(
                finding(
                    "rule-fixed", f"活动 {code} 已有捐赠，跟踪规则不再改变",
                    f"campaign {code} has gifts: how they are followed does not change any more",
                    f"规则为 {'、'.join(RULES)}，收到捐赠之前确定",
                    f"a rule is {', '.join(RULES)}, said before the first gift",
                )
            )  # fmt: skip
        campaigns.set_rule(conn, row, rule, user.id, now)
        _log(conn, row, "campaign.rule", user, now, rule)
    return replace(row, rule=rule, state=WAITING, maker=user.id)


def ask_to_close(
    registry: Registry, unit: str, code: str, day: date, decision: str, leftover: str, user: User,
    now: datetime,
) -> CampaignRow:  # fmt: skip
    """Ask that a campaign be closed, from a day on. Its money may be spent afterwards as before.

    Refused where money is left or more came than the target, and no decision says what becomes of
    it.
    """
    workflow.demand(user, "record", unit)
    decision, leftover = safe_text(decision, 120), safe_text(leftover, 300)
    with registry.read() as conn:
        row = known_campaign(conn, unit, code)
    standing = campaign_standing(registry, unit, code, day)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_campaign(conn, unit, code)
        _must_be(row, OPEN)
        over = bool(row.target_fen) and standing.raised_fen > row.target_fen
        if (standing.held_fen or over) and not (decision and leftover):
            raise Refused(_undecided(row, over=over))
        refuse_if(named_faults(conn, registry, decision, leftover))
        if day < row.start or day > now.date():
            raise Refused(_bad("结束日期在开始之后，不晚于今天",
                               "it is closed after it began, and no later than today"))  # fmt: skip
        campaigns.ask_to_close(conn, row, day, decision, leftover, user.id)
        _log(conn, row, "campaign.ask-close", user, now, decision)
    return replace(row, state=CLOSING, closed=day, decision=decision, leftover=leftover)


def open_campaign(conn: Connection, unit: str, code: str, day: date) -> CampaignRow:
    """A campaign that takes gifts on a day; Refused if it does not."""
    row = known_campaign(conn, unit, code)
    _must_be(row, OPEN)
    if day < row.start or (row.end is not None and day > row.end):
        raise Refused(
            finding(
                "campaign-days",
                f"活动 {code} 自 {row.start} 至 {row.end or '未定'}，{day} 不在其内",
                f"campaign {code} runs from {row.start} to {row.end or 'an open end'}; "
                f"{day} is outside",
                "核对日期；活动之外的捐赠不写活动", "check the day, or leave the campaign out",
            )
        )  # fmt: skip
    return row


# ---- findings ----------------------------------------------------------------------------------


def _faults(conn: Connection, registry: Registry, terms: Terms, fund: str) -> Iterator[Finding]:
    accounts_of(units.find(conn, terms.unit).chart)
    for text, zh, en in ((terms.name, "名称", "name"), (terms.purpose, "目的", "purpose")):
        if not safe_text(text):
            yield _bad(f"活动须有{zh}", f"a campaign has a {en}")
    if len(safe_text(terms.name)) > 120:
        yield _bad("名称不超过 120 字", "its name has at most 120 characters")
    if terms.end is not None and terms.end < terms.start:
        yield _bad("结束不早于开始", "it ends no earlier than it begins")
    if terms.rule not in RULES:
        yield _bad(f"跟踪规则为 {'、'.join(RULES)} 之一", f"a rule is {', '.join(RULES)}")
    if terms.restriction not in _LIMITS:
        yield _bad("活动的资金限定用途或时间（purpose、time）",
                   "its fund is restricted in purpose or in time")  # fmt: skip
    if terms.public and not safe_text(terms.filing):
        yield _bad("公开募捐须有备案编号", "public fundraising has a filing number")
    if terms.target.fen < 0 or any(amount.fen <= 0 for _, amount in terms.lines):
        yield _bad(
            "目标不为负，预算各行大于零", "a target is not negative, a budget's line above 0"
        )
    if len(terms.lines) > _MOST_LINES or not all(safe_text(line) for line, _ in terms.lines):
        yield _bad(
            "预算至多 100 行，各有用途", "a budget has at most 100 lines, each with a purpose"
        )
    if len(safe_text(terms.filing)) > 60 or len(safe_text(terms.partner)) > 120:
        yield _bad("备案编号至多 60 字，合作方至多 120 字",
                   "a filing number has at most 60 characters, a partner 120")  # fmt: skip
    yield from _fund_faults(conn, terms, fund)
    texts = (terms.name, terms.name_en, terms.purpose, terms.filing, terms.partner,
             *(purpose for purpose, _ in terms.lines))  # fmt: skip
    yield from named_faults(conn, registry, *texts)
    yield from privacy.faults(texts)


def _fund_faults(conn: Connection, terms: Terms, fund: str) -> Iterator[Finding]:
    known = entries.funds(conn, terms.unit, [fund]).get(fund)
    other = campaigns.of_fund(conn, terms.unit, fund)
    if not FUND_CODE.fullmatch(fund):
        yield _bad(f"资金代码 {typed(fund)} 不合规", f"{typed(fund)} is no code of a fund")
    elif other is not None:
        yield _bad(f"资金 {fund} 是活动 {other.code} 的；每一活动有自己的资金",
                   f"fund {fund} is campaign {other.code}'s; each has its own")  # fmt: skip
    elif known is not None and known.restriction != terms.restriction:
        yield _bad(f"资金 {fund} 已设立，限定为 {known.restriction}",
                   f"fund {fund} was declared with restriction {known.restriction}")  # fmt: skip
    elif fund_sums.fund_moved(conn, terms.unit, fund):
        yield _bad(f"资金 {fund} 已有收支，活动用新的资金",
                   f"fund {fund} moved already; a campaign begins with a fresh one")  # fmt: skip


def _open_fund(conn: Connection, row: CampaignRow) -> None:
    known = entries.funds(conn, row.unit, [row.fund]).get(row.fund)
    if known is not None and known.restriction != row.restriction:
        raise Refused(
            _bad(
                f"资金 {row.fund} 已另行设立，限定为 {known.restriction}",
                f"fund {row.fund} was declared meanwhile with restriction {known.restriction}",
            )
        )


def _other(conn: Connection, asked: str, user: User) -> None:
    workflow.demand_other(
        conn, user, [asked],
        "申请人不能审批自己的活动", "nobody opens or closes a campaign of their own making",
    )  # fmt: skip


def _must_be(row: CampaignRow, state: str) -> None:
    if row.state != state:
        raise Refused(
            finding(
                "campaign-state", f"活动 {row.code} 的状态是 {row.state}，须为 {state}",
                f"campaign {row.code} is {row.state}, and has to be {state}",
                "用 mingbai campaign list 查看", "see mingbai campaign list",
            )
        )  # fmt: skip


def _undecided(row: CampaignRow, *, over: bool) -> Finding:
    zh, en = ("超出目标", "more came than the target") if over else ("尚有结余", "money is left")
    return finding(
        "no-decision", f"活动 {row.code} {zh}，须有决议写明如何处理",
        f"campaign {row.code}: {en}, and no decision says what becomes of it",
        "用 --decision 写明决议，--leftover 写明去向（用于相近目的）",
        "give --decision, and with --leftover what becomes of it: a similar purpose",
    )  # fmt: skip


def _taken(code: str) -> Finding:
    return finding(
        "sent-twice", f"打开表单之后已登记活动 {code}", f"{code} was entered since this was opened",
        "同一活动不必再登记；另一活动，再提交一次",
        "if it is the same campaign it is entered; if it is another one, send it again",
    )  # fmt: skip


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-campaign", zh, en, "改正后重试", "correct it and try again")


def _log(
    conn: Connection, row: CampaignRow, action: str, user: User, now: datetime, detail: str = ""
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code, detail=detail
    )
