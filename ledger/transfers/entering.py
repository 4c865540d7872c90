"""Ordering, paying, receiving and refusing transfers between units.

A transfer is ordered under one reference; the payer's draft names it, and in the payee's book a
claim of the same code waits, so that the bank's line finds it. Every entry goes the way of all
drafts: recorded by one, approved by another, in each book by its own people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.registry import claims, entries, oplog, transfers, units
from ledger.registry.transfers import KINDS, TRANSFER, Transfer
from ledger.transfers.facts import COUNTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: The kind of the claim that waits in the payee's book.
CLAIM_KIND: Final = "transfer"


@dataclass(frozen=True, slots=True)
class Order:
    """What one unit is to pay another, to arrive by ``day``."""

    payer: str
    payee: str
    kind: str
    amount: Money
    day: date
    narration: str
    origin: str = "user"


@dataclass(frozen=True, slots=True)
class Side:
    """Where one unit enters its side: the account of money, and what it is for."""

    money: str
    account: str
    fund: str
    day: date


def order(registry: Registry, one: Order, user: User, now: datetime) -> Transfer:
    """Enter a transfer that is to come. Who records for the payer may.

    Refused for units that are unknown, the same or closed, a kind that is none, no amount.
    """
    workflow.demand(user, "record", one.payer)
    with registry.write() as conn:
        refuse_if(_order_faults(conn, one))
        return order_in(conn, one, user.id, now)


def order_in(conn: Connection, one: Order, user: str, now: datetime) -> Transfer:
    """Enter a transfer, and the claim that waits in the payee's book if it said where to."""
    row = transfers.expect(
        conn, payer=one.payer, payee=one.payee, kind=one.kind, fen=one.amount.fen, day=one.day,
        origin=one.origin, narration=safe_text(one.narration)[:200], user=user, now=now,
    )  # fmt: skip
    _claim(conn, row)
    oplog.record(
        conn, at=now, user=user, unit=one.payer, action="transfer.order", object=row.reference,
        detail=f"{one.kind} {one.payee} {one.amount.text}",
    )  # fmt: skip
    return row


def set_target(
    registry: Registry, unit: str, kind: str, account: str, fund: str, user: User, now: datetime
) -> int:
    """Say where ``unit`` enters what comes by transfers of a kind; how many claims now wait there.

    Who closes the unit's months may. Refused for an account or fund that is not open.
    """
    workflow.demand(user, "close", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        if kind not in KINDS:
            raise Refused(_bad_kind(kind))
        if account not in entries.accounts(conn, unit, [account]) or fund not in entries.funds(
            conn, unit, [fund]
        ):
            raise Refused(_not_open(unit, account, fund))
        transfers.set_target(conn, unit, kind, account, fund, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="transfer.target", object=kind,
            detail=f"{account} {fund}"[:200],
        )  # fmt: skip
        waiting = [
            row
            for row in transfers.all_transfers(conn)
            if row.payee == unit and row.kind == kind and not row.refused
        ]
        return sum(_claim(conn, row) for row in waiting)


def _claim(conn: Connection, row: Transfer) -> bool:
    """The claim that waits for a transfer in the payee's book; False if it is there, or nowhere."""
    target = transfers.targets(conn, row.payee).get(row.kind)
    if target is None or claims.find(conn, row.payee, row.reference) is not None:
        return False
    account, fund = target
    claims.add_many(
        conn,
        [
            claims.ClaimRow(
                row.payee, row.reference, CLAIM_KIND, None, account, fund,
                f"{row.day.year:04d}-{row.day.month:02d}", row.fen, CNY, claims.OPEN, None,
                due=row.day,
            )
        ],
    )  # fmt: skip
    return True


# ---- both sides --------------------------------------------------------------------------------


def pay(registry: Registry, reference: str, side: Side, user: User, now: datetime) -> str:
    """Propose the payer's draft of a transfer; its id."""
    row = _known(registry, reference)
    workflow.demand(user, "record", row.payer)
    with registry.write() as conn:
        registry.lock_unit(conn, row.payer)
        draft = payer_draft(row, side, Money(row.fen))
        return workflow.propose_in(conn, registry, draft, user.id, now)


def payer_draft(row: Transfer, side: Side, amount: Money, decision: str = "") -> Draft:
    """The payer's entry: ``side.account`` is debited, money goes."""
    said = meta_of(
        {COUNTER: row.payee, TRANSFER: row.reference, "decision": safe_text(decision) or None}
    )
    lines = (
        Posting(side.account, amount, side.fund, said),
        Posting(side.money, -amount, side.fund, meta_of({COUNTER: row.payee})),
    )
    return build_draft(
        unit=row.payer, day=side.day, kind=voucher_class(lines), postings=lines,
        narration=safe_text(f"{row.narration} {row.reference}"),
        source=f"transfer:pay:{row.reference}",
    )  # fmt: skip


def receive(
    registry: Registry, reference: str, side: Side, amount: Money, user: User, now: datetime
) -> str:
    """Propose the payee's draft of what arrived, which may be less than was ordered; its id.

    Where the whole arrived, and a claim waits for it, the claim is settled.
    """
    row = _known(registry, reference)
    workflow.demand(user, "record", row.payee)
    with registry.write() as conn:
        registry.lock_unit(conn, row.payee)
        claim = claims.find(conn, row.payee, reference)
        whole = (
            claim is not None
            and claim.state == claims.OPEN
            and (claim.fen, claim.account, claim.fund) == (amount.fen, side.account, side.fund)
        )
        said = meta_of(
            {COUNTER: row.payer, TRANSFER: reference, "claim": reference if whole else None}
        )
        lines = (
            Posting(side.money, amount, side.fund, meta_of({COUNTER: row.payer})),
            Posting(side.account, -amount, side.fund, said),
        )
        draft = build_draft(
            unit=row.payee, day=side.day, kind=voucher_class(lines), postings=lines,
            narration=safe_text(f"{row.narration} {reference}"),
            source=f"transfer:receive:{reference}:{side.day}:{amount.text}",
        )  # fmt: skip
        return workflow.propose_in(conn, registry, draft, user.id, now)


def refuse(registry: Registry, reference: str, why: str, user: User, now: datetime) -> None:
    """Say that a transfer will not be: by whoever approves for the payer or the payee.

    Refused without a reason, and where a claim for it was settled: then it is reversed first.
    """
    row = _known(registry, reference)
    if not any(user.may("approve", unit) for unit in (row.payer, row.payee)):
        workflow.demand(user, "approve", row.payee)
    with registry.write() as conn:
        if not why.strip():
            raise Refused(_no_reason())
        claim = claims.find(conn, row.payee, reference)
        if claim is not None and claim.state not in (claims.OPEN, claims.VOID):
            raise Refused(_entered(reference))
        _take_back(conn, row, safe_text(why)[:300], user.id, now)


def on_withdrawn(conn: Connection, draft: Draft, user: str, now: datetime) -> None:
    """The draft that ordered transfers is withdrawn: they will not be."""
    for reference in references_of(draft):
        row = transfers.find(conn, reference)
        if row is not None and row.payer == draft.unit and row.origin == draft.source:
            _take_back(conn, row, "草稿已撤回 the draft was withdrawn", user, now)


def _take_back(conn: Connection, row: Transfer, why: str, user: str, now: datetime) -> None:
    transfers.refuse(conn, row.reference, why)
    claim = claims.find(conn, row.payee, row.reference)
    if claim is not None and claim.state == claims.OPEN:
        claims.void(conn, row.payee, [row.reference], now.date())
    oplog.record(
        conn, at=now, user=user, unit=row.payee, action="transfer.refuse", object=row.reference
    )


def references_of(draft: Draft) -> list[str]:
    """The transfers that a draft names, in the order of its lines."""
    found = [dict(line.meta).get(TRANSFER, "") for line in draft.postings]
    return [reference for reference in dict.fromkeys(found) if reference]


def match(
    registry: Registry, unit: str, voucher: str, reference: str, user: User, now: datetime
) -> None:
    """Say that a posted voucher of ``unit`` belongs to a transfer; by whoever approves there.

    Nothing in the book changes. Refused if the unit is neither payer nor payee, or the voucher
    moves nothing the way that the transfer goes.
    """
    workflow.demand(user, "approve", unit)
    row = _known(registry, reference)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        postings = model.voucher(voucher).draft.postings
    finally:
        model.close()
    if unit not in (row.payer, row.payee):
        raise Refused(_neither(unit, row))
    sign = 1 if unit == row.payer else -1
    if not any(
        sign * line.amount.fen > 0 and not line.account.startswith("Equity:") for line in postings
    ):
        raise Refused(_neither(unit, row))
    with registry.write() as conn:
        transfers.link(conn, unit, voucher, reference, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="transfer.match", object=reference,
            detail=voucher,
        )  # fmt: skip


def _known(registry: Registry, reference: str) -> Transfer:
    with registry.read() as conn:
        row = transfers.find(conn, reference)
    if row is None:
        raise CannotRun(
            finding(
                "no-transfer",
                f"没有调拨 {reference[:24]}",
                f"there is no transfer {reference[:24]}",
                "用 mingbai transfer list 查编号",
                "look the reference up with mingbai transfer list",
            )
        )
    return row


# ---- findings ----------------------------------------------------------------------------------


def _order_faults(conn: Connection, one: Order) -> Iterator[Finding]:
    if one.kind not in KINDS:
        yield _bad_kind(one.kind)
    if one.amount.fen <= 0 or one.payer == one.payee or one.amount.currency != CNY:
        yield finding(
            "bad-transfer",
            "调拨须有正的人民币金额，收付双方不同",
            "a transfer has an amount in yuan above nothing, and two units",
            "核对金额与单位",
            "check the amount and the units",
        )
    for unit in (one.payer, one.payee):
        row = units.find(conn, unit)
        if row.closed is not None and row.closed <= one.day:
            yield finding(
                "unit-closed",
                f"单位 {unit} 已于 {row.closed} 撤销",
                f"unit {unit} was closed on {row.closed}",
                "改为接收单位",
                "name the unit that took it over",
            )


def _bad_kind(kind: str) -> Finding:
    return finding(
        "bad-kind",
        f"没有「{kind[:20]}」这类调拨",
        f"there is no transfer of the kind {kind[:20]}",
        f"可用：{'、'.join(KINDS)}",
        f"kinds: {', '.join(KINDS)}",
    )


def _not_open(unit: str, account: str, fund: str) -> Finding:
    return finding(
        "not-open",
        f"单位 {unit} 没有科目 {account[:80]} 或资金 {fund[:40]}",
        f"unit {unit} has no account {account[:80]}, or no fund {fund[:40]}",
        "先开立科目，设立资金",
        "open the account and declare the fund first",
    )


def _no_reason() -> Finding:
    return finding(
        "no-reason", "拒收须写明原因", "a refusal has a reason", "用 --reason 写明", "give --reason"
    )


def _entered(reference: str) -> Finding:
    return finding(
        "transfer-entered",
        f"调拨 {reference} 已入账或正在入账",
        f"transfer {reference} was entered, or is being",
        "先冲销凭证或撤回草稿",
        "reverse the voucher, or withdraw the draft, first",
    )


def _neither(unit: str, row: Transfer) -> Finding:
    return finding(
        "not-of-transfer",
        f"{unit} 的这张凭证没有按调拨 {row.reference} 的方向收付",
        f"this voucher of {unit} pays nothing the way that transfer {row.reference} goes",
        f"调拨由 {row.payer} 付给 {row.payee}；核对凭证号与编号",
        f"it goes from {row.payer} to {row.payee}: check voucher and reference",
    )
