"""A unit's dues by rule and month: owed, collected, paid beyond, written off, in arrears.

As they stood at the end of the last month that is shown, from the claims. No member stands here by
name; behind a figure are claims, and where the book received the money its vouchers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import Backing
from reports.statements.dues_public import behind
from reports.statements.dues_rows import PARTS, Claimed, Sums, rule_words, sums

if TYPE_CHECKING:
    from ledger.period import Month
    from reports.statements.dues_rows import DuesRows
    from reports.statements.source import Source
    from reports.web.funds import Months

#: The row of all months of a rule, and the rule of all dues.
ALL: Final = "all"
_LIST: Final = "list"  # how dues without a rule, entered from a list, are called in addresses


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of one rule, or (``month`` :data:`ALL`) all of them; ``members`` owe something."""

    rule: str
    month: str
    members: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class RuleTable:
    """One kind of dues: its months that have any, and their total."""

    rule: str
    name: Words
    rows: tuple[MonthRow, ...]
    total: MonthRow


class DuesFigures:
    """The dues of a span of months."""

    def __init__(self, dues: DuesRows, months: Months) -> None:
        self._months = months
        self._day = months.last.period.last
        self._claims = [
            claim for claim in dues.claims if months.first <= claim.month <= months.last
        ]

    def tables(self) -> tuple[RuleTable, ...]:
        """The kinds of dues in the order of their rules; empty where nothing was claimed."""
        found = []
        for rule in sorted({claim.rule for claim in self._claims}):
            rows = tuple(self._row(rule, str(month)) for month in self._months_of(rule))
            found.append(RuleTable(rule, rule_words(rule), rows, self._row(rule, ALL)))
        return tuple(found)

    def by_month(self) -> list[tuple[Month, Sums]]:
        """All dues together, by month."""
        return [
            (month, sums((c for c in self._claims if c.month == month), self._day))
            for month in sorted({claim.month for claim in self._claims})
        ]

    def backing(self, rule: str, month: str, part: str, source: Source) -> Backing:
        """What stands behind a figure; KeyError for a rule, month or part that does not exist."""
        claims = self._of("" if rule == _LIST else rule, month)
        if part not in PARTS or not claims:
            raise KeyError(part)
        whole = Money(getattr(sums(claims, self._day), part))
        return Backing("", PARTS[part], None, behind(source, claims, part, self._day), whole)

    def _months_of(self, rule: str) -> list[Month]:
        return sorted({claim.month for claim in self._claims if claim.rule == rule})

    def _of(self, rule: str, month: str) -> list[Claimed]:
        return [
            claim
            for claim in self._claims
            if claim.rule == rule and month in (ALL, str(claim.month))
        ]

    def _row(self, rule: str, month: str) -> MonthRow:
        claims = self._of(rule, month)
        members = {claim.member for claim in claims if not claim.is_credit}
        return MonthRow(rule, month, len(members), sums(claims, self._day))


def address(rule: str) -> str:
    """A rule as it stands in an address."""
    return rule or _LIST
