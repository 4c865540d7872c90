"""Stocktakes: what was expected, what was seen, differences, and how each was settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import Words
from ledger.registry.codes import greatest_number
from ledger.registry.schema import stocktake as table
from ledger.registry.schema import (
    stocktake_difference,
    stocktake_item,
    stocktake_resolution,
    stocktake_scan,
)
from ledger.registry.sets import among, insert_many

#: What codes of stocktakes begin with: 盘点.
PREFIX: Final = "PD"
#: What a stocktake is of.
ALL, CLASS, PLACE, KEEPER = "all", "class", "place", "keeper"
SCOPE_WORDS: Final = {
    ALL: Words("全部资产", "all assets"),
    CLASS: Words("一个类别", "one class"),
    PLACE: Words("一个地点", "one place"),
    KEEPER: Words("一位保管人", "one keeper"),
}
#: A stocktake; ``WITHDRAWN`` before anything was seen.
OPEN, CLOSED, WITHDRAWN = "open", "closed", "withdrawn"
STATE_WORDS: Final = {
    OPEN: Words("盘点中", "being counted"),
    CLOSED: Words("已结束", "closed"),
    WITHDRAWN: Words("已撤回", "withdrawn"),
}
#: Differences. ``NOT_AWAY`` is what is lent, leased or being repaired, and yet was seen elsewhere.
MISSING, FOUND, WRONG_PLACE = "missing", "found", "wrong-place"
WRONG_HOLDER, NOT_AWAY = "wrong-holder", "not-away"
KIND_WORDS: Final = {
    MISSING: Words("盘亏", "missing"),
    FOUND: Words("盘盈", "found"),
    WRONG_PLACE: Words("地点不符", "wrong place"),
    WRONG_HOLDER: Words("保管人不符", "wrong holder"),
    NOT_AWAY: Words("在外而在场", "should be away"),
}
#: A difference, or a resolution of one.
UNRESOLVED, PROPOSED, RESOLVED = "open", "proposed", "resolved"
WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"
DIFFERENCE_WORDS: Final = {
    UNRESOLVED: Words("未处理", "open"),
    PROPOSED: Words("待审批", "waits for approval"),
    RESOLVED: Words("已处理", "resolved"),
}
#: How a difference is settled.
BY_REQUEST, BY_CARD, BY_SIGHT, EXPLAINED = "request", "card", "seen", "explained"
WAY_WORDS: Final = {
    BY_REQUEST: Words("已办结的资产申请", "a request that is done"),
    BY_CARD: Words("建卡入账", "its card and voucher"),
    BY_SIGHT: Words("复核在原处", "seen where it belongs"),
    EXPLAINED: Words("书面说明", "explained in writing"),
}


@dataclass(frozen=True, slots=True)
class StocktakeRow:
    """``of`` is the class, place or keeper; ``counters`` ids of users with a blank between them."""

    unit: str
    code: str
    day: date
    scope: str
    of: str
    counters: str
    state: str
    maker: str
    made_at: str
    checker: str | None = None
    closed: date | None = None
    closed_at: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What the register said of a thing on the opening day; ``event`` was the last one by then."""

    asset: str
    expected: bool
    state: str
    place: str
    keeper: str
    cost_fen: int
    event: int


@dataclass(frozen=True, slots=True)
class ScanRow:
    """What was seen where and with whom; without ``asset`` a thing that no register names."""

    number: int
    asset: str | None
    seen: bool
    place: str
    keeper: str
    note: str
    worth_fen: int
    photo: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """``place`` and ``keeper`` are what was expected; ``scan`` is what tells otherwise."""

    unit: str
    stocktake: str
    number: int
    kind: str
    asset: str | None
    scan: int | None
    place: str
    keeper: str
    seen_place: str
    seen_keeper: str
    fen: int
    state: str = UNRESOLVED

    @property
    def ref(self) -> str:
        """``PD2026-0001-3/2``: the stocktake and the difference in it."""
        return f"{self.stocktake}/{self.number}"


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """How ``maker`` says that a difference was settled, and what ``checker`` said to it."""

    stocktake: str
    difference: int
    number: int
    way: str
    request: str | None
    asset: str | None
    place: str
    note: str
    paper: str
    state: str
    maker: str
    made_at: str
    checker: str | None = None
    checked: date | None = None
    checked_at: str | None = None
    reason: str = ""


_COLUMNS = tuple(table.c[name] for name in StocktakeRow.__slots__)
_ITEM = tuple(stocktake_item.c[name] for name in ItemRow.__slots__)
_SCAN = tuple(stocktake_scan.c[name] for name in ScanRow.__slots__)
_DIFFERENCE = tuple(stocktake_difference.c[name] for name in DifferenceRow.__slots__)
_RESOLUTION = tuple(stocktake_resolution.c[name] for name in ResolutionRow.__slots__)


def _values(row: Any) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}


# ---- stocktakes --------------------------------------------------------------------------------


def add(conn: Connection, row: StocktakeRow, items: Iterable[ItemRow]) -> None:
    """Enter a stocktake with what it expects."""
    conn.execute(insert(table).values(_values(row)))
    add_items(conn, row, items)


def add_items(conn: Connection, row: StocktakeRow, items: Iterable[ItemRow]) -> None:
    insert_many(
        conn, stocktake_item, ("unit", "stocktake", *ItemRow.__slots__),
        [(row.unit, row.code, *_values(one).values()) for one in items],
    )  # fmt: skip


def last_number(conn: Connection, unit: str, year: int) -> int:
    """The greatest number of the unit's stocktakes of a year; 0 if there are none."""
    return greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)


def find(conn: Connection, unit: str, code: str) -> StocktakeRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else StocktakeRow(*row)


def of_unit(conn: Connection, unit: str) -> list[StocktakeRow]:
    """The unit's stocktakes in the order in which they were opened."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit)
        .order_by(table.c.made_at, func.length(table.c.code), table.c.code)
    )
    return [StocktakeRow(*row) for row in rows]


def set_state(conn: Connection, row: StocktakeRow, state: str, **values: str | date | None) -> None:
    """A stocktake's new state, with who brought it about and when."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.code == row.code)
        .values(state=state, **values)
    )


# ---- what was expected, what was seen ----------------------------------------------------------


def items(
    conn: Connection, unit: str, code: str, assets: Collection[str] | None = None
) -> dict[str, ItemRow]:
    """What a stocktake expects, and what was seen beside it; by asset, in the order of codes."""
    where = stocktake_item.c
    query = select(*_ITEM).where(where.unit == unit, where.stocktake == code)
    if assets is not None:
        query = query.where(among(conn, where.asset, assets))
    rows = conn.execute(query.order_by(func.length(where.asset), where.asset))
    return {row.asset: ItemRow(*row) for row in rows}


def add_scans(conn: Connection, row: StocktakeRow, scans: Sequence[ScanRow]) -> list[ScanRow]:
    """Keep what was seen; each with the number that it has among the stocktake's scans."""
    where = stocktake_scan.c
    last = conn.execute(
        select(func.max(where.number)).where(where.unit == row.unit, where.stocktake == row.code)
    ).scalar()
    first = int(last or 0) + 1
    made = [replace(one, number=number) for number, one in enumerate(scans, first)]
    insert_many(
        conn, stocktake_scan, ("unit", "stocktake", *ScanRow.__slots__),
        [(row.unit, row.code, *_values(one).values()) for one in made],
    )  # fmt: skip
    return made


def scans(
    conn: Connection, unit: str, code: str, assets: Collection[str] | None = None
) -> list[ScanRow]:
    """What was seen in a stocktake, in the order in which it was entered.

    With ``assets`` of these alone, and of things that no register names.
    """
    where = stocktake_scan.c
    query = select(*_SCAN).where(where.unit == unit, where.stocktake == code)
    if assets is not None:
        query = query.where(where.asset.is_(None) | among(conn, where.asset, assets))
    return [ScanRow(*row) for row in conn.execute(query.order_by(where.number))]


def scan(conn: Connection, unit: str, code: str, number: int) -> ScanRow | None:
    where = stocktake_scan.c
    row = conn.execute(
        select(*_SCAN).where(where.unit == unit, where.stocktake == code, where.number == number)
    ).first()
    return None if row is None else ScanRow(*row)


def progress(conn: Connection, unit: str, code: str) -> tuple[int, int]:
    """How many things are expected, and of how many of them somebody said anything."""
    item, seen = stocktake_item.c, stocktake_scan.c
    there = conn.execute(
        select(func.count()).where(item.unit == unit, item.stocktake == code, item.expected)
    ).scalar()
    counted = conn.execute(
        select(func.count(func.distinct(seen.asset)))
        .join(
            stocktake_item,
            (item.unit == seen.unit) & (item.stocktake == seen.stocktake)
            & (item.asset == seen.asset),
        )
        .where(seen.unit == unit, seen.stocktake == code, item.expected)
    ).scalar()  # fmt: skip
    return int(there or 0), int(counted or 0)


def recent(conn: Connection, unit: str, code: str, user: str, most: int) -> list[ScanRow]:
    """What a user entered last in a stocktake, the newest first."""
    where = stocktake_scan.c
    rows = conn.execute(
        select(*_SCAN)
        .where(where.unit == unit, where.stocktake == code, where.user == user)
        .order_by(where.number.desc())
        .limit(most)
    )
    return [ScanRow(*row) for row in rows]


def places(conn: Connection, unit: str, code: str) -> list[str]:
    """The places where a stocktake expects anything, as they are written."""
    where = stocktake_item.c
    rows = conn.execute(
        select(where.place)
        .distinct()
        .where(where.unit == unit, where.stocktake == code, where.expected, where.place != "")
        .order_by(where.place)
    )
    return list(rows.scalars())


def all_numbered(conn: Connection, unit: str, code: str, prefix: str) -> bool:
    """Whether every code that a stocktake expects begins so, and a number tells it."""
    where = stocktake_item.c
    other = conn.execute(
        select(where.asset)
        .where(where.unit == unit, where.stocktake == code, ~where.asset.startswith(prefix))
        .limit(1)
    ).first()
    return other is None


def unseen_in(conn: Connection, unit: str, code: str, place: str, most: int) -> list[str]:
    """Things that are expected in a place and of which nobody said anything yet."""
    item, seen = stocktake_item.c, stocktake_scan.c
    said = (
        select(seen.number)
        .where(seen.unit == unit, seen.stocktake == code, seen.asset == item.asset)
        .exists()
    )
    rows = conn.execute(
        select(item.asset)
        .where(
            item.unit == unit, item.stocktake == code, item.expected, item.place == place, ~said
        )
        .order_by(func.length(item.asset), item.asset)
        .limit(most)
    )  # fmt: skip
    return list(rows.scalars())


def counted_since(conn: Connection, unit: str, since: date, until: date) -> set[str]:
    """The assets that closed stocktakes expected, of days after ``since`` and by ``until``."""
    rows = conn.execute(
        select(stocktake_item.c.asset)
        .distinct()
        .join(
            table,
            (table.c.unit == stocktake_item.c.unit)
            & (table.c.code == stocktake_item.c.stocktake),
        )
        .where(
            table.c.unit == unit, table.c.state == CLOSED, table.c.day > since,
            table.c.day <= until, stocktake_item.c.expected,
        )
    )  # fmt: skip
    return set(rows.scalars())


# ---- differences and how they are settled ------------------------------------------------------


def add_differences(conn: Connection, rows: Sequence[DifferenceRow]) -> None:
    insert_many(
        conn, stocktake_difference, DifferenceRow.__slots__,
        [list(_values(one).values()) for one in rows],
    )  # fmt: skip


def differences(
    conn: Connection, unit: str, code: str | None = None, *, alarms: bool = False
) -> list[DifferenceRow]:
    """The differences of a stocktake, or of all; with ``alarms`` those that are not resolved."""
    where = stocktake_difference.c
    query = select(*_DIFFERENCE).where(where.unit == unit)
    if code is not None:
        query = query.where(where.stocktake == code)
    if alarms:
        query = query.where(where.state.in_((UNRESOLVED, PROPOSED)))
    rows = conn.execute(query.order_by(where.stocktake, where.number))
    return [DifferenceRow(*row) for row in rows]


def difference(conn: Connection, unit: str, code: str, number: int) -> DifferenceRow | None:
    where = stocktake_difference.c
    row = conn.execute(
        select(*_DIFFERENCE).where(
            where.unit == unit, where.stocktake == code, where.number == number
        )
    ).first()
    return None if row is None else DifferenceRow(*row)


def set_difference(conn: Connection, row: DifferenceRow, state: str) -> None:
    where = stocktake_difference.c
    conn.execute(
        update(stocktake_difference)
        .where(
            where.unit == row.unit, where.stocktake == row.stocktake, where.number == row.number
        )
        .values(state=state)
    )  # fmt: skip


def resolutions(
    conn: Connection, unit: str, code: str | None = None, difference: int | None = None
) -> list[ResolutionRow]:
    """How differences were said to be settled, in order."""
    where = stocktake_resolution.c
    query = select(*_RESOLUTION).where(where.unit == unit)
    if code is not None:
        query = query.where(where.stocktake == code)
    if difference is not None:
        query = query.where(where.difference == difference)
    rows = conn.execute(query.order_by(where.stocktake, where.difference, where.number))
    return [ResolutionRow(*row) for row in rows]


def add_resolution(conn: Connection, unit: str, row: ResolutionRow) -> None:
    conn.execute(insert(stocktake_resolution).values(unit=unit, **_values(row)))


def set_resolution(
    conn: Connection, unit: str, row: ResolutionRow, state: str, **values: str | date
) -> None:
    where = stocktake_resolution.c
    conn.execute(
        update(stocktake_resolution)
        .where(
            where.unit == unit, where.stocktake == row.stocktake,
            where.difference == row.difference, where.number == row.number,
        )
        .values(state=state, **values)
    )  # fmt: skip


def settles(conn: Connection, unit: str, asset: str) -> list[ResolutionRow]:
    """The resolutions that say that this card is what was found, unless they were refused."""
    where = stocktake_resolution.c
    rows = conn.execute(
        select(*_RESOLUTION).where(
            where.unit == unit, where.asset == asset, where.way == BY_CARD, where.state != REFUSED
        )
    )
    return [ResolutionRow(*row) for row in rows]


def moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
