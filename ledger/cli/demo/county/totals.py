"""The county's totals as a text that can be read and compared: what the golden files hold."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

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
    """Trial balance by unit, arrears by age and the matrix, as of a day; lines of words."""
    return "\n".join([*_balances(registry), *_arrears(registry, on), *_matrix(registry, on), ""])


def _units(registry: Registry) -> list[str]:
    with registry.read() as conn:
        return [row.id for row in units.all_units(conn)]


def _balances(registry: Registry) -> Iterator[str]:
    yield "试算平衡 trial balance: unit, account, debit less credit"
    for unit in _units(registry):
        model = Model.open(unit_folder(registry.folder, unit))
        held: dict[str, int] = defaultdict(int)
        for cell in model.cells():
            held[cell.account] += cell.net
        model.close()
        for account, fen in sorted(held.items()):
            if fen:
                yield f"{unit}  {account}  {Money(fen).text}"
        yield f"{unit}  合计 total  {Money(sum(held.values())).text}"


def _arrears(registry: Registry, on: date) -> Iterator[str]:
    yield ""
    yield f"欠缴 arrears on {on}: unit, assessed, given up, unpaid, unpaid by age"
    assessed = unpaid = 0
    for unit in _units(registry):
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


def _matrix(registry: Registry, on: date) -> Iterator[str]:
    found = build_matrix(registry, _units(registry), Period.parse(str(on.year)), on)
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
