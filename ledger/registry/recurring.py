"""Templates of recurring vouchers: what a treasurer enters every month, under a title."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ledger.registry import ids, oplog
from ledger.registry.schema import recurring as table


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """``payload`` is a draft as :mod:`ledger.draft_text` writes it; its day does not count."""

    id: str
    title: str
    payload: str


def add(conn: Connection, unit: str, title: str, payload: str, *, user: str, now: datetime) -> str:
    """Keep a template; its id."""
    new = ids.new("t")
    conn.execute(
        insert(table).values(
            id=new, unit=unit, title=title, payload=payload, user=user,
            at=now.isoformat(timespec="seconds"),
        )
    )  # fmt: skip
    oplog.record(conn, at=now, user=user, unit=unit, action="template.add", object=new)
    return new


def all_of(conn: Connection, unit: str) -> list[TemplateRow]:
    """A unit's templates, by title."""
    rows = conn.execute(
        select(table.c.id, table.c.title, table.c.payload)
        .where(table.c.unit == unit)
        .order_by(table.c.title, table.c.id)
    )
    return [TemplateRow(*row) for row in rows]


def find(conn: Connection, unit: str, template: str) -> TemplateRow | None:
    row = conn.execute(
        select(table.c.id, table.c.title, table.c.payload).where(
            table.c.unit == unit, table.c.id == template
        )
    ).first()
    return None if row is None else TemplateRow(*row)


def remove(conn: Connection, unit: str, template: str, *, user: str, now: datetime) -> None:
    """Forget a template; vouchers made from it stay what they are."""
    done = conn.execute(delete(table).where(table.c.unit == unit, table.c.id == template))
    if done.rowcount:
        oplog.record(conn, at=now, user=user, unit=unit, action="template.remove", object=template)
