"""The budget page inside Fava's own frame: planned against posted, by line and by quarter.

Versions stand in the registry, which only our desk opens; in a Fava that somebody runs alone the
page says so, and Fava's own budgets beside its accounts show the plan from the book.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fava.ext import FavaExtensionBase
from fava.util.date import parse_date
from flask import request

from ledger import clock
from ledger.budgets import standing
from ledger.registry import budgets
from reports.web.budget_rows import BarSide, sides_of
from reports.web.fava_asked import registry_of_page, unit_of_page

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask; ``version`` is 0 without a budget."""

    known: bool
    year: int = 0
    version: int = 0
    decision: str = ""
    sides: tuple[BarSide, ...] = ()
    choices: tuple[tuple[int, bool], ...] = ()
    desk: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Budget(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """预算: what was planned, and what came and went, by quarter."""

    report_title = "预算 Budget"

    def page(self) -> Page:
        """The page for the year that the time filter ends in; this year if there is none."""
        registry = registry_of_page()
        if registry is None:
            return Page(known=False)
        unit = unit_of_page()
        today = clock.now().date()
        year = _year() or today.year
        with registry.read() as conn:
            versions = budgets.versions(conn, unit, year)
            years = {*budgets.years_of(conn, unit), today.year, year}
        row = next((one for one in versions if one.state == budgets.APPROVED), None)
        found = standing.compare(registry, unit, year, dropped=True) if row else []
        place = f"/statements/{unit}/budget/{year}?format="
        return Page(
            known=True,
            year=year,
            version=row.version if row else 0,
            decision=row.decision if row else "",
            sides=tuple(sides_of(unit, year, found)),
            choices=tuple((one, one == year) for one in sorted(years)),
            desk=f"/desk/{unit}/budget?year={year}",
            files=tuple((form.upper(), f"{place}{form}") for form in ("xlsx", "pdf", "csv"))
            if row
            else (),
        )


def _year() -> int | None:
    """The year of the last day that Fava's time filter asks for."""
    begin, end = parse_date(request.args.get("time", ""))
    if begin is None or end is None or end <= begin or not 1900 <= begin.year <= end.year <= 2998:
        return None
    return end.year if (end.month, end.day) > (1, 1) else end.year - 1
