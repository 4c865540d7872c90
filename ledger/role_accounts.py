"""Accounts that an act enters on, by their role: a code of the unit's chart, opened when needed.

First-level accounts are the rule's and stay as they are; a detail of one is named where the rule
leaves that to the unit. Which role has which code is data of each area, by chart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.account import account_code
from ledger.chart import load_chart
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.registry import entries, oplog, units

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Place:
    """An account of a chart by its code, or a detail of it: ``91-受赠物资``."""

    code: str
    detail: str = ""
    name_en: str = ""

    @property
    def whole(self) -> str:
        """The code of the account in a book."""
        return self.code + self.detail.split("-", 1)[0]

    @classmethod
    def of(cls, value: str | Mapping[str, str]) -> Place:
        """A place as it is written in TOML: a code, or a table with ``code`` and ``detail``."""
        return cls(value) if isinstance(value, str) else cls(**value)


def ready(
    registry: Registry, unit: str, places: Mapping[str, Place], user: User, now: datetime, *,
    area: str, of_things: Collection[str] = (),
) -> dict[str, str]:  # fmt: skip
    """The unit's accounts for these roles, by role; those that it lacks are opened.

    ``area`` is what the operation log says they were opened for; ``of_things`` are the roles whose
    accounts keep lots of things.
    """
    with registry.read() as conn:
        facts = units.find(conn, unit)
        found = there(conn, unit, places)
    lacking = {role: place for role, place in places.items() if role not in found}
    if lacking:
        rows = {
            role: _row(facts.chart, place, facts.opened, lots=role in of_things)
            for role, place in lacking.items()
        }
        with open_pen(registry, unit, now) as pen:
            open_accounts(pen, {row.name: row for row in rows.values()}.values())
            for row in rows.values():
                oplog.record(
                    pen.conn, at=now, user=user.id, unit=unit, action="account.open",
                    object=row.name[:120], detail=area,
                )  # fmt: skip
        found |= {role: row.name for role, row in rows.items()}
    return found


def there(conn: Connection, unit: str, places: Mapping[str, Place]) -> dict[str, str]:
    """Those of the unit's accounts for these roles that are open already, by role."""
    by_code: dict[str, str] = {}
    for name, row in entries.accounts(conn, unit).items():
        if row.closed is None:
            by_code.setdefault(account_code(name), name)
    return {role: by_code[place.whole] for role, place in places.items() if place.whole in by_code}


def _row(chart_id: str, place: Place, opened: date, *, lots: bool) -> entries.AccountRow:
    chart = load_chart(chart_id)
    account = chart.by_code[place.code]
    name = chart.book_name(account)
    name = f"{name}:{place.detail}" if place.detail else name
    english = place.name_en or account.name.en
    return entries.AccountRow(name, english, "" if lots else "CNY", account.capital, opened, None)
