"""The sums over persons that packs told of, in the order in which they were first told.

They are kept as text: what each hides stands in it as places in the journal, written nowhere else.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from ledger.registry.schema import pack_groups as table


def add(conn: Connection, unit: str, period: str, audience: str, version: int, groups: str) -> None:
    """Keep what one version of a pack told of for the first time."""
    last = conn.execute(select(func.max(table.c.place)).where(table.c.unit == unit)).scalar()
    conn.execute(
        insert(table).values(
            unit=unit, place=(last or 0) + 1, period=period, audience=audience, version=version,
            groups=groups,
        )
    )  # fmt: skip


def of_unit(conn: Connection, unit: str) -> list[tuple[tuple[str, str, int], str]]:
    """By version (period, audience, number), in the order of publication: what it told of first."""
    rows = conn.execute(
        select(table.c.period, table.c.audience, table.c.version, table.c.groups)
        .where(table.c.unit == unit)
        .order_by(table.c.place)
    )
    return [((row.period, row.audience, row.version), row.groups) for row in rows]
