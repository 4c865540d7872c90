"""Requests to move, lend, lease, repair, scrap, sell or give away assets, and how each stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, or_, select, update

from ledger.errors import Refused, finding
from ledger.registry.codes import greatest_number
from ledger.registry.schema import asset_request as table
from ledger.registry.schema import asset_request_item as item
from ledger.registry.sets import among, insert_many

#: What codes of requests begin with: 资产变动.
PREFIX: Final = "ZB"
MOVE, TRANSFER, LOAN, LEASE, REPAIR = "move", "transfer", "loan", "lease", "repair"
SCRAP, SALE, DONATION, LOSS = "scrap", "sale", "donation", "loss"
ESTIMATE, CORRECTION = "estimate", "correction"
KINDS: Final = (
    MOVE, TRANSFER, LOAN, LEASE, REPAIR, SCRAP, SALE, DONATION, LOSS, ESTIMATE, CORRECTION,
)  # fmt: skip
#: Those by which a thing leaves the book for good, and those after which it comes back.
LEAVING: Final = (TRANSFER, SCRAP, SALE, DONATION, LOSS)
COMING_BACK: Final = (LOAN, LEASE, REPAIR)
WAITING, APPROVED, REFUSED, WITHDRAWN = "waiting", "approved", "refused", "withdrawn"
#: Both units agreed; signed for by who receives; back where it was, or out of the book.
ACCEPTED, HANDED, DONE = "accepted", "handed", "done"
#: Of these something is still to happen.
OPEN: Final = (WAITING, APPROVED, ACCEPTED, HANDED)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """``to_*`` is who or what receives; ``month`` and what follows is a new estimate's.

    ``checker`` approved or refused it, ``other_checker`` agreed for the unit that receives,
    ``signer`` entered the receiver's signature. ``ended`` is when it came back, or left the book.
    """

    unit: str
    code: str
    kind: str
    day: date
    decision: str
    ground: str = ""
    reason: str = ""
    to_unit: str | None = None
    to_party: str | None = None
    to_keeper: str = ""
    to_place: str = ""
    until: date | None = None
    price_fen: int = 0
    month: str = ""
    life_months: int | None = None
    residual_fen: int = 0
    method: str = ""
    paper: str = ""
    state: str = WAITING
    maker: str = ""
    made_at: str = ""
    checker: str | None = None
    checked_at: str | None = None
    other_checker: str | None = None
    other_at: str | None = None
    signer: str | None = None
    signed: date | None = None
    sign_paper: str = ""
    ended: date | None = None
    note: str = ""

    def was_checked(self, on: date | None) -> bool:
        """Whether it was approved or refused by the end of a day; None is now."""
        return bool(self.checked_at) and (on is None or str(self.checked_at)[:10] <= str(on))

    def state_on(self, on: date | None) -> str:
        """Its state at the end of a day. When one was withdrawn is not kept: it counts as ever."""
        if on is None or self.state in (WAITING, WITHDRAWN):
            return self.state
        if self.ended is not None and self.ended <= on:
            return DONE
        if self.signed is not None and self.signed <= on:
            return HANDED
        if not self.was_checked(on):
            return WAITING
        if self.state == REFUSED:
            return REFUSED
        agreed = self.other_at is not None and self.other_at[:10] <= str(on)
        return ACCEPTED if agreed else APPROVED


_COLUMNS = tuple(table.c[name] for name in RequestRow.__slots__)


def add(conn: Connection, row: RequestRow, codes: Sequence[str]) -> None:
    """Enter a request for these assets."""
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    insert_many(
        conn, item, ("unit", "request", "asset"), [(row.unit, row.code, code) for code in codes]
    )


def last_number(conn: Connection, units: Collection[str], year: int) -> int:
    """The greatest number of a year's requests of these units and to them; 0 if there are none."""
    whose = or_(among(conn, table.c.unit, units), among(conn, table.c.to_unit, units))
    return greatest_number(conn, table.c.code, f"{PREFIX}{year}-", whose)


def find(conn: Connection, unit: str, code: str) -> RequestRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else RequestRow(*row)


def towards(conn: Connection, unit: str, code: str) -> list[RequestRow]:
    """The requests of this code by which other units give something to this one."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.to_unit == unit, table.c.code == code)
        .order_by(table.c.unit)
    )
    return [RequestRow(*row) for row in rows]


def of_unit(conn: Connection, unit: str, *, incoming: bool = False) -> list[RequestRow]:
    """The unit's requests in the order in which they were made; with those that are to it."""
    whose = or_(table.c.unit == unit, table.c.to_unit == unit) if incoming else table.c.unit == unit
    rows = conn.execute(
        select(*_COLUMNS).where(whose).order_by(table.c.made_at, table.c.unit, table.c.code)
    )
    return [RequestRow(*row) for row in rows]


def items(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, list[str]]:
    """The assets of requests, in order; by the request's code."""
    rows = conn.execute(
        select(item.c.request, item.c.asset)
        .where(item.c.unit == unit, among(conn, item.c.request, codes))
        .order_by(item.c.request, func.length(item.c.asset), item.c.asset)
    )
    found: dict[str, list[str]] = {}
    for request, asset in rows:
        found.setdefault(request, []).append(asset)
    return found


def every_item(conn: Connection, unit: str) -> dict[tuple[str, str], list[str]]:
    """The assets of all requests of a unit and to it, in order; by the request's unit and code."""
    rows = conn.execute(
        select(item.c.unit, item.c.request, item.c.asset)
        .join(table, (table.c.unit == item.c.unit) & (table.c.code == item.c.request))
        .where(or_(table.c.unit == unit, table.c.to_unit == unit))
        .order_by(item.c.unit, item.c.request, func.length(item.c.asset), item.c.asset)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for giver, request, asset in rows:
        found.setdefault((giver, request), []).append(asset)
    return found


def of_assets(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, list[RequestRow]]:
    """Every request for these assets, in the order in which they were made; by asset."""
    rows = conn.execute(
        select(item.c.asset, *_COLUMNS)
        .join(table, (table.c.unit == item.c.unit) & (table.c.code == item.c.request))
        .where(item.c.unit == unit, among(conn, item.c.asset, codes))
        .order_by(table.c.made_at, func.length(table.c.code), table.c.code)
    )
    found: dict[str, list[RequestRow]] = {}
    for row in rows:
        found.setdefault(row.asset, []).append(RequestRow(*row[1:]))
    return found


def set_state(conn: Connection, row: RequestRow, state: str, **values: str | date | None) -> None:
    """A request's new state, with who brought it about (``checker``, ``signer`` …).

    Refused if it has moved on since ``row`` was read: two units act on a transfer.
    """
    done = conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.code == row.code, table.c.state == row.state)
        .values(state=state, **values)
    )
    if done.rowcount != 1:
        raise Refused(
            finding(
                "request-state", f"申请 {row.code} 刚被他人办理",
                f"somebody else acted on request {row.code} just now",
                "重新查看后再办理", "look at it again, then act",
            )
        )  # fmt: skip


def moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
