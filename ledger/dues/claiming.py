"""Claims follow assessments: more is owed under a new code, less takes back what is still open.

What was paid already is never touched. Where less is owed than was paid, the rest is the member's
credit, which :mod:`ledger.dues.credits` keeps for later months or pays back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.money import CNY
from ledger.registry import claims
from ledger.registry.claim_parts import Codes
from ledger.registry.claims import DUES, REDUCED, ClaimRow
from ledger.registry.dues_schemes import SchemeRow

if TYPE_CHECKING:
    from sqlalchemy import Connection


_NOT_PAID: Final = (claims.OPEN, claims.WRITTEN_OFF)


class Owed(NamedTuple):
    """What a member owes more (or, negative, less) for a month than before."""

    member: str
    month: str
    fen: int
    due: date


def claim_all(conn: Connection, scheme: SchemeRow, owed: Sequence[Owed], today: date) -> list[str]:
    """Enter claims for what is owed more, and take back what is owed less; the new codes."""
    fresh: list[ClaimRow] = []
    codes = Codes(conn, scheme.unit)
    more = [one for one in owed if one.fen > 0]
    years = Counter(one.month[:4] for one in more)
    taken = {y: iter(codes.take(scheme.prefix, int(y), count)) for y, count in years.items()}
    fresh += [_claim(scheme, next(taken[one.month[:4]]), one, DUES) for one in more]
    less = [one for one in owed if one.fen < 0]
    if less:
        fresh += _take_back(conn, scheme, codes, less, today)
    claims.add_many(conn, fresh)
    return [row.code for row in fresh]


def _take_back(
    conn: Connection, scheme: SchemeRow, codes: Codes, less: Sequence[Owed], today: date
) -> list[ClaimRow]:
    by_member: dict[str, list[ClaimRow]] = {}
    for row in claims.of_members(conn, scheme.unit, {one.member for one in less}):
        if row.rule == scheme.rule and row.kind == DUES and row.state in _NOT_PAID:
            by_member.setdefault(row.member or "", []).append(row)
    fresh: list[ClaimRow] = []
    void: list[str] = []
    for one in less:
        rest = -one.fen
        # What is open before what was given up, and of each the newest first: the oldest code is
        # the one that a member has in hand.
        rows = sorted(
            (row for row in by_member.get(one.member, []) if row.month == one.month),
            key=lambda row: (row.state != claims.WRITTEN_OFF, row.code),
        )
        for row in reversed(rows):
            if not rest:
                break
            void.append(row.code)
            left = row.fen - min(rest, row.fen)
            rest -= row.fen - left
            if left:
                code = codes.next(scheme.prefix, int(one.month[:4]))
                fresh.append(row._replace(code=code, fen=left, parent=row.code, list_code=None))
        if rest:
            credit = Owed(one.member, one.month, rest, today)
            row = _claim(scheme, codes.next(scheme.prefix, int(one.month[:4])), credit, REDUCED)
            fresh.append(row._replace(state=claims.CREDIT))
    claims.void(conn, scheme.unit, void, today)
    return fresh


def _claim(scheme: SchemeRow, code: str, owed: Owed, kind: str) -> ClaimRow:
    return ClaimRow(
        scheme.unit, code, kind, owed.member, scheme.account, scheme.fund, owed.month, owed.fen,
        CNY, claims.OPEN, None, scheme.rule, owed.due,
    )  # fmt: skip
