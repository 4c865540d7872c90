"""What carries over and what is reclassified is told apart alike by everybody who leaves it out."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.layout import month_file, unit_folder
from ledger.model import Model
from ledger.period import Month, Period
from ledger.transfers.facts import read_facts_of
from reports.sources import book_source
from reports.statements import catalogue
from tests.budgets.plans import moved, spend
from tests.house import ACTIVITY, DUES, OFFICE, OPENING, UNIT, House

MARCH = date(2026, 3, 31)


@pytest.fixture
def lived(small_house: House) -> House:
    """Dues 80, activities 50, of which 20 are moved to the office; all carried over, once twice."""
    house = small_house
    house.post(house.draft("80.00"))
    house.post(spend(house, "50.00"))
    house.post(moved("20.00", OFFICE, ACTIVITY))
    house.post(moved("80.00", DUES, OPENING, MARCH))
    twice = house.post(moved("30.00", OPENING, ACTIVITY, MARCH))
    house.reverse(twice, MARCH, "重复")
    house.post(moved("30.00", OPENING, ACTIVITY, MARCH))
    return house


def net(house: House) -> dict[str, int]:
    """By account of income and spending, what was posted and not carried over."""
    model = Model.open(unit_folder(house.registry.folder, UNIT))
    found: dict[str, int] = {}
    for line in model.lines():
        if line.account.startswith(("Income:", "Expenses:")) and not line.carried:
            found[line.account] = found.get(line.account, 0) + line.amount.fen
    model.close()
    return found


def test_the_read_model_marks_a_carry_over_and_its_reversal_and_no_reclassification(
    lived: House,
) -> None:
    assert net(lived) == {DUES: -80_00, ACTIVITY: 30_00, OFFICE: 20_00}


def test_a_consolidation_leaves_out_the_same(lived: House) -> None:
    data = (lived.folder / month_file(Month(2026, 3))).read_bytes()
    facts = read_facts_of(data, "03.bean").carried
    carried = {account: debit - credit for (account, _, _), (debit, credit, _) in facts.items()}
    model = Model.open(unit_folder(lived.registry.folder, UNIT))
    cells: dict[str, int] = {}
    for cell in model.cells():
        if cell.account.startswith(("Income:", "Expenses:")):
            cells[cell.account] = cells.get(cell.account, 0) + cell.net
    model.close()
    assert {name: fen - carried.get(name, 0) for name, fen in cells.items()} == net(lived)


def test_the_statement_of_income_says_the_same(lived: House) -> None:
    period = Period.parse("2026-03")
    source = book_source(lived.registry.folder, UNIT, period)
    statement = catalogue.build("income-statement", source, period)
    lines = {line.code: str(line.cells[0]) for line in statement.lines if line.cells}
    assert (lines["401"], lines["501"]) == ("80.00 CNY", "30.00 CNY")
