"""Budgetary income and spending (会政预01表): what was in the budget, on the cash basis.

Of the budgetary half alone; what the year's end carried over is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from reports.statements.forms import build_form, form_backing

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Backing, Statement
    from reports.statements.source import Source

NAME: Final = "budgetary-statement"
TITLE: Final = Words("预算收入支出表", "Budgetary income and spending")


def build(source: Source, period: Period) -> Statement:
    """The statement of a month or a year; Refused for a chart that keeps no budgetary half."""
    return build_form(source, NAME, period)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure."""
    return form_backing(source, NAME, period, line, column)
