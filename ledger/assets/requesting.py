"""Asking that an asset be moved, lent, leased, repaired, scrapped, sold or given away.

One person asks, with the number of the decision; another approves, who is neither the keeper nor
who receives. Between units the receiving one agrees as well. Until then nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets import estimating
from ledger.assets.estimating import Estimate
from ledger.assets.keepers import known_keeper, same_person
from ledger.assets.marks import OUT, source
from ledger.assets.said import regime_for
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.money import Money
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import (
    asset_requests,
    assets,
    counterparties,
    decisions,
    drafts,
    oplog,
    papers,
    units,
)
from ledger.registry.asset_requests import (
    ACCEPTED,
    APPROVED,
    COMING_BACK,
    CORRECTION,
    DONATION,
    DONE,
    ESTIMATE,
    HANDED,
    KINDS,
    LEASE,
    LEAVING,
    LOSS,
    MOVE,
    OPEN,
    PREFIX,
    REFUSED,
    SALE,
    SCRAP,
    TRANSFER,
    WAITING,
    WITHDRAWN,
    RequestRow,
)
from ledger.registry.assets import GONE, MEMO
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: Why a thing may be scrapped: 行政事业性国有资产管理条例 art. 21.
GROUNDS: Final = ("worn-out", "obsolete", "damaged", "beyond-repair", "disaster", "lost")
MOST_ITEMS: Final = 500
_NOTHING: Final = Money(0)
#: Those that need a party outside, and those that need a receiver at all.
_OUTSIDE: Final = (LEASE, SALE, DONATION)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as somebody says it.

    ``to`` is who receives it: a keeper, for a move within the unit and a loan to a member;
    ``party`` an organisation by name; ``to_unit`` another unit of the federation. ``until`` is when
    it is to be back. A new estimate says from which ``month`` on how long it lasts.
    """

    unit: str
    kind: str
    codes: Sequence[str]
    decision: str
    day: date
    reason: str = ""
    ground: str = ""
    to: str = ""
    to_place: str = ""
    to_unit: str = ""
    party: str = ""
    until: date | None = None
    price: Money = _NOTHING
    month: Month | None = None
    life_months: int | None = None
    residual: Money = _NOTHING
    paper: bytes = b""
    paper_name: str = ""


def ask(registry: Registry, asked: Asked, user: User, now: datetime) -> RequestRow:
    """Enter a request, to be approved by another person. Who records may.

    Refused without a recorded decision that was carried, for things that are not there, that are
    away or of which another request is open, and where the kind lacks what it needs.
    """
    unit = asked.unit
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        for one in _both(asked):
            registry.lock_unit(conn, one)
        codes = list(dict.fromkeys(asked.codes))
        refuse_if([
            *_item_faults(conn, asked, codes), *_decided(conn, asked, now.date()),
            *_kind_faults(conn, registry, asked, codes, now.date()),
            *named_faults(conn, registry, asked.reason, asked.to_place, asked.party),
        ])  # fmt: skip
        row = RequestRow(
            unit, _next_code(conn, asked), asked.kind, asked.day,
            safe_text(asked.decision, 60), asked.ground, safe_text(asked.reason, 300),
            asked.to_unit or None,
            counterparties.named(conn, unit, safe_text(asked.party, 120), user.id, now)
            if safe_text(asked.party) else None,
            known_keeper(conn, asked.to_unit or unit, asked.to) if asked.to else "",
            safe_text(asked.to_place, 120), asked.until, asked.price.fen,
            str(asked.month or ""), asked.life_months, asked.residual.fen,
            maker=user.id, made_at=asset_requests.moment(now),
            paper=papers.store_in(
                conn, registry, unit, asked.paper, asked.paper_name, user=user.id, now=now
            ) if asked.paper else "",
        )  # fmt: skip
        asset_requests.add(conn, row, codes)
        _log(conn, row, "ask", f"{row.kind} {' '.join(codes)}"[:120], user, now)
    return row


def approve(registry: Registry, unit: str, code: str, user: User, now: datetime) -> RequestRow:
    """Approve a request of the unit, or agree to what another unit gives to it.

    Who approves in that unit may. NotAllowed for who asked, who keeps any of it, and who receives.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = asset_requests.find(conn, unit, code)
        if row is None:
            return _accept(conn, unit, code, user, now)
        if row.state != WAITING:
            raise _not_waiting(row)
        codes = asset_requests.items(conn, unit, [code]).get(code, [])
        _not_concerned(conn, row, codes, user)
        refuse_if(_item_faults(conn, _as_asked(row, codes), codes, but=code))
        refuse_if(_decided(conn, _as_asked(row, codes), now.date()))
        if row.kind == ESTIMATE:
            refuse_if(estimating.faults(conn, unit, codes, _estimate_of(row), now.date()))
        asset_requests.set_state(
            conn, row, APPROVED, checker=user.id, checked_at=asset_requests.moment(now)
        )
        row = replace(row, state=APPROVED)
        if row.kind == ESTIMATE:
            _estimate(conn, row, codes, now)
        if row.kind in (LOSS, CORRECTION):
            _noted(conn, row, codes, now)
        _log(conn, row, "approve", row.kind, user, now)
        return asset_requests.find(conn, unit, code) or row


def refuse(
    registry: Registry, unit: str, code: str, note: str, user: User, now: datetime
) -> RequestRow:
    """Refuse a request, with a reason that stays: the checker of the unit, or of who receives."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _own_or_towards(conn, unit, code)
        if row.state not in (WAITING, APPROVED) or not safe_text(note):
            raise _not_waiting(row) if safe_text(note) else Refused(_bad(
                "不予批准须写明理由", "a refusal gives its reason"
            ))  # fmt: skip
        refuse_if(named_faults(conn, registry, note))
        asset_requests.set_state(
            conn, row, REFUSED, checker=user.id, checked_at=asset_requests.moment(now),
            note=safe_text(note, 300),
        )  # fmt: skip
        _log(conn, row, "refuse", row.kind, user, now)
        return asset_requests.find(conn, row.unit, code) or row


def withdraw(registry: Registry, unit: str, code: str, user: User, now: datetime) -> RequestRow:
    """Take a request back by which nothing happened yet. Who records may.

    What was handed over to leave and still stands in the book stays, while no draft of its leaving
    waits, and no other unit entered it.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        if row.state not in (WAITING, APPROVED, ACCEPTED) and not _stays(conn, row):
            raise _not_waiting(row)
        refuse_if(_drafted(conn, row))
        asset_requests.set_state(conn, row, WITHDRAWN)
        _log(conn, row, "withdraw", row.kind, user, now)
        return asset_requests.find(conn, unit, code) or row


def _stays(conn: Connection, row: RequestRow) -> bool:
    """Whether what was handed over to leave is all there still, in this book alone."""
    if row.state != HANDED or row.kind not in LEAVING:
        return False
    codes = asset_requests.items(conn, row.unit, [row.code])[row.code]
    stands = assets.sums(conn, row.unit, codes)
    there = all(code in stands and stands[code].millionths > 0 for code in codes)
    return there and not (row.to_unit and assets.entered_by(conn, row.to_unit, [row.code]))


def _drafted(conn: Connection, row: RequestRow) -> Iterator[Finding]:
    """A finding while a draft of what a request is for waits."""
    names = [source(OUT, row.code, ordinal) for ordinal in range(1, 100)]
    for draft in drafts.by_sources(conn, row.unit, names, drafts.UNDECIDED).values():
        yield finding(
            "request-state", f"申请 {row.code} 的处置草稿 {draft.id} 尚待审核",
            f"draft {draft.id} of request {row.code} waits",
            "先撤回该草稿", "withdraw that draft first",
        )  # fmt: skip
        return


def known(conn: Connection, unit: str, code: str) -> RequestRow:
    """The unit's request of this code; CannotRun if there is none."""
    row = asset_requests.find(conn, unit, code)
    if row is None:
        raise _none(code)
    return row


def _own_or_towards(conn: Connection, unit: str, code: str) -> RequestRow:
    row = asset_requests.find(conn, unit, code)
    found = [row] if row is not None else asset_requests.towards(conn, unit, code)
    if len(found) != 1:
        raise _none(code)
    return found[0]


def _accept(conn: Connection, unit: str, code: str, user: User, now: datetime) -> RequestRow:
    """The receiving unit agrees to what another one gives to it."""
    found = [one for one in asset_requests.towards(conn, unit, code) if one.state == APPROVED]
    if len(found) != 1:
        raise _none(code)
    row = found[0]
    codes = asset_requests.items(conn, row.unit, [code]).get(code, [])
    _not_concerned(conn, row, codes, user)
    if user.id == row.checker:
        raise workflow.not_oneself(
            "调出方的审批人不能再代调入方同意",
            "who approved for one unit does not agree for the other",
        )
    asset_requests.set_state(
        conn, row, ACCEPTED, other_checker=user.id, other_at=asset_requests.moment(now)
    )
    _log(conn, replace(row, unit=unit), "accept", f"{row.unit} {row.kind}", user, now)
    return asset_requests.find(conn, row.unit, code) or row


def _not_concerned(conn: Connection, row: RequestRow, codes: Sequence[str], user: User) -> None:
    """NotAllowed for who asked, who keeps any of these assets, and who is to receive them."""
    if same_person(conn, user.id, row.maker):
        raise workflow.not_oneself(
            "申请人不能审批自己的申请", "nobody approves what they asked for"
        )
    found = assets.events(conn, row.unit, codes)
    keepers = {of[-1].keeper for of in found.values()} | {row.to_keeper}
    if any(same_person(conn, user.id, keeper) for keeper in keepers):
        raise workflow.not_oneself(
            "保管人与接收人不能审批", "neither the keeper nor who receives it approves"
        )


def _estimate(conn: Connection, row: RequestRow, codes: Sequence[str], now: datetime) -> None:
    """A new estimate counts from its month on: what was charged before stays as it was."""
    for one in estimating.rows_of(conn, row.unit, codes, _estimate_of(row)):
        assets.add_estimate(conn, row.unit, one)
    asset_requests.set_state(conn, row, DONE, ended=now.date())


def _estimate_of(row: RequestRow) -> Estimate:
    return Estimate(
        Month.parse(row.month), row.life_months or 0, row.residual_fen, row.method, row.code
    )


def _noted(conn: Connection, row: RequestRow, codes: Sequence[str], now: datetime) -> None:
    """What is only noted leaves with the approval: no voucher follows for it."""
    cards = assets.with_codes(conn, row.unit, codes)
    memos = [code for code in codes if cards[code].source == MEMO]
    for code, of in assets.events(conn, row.unit, memos).items():
        assets.add_event(
            conn, row.unit, code, GONE, row.day, row.maker, now, keeper=of[-1].keeper,
            place=of[-1].place, request=row.code, note=row.reason,
        )  # fmt: skip
    if len(memos) == len(codes):
        asset_requests.set_state(conn, row, DONE, ended=row.day)


# ---- findings ----------------------------------------------------------------------------------


def _as_asked(row: RequestRow, codes: Sequence[str]) -> Asked:
    return Asked(
        row.unit, row.kind, codes, row.decision, row.day,
        month=Month.parse(row.month) if row.month else None,
    )  # fmt: skip


def _item_faults(
    conn: Connection, asked: Asked, codes: Sequence[str], but: str = ""
) -> Iterator[Finding]:
    """What speaks against moving these things now; ``but`` is the request that is looked at."""
    if not 1 <= len(codes) <= MOST_ITEMS:
        yield _bad(f"一次申请 1 至 {MOST_ITEMS} 件", f"a request is for 1 to {MOST_ITEMS} assets")
        return
    cards = assets.with_codes(conn, asked.unit, codes)
    stands = assets.sums(conn, asked.unit, codes)
    events = assets.events(conn, asked.unit, codes)
    others = asset_requests.of_assets(conn, asked.unit, codes)
    for code in codes:
        card, stand = cards.get(code), stands.get(code)
        if card is None:
            yield _bad(f"没有资产 {typed(code)}", f"there is no asset {typed(code)}")
            continue
        owned = card.source != MEMO
        if events[code][-1].kind == GONE:
            yield _bad(f"{code} 已不在册", f"{code} is gone")
        elif owned and (stand is None or stand.millionths <= 0):
            yield _bad(f"{code} 尚未入账", f"{code} is not in the book yet")
        elif not owned and asked.kind in (*_OUTSIDE, TRANSFER, ESTIMATE):
            yield _bad(
                f"{code} 不属本单位，不能处置",
                f"{code} is not the unit's: it does not dispose of it",
            )
        for other in others.get(code, ()):
            if other.state in OPEN and other.code != but:
                yield finding(
                    "asset-busy", f"{code} 已有未办结的申请 {other.code}",
                    f"{code}: request {other.code} is open",
                    "先办结、归还或撤回它", "settle it, have it back or withdraw it first",
                )  # fmt: skip


def _decided(conn: Connection, asked: Asked, today: date) -> Iterator[Finding]:
    """A finding unless a decision of this number was recorded, carried, and taken by then."""
    number = safe_text(asked.decision, 60)
    found = decisions.exactly(conn, asked.unit, [number]) if number else {}
    row = found.get(number)
    if row is None:
        what = ("须写明已登记的决策文号", "the number of a recorded decision is named")
    elif not row.carried:
        what = (f"决策 {row.number} 未获通过", f"decision {row.number} was not carried")
    elif row.day > asked.day:
        what = (
            f"决策 {row.number} 作于 {row.day}，晚于申请",
            f"decision {row.number} was taken later",
        )
    elif asked.day > today:
        what = ("申请日期不晚于今天", "a request is dated today at the latest")
    else:
        return
    yield finding(
        "asset-undecided", what[0], what[1],
        "先登记集体决策（mingbai decision record），申请写明其文号",
        "record the decision first (mingbai decision record), and name its number",
    )  # fmt: skip


def _kind_faults(
    conn: Connection, registry: Registry, asked: Asked, codes: Sequence[str], today: date
) -> Iterator[Finding]:
    kind = asked.kind
    if kind not in KINDS:
        yield _bad(f"种类为 {'、'.join(KINDS)} 之一", f"a kind is one of {', '.join(KINDS)}")
        return
    if kind == MOVE and not (asked.to and asked.to_place):
        yield _bad("内部调动写明接收人与存放地点", "a move names who receives it and where it goes")
    if kind == TRANSFER:
        yield from _unit_faults(conn, asked)
    elif asked.to_unit:
        yield _bad("只有调拨写明另一单位", "only a transfer names another unit")
    if kind in COMING_BACK and asked.until is None:
        yield _bad("须写明归还日期", "say when it is to be back")
    if asked.until is not None and asked.until < asked.day:
        yield _bad("归还不早于申请", "it is back after the request")
    if kind in COMING_BACK and not (asked.to or asked.party):
        yield _bad("须写明借用、承租或修理的一方", "say who borrows, leases or repairs it")
    if kind in _OUTSIDE and not safe_text(asked.party):
        yield _bad("须写明对方单位", "the other side is named")
    if kind in (SALE, LEASE) and asked.price.fen < (1 if kind == SALE else 0):
        yield _bad("出售须写明价款", "a sale has its price")
    if kind not in (SALE, LEASE) and asked.price:
        yield _bad("只有出售与出租有价款", "only a sale or a lease has a price")
    if kind == SCRAP and asked.ground not in GROUNDS:
        yield _bad(f"报废的理由为 {'、'.join(GROUNDS)} 之一", f"grounds: {', '.join(GROUNDS)}")
    if kind in (SCRAP, LOSS, CORRECTION, ESTIMATE) and not safe_text(asked.reason):
        yield _bad("须写明原因", "the reason is given")
    if kind == ESTIMATE:
        yield from _estimate_faults(conn, registry, asked, codes, today)


def _unit_faults(conn: Connection, asked: Asked) -> Iterator[Finding]:
    known = {row.id: row for row in units.all_units(conn)}
    other = known.get(asked.to_unit)
    if other is None or other.id == asked.unit:
        yield _bad(
            "调拨须写明联合会内的另一单位", "a transfer names another unit of the federation"
        )
    elif other.closed is not None and other.closed <= asked.day:
        yield _bad(f"{other.id} 已撤销", f"{other.id} was closed")


def _estimate_faults(
    conn: Connection, registry: Registry, asked: Asked, codes: Sequence[str], today: date
) -> Iterator[Finding]:
    """What speaks against a new estimate."""
    if asked.month is None:
        yield _bad("写明自何月起重新估计", "say from which month on it is estimated anew")
        return
    table = regime_for(registry, units.find(conn, asked.unit), asked.day)
    if asked.residual and table.residual == "none":
        yield _bad("本制度不考虑预计净残值", "this rule knows no residual value")
    new = Estimate(asked.month, asked.life_months or 0, asked.residual.fen)
    yield from estimating.faults(conn, asked.unit, codes, new, today)


def _both(asked: Asked) -> list[str]:
    """The units that a request is of and to, always in the same order."""
    return sorted({asked.unit, asked.to_unit or asked.unit})


def _next_code(conn: Connection, asked: Asked) -> str:
    """A code that no other request of these units has, nor any to them.

    The unit that receives names it by its code alone, beside its own requests and others' to it.
    """
    year = asked.day.year
    return make_code(PREFIX, year, asset_requests.last_number(conn, _both(asked), year) + 1)


def _log(
    conn: Connection, row: RequestRow, act: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"asset.{act}", object=row.code,
        detail=detail,
    )  # fmt: skip


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-request", zh, en, "改正后重试", "correct it and try again")


def _not_waiting(row: RequestRow) -> Refused:
    return Refused(
        finding(
            "request-state", f"申请 {row.code} 的状态是 {row.state}，不能这样办理",
            f"request {row.code} is {row.state}: this cannot be done with it",
            "用 mingbai asset list --requests 查看", "see mingbai asset list --requests",
        )
    )  # fmt: skip


def _none(code: str) -> CannotRun:
    return CannotRun(
        finding(
            "no-request", f"没有待办的申请 {typed(code)}", f"there is no request {typed(code)}",
            "用 mingbai asset list --requests 查看", "see mingbai asset list --requests",
        )
    )  # fmt: skip
