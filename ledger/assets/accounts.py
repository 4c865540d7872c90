"""The accounts that fixed assets are entered on, by chart: data, in ``accounts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger import role_accounts
from ledger.account import component_code
from ledger.errors import Refused, finding
from ledger.money import Money, yuan
from ledger.registry import units
from ledger.role_accounts import Place

if TYPE_CHECKING:
    from ledger.registry import Registry, User

_FILE: Final = Path(__file__).with_name("accounts.toml")
COST, ACCUMULATED = "cost", "accumulated"
#: Groups of classes whose things stand on accounts of their own; of all others the names are plain.
INTANGIBLE, RELICS = "intangible", "relics"
_OF_THINGS: Final = (COST, f"{INTANGIBLE}-{COST}", f"{RELICS}-{COST}")


@dataclass(frozen=True, slots=True)
class AssetAccounts:
    """What a chart says of fixed assets. ``regime`` is the rule of depreciation behind it."""

    chart: str
    regime: str
    source: str
    roles: Mapping[str, Place]
    nominal: Money | None
    costs: frozenset[str]
    accumulated: frozenset[str]

    def has(self, role: str) -> bool:
        return role in self.roles

    @property
    def by_fund(self) -> bool:
        """Whether things stand against an asset fund, and depreciation is no expense."""
        return "fund" in self.roles

    @property
    def releases(self) -> bool:
        """Whether net assets that are bound become free as things wear."""
        return "restricted" in self.roles

    def role(self, name: str, group: str) -> str:
        """``cost`` of a class of this group: ``intangible-cost`` where that has one of its own."""
        own = f"{group}-{name}"
        return own if own in self.roles else name

    def place(self, role: str) -> Place:
        """Where a role stands; ``spending:50702`` is that account of spending."""
        name, _, code = role.partition(":")
        return Place(code) if code else self.roles[name]

    def cost_role(self, account: str) -> str:
        """The role of an account that keeps things; KeyError for any other."""
        for role, place in self.roles.items():
            if role.endswith(COST) and place.code == _top(account):
                return role
        raise KeyError(account)

    def worn_role(self, account: str) -> str:
        """The role of the depreciation beside an account that keeps things.

        What wears nothing stands on an account that has none: relics; KeyError for these.
        """
        role = self.cost_role(account).removesuffix(COST) + ACCUMULATED
        if role not in self.roles:
            raise KeyError(account)
        return role

    def is_cost(self, account: str) -> bool:
        """Whether an account keeps things of lasting use at cost."""
        return account.startswith("Assets:") and _top(account) in self.costs

    def is_accumulated(self, account: str) -> bool:
        """Whether an account holds what was depreciated of them."""
        return account.startswith("Assets:") and _top(account) in self.accumulated


def _top(account: str) -> str:
    return component_code(account.split(":", 2)[1])


@cache
def known(chart: str) -> AssetAccounts | None:
    """What a chart says of fixed assets; None for one that keeps none, such as party dues."""
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8")).get(chart, {})
    if not told:
        return None
    words = ("regime", "source", "nominal")
    roles = {role: Place.of(value) for role, value in told.items() if role not in words}
    ends = {
        end: frozenset(
            place.code for role, place in roles.items() if role == end or role.endswith(f"-{end}")
        )
        for end in (COST, ACCUMULATED)
    }
    nominal = yuan(told["nominal"]) if "nominal" in told else None
    return AssetAccounts(
        chart, str(told["regime"]), str(told["source"]), roles, nominal, ends[COST],
        ends[ACCUMULATED],
    )  # fmt: skip


def accounts_of(chart: str) -> AssetAccounts:
    """:func:`known`; Refused for a chart that keeps no fixed assets."""
    found = known(chart)
    if found is None:
        raise Refused(
            finding(
                "no-asset-accounts",
                f"科目表 {chart[:40]} 没有固定资产的科目",
                f"the chart {chart[:40]} has no accounts for fixed assets",
                "固定资产登记在工会、社会组织或机关的账簿",
                "fixed assets are entered in the book of a union, an organisation or an office",
            )
        )
    return found


def of_unit(registry: Registry, unit: str) -> AssetAccounts:
    """What a unit's chart says of fixed assets; Refused where it keeps none."""
    with registry.read() as conn:
        return accounts_of(units.find(conn, unit).chart)


def ready(
    registry: Registry, unit: str, roles: Collection[str], user: User, now: datetime
) -> dict[str, str]:
    """The unit's accounts for these roles, by role; those that it lacks are opened."""
    chart = of_unit(registry, unit)
    places = {role: chart.place(role) for role in roles}
    return role_accounts.ready(
        registry, unit, places, user, now, area="assets", of_things=_OF_THINGS
    )
