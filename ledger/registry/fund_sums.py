"""What each fund can spend, kept by day and by month as every voucher is posted; in fen.

"Never overdrawn on any day" is answered by these sums, in work that grows with the days behind a
voucher and not with the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from ledger.period import Month
from ledger.registry.schema import fund_day, fund_month
from ledger.registry.sets import insert_many


def resources_before(conn: Connection, unit: str, code: str, currency: str, day: date) -> int:
    """A fund's spendable resources at the end of the day before ``day``, in fen."""
    month = Month.of(day)
    months = conn.execute(
        select(func.coalesce(func.sum(fund_month.c.fen), 0)).where(
            fund_month.c.unit == unit,
            fund_month.c.fund == code,
            fund_month.c.currency == currency,
            fund_month.c.month < str(month),
        )
    ).scalar_one()
    days = conn.execute(
        select(func.coalesce(func.sum(fund_day.c.fen), 0)).where(
            fund_day.c.unit == unit,
            fund_day.c.fund == code,
            fund_day.c.currency == currency,
            fund_day.c.day >= month.first,
            fund_day.c.day < day,
        )
    ).scalar_one()
    return int(months) + int(days)


def resources_at(conn: Connection, unit: str, month: Month) -> dict[tuple[str, str], int]:
    """Every fund's spendable resources when ``month`` begins, by fund and currency, in fen."""
    rows = conn.execute(
        select(fund_month.c.fund, fund_month.c.currency, func.sum(fund_month.c.fen))
        .where(fund_month.c.unit == unit, fund_month.c.month < str(month))
        .group_by(fund_month.c.fund, fund_month.c.currency)
    )
    return {(code, currency): int(fen) for code, currency, fen in rows}


def resource_days(
    conn: Connection, unit: str, code: str, currency: str, since: date
) -> list[tuple[date, int]]:
    """How the fund's resources changed on each day from ``since`` on, in fen."""
    rows = conn.execute(
        select(fund_day.c.day, fund_day.c.fen)
        .where(
            fund_day.c.unit == unit,
            fund_day.c.fund == code,
            fund_day.c.currency == currency,
            fund_day.c.day >= since,
        )
        .order_by(fund_day.c.day)
    )
    return [(row.day, row.fen) for row in rows]


def resource_days_of(conn: Connection, unit: str, month: Month) -> list[tuple[str, str, date, int]]:
    """How every fund's resources changed on each day of a month: fund, currency, day, fen."""
    rows = conn.execute(
        select(fund_day.c.fund, fund_day.c.currency, fund_day.c.day, fund_day.c.fen)
        .where(
            fund_day.c.unit == unit,
            fund_day.c.day >= month.first,
            fund_day.c.day < month.next().first,
        )
        .order_by(fund_day.c.day)
    )
    return [tuple(row) for row in rows]


def fund_moved(conn: Connection, unit: str, code: str) -> bool:
    """Whether a fund's resources ever changed."""
    found = (
        select(fund_month.c.fen)
        .where(fund_month.c.unit == unit, fund_month.c.fund == code)
        .limit(1)
    )
    return conn.execute(found).first() is not None


def move_resources(
    conn: Connection, unit: str, code: str, currency: str, day: date, fen: int
) -> None:
    """Add ``fen`` to what a fund's resources changed by on ``day``."""
    at_day = {"unit": unit, "fund": code, "currency": currency, "day": day}
    at_month = {"unit": unit, "fund": code, "currency": currency, "month": str(Month.of(day))}
    for table, place in ((fund_day, at_day), (fund_month, at_month)):
        here = [table.c[name] == value for name, value in place.items()]
        changed = conn.execute(update(table).where(*here).values(fen=table.c.fen + fen))
        if changed.rowcount == 0:
            conn.execute(insert(table).values(fen=fen, **place))


def keep_resources(conn: Connection, unit: str, days: Mapping[tuple[str, str, date], int]) -> None:
    """Enter a unit's sums by fund, currency and day at once, where it has none; months follow."""
    months: dict[tuple[str, str, str], int] = {}
    for (code, currency, day), fen in days.items():
        place = (code, currency, str(Month.of(day)))
        months[place] = months.get(place, 0) + fen
    for table, sums in ((fund_day, days), (fund_month, months)):
        rows = [(unit, *place, fen) for place, fen in sorted(sums.items())]
        insert_many(conn, table, [column.name for column in table.columns], rows)


def resource_sums(conn: Connection, unit: str) -> dict[tuple[str, str, date], int]:
    """How every fund's resources changed on each day, by fund, currency and day, zeros left out."""
    rows = conn.execute(
        select(fund_day.c.fund, fund_day.c.currency, fund_day.c.day, fund_day.c.fen).where(
            fund_day.c.unit == unit, fund_day.c.fen != 0
        )
    )
    return {(row.fund, row.currency, row.day): row.fen for row in rows}


def month_sums(conn: Connection, unit: str) -> dict[tuple[str, str, str], int]:
    """:func:`resource_sums` by month."""
    rows = conn.execute(
        select(
            fund_month.c.fund, fund_month.c.currency, fund_month.c.month, fund_month.c.fen
        ).where(fund_month.c.unit == unit, fund_month.c.fen != 0)
    )
    return {(row.fund, row.currency, row.month): row.fen for row in rows}
