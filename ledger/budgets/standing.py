"""Budget against actual: each line in force with what was posted on it, by quarter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ledger.budgetcheck import NONE, BudgetLine, Plan
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money, percent_text
from ledger.period import Month
from ledger.registry import budgets, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.asking import Ledger
    from ledger.model import PostedLine
    from ledger.registry import Registry, User


@dataclass(frozen=True)
class Compared:
    """A line of a budget; ``first`` is what the year's first version planned on it, in fen.

    ``actual`` sums what was posted, without what carries income and spending over. ``dropped``: the
    first version had the line, and none of the version shown covers it; what is posted below it and
    stands on another line is that line's.
    """

    line: BudgetLine
    first: int
    quarters: tuple[int, int, int, int]
    posted: tuple[PostedLine, ...] = ()
    dropped: bool = False

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
            "percent": self.percent, "over": self.over, "dropped": self.dropped,
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
    *,
    dropped: bool = False,
    book: Ledger | None = None,
) -> list[Compared]:
    """Each line in force for ``year`` with what was posted up to the end of ``through``.

    With a ``version`` its lines are taken, whether it is in force or not. With ``dropped`` the
    first version's lines that are planned no more stand there too, so that what the first version
    planned and what was adjusted add up to the whole. ``book`` is asked in place of the unit's own:
    what is published of it.
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
    plan = Plan(lines)
    first: dict[BudgetLine, int] = dict.fromkeys(lines, 0)
    gone = []
    for line in before:
        now = plan.line_of(line.account, line.fund)
        if now is not None:
            first[now] += line.total
        elif dropped:
            left = replace(line, quarters=(0, 0, 0, 0), control=NONE, version=lines[0].version)
            gone.append((left, line.total))
    away = [line for line, _ in gone]
    if book is not None:
        posted = _posted(book, plan, away, year, through)
    else:
        model = Model.open(unit_folder(registry.folder, unit))
        try:
            posted = _posted(model, plan, away, year, through)
        finally:
            model.close()
    found = [_compared(line, total, posted[line]) for line, total in first.items()]
    found += [_compared(line, total, posted[line], dropped=True) for line, total in gone]
    return sorted(found, key=lambda one: (one.line.fund, one.line.account))


def _posted(
    model: Ledger, plan: Plan, gone: Sequence[BudgetLine], year: int, through: Month | None
) -> dict[BudgetLine, list[PostedLine]]:
    """What stands on each line of the plan, or, of a line that it has no more, on none of them.

    The year is read once, however many lines there are.
    """
    found: dict[BudgetLine, list[PostedLine]] = {line: [] for line in (*plan.lines, *gone)}
    funds = {line.fund for line in found}
    names = [
        name
        for name in model.accounts()
        if any(_line_of(plan, gone, name, fund) is not None for fund in funds)
    ]
    last = min(through or Month(year, 12), Month(year, 12))
    for row in model.lines(since=Month(year, 1), through=last, accounts=names):
        line = _line_of(plan, gone, row.account, row.fund)
        if line is not None and row.amount.currency == CNY and not row.carried:
            found[line].append(row)
    return found


def _line_of(plan: Plan, gone: Sequence[BudgetLine], account: str, fund: str) -> BudgetLine | None:
    own = plan.line_of(account, fund)
    if own is not None:
        return own
    return next((line for line in gone if line.covers(account, fund)), None)


def _compared(
    line: BudgetLine, first: int, posted: Sequence[PostedLine], *, dropped: bool = False
) -> Compared:
    sums = [0, 0, 0, 0]
    for row in posted:
        sums[(row.day.month - 1) // 3] += line.sign * row.amount.fen
    quarters = (sums[0], sums[1], sums[2], sums[3])
    return Compared(line, first, quarters, tuple(posted), dropped=dropped)
