"""What follows when a draft becomes a voucher, or is withdrawn: in budgets, allocations, claims.

One place names everything that follows, in its order, within the transaction that posts or
withdraws. Each area keeps its own sums and claims; nothing here decides whether a draft may be
posted (:mod:`ledger.posting` does).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ledger import settlement
from ledger.allocations import attributing
from ledger.allocations import expecting as promised
from ledger.assets import following as assets
from ledger.budgets import ceilings
from ledger.contracts import checking as contracts
from ledger.decisions import checking as decisions
from ledger.registry import drafts, persons, staging
from ledger.transfers import expecting

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.journal import Pen


def on_posted(pen: Pen, draft: Draft, draft_id: str, number: str) -> None:
    """The draft was posted under ``number``."""
    conn = pen.conn
    ceilings.of_pen(pen).post(draft)
    attributing.catch_up(conn, draft.unit)
    decisions.on_posted(conn, draft)
    assets.on_posted(conn, draft, pen.now)
    if draft.reverses:
        _reversed(conn, draft)
    else:
        staging.on_posted(conn, draft_id)
        settlement.on_posted(conn, draft, number)
        expecting.on_posted(conn, draft)
    promised.again(conn, draft, pen.now.date())
    # Last: what it settled is settled by then, and what is left of a milestone is expected.
    contracts.on_posted(conn, draft)


def on_withdrawn(conn: Connection, draft: Draft, draft_id: str, user: str, now: datetime) -> None:
    """``user`` took the draft back before it was posted."""
    if draft.reverses:
        return  # a reversal that is not made leaves what its voucher settled as it is: paid
    _freed(conn, draft_id)
    assets.on_withdrawn(conn, draft)
    settlement.on_withdrawn(conn, draft, draft_id, now.date())
    expecting.on_withdrawn(conn, draft, user, now)
    promised.again(conn, draft, now.date())


def _reversed(conn: Connection, draft: Draft) -> None:
    """What the reversed voucher settled is open again, and its bank lines are questions."""
    original = drafts.by_number(conn, draft.unit, draft.reverses or "")
    if original is not None:
        _freed(conn, original.id)
        settlement.on_reversed(conn, draft, original.id)


def _freed(conn: Connection, draft_id: str) -> None:
    """The bank lines behind the draft are questions again, and what it taught is forgotten."""
    staging.on_undone(conn, draft_id)
    persons.forget_taught(conn, draft_id)
