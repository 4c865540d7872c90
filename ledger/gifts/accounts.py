"""The accounts that gifts are entered on, by chart: data, in ``accounts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.account import account_code
from ledger.chart import load_chart
from ledger.errors import Finding, Refused, finding
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.registry import entries, oplog, units

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_FILE: Final = Path(__file__).with_name("accounts.toml")
#: Roles whose accounts keep lots of things.
_OF_THINGS: Final = ("goods", "asset", "agency-goods")


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


@dataclass(frozen=True, slots=True)
class GiftAccounts:
    """What a chart says of gifts; ``release`` is empty where funds need no such entry."""

    chart: str
    source: str
    roles: Mapping[str, Place]
    release: tuple[Place, ...]
    nominal: Money | None

    def has(self, role: str) -> bool:
        return role in self.roles


@cache
def accounts_of(chart: str) -> GiftAccounts:
    """What a chart says of gifts; Refused for one that keeps none."""
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8")).get(chart, {})
    if not told:
        raise Refused(
            finding(
                "no-gift-accounts",
                f"科目表 {chart[:40]} 没有捐赠的科目",
                f"the chart {chart[:40]} has no accounts for gifts",
                "党费账簿不收捐赠；捐赠记入工会或社会组织的账簿",
                "gifts are entered in the book of a union or a social organisation",
            )
        )
    release = tuple(Place(code) for code in told.get("release", ()))
    roles = {
        role: Place(**value) if isinstance(value, dict) else Place(value)
        for role, value in told.items()
        if role not in ("source", "release", "nominal")
    }
    nominal = yuan(told["nominal"]) if "nominal" in told else None
    return GiftAccounts(chart, str(told["source"]), roles, release, nominal)


def ready(
    registry: Registry, unit: str, roles: Collection[str], user: User, now: datetime
) -> dict[str, str]:
    """The unit's accounts for these roles, by role; those that it lacks are opened.

    Refused for a role that its chart does not know, such as services before 2024.
    """
    with registry.read() as conn:
        facts = units.find(conn, unit)
        chart = accounts_of(facts.chart)
        for role in roles:
            if not chart.has(role):
                raise Refused(_not_recognised(role, chart))
        found = _found(conn, unit, chart, roles)
    lacking = [role for role in roles if role not in found]
    if lacking:
        rows = {role: _row(facts.chart, chart.roles[role], role, facts.opened) for role in lacking}
        with open_pen(registry, unit, now) as pen:
            open_accounts(pen, {row.name: row for row in rows.values()}.values())
            for row in rows.values():
                oplog.record(
                    pen.conn, at=now, user=user.id, unit=unit, action="account.open",
                    object=row.name[:120], detail="gifts",
                )  # fmt: skip
        found |= {role: row.name for role, row in rows.items()}
    return found


def release_accounts(conn: Connection, unit: str) -> tuple[str, str] | None:
    """Restricted and unrestricted net assets, where the unit's chart releases restrictions."""
    chart = accounts_of(units.find(conn, unit).chart)
    if not chart.release:
        return None
    by_code = {account_code(name): name for name in entries.accounts(conn, unit)}
    restricted, free = (by_code[place.whole] for place in chart.release)
    return restricted, free


def _found(
    conn: Connection, unit: str, chart: GiftAccounts, roles: Collection[str]
) -> dict[str, str]:
    by_code: dict[str, str] = {}
    for name, row in entries.accounts(conn, unit).items():
        if row.closed is None:
            by_code.setdefault(account_code(name), name)
    return {
        role: by_code[chart.roles[role].whole]
        for role in roles
        if chart.roles[role].whole in by_code
    }


def _row(chart_id: str, place: Place, role: str, opened: date) -> entries.AccountRow:
    chart = load_chart(chart_id)
    account = chart.by_code[place.code]
    name = chart.book_name(account)
    name = f"{name}:{place.detail}" if place.detail else name
    currency = "" if role in _OF_THINGS else "CNY"
    english = place.name_en or account.name.en
    return entries.AccountRow(name, english, currency, account.capital, opened, None)


def _not_recognised(role: str, chart: GiftAccounts) -> Finding:
    return finding(
        "not-recognised",
        f"科目表 {chart.chart} 所依据的制度不确认这类捐赠（{role}）",
        f"the rule behind the chart {chart.chart} does not recognise such a gift ({role})",
        "登记在备查簿：mingbai gift record --kind memo",
        "enter it in the memo register: mingbai gift record --kind memo",
    )
