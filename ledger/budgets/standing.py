"""Budget against actual: each line in force with what was posted on it, by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.budgetcheck import BudgetLine
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money, percent_text
from ledger.period import Month
from ledger.registry import budgets, units

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.registry import Registry, User


@dataclass(frozen=True)
class Compared:
    """A line of the budget in force; ``first`` is what the year's first version planned, in fen.

    ``actual`` sums what was posted, without what carries income and spending over.
    """

    line: BudgetLine
    first: int
    quarters: tuple[int, int, int, int]
    posted: tuple[PostedLine, ...] = ()

    @property
    def actual(self) -> int:
        return sum(self.quarters)

    @property
    def adjusted(self) -> int:
        """What revisions changed since the first version."""
        return self.line.total - self.first

    @property
    def over(self) -> bool:
        return self.line.sign > 0 and self.actual > self.line.total

    @property
    def percent(self) -> str:
        """The part of the plan that was posted, with one decimal, half up; empty without a plan."""
        return percent_text(self.actual, self.line.total)

    def as_json(self) -> dict[str, Any]:
        return {
            "fund": self.line.fund, "account": self.line.account, "control": self.line.control,
            "budget": Money(self.line.total).text, "first": Money(self.first).text,
            "adjusted": Money(self.adjusted).text, "actual": Money(self.actual).text,
            "percent": self.percent, "over": self.over,
            "quarters": [
                {"budget": Money(planned).text, "actual": Money(actual).text}
                for planned, actual in zip(self.line.quarters, self.quarters, strict=True)
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Side:
    """What is planned and posted on one side of a budget, in fen."""

    planned: int = 0
    actual: int = 0

    @property
    def percent(self) -> str:
        return percent_text(self.actual, self.planned)

    def as_json(self) -> dict[str, str]:
        return {
            "budget": Money(self.planned).text, "actual": Money(self.actual).text,
            "percent": self.percent,
        }  # fmt: skip


@dataclass(frozen=True)
class UnitBudget:
    """A unit's budget as a whole; ``version`` is 0 where none is approved."""

    unit: str
    name: str
    version: int
    income: Side
    spending: Side

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "name": self.name, "version": self.version,
            "income": self.income.as_json(), "spending": self.spending.as_json(),
        }  # fmt: skip


def below(registry: Registry, unit: str, year: int, user: User) -> list[UnitBudget]:
    """A unit and all below it, side by side: those whose books ``user`` may see."""
    with registry.read() as conn:
        rows = [row for row in units.subtree(conn, unit) if user.may("browse", row.id)]
    found = []
    for row in rows:
        lines = compare(registry, row.id, year)
        sides = {
            sign: Side(
                sum(one.line.total for one in lines if one.line.sign == sign),
                sum(one.actual for one in lines if one.line.sign == sign),
            )
            for sign in (-1, 1)
        }
        version = max((one.line.version for one in lines), default=0)
        found.append(UnitBudget(row.id, row.name, version, sides[-1], sides[1]))
    return found


def compare(
    registry: Registry,
    unit: str,
    year: int,
    through: Month | None = None,
    version: int | None = None,
) -> list[Compared]:
    """Each line in force for ``year`` with what was posted up to the end of ``through``.

    With a ``version`` its lines are taken, whether it is in force or not.
    """
    with registry.read() as conn:
        if version is None:
            lines = budgets.in_force(conn, unit, [year])
        else:
            lines = budgets.lines_of(conn, unit, year, version)
        known = [row.version for row in budgets.versions(conn, unit, year) if row.was_approved]
        before = budgets.lines_of(conn, unit, year, known[0]) if known else []
    if not lines:
        return []
    first = {(line.fund, line.account): line.total for line in before}
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        return [
            _compared(model, line, first.get((line.fund, line.account), 0), through)
            for line in lines
        ]
    finally:
        model.close()


def _compared(model: Model, line: BudgetLine, first: int, through: Month | None) -> Compared:
    last = min(through or Month(line.year, 12), Month(line.year, 12))
    accounts = [name for name in model.accounts() if line.covers(name, line.fund)]
    posted = tuple(
        row
        for row in model.lines(
            since=Month(line.year, 1), through=last, accounts=accounts, fund=line.fund
        )
        if row.amount.currency == CNY and not row.carried
    )
    sums = [0, 0, 0, 0]
    for row in posted:
        sums[(row.day.month - 1) // 3] += line.sign * row.amount.fen
    return Compared(line, first, (sums[0], sums[1], sums[2], sums[3]), posted)
