"""Receipts of gifts: per unit and year from 1, none left out, none taken away.

Each is for what one voucher brought of a gift, and is sealed with a month: a month's *root* stands
for all its receipts once it is closed (:mod:`ledger.gifts.sealing`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from ledger.reference import make_code
from ledger.registry.schema import gift_receipt as table
from ledger.registry.schema import gift_receipt_root
from ledger.registry.sets import among, insert_many

#: What numbers of receipts begin with.
PREFIX: Final = "JS"
VALID, VOIDING, VOID = "valid", "voiding", "void"


@dataclass(frozen=True, slots=True)
class GiftReceiptRow:
    """``printed`` counts the prints: all but the first are copies. ``day`` is the voucher's.

    ``month`` is the one with which it is sealed, ``leaf`` and ``void_leaf`` what stands for it in a
    root, ``official`` the finance authority's number. ``void_checker`` is who confirmed that it is
    void; None while that is only asked for.
    """

    unit: str
    year: int
    number: int
    gift: str
    voucher: str
    donor: str
    day: date
    kind: str
    fen: int
    month: str
    leaf: str
    void_leaf: str
    printed: int
    official: str
    user: str
    at: str
    void_reason: str = ""
    void_by: str | None = None
    void_at: str | None = None
    void_checker: str | None = None
    void_month: str | None = None

    @property
    def code(self) -> str:
        """As people write it: ``JS2026-0012-3``."""
        return make_code(PREFIX, self.year, self.number)

    @property
    def state(self) -> str:
        """valid, voiding (asked for, not confirmed) or void."""
        if self.void_month is not None:
            return VOID
        return VALID if self.void_by is None else VOIDING


@dataclass(frozen=True, slots=True)
class RootRow:
    """The root over a month's receipts, ``size`` of them; ``number`` counts its closings."""

    month: str
    number: int
    root: str
    size: int
    user: str
    at: str


_COLUMNS = tuple(table.c[name] for name in GiftReceiptRow.__slots__)
_ROOT = tuple(gift_receipt_root.c[name] for name in RootRow.__slots__)


def last_number(conn: Connection, unit: str, year: int) -> int:
    """The greatest number of the year; 0 if there is none. The caller holds the unit's lock."""
    last = conn.execute(
        select(func.max(table.c.number)).where(table.c.unit == unit, table.c.year == year)
    ).scalar()
    return int(last or 0)


def add_many(conn: Connection, rows: Sequence[GiftReceiptRow]) -> None:
    """Enter receipts; the database refuses a number that is taken."""
    names = GiftReceiptRow.__slots__
    insert_many(conn, table, names, [tuple(getattr(row, n) for n in names) for row in rows])


def find(conn: Connection, unit: str, year: int, number: int) -> GiftReceiptRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(
            table.c.unit == unit, table.c.year == year, table.c.number == number
        )
    ).first()
    return None if row is None else GiftReceiptRow(*row)


def of_unit(conn: Connection, unit: str, year: int | None = None) -> list[GiftReceiptRow]:
    """Every receipt, or those of a year, void ones among them, by number."""
    query = select(*_COLUMNS).where(table.c.unit == unit)
    if year is not None:
        query = query.where(table.c.year == year)
    rows = conn.execute(query.order_by(table.c.year, table.c.number))
    return [GiftReceiptRow(*row) for row in rows]


def of_gifts(
    conn: Connection, unit: str, codes: Collection[str]
) -> dict[str, list[GiftReceiptRow]]:
    """The receipts of these gifts, void ones among them, by number; by gift."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, among(conn, table.c.gift, codes))
        .order_by(table.c.year, table.c.number)
    )
    found: dict[str, list[GiftReceiptRow]] = {}
    for row in rows:
        found.setdefault(row.gift, []).append(GiftReceiptRow(*row))
    return found


def codes_of(conn: Connection, unit: str, gifts: Collection[str]) -> dict[tuple[str, str], str]:
    """The number of the receipt that stands for what a voucher brought: by gift and voucher."""
    return {
        (row.gift, row.voucher): row.code
        for rows in of_gifts(conn, unit, gifts).values()
        for row in rows
        if row.state != VOID
    }


def of_months(conn: Connection, unit: str, months: Collection[str]) -> list[GiftReceiptRow]:
    """The receipts that are sealed with these months, or became void in them, by number."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(
            table.c.unit == unit,
            among(conn, table.c.month, months) | among(conn, table.c.void_month, months),
        )
        .order_by(table.c.year, table.c.number)
    )
    return [GiftReceiptRow(*row) for row in rows]


def with_official(conn: Connection, unit: str, official: str) -> GiftReceiptRow | None:
    """The receipt that has this number of the finance authority."""
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.official == official)
    ).first()
    return None if row is None else GiftReceiptRow(*row)


def printed(conn: Connection, unit: str, rows: Collection[GiftReceiptRow]) -> None:
    """Count a print of each."""
    if rows:
        conn.execute(
            update(table)
            .where(
                table.c.unit == unit,
                table.c.year == bindparam("of_year"),
                table.c.number == bindparam("of_number"),
            )
            .values(printed=table.c.printed + 1),
            [{"of_year": row.year, "of_number": row.number} for row in rows],
        )


def set_official(conn: Connection, row: GiftReceiptRow, official: str) -> None:
    conn.execute(update(table).where(*_is(row)).values(official=official))


def ask_void(conn: Connection, row: GiftReceiptRow, reason: str, user: str, now: datetime) -> None:
    at = now.isoformat(timespec="seconds")
    conn.execute(
        update(table).where(*_is(row)).values(void_reason=reason, void_by=user, void_at=at)
    )


def keep(conn: Connection, row: GiftReceiptRow) -> None:
    """It stays valid: what was asked is answered with no."""
    conn.execute(update(table).where(*_is(row)).values(void_reason="", void_by=None, void_at=None))


def make_void(conn: Connection, row: GiftReceiptRow, checker: str | None, month: str) -> None:
    """It is void from ``month`` on."""
    conn.execute(update(table).where(*_is(row)).values(void_checker=checker, void_month=month))


def _is(row: GiftReceiptRow) -> tuple[ColumnElement[bool], ...]:
    return table.c.unit == row.unit, table.c.year == row.year, table.c.number == row.number


# ---- roots -------------------------------------------------------------------------------------


def add_root(
    conn: Connection, unit: str, month: str, root: str, size: int, user: str, now: datetime
) -> None:
    """Keep the root of a month that is closed; earlier ones of it stay."""
    last = conn.execute(
        select(func.max(gift_receipt_root.c.number)).where(
            gift_receipt_root.c.unit == unit, gift_receipt_root.c.month == month
        )
    ).scalar()
    conn.execute(
        insert(gift_receipt_root).values(
            unit=unit, month=month, number=int(last or 0) + 1, root=root, size=size, user=user,
            at=now.isoformat(timespec="seconds"),
        )
    )  # fmt: skip


def roots(conn: Connection, unit: str) -> list[RootRow]:
    """Every root that was kept, by month and closing."""
    rows = conn.execute(
        select(*_ROOT)
        .where(gift_receipt_root.c.unit == unit)
        .order_by(gift_receipt_root.c.month, gift_receipt_root.c.number)
    )
    return [RootRow(*row) for row in rows]


def last_roots(conn: Connection, unit: str) -> dict[str, RootRow]:
    """The root of each month's last closing, by month."""
    return {row.month: row for row in roots(conn, unit)}
