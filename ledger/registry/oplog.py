"""The operation log: who did what, when, to what; append-only, each line chained to the last.

It holds ids, never names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select

from ledger.errors import Finding, finding
from ledger.registry.database import lock
from ledger.registry.schema import operation
from ledger.registry.sets import insert_many

_FIRST: Final = hashlib.sha256(b"mingbai operations 1").hexdigest()


@dataclass(frozen=True, slots=True)
class Operation:
    """One act. ``unit`` is empty for acts on the federation."""

    id: int
    at: str
    user: str
    unit: str
    action: str
    object: str
    detail: str
    chain: str


_COLUMNS = tuple(operation.c[name] for name in Operation.__slots__)


def record(
    conn: Connection,
    *,
    at: datetime,
    user: str,
    unit: str,
    action: str,
    object: str,
    detail: str = "",
) -> None:
    """Add one act, in the transaction of the act itself."""
    record_many(conn, at=at, user=user, unit=unit, acts=[(action, object, detail)])


def record_many(
    conn: Connection, *, at: datetime, user: str, unit: str, acts: Sequence[tuple[str, str, str]]
) -> None:
    """Add acts of one user on one unit, each ``(action, object, detail)``, in their order."""
    if not acts:
        return
    lock(conn, "operations")
    chain = conn.execute(
        select(operation.c.chain).order_by(operation.c.id.desc()).limit(1)
    ).scalar()
    rows = []
    for act in acts:
        fields = (at.isoformat(timespec="seconds"), user, unit, *act)
        chain = _next(chain or _FIRST, fields)
        rows.append((*fields, chain))
    insert_many(conn, operation, Operation.__slots__[1:], rows)


def _next(before: str, fields: tuple[str, ...]) -> str:
    return hashlib.sha256(f"{before}\n{json.dumps(fields)}".encode()).hexdigest()


def entries(
    conn: Connection,
    unit: str | None = None,
    since: date | None = None,
    until: date | None = None,
    actions: Collection[str] | None = None,
) -> list[Operation]:
    """Acts in order, of one unit if given, from ``since`` to before ``until``, of these kinds."""
    query = select(*_COLUMNS).order_by(operation.c.id)
    if unit is not None:
        query = query.where(operation.c.unit == unit)
    if since is not None:
        query = query.where(operation.c.at >= since.isoformat())
    if until is not None:
        query = query.where(operation.c.at < until.isoformat())
    if actions is not None:
        query = query.where(operation.c.action.in_(actions))
    return [Operation(*row) for row in conn.execute(query)]


def last(conn: Connection, unit: str, action: str) -> Operation | None:
    """The last act of this kind on a unit; None before the first."""
    row = conn.execute(
        select(*_COLUMNS)
        .where(operation.c.unit == unit, operation.c.action == action)
        .order_by(operation.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Operation(*row)


def verify(conn: Connection) -> list[Finding]:
    """A finding at the first act whose chain does not hold."""
    chain = _FIRST
    for row in conn.execute(select(*_COLUMNS).order_by(operation.c.id)):
        act = Operation(*row)
        chain = _next(chain, (act.at, act.user, act.unit, act.action, act.object, act.detail))
        if chain != act.chain:
            return [
                finding(
                    "operation-log",
                    f"操作日志在第 {act.id} 条处断链：此条或其前有改动或删除",
                    f"the operation log's chain breaks at {act.id}: it, or one before, was changed",
                    "从备份恢复，并查明是谁改动的",
                    "restore from a backup and find out who changed it",
                )
            ]
    return []
