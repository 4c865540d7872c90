"""Waivers of a closing: what comes until a day, and what was counted; who asked, who confirmed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from ledger.errors import Words
from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import closing_waiver as table

PREFIX: Final = "HM"
#: Papers of a voucher, a bank's statement, an agreement on a transfer; and what was counted.
PAPERS, BANK, TRANSFER, COUNT = "papers", "bank", "transfer", "count"
KIND_WORDS: Final = {
    PAPERS: Words("附件待补", "papers to come"),
    BANK: Words("对账单待到", "statement to come"),
    TRANSFER: Words("往来待核", "transfer being cleared"),
    COUNT: Words("盘点或函证", "counted or confirmed"),
}
ASKED, CONFIRMED, ENDED = "asked", "confirmed", "ended"
STATE_WORDS: Final = {
    ASKED: Words("待确认", "asked"),
    CONFIRMED: Words("已确认", "confirmed"),
    ENDED: Words("已了结", "ended"),
}


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """``subject`` is a voucher's number, an account or a transfer; ``until`` the last day on which
    it may be outstanding; ``fen`` what was counted at the end of ``month``."""

    unit: str
    code: str
    kind: str
    subject: str
    month: str
    until: date | None
    fen: int | None
    reason: str
    paper: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None
    ended_by: str | None = None
    ended_at: str | None = None
    end_paper: str = ""
    end_note: str = ""

    @property
    def state(self) -> str:
        if self.ended_at:
            return ENDED
        return CONFIRMED if self.checker else ASKED

    def stands(self, day: date) -> bool:
        """Whether it was confirmed, goes on, and has not run out on ``day``."""
        return self.state == CONFIRMED and (self.until is None or day <= self.until)

    def is_overdue(self, day: date) -> bool:
        """Whether what was to come until a day has not come, and the day is past."""
        return self.state == CONFIRMED and self.until is not None and self.until < day


_COLUMNS = tuple(table.c[name] for name in WaiverRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    number = greatest_number(conn, table.c.code, f"{PREFIX}{year}-", table.c.unit == unit)
    return make_code(PREFIX, year, number + 1)


def add(conn: Connection, row: WaiverRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def find(conn: Connection, unit: str, code: str) -> WaiverRow | None:
    found = _rows(conn, unit, table.c.code == code)
    return found[0] if found else None


def of_unit(conn: Connection, unit: str) -> list[WaiverRow]:
    """Every waiver of the unit, by code."""
    return _rows(conn, unit)


def of_kinds(conn: Connection, unit: str, kinds: Collection[str]) -> list[WaiverRow]:
    """Those of some kinds that did not end, and those that a paper ended, by code."""
    return _rows(
        conn, unit, table.c.kind.in_(sorted(kinds)),
        table.c.ended_at.is_(None) | (table.c.end_paper != ""),
    )  # fmt: skip


def confirm(conn: Connection, unit: str, code: str, user: str, now: datetime) -> None:
    at = now.isoformat(timespec="seconds")
    _set(conn, unit, code, checker=user, checked_at=at)


def end(
    conn: Connection, unit: str, code: str, user: str, now: datetime, paper: str, note: str
) -> None:
    at = now.isoformat(timespec="seconds")
    _set(conn, unit, code, ended_by=user, ended_at=at, end_paper=paper, end_note=note)


def _set(conn: Connection, unit: str, code: str, **values: object) -> None:
    conn.execute(update(table).where(table.c.unit == unit, table.c.code == code).values(**values))


def _rows(conn: Connection, unit: str, *which: ColumnElement[bool]) -> list[WaiverRow]:
    query = select(*_COLUMNS).where(table.c.unit == unit, *which).order_by(table.c.code)
    return [WaiverRow(*row) for row in conn.execute(query)]
