"""What is on the way: clearing accounts that a period's end found not empty, and since when.

Money between own accounts passes through a clearing account, which returns to zero when both sides
are entered. What stays there is told until somebody enters the other side; nothing is merged.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.account import account_code, account_label
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month
from ledger.registry import entries, imports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.registry import Registry


@dataclass(frozen=True, slots=True)
class InTransit:
    """A clearing account that is not empty: how much of a fund it holds, and since which day."""

    account: str
    fund: str
    amount: Money
    since: date

    def as_json(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "fund": self.fund,
            "amount": self.amount.text,
            "since": self.since.isoformat(),
        }

    def as_row(self) -> dict[str, Any]:
        """It as a line of the inbox."""
        label = account_label(self.account)
        return {
            "id": f"clearing:{account_code(self.account)}:{self.fund}:{self.amount.currency}",
            "line": {
                "day": self.since.isoformat(),
                "amount": self.amount.text,
                "currency": self.amount.currency,
                "account": self.account,
                "fund": self.fund,
                "since": self.since.isoformat(),
                "counterparty": "",
                "counterparty_account": "",
                "memo": f"{label} 未结平 not back to zero",
            },
            "state": "clearing",
            "proposal": None,
        }


def clearing_accounts(names: Iterable[str]) -> list[str]:
    """The accounts that hold what has left one own account and not reached the other yet.

    They are known by their name in the chart, 在途.

    >>> clearing_accounts(["Assets:135-其他应收款:09-在途资金", "Assets:135-其他应收款"])
    ['Assets:135-其他应收款:09-在途资金']
    """
    return sorted(name for name in names if "在途" in name.rsplit(":", 1)[-1])


def accounts_in_transit(registry: Registry, unit: str) -> set[str]:
    """The unit's clearing accounts: by their names, and those that its rules for transfers name."""
    with registry.read() as conn:
        names = entries.accounts(conn, unit)
        tables = [row.terms for row in imports.rules(conn, registry.vault, unit)]
    targets = [terms.get("to") for terms in tables if terms.get("for") == "transfer"]
    chosen = {str(to["account"]) for to in targets if isinstance(to, dict)}
    return {*clearing_accounts(names), *chosen}


def in_transit(registry: Registry, unit: str, through: Month) -> list[InTransit]:
    """What the clearing accounts hold at the end of a month, by account and fund."""
    accounts = accounts_in_transit(registry, unit)
    if not accounts:
        return []
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        held: dict[tuple[str, str, str], int] = defaultdict(int)
        for cell in model.cells(through=through):
            if cell.account in accounts:
                held[cell.account, cell.fund, cell.currency] += cell.net
        left = {key: fen for key, fen in held.items() if fen}
        if not left:
            return []
        moved: dict[tuple[str, str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for line in model.lines(through=through, accounts={account for account, _, _ in left}):
            moved[line.account, line.fund, line.amount.currency][line.day] += line.amount.fen
    finally:
        model.close()
    return [
        InTransit(account, fund, Money(left[key], currency), _since(moved[key]))
        for key in sorted(left)
        for account, fund, currency in [key]
    ]


def left_over(registry: Registry, unit: str, today: date) -> list[InTransit]:
    """What was there at the end of the last month and still is: somebody has to look for it.

    Money that left one account this month may still arrive by itself.
    """
    this = Month.of(today)
    return [one for one in in_transit(registry, unit, this) if one.since < this.first]


def _since(by_day: dict[date, int]) -> date:
    """The day on which the account was empty for the last time before what it holds now."""
    held, since = 0, min(by_day)
    for day in sorted(by_day):
        if held == 0:
            since = day
        held += by_day[day]
    return since
