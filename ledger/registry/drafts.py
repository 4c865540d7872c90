"""Drafts and approvals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection, insert, select, update

from ledger.registry.schema import approval, draft
from ledger.registry.sets import among, insert_many

WAITING = "waiting"
RETURNED = "returned"
WITHDRAWN = "withdrawn"
POSTED = "posted"
#: Nobody decided yet: it waits for a checker, or for its maker to mend it.
UNDECIDED = (WAITING, RETURNED)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """``payload`` is the draft's canonical JSON, ``digest`` its SHA-256."""

    id: str
    unit: str
    state: str
    payload: str
    digest: str
    source: str
    maker: str
    created: str
    number: str | None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    digest: str
    user: str
    decision: str
    note: str
    at: str


_fields = attrgetter(*DraftRow.__slots__)
_COLUMNS = tuple(draft.c[name] for name in DraftRow.__slots__)


def add(conn: Connection, row: DraftRow) -> None:
    conn.execute(insert(draft).values({name: getattr(row, name) for name in row.__slots__}))


def add_many(conn: Connection, rows: Collection[DraftRow]) -> None:
    # In the order of their ids, as the index has them: it is then gone through once.
    insert_many(conn, draft, DraftRow.__slots__, sorted(_fields(row) for row in rows))


def find(conn: Connection, draft_id: str) -> DraftRow | None:
    row = conn.execute(select(*_COLUMNS).where(draft.c.id == draft_id)).first()
    return None if row is None else DraftRow(*row)


def by_source(conn: Connection, unit: str, source: str, states: Collection[str]) -> list[DraftRow]:
    rows = conn.execute(
        select(*_COLUMNS).where(
            draft.c.unit == unit, draft.c.source == source, draft.c.state.in_(states)
        )
    )
    return [DraftRow(*row) for row in rows]


def by_sources(
    conn: Connection, unit: str, sources: Collection[str], states: Collection[str]
) -> dict[str, DraftRow]:
    """The drafts of these sources in these states, the one entered last for each source."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(draft.c.unit == unit, among(conn, draft.c.source, sources))
        .order_by(draft.c.created, draft.c.id)
    )
    # States are looked at here: asked for in SQL, they lure SQLite to the index of all that was
    # ever posted.
    found = [DraftRow(*row) for row in rows]
    return {row.source: row for row in found if row.state in states}


def by_number(conn: Connection, unit: str, number: str) -> DraftRow | None:
    """The draft that became the voucher of this number."""
    row = conn.execute(
        select(*_COLUMNS).where(draft.c.unit == unit, draft.c.number == number)
    ).first()
    return None if row is None else DraftRow(*row)


def in_states(conn: Connection, unit: str, states: Collection[str]) -> list[DraftRow]:
    """The unit's drafts in these states, oldest first."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(draft.c.unit == unit, draft.c.state.in_(states))
        .order_by(draft.c.created, draft.c.id)
    )
    return [DraftRow(*row) for row in rows]


def set_state(conn: Connection, draft_id: str, state: str, number: str | None = None) -> None:
    conn.execute(update(draft).where(draft.c.id == draft_id).values(state=state, number=number))


def set_payload(conn: Connection, draft_id: str, payload: str, digest: str) -> None:
    """A maker's correction; approvals of another digest no longer count."""
    conn.execute(
        update(draft)
        .where(draft.c.id == draft_id)
        .values(payload=payload, digest=digest, state=WAITING)
    )


def add_approval(conn: Connection, draft_id: str, row: ApprovalRow) -> None:
    conn.execute(
        insert(approval).values(
            draft=draft_id, **{name: getattr(row, name) for name in row.__slots__}
        )
    )


def approvals(conn: Connection, draft_id: str) -> list[ApprovalRow]:
    """Every decision on the draft, oldest first."""
    rows = conn.execute(
        select(*(approval.c[name] for name in ApprovalRow.__slots__))
        .where(approval.c.draft == draft_id)
        .order_by(approval.c.id)
    )
    return [ApprovalRow(*row) for row in rows]
