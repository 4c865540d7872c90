"""A wrong draft cannot be built."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from ledger.draft_text import draft_digest, draft_from_json, draft_to_json
from ledger.entry import Draft, Lot, Posting, balanced, build_draft, safe_text
from ledger.errors import Refused
from ledger.money import Money, yuan
from tests.ledger.books import drafts

BANK = "Assets:102-银行存款:01-基本户"
DUES = "Income:401-会费收入"


def good(**changes: Any) -> Draft:
    draft = Draft(
        unit="tiny",
        day=date(2026, 3, 5),
        kind="收",
        narration="三月会费",
        postings=(
            Posting(BANK, yuan("25.00"), "F01"),
            Posting(DUES, yuan("-25.00"), "F01", (("member", "m-7F3K2"),)),
        ),
    )
    return replace(draft, **changes)


def test_a_balanced_draft_has_no_findings() -> None:
    assert balanced(good()) == []


def test_a_draft_that_balances_in_sum_but_not_by_fund_is_found() -> None:
    draft = good(
        postings=(Posting(BANK, yuan("25.00"), "F01"), Posting(DUES, yuan("-25.00"), "F02"))
    )
    found = balanced(draft)
    assert [f.rule for f in found] == ["unbalanced", "unbalanced"]
    assert "F01" in found[0].what.zh and "25.00" in found[0].what.en


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "记"},
        {"postings": ()},
        {"narration": "two\nlines"},
        {"narration": "turned\u202eround"},
        {"narration": "zero\u200bwidth"},
        {"narration": " blank"},
        {"narration": "长" * 301},
        {"payee": "\x00"},
        {"tags": ("has space",)},
        {"links": ("中文",)},
        {"papers": ("abc",)},
        {"meta": (("b", "1"), ("a", "2"))},
        {"meta": (("chain", "forged"),)},
        {"meta": (("Upper", "1"),)},
    ],
)
def test_a_faulty_draft_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        good(**changes)


def test_a_business_day_is_a_date_not_a_moment() -> None:
    with pytest.raises(TypeError, match="date"):
        good(day=datetime(2026, 3, 5))


def test_at_the_edge_a_fault_is_a_finding() -> None:
    with pytest.raises(Refused) as refusal:
        build_draft(unit="tiny", day=date(2026, 3, 5), kind="?", narration="", postings=())
    assert refusal.value.findings[0].rule == "bad-draft"


@pytest.mark.parametrize("fund", ["", "f01", "F 01", "会费", "F01\n"])
def test_a_fund_is_a_code(fund: str) -> None:
    with pytest.raises(ValueError, match="fund"):
        Posting(BANK, yuan("1"), fund)


def test_a_lot_weighs_what_its_posting_says() -> None:
    lot = Lot(Decimal(1), "FA-00012", yuan("12000.00"))
    assert Posting("Assets:162-固定资产", yuan("12000.00"), "F02", lot=lot).lot == lot
    with pytest.raises(ValueError, match="weighs"):
        Posting("Assets:162-固定资产", yuan("11999.99"), "F02", lot=lot)


def test_a_draft_survives_json_and_equal_drafts_have_equal_digests() -> None:
    lot = Lot(Decimal("2.5"), "BLANKETS", yuan("80.00"), "g-7F3K2")
    draft = good(
        postings=(
            Posting("Assets:141-库存物品", Money(20000), "F04", lot=lot),
            Posting("Income:408-其他收入", Money(-20000), "F04", (("donor", "d-0Q9XA"),)),
        ),
        papers=("ab" * 32,),
        links=("imp-1",),
        meta=(("decision", "工发1号"),),
    )
    text = draft_to_json(draft)
    assert draft_from_json(text) == draft
    assert draft_digest(text) == draft_digest(draft_to_json(draft_from_json(text)))
    assert draft_digest(text) != draft_digest(draft_to_json(replace(draft, narration="别的")))


def test_safe_text_keeps_what_can_be_printed() -> None:
    assert safe_text("  会\u200b费\t2026\n年 ") == "会费 2026 年"
    assert len(safe_text("长" * 999)) == 300


@given(drafts())
def test_a_draft_is_canonical_json_and_read_as_it_was(draft: Draft) -> None:
    """A checker approves the digest of this text: it may be written in one way only."""
    for one in (draft, replace(draft, narration='引号"与\\，tab', payee="某某公司")):
        text = draft_to_json(one)
        again = json.dumps(
            json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        assert text == again
        assert draft_from_json(text) == one
