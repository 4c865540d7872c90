"""The balance sheet (工会01表, 会民非01表): what the unit owns and owes, by its chart's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import CannotRun, finding
from reports.statements.forms import build_form, form_backing, form_of

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Backing, Cell, Statement
    from reports.statements.source import Source

NAME: Final = "balance-sheet"


def build(source: Source, period: Period) -> Statement:
    """The balance sheet at the end of a month or a year, beside the beginning of the year.

    Income less expenses that were not carried over stand in net assets, so that it balances in any
    month. CannotRun if assets and claims differ: then the book's text itself is out of balance.
    """
    statement = build_form(source, NAME, period)
    proof = form_of(source, NAME).proof
    assets, claims = (line.cells for code in proof for line in statement.lines if line.code == code)
    if assets != claims:
        raise CannotRun(
            finding(
                "sheet-unbalanced",
                f"{period}：资产与负债及净资产不等：{_text(assets)}；{_text(claims)}",
                f"{period}: assets differ from claims: {_text(assets)}; {_text(claims)}",
                "账簿文本不平衡，运行 mingbai check",
                "the book's text is out of balance; run mingbai check",
            )
        )
    return statement


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure."""
    return form_backing(source, NAME, period, line, column)


def _text(cells: tuple[Cell, ...]) -> str:
    return ", ".join(str(cell) for cell in cells)
