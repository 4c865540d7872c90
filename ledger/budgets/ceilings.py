"""Whether a draft keeps within the budget in force, in work that does not grow with the book.

What was posted on a line in force is a sum that every voucher moves in its own transaction; one
that is not kept, because a line is new or the book was taken over anew, is summed from the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import budgetcheck
from ledger.budgetcheck import NONE, BudgetLine, Plan
from ledger.errors import Finding
from ledger.fundcheck import FundLine, fund_lines
from ledger.registry import budgets, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.journal import Pen


class Ceilings:
    """A unit's budgets in force, with what was posted on their lines, for one transaction.

    Each year's lines are asked for once, and each line's sum, however many drafts are looked at.
    ``keep``: sums that are missing are kept. Only who holds the unit's lock does so: a voucher that
    is posted meanwhile would be missing from them.
    """

    def __init__(self, conn: Connection, unit: str, *, keep: bool = False) -> None:
        self._conn = conn
        self._unit = unit
        self._keep = keep
        self._plans: dict[int, Plan] = {}
        self._sums: dict[BudgetLine, int] = {}

    def check(self, draft: Draft) -> list[Finding]:
        """Findings for each line that a draft exceeds: errors for hard ones, warnings for soft."""
        moves = self._moves(draft)
        asked = [
            line
            for line, added in moves.items()
            if line.control != NONE and line.sign > 0 and added > 0
        ]
        posted = self._posted(asked)
        faults = (budgetcheck.check_line(line, posted[line], moves[line]) for line in asked)
        return [fault for fault in faults if fault is not None]

    def post(self, draft: Draft) -> None:
        """A voucher of this draft was entered: the sums of its lines move with it."""
        moves = self._moves(draft)
        budgets.move_posted(self._conn, self._unit, moves)
        for line in moves.keys() & self._sums.keys():
            self._sums[line] += moves[line]

    def _moves(self, draft: Draft) -> Mapping[BudgetLine, int]:
        year = draft.day.year
        if year not in self._plans:
            self._plans[year] = Plan(budgets.in_force(self._conn, self._unit, [year]))
        plan = self._plans[year]
        return plan.moves(fund_lines(draft)) if plan.lines else {}

    def _posted(self, lines: Sequence[BudgetLine]) -> dict[BudgetLine, int]:
        missing = [line for line in lines if line not in self._sums]
        if missing:
            self._sums |= posted_on(self._conn, self._unit, missing, keep=self._keep)
        return self._sums


def of_pen(pen: Pen) -> Ceilings:
    """The budgets in force while a unit's lock is held."""
    if pen.ceilings is None:
        pen.ceilings = Ceilings(pen.conn, pen.unit, keep=True)
    return pen.ceilings


def posted_on(
    conn: Connection, unit: str, lines: Sequence[BudgetLine], *, keep: bool = True
) -> dict[BudgetLine, int]:
    """What was posted on lines in their year, in fen; summed, and kept, where nobody did yet."""
    found = budgets.posted(conn, unit, lines)
    missing = [line for line in lines if line not in found]
    if missing:
        summed = sums_of(conn, unit, missing)
        if keep:
            budgets.keep_posted(conn, unit, summed)
        found |= summed
    return found


def sums_of(conn: Connection, unit: str, lines: Iterable[BudgetLine]) -> dict[BudgetLine, int]:
    """What was posted on lines that do not overlap, in one reading of their years' journal."""
    found = dict.fromkeys(lines, 0)
    for year in {line.year for line in found}:
        plan = Plan(line for line in found if line.year == year)
        for entry in _entries_of(conn, unit, year, {line.fund for line in plan.lines}):
            for line, fen in plan.moves(entry).items():
                found[line] += fen
    return found


def _entries_of(
    conn: Connection, unit: str, year: int, funds: set[str]
) -> Iterable[list[FundLine]]:
    from ledger.canonical_reader import read_lean

    months = {f"{year:04d}/{month:02d}.bean" for month in range(1, 13)}
    words = [f'fund: "{fund}"' for fund in funds]
    for file in sorted(months & set(entries.files(conn, unit))):
        for row in entries.entries_of_file(conn, unit, file):
            text = row.text.decode() if row.kind == "voucher" else ""
            if any(word in text for word in words):
                lines = read_lean(text).lines
                yield [FundLine(one.account, one.fund, one.currency, one.fen) for one in lines]
