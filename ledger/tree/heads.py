"""The heads of units on a day: a figure that was entered goes before the members registered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.registry import figures, members

if TYPE_CHECKING:
    from sqlalchemy import Connection

REGISTERED: Final = Words("在册会员", "registered members")


@dataclass(frozen=True, slots=True)
class Heads:
    """How many heads a unit has, as of which day, and who says so."""

    count: int
    day: date
    source: Words


def heads_on(conn: Connection, units: Collection[str], day: date) -> dict[str, Heads]:
    """The heads of each unit of which anybody knows them, by unit."""
    counted = members.heads(conn, units, day)
    entered = figures.last(conn, units, "heads", day)
    return {unit: Heads(count, day, REGISTERED) for unit, count in counted.items()} | {
        unit: Heads(one.value, one.day, Words(one.source, one.source))
        for unit, one in entered.items()
    }
