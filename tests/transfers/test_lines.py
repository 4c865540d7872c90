"""What is money, and what units pay each other, is known of every chart, or nothing matches."""

from __future__ import annotations

import pytest

from ledger.chart import charts, load_chart
from ledger.lines import line_of

_MONEY = ("银行", "现金", "货币资金", "额度")


@pytest.mark.parametrize("chart", charts())
def test_every_account_of_money_is_one_here_too(chart: str) -> None:
    found = load_chart(chart)
    money = [
        f"{a.type}:{a.code}-{a.name.zh}"
        for a in found.accounts
        if not a.parent
        and (
            a.code in found.cash
            or any(w in a.name.zh for w in ("银行", "现金", "货币资金", "额度"))
        )
    ]
    assert money
    assert [name for name in money if not line_of(name).money] == []


@pytest.mark.parametrize("chart", charts())
def test_every_account_towards_upper_and_lower_units_is_one_between_units(chart: str) -> None:
    named = [
        (f"{a.type}:{a.code}-{a.name.zh}", a.name.zh)
        for a in load_chart(chart).accounts
        if not a.parent
        and not a.budgetary
        and any(w in a.name.zh for w in ("上级", "下级", "应上缴", "下拨"))
    ]
    for account, name in named:
        upper = "上级" in name or "应上缴" in name
        found = line_of(account)
        assert (found.between, found.towards) == (True, "upper" if upper else "lower"), account
