"""Campaigns: what money is raised for, by when, how it is followed, and how each one ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import campaign as table
from ledger.registry.schema import campaign_line
from ledger.registry.sets import among, insert_many

PREFIX: Final = "HD"
WAITING, OPEN, CLOSING, CLOSED = "waiting", "open", "closing", "closed"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """``end`` is its last day; ``target_fen`` is 0 where it has no target.

    ``rule`` is by which its gifts are followed (:data:`ledger.rules.tracing.RULES`).
    """

    unit: str
    code: str
    name: str
    name_en: str
    purpose: str
    fund: str
    restriction: str
    start: date
    end: date | None
    target_fen: int
    public: bool
    emergency: bool
    filing: str
    partner: str
    rule: str
    state: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None
    closed: date | None = None
    decision: str = ""
    leftover: str = ""
    closer: str | None = None
    close_checker: str | None = None
    close_at: str | None = None


_COLUMNS = tuple(table.c[name] for name in CampaignRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    """The code of the unit's next campaign of a year: ``HD2026-0001-4``."""
    last = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def add(conn: Connection, row: CampaignRow, lines: Sequence[tuple[str, int]]) -> None:
    """Enter a campaign with what it means to spend, each ``(purpose, fen)``."""
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))
    insert_many(
        conn, campaign_line, ("unit", "campaign", "number", "purpose", "fen"),
        [(row.unit, row.code, at, *line) for at, line in enumerate(lines, start=1)],
    )  # fmt: skip


def find(conn: Connection, unit: str, code: str) -> CampaignRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else CampaignRow(*row)


def of_fund(conn: Connection, unit: str, fund: str) -> CampaignRow | None:
    """The campaign whose money stands in a fund, if there is one."""
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.fund == fund)).first()
    return None if row is None else CampaignRow(*row)


def by_fund(conn: Connection, unit: str, funds: Collection[str]) -> dict[str, str]:
    """The codes of the campaigns whose money stands in these funds, by fund."""
    rows = conn.execute(
        select(table.c.fund, table.c.code).where(
            table.c.unit == unit, among(conn, table.c.fund, funds)
        )
    )
    return {row.fund: row.code for row in rows}


def of_unit(conn: Connection, unit: str) -> list[CampaignRow]:
    """The unit's campaigns by code."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.code))
    return [CampaignRow(*row) for row in rows]


def lines_of(conn: Connection, unit: str) -> dict[str, list[tuple[str, int]]]:
    """What the unit's campaigns mean to spend: ``(purpose, fen)`` in order, by campaign."""
    where = campaign_line.c
    rows = conn.execute(
        select(where.campaign, where.purpose, where.fen)
        .where(where.unit == unit)
        .order_by(where.campaign, where.number)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        found.setdefault(row.campaign, []).append((row.purpose, row.fen))
    return found


def set_rule(conn: Connection, row: CampaignRow, rule: str, user: str, now: datetime) -> None:
    """Follow its gifts by another rule; it waits again. The caller has looked that none came."""
    _set(conn, row, rule=rule, state=WAITING, maker=user, made_at=now.isoformat(timespec="seconds"))


def checked(conn: Connection, row: CampaignRow, state: str, user: str, now: datetime) -> None:
    """Somebody opened it, or took it back; then its fund is free for another one."""
    fund = row.code if state == WITHDRAWN else row.fund
    at = now.isoformat(timespec="seconds")
    _set(conn, row, state=state, fund=fund, checker=user, checked_at=at)


def ask_to_close(
    conn: Connection, row: CampaignRow, day: date, decision: str, leftover: str, user: str
) -> None:
    _set(
        conn, row, state=CLOSING, closed=day, decision=decision, leftover=leftover, closer=user
    )  # fmt: skip


def close_answered(
    conn: Connection, row: CampaignRow, state: str, user: str, now: datetime
) -> None:
    """Somebody closed it, or sent the closing back."""
    back = {} if state == CLOSED else {"closed": None, "decision": "", "leftover": ""}
    at = now.isoformat(timespec="seconds")
    _set(conn, row, state=state, close_checker=user, close_at=at, **back)


def _set(conn: Connection, row: CampaignRow, **values: object) -> None:
    conn.execute(
        update(table).where(table.c.unit == row.unit, table.c.code == row.code).values(values)
    )
