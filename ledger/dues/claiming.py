"""Claims follow assessments: more is owed under a new code, less takes back what is still open.

What was paid already is never touched. Where less is owed than was paid, the rest is the member's
credit, which :mod:`ledger.dues.credits` keeps for later months or pays back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from ledger.money import CNY
from ledger.reference import make_code
from ledger.registry import claims
from ledger.registry.claims import ClaimRow
from ledger.registry.dues_schemes import SchemeRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The kind of a claim for dues, and of what a member has paid beyond them.
DUES = "dues"
CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a member owes more (or, negative, less) for a month than before."""

    member: str
    month: str
    fen: int
    due: date


def claim_all(conn: Connection, scheme: SchemeRow, owed: Sequence[Owed], today: date) -> list[str]:
    """Enter claims for what is owed more, and take back what is owed less; the new codes."""
    fresh: list[ClaimRow] = []
    codes = _Codes(conn, scheme)
    for one in owed:
        if one.fen > 0:
            fresh.append(_claim(scheme, codes.next(one.month), one, DUES))
    less = [one for one in owed if one.fen < 0]
    if less:
        fresh += _take_back(conn, scheme, codes, less, today)
    claims.add_many(conn, fresh)
    return [row.code for row in fresh]


def _take_back(
    conn: Connection, scheme: SchemeRow, codes: _Codes, less: Sequence[Owed], today: date
) -> list[ClaimRow]:
    by_member: dict[str, list[ClaimRow]] = {}
    for row in claims.of_members(conn, scheme.unit, {one.member for one in less}):
        if row.rule == scheme.rule and row.kind == DUES and row.state == claims.OPEN:
            by_member.setdefault(row.member or "", []).append(row)
    fresh: list[ClaimRow] = []
    void: list[str] = []
    for one in less:
        rest = -one.fen
        # The newest claim first: the oldest code is the one that a member has in hand.
        for row in reversed(by_member.get(one.member, [])):
            if not rest:
                break
            if row.month != one.month:
                continue
            void.append(row.code)
            left = row.fen - min(rest, row.fen)
            rest -= row.fen - left
            if left:
                part = Owed(one.member, one.month, left, row.due or one.due)
                fresh.append(_claim(scheme, codes.next(one.month), part, DUES, row.code))
        if rest:
            credit = Owed(one.member, one.month, rest, one.due)
            row = _claim(scheme, codes.next(one.month), credit, CREDIT)
            fresh.append(replace(row, state=claims.CREDIT))
    claims.set_state(conn, scheme.unit, void, claims.VOID, today)
    return fresh


def _claim(
    scheme: SchemeRow, code: str, owed: Owed, kind: str, parent: str | None = None
) -> ClaimRow:
    return ClaimRow(
        scheme.unit, code, kind, owed.member, scheme.account, scheme.fund, owed.month, owed.fen,
        CNY, claims.OPEN, None, scheme.rule, owed.due, None, parent,
    )  # fmt: skip


class _Codes:
    """The next codes of a scheme, counted once for each year."""

    def __init__(self, conn: Connection, scheme: SchemeRow) -> None:
        self._conn = conn
        self._scheme = scheme
        self._last: dict[int, int] = {}

    def next(self, month: str) -> str:
        year, scheme = int(month[:4]), self._scheme
        if year not in self._last:
            prefix = f"{scheme.prefix}{year}-"
            self._last[year] = claims.last_number(self._conn, scheme.unit, prefix)
        self._last[year] += 1
        return make_code(scheme.prefix, year, self._last[year])
