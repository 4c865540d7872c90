"""Versions of budgets, their lines, and what was posted on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.budgetcheck import BudgetLine
from ledger.registry.schema import budget as table
from ledger.registry.schema import budget_line, budget_sum

DRAFT, APPROVED, WITHDRAWN = "draft", "approved", "withdrawn"


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """A version of a unit's budget of a year."""

    unit: str
    year: int
    version: int
    state: str
    decision: str
    reason: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in BudgetVersion.__slots__)
_QUARTERS = ("q1_fen", "q2_fen", "q3_fen", "q4_fen")


def next_version(conn: Connection, unit: str, year: int) -> int:
    last = conn.execute(
        select(func.max(table.c.version)).where(table.c.unit == unit, table.c.year == year)
    ).scalar()
    return int(last or 0) + 1


def add(conn: Connection, row: BudgetVersion, lines: Sequence[BudgetLine]) -> None:
    """Enter a version with its lines."""
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    conn.execute(
        insert(budget_line),
        [
            {
                "unit": row.unit, "year": row.year, "version": row.version, "fund": line.fund,
                "account": line.account, "control": line.control,
                **dict(zip(_QUARTERS, line.quarters, strict=True)),
            }
            for line in lines
        ],
    )  # fmt: skip


def versions(conn: Connection, unit: str, year: int) -> list[BudgetVersion]:
    """The versions of a year's budget, in order."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.year == year)
        .order_by(table.c.version)
    )
    return [BudgetVersion(*row) for row in rows]


def lines_of(conn: Connection, unit: str, year: int, version: int) -> list[BudgetLine]:
    """The lines of a version, by fund and account."""
    where = budget_line.c
    rows = conn.execute(
        select(budget_line)
        .where(where.unit == unit, where.year == year, where.version == version)
        .order_by(where.fund, where.account)
    )
    return [
        BudgetLine(
            row.year, row.fund, row.account, (row.q1_fen, row.q2_fen, row.q3_fen, row.q4_fen),
            row.control, row.version,
        )
        for row in rows
    ]  # fmt: skip


def in_force(conn: Connection, unit: str, years: Sequence[int]) -> list[BudgetLine]:
    """The lines of the last approved version of each year."""
    rows = conn.execute(
        select(table.c.year, func.max(table.c.version))
        .where(table.c.unit == unit, table.c.year.in_(list(years)), table.c.state == APPROVED)
        .group_by(table.c.year)
    ).all()
    return [line for year, version in rows for line in lines_of(conn, unit, year, version)]


def set_state(
    conn: Connection, row: BudgetVersion, state: str, checker: str, now: datetime
) -> None:
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.year == row.year, table.c.version == row.version)
        .values(state=state, checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )


# ---- what was posted ---------------------------------------------------------------------------


def posted(conn: Connection, unit: str, line: BudgetLine) -> int | None:
    """What was posted on a line in its year, in fen; None if nobody summed it yet."""
    where = budget_sum.c
    found = conn.execute(
        select(where.fen).where(
            where.unit == unit,
            where.year == line.year,
            where.fund == line.fund,
            where.account == line.account,
        )
    ).scalar()
    return None if found is None else int(found)


def set_posted(conn: Connection, unit: str, line: BudgetLine, fen: int) -> None:
    """Keep what was posted on a line."""
    where = budget_sum.c
    conn.execute(
        delete(budget_sum).where(
            where.unit == unit,
            where.year == line.year,
            where.fund == line.fund,
            where.account == line.account,
        )
    )
    values = {"unit": unit, "year": line.year, "fund": line.fund, "account": line.account}
    conn.execute(insert(budget_sum).values(**values, fen=fen))


def forget_posted(conn: Connection, unit: str) -> None:
    """The book was taken over anew: what was summed of it is summed again."""
    conn.execute(delete(budget_sum).where(budget_sum.c.unit == unit))
