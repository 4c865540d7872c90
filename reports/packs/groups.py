"""Sums over persons that were published, as the registry keeps them: they are never split."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ledger.publishing.values import Published
from ledger.registry import pack_groups

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.packs.building import Built


def told_before(
    conn: Connection, unit: str, version: tuple[str, str, int] | None = None
) -> list[Published]:
    """Every group of a unit that was told of before one version of a pack, or at all."""
    found: list[Published] = []
    for name, text in pack_groups.of_unit(conn, unit):
        if name == version:
            break
        found += map(Published.from_json, json.loads(text))
    return found


def keep(conn: Connection, built: Built) -> None:
    """Keep those that a pack tells of for the first time."""
    known = {group.seqs for group in told_before(conn, built.unit)}
    told = [one.as_json() for one in built.book.published if one.seqs not in known]
    pack_groups.add(
        conn, built.unit, str(built.period), built.audience, built.version.number,
        json.dumps(told, ensure_ascii=False),
    )  # fmt: skip
