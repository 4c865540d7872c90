"""Gifts as they were promised or came, and what happened to them beside vouchers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, and_, func, insert, select, update

from ledger.registry.codes import greatest_number
from ledger.registry.schema import claim, draft, entry, gift_event
from ledger.registry.schema import gift as table
from ledger.registry.sets import among, insert_many

#: What codes of gifts begin with, as those of a platform's orders do: one numbering.
PREFIX: Final = "JZ"
CASH, PLATFORM, GOODS, ASSET = "cash", "platform", "goods", "asset"
SERVICE, PLEDGE, MEMO = "service", "pledge", "memo"
KINDS: Final = (CASH, PLATFORM, GOODS, ASSET, SERVICE, PLEDGE, MEMO)
#: Whose the gift is: the unit's; somebody else's, whom it is held for; the giver's, until a
#: condition is met.
OWN, AGENCY, CONDITIONAL = "own", "agency", "conditional"
NATURES: Final = (OWN, AGENCY, CONDITIONAL)
BASES: Final = ("invoice", "fair-value", "appraisal", "nominal")
DEFAULTED, CHANGED, VOID = "defaulted", "changed", "void"


@dataclass(frozen=True, slots=True)
class GiftRow:
    """``fen`` is its worth in yuan, gross of a platform's fee; nothing where it has no measure.

    ``terms`` is the condition of a conditional gift, and for whom an agency gift is held; ``until``
    the day from which on it may be used; ``order`` the platform's number.
    """

    unit: str
    code: str
    kind: str
    campaign: str | None
    donor: str
    fund: str
    day: date
    fen: int
    fee_fen: int = 0
    currency: str = "CNY"
    foreign_fen: int = 0
    rate: str = ""
    rate_source: str = ""
    quantity: str = ""
    measure: str = ""
    commodity: str = ""
    basis: str = ""
    paper: str = ""
    purpose: str = ""
    until: date | None = None
    nature: str = OWN
    terms: str = ""
    related: bool = False
    order: str = ""
    user: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """``checker`` is who approved what changes terms; None while it waits."""

    number: int
    kind: str
    day: date
    fen: int
    note: str
    paper: str
    campaign: str | None
    fund: str
    user: str
    at: str
    checker: str | None


_COLUMNS = tuple(table.c[name] for name in GiftRow.__slots__)
_EVENT = tuple(gift_event.c[name] for name in EventRow.__slots__)


def add_many(conn: Connection, rows: Sequence[GiftRow]) -> None:
    """Enter gifts; the database refuses a code that is taken."""
    names = GiftRow.__slots__
    insert_many(conn, table, names, [tuple(getattr(row, n) for n in names) for row in rows])


def last_number(conn: Connection, unit: str, year: int) -> int:
    """The greatest number of the unit's gifts of a year; 0 if there are none."""
    return greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)


def last_of(conn: Connection, unit: str, user: str) -> str:
    """The gift that a user entered last in a unit; empty if there is none."""
    code = conn.execute(
        select(table.c.code)
        .where(table.c.unit == unit, table.c.user == user)
        .order_by(table.c.at.desc(), func.length(table.c.code).desc(), table.c.code.desc())
        .limit(1)
    ).scalar()
    return code or ""


def find(conn: Connection, unit: str, code: str) -> GiftRow | None:
    return with_codes(conn, unit, [code]).get(code)


def with_codes(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, GiftRow]:
    """The gifts of these codes, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.code, codes))
    )
    return {row.code: GiftRow(*row) for row in rows}


def units_of(conn: Connection, code: str) -> list[str]:
    """The units that have a gift of this code: each unit counts its own."""
    return list(conn.execute(select(table.c.unit).where(table.c.code == code)).scalars())


def with_orders(conn: Connection, unit: str, orders: Collection[str]) -> dict[str, str]:
    """The codes of gifts that came by these orders of platforms, by order."""
    rows = conn.execute(
        select(table.c.order, table.c.code).where(
            table.c.unit == unit, among(conn, table.c.order, orders)
        )
    )
    return {row.order: row.code for row in rows}


def of_unit(conn: Connection, unit: str) -> list[GiftRow]:
    """The unit's gifts in the order of their codes."""
    query = (
        select(*_COLUMNS)
        .where(table.c.unit == unit)
        .order_by(table.c.day, func.length(table.c.code), table.c.code)
    )
    return [GiftRow(*row) for row in conn.execute(query)]


def of_fund(conn: Connection, unit: str, fund: str) -> list[GiftRow]:
    """The unit's gifts that stand in a fund, or were moved into it."""
    moved = select(gift_event.c.gift).where(gift_event.c.unit == unit, gift_event.c.fund == fund)
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, (table.c.fund == fund) | table.c.code.in_(moved))
        .order_by(table.c.day, func.length(table.c.code), table.c.code)
    )
    return [GiftRow(*row) for row in rows]


def not_before(conn: Connection, unit: str, funds: Collection[str]) -> list[GiftRow]:
    """The gifts in these funds, or moved into them, that are not to be used before a day."""
    moved = select(gift_event.c.gift).where(
        gift_event.c.unit == unit,
        gift_event.c.checker.is_not(None),
        among(conn, gift_event.c.fund, funds),
    )
    rows = conn.execute(
        select(*_COLUMNS).where(
            table.c.unit == unit,
            table.c.until.is_not(None),
            among(conn, table.c.fund, funds) | table.c.code.in_(moved),
        )
    )
    return [GiftRow(*row) for row in rows]


def funds_of(conn: Connection, unit: str) -> set[str]:
    """The funds in which gifts of the unit stand, or to which they were moved."""
    stands = select(table.c.fund).where(table.c.unit == unit)
    moved = select(gift_event.c.fund).where(gift_event.c.unit == unit, gift_event.c.fund != "")
    return set(conn.execute(stands.union(moved)).scalars())


def any_of(conn: Connection, unit: str, campaign: str | None = None) -> bool:
    """Whether a campaign has any gift, or the unit where none is named."""
    found = select(table.c.code).where(table.c.unit == unit).limit(1)
    if campaign is not None:
        found = found.where(table.c.campaign == campaign)
    return conn.execute(found).first() is not None


def said_to_have_come(conn: Connection, unit: str) -> set[str]:
    """The gifts of which a receipt was posted and stands, or a claim is paid."""
    back = entry.alias("back")
    posted = conn.execute(
        select(draft.c.source)
        .outerjoin(back, and_(back.c.unit == draft.c.unit, back.c.reverses == draft.c.number))
        .where(
            draft.c.unit == unit, draft.c.state == "posted", back.c.number.is_(None),
            draft.c.source.startswith(f"gift:in:{PREFIX}"),
        )
    ).scalars()  # fmt: skip
    paid = conn.execute(
        select(claim.c.gift)
        .where(claim.c.unit == unit, claim.c.state == "paid", claim.c.gift.is_not(None))
        .distinct()
    ).scalars()
    return {source.split(":")[2] for source in posted} | {str(code) for code in paid}


def donors_of(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, str]:
    """Who gave each of these gifts."""
    rows = conn.execute(
        select(table.c.code, table.c.donor).where(
            table.c.unit == unit, among(conn, table.c.code, codes)
        )
    )
    return {row.code: row.donor for row in rows}


def forget(conn: Connection, unit: str, codes: Collection[str]) -> None:
    """A list of gifts gives way to another before any of it came."""
    if codes:
        conn.execute(table.delete().where(table.c.unit == unit, among(conn, table.c.code, codes)))


# ---- events ------------------------------------------------------------------------------------


def add_event(
    conn: Connection, row: GiftRow, kind: str, day: date, user: str, now: datetime, *,
    fen: int = 0, note: str = "", paper: str = "", campaign: str | None = None, fund: str = "",
) -> int:  # fmt: skip
    """Keep what happened to a gift; the event's number. It counts once it is approved."""
    where = gift_event.c
    last = conn.execute(
        select(func.max(where.number)).where(where.unit == row.unit, where.gift == row.code)
    ).scalar()
    number = int(last or 0) + 1
    values = {
        "unit": row.unit, "gift": row.code, "number": number, "kind": kind, "day": day, "fen": fen,
        "note": note, "paper": paper, "campaign": campaign, "fund": fund, "user": user,
        "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(gift_event).values(values))
    return number


def approve_event(conn: Connection, row: GiftRow, number: int, checker: str, now: datetime) -> None:
    where = gift_event.c
    conn.execute(
        update(gift_event)
        .where(where.unit == row.unit, where.gift == row.code, where.number == number)
        .values(checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )


def events(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, list[EventRow]]:
    """What happened to these gifts, in order, what waits included; by code."""
    where = gift_event.c
    rows = conn.execute(
        select(where.gift, *_EVENT)
        .where(where.unit == unit, among(conn, where.gift, codes))
        .order_by(where.gift, where.number)
    )
    found: dict[str, list[EventRow]] = {}
    for row in rows:
        found.setdefault(row.gift, []).append(EventRow(*row[1:]))
    return found


def stands_in(row: GiftRow, events: Sequence[EventRow]) -> list[str]:
    """The funds in which a gift may stand: its own, and where consents took it, in order."""
    moved = (one.fund for one in events if one.kind == CHANGED and one.checker)
    return list(dict.fromkeys([row.fund, *moved]))
