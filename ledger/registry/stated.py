"""What statements say of balances at months' ends, of all accounts of a unit at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ledger.registry.schema import statement_row
from ledger.registry.statement_files import files

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry.statement_files import FileRow


def month_ends(
    conn: Connection, unit: str, months: Collection[Month]
) -> dict[tuple[str, Month], int]:
    """What each account's statements say that it held at the end of some months, in fen.

    As :func:`ledger.registry.statement_files.balance_at` says of one; what is not known is missing.

    Two questions, however many accounts and months there are.
    """
    if not months:
        return {}
    month_of = func.extract("year", statement_row.c.day) * 12 + func.extract(
        "month", statement_row.c.day
    )
    place = func.row_number().over(
        partition_by=(statement_row.c.account, month_of),
        order_by=(
            statement_row.c.day.desc(), statement_row.c.file.desc(), statement_row.c.place.desc()
        ),
    )  # fmt: skip
    inner = (
        select(
            statement_row.c.account, statement_row.c.day, statement_row.c.balance_fen,
            place.label("place"),
        )
        .where(
            statement_row.c.unit == unit,
            statement_row.c.day <= max(months).period.last,
            statement_row.c.balance_fen.is_not(None),
            statement_row.c.undone == 0,
        )
        .subquery()
    )  # fmt: skip
    last: dict[str, list[tuple[date, int]]] = {}
    rows = conn.execute(
        select(inner.c.account, inner.c.day, inner.c.balance_fen)
        .where(inner.c.place == 1)
        .order_by(inner.c.day)
    )
    for account, day, fen in rows:
        last.setdefault(account, []).append((day, fen))
    found: dict[tuple[str, Month], int] = {}
    by_account: dict[str, list[FileRow]] = {}
    for row in files(conn, unit):
        by_account.setdefault(row.account, []).append(row)
    for account, held in by_account.items():
        for month in months:
            end = month.period.last
            covering = [
                row for row in held if row.start and row.end and row.start <= end <= row.end
            ]
            said = [row.closing_fen for row in covering if row.end == end]
            known = [fen for fen in said if fen is not None]
            if not known and covering:
                known = [fen for day, fen in last.get(account, ()) if day <= end]
            if known:
                found[account, month] = known[-1]
    return found
