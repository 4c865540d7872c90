"""Employers of the unit ``tiny`` and their levies, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger import workflow
from ledger.dues.levy_coming import Announced, Coming, Standing, announce, standings
from ledger.dues.levying import Declaration, Declared, declare, register
from ledger.founding import declare_fund, open_accounts
from ledger.journal import open_pen
from ledger.model import Model
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import claims, entries, levies
from ledger.registry.claims import ClaimRow
from ledger.registry.levies import ShareRow
from tests.house import BANK, LEVY, UNIT, House
from tests.importers.desk import Desk

MARCH = Month(2026, 3)
UPPER = "Liabilities:211-应付上级经费"
HELD = "Liabilities:221-代管经费"


@dataclass
class Levies:
    """A desk at which levies are declared and come in."""

    house: House

    def __post_init__(self) -> None:
        house = self.house
        opened = date(2026, 1, 1)
        with open_pen(house.registry, UNIT, house.now) as pen:
            for name in (UPPER, HELD):
                open_accounts(pen, [entries.AccountRow(name, name, "CNY", False, opened, None)])
            declare_fund(
                pen, entries.FundRow("F09", "代管", "Agency", "agency", "示例", opened, None)
            )
        self.share("union-levy", ("grass-roots", LEVY, "F02"), ("upper", UPPER, "F02"))
        self.share("union-preparation", ("held", HELD, "F09"))
        self.desk = Desk(house)

    def share(self, rule: str, *to: tuple[str, str, str]) -> None:
        house = self.house
        with house.registry.write() as conn:
            rows = [ShareRow(UNIT, rule, part, account, fund) for part, account, fund in to]
            levies.put_shares(conn, UNIT, rule, rows, user=house.maker.id, now=house.now)

    def employer(self, name: str = "示例一厂", *, union: bool = True, code: str = "") -> str:
        house = self.house
        since = date(2020, 1, 1) if union else None
        return register(
            house.registry, UNIT, name, code, house.maker, house.now, union_since=since
        ).id

    def declare(self, employer: str, payroll: str, month: Month = MARCH) -> Declaration:
        house = self.house
        one = Declared(employer, yuan(payroll))
        return declare(house.registry, UNIT, month, [one], house.maker, house.now)[0]

    def announce(
        self, employer: str, amount: str, channel: str = "direct", code: str = ""
    ) -> Announced:
        house = self.house
        one = [Coming(employer, yuan(amount))]
        return announce(house.registry, UNIT, MARCH, one, channel, house.maker, house.now, code)

    def standing(self, employer: str, month: Month = MARCH) -> Standing:
        found = standings(self.house.registry, UNIT, [month])
        return next(one for one in found if one.employer == employer)

    def claims(self, list_code: str) -> list[ClaimRow]:
        with self.house.registry.read() as conn:
            return claims.of_list(conn, UNIT, list_code)

    def deposit(self, amount: str, memo: str) -> None:
        """A deposit on the bank's statement, read in."""
        self.desk.one(amount, memo=memo)

    def post_all(self) -> None:
        for waits in self.desk.drafts():
            house = self.house
            result = workflow.approve(house.registry, waits.id, house.checker, house.now)
            if isinstance(result, workflow.Waiting):
                workflow.approve(house.registry, waits.id, house.second, house.now)

    def balance(self, account: str, fund: str) -> str:
        """What an account holds in a fund, credit positive."""
        cells = Model.open(self.house.folder).cells()
        fen = -sum(c.net for c in cells if (c.account, c.fund) == (account, fund))
        return Money(fen).text


__all__ = ["BANK", "HELD", "LEVY", "MARCH", "UPPER", "Levies"]
