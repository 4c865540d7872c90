"""Our pages inside Fava's own frame: ``custom "fava-extension" "reports.web.extension"``.

Fava takes every extension that this module holds: the funds page below, the pages of allocations,
of assets, of the audit, of the budget, of dues and of gifts, and the federation page.

Behind our gate every figure leads to its vouchers. In a Fava that somebody runs alone the same page
shows the same figures, without links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fava.core.charts import DateAndBalance, DateAndBalanceWithBudget
from fava.core.inventory import SimpleCounterInventory
from fava.ext import FavaExtensionBase
from fava.internal_api import BalancesChart, BarChart
from fava.util.date import parse_date
from flask import current_app, request

from ledger.model import Model
from ledger.period import Month
from reports.web.allocations_page import Allocations
from reports.web.assets_page import Assets
from reports.web.audit_page import Audit
from reports.web.budget_page import Budget
from reports.web.dues_page import Dues
from reports.web.federation_page import Federation
from reports.web.funds import ALL, PARTS, FundFigures, Months
from reports.web.gifts_page import Gifts

__all__ = ["Allocations", "Assets", "Audit", "Budget", "Dues", "Federation", "Funds", "Gifts"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ledger.errors import Words
    from ledger.money import Money
    from reports.web.funds import FundRow, FundTable

_LONGEST_SPAN: Final = 240  # months; charts beyond twenty years show nothing to anyone


@dataclass(frozen=True)
class Cell:
    """A figure as the template draws it; ``href`` is ``""`` where nothing opens."""

    text: str
    negative: bool
    href: str


@dataclass(frozen=True)
class Row:
    """``share`` is the width of the bar in percent of the fund that holds most."""

    code: str
    name: Words
    restriction: Words
    cells: tuple[Cell, ...]
    share: int


@dataclass(frozen=True)
class Choice:
    """A period to choose; ``chosen`` marks the one that is shown."""

    time: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Page:
    months: Months
    whole_months: bool
    parts: tuple[Words, ...]
    rows: tuple[Row, ...]
    total: Row
    charts: tuple[BarChart | BalancesChart, ...]
    other_currencies: tuple[str, ...]
    choices: tuple[Choice, ...]
    files: tuple[tuple[str, str], ...]


class Funds(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """资金: what each fund had, received, spent and has."""

    report_title = "资金 Funds"

    def page(self) -> Page:
        """The page for the current time filter; the last year in the book if there is none."""
        figures = FundFigures(Model(Path(self.ledger.beancount_file_path).parent))
        months, whole = self._months(figures)
        table = figures.table(months)
        most = max((abs(row.figures["remaining"].fen) for row in table.rows), default=0)
        return Page(
            months=months,
            whole_months=whole,
            parts=tuple(PARTS.values()),
            rows=tuple(_row(row, months, most) for row in table.rows),
            total=_row(table.total, months, 0),
            charts=_charts(table),
            other_currencies=table.other_currencies,
            choices=tuple(_choices(figures, months)),
            files=_files(months),
        )

    def _months(self, figures: FundFigures) -> tuple[Months, bool]:
        """The months that the filter touches, and whether it asked for exactly these."""
        begin, end = parse_date(request.args.get("time", ""))
        if begin is None or end is None or end <= begin:
            return figures.last_year, True
        months = Months(_month(begin), _month(end - timedelta(days=1)))
        if len(list(months)) > _LONGEST_SPAN:
            return figures.last_year, True
        return months, begin.day == 1 and end.day == 1


def _month(day: date) -> Month:
    return Month(min(max(day.year, 1900), 2998), day.month)


def _row(row: FundRow, months: Months, most: int) -> Row:
    cells = tuple(
        Cell(row.figures[part].grouped, row.figures[part].fen < 0, _href(row.code, months, part))
        for part in PARTS
    )
    share = 100 * max(row.figures["remaining"].fen, 0) // most if most else 0
    return Row("" if row.code == ALL else row.code, row.name, row.restriction, cells, share)


def _href(code: str, months: Months, part: str) -> str:
    unit = current_app.config.get("MINGBAI_UNIT")
    return f"/figures/{unit}/funds/{months}/{quote(code)}/{part}" if unit else ""


def _choices(figures: FundFigures, shown: Months) -> Iterator[Choice]:
    """The years that have vouchers, and the months of the year that is shown."""
    active = sorted({cell.month for cell in figures.model.cells()})
    for year in sorted({month.year for month in active}):
        whole = f"{year:04d}"
        yield Choice(whole, f"{year} 年", str(shown) == whole)
        for month in active if year == shown.last.year else ():
            if month.year == year:
                yield Choice(str(month), f"{month.month} 月", str(shown) == str(month))


def _files(months: Months) -> tuple[tuple[str, str], ...]:
    """Label and address of the same table as a file; official statements know months and years."""
    unit = current_app.config.get("MINGBAI_UNIT")
    if not unit or ".." in str(months):
        return ()
    place = f"/statements/{unit}/funds/{months}?format="
    return tuple((form.upper(), f"{place}{form}") for form in ("xlsx", "pdf", "csv"))


def _charts(table: FundTable) -> tuple[BarChart | BalancesChart, ...]:
    """In and out by month as bars, and what remained of each fund as lines.

    They begin and end with the months in which anything moved; where nothing did there are none.
    """
    names = {row.code: f"{row.code} {row.name.zh}" for row in table.rows}
    moved = [month for month, income, spent in table.flow if income or spent]
    if not moved:
        return ()
    flow = [
        # Fava draws series in the order of their names: what came in stands first.
        DateAndBalanceWithBudget(
            month.first, _inventory({"入 In": income, "出 Out": spent}), {}, {}
        )
        for month, income, spent in table.flow
        if moved[0] <= month <= moved[-1]
    ]
    course = [
        DateAndBalance(
            month.next().first - timedelta(days=1),
            _inventory({names[code]: held for code, held in balances.items()}),
        )
        for month, balances in table.course
        if moved[0] <= month <= moved[-1]
    ]
    return (BarChart("每月收支 In and out", flow), BalancesChart("各资金结存 Remaining", course))


def _inventory(amounts: dict[str, Money]) -> SimpleCounterInventory:
    return SimpleCounterInventory({name: Decimal(m.decimal) for name, m in amounts.items()})
