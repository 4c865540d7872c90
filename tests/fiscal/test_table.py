"""The table of parallel entries is read strictly, and fits the chart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.chart import load_chart
from ledger.errors import Refused
from ledger.rules.reading import read_tables
from ledger.rules.rulebook import Rulebook, shipped
from ledger.rules.spending_tables import ParallelTable
from ledger.rules.table import Place
from tests.fiscal import unit as gov

FILE = Path(__file__).parents[2] / "ledger" / "rules" / "data" / "government.toml"
TEXT = FILE.read_text(encoding="utf-8")
TABLE = Rulebook(shipped()).in_force(ParallelTable, "parallel", date(2026, 3, 1), Place())


def test_its_accounts_are_the_charts() -> None:
    known = load_chart(gov.CHART).by_code
    for row in TABLE.rows:
        assert {*row.accounts} <= known.keys(), row.id
        assert not any(known[code].budgetary for code in row.accounts)
        assert not row.to or known[row.to].budgetary


def test_a_longer_code_and_the_units_kind_go_first() -> None:
    told = [
        TABLE.row("400191", "credit", ()), TABLE.row("40019101", "credit", ()),
        TABLE.row("5001", "debit", {"public-institution"}),
        TABLE.row("5001", "debit", {"administrative-unit"}), TABLE.row("100201", "debit", ()),
    ]  # fmt: skip
    assert [row.to if row else None for row in told] == ["600191", "600191", "7201", "7101", None]
    assert TABLE.row("5001", "debit", ()) is None
    assert TABLE.row("5001", "credit", {"administrative-unit"}) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = "6001", ', "", "a row has to if"),
        ('how = "settle"', 'how = "settle", to = "7101"', "a row has to if"),
        ('how = "settle"', 'how = "guess"', "how"),
        ('side = "credit", accounts = ["4101"]', 'side = "left", accounts = ["4101"]', "side"),
        ('accounts = ["4101"]', 'accounts = ["事业"]', "codes of accounts"),
        ('accounts = ["4101"]', "accounts = []", "codes of accounts"),
        ('accounts = ["4101"]', 'accounts = ["4201"]', "4201 credit is there twice"),
        ('id = "upper"', 'id = "attached"', "attached is there twice"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_refused_and_the_fault_is_named(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(Refused) as caught:
        read_tables(TEXT.replace(old, new, 1).encode(), "rules/government.toml")
    assert said in str(caught.value)
