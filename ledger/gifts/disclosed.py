"""Which accounts the tables of a yearly report ask for, by chart: data, in ``disclosed.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.gifts.accounts import accounts_of

_FILE: Final = Path(__file__).with_name("disclosed.toml")
DIRECT, ASSETS, OTHER = "direct", "assets", "other"
#: What a project's money is spent on, in the order of the form; ``other`` is what no account tells.
COLUMNS: Final = (DIRECT, "purchases", "staff", ASSETS, "publicity", "travel", OTHER)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """``donations`` are accounts that hold donations alone; ``columns`` codes by column; ``worn``
    accumulated depreciation, against which the use of assets is charged.
    """

    source: str
    donations: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    worn: tuple[str, ...]

    def column(self, codes: frozenset[str]) -> str:
        """The column of an account whose code, and those above it, are ``codes``."""
        return next((key for key, wanted in self.columns.items() if codes & {*wanted}), OTHER)


@cache
def disclosed(chart: str) -> Disclosed:
    """What a chart says of the yearly report; Refused for one that keeps no gifts."""
    accounts_of(chart)
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[chart]
    columns = {key: tuple(told[key]) for key in COLUMNS if key in told}
    return Disclosed(
        str(told["source"]), tuple(told.get("donations", ())), columns, tuple(told.get("worn", ()))
    )  # fmt: skip
