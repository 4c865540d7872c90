"""Units of any chart for tests of the year's end, and what Beancount says that their books hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from beancount import loader
from beancount.core.data import Transaction

from ledger import workflow
from ledger.account import account_code
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher, voucher_class
from ledger.founding import Founding, declare_fund, found_unit
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import User, entries, units, users
from ledger.yearend.carrying import carry_over
from reports.sources import known_source
from reports.statements.catalogue import build
from tests.house import PASSWORD, House

#: After the year, before its December is closed.
AFTER = datetime(2027, 1, 5, 9, 0, tzinfo=CHINA)


@dataclass
class Unit:
    """One unit with its people; accounts are named by their codes."""

    house: House
    id: str
    maker: User
    checkers: tuple[User, User]

    def post(
        self, day: str, fund: str, *lines: tuple[str, str], now: datetime = AFTER, **fields: object
    ) -> Voucher:
        """A voucher in one fund; every line is a code and its amount, debit positive."""
        postings = tuple(Posting(self.account(code), yuan(amount), fund) for code, amount in lines)
        draft = Draft(
            self.id, date.fromisoformat(day), voucher_class(postings), "示例", postings,
            **fields,  # type: ignore[arg-type]
        )  # fmt: skip
        return self.approve(workflow.propose(self.house.registry, draft, self.maker, now), now)

    def approve(self, draft: str, now: datetime = AFTER) -> Voucher:
        for checker in self.checkers:
            done = workflow.approve(self.house.registry, draft, checker, now)
            if isinstance(done, Voucher):
                return done
        raise AssertionError("two checkers did not suffice")

    def carry(self, year: int = 2026, **said: str) -> list[Voucher]:
        """Carry the year over and approve all of it."""
        ids = carry_over(self.house.registry, self.id, year, self.maker, AFTER, said)
        return [self.approve(one) for one in ids]

    def account(self, code: str) -> str:
        with self.house.registry.read() as conn:
            names = [name for name in entries.accounts(conn, self.id) if account_code(name) == code]
        assert len(names) == 1, (code, names)
        return names[0]

    def held(self, before: date = date(2027, 1, 1)) -> dict[tuple[str, str], str]:
        """What Beancount says that each account holds in each fund, by code; zeros left out."""
        path = unit_folder(self.house.registry.folder, self.id) / "book.bean"
        found, errors, _ = loader.load_file(str(path))
        assert not errors
        sums: dict[tuple[str, str], Money] = defaultdict(lambda: Money(0))
        for entry in found:
            if isinstance(entry, Transaction) and entry.date < before:
                for line in entry.postings:
                    assert line.units is not None and line.meta is not None
                    key = (account_code(line.account), str(line.meta["fund"]))
                    sums[key] += yuan(str(line.units.number))
        return {key: amount.text for key, amount in sorted(sums.items()) if amount}

    def figures(self, name: str, period: str) -> dict[str, dict[str, str]]:
        """A statement's figures by line and column."""
        wanted = Period.parse(period)
        found = build(name, known_source(self.house.registry, self.id, name, wanted), wanted)
        return {
            line.code: {
                column.key: cell.text
                for column, cell in zip(found.columns, line.cells, strict=True)
                if isinstance(cell, Money)
            }
            for line in found.lines
            if line.cells
        }


def found(
    house: House, unit: str, chart: str, funds: dict[str, str], *, kinds: str = "",
    opened: date = date(2026, 1, 1),
) -> Unit:  # fmt: skip
    """Open a unit's book, with funds by code and restriction."""
    found_unit(
        house.registry, Founding(unit, f"示例{unit}", chart, opened, yuan("1000000.00")), house.now
    )
    with open_pen(house.registry, unit, house.now) as pen:
        for code, restriction in funds.items():
            declare_fund(
                pen, entries.FundRow(code, f"资金{code}", "", restriction, "示例", opened, None)
            )
    with house.registry.write() as conn:
        units.set_place(conn, unit, "", kinds)
        maker, one, two = (
            users.add(
                conn, login=f"{unit}-{role}{place}", password=PASSWORD,
                roles=frozenset({(unit, role)}), now=house.now,
            )
            for place, role in enumerate(("treasurer", "checker", "checker"))
        )  # fmt: skip
    return Unit(house, unit, maker, (one, two))
