"""The dues page inside Fava's own frame: what is owed, collected and in arrears, month by month.

What members owe stands in the registry, which only our desk opens; in a Fava that somebody runs
alone the page says so. It names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fava.core.charts import DateAndBalanceWithBudget
from fava.core.inventory import SimpleCounterInventory
from fava.ext import FavaExtensionBase
from fava.internal_api import BarChart
from fava.util.date import parse_date
from flask import request

from ledger.money import Money
from ledger.period import Month
from reports.dues_source import unit_dues, years_of_dues
from reports.statements.dues_rows import PARTS
from reports.web.dues import ALL, DuesFigures, MonthRow, address
from reports.web.fava_asked import registry_of_page, unit_of_page
from reports.web.funds import Months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.errors import Words
    from reports.statements.dues_rows import Sums

_LONGEST_SPAN: Final = 240  # months, as on the funds page


@dataclass(frozen=True)
class Cell:
    """A figure as the template draws it; a figure of nothing opens nothing."""

    text: str
    alarming: bool
    href: str


@dataclass(frozen=True)
class Row:
    """``share`` is the width of the bar: what of the owed was collected, in percent."""

    label: str
    members: int
    cells: tuple[Cell, ...]
    rate: str
    share: int


@dataclass(frozen=True)
class Table:
    name: Words
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask."""

    known: bool
    months: Months
    whole_months: bool
    parts: tuple[Words, ...]
    tables: tuple[Table, ...]
    charts: tuple[BarChart, ...]
    choices: tuple[tuple[str, str, bool], ...]
    files: tuple[tuple[str, str], ...]


class Dues(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """会费: what members owe and what became of it, without names."""

    report_title = "会费 Dues"

    def page(self) -> Page:
        """The page for the current time filter; the last year with dues if there is none."""
        registry = registry_of_page()
        unit = unit_of_page()
        years = years_of_dues(registry, unit) if registry is not None else []
        months, whole = _months(years)
        if registry is None:
            return Page(False, months, whole, (), (), (), (), ())
        figures = DuesFigures(unit_dues(registry, unit, months.first, months.last), months)
        tables = tuple(
            Table(
                one.name,
                tuple(_row(row, unit, months) for row in one.rows),
                _row(one.total, unit, months),
            )
            for one in figures.tables()
        )
        return Page(
            known=True,
            months=months,
            whole_months=whole,
            parts=tuple(PARTS.values()),
            tables=tables,
            charts=_charts(figures),
            choices=tuple(_choices(years, figures, months)),
            files=_files(unit, months) if tables else (),
        )


def _months(years: list[int]) -> tuple[Months, bool]:
    """The months that the filter touches, and whether it asked for exactly these."""
    year = max(years, default=2000)
    last_year = Months(Month(year, 1), Month(year, 12))
    begin, end = parse_date(request.args.get("time", ""))
    if begin is None or end is None or end <= begin:
        return last_year, True
    last = end - timedelta(days=1)
    first = Month(min(max(begin.year, 1900), 2998), begin.month)
    months = Months(first, max(first, Month(min(max(last.year, 1900), 2998), last.month)))
    if len(list(months)) > _LONGEST_SPAN:
        return last_year, True
    return months, begin.day == 1 and end.day == 1


def _row(row: MonthRow, unit: str, months: Months) -> Row:
    cells = tuple(
        Cell(
            Money(fen).grouped,
            part == "arrears" and fen > 0,
            f"/figures/{unit}/dues/{months}/{quote(address(row.rule))}.{row.month}/{part}"
            if fen
            else "",
        )
        for part in PARTS
        for fen in (getattr(row.sums, part),)
    )
    return Row(
        "合计 Total" if row.month == ALL else row.month, row.members, cells, row.sums.rate,
        _share(row.sums),
    )  # fmt: skip


def _share(found: Sums) -> int:
    if found.owed <= 0:
        return 0
    return min(100, max(0, 100 * (found.settled - found.credit) // found.owed))


def _choices(
    years: list[int], figures: DuesFigures, shown: Months
) -> Iterator[tuple[str, str, bool]]:
    """The years that have dues, and the months of the year that is shown: time, label, chosen."""
    for year in years:
        yield f"{year:04d}", f"{year} 年", str(shown) == f"{year:04d}"
        if year == shown.last.year:
            for month, _ in figures.by_month():
                yield str(month), f"{month.month} 月", str(shown) == str(month)


def _files(unit: str, months: Months) -> tuple[tuple[str, str], ...]:
    """Label and address of the unit's collection as a file; statements know months and years."""
    if ".." in str(months):
        return ()
    place = f"/statements/{unit}/collection/{months}?format="
    return tuple((form.upper(), f"{place}{form}") for form in ("xlsx", "pdf", "csv"))


def _charts(figures: DuesFigures) -> tuple[BarChart, ...]:
    """Owed, collected and in arrears by month, as bars."""
    rows = [
        DateAndBalanceWithBudget(
            month.first,
            SimpleCounterInventory(
                {
                    "应收 Owed": _number(found.owed),
                    "已收 Collected": _number(found.paid),
                    "欠缴 Arrears": _number(found.arrears),
                }
            ),
            {},
            {},
        )
        for month, found in figures.by_month()
    ]
    return (BarChart("每月会费 Dues by month", rows),) if rows else ()


def _number(fen: int) -> Decimal:
    return Decimal(Money(fen).decimal)
