"""Which kinds of aid a unit knows on a day, and which limits are in force there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Finding, Words
from ledger.registry import units
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.spending_tables import AidKind, AidKindTable, AidLimit, AidLimitTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry

RULE: Final = "aid"
_FILE: Final = Path(__file__).with_name("accounts.toml")


@dataclass(frozen=True)
class Terms:
    """What is in force for a unit on a day.

    ``limits`` is None where no rule is loaded; ``missing`` then says so. ``accounts`` are the codes
    of the accounts that the chart names for a kind by itself.
    """

    kinds: dict[str, AidKind]
    table: AidKindTable
    limits: AidLimitTable | None
    missing: Finding | None
    accounts: dict[str, str]

    @property
    def missing_told(self) -> Finding | None:
        """That no rule of limits is loaded, as a warning."""
        return None if self.missing is None else replace(self.missing, severity="warning")

    def kind_called(self, word: str) -> AidKind | None:
        """A kind or an occasion by its id or its Chinese name."""
        found = self.kinds.get(word)
        return found or next((one for one in self.kinds.values() if one.name.zh == word), None)

    def limit_of(self, kind: str, reason: str) -> AidLimit | None:
        """What the rule says of an occasion, else of its kind; None where it says nothing."""
        if self.limits is None:
            return None
        by_id = {one.id: one for one in self.limits.limits}
        return by_id.get(reason) or by_id.get(kind)

    def name(self, kind: str, reason: str = "") -> Words:
        """What is said for a kind with its occasion."""
        found = self.kinds.get(reason or kind)
        return found.name if found is not None else Words(reason or kind, reason or kind)


def terms(registry: Registry, conn: Connection, unit: str, day: date) -> Terms:
    """What is in force; Refused with "no rule loaded" where not even the kinds are known."""
    row = units.find(conn, unit)
    book, _ = load(registry.folder, unit)
    place = Place(row.province, frozenset(row.kinds.split()), unit)
    table = book.in_force(AidKindTable, RULE, day, place)
    chart = _charts().get(row.chart, {})
    limits: AidLimitTable | None = None
    missing: Finding | None = None
    try:
        limits = book.in_force(AidLimitTable, str(chart.get("limits", RULE)), day, place)
    except NoRuleLoaded as none:
        missing = none.findings[0]
    return Terms(
        {kind.id: kind for kind in table.kinds}, table, limits, missing,
        dict(chart.get("accounts", {})),
    )  # fmt: skip


@cache
def _charts() -> dict[str, dict[str, Any]]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {row["id"]: row for row in found["chart"]}
