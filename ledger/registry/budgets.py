"""Versions of budgets, their lines, and what was posted on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from ledger.budgetcheck import BudgetLine
from ledger.registry.schema import budget as table
from ledger.registry.schema import budget_line, budget_sum

DRAFT, APPROVED, WITHDRAWN = "draft", "approved", "withdrawn"
#: What an approved version is once a later one is approved; the table calls both approved.
SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """A version of a unit's budget of a year; ``papers`` are digests of its decision's files."""

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
    papers: tuple[str, ...] = ()

    @property
    def was_approved(self) -> bool:
        """Whether it is in force, or was until a later one was approved."""
        return self.state in (APPROVED, SUPERSEDED)


_COLUMNS = tuple(table.c[name] for name in BudgetVersion.__slots__)
_QUARTERS = ("q1_fen", "q2_fen", "q3_fen", "q4_fen")


def next_version(conn: Connection, unit: str, year: int) -> int:
    last = conn.execute(
        select(func.max(table.c.version)).where(table.c.unit == unit, table.c.year == year)
    ).scalar()
    return int(last or 0) + 1


def add(conn: Connection, row: BudgetVersion, lines: Sequence[BudgetLine]) -> None:
    """Enter a version with its lines."""
    values = {name: getattr(row, name) for name in row.__slots__}
    conn.execute(insert(table).values(values | {"papers": " ".join(row.papers)}))
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
    """The versions of a year's budget, in order; of the approved ones the last is in force."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.year == year)
        .order_by(table.c.version)
    )
    found = [BudgetVersion(**{**row._mapping, "papers": tuple(row.papers.split())}) for row in rows]
    last = max((row.version for row in found if row.state == APPROVED), default=0)
    return [
        replace(row, state=SUPERSEDED) if row.state == APPROVED and row.version < last else row
        for row in found
    ]


def years_of(conn: Connection, unit: str) -> list[int]:
    """The years that a unit has versions of, in order."""
    return list(
        conn.execute(
            select(table.c.year).where(table.c.unit == unit).distinct().order_by(table.c.year)
        ).scalars()
    )


def lines_of(conn: Connection, unit: str, year: int, version: int) -> list[BudgetLine]:
    """The lines of a version, by fund and account."""
    where = budget_line.c
    rows = conn.execute(
        select(budget_line)
        .where(where.unit == unit, where.year == year, where.version == version)
        .order_by(where.fund, where.account)
    )
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> BudgetLine:
    quarters = (row.q1_fen, row.q2_fen, row.q3_fen, row.q4_fen)
    return BudgetLine(row.year, row.fund, row.account, quarters, row.control, row.version)


def in_force(conn: Connection, unit: str, years: Sequence[int]) -> list[BudgetLine]:
    """The lines of the last approved version of each year."""
    last = (
        select(table.c.year, func.max(table.c.version).label("version"))
        .where(table.c.unit == unit, table.c.year.in_(list(years)), table.c.state == APPROVED)
        .group_by(table.c.year)
        .subquery()
    )
    where = budget_line.c
    rows = conn.execute(
        select(budget_line)
        .join(last, (where.year == last.c.year) & (where.version == last.c.version))
        .where(where.unit == unit)
        .order_by(where.year, where.fund, where.account)
    )
    return [_line(row) for row in rows]


def version_on(conn: Connection, unit: str, year: int, day: date) -> int | None:
    """The version that was in force at the end of a day; None if none was approved by then."""
    found = [
        row.version
        for row in versions(conn, unit, year)
        if row.was_approved and row.checked_at is not None and row.checked_at[:10] <= str(day)
    ]
    return max(found, default=None)


def set_state(
    conn: Connection, row: BudgetVersion, state: str, checker: str, now: datetime
) -> None:
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.year == row.year, table.c.version == row.version)
        .values(state=state, checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )


# ---- what was posted ---------------------------------------------------------------------------


def posted(conn: Connection, unit: str, lines: Sequence[BudgetLine]) -> dict[BudgetLine, int]:
    """What was posted on each of these lines in its year, in fen; those that are kept."""
    where = budget_sum.c
    rows = conn.execute(
        select(where.year, where.fund, where.account, where.fen).where(
            where.unit == unit,
            where.year.in_({line.year for line in lines}),
            where.account.in_({line.account for line in lines}),
        )
    )
    kept = {(year, fund, account): int(fen) for year, fund, account, fen in rows}
    places = {line: (line.year, line.fund, line.account) for line in lines}
    return {line: kept[place] for line, place in places.items() if place in kept}


def keep_posted(conn: Connection, unit: str, sums: Mapping[BudgetLine, int]) -> None:
    """Keep what was posted on lines of which nothing is kept yet."""
    if sums:
        conn.execute(
            insert(budget_sum),
            [
                {"unit": unit, "year": line.year, "fund": line.fund, "account": line.account,
                 "fen": fen}
                for line, fen in sums.items()
            ],
        )  # fmt: skip


def move_posted(conn: Connection, unit: str, moves: Mapping[BudgetLine, int]) -> None:
    """Add to the sums that are kept; a sum that is not kept is left to be summed."""
    where = budget_sum.c
    if moves:
        conn.execute(
            update(budget_sum)
            .where(
                where.unit == unit,
                where.year == bindparam("of_year"),
                where.fund == bindparam("of_fund"),
                where.account == bindparam("of_account"),
            )
            .values(fen=where.fen + bindparam("added")),
            [
                {"of_year": line.year, "of_fund": line.fund, "of_account": line.account,
                 "added": fen}
                for line, fen in moves.items()
            ],
        )  # fmt: skip


def forget_posted(
    conn: Connection, unit: str, year: int | None = None, but: Sequence[BudgetLine] = ()
) -> None:
    """Keep no sums, of one year or of all, but those of some lines: they are summed again.

    Sums are moved while their lines are in force; of others they would grow stale.
    """
    where = budget_sum.c
    asked = [where.unit == unit, *([where.year == year] if year is not None else [])]
    gone = conn.execute(select(where.year, where.fund, where.account).where(*asked)).all()
    kept = {(line.year, line.fund, line.account) for line in but}
    rows = [tuple(row) for row in gone if tuple(row) not in kept]
    if rows:
        conn.execute(
            delete(budget_sum).where(
                where.unit == unit,
                where.year == bindparam("of_year"),
                where.fund == bindparam("of_fund"),
                where.account == bindparam("of_account"),
            ),
            [{"of_year": y, "of_fund": fund, "of_account": a} for y, fund, a in rows],
        )
