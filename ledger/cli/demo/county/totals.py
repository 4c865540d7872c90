"""The county's totals as a text that can be read and compared: what the golden files hold."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from ledger.allocations.standing import stands
from ledger.budgets.standing import compare
from ledger.dues.arrears import arrears_on
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Period
from ledger.registry import dues_schemes, units
from ledger.transfers.matrix import build_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.registry import Registry


def totals(registry: Registry, on: date) -> str:
    """Trial balances by unit and of the federation, activities by fund, arrears by age, the matrix,
    allocations and budgets, as of a day; lines of words."""
    names = _units(registry)
    cells = {unit: _cells(registry, unit) for unit in names}
    return "\n".join([
        *_balances(cells), *_federation(cells), *_activities(cells), *_arrears(registry, names, on),
        *_matrix(registry, names, on), *_allocations(registry, names, on),
        *_budgets(registry, names, on), "",
    ])  # fmt: skip


def _units(registry: Registry) -> list[str]:
    with registry.read() as conn:
        return [row.id for row in units.all_units(conn)]


def _cells(registry: Registry, unit: str) -> list[tuple[str, str, int]]:
    """A unit's sums in all: account, fund, debit less credit in fen."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    model = Model.open(unit_folder(registry.folder, unit))
    for cell in model.cells():
        held[cell.account, cell.fund] += cell.net
    model.close()
    return [(account, fund, fen) for (account, fund), fen in sorted(held.items())]


def _balances(cells: dict[str, list[tuple[str, str, int]]]) -> Iterator[str]:
    yield "试算平衡 trial balance: unit, account, debit less credit"
    for unit, found in cells.items():
        held: dict[str, int] = defaultdict(int)
        for account, _, fen in found:
            held[account] += fen
        for account, fen in sorted(held.items()):
            if fen:
                yield f"{unit}  {account}  {Money(fen).text}"
        yield f"{unit}  合计 total  {Money(sum(held.values())).text}"


def _federation(cells: dict[str, list[tuple[str, str, int]]]) -> Iterator[str]:
    yield ""
    yield "全系统试算平衡 trial balance of the federation: account, debit less credit"
    held: dict[str, int] = defaultdict(int)
    for found in cells.values():
        for account, _, fen in found:
            held[account] += fen
    for account, fen in sorted(held.items()):
        if fen:
            yield f"{account}  {Money(fen).text}"
    yield f"合计 total  {Money(sum(held.values())).text}"


def _activities(cells: dict[str, list[tuple[str, str, int]]]) -> Iterator[str]:
    yield ""
    yield "各资金活动 activities by fund: unit, fund, income, spending, difference"
    for unit, found in cells.items():
        income: dict[str, int] = defaultdict(int)
        spending: dict[str, int] = defaultdict(int)
        for account, fund, fen in found:
            if account.startswith("Income:"):
                income[fund] -= fen
            elif account.startswith("Expenses:"):
                spending[fund] += fen
        for fund in sorted(income.keys() | spending.keys()):
            told = (income[fund], spending[fund], income[fund] - spending[fund])
            yield f"{unit}  {fund}  " + "  ".join(Money(fen).text for fen in told)


def _arrears(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    yield ""
    yield f"欠缴 arrears on {on}: unit, assessed, given up, unpaid, unpaid by age"
    assessed = unpaid = 0
    for unit in names:
        with registry.read() as conn:
            if not dues_schemes.of_unit(conn, unit):
                continue
        found = arrears_on(registry, unit, on)
        ages = [sum(column) for column in zip(*(row.ages for row in found.rows), strict=True)]
        whole = sum(row.assessed for row in found.months)
        rest = sum(row.unpaid for row in found.months)
        off = sum(row.off for row in found.months)
        assessed, unpaid = assessed + whole, unpaid + rest
        told = " ".join(Money(fen).text for fen in ages)
        yield f"{unit}  {Money(whole).text}  {Money(off).text}  {Money(rest).text}  [{told}]"
    percent = unpaid * 1000 // assessed if assessed else 0
    yield (
        f"合计 total  {Money(assessed).text}  {Money(unpaid).text}"
        f"  {percent // 10}.{percent % 10} %"
    )


def _matrix(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    found = build_matrix(registry, names, Period.parse(str(on.year)), on)
    yield ""
    yield "往来 matrix: from, to, paid, arrived, difference"
    for pair in found.pairs:
        amounts = (pair.paid, pair.arrived, pair.difference)
        told = "  ".join(Money(fen).text for fen in amounts)
        yield f"{pair.payer}  {pair.payee}  {told}"
    rest = sum(pair.difference for pair in found.pairs)
    yield f"合计差额 difference in all  {Money(rest).text}"
    yield ""
    yield "例外 exceptions: from, to, state, amount, difference, days"
    for one in found.exceptions:
        yield (
            f"{one.payer}  {one.payee}  {one.state}  {Money(one.fen).text}"
            f"  {Money(one.difference).text}  {one.days}"
        )


def _allocations(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    yield ""
    yield (
        "拨款 allocations: unit, code, state, approved, released, arrived, spent, returned,"
        " lapsed, held"
    )
    for unit in names:
        for one in stands(registry, unit, on):
            told = (
                one.row.fen, one.released_fen, one.arrived_fen, one.spent_fen, one.returned_fen,
                one.lapsed_fen, one.held_fen,
            )  # fmt: skip
            amounts = "  ".join(Money(fen).text for fen in told)
            yield f"{unit}  {one.row.code}  {one.state}  {amounts}"


def _budgets(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    yield ""
    yield "预算执行 budgets: unit, fund, account, control, first, adjusted, actual, percent"
    for unit in names:
        for one in compare(registry, unit, on.year):
            amounts = (one.first, one.adjusted, one.actual)
            told = "  ".join(Money(fen).text for fen in amounts)
            line = one.line
            over = "  超 over" if one.over else ""
            yield (
                f"{unit}  {line.fund}  {line.account}  {line.control}  {told}  {one.percent}{over}"
            )
