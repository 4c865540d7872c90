"""Versions of distribution plans as they were proposed: never changed, a new one is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from ledger.registry.schema import plan as table
from ledger.registry.schema import plan_row


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version: ``text`` is the file of the name ``file``, ``draft`` pays it."""

    payer: str
    id: str
    version: int
    name: str
    pool_fen: int
    decision: str
    digest: str
    text: bytes
    draft: str
    user: str
    at: str
    file: str = "plan.toml"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What a version gives a unit, in all."""

    unit: str
    base: str
    weight: str
    fen: int


_COLUMNS = tuple(table.c[name] for name in PlanVersion.__slots__)


def next_version(conn: Connection, payer: str, plan: str) -> int:
    """The number of the version that comes next: 1 for a plan that nobody proposed."""
    last = conn.execute(
        select(func.max(table.c.version)).where(table.c.payer == payer, table.c.id == plan)
    ).scalar()
    return int(last or 0) + 1


def add(conn: Connection, version: PlanVersion, rows: Sequence[PlanRow]) -> None:
    """Keep a version and what it gives."""
    conn.execute(insert(table).values({name: getattr(version, name) for name in version.__slots__}))
    if rows:
        conn.execute(
            insert(plan_row),
            [
                {
                    "payer": version.payer, "plan": version.id, "version": version.version,
                    "unit": row.unit, "base": row.base, "weight": row.weight, "fen": row.fen,
                }
                for row in rows
            ],
        )  # fmt: skip


def versions(conn: Connection, payer: str, plan: str | None = None) -> list[PlanVersion]:
    """The versions of one plan, or of all plans of the payer, by plan and number."""
    query = select(*_COLUMNS).where(table.c.payer == payer).order_by(table.c.id, table.c.version)
    if plan is not None:
        query = query.where(table.c.id == plan)
    return [PlanVersion(*row) for row in conn.execute(query)]


def rows_of(conn: Connection, payer: str, plan: str, version: int) -> list[PlanRow]:
    """What a version gave, by unit."""
    rows = conn.execute(
        select(plan_row.c.unit, plan_row.c.base, plan_row.c.weight, plan_row.c.fen)
        .where(plan_row.c.payer == payer, plan_row.c.plan == plan, plan_row.c.version == version)
        .order_by(plan_row.c.unit)
    )
    return [PlanRow(*row) for row in rows]
