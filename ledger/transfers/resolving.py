"""What persons say of exceptions: refusing a transfer, matching a voucher to it, closing it.

Nothing in a book changes here. A voucher without a reference is matched by whoever may approve in
both units, or in a unit above both, as the county accountant does; what only one unit may say of
itself, a refusal, takes the right to approve in that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.entry import safe_text
from ledger.errors import NotAllowed, Refused, Words, finding
from ledger.money import Money
from ledger.registry import claims, oplog, transfers, units
from ledger.registry.transfers import CLOSE, MATCH, REFUSE, UNMATCH
from ledger.transfers.entering import known
from ledger.transfers.expecting import set_refused
from ledger.transfers.matrix import loose_of, standing_today
from ledger.transfers.standing import DOUBLE, IN_TRANSIT, LATE, REFUSED, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.registry import Registry, User
    from ledger.registry.transfers import Transfer
    from ledger.transfers.matrix import Problem


def may_settle(registry: Registry, row: Transfer, user: User) -> bool:
    """Whether a user has a say for both units: in each, or in one that stands above both."""
    if user.may("approve", row.payer) and user.may("approve", row.payee):
        return True
    with registry.read() as conn:
        upper = {unit.id: unit.upper for unit in units.all_units(conn)}
    both = set(_upwards(upper, row.payer)) & set(_upwards(upper, row.payee))
    return any(user.may("approve", unit) for unit in both)


def _upwards(upper: dict[str, str | None], unit: str) -> list[str]:
    found: list[str] = []
    at: str | None = unit
    while at is not None and at not in found:
        found.append(at)
        at = upper.get(at)
    return found


def demand_both(registry: Registry, row: Transfer, user: User) -> None:
    """NotAllowed unless the user has a say for both units of the transfer."""
    if not may_settle(registry, row, user):
        raise NotAllowed(
            finding(
                "not-allowed",
                f"用户 {user.id} 对调拨 {row.reference} 的收付双方没有审核权",
                f"user {user.id} may not approve for both units of transfer {row.reference}",
                "请在双方均有审核权的人，或共同上级单位的会计办理",
                "ask somebody who may approve in both, or the accountant of a unit above both",
            )
        )


def refuse(registry: Registry, reference: str, why: str, user: User, now: datetime) -> None:
    """Say that a transfer will not be: by whoever approves for either unit, or above both.

    Refused without a reason, and where the payee has entered it: that is reversed first.
    """
    row = known(registry, reference, user)
    if not (user.may("approve", row.payer) or user.may("approve", row.payee)):
        demand_both(registry, row, user)
    note = _said(why)
    if standing_today(registry, row, date(2999, 12, 31)).arrived_fen:
        raise Refused(_entered(reference))
    with registry.write() as conn:
        claim = claims.find(conn, row.payee, reference)
        if claim is not None and claim.state not in (claims.OPEN, claims.VOID):
            raise Refused(_entered(reference))
        transfers.act(conn, reference, REFUSE, user.id, now, note=note)
        set_refused(conn, row, note, user.id, now)


def match(
    registry: Registry, unit: str, voucher: str, reference: str, user: User, now: datetime
) -> None:
    """Say that a posted voucher of ``unit`` is the unit's side of a transfer.

    Refused unless the voucher is an exception of its own, and pays the way that the transfer goes.
    """
    row = known(registry, reference, user)
    demand_both(registry, row, user)
    found = [one for one in loose_of(registry, unit, date(2999, 12, 31)) if one.voucher == voucher]
    if not found:
        raise Refused(_not_loose(unit, voucher))
    paid = sum(one.fen for one in found) > 0
    if unit != (row.payer if paid else row.payee) or any(
        one.counter not in ("", row.payee if paid else row.payer) for one in found
    ):
        raise Refused(_other_way(unit, row))
    with registry.write() as conn:
        transfers.act(conn, reference, MATCH, user.id, now, unit=unit, voucher=voucher)
        _log(conn, row, user, now, "transfer.match", f"{unit} {voucher}")


def unmatch(
    registry: Registry, unit: str, voucher: str, why: str, user: User, now: datetime
) -> None:
    """Take a match back, with a reason; the voucher stands by itself again."""
    with registry.read() as conn:
        reference = transfers.links(conn).get((unit, voucher), "")
    if not reference:
        raise Refused(_not_loose(unit, voucher))
    row = known(registry, reference, user)
    demand_both(registry, row, user)
    note = _said(why)
    with registry.write() as conn:
        transfers.act(conn, reference, UNMATCH, user.id, now, unit=unit, voucher=voucher, note=note)
        _log(conn, row, user, now, "transfer.unmatch", f"{unit} {voucher}")


def close(registry: Registry, reference: str, why: str, user: User, now: datetime) -> None:
    """Accept a transfer as it stands: no more is to come of it.

    Refused while the two books differ: a difference is corrected in the books, never here.
    """
    row = known(registry, reference, user)
    demand_both(registry, row, user)
    note = _said(why)
    found = standing_today(registry, row, now.date())
    if found.difference or found.state not in (SHORT, DOUBLE, LATE, REFUSED):
        raise Refused(_differs(reference, Money(found.difference)))
    with registry.write() as conn:
        transfers.act(conn, reference, CLOSE, user.id, now, note=note)
        claim = claims.find(conn, row.payee, reference)
        if claim is not None and claim.state == claims.OPEN:
            claims.void(conn, row.payee, [reference], now.date())
        _log(conn, row, user, now, "transfer.close", found.state)


def _log(
    conn: Connection, row: Transfer, user: User, now: datetime, action: str, detail: str
) -> None:
    """Both units' logs tell of it."""
    for unit in (row.payer, row.payee):
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action=action, object=row.reference,
            detail=detail[:200],
        )  # fmt: skip


def _said(why: str) -> str:
    note = safe_text(why)[:300]
    if not note:
        raise Refused(
            finding(
                "no-reason",
                "须写明原因",
                "a reason is needed",
                "用 --reason 写明",
                "give --reason",
            )
        )
    return note


# ---- who has to act ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chaser:
    """What a unit has to do about an exception."""

    unit: str
    problem: Problem
    todo: Words


_PAY: Final = Words("付款并写明调拨编号，或说明拒付", "pay it under its reference, or refuse it")
_LOOK: Final = Words(
    "在对账单中找到此款并入账；没有到账则告知付款方",
    "find it on the bank's statement and enter it, or tell the payer that it has not come",
)
_REST: Final = Words("查明差额：补付，或由上级会计了结", "pay the rest, or have it closed")
_BACK: Final = Words("冲销重复的凭证并退款", "reverse what was entered twice, and pay it back")
_TAKE: Final = Words("冲销付款凭证", "reverse the payment")
_ENTER: Final = Words("补记付款凭证，写明调拨编号", "enter the payment under its reference")
_NAME: Final = Words(
    "指明所属调拨（mingbai transfer match），或冲销后按编号重记",
    "say to which transfer it belongs (mingbai transfer match), or reverse it and enter it anew",
)


def chasers(problems: Iterable[Problem]) -> list[Chaser]:
    """Who has to act on each open exception, by unit, the oldest first."""
    found = [_chaser(one) for one in problems if one.is_open]
    return sorted(found, key=lambda one: (one.unit, -one.problem.days, one.problem.reference))


def _chaser(one: Problem) -> Chaser:
    if one.standing is None:
        return Chaser(one.loose.unit if one.loose else "", one, _NAME)
    due, out, came = (
        one.standing.transfer.fen, one.standing.paid_fen, one.standing.arrived_fen,
    )  # fmt: skip
    if one.state == IN_TRANSIT:
        return Chaser(one.payee, one, _LOOK)
    if one.state == LATE:
        return Chaser(one.payer, one, _PAY)
    if one.state == REFUSED:
        return Chaser(one.payer, one, _TAKE if out else _REST)
    if one.state == DOUBLE:
        return Chaser(one.payer if out > due else one.payee, one, _BACK)
    if came < out:
        return Chaser(one.payee, one, _LOOK)
    return Chaser(one.payer, one, _ENTER if came > out else _REST)


# ---- findings ----------------------------------------------------------------------------------


def _entered(reference: str) -> Finding:
    return finding(
        "transfer-entered",
        f"调拨 {reference} 在收款方已入账或正在入账",
        f"the payee has entered transfer {reference}, or is entering it",
        "先冲销凭证或撤回草稿",
        "reverse the voucher, or withdraw the draft, first",
    )


def _not_loose(unit: str, voucher: str) -> Finding:
    return finding(
        "not-loose",
        f"单位 {unit} 的凭证 {voucher[:40]} 不是没有编号的往来款",
        f"voucher {voucher[:40]} of unit {unit} is no payment between units without a reference",
        "见 mingbai matrix 的例外清单",
        "see the exceptions of mingbai matrix",
    )


def _other_way(unit: str, row: Transfer) -> Finding:
    return finding(
        "not-of-transfer",
        f"{unit} 的这张凭证不是调拨 {row.reference} 的一方",
        f"this voucher of {unit} is no side of transfer {row.reference}",
        f"调拨由 {row.payer} 付给 {row.payee}；核对单位、方向与编号",
        f"it goes from {row.payer} to {row.payee}: check unit, direction and reference",
    )


def _differs(reference: str, amount: Money) -> Finding:
    return finding(
        "books-differ",
        f"调拨 {reference} 双方账面相差 {amount.grouped}，或没有可了结的问题",
        f"both books differ by {amount.grouped} on transfer {reference}, or nothing is to close",
        "差额在账上更正：冲销、补记；此处只了结双方一致的",
        "correct a difference in the books; closed is only what both say the same of",
    )
