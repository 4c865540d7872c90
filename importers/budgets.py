"""A year's budget by sheet: every row read strictly, and every fault told with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importers.list_values import fault
from importers.lists import read_list
from importers.templates import BUDGET
from ledger.budgetcheck import NONE, BudgetLine
from ledger.budgets import proofs
from ledger.budgets.typed import account_of, control_of, planned_on
from ledger.errors import Words, refuse_if
from ledger.registry import entries

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from ledger.registry import Registry


def lines_of_sheet(
    registry: Registry, unit: str, year: int, data: bytes, name: str
) -> list[BudgetLine]:
    """The lines of a filled-in sheet; Refused with every finding, each with its row.

    The sheet says its year, so that last year's is not taken for this one's.
    """
    read = read_list(data, name, BUDGET)
    if read.facts.get("year") != year:
        refuse_if([
            fault(
                "budget-year", name, None,
                f"表上是 {read.fact('year')} 年，编制的是 {year} 年",
                f"the sheet is of {read.fact('year')}, the budget of {year}",
                Words("核对年度", "look at the year"),
            )
        ])  # fmt: skip
    with registry.read() as conn:
        names = planned_on(entries.accounts(conn, unit))
        lines = [_line(year, row, names) for row in read.rows]
        faults = proofs.line_faults(conn, unit, lines, [row.line for row in read.rows])
        refuse_if(proofs.in_file(found, name) for found in faults)
    return lines


def _line(year: int, row: ListRow, names: list[str]) -> BudgetLine:
    first, second, third, fourth = (row.money(f"q{number}").fen for number in range(1, 5))
    word = row.text("control")
    return BudgetLine(
        year, row.text("fund").strip().split(" ", 1)[0], account_of(row.text("account"), names),
        (first, second, third, fourth), control_of(word) if word else NONE,
    )  # fmt: skip
