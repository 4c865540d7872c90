"""Ordering, paying and receiving transfers between units.

A transfer is ordered under one reference; the payer's draft names it, and in the payee's book a
claim of the same code waits, so that the bank's line finds it. Every entry goes the way of all
drafts: recorded by one, approved by another, in each book by its own people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import settlement, workflow
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.money import CNY, Money
from ledger.registry import claims, entries, oplog, transfers, units
from ledger.registry.transfers import KINDS, Transfer
from ledger.transfers.expecting import Order, is_drafted, order_in, wait_for
from ledger.transfers.marks import COUNTER, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


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
            if row.payee == unit
            and row.kind == kind
            and not row.refused
            and not is_drafted(conn, row)
        ]
        return sum(wait_for(conn, row) for row in waiting)


# ---- both sides --------------------------------------------------------------------------------


def pay(registry: Registry, reference: str, side: Side, user: User, now: datetime) -> str:
    """Propose the payer's draft of a transfer; its id."""
    row = known(registry, reference, user)
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
    row = known(registry, reference, user)
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
        found = workflow.propose_in(conn, registry, draft, user.id, now)
        settlement.on_drafted(conn, draft)
        return found


def references_of(draft: Draft) -> list[str]:
    """The transfers that a draft names, in the order of its lines."""
    found = [dict(line.meta).get(TRANSFER, "") for line in draft.postings]
    return [reference for reference in dict.fromkeys(found) if reference]


def known(registry: Registry, reference: str, user: User) -> Transfer:
    """The transfer, for whoever may browse one of its units; CannotRun as if there were none."""
    with registry.read() as conn:
        row = transfers.find(conn, reference)
    if row is not None and not any(user.may("browse", unit) for unit in (row.payer, row.payee)):
        row = None
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
