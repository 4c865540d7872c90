"""Statements of a book of a quarter: what its months say together, and every figure opens."""

from __future__ import annotations

import pytest

from ledger.money import Money, total
from ledger.period import Period
from reports.statement import Statement
from reports.statements import catalogue
from tests.reports.ledgers import union_book
from tests.reports.opening import every_figure_opens

NAMES = ("balance-sheet", "income-statement", "funds", "sofa", "trial-balance")


def drawn(name: str, period: str) -> Statement:
    _, source = union_book()
    return catalogue.build(name, source, Period.parse(period))


def column(found: Statement, key: str) -> dict[str, Money]:
    place = [one.key for one in found.columns].index(key)
    return {
        line.code: cell
        for line in found.lines
        if line.cells and isinstance(cell := line.cells[place], Money)
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quarter", ["2026-Q1", "2026-Q2"])
def test_every_figure_of_a_quarter_opens(name: str, quarter: str) -> None:
    _, source = union_book()
    every_figure_opens(source, drawn(name, quarter))


def test_a_quarter_moved_what_its_months_moved() -> None:
    quarter = column(drawn("income-statement", "2026-Q1"), "quarter")
    months = [column(drawn("income-statement", f"2026-0{at}"), "month") for at in (1, 2, 3)]
    for code, fen in quarter.items():
        assert fen == total(month.get(code, Money(0)) for month in months), code
    assert any(quarter.values())


def test_a_quarter_says_so_in_its_columns_and_ends_where_its_last_month_ends() -> None:
    assert [one.label.zh for one in drawn("income-statement", "2026-Q1").columns] == [
        "本季数", "本年累计数",
    ]  # fmt: skip
    for key in ("begin", "end"):
        assert column(drawn("balance-sheet", "2026-Q1"), key) == column(
            drawn("balance-sheet", "2026-03"), key
        )


def test_a_quarter_of_funds_begins_where_its_first_month_begins() -> None:
    quarter = drawn("funds", "2026-Q1")
    assert column(quarter, "opening") == column(drawn("funds", "2026-01"), "opening")
    assert column(quarter, "remaining") == column(drawn("funds", "2026-03"), "remaining")
