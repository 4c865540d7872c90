"""What each fund has unspent of which year, and what of it has to become surplus.

Money goes in the order in which it came: spending takes the oldest first. So what a fund holds is
the sum of what is unspent of each year. For how long money of public finance may be carried forward
is a dated rule; other funds are shown beside it, and no rule of ours says anything of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.openings import opening_vouchers
from ledger.period import Month
from ledger.registry import allocations, units
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.spending_tables import CarryTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.registry import Registry

RULE: Final = "fiscal-carry-over"
_RESULT: Final = ("Income:", "Expenses:")


@dataclass(frozen=True)
class Unspent:
    """What is left in a fund of a year's money; ``surplus_on`` is the day on which it is surplus.

    ``year`` is that of the income, or the year before the book began for what it opened with.
    """

    fund: str
    name: str
    year: int
    fen: int
    surplus_on: date | None = None
    is_surplus: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "fund": self.fund, "name": self.name, "year": self.year,
            "unspent": Money(self.fen).text,
            "surplus_on": self.surplus_on.isoformat() if self.surplus_on else None,
            "is_surplus": self.is_surplus,
        }  # fmt: skip


@dataclass(frozen=True)
class CarryOver:
    """As of a day: what is unspent, and the rule that was asked, or that there is none."""

    on: date
    rule: CarryTable | Finding
    rows: tuple[Unspent, ...]

    @property
    def surplus_fen(self) -> int:
        return sum(row.fen for row in self.rows if row.is_surplus)


def carry_over(registry: Registry, unit: str, on: date) -> CarryOver:
    """What the funds of a unit have unspent at the end of the month of ``on``, by year."""
    book, _ = load(registry.folder, unit)
    with registry.read() as conn:
        row = units.find(conn, unit)
        fiscal = {one.fund for one in allocations.of_unit(conn, unit)}
    rule: CarryTable | Finding
    try:
        rule = book.in_force(CarryTable, RULE, on, Place.of(row))
    except NoRuleLoaded as fault:
        rule = fault.findings[0]
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        names = {code: facts.name for code, facts in model.funds().items()}
        left = _unspent(model, row.opened, Month.of(on))
    finally:
        model.close()
    rows = []
    for fund, year, fen in left:
        until = None
        if isinstance(rule, CarryTable) and fund in fiscal and fen > 0:
            until = date(year + rule.years + 1, 1, 1)
        rows.append(
            Unspent(fund, names.get(fund, ""), year, fen, until, until is not None and on >= until)
        )
    return CarryOver(on, rule, tuple(rows))


def _unspent(model: Model, opened: date, through: Month) -> list[tuple[str, int, int]]:
    """Fund, year and what is unspent of it in fen, by fund and year."""
    income: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    moved: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    capital = {name for name, facts in model.accounts().items() if facts.capital}
    for cell in model.cells(through=through):
        if cell.currency != CNY:
            continue
        if cell.account.startswith("Income:"):
            income[cell.fund][cell.month.year] -= cell.net
        elif cell.account.startswith(("Assets:", "Liabilities:")) and cell.account not in capital:
            moved[cell.fund][cell.month.year] += cell.net
    for fund, year, fen in _carried(model, through):
        income[fund][year] += fen
    brought = _brought(model, opened, capital)
    found = []
    for fund in sorted({*income, *moved}):
        pools = _pools(income[fund], moved[fund], brought.get(fund, 0), opened.year)
        found += [(fund, year, fen) for year, fen in sorted(pools.items()) if fen]
    return found


def _pools(
    income: Mapping[int, int], moved: Mapping[int, int], brought: int, first: int
) -> dict[int, int]:
    """What is left of each year's money; a fund that owes shows it in its last year."""
    pools: dict[int, int] = defaultdict(int)
    owed = 0
    if brought >= 0:
        pools[first - 1] = brought
    else:
        owed = -brought
    last = max([first, *income, *moved])
    for year in range(first, last + 1):
        came = income.get(year, 0)
        went = came - moved.get(year, 0) + (brought if year == first else 0)
        # What came by other ways than income (a transfer between funds) is money of the year.
        pools[year] += max(came, 0) + max(-went, 0)
        owed += max(went, 0) + max(-came, 0)
        for place in sorted(pools):
            part = min(owed, pools[place])
            pools[place] -= part
            owed -= part
    if owed:
        pools[last] -= owed
    return pools


def _carried(model: Model, through: Month) -> list[tuple[str, int, int]]:
    """Fund, year and fen of income that was carried over to net assets, debit positive."""
    equity = [name for name in model.accounts() if name.startswith("Equity:")]
    incomes = [name for name in model.accounts() if name.startswith("Income:")]
    months = {
        Month.of(line.day) for line in model.lines(through=through, accounts=equity) if line.carried
    }
    return [
        (line.fund, line.day.year, line.amount.fen)
        for month in sorted(months)
        for line in model.lines(since=month, through=month, accounts=incomes)
        if line.carried and line.amount.currency == CNY
    ]


def _brought(model: Model, opened: date, capital: set[str]) -> dict[str, int]:
    """By fund, what the book opened with."""
    found: dict[str, int] = defaultdict(int)
    for one in opening_vouchers(model, opened):
        for line in one.draft.postings:
            if (
                line.amount.currency == CNY
                and line.account.startswith(("Assets:", "Liabilities:"))
                and line.account not in capital
            ):
                found[line.fund] += line.amount.fen
    return found
