"""What auditors found, and in order what was done of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import audit_finding as table
from ledger.registry.schema import audit_finding_act as act_table
from ledger.registry.sets import among

#: How their codes begin: 审计.
PREFIX: Final = "SJ"


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What was found, as it was opened. ``seq`` is the number of the unit's last entry by then.

    ``kind`` says what ``subject`` is; of a test, ``digest`` is that of what it looked at.
    """

    unit: str
    code: str
    kind: str
    subject: str
    period: str
    severity: str
    origin: str
    origin_name: str
    digest: str
    sealed: bytes
    seq: int
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """What ``user`` did of it; ``voucher`` is what corrects it, ``outcome`` how it was closed."""

    unit: str
    code: str
    number: int
    act: str
    outcome: str
    voucher: str
    sealed: bytes
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in FindingRow.__slots__)
_ACT = tuple(act_table.c[name] for name in ActRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: FindingRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def add_act(conn: Connection, row: ActRow) -> None:
    conn.execute(insert(act_table).values({name: getattr(row, name) for name in row.__slots__}))


def find(conn: Connection, unit: str, code: str) -> FindingRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else FindingRow(*row)


def of_units(conn: Connection, asked: Collection[str]) -> list[FindingRow]:
    """What was found in several units, by unit and in the order in which it was opened."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, table.c.unit, asked))
        .order_by(table.c.unit, table.c.at, table.c.code)
    )
    return [FindingRow(*row) for row in rows]


def of_subject(conn: Connection, unit: str, subject: str) -> list[FindingRow]:
    """What was found of one thing, in the order in which it was opened."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.subject == subject)
        .order_by(table.c.at, table.c.code)
    )
    return [FindingRow(*row) for row in rows]


def acts(conn: Connection, asked: Collection[str]) -> dict[tuple[str, str], list[ActRow]]:
    """By unit and code every act, in order."""
    where = act_table.c
    rows = conn.execute(
        select(*_ACT)
        .where(among(conn, where.unit, asked))
        .order_by(where.unit, where.code, where.number)
    )
    return _grouped([ActRow(*row) for row in rows])


def acts_of(conn: Connection, unit: str, code: str) -> list[ActRow]:
    """The acts on one finding, in order."""
    where = act_table.c
    rows = conn.execute(
        select(*_ACT).where(where.unit == unit, where.code == code).order_by(where.number)
    )
    return [ActRow(*row) for row in rows]


def _grouped(rows: list[ActRow]) -> dict[tuple[str, str], list[ActRow]]:
    found: dict[tuple[str, str], list[ActRow]] = {}
    for row in rows:
        found.setdefault((row.unit, row.code), []).append(row)
    return found
