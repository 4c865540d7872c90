"""What of several units a calendar of disclosure asks for: each question once for all of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, func, select, union

from ledger.registry import allocations, contracts, stocktakes, venues
from ledger.registry.schema import (
    allocation,
    asset,
    campaign,
    contract_standing,
    contract_version,
    dues_scheme,
    gift,
    stocktake,
    venue,
)
from ledger.registry.sets import among

_APPROVED: Final = contracts.APPROVED


def schemes(conn: Connection, asked: Collection[str]) -> dict[str, set[str]]:
    """By unit the rules by which it collects dues."""
    found: dict[str, set[str]] = {}
    for row in conn.execute(
        select(dues_scheme.c.unit, dues_scheme.c.rule).where(among(conn, dues_scheme.c.unit, asked))
    ):
        found.setdefault(row.unit, set()).add(row.rule)
    return found


def promised(conn: Connection, asked: Collection[str]) -> list[tuple[str, str, str, date]]:
    """Allocations that were confirmed: unit, document, account that they come on, approval."""
    where = allocation.c
    rows = conn.execute(
        select(where.unit, where.document, where.account, where.approved)
        .where(among(conn, where.unit, asked), where.state == allocations.APPROVED)
        .order_by(where.unit, where.approved, where.document)
    )
    return [(row.unit, row.document, row.account, row.approved) for row in rows]


def counted(conn: Connection, asked: Collection[str]) -> list[tuple[str, date, date]]:
    """Stocktakes of everything that are closed: unit, day of the count, day of closing."""
    where = stocktake.c
    rows = conn.execute(
        select(where.unit, where.day, where.closed).where(
            among(conn, where.unit, asked),
            where.state == stocktakes.CLOSED,
            where.scope == stocktakes.ALL,
        )
    )
    return [(row.unit, row.day, row.closed) for row in rows]


def first_assets(conn: Connection, asked: Collection[str]) -> dict[str, date]:
    """By unit the day on which the first of its assets was acquired."""
    rows = conn.execute(
        select(asset.c.unit, func.min(asset.c.acquired).label("first"))
        .where(among(conn, asset.c.unit, asked))
        .group_by(asset.c.unit)
    )
    return {row.unit: row.first for row in rows}


def with_venues(conn: Connection, asked: Collection[str]) -> set[str]:
    """Units that have a venue."""
    rows = conn.execute(
        select(venue.c.unit)
        .where(among(conn, venue.c.unit, asked), venue.c.state == venues.OPEN)
        .distinct()
    )
    return set(rows.scalars())


def with_gifts(conn: Connection, asked: Collection[str]) -> set[str]:
    """Units that have a campaign or a gift."""
    return set(
        conn.execute(
            union(
                select(campaign.c.unit).where(among(conn, campaign.c.unit, asked)),
                select(gift.c.unit).where(among(conn, gift.c.unit, asked)),
            )
        ).scalars()
    )


def accepted(conn: Connection, asked: Collection[str]) -> list[tuple[str, str, date]]:
    """What was accepted by a decision: unit, the decision that its contract names, the day."""
    version, standing = contract_version.c, contract_standing.c
    rows = conn.execute(
        select(version.unit, version.decision, standing.accepted)
        .join(
            contract_standing,
            and_(standing.unit == version.unit, standing.code == version.code),
        )
        .where(
            among(conn, version.unit, asked),
            version.state == _APPROVED,
            version.decision != "",
            standing.accepted.is_not(None),
        )
        .distinct()
    )
    return [(row.unit, row.decision, row.accepted) for row in rows]
