"""Asking that an asset be moved, lent, leased, repaired, scrapped, sold or given away.

One person asks, with the number of the decision; another approves, who is neither the keeper nor
who receives. Between units the receiving one agrees as well. Until then nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from ledger import numbered, workflow
from ledger.assets import estimating
from ledger.assets.asked import Asked, as_asked, bad, decided, item_faults, kind_faults
from ledger.assets.estimating import Estimate
from ledger.assets.keepers import known_keeper, same_person
from ledger.assets.marks import OUT, head
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import (
    asset_requests,
    assets,
    counterparties,
    oplog,
    papers,
)
from ledger.registry.asset_requests import (
    ACCEPTED,
    APPROVED,
    CORRECTION,
    DONE,
    ESTIMATE,
    HANDED,
    LEAVING,
    LOSS,
    PREFIX,
    REFUSED,
    WAITING,
    WITHDRAWN,
    RequestRow,
)
from ledger.registry.assets import GONE, MEMO
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


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
            *item_faults(conn, asked, codes), *decided(conn, asked, now.date()),
            *kind_faults(conn, registry, asked, codes, now.date()),
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
        refuse_if(item_faults(conn, as_asked(row, codes), codes, but=code))
        refuse_if(decided(conn, as_asked(row, codes), now.date()))
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
            raise _not_waiting(row) if safe_text(note) else Refused(bad(
                "不予批准须写明理由", "a refusal gives its reason"
            ))  # fmt: skip
        refuse_if(named_faults(conn, registry, note))
        own = row.unit == unit
        if not own and row.state != APPROVED:
            raise _none(code)  # until its own unit approved it, it is none of this one's business
        who, when = ("checker", "checked_at") if own else ("other_checker", "other_at")
        asset_requests.set_state(
            conn, row, REFUSED, note=safe_text(note, 300),
            **{who: user.id, when: asset_requests.moment(now)},
        )  # fmt: skip
        _log(conn, row, "refuse", row.kind, user, now)
        return asset_requests.find(conn, row.unit, code) or row


def withdraw(registry: Registry, unit: str, code: str, user: User, now: datetime) -> RequestRow:
    """Take a request back by which nothing happened yet. Who records may.

    What was handed over to leave and still stands in the book stays, while no draft of its leaving
    waits, and no other unit entered it.
    """
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        other = known(conn, unit, code).to_unit
    with registry.write() as conn:
        # The other unit may be entering it just now.
        for one in sorted({unit, other or unit}):
            registry.lock_unit(conn, one)
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
    for draft in islice(numbered.waiting(conn, row.unit, head(OUT, row.code)), 1):
        yield finding(
            "request-state", f"申请 {row.code} 的处置草稿 {draft.id} 尚待审核",
            f"draft {draft.id} of request {row.code} waits",
            "先撤回该草稿", "withdraw that draft first",
        )  # fmt: skip


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
    workflow.demand_other(
        conn, user, [row.checker or ""],
        "调出方的审批人不能再代调入方同意",
        "who approved for one unit does not agree for the other",
    )  # fmt: skip
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
