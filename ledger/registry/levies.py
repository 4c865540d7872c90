"""What employers declared and owe, where each share goes, and which claims are whose levy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.claims import ClaimRow
from ledger.registry.schema import claim, levy_claim, levy_due, levy_share
from ledger.registry.sets import among, insert_many

#: The ways by which a levy comes: from the employer, the tax office, or public finance.
DIRECT: Final = "direct"
TAX: Final = "tax"
FISCAL: Final = "fiscal"
CHANNELS: Final = (DIRECT, TAX, FISCAL)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Where one part of a levy is entered when it comes."""

    unit: str
    rule: str
    part: str
    account: str
    fund: str


@dataclass(frozen=True, slots=True)
class DueRow:
    """What a declared payroll owes. ``number`` 0 is the first; later ones are corrections."""

    unit: str
    employer: str
    rule: str
    month: str
    number: int
    payroll_fen: int
    fen: int
    total_fen: int
    table_key: str
    table_digest: str
    source: str


@dataclass(frozen=True, slots=True)
class LevyClaim:
    """A claim with whose levy it is, which part of it, and by which way it comes."""

    claim: ClaimRow
    employer: str
    part: str
    channel: str
    split_key: str


_CLAIM = tuple(claim.c[name] for name in ClaimRow._fields)
_DUE = tuple(levy_due.c[name] for name in DueRow.__slots__)
_SHARE = tuple(levy_share.c[name] for name in ShareRow.__slots__)


def put_shares(
    conn: Connection, unit: str, rule: str, rows: Collection[ShareRow], *, user: str, now: datetime
) -> None:
    """Put these shares of a rule in the place of those that were there."""
    conn.execute(delete(levy_share).where(levy_share.c.unit == unit, levy_share.c.rule == rule))
    at = now.isoformat(timespec="seconds")
    for row in rows:
        values = {name: getattr(row, name) for name in row.__slots__}
        conn.execute(insert(levy_share).values(**values, user=user, at=at))


def shares(conn: Connection, unit: str, rule: str | None = None) -> list[ShareRow]:
    """Where the parts of a rule's levy go, or those of all rules; by rule and part."""
    query = select(*_SHARE).where(levy_share.c.unit == unit)
    if rule is not None:
        query = query.where(levy_share.c.rule == rule)
    return [ShareRow(*row) for row in conn.execute(query.order_by(levy_share.c.rule, "part"))]


def dues(
    conn: Connection, unit: str, months: Collection[str], employer: str | None = None
) -> list[DueRow]:
    """Every declaration and correction of these months, by employer, month and number."""
    query = select(*_DUE).where(levy_due.c.unit == unit, among(conn, levy_due.c.month, months))
    if employer is not None:
        query = query.where(levy_due.c.employer == employer)
    order = (levy_due.c.employer, levy_due.c.month, levy_due.c.rule, levy_due.c.number)
    return [DueRow(*row) for row in conn.execute(query.order_by(*order))]


def add_due(conn: Connection, row: DueRow, *, user: str, now: datetime) -> None:
    values = {name: getattr(row, name) for name in row.__slots__}
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(levy_due).values(**values, user=user, at=at))


def add_claims(conn: Connection, rows: Collection[LevyClaim]) -> None:
    """Say of claims, which were entered before, whose levy they are."""
    names = ("unit", "code", "employer", "part", "channel", "split_key")
    insert_many(
        conn, levy_claim, names,
        [(r.claim.unit, r.claim.code, r.employer, r.part, r.channel, r.split_key) for r in rows],
    )  # fmt: skip


def claims_of(
    conn: Connection,
    unit: str,
    *,
    employer: str | None = None,
    months: Collection[str] | None = None,
    list_code: str | None = None,
) -> list[LevyClaim]:
    """Claims of levies in any state, by code."""
    query = (
        select(*_CLAIM, levy_claim.c.employer, levy_claim.c.part, levy_claim.c.channel,
               levy_claim.c.split_key)
        .join(levy_claim, (levy_claim.c.unit == claim.c.unit) & (levy_claim.c.code == claim.c.code))
        .where(claim.c.unit == unit)
    )  # fmt: skip
    if employer is not None:
        query = query.where(levy_claim.c.employer == employer)
    if months is not None:
        query = query.where(among(conn, claim.c.month, months))
    if list_code is not None:
        query = query.where(claim.c.list_code == list_code)
    width = len(_CLAIM)
    return [
        LevyClaim(ClaimRow(*row[:width]), *row[width:])
        for row in conn.execute(query.order_by(claim.c.code))
    ]
