"""Packs that were published: which version of a period for whom, and what it held, by digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select

from ledger.registry.schema import pack_publication as table
from ledger.registry.sets import among


@dataclass(frozen=True, slots=True)
class PackRow:
    """``period`` as it is written, with its ``first`` and ``last`` day; ``published`` the day.

    ``digest`` is the SHA-256 of the pack's SHA256SUMS; ``seal_size`` and ``seal_root`` are those of
    the tree head that it shows. A version after the first ``supersedes`` the one before, and says
    why.
    """

    unit: str
    period: str
    audience: str
    version: int
    first: date
    last: date
    published: date
    digest: str
    seal_size: int
    seal_root: str
    supersedes: int | None
    explanation: str
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in PackRow.__slots__)


def add(conn: Connection, row: PackRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def of_units(conn: Connection, asked: Collection[str]) -> list[PackRow]:
    """Every version that was published of several units, by unit, first day, audience, version."""
    where = table.c
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, where.unit, asked))
        .order_by(where.unit, where.first, where.last, where.audience, where.version)
    )
    return [PackRow(*row) for row in rows]


def versions(conn: Connection, unit: str, period: str, audience: str) -> list[PackRow]:
    """What was published of a period for an audience, by version."""
    where = table.c
    rows = conn.execute(
        select(*_COLUMNS)
        .where(where.unit == unit, where.period == period, where.audience == audience)
        .order_by(where.version)
    )
    return [PackRow(*row) for row in rows]
