"""Fixed assets: their cards, what the book says of each, estimates, use, and custody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from ledger.registry.schema import asset as table
from ledger.registry.schema import (
    asset_estimate,
    asset_event,
    asset_sum,
    asset_use,
)
from ledger.registry.sets import among, insert_many

#: What codes of assets begin with.
PREFIX: Final = "FA-"
BOUGHT, GRANTED, GIFT, BUILT, FOUND = "bought", "granted", "gift", "built", "found"
MOVED_IN, MEMO = "moved-in", "memo"
SOURCES: Final = (BOUGHT, GRANTED, GIFT, BUILT, FOUND, MOVED_IN, MEMO)
UNIT, STATE, EMPLOYER, OTHER = "unit", "state", "employer", "other"
OWNERSHIPS: Final = (UNIT, STATE, EMPLOYER, OTHER)
#: What happens to an asset's custody.
ADDED, MOVED, LENT, LEASED, REPAIRING = "added", "moved", "lent", "leased", "repairing"
RETURNED, GONE, BACK = "returned", "gone", "back"
#: A piece, as whole numbers hold parts of it.
PIECE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A card. ``cost_fen`` is what all its pieces cost; nothing for what the unit does not own.

    ``regime`` is the rule by which it was classed, with its version; ``begun_fen`` what was
    depreciated of it before it came into this book; ``first`` the first month that is charged, and
    ``removal_charged`` whether the month in which it leaves is; ``charged`` the account of expenses
    that bears its depreciation, where its chart charges any.
    """

    unit: str
    code: str
    name: str
    spec: str
    serial: str
    class_id: str
    regime: str
    source: str
    ownership: str
    fund: str
    acquired: date
    cost_fen: int
    residual_fen: int
    life_months: int | None
    method: str
    units_total: int
    first: str
    removal_charged: bool
    begun_fen: int
    charged: str
    gift: str | None
    parent: str | None
    paper: str
    photo: str
    user: str
    at: str


class Standing(NamedTuple):
    """What the book says of an asset now. ``millionths`` of a piece are there, at ``cost_fen``."""

    asset: str
    account: str
    fund: str
    millionths: int
    cost_fen: int
    accumulated_fen: int


class Wearing(NamedTuple):
    """What of a card says how an asset wears: what is read of a hundred thousand every month."""

    code: str
    source: str
    cost_fen: int
    residual_fen: int
    life_months: int
    method: str
    units_total: int
    first: str
    charged: str


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """From ``month`` on an asset lasts ``life_months`` more, and is worth ``residual_fen`` then."""

    asset: str
    number: int
    month: str
    life_months: int
    residual_fen: int
    method: str
    accumulated_fen: int
    request: str


@dataclass(frozen=True, slots=True)
class UseRow:
    asset: str
    number: int
    month: str
    units: int
    note: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """Who keeps an asset where from ``day`` on, and why; ``until`` is when it is to be back."""

    asset: str
    number: int
    kind: str
    day: date
    keeper: str
    place: str
    until: date | None
    request: str | None
    note: str
    paper: str
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in AssetRow.__slots__)
_fields = attrgetter(*AssetRow.__slots__)
_WEARING = tuple(table.c[name] for name in Wearing._fields)
_SUM = tuple(asset_sum.c[name] for name in Standing._fields)
_ESTIMATE = tuple(asset_estimate.c[name] for name in EstimateRow.__slots__)
_USE = tuple(asset_use.c[name] for name in UseRow.__slots__)
_EVENT = tuple(asset_event.c[name] for name in EventRow.__slots__)


# ---- cards -------------------------------------------------------------------------------------


def add_many(conn: Connection, rows: Sequence[AssetRow]) -> None:
    """Enter cards; the database refuses a code that is taken."""
    insert_many(conn, table, AssetRow.__slots__, [_fields(row) for row in rows])


def forget(conn: Connection, unit: str, code: str) -> None:
    """A card whose draft was withdrawn before it was posted: nothing in a book named it."""
    for part in (asset_event, asset_estimate, asset_use):
        conn.execute(delete(part).where(part.c.unit == unit, part.c.asset == code))
    conn.execute(delete(table).where(table.c.unit == unit, table.c.code == code))


def find(conn: Connection, unit: str, code: str) -> AssetRow | None:
    return with_codes(conn, unit, [code]).get(code)


def with_codes(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, AssetRow]:
    """The cards of these codes, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.code, codes))
    )
    return {row.code: AssetRow(*row) for row in rows}


def of_unit(conn: Connection, unit: str) -> list[AssetRow]:
    """The unit's cards in the order of their codes."""
    query = (
        select(*_COLUMNS)
        .where(table.c.unit == unit)
        .order_by(func.length(table.c.code), table.c.code)
    )
    return [AssetRow(*row) for row in conn.execute(query)]


def of_gift(conn: Connection, unit: str, gift: str) -> list[AssetRow]:
    """The cards of what one gift brought."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.gift == gift))
    return [AssetRow(*row) for row in rows]


def parts_of(conn: Connection, unit: str, code: str) -> list[AssetRow]:
    """The cards of what is a component of an asset."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.parent == code)
        .order_by(func.length(table.c.code), table.c.code)
    )
    return [AssetRow(*row) for row in rows]


def any_of(conn: Connection, unit: str) -> bool:
    """Whether the unit has any card, or its book anything on an account of fixed assets."""
    for part in (table, asset_sum):
        if conn.execute(select(part.c.unit).where(part.c.unit == unit).limit(1)).first():
            return True
    return False


def last_number(conn: Connection, unit: str) -> int:
    """The greatest number of the unit's assets, in cards and in the book; 0 if there are none."""
    found = 0
    for column, of in ((table.c.code, table.c.unit), (asset_sum.c.asset, asset_sum.c.unit)):
        codes = conn.execute(
            select(column)
            .where(of == unit, column.startswith(PREFIX))
            .order_by(func.length(column).desc(), column.desc())
            .limit(100)
        ).scalars()
        numbers = [code[len(PREFIX) :] for code in codes]
        found = max([found, *(int(one) for one in numbers if one.isdigit() and len(one) <= 12)])
    return found


def last_of(conn: Connection, unit: str, user: str) -> str:
    """The card that a user entered last in a unit; empty if there is none."""
    code = conn.execute(
        select(table.c.code)
        .where(table.c.unit == unit, table.c.user == user)
        .order_by(table.c.at.desc(), func.length(table.c.code).desc(), table.c.code.desc())
        .limit(1)
    ).scalar()
    return code or ""


# ---- what the book says ------------------------------------------------------------------------


def sums(conn: Connection, unit: str, codes: Collection[str] | None = None) -> dict[str, Standing]:
    """What the book says of assets, by code; of all of them where none are named."""
    query = select(*_SUM).where(asset_sum.c.unit == unit)
    if codes is not None:
        query = query.where(among(conn, asset_sum.c.asset, codes))
    query = query.order_by(func.length(asset_sum.c.asset), asset_sum.c.asset)
    return {row.asset: Standing(*row) for row in conn.execute(query)}


def wearing(
    conn: Connection, unit: str, codes: Collection[str] | None = None
) -> list[tuple[Wearing, Standing]]:
    """The assets in the book that are depreciated, each with what the book says of it, in order."""
    query = (
        select(*_WEARING, *_SUM)
        .join(asset_sum, (asset_sum.c.unit == table.c.unit) & (asset_sum.c.asset == table.c.code))
        .where(
            table.c.unit == unit, table.c.life_months.is_not(None), asset_sum.c.millionths > 0
        )
        .order_by(func.length(table.c.code), table.c.code)
    )  # fmt: skip
    if codes is not None:
        query = query.where(among(conn, table.c.code, codes))
    there = len(_WEARING)
    return [
        (Wearing._make(row[:there]), Standing._make(row[there:]))
        for row in conn.execute(query).all()
    ]


def put_sums(conn: Connection, unit: str, rows: Iterable[Standing]) -> None:
    """Keep what the book says of some assets, in place of what was kept of them."""
    new = list(rows)
    if not new:
        return
    codes = [row.asset for row in new]
    conn.execute(
        delete(asset_sum).where(asset_sum.c.unit == unit, among(conn, asset_sum.c.asset, codes))
    )
    insert_many(conn, asset_sum, ("unit", *Standing._fields), [(unit, *row) for row in new])


def forget_sums(conn: Connection, unit: str) -> None:
    conn.execute(delete(asset_sum).where(asset_sum.c.unit == unit))


# ---- estimates and use -------------------------------------------------------------------------


def estimates(
    conn: Connection, unit: str, codes: Collection[str] | None = None
) -> dict[str, list[EstimateRow]]:
    """How assets were estimated anew, in order; by code."""
    query = select(*_ESTIMATE).where(asset_estimate.c.unit == unit)
    if codes is not None:
        query = query.where(among(conn, asset_estimate.c.asset, codes))
    return _grouped(EstimateRow, conn, query, asset_estimate)


def add_estimate(conn: Connection, unit: str, row: EstimateRow) -> None:
    conn.execute(insert(asset_estimate).values(unit=unit, **_values(row)))


def uses(
    conn: Connection, unit: str, codes: Collection[str] | None = None
) -> dict[str, list[UseRow]]:
    """How much assets were used, in the order in which it was entered; by code."""
    query = select(*_USE).where(asset_use.c.unit == unit)
    if codes is not None:
        query = query.where(among(conn, asset_use.c.asset, codes))
    return _grouped(UseRow, conn, query, asset_use)


def add_use(conn: Connection, unit: str, row: UseRow) -> None:
    conn.execute(insert(asset_use).values(unit=unit, **_values(row)))


# ---- custody -----------------------------------------------------------------------------------


def events(
    conn: Connection, unit: str, codes: Collection[str] | None = None
) -> dict[str, list[EventRow]]:
    """What happened to assets' custody, in order; by code."""
    query = select(*_EVENT).where(asset_event.c.unit == unit)
    if codes is not None:
        query = query.where(among(conn, asset_event.c.asset, codes))
    return _grouped(EventRow, conn, query, asset_event)


def entered_by(conn: Connection, unit: str, requests: Collection[str]) -> dict[str, list[str]]:
    """The assets that requests of other units gave, and that are not gone since; by request."""
    where = asset_event.c
    rows = conn.execute(
        select(where.request, where.asset)
        .where(where.unit == unit, where.kind == ADDED, among(conn, where.request, requests))
        .order_by(where.asset)
    ).all()
    since = events(conn, unit, [row.asset for row in rows])
    found: dict[str, list[str]] = {}
    for request, asset in rows:
        if since[asset][-1].kind != GONE:
            found.setdefault(request, []).append(asset)
    return found


def add_event(
    conn: Connection, unit: str, code: str, kind: str, day: date, user: str, now: datetime, *,
    keeper: str, place: str, until: date | None = None, request: str | None = None,
    note: str = "", paper: str = "",
) -> None:  # fmt: skip
    """Keep what happened to an asset."""
    add_events(conn, unit, [
        EventRow(code, 0, kind, day, keeper, place, until, request, note, paper, user,
                 now.isoformat(timespec="seconds"))
    ])  # fmt: skip


def add_events(conn: Connection, unit: str, rows: Sequence[EventRow]) -> None:
    """Keep what happened to assets, one event of each; their numbers follow the last ones."""
    where = asset_event.c
    last = {
        row.asset: int(row.last)
        for row in conn.execute(
            select(where.asset, func.max(where.number).label("last"))
            .where(where.unit == unit, among(conn, where.asset, [row.asset for row in rows]))
            .group_by(where.asset)
        )
    }
    names = ("unit", *EventRow.__slots__)
    values = [{**_values(row), "unit": unit, "number": last.get(row.asset, 0) + 1} for row in rows]
    insert_many(conn, asset_event, names, [[one[name] for name in names] for one in values])


def _values(row: EstimateRow | UseRow | EventRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}


def _grouped(kind: Any, conn: Connection, query: Any, of: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in conn.execute(query.order_by(of.c.asset, of.c.number)):
        found.setdefault(row.asset, []).append(kind(*row))
    return found


def places(events_of: Mapping[str, Sequence[EventRow]]) -> list[str]:
    """The places where assets stand, as they are written."""
    return sorted({found[-1].place for found in events_of.values() if found[-1].place})
