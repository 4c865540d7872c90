"""What is unpaid on a day, added up where it is kept: a hundred thousand members in a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, case, func, or_, select

from ledger.registry import claims
from ledger.registry.claims import CREDITS, DUES, REDUCED
from ledger.registry.schema import claim, claim_past

_UNPAID = (claims.OPEN, claims.DRAFTED)
_SETTLED = (claims.PAID, claims.WRITTEN_OFF)
_CREDITS = (claims.CREDIT, claims.REFUNDING, claims.USED)

#: Member, rule, month, the day it was due, and fen.
UnpaidRow = tuple[str, str, str, date | None, int]


@dataclass(frozen=True, slots=True)
class PastRow:
    """Dues that were settled on the day, which was taken back later."""

    member: str
    rule: str
    month: str
    due: date | None
    fen: int
    state: str
    by_credit: bool


def unpaid(conn: Connection, unit: str, month: str, on: date) -> Sequence[UnpaidRow]:
    """``(member, rule, month, due, fen)`` of what is unpaid on a day, of months up to ``month``."""
    query = select(claim.c.member, claim.c.rule, claim.c.month, claim.c.due, claim.c.fen).where(
        claim.c.unit == unit, claim.c.kind == DUES, claim.c.month <= month
    )
    # Two indexes, one query each: what is unpaid now, and what was settled after the day.
    now = conn.execute(query.where(claim.c.state.in_(_UNPAID))).all()
    later = conn.execute(query.where(claim.c.settled_on > on, claim.c.state.in_(_SETTLED))).all()
    # Asked for in SQL, that there is a member lures SQLite to the index of members.
    return [row for row in (*now, *later) if row[0]]


def _aside(column: Column[Any]) -> ColumnElement[str]:
    """The column's text as a value that chooses no index: another one is the short way."""
    return func.coalesce(column, "")


def _by(on: date) -> ColumnElement[bool]:
    """Settled by a day. Nearly all are: the index of days would be the long way round."""
    return func.coalesce(claim.c.settled_on, date.max) <= on


def owed_by_month(conn: Connection, unit: str, month: str) -> dict[tuple[str, str], int]:
    """All that members owe or owed, by rule and month, before what was reduced after a payment."""
    rows = conn.execute(
        select(claim.c.rule, claim.c.month, func.sum(claim.c.fen))
        .where(
            claim.c.unit == unit, claim.c.kind == DUES, claim.c.month <= month,
            claim.c.state != claims.VOID, claim.c.member.is_not(None),
        )
        .group_by(claim.c.month, claim.c.rule)
    )  # fmt: skip
    return {(rule, of): int(fen) for rule, of, fen in sorted(rows.all())}


def not_by_money(conn: Connection, unit: str, on: date) -> list[tuple[str, str, str, int]]:
    """``(rule, month, state, fen)`` of dues that by a day a credit settled, or were given up; and
    of what was paid for a month and moved to a credit, under the state ``credit``."""
    columns = (claim.c.rule, claim.c.month)
    # Few claims are settled by something: only the index of those shall be looked at.
    settled = conn.execute(
        select(*columns, claim.c.state, func.sum(claim.c.fen))
        .where(
            claim.c.unit == unit, claim.c.settled_by > "", claim.c.kind == DUES,
            _by(on), _aside(claim.c.state).in_(_SETTLED), _aside(claim.c.member) != "",
        )
        .group_by(*columns, claim.c.state)
    )  # fmt: skip
    moved = conn.execute(
        select(*columns, func.sum(claim.c.fen))
        .where(
            claim.c.unit == unit, claim.c.state.in_(_CREDITS), claim.c.kind == REDUCED,
            claim.c.due <= on,
        )
        .group_by(*columns)
    )  # fmt: skip
    return [
        *((rule, of, state, int(fen)) for rule, of, state, fen in settled),
        *((rule, of, claims.CREDIT, int(fen)) for rule, of, fen in moved),
    ]


def past(conn: Connection, unit: str, month: str, on: date) -> list[PastRow]:
    """Dues that were settled on the day and are not so any more."""
    rows = conn.execute(
        select(
            claim.c.member, claim.c.rule, claim.c.month, claim.c.due, claim.c.fen,
            claim_past.c.state, claim_past.c.settled_by,
        )
        .join(claim, and_(claim.c.unit == claim_past.c.unit, claim.c.code == claim_past.c.claim))
        .where(
            claim_past.c.unit == unit, claim_past.c.until > on, claim_past.c.settled_on <= on,
            claim.c.kind == DUES, claim.c.month <= month, claim.c.member.is_not(None),
        )
    )  # fmt: skip
    return [
        PastRow(member, rule, of, due, fen, state, state == claims.PAID and by is not None)
        for member, rule, of, due, fen, state, by in rows
    ]


def held(conn: Connection, unit: str, month: str, on: date) -> int:
    """What members had paid ahead on a day, in fen: credits, and dues of months after ``month``."""

    def added(*which: ColumnElement[bool]) -> int:
        query = select(func.coalesce(func.sum(claim.c.fen), 0)).where(claim.c.unit == unit, *which)
        return int(conn.execute(query).scalar_one())

    credits = added(
        claim.c.state.in_(_CREDITS), claim.c.kind.in_(CREDITS), claim.c.due <= on,
        or_(claim.c.settled_on.is_(None), claim.c.settled_on > on),
    )  # fmt: skip
    ahead = added(
        claim.c.month > month, claim.c.kind == DUES, _aside(claim.c.state) == claims.PAID,
        claim.c.member.is_not(None), _by(on),
    )  # fmt: skip
    there = case(
        (claim.c.kind == DUES, case((claim.c.month > month, claim.c.fen), else_=0)),
        (claim_past.c.state == claims.CREDIT, claim.c.fen),
        else_=-claim.c.fen,
    )
    before = conn.execute(
        select(func.coalesce(func.sum(there), 0))
        .join(claim, and_(claim.c.unit == claim_past.c.unit, claim.c.code == claim_past.c.claim))
        .where(
            claim_past.c.unit == unit, claim_past.c.until > on, claim_past.c.settled_on <= on,
            claim_past.c.state != claims.WRITTEN_OFF,
        )
    ).scalar_one()  # fmt: skip
    return credits + ahead + int(before)
