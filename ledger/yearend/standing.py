"""What of a year's income and spending is not carried over yet."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ledger.chart import load_chart
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.period import Month
from ledger.registry import units
from ledger.yearend.reckoning import is_result

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.yearend.reckoning import Balances


def balances_at(registry: Registry, unit: str, year: int) -> tuple[Balances, Balances]:
    """What every account holds in every fund when the year ends, and how it moved in the year."""
    held: Balances = defaultdict(int)
    moved: Balances = defaultdict(int)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for cell in model.cells(through=Month(year, 12)):
            key = (cell.account, cell.fund, cell.currency)
            held[key] += cell.net
            if cell.month.year == year:
                moved[key] += cell.net
    finally:
        model.close()
    return held, moved


def not_carried(registry: Registry, unit: str, year: int) -> list[str]:
    """The accounts of income and spending that hold a balance in a fund when the year ends."""
    with registry.read() as conn:
        chart = load_chart(units.find(conn, unit).chart)
    held, _ = balances_at(registry, unit, year)
    left = {account for (account, _, _), fen in held.items() if fen}
    return sorted(account for account in left if is_result(account, chart))
