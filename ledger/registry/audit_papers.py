"""Working papers of auditors: what was drawn or told of, item by item, and what was noted of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import audit_paper as table
from ledger.registry.schema import audit_paper_item as item_table
from ledger.registry.schema import audit_paper_mark as mark_table
from ledger.registry.sets import among, insert_many

#: How their codes begin: 底稿.
PREFIX: Final = "DG"
SAMPLE: Final = "sample"
RUN: Final = "run"


@dataclass(frozen=True, slots=True)
class PaperRow:
    """``id`` is that of the sample or run, ``terms`` how it was made, as JSON; ``entries`` and
    ``chain`` as of which entry of the unit's book."""

    unit: str
    code: str
    kind: str
    id: str
    terms: str
    entries: int
    chain: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item, from place 1 on; ``test`` is the procedure that told of it, in a run."""

    unit: str
    code: str
    place: int
    test: str
    ref: str
    fen: int | None


@dataclass(frozen=True, slots=True)
class MarkRow:
    """What was noted of an item, from number 1 on; the last one counts."""

    unit: str
    code: str
    place: int
    number: int
    mark: str
    sealed: bytes
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in PaperRow.__slots__)
_ITEM = tuple(item_table.c[name] for name in ItemRow.__slots__)
_MARK = tuple(mark_table.c[name] for name in MarkRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: PaperRow, items: Sequence[ItemRow]) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    names = ItemRow.__slots__
    insert_many(
        conn, item_table, names, [tuple(getattr(one, name) for name in names) for one in items]
    )


def add_mark(conn: Connection, row: MarkRow) -> None:
    conn.execute(insert(mark_table).values({name: getattr(row, name) for name in row.__slots__}))


def find(conn: Connection, unit: str, code: str) -> PaperRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else PaperRow(*row)


def same(conn: Connection, unit: str, id: str, user: str) -> PaperRow | None:
    """The paper that this user keeps of the same sample or run already."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.id == id, table.c.user == user)
    ).first()
    return None if row is None else PaperRow(*row)


def of_units(conn: Connection, asked: Collection[str]) -> list[PaperRow]:
    """The working papers of several units, by unit, the newest first."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, table.c.unit, asked))
        .order_by(table.c.unit, table.c.at.desc(), table.c.code.desc())
    )
    return [PaperRow(*row) for row in rows]


def items(conn: Connection, unit: str, code: str) -> list[ItemRow]:
    where = item_table.c
    rows = conn.execute(
        select(*_ITEM).where(where.unit == unit, where.code == code).order_by(where.place)
    )
    return [ItemRow(*row) for row in rows]


def marks(conn: Connection, unit: str, code: str) -> dict[int, list[MarkRow]]:
    """What was noted of each item of a paper, by place, in order."""
    where = mark_table.c
    rows = conn.execute(
        select(*_MARK)
        .where(where.unit == unit, where.code == code)
        .order_by(where.place, where.number)
    )
    found: dict[int, list[MarkRow]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(MarkRow(*row))
    return found
