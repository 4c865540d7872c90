"""Promised money is expected under a claim, so that the bank line which names it finds it.

The claim is of what comes next: what was released and did not arrive, or all that is outstanding.
It stands in a list under the number of the promise's document, which payments carry in their words;
so one deposit settles every item of a document. When less or more is expected, the claim is void
and another takes its place.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.allocations.attributing import CLAIM_KIND, Attributing, codes_named, curve_of
from ledger.allocations.curve import live
from ledger.draft_text import draft_from_json
from ledger.money import CNY
from ledger.reference import document_number
from ledger.registry import allocations, claims, drafts, entries, units
from ledger.registry.allocation_moves import ARRIVED
from ledger.registry.allocations import APPROVED, PREFIX, RELEASED

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry.allocations import AllocationRow
    from ledger.registry.claims import ClaimRow

_LONGEST: Final = 24


def expect(conn: Connection, row: AllocationRow, day: date) -> None:
    """Let the claim of a confirmed promise be what is expected of it now."""
    rows = claims_of(conn, row)
    still = [one for one in rows if one.state == claims.OPEN]
    wanted = _expected(conn, row)
    if [one.fen for one in still] == ([wanted] if wanted > 0 else []):
        return
    claims.void(conn, row.unit, [one.code for one in still], day)
    if wanted <= 0:
        return
    whole = next((one for one in rows if one.code == row.code), None)
    code = row.code
    if whole is not None:
        last = claims.last_number(conn, row.unit, f"{PREFIX}{row.year}-")
        code = allocations.next_code(conn, row.unit, row.year, last)
    # A void claim names what took its place; one that was paid stays whole.
    parent = row.code if whole is not None and whole.state in (claims.OPEN, claims.VOID) else None
    listed = document_number(row.document)
    claims.add_many(
        conn,
        [
            claims.ClaimRow(
                row.unit, code, CLAIM_KIND, None, row.account, row.fund,
                f"{row.year:04d}-{row.approved.month:02d}", wanted, CNY, claims.OPEN,
                listed if 0 < len(listed) <= _LONGEST else None, row.code, row.arrive_by,
                parent=parent,
            )
        ],
    )  # fmt: skip


def claims_of(conn: Connection, row: AllocationRow) -> list[ClaimRow]:
    """Every claim under which the promise's money was ever expected, by code."""
    return claims.of_rule(conn, row.unit, PREFIX, row.code)


def open_claim(conn: Connection, row: AllocationRow) -> ClaimRow | None:
    """The claim under which money of the promise is expected now."""
    rows = [one for one in claims_of(conn, row) if one.state == claims.OPEN]
    return rows[0] if len(rows) == 1 else None


def free(conn: Connection, row: AllocationRow, day: date) -> None:
    """What is expected comes otherwise: its claim is void."""
    codes = [one.code for one in claims_of(conn, row) if one.state == claims.OPEN]
    claims.void(conn, row.unit, codes, day)


def again(conn: Connection, draft: Draft, day: date) -> None:
    """A draft was posted or withdrawn: what it says of arrivals changes what is expected."""
    if not any(line.account.startswith("Income:") and line.meta for line in draft.postings):
        return
    for code in sorted(codes_named(conn, draft.unit, draft)):
        row = allocations.find(conn, draft.unit, code)
        if row is not None and row.state == APPROVED:
            expect(conn, row, day)


def waiting_fen(conn: Connection, row: AllocationRow, *kinds: str) -> int:
    """What drafts that wait, or were returned, would move of an allocation, in fen.

    Whatever way they came: a bank line, a form, a sheet, or our own.
    """
    # Arrivals name it, or a claim of it; what is spent of it may name its fund only.
    words = {f'"{row.fund}"'}
    if kinds == (ARRIVED,):
        words = {row.code, *(one.code for one in claims_of(conn, row))}
    rows = [
        one
        for one in drafts.in_states(conn, row.unit, drafts.UNDECIDED)
        if any(word in one.payload for word in words)
    ]
    if not rows:
        return 0
    capital = {name for name, one in entries.accounts(conn, row.unit).items() if one.capital}
    reading = Attributing(conn, row.unit, capital, units.find(conn, row.unit).opened)
    return sum(
        max(0, one.fen)
        for draft in rows
        for one in reading.moves_of(draft_from_json(draft.payload))[0]
        if one.code == row.code and one.kind in kinds
    )


def _expected(conn: Connection, row: AllocationRow) -> int:
    """What is to come next, beyond what drafts enter already."""
    curve = curve_of(conn, row)
    coming = waiting_fen(conn, row, ARRIVED)
    outstanding = curve.outstanding(date.max) - coming
    events = live(allocations.events(conn, row.unit, row.code), date.max)
    arrived = sum(curve.days.get(ARRIVED, {}).values()) + coming
    released = sum(one.fen for one in events if one.kind == RELEASED) - arrived
    return min(outstanding, released) if released > 0 else outstanding
