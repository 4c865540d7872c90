"""What vouchers move of allocations, voucher by voucher and summed by day; derived, never typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.registry.schema import allocation_day, allocation_move, allocation_reach, entry

if TYPE_CHECKING:
    from collections.abc import Iterator

ARRIVED, SPENT, RETURNED = "arrived", "spent", "returned"


@dataclass(frozen=True, slots=True)
class Move:
    """What one voucher moves of one allocation: ``fen`` below zero takes an earlier one back.

    ``account`` is the first of the voucher's accounts that says so.
    """

    code: str
    kind: str
    day: date
    fen: int
    account: str
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one kind up to a day, and the last day on which it grew."""

    fen: int
    last: date


_MOVE: Final = tuple(allocation_move.c[name] for name in Move.__slots__)


def add(conn: Connection, unit: str, moves: Iterable[Move]) -> None:
    """Keep a voucher's moves, and add them to their days."""
    for one in moves:
        values = {"unit": unit, **{name: getattr(one, name) for name in Move.__slots__}}
        conn.execute(insert(allocation_move).values(values))
        where = allocation_day.c
        key = {"unit": unit, "code": one.code, "kind": one.kind, "day": one.day}
        same = [where[name] == value for name, value in key.items()]
        done = conn.execute(update(allocation_day).where(*same).values(fen=where.fen + one.fen))
        if not done.rowcount:
            conn.execute(insert(allocation_day).values(**key, fen=one.fen))


def of_voucher(conn: Connection, unit: str, number: str) -> list[Move]:
    where = allocation_move.c
    rows = conn.execute(
        select(*_MOVE)
        .where(where.unit == unit, where.voucher == number)
        .order_by(where.code, where.kind)
    )
    return [Move(*row) for row in rows]


def count(conn: Connection, unit: str, code: str) -> int:
    """How often vouchers moved an allocation, and took that back."""
    where = allocation_move.c
    query = select(func.count()).where(where.unit == unit, where.code == code)
    return int(conn.execute(query).scalar_one())


def until(conn: Connection, unit: str, day: date, code: str | None = None) -> list[Move]:
    """What vouchers moved up to a day, of one allocation or of all, by day and voucher."""
    where = allocation_move.c
    query = (
        select(*_MOVE)
        .where(where.unit == unit, where.day <= day)
        .order_by(where.day, where.voucher, where.code, where.kind)
    )
    if code is not None:
        query = query.where(where.code == code)
    return [Move(*row) for row in conn.execute(query)]


def days(conn: Connection, unit: str, codes: list[str]) -> list[tuple[str, str, date, int]]:
    """Code, kind, day and sum of each day on which these allocations moved."""
    where = allocation_day.c
    rows = conn.execute(
        select(where.code, where.kind, where.day, where.fen)
        .where(where.unit == unit, where.code.in_(codes))
        .order_by(where.day)
    )
    return [(row.code, row.kind, row.day, row.fen) for row in rows]


def totals(
    conn: Connection, unit: str, until: date, codes: list[str] | None = None
) -> dict[tuple[str, str], Total]:
    """The sums up to a day by code and kind."""
    where = allocation_day.c
    query = (
        select(where.code, where.kind, func.sum(where.fen), func.max(where.day))
        .where(where.unit == unit, where.day <= until)
        .group_by(where.code, where.kind)
    )
    if codes is not None:
        query = query.where(where.code.in_(codes))
    return {(code, kind): Total(int(fen), day) for code, kind, fen, day in conn.execute(query)}


# ---- how far the journal was read --------------------------------------------------------------


def reach(conn: Connection, unit: str) -> int:
    """The last entry of the journal whose moves are known; 0 if none are."""
    where = allocation_reach.c
    return int(conn.execute(select(where.seq).where(where.unit == unit)).scalar() or 0)


def set_reach(conn: Connection, unit: str, seq: int) -> None:
    where = allocation_reach.c
    done = conn.execute(update(allocation_reach).where(where.unit == unit).values(seq=seq))
    if not done.rowcount:
        conn.execute(insert(allocation_reach).values(unit=unit, seq=seq))


def vouchers_after(conn: Connection, unit: str, seq: int) -> Iterator[tuple[int, str]]:
    """The vouchers that were posted after an entry, in the order of posting, as text."""
    rows = conn.execute(
        select(entry.c.seq, entry.c.text)
        .where(entry.c.unit == unit, entry.c.seq > seq, entry.c.kind == "voucher")
        .order_by(entry.c.seq)
    )
    for row in rows:
        yield row.seq, bytes(row.text).decode()


def forget(conn: Connection, unit: str) -> None:
    """Leave the moves to be read from the journal again."""
    for known in (allocation_move, allocation_day, allocation_reach):
        conn.execute(delete(known).where(known.c.unit == unit))
