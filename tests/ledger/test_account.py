"""Accounts are compared by component, and only those are valid that Beancount keeps."""

from __future__ import annotations

import pytest

from ledger.account import account_code, account_label, is_under, is_valid_account

BASIC = "Assets:102-银行存款:01-工行基本户"


def test_the_code_joins_the_components() -> None:
    assert account_code(BASIC) == "10201"
    assert account_label(BASIC) == "银行存款—工行基本户"


def test_a_name_that_begins_alike_is_not_below() -> None:
    assert is_under(BASIC, "Assets:102-银行存款")
    assert is_under(BASIC, BASIC)
    assert not is_under("Assets:1021-别的", "Assets:102")
    assert not is_under("Income:Bookings", "Income:Book")


@pytest.mark.parametrize("name", [BASIC, "Assets:Bank", "Income:401-会费收入", "Equity:1𠮷"])
def test_these_are_accounts(name: str) -> None:
    assert is_valid_account(name)


@pytest.mark.parametrize(
    "name",
    [
        "Assets",
        "Assets:",
        "Assets:Bank:工行",  # loads by accident and then loses its documents
        "资产:102",
        "Assets:102 银行",
        "Assets:102-银行\u200b存款",
        "Assets::102",
        "assets:102",
        "Assets:102/../..",
        "Assets:" + "1" * 200,
    ],
)
def test_these_are_none(name: str) -> None:
    assert not is_valid_account(name)
