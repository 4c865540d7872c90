"""Every kind of table, and how files name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.rules.assets import AssetTable
from ledger.rules.disclosure_tables import DeadlineTable, RatioTable, ShareTable
from ledger.rules.rate_tables import FloorTable, RateTable, RemittanceTable, SplitTable
from ledger.rules.spending_tables import (
    AidKindTable,
    AidLimitTable,
    CarryTable,
    MajorTable,
    ParallelTable,
    RevisionTable,
    UseTable,
)

Table = (
    RateTable
    | SplitTable
    | RemittanceTable
    | FloorTable
    | UseTable
    | RevisionTable
    | CarryTable
    | ParallelTable
    | MajorTable
    | AidKindTable
    | AidLimitTable
    | ShareTable
    | DeadlineTable
    | RatioTable
    | AssetTable
)
#: The kinds of tables as files name them.
KINDS: Final[Mapping[str, type[Table]]] = {
    "rates": RateTable,
    "split": SplitTable,
    "remittance": RemittanceTable,
    "floor": FloorTable,
    "uses": UseTable,
    "revisions": RevisionTable,
    "carry-over": CarryTable,
    "parallel": ParallelTable,
    "major": MajorTable,
    "aid-kinds": AidKindTable,
    "aid-limits": AidLimitTable,
    "share": ShareTable,
    "deadline": DeadlineTable,
    "ratios": RatioTable,
    "asset-classes": AssetTable,
}


def kind_of(table: Table) -> str:
    return next(name for name, cls in KINDS.items() if isinstance(table, cls))
