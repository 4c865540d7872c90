"""Transfers between units: what one will pay to another, by one reference in both books.

A transfer is entered when it is decided (a plan, a remittance, an allocation). The postings of
both books name its reference in the metadata ``transfer``, and the other unit in ``counter``; what
became of it is read from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, or_, select, update

from ledger.reference import make_code
from ledger.registry.schema import transfer as table
from ledger.registry.schema import transfer_act, transfer_target
from ledger.registry.sets import among
from ledger.transfers.marks import PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

KINDS: Final = ("allocation", "remittance", "return", "support", "other")


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


def all_transfers(conn: Connection) -> list[Transfer]:
    """Every transfer there is, by reference."""
    return _rows(conn)


def touching(conn: Connection, units: Collection[str]) -> list[Transfer]:
    """Every transfer that one of these units pays or receives, by reference."""
    return _rows(conn, or_(among(conn, table.c.payer, units), among(conn, table.c.payee, units)))


def with_references(conn: Connection, references: Collection[str]) -> list[Transfer]:
    """The transfers of these references, by reference."""
    return _rows(conn, among(conn, table.c.reference, references)) if references else []


def of_origin(conn: Connection, origins: Sequence[str]) -> list[Transfer]:
    """The transfers that rest on these origins, by reference."""
    return _rows(conn, table.c.origin.in_(list(origins)))


def refuse(conn: Connection, reference: str, why: str) -> None:
    """Mark a transfer as refused, with the reason."""
    conn.execute(update(table).where(table.c.reference == reference).values(refused=why))


def set_target(
    conn: Connection, unit: str, kind: str, account: str, fund: str, user: str, now: datetime
) -> None:
    """Say where ``unit`` enters what comes by transfers of a kind."""
    gone = (transfer_target.c.unit == unit, transfer_target.c.kind == kind)
    conn.execute(delete(transfer_target).where(*gone))
    values = {
        "unit": unit, "kind": kind, "account": account, "fund": fund, "user": user,
        "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(transfer_target).values(values))


def targets(conn: Connection, unit: str) -> dict[str, tuple[str, str]]:
    """By kind of transfer: the account and fund on which the unit enters what comes."""
    columns = transfer_target.c
    rows = conn.execute(
        select(columns.kind, columns.account, columns.fund)
        .where(columns.unit == unit)
        .order_by(columns.kind)
    )
    return {row.kind: (row.account, row.fund) for row in rows}


# ---- what persons said -------------------------------------------------------------------------

MATCH: Final = "match"
UNMATCH: Final = "unmatch"
REFUSE: Final = "refuse"
CLOSE: Final = "close"
CANCEL: Final = "cancel"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody said of a transfer, and where it is of a voucher, of which unit's."""

    reference: str
    action: str
    unit: str | None
    voucher: str
    note: str
    user: str
    at: str


_ACT = tuple(transfer_act.c[name] for name in Act.__slots__)


def act(
    conn: Connection,
    reference: str,
    action: str,
    user: str,
    now: datetime,
    *,
    unit: str | None = None,
    voucher: str = "",
    note: str = "",
) -> None:
    """Keep what a person said of a transfer."""
    row = Act(reference, action, unit, voucher, note, user, now.isoformat(timespec="seconds"))
    conn.execute(insert(transfer_act).values({name: getattr(row, name) for name in row.__slots__}))


def acts(conn: Connection, reference: str) -> list[Act]:
    """Everything that was said of a transfer, in order."""
    query = select(*_ACT).where(transfer_act.c.reference == reference).order_by(transfer_act.c.id)
    return [Act(*row) for row in conn.execute(query)]


def links(conn: Connection) -> dict[tuple[str, str], str]:
    """By unit and voucher: the transfer that a person said it belongs to, by what was said last."""
    query = (
        select(*_ACT).where(transfer_act.c.action.in_((MATCH, UNMATCH))).order_by(transfer_act.c.id)
    )
    found: dict[tuple[str, str], str] = {}
    for row in conn.execute(query):
        said = Act(*row)
        found[str(said.unit), said.voucher] = said.reference if said.action == MATCH else ""
    return {key: reference for key, reference in found.items() if reference}


def settled(conn: Connection) -> dict[str, str]:
    """The references that a person closed or their payer took back, with how."""
    query = (
        select(transfer_act.c.reference, transfer_act.c.action)
        .where(transfer_act.c.action.in_((CLOSE, CANCEL)))
        .order_by(transfer_act.c.id)
    )
    return {row.reference: row.action for row in conn.execute(query)}


def _rows(conn: Connection, *conditions: object) -> list[Transfer]:
    query = select(*_COLUMNS).where(*conditions).order_by(table.c.reference)  # type: ignore[arg-type]
    return [Transfer(*row) for row in conn.execute(query)]
