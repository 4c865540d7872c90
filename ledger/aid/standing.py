"""The unit's payments of aid with what became of them; and whose they are, for those who may know.

Names are read only when they are asked for, and the log keeps that they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.aid import review
from ledger.aid.terms import Terms, terms
from ledger.errors import Finding, Words
from ledger.money import Money
from ledger.registry import aid, members, oplog
from ledger.registry.aid import Stood
from ledger.seeing import may_know

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

ERASED: Final = Words("已删除", "erased")
STATES: Final = {
    "waiting": Words("待审核", "waiting"),
    "returned": Words("已退回", "returned"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "posted": Words("已发放", "paid"),
    "reversed": Words("已冲销", "reversed"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One payment. ``name``, ``account`` and ``member`` are empty unless names were asked for."""

    stood: Stood
    what: Words
    name: str = ""
    account: str = ""
    member: str = ""

    def as_json(self, *, names: bool) -> dict[str, Any]:
        row = self.stood.row
        told: dict[str, Any] = {
            "code": row.code, "batch": row.batch, "day": row.day.isoformat(), "kind": row.kind,
            "reason": row.reason, "amount": Money(row.fen).text, "fund": row.fund,
            "account": row.account, "decision": row.decision, "state": self.stood.state,
            "draft": row.draft, "voucher": self.stood.number or None,
            "reversed_by": self.stood.reversed_by or None,
        }  # fmt: skip
        if names:
            told |= {"name": self.name, "member": self.member or None, "to": self.account}
        return told


@dataclass(frozen=True)
class Batch:
    """One batch with what rules say of it now."""

    rows: tuple[Listed, ...]
    findings: tuple[Finding, ...]
    terms: Terms


def listed(
    registry: Registry, unit: str, user: User, now: datetime, *, year: int | None = None,
    kind: str = "", batch: str | None = None, names: bool = False,
) -> list[Listed]:  # fmt: skip
    """The payments of a year, kind or batch, by day; with ``names`` also to whom they went.

    Who may browse the unit sees them; names only who records or checks, and the log keeps it.
    """
    workflow.demand(user, "browse", unit)
    if names:
        review.demand_names(user, unit)
    first = date(year, 1, 1) if year is not None else None
    last = date(year, 12, 31) if year is not None else None
    with registry.read() as conn:
        found = [
            one
            for one in aid.of_unit(conn, unit, first, last, batch)
            if not kind or kind in (one.row.kind, one.row.reason)
        ]
        words = _words(registry, conn, unit, found)
        rows = (
            _named(registry, conn, found, words)
            if names
            else [
                Listed(one, what) for one, what in zip(found, words, strict=True)
            ]
        )  # fmt: skip
    if names and rows:
        with registry.write() as conn:
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="aid.names", object=batch or unit,
                detail=f"{len(rows)} payments",
            )  # fmt: skip
    return rows


def of_batch(
    registry: Registry, unit: str, batch: str, user: User, now: datetime, *, names: bool = False
) -> Batch:
    """One batch, and what rules say of it while it waits. CannotRun if there is none."""
    rows = listed(registry, unit, user, now, batch=batch, names=names)
    if not rows:
        raise review.no_batch(batch)
    with registry.read() as conn:
        found: list[Finding] = []
        if rows[0].stood.state in ("waiting", "returned") and may_know(user, unit):
            found = review.of_batch(registry, conn, unit, batch, user)
        known = terms(registry, conn, unit, rows[0].stood.row.day)
    return Batch(tuple(rows), tuple(found), known)


def _words(registry: Registry, conn: Connection, unit: str, found: Sequence[Stood]) -> list[Words]:
    """What each payment was for, in the words of the table that was in force on its day."""
    known: dict[date, Terms] = {}
    told = []
    for one in found:
        row = one.row
        if row.day not in known:
            known[row.day] = terms(registry, conn, unit, row.day)
        told.append(known[row.day].name(row.kind, row.reason))
    return told


def _named(
    registry: Registry, conn: Connection, found: Sequence[Stood], words: Sequence[Words]
) -> list[Listed]:
    who = review.names(registry, conn, [one.row for one in found])
    known = members.with_ids(conn, {one.member for one in who if one.member})
    return [
        Listed(
            stood, what,
            one.data.name if one.data is not None else f"{ERASED.zh} {ERASED.en}",
            one.account, known[one.member].number if one.member in known else "",
        )
        for stood, what, one in zip(found, words, who, strict=True)
    ]  # fmt: skip
