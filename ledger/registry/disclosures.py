"""What was made public of a unit, its campaigns and its gifts; confirmed by a second person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import disclosure as table
from ledger.registry.sets import among
from ledger.rules.disclosure_tables import PUBLIC

WAITING, PUBLISHED, WITHDRAWN = "waiting", "published", "withdrawn"
#: Not a publication of ours: the announcement that an emergency is dealt with, up to ``last``.
CALM: Final = "emergency-over"


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """``first`` to ``last`` is what it is about, ``published`` the day, ``place`` where.

    At most one of ``campaign``, ``gift`` and ``subject`` (a decision or voucher) says what of the
    unit it is about. ``corrects`` is the number of the one it corrects; ``note`` then explains it.
    ``audience`` is to whom.
    """

    unit: str
    number: int
    kind: str
    campaign: str | None
    gift: str | None
    subject: str
    first: date
    last: date
    published: date
    place: str
    paper: str
    corrects: int | None
    note: str
    state: str
    user: str
    at: str
    checker: str | None = None
    checked_at: str | None = None
    audience: str = PUBLIC

    @property
    def about(self) -> str:
        """The campaign, gift, decision or voucher; empty for the unit as a whole."""
        return self.campaign or self.gift or self.subject


_COLUMNS = tuple(table.c[name] for name in DisclosureRow.__slots__)


def next_number(conn: Connection, unit: str) -> int:
    last = conn.execute(select(func.max(table.c.number)).where(table.c.unit == unit)).scalar()
    return int(last or 0) + 1


def add(conn: Connection, row: DisclosureRow) -> None:
    conn.execute(insert(table).values({name: getattr(row, name) for name in row.__slots__}))


def find(conn: Connection, unit: str, number: int) -> DisclosureRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.number == number)
    ).first()
    return None if row is None else DisclosureRow(*row)


def of_unit(conn: Connection, unit: str, campaign: str | None = None) -> list[DisclosureRow]:
    """Everything that was said to be published of a unit, or of one campaign, by number."""
    query = select(*_COLUMNS).where(table.c.unit == unit)
    if campaign is not None:
        query = query.where(table.c.campaign == campaign)
    return [DisclosureRow(*row) for row in conn.execute(query.order_by(table.c.number))]


def of_units(conn: Connection, asked: Collection[str]) -> list[DisclosureRow]:
    """The same of several units, by unit and number."""
    query = select(*_COLUMNS).where(among(conn, table.c.unit, asked))
    rows = conn.execute(query.order_by(table.c.unit, table.c.number))
    return [DisclosureRow(*row) for row in rows]


def answered(conn: Connection, row: DisclosureRow, state: str, user: str, now: datetime) -> None:
    """Somebody confirmed that it was published, or took it back."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.number == row.number)
        .values(state=state, checker=user, checked_at=now.isoformat(timespec="seconds"))
    )
