"""The accounts that gifts are entered on, by chart: data, in ``accounts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger import role_accounts
from ledger.account import account_code
from ledger.errors import Finding, Refused, finding
from ledger.money import Money, yuan
from ledger.registry import entries, units
from ledger.role_accounts import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_FILE: Final = Path(__file__).with_name("accounts.toml")
#: Roles whose accounts keep lots of things.
_OF_THINGS: Final = ("goods", "asset", "agency-goods")


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
        role: Place.of(value)
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
        chart = accounts_of(units.find(conn, unit).chart)
    for role in roles:
        if not chart.has(role):
            raise Refused(_not_recognised(role, chart))
    places = {role: chart.roles[role] for role in roles}
    return role_accounts.ready(
        registry, unit, places, user, now, area="gifts", of_things=_OF_THINGS
    )


def release_accounts(conn: Connection, unit: str) -> tuple[str, str] | None:
    """Restricted and unrestricted net assets, where the unit's chart releases restrictions."""
    chart = accounts_of(units.find(conn, unit).chart)
    if not chart.release:
        return None
    by_code = {account_code(name): name for name in entries.accounts(conn, unit)}
    restricted, free = (by_code[place.whole] for place in chart.release)
    return restricted, free


def _not_recognised(role: str, chart: GiftAccounts) -> Finding:
    return finding(
        "not-recognised",
        f"科目表 {chart.chart} 所依据的制度不确认这类捐赠（{role}）",
        f"the rule behind the chart {chart.chart} does not recognise such a gift ({role})",
        "登记在备查簿：mingbai gift record --kind memo",
        "enter it in the memo register: mingbai gift record --kind memo",
    )
