"""What the registry and the rules say of a unit's levies and remittances, as values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.period import Month
from reports.statements.source import LevyClaimFacts, LevyFacts, Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Period
    from ledger.registry import Registry


def levy_source(registry: Registry, book: Source, period: Period) -> Source:
    """The source with the unit's ways upwards, and what is known of levies in the year so far."""
    from ledger.dues.ways import own_base, ways_of

    last = Month.of(period.last)
    with registry.read() as conn:
        ways = tuple(ways_of(conn, registry, book.unit, last.first))
        own = frozenset(own_base(conn, book.unit))
        levy = _levy(conn, book.unit, last)
    return replace(book, ways=ways, own=own, levy=levy)


def _levy(conn: Connection, unit: str, last: Month) -> LevyFacts:
    from ledger.registry import levies, members

    months = [str(Month(last.year, number)) for number in range(1, last.month + 1)]
    payroll: dict[str, int] = {}
    due: dict[str, int] = {}
    latest: dict[tuple[str, str, str], int] = {}
    employers = set()
    for row in levies.dues(conn, unit, months):
        latest[row.employer, row.rule, row.month] = row.payroll_fen
        due[row.rule] = due.get(row.rule, 0) + row.fen
        employers.add(row.employer)
    for (_, rule, _), fen in latest.items():
        payroll[rule] = payroll.get(rule, 0) + fen
    claims = {
        one.claim.code: LevyClaimFacts(one.claim.month, one.part, one.claim.rule, one.channel)
        for one in levies.claims_of(conn, unit)
    }
    targets = {(row.rule, row.part): (row.account, row.fund) for row in levies.shares(conn, unit)}
    day = last.period.last
    count = sum(
        one.joined <= day and (one.left is None or one.left > day)
        for one in members.all_members(conn, unit)
    )
    return LevyFacts(payroll, due, claims, targets, len(employers), count)
