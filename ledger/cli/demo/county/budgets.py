"""Budgets of the county and two federations: set in January, revised in July, and once refused."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.budgetcheck import HARD, BudgetLine
from ledger.budgets import deciding
from ledger.budgets.typed import quarters_of
from ledger.cli.demo.county.acts import payment, refusal_of
from ledger.cli.demo.county.facts import YEAR, County
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User

#: Months by number: when a budget is set, and when it is revised.
_VERSIONS: Final = {1: 0, 7: 1}
_REFUSED_IN: Final = 3


def live_budgets(
    registry: Registry, county: County, month: Month, maker: User, checker: User, now: datetime
) -> list[str]:
    """What happens to budgets in a month, in words."""
    told: list[str] = []
    for said in county.data["budget"]:
        if month.month in _VERSIONS:
            version = _VERSIONS[month.month]
            row = deciding.propose(
                registry, said["unit"], YEAR,
                _lines(county, version, Fraction(said.get("part", 1))),
                said["revised"] if version else said["decision"],
                said["reason"] if version else "", maker, now, revision=bool(version),
            )  # fmt: skip
            deciding.approve(registry, said["unit"], YEAR, row.version, checker, now)
            told.append(f"{said['unit']} 预算第 {row.version} 版 budget, version {row.version}")
    if month.month == _REFUSED_IN:
        told.append(_refused(registry, county, maker, now))
    return told


def _lines(county: County, version: int, part: Fraction) -> list[BudgetLine]:
    found = []
    for said in county.data["budget_line"]:
        quarters = quarters_of([yuan(said["amounts"][version]).times(part).text])
        found.append(BudgetLine(YEAR, said["fund"], said["account"], quarters, said["control"]))
    return found


def _refused(registry: Registry, county: County, maker: User, now: datetime) -> str:
    """A payment beyond a hard line is refused; what is told of it."""
    unit = county.data["budget"][0]["unit"]
    hard = next(line for line in _lines(county, 0, Fraction(1)) if line.control == HARD)
    amount = Money(hard.total + 100)
    draft = payment(
        unit, date(now.year, now.month, 15), "全县职工运动会", hard.account, hard.fund, amount,
        payee="示例体育公司", source="county:beyond-budget",
    )  # fmt: skip
    why = refusal_of(
        lambda: workflow.propose_many(registry, unit, [draft], maker, now),
        f"{unit}: {amount.text} beyond the budget",
    )
    return f"{unit} 超预算被拒 beyond its budget, refused: {why}"
