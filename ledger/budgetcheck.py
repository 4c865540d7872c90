"""Ceilings of a budget, as pure functions: what a line covers, and whether it is exceeded.

The posting path asks them about one draft, the plugin ``ledger.plugins.funds`` about a whole book;
both say the same words. A line covers one fund and an account with everything below it, for a
calendar year. What counts is the year's sum: income and spending without what carries them over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.account import carries_over, is_under
from ledger.errors import Finding, finding
from ledger.money import CNY, Money

if TYPE_CHECKING:
    from ledger.canonical_directives import CustomEntry
    from ledger.fundcheck import FundLine

DIRECTIVE: Final = "budget-line"
HARD, SOFT, NONE = "hard", "soft", "none"
CONTROLS: Final = (HARD, SOFT, NONE)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What is planned on a fund and account in each quarter, in fen, as a positive amount.

    ``control``: a posting beyond the year's sum is refused (hard), told (soft), or neither.
    ``after``: the place in the journal from which on this version measures vouchers.
    """

    year: int
    fund: str
    account: str
    quarters: tuple[int, int, int, int]
    control: str = NONE
    version: int = 1
    after: int = 0

    @property
    def total(self) -> int:
        return sum(self.quarters)

    @property
    def sign(self) -> int:
        """What turns a debit-positive sum into this line's amount."""
        return -1 if self.account.startswith("Income") else 1

    def covers(self, account: str, fund: str) -> bool:
        return fund == self.fund and is_under(account, self.account)


class Plan:
    """The lines of one version, found by account and fund: no two of them cover the same."""

    def __init__(self, lines: Iterable[BudgetLine]) -> None:
        self.lines: Final = tuple(lines)
        self._by_place: Final = {(line.fund, line.account): line for line in self.lines}

    def line_of(self, account: str, fund: str) -> BudgetLine | None:
        """The line that covers an account in a fund, if there is one."""
        for name in above(account):
            line = self._by_place.get((fund, name))
            if line is not None:
                return line
        return None

    def moves(self, postings: Iterable[FundLine]) -> dict[BudgetLine, int]:
        """What an entry adds to each line that it touches, in fen; nothing if it carries over.

        The entry lies in the plan's year. Its cost grows with its own postings, not with the plan.
        """
        entry = list(postings)
        found: dict[BudgetLine, int] = {}
        if carries_over(account for account, *_ in entry):
            return found
        for account, fund, currency, fen in entry:
            line = self.line_of(account, fund) if currency == CNY else None
            if line is not None:
                found[line] = found.get(line, 0) + line.sign * fen
        return {line: fen for line, fen in found.items() if fen}


def above(account: str) -> Iterator[str]:
    """An account and all that it lies under, the nearest first."""
    while account:
        yield account
        account = account.rpartition(":")[0]


def check_line(line: BudgetLine, before: int, added: int) -> Finding | None:
    """A finding if ``added`` goes beyond the year's sum; an error for a hard line.

    Income beyond what was planned is no fault.
    """
    if line.sign < 0 or line.control == NONE or added <= 0 or before + added <= line.total:
        return None
    over = Money(before + added - line.total).grouped
    return finding(
        "over-budget",
        f"{line.year} 年预算：资金 {line.fund} {line.account} 预算 {Money(line.total).grouped}，"
        f"已支 {Money(before).grouped}，本次 {Money(added).grouped}，超出 {over}",
        f"budget of {line.year}: fund {line.fund}, {line.account}: {Money(line.total).grouped} "
        f"planned, {Money(before).grouped} spent, {Money(added).grouped} now, {over} above",
        "压减本次支出，或经决议修订预算：mingbai budget revise",
        "spend less, or revise the budget by a decision: mingbai budget revise",
        severity="error" if line.control == HARD else "warning",
    )


def line_of_directive(entry: CustomEntry) -> BudgetLine:
    """A line from its directive; ValueError if it is no such directive."""
    fund, account, year, version = entry.values
    facts = dict(entry.meta)
    quarters = tuple(int(facts[f"q{number}"].replace(".", "")) for number in range(1, 5))
    if facts["control"] not in CONTROLS or len(quarters) != 4:
        raise ValueError("no budget line")
    return BudgetLine(
        int(year),
        fund,
        account,
        quarters,
        facts["control"],
        int(version),
        int(facts["after"]),
    )
