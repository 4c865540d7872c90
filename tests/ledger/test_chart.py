"""Charts of accounts: what they hold, and that no faulty chart is ever used."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ledger.account import BUDGETARY, is_valid_account
from ledger.chart import Chart, charts, load_chart, read_chart
from ledger.errors import Refused

CHARTS = (
    "government-2019",
    "npo-2004",
    "npo-2024",
    "party-dues",
    "union-2021-basic",
    "union-2021-county",
)
FOLDER = Path(__file__).parents[2] / "ledger" / "charts"

SMALL = """
id = "small"
version = "1"
name = "小表"
name_en = "Small"
source = "示例"
basis = "收付实现制"
basis_en = "Cash"
effective_from = 2022-01-01
confidence = "confirmed"
surplus_to = ["301"]
accounts = [
  { code = "101", name = "现金", name_en = "Cash", type = "Assets" },
  { code = "163", name = "折旧", name_en = "Depreciation", type = "Assets", normal = "credit" },
  { code = "201", name = "应付款", name_en = "Payables", type = "Liabilities" },
  { code = "301", name = "结余", name_en = "Surplus", type = "Equity" },
  { code = "401", name = "收入", name_en = "Income", type = "Income" },
  { code = "501", name = "支出", name_en = "Expenses", type = "Expenses" },
]
[[form]]
id = "balance-sheet"
title = "资产负债表"
title_en = "Balance sheet"
kind = "balance"
proof = ["assets", "claims"]
lines = [
  { code = "assets", label = "资产", label_en = "Assets", accounts = ["+101", "-163"] },
  { code = "201", label = "负债", label_en = "Liabilities", accounts = ["+201"] },
  { code = "net", label = "净", label_en = "Net", accounts = ["+301", "+Income", "-Expenses"] },
  { code = "claims", label = "合计", label_en = "Claims", sums = ["+201", "+net"] },
]
[[form]]
id = "income-statement"
title = "收支表"
title_en = "Income"
kind = "flow"
proof = ["result"]
lines = [
  { code = "401", label = "收入", label_en = "Income", accounts = ["+401"] },
  { code = "501", label = "支出", label_en = "Expenses", accounts = ["+501"] },
  { code = "result", label = "差额", label_en = "Result", sums = ["+401", "-501"] },
]
"""


def refused(text: str, file: str = "charts/small.toml") -> str:
    with pytest.raises(Refused) as caught:
        read_chart(text, file)
    assert {fault.rule for fault in caught.value.findings} == {"bad-chart"}
    assert {fault.file for fault in caught.value.findings} == {file}
    return str(caught.value)


def test_these_charts_are_shipped() -> None:
    assert charts() == sorted(CHARTS)


@pytest.mark.parametrize("id", CHARTS)
def test_every_account_of_a_chart_can_stand_in_a_book_and_leads_back_to_itself(id: str) -> None:
    chart = load_chart(id)
    assert chart.id == id
    for account in chart.accounts:
        name = chart.book_name(account)
        assert is_valid_account(name)
        assert chart.path(name)[-1] == account
        assert account.name.zh
        assert account.name.en


@pytest.mark.parametrize("id", CHARTS)
def test_a_book_opens_parents_before_children_and_no_account_twice(id: str) -> None:
    names = [account.name for account in load_chart(id).book_accounts()]
    assert len(set(names)) == len(names)
    for place, name in enumerate(names):
        parent = name.rpartition(":")[0]
        # The parent of the budgetary accounts takes no posting and is not opened.
        assert ":" not in parent or parent in names[:place] or parent == BUDGETARY


@pytest.mark.parametrize("id", CHARTS)
def test_the_balance_sheet_holds_every_account_of_its_chart_exactly_once(id: str) -> None:
    """Assets less claims, worked out line by line, is each account's debit balance once."""
    chart = load_chart(id)
    form = chart.form("balance-sheet")
    assert form is not None
    whole: Counter[str] = Counter()
    for side, code in zip((1, -1), form.proof, strict=True):
        for sign, term in form.terms(code):
            for account in chart.accounts:
                if not account.parent and term in (account.code, account.type):
                    whole[account.code] += side * sign * chart.sign(term)
    tops = [
        account.code for account in chart.accounts if not account.parent and not account.budgetary
    ]
    assert whole == Counter(tops)


@pytest.mark.parametrize("id", CHARTS)
def test_the_income_statement_holds_every_income_and_expense_exactly_once(id: str) -> None:
    chart = load_chart(id)
    form = chart.form("income-statement")
    assert form is not None
    terms = Counter(dict.fromkeys((a.code for a in chart.accounts), 0))
    for sign, term in form.terms(form.proof[0]):
        terms[term] += sign * chart.sign(term)
    flows = [a for a in chart.accounts if not a.parent and a.type in ("Income", "Expenses")]
    assert [terms[account.code] for account in flows] == [-1] * len(flows)


def test_the_basic_union_chart_opens_the_24_accounts_of_the_rule() -> None:
    """《工会会计制度》财会〔2021〕7号, table of the basic unions' main accounts."""
    chart = load_chart("union-2021-basic")
    opened = [a.code for a in chart.accounts if not a.parent and not a.optional]
    assert " ".join(opened) == (
        "101 102 131 135 141 162 163 182 211 215 301 321 322 "
        "401 402 403 405 408 501 503 504 505 507 510"
    )


def test_the_county_union_chart_opens_the_45_accounts_of_the_rule() -> None:
    chart = load_chart("union-2021-county")
    opened = [a for a in chart.accounts if not a.parent and not a.optional]
    assert len(opened) == 45


def test_the_nonprofit_chart_of_2004_has_the_48_accounts_of_the_rule() -> None:
    chart = load_chart("npo-2004")
    assert len([a for a in chart.accounts if not a.parent and not a.optional]) == 48


def test_codes_that_changed_their_meaning_differ_between_the_nonprofit_charts() -> None:
    old, new = load_chart("npo-2004"), load_chart("npo-2024")
    for code in ("1701", "5201", "5301", "5401"):
        assert old.by_code[code].name != new.by_code[code].name
    assert old.confirmed
    assert not new.confirmed


def test_things_are_capital_and_money_is_not() -> None:
    chart = load_chart("union-2021-basic")
    capital = {
        account.name.split(":")[1][:3] for account in chart.book_accounts() if account.capital
    }
    assert capital == {"141", "162", "163", "182", "301"}


def test_a_child_of_a_treasurers_own_belongs_to_the_charts_account() -> None:
    chart = load_chart("union-2021-basic")
    assert codes(chart, "Assets:102-银行存款:01-工行基本户") == ["102"]
    assert codes(chart, "Expenses:501-职工活动支出:02-文体活动支出:03-篮球赛") == ["501", "50102"]


def test_an_account_of_another_root_or_an_unknown_code_belongs_nowhere() -> None:
    chart = load_chart("union-2021-basic")
    assert codes(chart, "Liabilities:102-银行存款") == []
    assert codes(chart, "Assets:1021-银行存款") == []
    assert codes(chart, "Assets:Bank") == []


def codes(chart: Chart, name: str) -> list[str]:
    return [account.code for account in chart.path(name)]


@pytest.mark.parametrize("id", ["union-1999", "", "../money", "union-2021-basic.toml", "UNION"])
def test_an_unknown_chart_is_refused_with_the_names_of_those_that_exist(id: str) -> None:
    with pytest.raises(Refused) as caught:
        load_chart(id)
    assert caught.value.findings[0].rule == "no-chart"
    assert "union-2021-basic" in caught.value.findings[0].remedy.en


def test_the_small_chart_of_these_tests_is_right() -> None:
    assert len(read_chart(SMALL, "charts/small.toml").accounts) == 6


CASH = """
[[form]]
id = "cash-flow"
title = "现金流量表"
title_en = "Cash"
kind = "cash"
proof = ["net"]
lines = [
  { code = "h", label = "现金流", label_en = "Flows", style = "heading" },
  { code = "in", label = "收到", label_en = "In", flow = "in", received = ["*"], paid = ["401"] },
  { code = "out", label = "支付", label_en = "O", flow = "out", received = ["501"], paid = ["*"] },
  { code = "rates", label = "汇率", label_en = "Rates", flow = "in" },
  { code = "net", label = "净额", label_en = "Net", sums = ["+in", "-out", "+rates"] },
]
"""
WITH_CASH = SMALL.replace('surplus_to = ["301"]', 'surplus_to = ["301"]\ncash = ["101"]') + CASH


def test_a_cash_form_adds_up_its_flows_whichever_way_they_go() -> None:
    form = read_chart(WITH_CASH, "charts/small.toml").form("cash-flow")
    assert form is not None
    assert form.flows("net") == {"in": 1, "out": -1, "rates": 1}
    assert form.flows("out") == {"out": 1}
    assert form.flows("h") == {}
    with pytest.raises(KeyError):
        form.flows("gross")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('cash = ["101"]', "", "cash names the asset accounts"),
        ('cash = ["101"]', 'cash = ["201"]', "cash names the asset accounts"),
        ('cash = ["101"]', 'cash = ["999"]', "there is no account 999"),
        ('received = ["501"]', 'received = ["999"]', "there is no account 999"),
        ('received = ["501"]', 'received = ["101"]', "account 101 is cash itself"),
        ('received = ["501"]', 'received = ["501", "501"]', "account 501 stands on two lines"),
        ('received = ["501"]', 'received = ["*"]', "one line of each direction takes the rest"),
        ('paid = ["*"]', "paid = []", "one line of each direction takes the rest"),
        ('"-out"', '"+out"', "does not hold every line once"),
        (', "+rates"]', "]", "does not hold every line once"),
        (', "+rates"]', ', "+rates", "+in"]', "does not hold every line once"),
        ('proof = ["net"]', "proof = []", "proof names 1 line"),
        ('proof = ["net"]', 'proof = ["net"]\nsplit = true', "nothing is split"),
        ('flow = "out"', 'flow = "up"', "none of"),
        ('flow = "out", received', "received", "has no formula"),
        ('flow = "out"', 'accounts = ["+501"], flow = "out"', "has no formula or two"),
        ('style = "heading"', 'style = "heading", paid = ["501"]', "cannot hold flows"),
        ('sums = ["+in"', 'accounts = ["+501"], sums = ["+in"', "cannot hold balances"),
        ('accounts = ["+401"]', 'flow = "in"', "cannot hold flows of cash"),
    ],
)
def test_a_faulty_cash_form_is_refused_and_the_fault_is_named(
    old: str, new: str, said: str
) -> None:
    assert old in WITH_CASH
    assert said in refused(WITH_CASH.replace(old, new, 1))


@pytest.mark.parametrize("id", CHARTS)
def test_fixed_and_intangible_assets_are_opened_for_lots_and_nothing_else_is(id: str) -> None:
    chart = load_chart(id)
    lots = {account.code for account in chart.accounts if account.lots}
    known = {
        "npo": {"1501", "1506", "1601"}, "union": {"162", "171"},
        "government": {"1601", "1701", "1821"},
    }  # fmt: skip
    assert lots == known.get(id.partition("-")[0], set())
    opened = {account.name: account.currency for account in chart.book_accounts()}
    assert {chart.path(name)[-1].code for name, held in opened.items() if not held} <= lots
    assert set(opened.values()) <= {"", "CNY"}


def test_only_assets_can_be_held_as_lots() -> None:
    assert "cannot hold lots" in refused(SMALL.replace('"Equity" }', '"Equity", lots = true }'))
    assert "wrong kind" in refused(SMALL.replace('"Equity" }', '"Equity", lots = 1 }'))


def test_text_that_is_not_toml_is_refused() -> None:
    assert "TOML" in refused("id = ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "small"', 'id = "other"', "is not the file's"),
        ('confidence = "confirmed"', "", "confidence is missing"),
        ('confidence = "confirmed"', 'confidence = "sure"', "none of"),
        ("effective_from = 2022-01-01", "", "effective_from is missing or no day"),
        ("= 2022-01-01", '= "2022-01-01"', "effective_from is missing or no day"),
        ("= 2022-01-01", "= 2022-01-01T00:00:00", "effective_from is missing or no day"),
        ("= 2022-01-01", '= 2022-01-01\nissued = "2021"', "issued is missing or no day"),
        ('proof = ["result"]', 'proof = ["result"]\nbegin = "年初"', "begin_en is missing"),
        ("effective_from", "house = 1\neffective_from", "unknown key house"),
        ('surplus_to = ["301"]', 'surplus_to = ["999"]', "there is no account 999"),
        ('surplus_to = ["301"]', "surplus_to = [301]", "list of texts"),
        ('code = "163"', 'code = "101"', "stands twice"),
        ('code = "163"', 'code = "1 3"', "is bad"),
        ('type = "Equity"', 'type = "Capital"', "none of"),
        ('normal = "credit"', 'normal = "left"', "none of"),
        ('name = "应付款"', 'name = "应付:款 x"', "badly named"),
        ('type = "Equity" }', 'type = "Equity", parent = "999" }', "wrong parent"),
        ('type = "Equity" }', 'type = "Equity", parent = "201" }', "wrong parent"),
        ('"+101", "-163"', '"+101"', "account 163 stands 0 times"),
        ('"+101", "-163"', '"+101", "-163", "+101"', "account 101 stands 2 times"),
        ('"+101", "-163"', '"+101", "+163"', "do not hold every account once"),
        ('"+101", "-163"', '"+101", "-164"', "no account 164"),
        ('"+101", "-163"', '"101", "-163"', "bad term 101"),
        ('"+301", "+Income", "-Expenses"', '"+301", "+Income"', "account 501 stands 0 times"),
        ('sums = ["+201", "+net"]', 'sums = ["+201", "-net"]', "do not hold every account once"),
        ('sums = ["+201", "+net"]', 'sums = ["+201", "+claims"]', "cannot add line claims"),
        ('sums = ["+201", "+net"]', 'sums = ["+201", "+nothing"]', "cannot add line nothing"),
        (
            'accounts = ["+201"] }',
            'sums = ["+claims"] }',
            "cannot add line claims",
        ),
        ('sums = ["+401", "-501"]', 'sums = ["+401"]', "do not hold every account once"),
        (
            'accounts = ["+401"] }',
            'accounts = ["+401", "+101"] }',
            "do not hold every account once",
        ),
        (
            '  { code = "result"',
            '  { code = "x", label = "x", label_en = "x", accounts = ["+101"] },\n'
            '  { code = "result"',
            "do not hold every account once",
        ),
        ('sums = ["+401", "-501"]', "sums = []", "has no formula"),
        ('proof = ["result"]', "proof = []", "proof names 1 lines"),
        ('proof = ["assets", "claims"]', 'proof = ["assets"]', "proof names 2 lines"),
        ('id = "income-statement"', 'id = "balance-sheet"', "form balance-sheet stands twice"),
        ('kind = "flow"', 'kind = "guess"', "none of"),
        ('code = "201", label', 'code = "assets", label', "line assets is bad or stands twice"),
    ],
)
def test_a_faulty_chart_is_refused_and_the_fault_is_named(old: str, new: str, said: str) -> None:
    assert old in SMALL
    assert said in refused(SMALL.replace(old, new, 1))


def test_every_fault_of_a_chart_is_named_at_once() -> None:
    text = refused(
        SMALL.replace('confidence = "confirmed"', "house = 1").replace('version = "1"', "")
    )
    assert "confidence" in text
    assert "house" in text
    assert "version" in text


@pytest.mark.parametrize("id", CHARTS)
def test_taking_any_one_account_out_of_a_shipped_chart_is_noticed(id: str) -> None:
    lines = (FOLDER / f"{id}.toml").read_text(encoding="utf-8").splitlines()
    tops = [
        place
        for place, line in enumerate(lines)
        if line.startswith("  { code = ") and "type = " in line and "parent = " not in line
    ]
    for place in itertools.islice(tops, 0, None, 7):
        refused("\n".join(lines[:place] + lines[place + 1 :]), f"charts/{id}.toml")


def test_charts_load_without_heavy_libraries() -> None:
    script = (
        "import sys; from ledger.chart import load_chart; load_chart('union-2021-basic'); "
        "print([m for m in ('beancount', 'sqlalchemy', 'reportlab') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
