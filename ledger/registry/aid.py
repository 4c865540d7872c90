"""Payments of aid as they were entered: who, under seal; the rest in clear."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, select, update

from ledger.registry import drafts
from ledger.registry.codes import greatest_number
from ledger.registry.schema import aid_payment as table
from ledger.registry.schema import draft, entry
from ledger.registry.sets import among, insert_many
from ledger.registry.vault import Vault

#: Codes of payments, and of the batches that one voucher pays.
PAYMENT, BATCH = "BZ", "BF"
REVERSED: Final = "reversed"


@dataclass(frozen=True, slots=True)
class AidRow:
    """One payment of ``fen`` to one person, who is behind ``recipient``."""

    unit: str
    code: str
    batch: str
    draft: str | None
    kind: str
    reason: str
    recipient: str
    who: bytes
    said: bytes
    fen: int
    day: date
    account: str
    fund: str
    decision: str
    origin: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class Stood:
    """A payment, what became of its draft, and the vouchers that pay it and take it back."""

    row: AidRow
    state: str
    number: str
    reversed_by: str

    @property
    def counts(self) -> bool:
        """Whether it was paid, or may yet be."""
        return self.state not in (drafts.WITHDRAWN, REVERSED)


_COLUMNS = tuple(table.c[name] for name in AidRow.__slots__)
_fields = attrgetter(*AidRow.__slots__)


def recipient_digest(vault: Vault, person: str) -> str:
    """What a person's payments are found by."""
    return vault.digest("aid-recipient", person)


def add_many(conn: Connection, rows: Iterable[AidRow]) -> None:
    insert_many(conn, table, AidRow.__slots__, [_fields(row) for row in rows])


def set_draft(conn: Connection, unit: str, batch: str, draft_id: str) -> None:
    """Say which draft pays a batch."""
    conn.execute(
        update(table).where(table.c.unit == unit, table.c.batch == batch).values(draft=draft_id)
    )


def last_number(conn: Connection, unit: str, prefix: str, year: int) -> int:
    """The greatest number of the unit's codes of a year; 0 if there are none."""
    column = table.c.code if prefix == PAYMENT else table.c.batch
    return greatest_number(conn, column, f"{prefix}{year}-", table.c.unit == unit)


def of_batch(conn: Connection, unit: str, batch: str) -> list[AidRow]:
    """The payments of a batch, by code; none if there is no such batch in the unit."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.batch == batch)
        .order_by(func.length(table.c.code), table.c.code)
    )
    return [AidRow(*row) for row in rows]


def batch_named(conn: Connection, unit: str, code: str) -> str | None:
    """The unit's batch of this code, or the one that the payment of this code is in."""
    return conn.execute(
        select(table.c.batch)
        .where(table.c.unit == unit, (table.c.batch == code) | (table.c.code == code))
        .limit(1)
    ).scalar()


def batch_of_draft(conn: Connection, draft_id: str) -> str | None:
    """The batch that a draft pays; None if it pays none."""
    return conn.execute(select(table.c.batch).where(table.c.draft == draft_id).limit(1)).scalar()


def of_unit(
    conn: Connection, unit: str, first: date | None = None, last: date | None = None,
    batch: str | None = None,
) -> list[Stood]:  # fmt: skip
    """The unit's payments of these days and this batch, by code, with what became of them."""
    query = _stood().where(table.c.unit == unit)
    if first is not None:
        query = query.where(table.c.day >= first)
    if last is not None:
        query = query.where(table.c.day <= last)
    if batch is not None:
        query = query.where(table.c.batch == batch)
    query = query.order_by(table.c.day, func.length(table.c.code), table.c.code)
    return [_of(row) for row in conn.execute(query)]


def of_recipients(
    conn: Connection, recipients: Collection[str], first: date, last: date
) -> list[Stood]:
    """Payments of all units to these recipients on these days that count, oldest first."""
    rows = conn.execute(
        _stood()
        .where(
            among(conn, table.c.recipient, recipients), table.c.day >= first, table.c.day <= last
        )
        .order_by(table.c.day, table.c.unit, table.c.code)
    )
    return [one for one in map(_of, rows) if one.counts]


def any_of(conn: Connection, unit: str) -> bool:
    """Whether the unit ever entered aid."""
    return (
        conn.execute(select(table.c.code).where(table.c.unit == unit).limit(1)).first() is not None
    )


def from_origin(conn: Connection, unit: str, origin: str) -> list[Stood]:
    """What came from the same list or form, and counts."""
    rows = conn.execute(_stood().where(table.c.unit == unit, table.c.origin == origin))
    return [one for one in map(_of, rows) if one.counts]


def known_to(conn: Connection, unit: str, recipients: Collection[str]) -> set[str]:
    """Those of these recipients whom the unit aided before."""
    rows = conn.execute(
        select(table.c.recipient)
        .where(table.c.unit == unit, among(conn, table.c.recipient, recipients))
        .distinct()
    )
    return set(rows.scalars())


def _stood() -> Select[Any]:
    back = entry.alias("back")
    return (
        select(*_COLUMNS, draft.c.state, draft.c.number, back.c.number.label("reversed_by"))
        .join(draft, draft.c.id == table.c.draft)
        .outerjoin(back, and_(back.c.unit == table.c.unit, back.c.reverses == draft.c.number))
    )


def _of(row: Row[Any]) -> Stood:
    fields, (state, number, back) = row[: len(_COLUMNS)], row[len(_COLUMNS) :]
    return Stood(AidRow(*fields), REVERSED if back else state, number or "", back or "")
