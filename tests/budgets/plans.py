"""Budgets that tests set in the small unit, and what they post against them."""

from __future__ import annotations

from datetime import date

from ledger.budgetcheck import HARD, BudgetLine
from ledger.budgets import deciding
from ledger.entry import Draft, Posting
from ledger.money import yuan
from tests.house import ACTIVITY, BANK, UNIT, House

YEAR = 2026
DECISION = "示工〔2026〕1号"


def plan(
    amount: str = "1000.00", control: str = HARD, account: str = ACTIVITY, fund: str = "F01"
) -> BudgetLine:
    """A line with its year's amount in four quarters."""
    first, second, third, fourth = (one.fen for one in yuan(amount).split([1, 1, 1, 1]))
    return BudgetLine(YEAR, fund, account, (first, second, third, fourth), control)


def propose(house: House, *lines: BudgetLine, revision: bool = False) -> int:
    """Propose a version; its number."""
    return deciding.propose(
        house.registry, UNIT, YEAR, lines or (plan(),), DECISION, "增加活动" if revision else "",
        house.maker, house.now, revision=revision,
    ).version  # fmt: skip


def set_budget(house: House, *lines: BudgetLine, revision: bool = False) -> int:
    """Propose and approve a version, whatever the approver is told; its number."""
    version = propose(house, *lines, revision=revision)
    deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now, confirmed=True)
    return version


def spend(
    house: House, amount: str, day: date = date(2026, 3, 5), account: str = ACTIVITY
) -> Draft:
    return house.draft(amount, debit=account, credit=BANK, kind="付", day=day, narration="活动")


def moved(amount: str, debit: str, credit: str, day: date = date(2026, 3, 6)) -> Draft:
    """Between two accounts, none of them money."""
    money = yuan(amount)
    sides = (Posting(debit, money, "F01"), Posting(credit, -money, "F01"))
    return Draft(UNIT, day, "转", "调整", sides)
