"""Income and expenditure (工会02表), or the statement of activities (会民非02表).

Month and year to date, or year and the year before. What was carried over to net assets is left
out, so that a closed year shows what it earned and spent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.statements.forms import build_form, form_backing

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Backing, Statement
    from reports.statements.source import Source

NAME: Final = "income-statement"


def build(source: Source, period: Period) -> Statement:
    """The statement of a month or a year."""
    return build_form(source, NAME, period)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure."""
    return form_backing(source, NAME, period, line, column)
