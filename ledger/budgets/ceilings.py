"""Whether a draft keeps within the budget in force, in work that does not grow with the book.

What was posted on a line is a sum that every voucher moves in its own transaction; one that nobody
asked for yet is summed once from the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import budgetcheck
from ledger.account import carries_over
from ledger.budgetcheck import BudgetLine
from ledger.errors import Finding
from ledger.money import CNY
from ledger.registry import budgets, entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.entry import Draft


def check(conn: Connection, draft: Draft, lines: Sequence[BudgetLine]) -> list[Finding]:
    """Findings for each line that the draft exceeds: errors for hard ones, warnings for soft."""
    found = []
    for line, added in budgetcheck.moves(draft, lines).items():
        if line.control != budgetcheck.NONE and line.sign > 0 and added > 0:
            fault = budgetcheck.check_line(line, posted_on(conn, draft.unit, line), added)
            found += [fault] if fault else []
    return found


def on_posted(conn: Connection, draft: Draft) -> None:
    """A voucher of this draft is being entered: the sums of its lines move with it."""
    lines = budgets.in_force(conn, draft.unit, [draft.day.year])
    for line, added in budgetcheck.moves(draft, lines).items():
        known = budgets.posted(conn, draft.unit, line)
        if known is not None:
            budgets.set_posted(conn, draft.unit, line, known + added)


def posted_on(conn: Connection, unit: str, line: BudgetLine) -> int:
    """What was posted on a line in its year, in fen; summed and kept if nobody did yet."""
    known = budgets.posted(conn, unit, line)
    if known is None:
        known = sum_of(conn, unit, line)
        budgets.set_posted(conn, unit, line, known)
    return known


def sum_of(conn: Connection, unit: str, line: BudgetLine) -> int:
    """What was posted on a line, from the journal's own vouchers of the year that name its fund."""
    from ledger.canonical_reader import read_lean

    whole = 0
    months = {f"{line.year:04d}/{month:02d}.bean" for month in range(1, 13)}
    for file in sorted(months & set(entries.files(conn, unit))):
        for row in entries.entries_of_file(conn, unit, file):
            text = row.text.decode()
            if row.kind != "voucher" or f'fund: "{line.fund}"' not in text:
                continue
            voucher = read_lean(text)
            if carries_over(one.account for one in voucher.lines):
                continue
            whole += line.sign * sum(
                one.fen
                for one in voucher.lines
                if one.currency == CNY and line.covers(one.account, one.fund)
            )
    return whole
