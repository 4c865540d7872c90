"""What is expected of a transfer: its order, the claim that waits in the payee's book, and its end.

A transfer that a draft pays waits for that draft: nobody expects it before it is posted, and when
the draft is withdrawn it will not be. The workflow of drafts says so here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.entry import safe_text
from ledger.money import CNY, Money
from ledger.registry import claims, drafts, oplog, transfers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry.transfers import Transfer

#: The kind of the claim that waits in the payee's book.
CLAIM_KIND: Final = "transfer"
#: How the sources of drafts begin that order transfers.
_ORDERING: Final = ("plan:", "remit:")


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


def order_in(
    conn: Connection, one: Order, user: str, now: datetime, *, waits: bool = True
) -> Transfer:
    """Enter a transfer, and the claim that waits in the payee's book if it said where to.

    Where a draft pays it, nothing ``waits`` before that draft is posted.
    """
    row = transfers.expect(
        conn, payer=one.payer, payee=one.payee, kind=one.kind, fen=one.amount.fen, day=one.day,
        origin=one.origin, narration=safe_text(one.narration)[:200], user=user, now=now,
    )  # fmt: skip
    if waits:
        wait_for(conn, row)
    oplog.record(
        conn, at=now, user=user, unit=one.payer, action="transfer.order", object=row.reference,
        detail=f"{one.kind} {one.payee} {one.amount.text}",
    )  # fmt: skip
    return row


def wait_for(conn: Connection, row: Transfer) -> bool:
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


def is_drafted(conn: Connection, row: Transfer) -> bool:
    """Whether the draft that a transfer rests on still waits."""
    return any(
        drafts.by_source(conn, unit, row.origin, drafts.UNDECIDED)
        for unit in (row.payer, row.payee)
    )


def on_posted(conn: Connection, draft: Draft) -> None:
    """The draft that ordered transfers is approved and posted: their payees expect them now."""
    for row in _ordered_by(conn, draft):
        wait_for(conn, row)


def on_withdrawn(conn: Connection, draft: Draft, user: str, now: datetime) -> None:
    """The draft that ordered transfers is withdrawn: they will not be."""
    for row in _ordered_by(conn, draft):
        take_back(conn, row, "草稿已撤回 the draft was withdrawn", user, now)


def _ordered_by(conn: Connection, draft: Draft) -> list[Transfer]:
    """The transfers that rest on a draft: what it pays, and what is to come back by it."""
    if not draft.source.startswith(_ORDERING):
        return []
    return [
        row
        for row in transfers.of_origin(conn, [draft.source[:60]])
        if draft.unit in (row.payer, row.payee) and not row.refused
    ]


def take_back(conn: Connection, row: Transfer, why: str, user: str, now: datetime) -> None:
    """The payer will not pay this after all: nobody waits for it any more."""
    transfers.act(conn, row.reference, transfers.CANCEL, user, now, note=why)
    set_refused(conn, row, why, user, now)


def set_refused(conn: Connection, row: Transfer, why: str, user: str, now: datetime) -> None:
    """Mark a transfer as one that will not be; the claim that waits for it is void."""
    transfers.refuse(conn, row.reference, why)
    claim = claims.find(conn, row.payee, row.reference)
    if claim is not None and claim.state == claims.OPEN:
        claims.void(conn, row.payee, [row.reference], now.date())
    oplog.record(
        conn, at=now, user=user, unit=row.payee, action="transfer.refuse", object=row.reference
    )
