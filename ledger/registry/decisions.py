"""Decisions of a unit's bodies, what vouchers used of them, and what went out to whom without."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.registry.schema import decision_event, decision_record, payee_day
from ledger.registry.sets import among

RECORDED, WITHDRAWN = "recorded", "withdrawn"
REPORTED: Final = "reported"
#: 四议两公开: proposed by the branch, consulted by both committees, reviewed by its members,
#: resolved by all; the decision made public, and then its outcome. In this order, as far as kept.
STEPS: Final = ("proposed", "consulted", "reviewed", "resolved", "published", "outcome")


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What ``body`` decided on ``day``: ``subject``, up to ``ceiling_fen``. Counts, no names.

    ``used_fen`` is what vouchers used of it; None where nobody knows since a take-over.
    """

    unit: str
    number: str
    version: int
    state: str
    day: date
    body: str
    participants: int
    votes_for: int
    votes_against: int
    abstained: int
    subject: str
    ceiling_fen: int
    papers: str
    used_fen: int | None
    user: str
    at: str

    @property
    def carried(self) -> bool:
        """Whether more voted for it than against it."""
        return self.votes_for > self.votes_against

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(self.papers.split())


@dataclass(frozen=True, slots=True)
class DecisionEvent:
    """A step of a decision's making, its publication, or its report to ``other``."""

    kind: str
    day: date
    other: str
    paper: str
    user: str
    at: str


_COLUMNS = tuple(decision_record.c[name] for name in DecisionRow.__slots__)
_EVENT = tuple(decision_event.c[name] for name in DecisionEvent.__slots__)


def add(conn: Connection, row: DecisionRow) -> None:
    values = {name: getattr(row, name) for name in row.__slots__}
    conn.execute(insert(decision_record).values(values))


def next_version(conn: Connection, unit: str, number: str) -> int:
    where = decision_record.c
    last = conn.execute(
        select(func.max(where.version)).where(where.unit == unit, where.number == number)
    ).scalar()
    return int(last or 0) + 1


def exactly(conn: Connection, unit: str, numbers: Collection[str]) -> dict[str, DecisionRow]:
    """The decisions of these numbers that stand, by number."""
    where = decision_record.c
    rows = conn.execute(
        select(*_COLUMNS).where(
            where.unit == unit, where.state == RECORDED, among(conn, where.number, numbers)
        )
    )
    return {row.number: DecisionRow(*row) for row in rows}


def of_unit(conn: Connection, unit: str) -> list[DecisionRow]:
    """The unit's decisions that stand, by day and number."""
    where = decision_record.c
    rows = conn.execute(
        select(*_COLUMNS)
        .where(where.unit == unit, where.state == RECORDED)
        .order_by(where.day, where.number)
    )
    return [DecisionRow(*row) for row in rows]


def set_used(conn: Connection, row: DecisionRow, fen: int) -> None:
    _set(conn, row, used_fen=fen)


def withdraw(conn: Connection, row: DecisionRow) -> None:
    _set(conn, row, state=WITHDRAWN)


def _set(conn: Connection, row: DecisionRow, **values: object) -> None:
    where = decision_record.c
    conn.execute(
        update(decision_record)
        .where(where.unit == row.unit, where.number == row.number, where.version == row.version)
        .values(**values)
    )


def add_event(conn: Connection, row: DecisionRow, one: DecisionEvent) -> None:
    where = decision_event.c
    last = conn.execute(
        select(func.max(where.place)).where(
            where.unit == row.unit, where.number == row.number, where.version == row.version
        )
    ).scalar()
    values = {name: getattr(one, name) for name in one.__slots__}
    values |= {
        "unit": row.unit, "number": row.number, "version": row.version, "place": int(last or 0) + 1,
    }  # fmt: skip
    conn.execute(insert(decision_event).values(values))


def events(conn: Connection, row: DecisionRow) -> list[DecisionEvent]:
    """What happened with a decision, in order."""
    where = decision_event.c
    rows = conn.execute(
        select(*_EVENT)
        .where(where.unit == row.unit, where.number == row.number, where.version == row.version)
        .order_by(where.place)
    )
    return [DecisionEvent(*row) for row in rows]


def events_of_units(
    conn: Connection, asked: Collection[str]
) -> dict[tuple[str, str, int], list[DecisionEvent]]:
    """What happened with each decision of several units, by unit, number and version, in order."""
    where = decision_event.c
    rows = conn.execute(
        select(where.unit, where.number, where.version, *_EVENT)
        .where(among(conn, where.unit, asked))
        .order_by(where.unit, where.number, where.version, where.place)
    )
    found: dict[tuple[str, str, int], list[DecisionEvent]] = {}
    for unit, number, version, *event in rows:
        found.setdefault((unit, number, version), []).append(DecisionEvent(*event))
    return found


def of_units(conn: Connection, asked: Collection[str]) -> list[DecisionRow]:
    """The decisions of several units that stand, by unit, day and number."""
    where = decision_record.c
    rows = conn.execute(
        select(*_COLUMNS)
        .where(among(conn, where.unit, asked), where.state == RECORDED)
        .order_by(where.unit, where.day, where.number)
    )
    return [DecisionRow(*row) for row in rows]


# ---- what went out without a decision ----------------------------------------------------------


def paid_between(
    conn: Connection, unit: str, payee: str, first: date, last: date
) -> list[tuple[date, int]]:
    """What went out to a payee on each day from ``first`` to ``last``, in fen."""
    where = payee_day.c
    rows = conn.execute(
        select(where.day, where.fen)
        .where(where.unit == unit, where.payee == payee, where.day >= first, where.day <= last)
        .order_by(where.day)
    )
    return [(row.day, int(row.fen)) for row in rows]


def move_paid(conn: Connection, unit: str, payee: str, day: date, fen: int) -> None:
    """More or less went out to a payee on a day."""
    where = payee_day.c
    here = (where.unit == unit, where.payee == payee, where.day == day)
    known = conn.execute(select(where.fen).where(*here)).scalar()
    if known is None:
        conn.execute(insert(payee_day).values(unit=unit, payee=payee, day=day, fen=fen))
    else:
        conn.execute(update(payee_day).where(*here).values(fen=int(known) + fen))


def forget(conn: Connection, unit: str) -> None:
    """The book was taken over anew: what was used and paid is summed again."""
    conn.execute(delete(payee_day).where(payee_day.c.unit == unit))
    conn.execute(
        update(decision_record).where(decision_record.c.unit == unit).values(used_fen=None)
    )


def keep_paid(conn: Connection, unit: str, rows: Sequence[tuple[str, date, int]]) -> None:
    """Enter what went out to each payee on each day of a book that is taken over."""
    if rows:
        conn.execute(
            insert(payee_day),
            [{"unit": unit, "payee": payee, "day": day, "fen": fen} for payee, day, fen in rows],
        )
