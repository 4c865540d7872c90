"""Balance sheet and income statement, worked out by hand."""

from __future__ import annotations

import random
from datetime import date

import pytest

from ledger.chart import load_chart
from ledger.errors import CannotRun, Refused
from ledger.money import Money, total, yuan
from ledger.period import Month, Period
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Source
from tests.reports.ledgers import (
    ADJUSTED,
    BANK,
    DUES,
    MACHINES,
    SPORTS,
    SURPLUS,
    UNIT,
    FakeLedger,
    carry_over,
    empty_book,
    union_book,
)
from tests.reports.opening import every_figure_opens


def statement(name: str, source: Source, period: str) -> Statement:
    return catalogue.build(name, source, Period.parse(period))


def figures(found: Statement) -> dict[str, tuple[str, ...]]:
    """Every line's figures as text by code, without headings."""
    return {
        line.code: tuple(cell.text if isinstance(cell, Money) else "" for cell in line.cells)
        for line in found.lines
        if line.cells
    }


def test_the_balance_sheet_of_march_balances_with_the_surplus_not_yet_carried_over() -> None:
    _, source = union_book()
    found = statement("balance-sheet", source, "2026-03")
    assert found.form == "工会01表"
    assert [column.key for column in found.columns] == ["begin", "end"]
    lines = figures(found)
    assert lines["money"] == ("10000.00", "11950.00")
    assert lines["162"] == ("5000.00", "6200.00")
    assert lines["163"] == ("1000.00", "1050.00")
    assert lines["fixed"] == ("4000.00", "5150.00")
    assert lines["assets"] == ("14000.00", "17100.00")
    assert lines["211"] == ("0.00", "0.00")
    assert lines["301"] == ("4000.00", "5150.00")
    assert lines["322"] == ("10000.00", "10000.00")
    assert lines["surplus"] == ("0.00", "1950.00")
    assert lines["net"] == lines["claims"] == lines["assets"]


def test_what_is_owed_upwards_is_a_liability_in_january() -> None:
    _, source = union_book()
    lines = figures(statement("balance-sheet", source, "2026-01"))
    assert lines["211"] == ("0.00", "400.00")
    assert lines["assets"] == ("14000.00", "15300.00")
    assert lines["claims"] == lines["assets"]


def test_children_of_the_treasurer_count_under_the_charts_account() -> None:
    ledger, source = union_book()
    ledger.post("2026-03-25", "收", "F01", ("Assets:102-银行存款", "1"), (DUES, "-1"))
    ledger.post("2026-03-25", "收", "F01", ("Assets:102-银行存款:03-支付宝商户", "2"), (DUES, "-2"))
    assert figures(statement("balance-sheet", source, "2026-03"))["money"][1] == "11953.00"


def test_lines_of_optional_accounts_appear_once_they_hold_something() -> None:
    ledger, source = union_book()
    agency = "Liabilities:221-代管经费"
    ledger.facts[agency] = ledger.facts[DUES]
    assert "221" not in figures(statement("balance-sheet", source, "2026-03"))
    ledger.post("2026-03-26", "收", "F01", (BANK, "70"), (agency, "-70"))
    lines = figures(statement("balance-sheet", source, "2026-03"))
    assert lines["221"] == ("0.00", "70.00")
    assert lines["assets"] == lines["claims"]


def test_the_income_statement_shows_the_month_and_the_year_to_date() -> None:
    _, source = union_book()
    found = statement("income-statement", source, "2026-03")
    assert found.form == "工会02表"
    lines = figures(found)
    assert lines["401"] == ("0.00", "300.00")
    assert lines["402"] == ("0.00", "600.00")
    assert lines["403"] == ("3000.00", "3000.00")
    assert lines["income"] == ("3000.00", "3900.00")
    assert lines["501"] == ("0.00", "250.00")
    assert lines["504"] == ("500.00", "500.00")
    assert lines["507"] == ("0.00", "1200.00")
    assert lines["result"] == ("2500.00", "1950.00")
    assert "begin" not in lines
    assert "404" not in lines


def test_a_year_that_was_carried_over_still_shows_what_it_earned() -> None:
    ledger, source = union_book()
    before = figures(statement("income-statement", source, "2026"))
    carry_over(ledger)
    found = statement("income-statement", source, "2026")
    lines = figures(found)
    assert [column.key for column in found.columns] == ["year", "last-year"]
    assert lines["income"] == ("3900.00", "")
    assert lines["result"] == ("1950.00", "")
    assert lines["begin"] == ("10000.00", "")
    assert lines["end"] == ("11950.00", "")
    assert "end-open" not in lines
    assert before["end-open"] == ("1950.00", "")
    assert before["end"] == lines["end"]
    assert every_figure_opens(source, found)


def test_after_the_carry_over_the_surplus_stands_in_net_assets_and_its_line_is_gone() -> None:
    ledger, source = union_book()
    carry_over(ledger)
    lines = figures(statement("balance-sheet", source, "2026"))
    assert "surplus" not in lines
    assert lines["322"] == ("10000.00", "11950.00")
    assert lines["assets"] == lines["claims"] == ("14000.00", "17100.00")


def test_the_next_year_begins_with_what_the_last_one_ended_with() -> None:
    ledger, source = union_book()
    carry_over(ledger)
    ledger.post("2027-01-05", "收", "F01", (BANK, "10"), (DUES, "-10"))
    sheet = statement("balance-sheet", source, "2027-01")
    assert figures(sheet)["assets"] == ("17100.00", "17110.00")
    assert figures(sheet)["surplus"] == ("0.00", "10.00")
    assert figures(statement("income-statement", source, "2027"))["result"] == ("10.00", "1950.00")
    assert every_figure_opens(source, sheet)
    begin = catalogue.backing(source, f"{UNIT}/balance-sheet/2027-01/money/begin")
    assert begin.opening == yuan("10000")
    assert {posting.day.year for posting in begin.postings} == {2026}


def test_an_adjustment_of_earlier_years_shows_until_and_after_the_years_end() -> None:
    ledger, source = union_book()
    ledger.post("2026-04-02", "收", "F01", (BANK, "88"), (ADJUSTED, "-88"))
    ledger.post("2026-12-31", "转", "F01", (ADJUSTED, "88"), (SURPLUS, "-88"))
    lines = figures(statement("income-statement", source, "2026"))
    assert lines["adjusted"] == ("88.00", "")
    assert lines["result"] == ("1950.00", "")
    assert figures(statement("balance-sheet", source, "2026"))["322"] == ("10000.00", "10088.00")


def test_an_expense_charged_to_equity_by_mistake_is_not_taken_for_a_carry_over() -> None:
    """A voucher that also touches an asset is a real movement."""
    ledger, source = union_book()
    ledger.post("2026-03-30", "付", "F01", (SPORTS, "7"), (SURPLUS, "3"), (BANK, "-10"))
    lines = figures(statement("income-statement", source, "2026-03"))
    assert lines["501"] == ("7.00", "257.00")


def test_every_figure_of_every_month_opens_to_vouchers_that_add_up() -> None:
    ledger, source = union_book()
    carry_over(ledger)
    for name in ("balance-sheet", "income-statement"):
        for period in ("2026-01", "2026-02", "2026-03", "2026-12", "2026", "2027-01", "2027"):
            assert every_figure_opens(source, statement(name, source, period)) > 20


def test_behind_a_figure_stand_its_opening_and_its_vouchers() -> None:
    _, source = union_book()
    backing = catalogue.backing(source, f"{UNIT}/balance-sheet/2026-03/fixed")
    assert backing.opening == yuan("4000")
    assert [(line.number, line.amount.text) for line in backing.postings] == [
        ("转-202602-0001", "1200.00"),
        ("转-202602-0002", "-50.00"),
    ]
    assert backing.closing == yuan("5150")
    assert backing.postings[0].papers == ("ab" * 32,)


def test_behind_the_beginning_of_the_first_year_stand_the_opening_vouchers() -> None:
    _, source = union_book()
    backing = catalogue.backing(source, f"{UNIT}/balance-sheet/2026-03/money/begin")
    assert backing.opening is None
    assert [line.number for line in backing.postings] == ["转-202601-0001", "转-202601-0002"]


def test_income_counts_positive_behind_a_figure() -> None:
    _, source = union_book()
    backing = catalogue.backing(source, f"{UNIT}/income-statement/2026-03/401/year")
    assert [line.amount for line in backing.postings] == [yuan("300")]


def test_a_book_taken_over_in_july_begins_with_that_days_balances_and_says_so() -> None:
    ledger, source = empty_book("union-2021-basic", BANK, opened=date(2026, 7, 1))
    ledger.post("2026-07-01", "转", "F01", (BANK, "50"), (SURPLUS, "-50"))
    found = statement("balance-sheet", source, "2026-08")
    assert figures(found)["money"] == ("50.00", "50.00")
    assert "2026-07-01" in found.notes[0].zh
    assert every_figure_opens(source, found)


def test_an_empty_book_gives_empty_statements_that_balance() -> None:
    _, source = empty_book("union-2021-county")
    lines = figures(statement("balance-sheet", source, "2026-01"))
    assert set(lines.values()) == {("0.00", "0.00")}


def test_only_the_months_that_are_needed_are_asked_for() -> None:
    ledger, source = union_book()
    ledger.asked.clear()
    statement("income-statement", source, "2026-03")
    assert ledger.asked == [(Month(2026, 1), Month(2026, 3))]
    ledger.asked.clear()
    statement("balance-sheet", source, "2026-02")
    assert ledger.asked == [(None, Month(2026, 2))]


# ---- non-profit organisations ------------------------------------------------------------------

NPO_BANK = "Assets:1002-银行存款"
GIFTS = "Income:4101-捐赠收入:01-非限定性收入"
GIFTS_BOUND = "Income:4101-捐赠收入:02-限定性收入"
ACTIVITIES = "Expenses:5101-业务活动成本"
FREE = "Equity:3101-非限定性净资产"
BOUND = "Equity:3102-限定性净资产"


def npo_book(chart: str = "npo-2004") -> tuple[FakeLedger, Source]:
    """Gifts of 100 free and 400 for a purpose; 250 is spent on it and released."""
    ledger, source = empty_book(chart)
    ledger.post("2026-01-01", "转", "F01", (NPO_BANK, "1000"), (FREE, "-1000"))
    ledger.post("2026-02-02", "收", "F01", (NPO_BANK, "100"), (GIFTS, "-100"))
    ledger.post("2026-02-03", "收", "F03", (NPO_BANK, "400"), (GIFTS_BOUND, "-400"))
    ledger.post("2026-03-04", "付", "F03", (ACTIVITIES, "250"), (NPO_BANK, "-250"))
    ledger.post("2026-03-04", "转", "F03", (BOUND, "250"), (FREE, "-250"))
    return ledger, source


def test_a_release_moves_money_from_the_restricted_column_to_the_free_one() -> None:
    ledger, source = npo_book()
    found = statement("income-statement", source, "2026-03")
    keys = [column.key for column in found.columns]
    assert keys == [
        "month-unrestricted",
        "month-restricted",
        "month",
        "year-unrestricted",
        "year-restricted",
        "year",
    ]
    assert found.primary == 2
    lines = figures(found)
    assert lines["1"] == ("0.00", "0.00", "0.00", "100.00", "400.00", "500.00")
    assert lines["35"] == ("250.00", "0.00", "250.00", "250.00", "0.00", "250.00")
    assert lines["40"] == ("250.00", "-250.00", "0.00", "250.00", "-250.00", "0.00")
    assert lines["45"] == ("0.00", "-250.00", "-250.00", "100.00", "150.00", "250.00")
    assert every_figure_opens(source, found)

    ledger.post("2026-12-31", "转", "F01", (GIFTS, "100"), (FREE, "-100"))
    ledger.post(
        "2026-12-31",
        "转",
        "F03",
        (GIFTS_BOUND, "400"),
        (ACTIVITIES, "-250"),
        (FREE, "250"),
        (BOUND, "-400"),
    )
    year = figures(statement("income-statement", source, "2026"))
    assert year["45"][:3] == ("100.00", "150.00", "250.00")
    sheet = figures(statement("balance-sheet", source, "2026"))
    assert sheet["101"] == ("1000.00", "1100.00")
    assert sheet["105"] == ("0.00", "150.00")
    assert sheet["60"] == sheet["120"] == ("1000.00", "1250.00")


def test_an_unconfirmed_chart_says_so_under_every_form() -> None:
    _, source = npo_book("npo-2024")
    for name in ("balance-sheet", "income-statement"):
        assert "未经官方文本核对" in statement(name, source, "2026-03").notes[-1].zh
    _, confirmed = npo_book()
    notes = statement("balance-sheet", confirmed, "2026-03").notes
    assert "未经官方文本核对" not in "".join(note.zh for note in notes)


def test_a_form_names_its_rule_and_says_when_the_rule_is_not_in_force() -> None:
    """The rule of 2004 ended with 2025; the one of 2024 came into force the day after."""
    _, old = empty_book("npo-2004", opened=date(2024, 1, 1))
    for period, said in (("2025-12", False), ("2025", False), ("2026-01", True), ("2026", True)):
        found = statement("balance-sheet", old, period)
        assert "财会〔2004〕7号" in {label.en: text for label, text in found.facts}["Rule"]
        assert any("2025-12-31 止" in note.zh for note in found.notes) == said
    _, new = empty_book("npo-2024", opened=date(2024, 1, 1))
    assert any("2026-01-01 起" in note.zh for note in statement("balance-sheet", new, "2025").notes)
    assert not any("起" in note.zh for note in statement("balance-sheet", new, "2026").notes)


# ---- the lines of the rules ---------------------------------------------------------------------


def labels(source: Source, name: str, period: str) -> list[str]:
    return [line.label.zh for line in statement(name, source, period).lines]


def test_the_income_statement_of_unions_has_the_rows_of_the_rule_in_their_order() -> None:
    """工会02表: 财会〔2021〕7号, appendix 1, part four; totals stand above what they add up."""
    _, source = empty_book("union-2021-county")
    assert labels(source, "income-statement", "2026") == [
        "一、年初资金结转结余", "年初资金结转", "年初资金结余", "二、资金结转结余调整及变动",
        "三、收入合计", "拨缴经费收入", "上级补助收入", "政府补助收入", "附属单位上缴收入",
        "投资收益", "其他收入", "动用预算稳定调节基金",
        "四、支出合计", "职工活动组织支出", "职工服务支出", "维权支出", "业务支出", "行政支出",
        "资本性支出", "补助下级支出", "对附属单位的支出", "其他支出", "安排预算稳定调节基金",
        "五、本期收支差额", "六、年末资金结转结余", "年末资金结转", "年末资金结余",
    ]  # fmt: skip
    month = labels(source, "income-statement", "2026-03")
    assert not [label for label in month if "年初" in label or "年末" in label]


def test_the_balance_sheet_of_unions_has_the_rows_of_the_rule_in_their_order() -> None:
    """工会01表: the quota of the zero-balance account stands in months only."""
    _, source = empty_book("union-2021-county")
    rows = [
        "一、资产", "流动资产", "货币资金", "零余额账户用款额度", "财政应返还额度",
        "应收上级经费", "应收下级经费", "其他应收款", "库存物品", "流动资产合计", "投资",
        "在建工程", "固定资产原值", "减：累计折旧", "固定资产净值", "无形资产原值",
        "减：累计摊销", "无形资产净值", "长期待摊费用", "待处理财产损溢", "资产总计", "二、负债",
        "应付职工薪酬", "应付上级经费", "应付下级经费", "其他应付款", "代管经费", "负债合计",
        "三、净资产", "资产基金", "专用基金", "工会资金结转", "工会资金结余", "财政拨款结转",
        "财政拨款结余", "预算稳定调节基金", "净资产合计", "负债与净资产总计",
    ]  # fmt: skip
    assert labels(source, "balance-sheet", "2026-03") == rows
    rows.remove("零余额账户用款额度")
    assert labels(source, "balance-sheet", "2026") == rows


def test_the_forms_of_nonprofits_have_the_row_numbers_of_the_rule() -> None:
    """会民非01表 and 会民非02表: 财会〔2004〕7号, part four."""
    _, source = empty_book("npo-2004")
    found = {
        name: " ".join(line.code for line in statement(name, source, "2026-03").lines if line.cells)
        for name in ("balance-sheet", "income-statement")
    }
    assert found["balance-sheet"] == (
        "1 2 3 4 8 9 15 18 20 21 24 30 31 32 33 34 35 38 40 41 51 60 "
        "61 62 63 65 66 71 72 74 78 80 81 84 88 90 91 100 101 105 110 120"
    )
    assert found["income-statement"] == "1 2 3 4 5 6 9 11 12 21 24 28 35 40 45"
    sheet = statement("balance-sheet", source, "2026-03")
    assert [column.label.zh for column in sheet.columns] == ["年初数", "期末数"]
    assert sheet.code_label.zh == "行次"
    _, union = union_book()
    for name in ("balance-sheet", "trial-balance", "funds"):
        assert statement(name, union, "2026-03").code_label.zh == "编号"


@pytest.mark.parametrize("chart", ["npo-2004", "npo-2024"])
def test_money_held_as_agent_and_debts_due_within_a_year_leave_their_parents_line(
    chart: str,
) -> None:
    agent = "Assets:1002-银行存款:91-受托代理资产"
    soon = "Liabilities:2501-长期借款:91-一年内到期"
    bonds, due = "Assets:1402-长期债权投资", "Assets:1402-长期债权投资:91-一年内到期"
    ledger, source = empty_book(chart, agent, soon, due)
    owed = "Liabilities:2601-受托代理负债"
    ledger.post("2026-02-01", "收", "F01", (agent, "70"), (owed, "-70"))
    ledger.post("2026-02-02", "收", "F01", (NPO_BANK, "50"), ("Liabilities:2501-长期借款", "-50"))
    ledger.post("2026-02-03", "付", "F01", (bonds, "20"), (NPO_BANK, "-20"))
    ledger.post("2026-02-28", "转", "F01", ("Liabilities:2501-长期借款", "30"), (soon, "-30"))
    ledger.post("2026-02-28", "转", "F01", (due, "5"), (bonds, "-5"))
    found = statement("balance-sheet", source, "2026-03")
    lines = {code: amounts[1] for code, amounts in figures(found).items()}
    assert (lines["1"], lines["51"], lines["91"]) == ("30.00", "70.00", "70.00")
    assert (lines["24"], lines["15"]) == ("15.00", "5.00")
    assert (lines["81"], lines["74"]) == ("20.00", "30.00")
    assert lines["60"] == lines["120"] == "120.00"
    assert every_figure_opens(source, found)


@pytest.mark.parametrize(
    "id", ["union-2021-basic", "union-2021-county", "npo-2004", "npo-2024", "party-dues"]
)
def test_every_account_of_a_chart_stands_on_one_line_of_its_form(id: str) -> None:
    """One voucher per account, optional ones and details too: one line moves, and one amount."""
    chart = load_chart(id)
    names = [chart.book_name(account) for account in chart.accounts]
    known = {account.name for account in chart.book_accounts()}
    for account, name in zip(chart.accounts, names, strict=True):
        form = chart.form(
            "income-statement" if account.type in ("Income", "Expenses") else "balance-sheet"
        )
        assert form is not None
        leaves = {line.code for line in form.lines if line.accounts and not line.memo}
        other = names[1] if name == names[0] else names[0]
        ledger, source = empty_book(id, *(name for name in names if name not in known))
        before = figures(statement(form.id, source, "2026-03"))
        ledger.post("2026-03-05", "转", "F01", (name, "7.77"), (other, "-7.77"))
        found = {
            code: amounts[-1]
            for code, amounts in figures(statement(form.id, source, "2026-03")).items()
            if code in leaves and amounts[-1] != before.get(code, ("0.00",))[-1]
        }
        if account.type in ("Income", "Expenses"):
            assert list(found.values()) == ["7.77" if account.type == "Expenses" else "-7.77"], name
        else:
            # The other side is the first asset; where both are on its line, nothing moves.
            assert [amount.lstrip("-") for amount in found.values()] in ([], ["7.77", "7.77"]), name
            assert found or account.type == "Assets", name


def test_an_adjustment_of_earlier_years_keeps_its_line_when_it_is_carried_over() -> None:
    ledger, source = npo_book("npo-2024")
    earlier = "Equity:3201-以前年度净资产调整"
    ledger.post("2026-04-01", "收", "F01", (NPO_BANK, "9"), (earlier, "-9"))
    sheet = figures(statement("balance-sheet", source, "2026-04"))
    assert sheet["106"] == ("0.00", "9.00")
    ledger.post("2026-12-31", "转", "F01", (earlier, "9"), (FREE, "-9"))
    assert figures(statement("income-statement", source, "2026"))["41"][2] == "9.00"
    assert "106" not in figures(statement("balance-sheet", source, "2026"))


# ---- laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "chart", ["union-2021-basic", "union-2021-county", "npo-2004", "npo-2024", "party-dues"]
)
def test_whatever_is_posted_the_sheet_balances_and_every_figure_opens(
    chart: str, seed: int
) -> None:
    draw = random.Random(seed)
    ledger, source = empty_book(chart)
    names = list(ledger.accounts())
    days = ["2026-01-01", "2026-01-31", "2026-06-15", "2026-12-31", "2027-01-01", "2027-02-28"]
    for _ in range(30):
        parts = [
            (draw.choice(names), Money(draw.randrange(-(10**9), 10**9)).text) for _ in range(3)
        ]
        rest = -total(yuan(amount) for _, amount in parts)
        parts.append((draw.choice(names), rest.text))
        ledger.post(draw.choice(days), draw.choice("收付转"), draw.choice(["F01", "F03"]), *parts)
    for period in ("2026-06", "2026", "2027-02"):
        sheet = statement("balance-sheet", source, period)
        assert every_figure_opens(source, sheet)
        assert every_figure_opens(source, statement("income-statement", source, period))


# ---- faults ------------------------------------------------------------------------------------


def test_an_account_that_the_chart_lacks_is_refused_not_left_out() -> None:
    ledger, source = union_book()
    stranger = "Assets:777-别的"
    ledger.facts[stranger] = ledger.facts[BANK]
    assert statement("balance-sheet", source, "2026-03")
    ledger.post("2026-03-01", "付", "F01", (stranger, "5"), (BANK, "-5"))
    for name in ("balance-sheet", "income-statement"):
        with pytest.raises(Refused) as caught:
            statement(name, source, "2026-03")
        assert caught.value.findings[0].rule == "account-not-in-chart"
        assert stranger in caught.value.findings[0].what.zh


def test_cells_that_do_not_balance_stop_the_sheet() -> None:
    ledger, source = union_book()
    honest = ledger.cells

    def crooked(**asked: Month | None) -> object:
        return [c for c in honest(**asked) if c.account != MACHINES]

    ledger.cells = crooked  # type: ignore[method-assign, assignment]
    with pytest.raises(CannotRun) as caught:
        statement("balance-sheet", source, "2026-03")
    assert caught.value.findings[0].rule == "sheet-unbalanced"


def test_a_figure_whose_vouchers_do_not_add_up_is_refused() -> None:
    ledger, source = union_book()
    honest = ledger.cells()
    forged = [
        type(cell)(
            cell.account, cell.fund, cell.currency, cell.month, cell.debit + 1, cell.credit, 1
        )
        for cell in honest
    ]
    ledger.cells = lambda **asked: forged  # type: ignore[method-assign]
    with pytest.raises(Refused) as caught:
        catalogue.backing(source, f"{UNIT}/income-statement/2026-03/401/year")
    assert caught.value.findings[0].rule == "figure-unbacked"


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "chunfeng",
        f"{UNIT}/balance-sheet/2026-03",
        f"{UNIT}/balance-sheet/2026-03/nothing",
        f"{UNIT}/balance-sheet/2026-03/h-assets",
        f"{UNIT}/balance-sheet/2026-03/money/month",
        f"{UNIT}/balance-sheet/2026-03/money/begin/more",
        f"{UNIT}/balance-sheet/2026-13/money",
        f"{UNIT}/balance-sheet/March/money",
        f"{UNIT}/sheet/2026-03/money",
        "another/balance-sheet/2026-03/money",
        f"{UNIT}/operation-log/2026-03/00001",
    ],
)
def test_a_reference_that_no_statement_has_is_refused(ref: str) -> None:
    _, source = union_book()
    with pytest.raises(Refused) as caught:
        catalogue.backing(source, ref)
    assert caught.value.findings[0].rule == "no-figure"


def test_an_unknown_statement_is_refused_with_the_names_that_exist() -> None:
    _, source = union_book()
    with pytest.raises(Refused) as caught:
        statement("profit", source, "2026-03")
    assert "balance-sheet" in caught.value.findings[0].remedy.en


def test_a_period_before_the_book_is_refused_rather_than_shown_as_nothing() -> None:
    _, source = union_book()
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        with pytest.raises(Refused) as caught:
            statement(name, source, "2025-12")
        assert caught.value.findings[0].rule == "before-book"


def test_the_year_before_the_book_is_left_empty_and_a_note_says_why() -> None:
    _, source = union_book()
    found = statement("income-statement", source, "2026")
    assert {cells[1] for cells in figures(found).values()} == {""}
    assert all("last-year" not in line.refs for line in found.lines)
    assert "无上年数" in found.notes[0].zh
    later = statement("income-statement", source, "2027")
    assert "无上年数" not in "".join(note.zh for note in later.notes)


def test_a_period_that_is_no_month_and_no_year_is_refused() -> None:
    _, source = union_book()
    for name, entry in catalogue.STATEMENTS.items():
        end = date(2026, 5, 1) if entry.quarters else date(2026, 4, 1)
        with pytest.raises(Refused) as caught:
            catalogue.build(name, source, Period(date(2026, 1, 1), end))
        assert caught.value.findings[0].rule in ("bad-period", "no-statement")
