"""What changes a gift's terms: another purpose, a promise that is not kept, a number made void.

Each is asked for by one person and counts once another approved it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import reversing, workflow
from ledger.entry import Draft, Posting, build_draft, safe_text, voucher_class
from ledger.errors import refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts import waiting
from ledger.gifts.accounts import ready
from ledger.gifts.campaigns import open_campaign
from ledger.gifts.given import refused
from ledger.gifts.lines import marks
from ledger.gifts.marks import MOVED
from ledger.gifts.pledging import free_claims
from ledger.gifts.recording import add_parts
from ledger.gifts.standing import GiftStanding, gift_standing
from ledger.money import Money
from ledger.registry import campaigns, claims, entries, gifts, oplog, papers
from ledger.registry.gifts import (
    ASSET,
    CHANGED,
    DEFAULTED,
    GOODS,
    MEMO,
    SERVICE,
    VOID,
    EventRow,
)
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


#: Kinds that hold no money which could go to another fund.
_NO_MONEY: Final = (GOODS, ASSET, SERVICE, MEMO)


def ask_default(
    registry: Registry, unit: str, code: str, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> int:  # fmt: skip
    """Say that an amount of a promise will not come; the event's number."""
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    _still_to_come(standing, amount.fen)
    return _ask(registry, standing, DEFAULTED, day, user, now, fen=amount.fen, note=note)


def ask_void(registry: Registry, unit: str, code: str, note: str, user: User, now: datetime) -> int:
    """Ask that a gift that never came be void; its number stays. The event's number."""
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    with registry.read() as conn:
        _nothing_came(conn, standing)
    if not safe_text(note):
        raise refused("作废须写明原因", "a reason is given")
    return _ask(registry, standing, VOID, now.date(), user, now, note=note)


def ask_change(
    registry: Registry, unit: str, code: str, campaign: str, fund: str, day: date, purpose: str,
    paper: bytes, name: str, user: User, now: datetime,
) -> int:  # fmt: skip
    """Ask that a gift serve another purpose: another campaign, or fund. The event's number.

    Refused without the donor's consent on paper.
    """
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    if not paper:
        raise refused(
            "改变用途须有捐赠人的书面同意", "another purpose needs the donor's consent on paper"
        )
    with registry.read() as conn:
        target = open_campaign(conn, unit, campaign, day).fund if campaign else fund
        known = entries.funds(conn, unit, [target]).get(target) if target else None
        if bool(campaign) == bool(fund) or known is None:
            raise refused("写明另一活动或另一资金", "another campaign or another fund is named")
        _movable(conn, standing, target)
        if not campaign and campaigns.of_fund(conn, unit, fund) is not None:
            raise refused(
                "此资金属于一项活动，请写活动", "that fund is a campaign's: name the campaign"
            )
        if not is_restricted(known.restriction):
            raise refused("限定的捐赠转入限定资金", "a restricted gift goes into a restricted fund")
        if not safe_text(purpose):
            raise refused("须写明新的用途", "the new purpose is named")
    return _ask(
        registry, standing, CHANGED, day, user, now, note=purpose, campaign=campaign or None,
        fund=target, paper=paper, name=name,
    )  # fmt: skip


def approve_terms(
    registry: Registry, unit: str, code: str, number: int, user: User, now: datetime
) -> str:
    """Approve what somebody else asked; the draft that moves what is held, where one is needed.

    NotAllowed for who asked. Refused if it does not wait, or cannot be any more.
    """
    workflow.demand(user, "approve", unit)
    standing = gift_standing(registry, unit, code, now.date())
    event = _waiting(standing, number)
    with registry.read() as conn:
        workflow.demand_other(
            conn, user, [event.user],
            "申请人不能审批自己的申请", "nobody approves what they asked for",
        )  # fmt: skip
    moves = event.kind == CHANGED
    accounts: dict[str, str] = {}
    if moves:
        accounts = ready(registry, unit, ["moved-restricted"], user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        if event.kind == DEFAULTED:
            _still_to_come(standing, event.fen)
        if event.kind == VOID:
            _nothing_came(conn, standing)
        if moves:
            _movable(conn, standing, event.fund)
        gifts.approve_event(conn, standing.row, number, user.id, now)
        if event.kind in (VOID, DEFAULTED):
            _stop_expecting(conn, standing, event)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action=f"gift.{event.kind}", object=code,
            detail=Money(event.fen).text,
        )  # fmt: skip
        if not moves:
            return ""
        account = _money_of(conn, standing)
        draft = _moved(standing, event, account, accounts["moved-restricted"])
        return workflow.propose_in(conn, registry, draft, event.user, now)


def _still_to_come(standing: GiftStanding, fen: int) -> None:
    if not 0 < fen <= standing.expected_fen:
        raise refused(
            f"尚未收到的是 {Money(standing.expected_fen).grouped}",
            f"{Money(standing.expected_fen).grouped} is still to come",
        )


def _nothing_came(conn: Connection, standing: GiftStanding) -> None:
    row = standing.row
    waits = any(True for _ in waiting.postings(conn, row.unit, "in", row.code))
    if waits or any(part.came for part in standing.parts):
        raise refused(
            "已收到或正在入账的捐赠不能作废；退还或冲销",
            "what came or is being entered is no void: refund or reverse it",
        )


def own_money(standing: GiftStanding, but: str = "") -> int:
    """What a gift holds in money that is the unit's, in other funds than ``but``."""
    return sum(fen for fund, fen in _own_parts(standing) if fund != but)


def _own_parts(standing: GiftStanding) -> list[tuple[str, int]]:
    """Where money of a gift that is the unit's is held, in fen by fund."""
    return [(part.fund, part.own_fen) for part in standing.parts if not part.units and part.own_fen]


def _movable(conn: Connection, standing: GiftStanding, target: str) -> None:
    """Refused unless all of a gift came, nothing of it waits, and money of it can go there."""
    row = standing.row
    if row.kind in _NO_MONEY:
        raise refused(
            "只有款项转入另一资金；物资按新用途发放，附捐赠人的同意",
            "only money goes to another fund: hand things out for the new purpose, with the "
            "consent as their paper",
        )
    if waiting.of_gift(conn, row.unit, row.code):
        raise refused(
            "这笔捐赠有待审核的草稿，办结后再改变用途",
            "a draft of this gift waits: have it approved or withdraw it first",
        )
    if standing.expected_fen:
        raise refused(
            "尚有待收的部分：收到、作违约，或作废后另行登记",
            "a part is still to come: receive it, say that it will not come, or record it anew",
        )
    if own_money(standing, target) <= 0:
        raise refused("没有可转入那里的结存", "nothing is held that could go there")


def _money_of(conn: Connection, standing: GiftStanding) -> str:
    """The account that the gift's money came on."""
    number = standing.parts[0].came[0].voucher
    voucher = reversing.find_voucher_in(conn, standing.row.unit, number).draft
    for line in voucher.postings:
        if line.account.startswith("Assets:") and line.amount.fen > 0 and line.lot is None:
            return line.account
    raise refused("找不到这笔捐赠的收款科目", "the account that it came on is not found")


def _moved(standing: GiftStanding, event: EventRow, account: str, equity: str) -> Draft:
    """What a gift still holds goes to the other fund, with the donor's consent as its paper."""
    row = standing.row
    decided = {"decision": f"consent:{event.paper[:16]}"}
    lines: list[Posting] = []
    for fund, fen in _own_parts(standing):
        if fund == event.fund:
            continue
        amount = Money(fen)
        lines += (
            Posting(equity, amount, fund, marks(row, **{MOVED: event.fund}, **decided)),
            Posting(account, -amount, fund),
            Posting(account, amount, event.fund),
            Posting(equity, -amount, event.fund, marks(row, **{MOVED: fund}, **decided)),
        )
    posted = tuple(lines)
    return build_draft(
        unit=row.unit, day=event.day, kind=voucher_class(posted), postings=posted,
        papers=(event.paper,), source=f"gift:moved:{row.code}:{event.number}",
        narration=safe_text(f"经捐赠人同意改变用途 {row.code} {event.note}"),
    )  # fmt: skip


def _stop_expecting(conn: Connection, standing: GiftStanding, event: EventRow) -> None:
    """What will not come is claimed no more; what is still to come stays claimed, in one."""
    row = standing.row
    opened = free_claims(conn, row, event.day)
    left = standing.expected_fen - event.fen if event.kind == DEFAULTED else 0
    whole = claims.find(conn, row.unit, row.code)
    if opened and left > 0 and whole is not None:
        last = max((one.due for one in opened if one.due), default=event.day)
        add_parts(conn, whole, [(last, left)])


def _ask(
    registry: Registry, standing: GiftStanding, kind: str, day: date, user: User, now: datetime,
    *, fen: int = 0, note: str = "", campaign: str | None = None, fund: str = "",
    paper: bytes = b"", name: str = "",
) -> int:  # fmt: skip
    row = standing.row
    with registry.write() as conn:
        registry.lock_unit(conn, row.unit)
        refuse_if(named_faults(conn, registry, note))
        if any(one.checker is None and one.kind == kind for one in standing.events):
            raise refused("同样的申请正在等待审批", "the same waits for approval already")
        digest = ""
        if paper:
            digest = papers.store_in(conn, registry, row.unit, paper, name, user=user.id, now=now)
        number = gifts.add_event(
            conn, row, kind, day, user.id, now, fen=fen, note=safe_text(note), paper=digest,
            campaign=campaign, fund=fund,
        )  # fmt: skip
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action=f"gift.ask-{kind}", object=row.code,
            detail=Money(fen).text,
        )  # fmt: skip
        return number


def _waiting(standing: GiftStanding, number: int) -> EventRow:
    for one in standing.events:
        if one.number == number and one.checker is None:
            return one
    raise refused(f"没有待审批的第 {number} 项", f"no event {number} waits")
