"""The folders' own descriptions leave nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.chart import charts, load_chart
from reports.statements import catalogue

ROOT = Path(__file__).parents[2]
STATEMENTS = ROOT / "reports" / "statements"
CHARTS = ROOT / "ledger" / "charts"


@pytest.mark.parametrize("name", sorted(catalogue.STATEMENTS))
def test_every_statement_is_described(name: str) -> None:
    assert f"| `{name}` |" in (STATEMENTS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", sorted(path.name for path in STATEMENTS.glob("[a-z]*.py")))
def test_every_module_of_statements_is_described(module: str) -> None:
    assert f"`{module}` |" in (STATEMENTS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("id", charts())
def test_every_chart_is_described_with_what_it_is_confirmed_by(id: str) -> None:
    text = (CHARTS / "README.md").read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if line.startswith(f"| `{id}` |"))
    assert row.endswith("| yes |" if load_chart(id).confirmed else "| no |")


@pytest.mark.parametrize("id", ["npo-2004", "npo-2024"])
def test_the_details_that_are_ours_are_described(id: str) -> None:
    text = (CHARTS / "README.md").read_text(encoding="utf-8")
    ours = [a.code for a in load_chart(id).accounts if a.parent and a.code[-2] == "9"]
    assert ours
    assert all(f"`{code}`" in text for code in ours)
