"""The government chart: both halves are whole, and neither holds anything of the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.account import BUDGETARY, account_code, account_label, carries_over, is_budgetary
from ledger.chart import load_chart, mirrors_of, read_chart
from ledger.errors import Refused
from ledger.lines import line_of
from tests.fiscal import unit as gov

FILE = Path(__file__).parents[2] / "ledger" / "charts" / "government-2019.toml"
CHART = load_chart(gov.CHART)
TEXT = FILE.read_text(encoding="utf-8")


def refused(old: str, new: str) -> str:
    assert old in TEXT, old
    with pytest.raises(Refused) as caught:
        read_chart(TEXT.replace(old, new, 1), "charts/government-2019.toml")
    assert {fault.rule for fault in caught.value.findings} == {"bad-chart"}
    return str(caught.value)


def test_it_holds_every_account_of_the_rule() -> None:
    """35 + 16 + 7 + 11 + 8 financial and 9 + 8 + 9 budgetary accounts, counted in the rule."""
    own = [a for a in CHART.accounts if not a.parent and not a.optional]
    sides = [len([a for a in own if a.type == side and not a.budgetary])
             for side in ("Assets", "Liabilities", "Equity", "Income", "Expenses")]  # fmt: skip
    assert sides == [35, 16, 7, 11, 8]
    kinds = [len([a for a in own if a.budgetary == kind])
             for kind in ("income", "spending", "surplus")]  # fmt: skip
    assert kinds == [9, 8, 9]


def test_budgetary_accounts_stand_apart_and_their_codes_read_as_the_rules() -> None:
    for account in CHART.accounts:
        name = CHART.book_name(account)
        assert is_budgetary(name) == bool(account.budgetary)
        assert account_code(name) == account.code
        assert not account_label(name).startswith(("预算会计", "B"))
        assert (line_of(name).id == "E80") == bool(account.budgetary)
    assert CHART.path("Equity:8001-资金结存") == ()
    assert CHART.path(f"{BUDGETARY}:3001-累计盈余") == ()
    assert not is_budgetary(f"{BUDGETARY}之外:8001-资金结存")


def test_only_this_chart_has_mirrors() -> None:
    assert mirrors_of(gov.CHART)["1002"] == "800102"
    assert mirrors_of(gov.CHART)["120102"] == "800103"
    assert mirrors_of(gov.CHART)["100291"] == ""
    assert mirrors_of("union-2021-county") == mirrors_of("no-such-chart") == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"+7901", "+7902", "+7903"]', '"+7901", "+7902"]', "7903 stands 0 times"),
        ('accounts = ["+6101"]', 'accounts = ["+6101", "+4101"]', "4101 is of the other half"),
        ('accounts = ["+3101"]', 'accounts = ["+3101", "+8301"]', "8301 is of the other half"),
        ('accounts = ["+400191"], level = 2, memo', 'accounts = ["+600191"], level = 2, memo',
         "600191 is of the other half"),
        ('accounts = ["+6101"]', 'accounts = ["+8301"]', "6101 stands 0 times"),
        ('sums = ["+income", "-spending"]', 'sums = ["+income"]', "its totals do not hold"),
        ("budgetary = true\n", "", "of the other half"),
        ('mirror = "800102"', 'mirror = "1002"', "wrong mirror"),
        ('mirror = "800102"', 'mirror = "none"', "wrong mirror"),
        ('budgetary = "income"', 'budgetary = "joy"', "none of"),
        ('type = "Equity", budgetary = "income"', 'type = "Income", budgetary = "income"',
         "is no Equity"),
        ('returnable = "120102"', 'returnable = "9999"', "no account 9999"),
        ('held = "1011", ', "", "held is missing"),
    ],
)  # fmt: skip
def test_a_chart_whose_halves_are_not_whole_is_refused(old: str, new: str, said: str) -> None:
    assert said in refused(old, new)


def test_spending_against_income_is_no_carrying_over() -> None:
    """What the treasury pays directly moves no money of the unit, and is spending all the same."""
    assert not carries_over([gov.WORK, gov.ALLOCATION, gov.B_SPENT, gov.B_FISCAL])
    assert carries_over([gov.ALLOCATION, gov.SURPLUS])
    assert carries_over([gov.ALLOCATION, gov.SURPLUS, gov.B_FISCAL, gov.B_CARRIED])
    assert carries_over([gov.B_FISCAL, gov.B_CARRIED])
    assert not carries_over([gov.BANK, gov.ALLOCATION])
