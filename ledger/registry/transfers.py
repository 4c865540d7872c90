"""Transfers between units: what one will pay to another, by one reference in both books.

A transfer is entered when it is decided (a plan, a remittance, an allocation). The postings of
both books name its reference in the metadata ``transfer``, and the other unit in ``counter``; what
became of it is read from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, or_, select, update

from ledger.reference import make_code
from ledger.registry.schema import transfer as table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

#: The posting metadata that holds a transfer's reference, in both books.
TRANSFER: Final = "transfer"
KINDS: Final = ("allocation", "remittance", "return", "support", "other")
PREFIX: Final = "ZZ"


@dataclass(frozen=True, slots=True)
class Transfer:
    """``fen`` go from ``payer`` to ``payee``, to arrive by ``day``; ``refused`` says why not."""

    reference: str
    payer: str
    payee: str
    kind: str
    fen: int
    day: date
    origin: str
    narration: str
    refused: str
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in Transfer.__slots__)


def expect(
    conn: Connection,
    *,
    payer: str,
    payee: str,
    kind: str,
    fen: int,
    day: date,
    origin: str,
    narration: str,
    user: str,
    now: datetime,
) -> Transfer:
    """Enter a transfer that is to come, under the year's next reference.

    The caller holds the registry's write lock; references of a year are gapless. ValueError for a
    kind that is none of :data:`KINDS`, an amount that is not positive, or a unit paying itself.
    """
    if kind not in KINDS or fen <= 0 or payer == payee:
        raise ValueError(f"no transfer: {kind} {fen} from {payer} to {payee}")
    begin = f"{PREFIX}{day.year:04d}"
    known = conn.execute(
        select(func.count()).select_from(table).where(table.c.reference.startswith(begin))
    ).scalar_one()
    row = Transfer(
        make_code(PREFIX, day.year, int(known) + 1), payer, payee, kind, fen, day, origin,
        narration, "", user, now.isoformat(timespec="seconds"),
    )  # fmt: skip
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    return row


def find(conn: Connection, reference: str) -> Transfer | None:
    """The transfer of a reference; None if there is none."""
    row = conn.execute(select(*_COLUMNS).where(table.c.reference == reference)).first()
    return None if row is None else Transfer(*row)


def of_unit(conn: Connection, unit: str, since: date, until: date) -> list[Transfer]:
    """What a unit pays or receives with days in [``since``, ``until``), by reference."""
    return _rows(
        conn, or_(table.c.payer == unit, table.c.payee == unit),
        table.c.day >= since, table.c.day < until,
    )  # fmt: skip


def between(conn: Connection, since: date, until: date) -> list[Transfer]:
    """Every transfer with its day in [``since``, ``until``), by reference."""
    return _rows(conn, table.c.day >= since, table.c.day < until)


def of_origin(conn: Connection, origins: Sequence[str]) -> list[Transfer]:
    """The transfers that rest on these origins, by reference."""
    return _rows(conn, table.c.origin.in_(list(origins)))


def refuse(conn: Connection, reference: str, why: str) -> None:
    """Mark a transfer as refused, with the reason."""
    conn.execute(update(table).where(table.c.reference == reference).values(refused=why))


def _rows(conn: Connection, *conditions: object) -> list[Transfer]:
    query = select(*_COLUMNS).where(*conditions).order_by(table.c.reference)  # type: ignore[arg-type]
    return [Transfer(*row) for row in conn.execute(query)]
