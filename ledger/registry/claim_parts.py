"""Claims in parts: one divided into two that add up to it, and put together again.

The claim that was divided is void and named by its parts, so that whoever has its code in hand is
still understood. Parts of which none was paid yet become the one claim again.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.reference import make_codes
from ledger.registry import claims

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry.claims import ClaimRow


class Codes:
    """The next codes of a unit, counted once for each beginning and year."""

    def __init__(self, conn: Connection, unit: str) -> None:
        self._conn = conn
        self._unit = unit
        self._last: dict[str, int] = {}

    def next(self, prefix: str, year: int) -> str:
        return self.take(prefix, year, 1)[0]

    def take(self, prefix: str, year: int, count: int) -> list[str]:
        """The next ``count`` of them."""
        begins = f"{prefix}{year}-"
        last = self._last.get(begins)
        if last is None:
            last = claims.last_number(self._conn, self._unit, begins)
        self._last[begins] = last + count
        return make_codes(prefix, year, last + 1, count)

    def beside(self, row: ClaimRow) -> str:
        """The next code of the same kind and year as a claim's."""
        return self.next(row.code[:2], int(row.code[2:6]))


def divide(
    conn: Connection, codes: Codes, row: ClaimRow, fen: int, day: date
) -> tuple[ClaimRow, ClaimRow]:
    """Two claims in place of one: ``fen`` of it, and the rest. Their sum is what it was.

    Raises: ValueError unless both parts are above zero.
    """
    if not 0 < fen < row.fen:
        raise ValueError("a part is more than nothing and less than the whole")
    first = row._replace(code=codes.beside(row), fen=fen, parent=row.code)
    rest = row._replace(code=codes.beside(row), fen=row.fen - fen, parent=row.code)
    claims.add_many(conn, [first, rest])
    claims.void(conn, row.unit, [row.code], day)
    return first, rest


def rejoin(conn: Connection, row: ClaimRow) -> ClaimRow:
    """The claim that this one is a part of, if all its parts are as this one; else this one."""
    while row.parent is not None:
        whole = claims.find(conn, row.unit, row.parent)
        parts = claims.parts_of(conn, row.unit, [row.parent])
        same = len(parts) > 1 and all(
            (one.state, one.list_code, one.due) == (row.state, row.list_code, row.due)
            for one in parts
        )
        if whole is None or not same or sum(one.fen for one in parts) != whole.fen:
            return row
        claims.void(conn, row.unit, [one.code for one in parts], None)
        claims.revive(conn, whole, row)
        row = whole._replace(state=row.state, list_code=row.list_code, settled_on=None)
    return row
