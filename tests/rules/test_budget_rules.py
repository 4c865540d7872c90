"""Rules about budgets are read strictly, and hold where their document says."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.errors import Refused
from ledger.rules.reading import read_tables
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.spending_tables import CarryTable, RevisionTable
from ledger.rules.table import Place

_HEAD = """
[[table]]
kind = "{kind}"
id = "ours"
version = "2026"
rule = "union-budget"
name = "本会规定"
name_en = "Ours"
source = "示工〔2026〕9号"
effective_from = 2026-01-01
confidence = "confirmed"
"""


def test_a_union_of_anhui_revises_its_budget_once_a_year_since_that_document() -> None:
    book, _ = load()
    anhui = Place("安徽省")
    found = book.in_force(RevisionTable, "union-budget", date(2026, 3, 1), anhui)
    assert (found.revisions, found.refuses) == (1, False)
    assert "皖工发〔2025〕18号" in found.head.source
    for day, place in ((date(2025, 8, 20), anhui), (date(2026, 3, 1), Place("甲省"))):
        with pytest.raises(NoRuleLoaded):
            book.in_force(RevisionTable, "union-budget", day, place)


def test_public_money_is_carried_for_two_years() -> None:
    found = load()[0].in_force(CarryTable, "fiscal-carry-over", date(2026, 3, 1), Place())
    assert (found.years, found.article) == (2, "第四十二条")


@pytest.mark.parametrize(
    "kind, rows",
    [
        ("revisions", ""),
        ("revisions", "revisions = -1\n"),
        ("revisions", 'revisions = "1"\n'),
        ("revisions", 'revisions = 1\nbeyond = "shout"\n'),
        ("carry-over", "years = 100\n"),
        ("carry-over", "years = 2\nmore = 1\n"),
    ],
)
def test_a_faulty_rule_is_refused(kind: str, rows: str) -> None:
    with pytest.raises(Refused, match="bad-rule"):
        read_tables((_HEAD.format(kind=kind) + rows).encode(), "ours.toml")


def test_a_local_rule_may_refuse() -> None:
    text = _HEAD.format(kind="revisions") + 'revisions = 0\nbeyond = "refuse"\narticle = "第二条"\n'
    ((table,), _) = read_tables(text.encode(), "ours.toml")
    assert isinstance(table, RevisionTable)
    assert (table.revisions, table.refuses, table.article) == (0, True, "第二条")
