"""The cash-flow statement, worked out by hand, and the law that it explains all of the cash."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from ledger import reversing, workflow
from ledger.chart import load_chart
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import CannotRun, Refused
from ledger.founding import Founding, declare_fund, found_unit
from ledger.journal import open_pen
from ledger.money import Money, total, yuan
from ledger.period import Month, Period
from ledger.registry import entries, users
from reports.sources import book_source
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.figures import Figures
from reports.statements.flows import divide
from reports.statements.source import Source
from tests.house import House
from tests.reports.ledgers import UNIT, FakeLedger, empty_book, union_book
from tests.reports.opening import every_figure_opens
from tests.reports.test_statements_forms import figures

BANK = "Assets:1002-银行存款"
TILL = "Assets:1001-现金"
SHORT = "Assets:1101-短期投资"
OWED = "Assets:1121-应收账款"
ADVANCED = "Assets:1122-其他应收款"
MACHINES = "Assets:1501-固定资产"
WORN = "Assets:1502-累计折旧"
DISPOSAL = "Assets:1509-固定资产清理"
LOAN = "Liabilities:2101-短期借款"
BILLS = "Liabilities:2202-应付账款"
WAGES = "Liabilities:2204-应付工资"
TAXES = "Liabilities:2206-应交税金"
OTHERS = "Liabilities:2209-其他应付款"
FREE = "Equity:3101-非限定性净资产"
BOUND = "Equity:3102-限定性净资产"
GIFTS = "Income:4101-捐赠收入:01-非限定性收入"
DUES = "Income:4201-会费收入:01-非限定性收入"
SERVICES = "Income:4301-提供服务收入:01-非限定性收入"
GRANTS = "Income:4401-政府补助收入:01-非限定性收入"
GAINS = "Income:4601-投资收益:01-非限定性收入"
COST = "Expenses:5101-业务活动成本"
OFFICE = "Expenses:5201-管理费用"
RAISING = "Expenses:5301-筹资费用"
SUPPORT = "Expenses:5101-业务活动成本:91-捐赠与资助"
STAFF = "Expenses:5201-管理费用:92-人员支出"
DUES_OWED = "Assets:1121-应收账款:91-应收会费"
RATES = "Expenses:5301-筹资费用:92-汇兑损益"
DETAILS = (SUPPORT, STAFF, DUES_OWED, RATES)

#: The row numbers of the official form, in its order.
ROWS = (
    "1 2 3 4 5 8 13 14 15 16 19 23 24 25 26 27 30 34 35 36 39 43 44 45 48 50 51 52 55 58 59 60 61"
)


def book(opened: date = date(2026, 1, 1)) -> tuple[FakeLedger, Source]:
    """A non-profit's book with details for what the accounts of the rule mix: 1,000 at the bank."""
    ledger, source = empty_book("npo-2004", *DETAILS, opened=opened)
    ledger.post(opened.isoformat(), "转", "F01", (BANK, "1000"), (FREE, "-1000"), narration="期初")
    return ledger, source


def statement(source: Source, period: str = "2026-03") -> Statement:
    return catalogue.build("cash-flow", source, Period.parse(period))


def month(source: Source, period: str = "2026-03") -> dict[str, str]:
    """The lines that are not zero in the first column, without sums other than the net increase."""
    sums = {"13", "23", "24", "34", "43", "44", "50", "58", "59"}
    return {
        code: cells[0]
        for code, cells in figures(statement(source, period)).items()
        if cells[0] != "0.00" and code not in sums
    }


# ---- worked examples ---------------------------------------------------------------------------


def test_a_year_of_an_association_from_the_first_gift_to_the_net_increase() -> None:
    """Income by its source, payments by their kind, machines, a loan with its interest."""
    ledger, source = book()
    for day, kind, *parts in (
        ("2026-01-10", "收", (BANK, "500"), (GIFTS, "-500")),
        ("2026-01-11", "收", (TILL, "300"), (DUES, "-300")),
        ("2026-01-12", "收", (BANK, "200"), (SERVICES, "-200")),
        ("2026-02-01", "收", (BANK, "4000"), (GRANTS, "-4000")),
        ("2026-02-03", "收", (BANK, "2000"), (LOAN, "-2000")),
        ("2026-02-05", "转", (TILL, "-300"), (BANK, "300")),
        ("2026-03-02", "付", (COST, "150"), (BANK, "-150")),
        ("2026-03-03", "付", (SUPPORT, "400"), (BANK, "-400")),
        ("2026-03-04", "付", (WAGES, "800"), (BANK, "-800")),
        ("2026-03-05", "付", (OFFICE, "60"), (BANK, "-60")),
        ("2026-03-06", "付", (MACHINES, "1200"), (BANK, "-1200")),
        ("2026-03-07", "付", (SHORT, "700"), (BANK, "-700")),
        ("2026-03-20", "收", (BANK, "730"), (SHORT, "-700"), (GAINS, "-30")),
        ("2026-03-31", "付", (LOAN, "2000"), (RAISING, "25"), (BANK, "-2025")),
    ):
        ledger.post(str(day), str(kind), "F01", *parts)
    found = statement(source, "2026")
    assert found.form == "会民非03表"
    assert [column.key for column in found.columns] == ["year", "last-year"]
    lines = {code: cells[0] for code, cells in figures(found).items()}
    assert " ".join(lines) == ROWS
    assert {code: text for code, text in lines.items() if text != "0.00"} == {
        "1": "500.00",
        "2": "300.00",
        "3": "200.00",
        "5": "4000.00",
        "13": "5000.00",
        "14": "400.00",
        "15": "800.00",
        "16": "150.00",
        "19": "60.00",
        "23": "1410.00",
        "24": "3590.00",
        "25": "700.00",
        "26": "30.00",
        "34": "730.00",
        "35": "1200.00",
        "36": "700.00",
        "43": "1900.00",
        "44": "-1170.00",
        "45": "2000.00",
        "50": "2000.00",
        "51": "2000.00",
        "52": "25.00",
        "58": "2025.00",
        "59": "-25.00",
        "61": "2395.00",
    }
    sheet = figures(catalogue.build("balance-sheet", source, Period.parse("2026")))
    assert sheet["1"] == ("1000.00", "3395.00")
    assert every_figure_opens(source, found) == 33


def test_a_month_shows_itself_and_the_year_to_date() -> None:
    ledger, source = book()
    ledger.post("2026-01-10", "收", "F01", (BANK, "500"), (GIFTS, "-500"))
    ledger.post("2026-03-10", "收", "F01", (BANK, "20"), (GIFTS, "-20"))
    found = statement(source)
    assert [column.key for column in found.columns] == ["month", "year"]
    assert figures(found)["1"] == ("20.00", "520.00")
    assert figures(found)["61"] == ("20.00", "520.00")
    assert every_figure_opens(source, found) == 66


def test_opening_balances_are_no_flows() -> None:
    _, source = book()
    assert month(source, "2026-01") == {}
    assert month(source, "2026") == {}


def test_money_between_the_till_and_the_bank_is_no_flow() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "转", "F01", (TILL, "80"), (BANK, "-80"))
    assert month(source) == {}
    ledger.post("2026-03-02", "付", "F01", (OFFICE, "5"), (TILL, "75"), (BANK, "-80"))
    assert month(source) == {"19": "5.00", "61": "-5.00"}


def test_a_fee_kept_back_makes_the_gift_smaller_and_no_flow_of_its_own() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "95"), (RAISING, "5"), (GIFTS, "-100"))
    assert month(source) == {"1": "95.00", "61": "95.00"}


def test_wages_less_what_is_withheld_are_what_was_paid() -> None:
    ledger, source = book()
    ledger.post("2026-03-10", "付", "F01", (STAFF, "900"), (BANK, "-730"), (TAXES, "-170"))
    ledger.post("2026-03-15", "付", "F01", (TAXES, "170"), (BANK, "-170"))
    assert month(source) == {"15": "730.00", "19": "170.00", "61": "-900.00"}


def test_what_several_counterparts_explain_is_taken_in_the_order_of_the_voucher() -> None:
    """100 of gifts and 50 of dues less 30 of office costs: 120 arrived, dues take what is left."""
    ledger, source = book()
    ledger.post(
        "2026-03-01", "收", "F01", (BANK, "120"), (GIFTS, "-100"), (DUES, "-50"), (OFFICE, "30")
    )
    assert month(source) == {"1": "100.00", "2": "20.00", "61": "120.00"}


def test_debits_and_credits_of_one_counterpart_are_netted_first() -> None:
    ledger, source = book()
    ledger.post(
        "2026-03-01", "收", "F01", (BANK, "60"), (GIFTS, "-100"), (GIFTS, "90"), (DUES, "-50")
    )
    assert month(source) == {"1": "10.00", "2": "50.00", "61": "60.00"}


def test_a_voucher_in_two_funds_is_divided_fund_by_fund() -> None:
    ledger, source = book()
    gift = ledger.post("2026-03-01", "收", "F01", (BANK, "100"), (GIFTS, "-100"))
    ledger.vouchers.remove(gift)
    cost = ledger.post("2026-03-01", "付", "F03", (COST, "40"), (BANK, "-40"))
    ledger.vouchers.remove(cost)
    postings = (*gift.draft.postings, *cost.draft.postings)
    ledger.vouchers.append(replace(gift, draft=replace(gift.draft, postings=postings)))
    assert month(source) == {"1": "100.00", "16": "40.00", "61": "60.00"}


def test_money_that_one_fund_gives_another_is_no_flow() -> None:
    ledger, source = book()
    out = ledger.post("2026-03-01", "转", "F01", (FREE, "100"), (BANK, "-100"))
    into = ledger.post("2026-03-01", "转", "F03", (BANK, "130"), (BOUND, "-100"), (GIFTS, "-30"))
    del ledger.vouchers[-2:]
    postings = (*out.draft.postings, *into.draft.postings)
    ledger.vouchers.append(replace(out, draft=replace(out.draft, postings=postings)))
    assert month(source) == {"1": "30.00", "61": "30.00"}


def test_counterparts_that_no_line_names_are_other_cash_by_direction() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "付", "F01", (ADVANCED, "70"), (BANK, "-70"))
    ledger.post("2026-03-02", "收", "F01", (BANK, "30"), (ADVANCED, "-30"))
    ledger.post("2026-03-03", "收", "F01", (BANK, "2"), (FREE, "-2"))
    assert month(source) == {"8": "32.00", "19": "70.00", "61": "-38.00"}


def test_interest_from_the_bank_is_other_cash_and_reduces_no_interest_paid() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "付", "F01", (RAISING, "9"), (BANK, "-9"))
    ledger.post("2026-03-21", "收", "F01", (BANK, "1.25"), (RAISING, "-1.25"))
    assert month(source) == {"8": "1.25", "52": "9.00", "61": "-7.75"}


def test_a_refund_reduces_the_line_that_it_refunds() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "300"), (DUES, "-300"))
    ledger.post("2026-03-02", "付", "F01", (DUES, "120"), (BANK, "-120"))
    ledger.post("2026-03-03", "付", "F01", (BILLS, "50"), (BANK, "-50"))
    ledger.post("2026-03-04", "收", "F01", (BANK, "8"), (BILLS, "-8"))
    assert month(source) == {"2": "180.00", "16": "42.00", "61": "138.00"}


def test_a_detail_goes_before_its_parent() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "10"), (OWED, "-10"))
    ledger.post("2026-03-01", "收", "F01", (BANK, "20"), (DUES_OWED, "-20"))
    assert month(source) == {"2": "20.00", "3": "10.00", "61": "30.00"}


def test_a_machine_sold_shows_what_came_in_less_what_the_sale_cost() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "转", "F01", (DISPOSAL, "90"), (WORN, "10"), (MACHINES, "-100"))
    ledger.post("2026-03-02", "收", "F01", (BANK, "70"), (DISPOSAL, "-70"))
    ledger.post("2026-03-03", "付", "F01", (DISPOSAL, "4"), (BANK, "-4"))
    assert month(source) == {"27": "66.00", "61": "66.00"}


def test_a_change_of_rates_stands_on_its_own_line_whichever_way_it_goes() -> None:
    ledger, source = book()
    ledger.post("2026-03-31", "转", "F01", (RATES, "7"), (BANK, "-7"))
    assert month(source) == {"60": "-7.00", "61": "-7.00"}


def test_a_reversal_takes_back_the_lines_of_what_it_reverses() -> None:
    """A loan that was entered by mistake: without this it would be received, and then repaid."""
    ledger, source = book()
    wrong = ledger.post("2026-03-01", "收", "F01", (BANK, "500"), (LOAN, "-500"))
    back = ledger.post("2026-03-02", "付", "F01", (LOAN, "500"), (BANK, "-500"))
    assert month(source) == {"45": "500.00", "51": "500.00"}
    draft = replace(back.draft, narration=f"冲销 {wrong.number}：记错", reverses=wrong.number)
    ledger.vouchers[-1] = replace(back, draft=draft)
    assert month(source) == {}
    assert every_figure_opens(source, statement(source)) == 66


def test_a_reversal_posted_through_the_journal_is_known_as_one(small_house: House) -> None:
    house, unit = small_house, "spring"
    found_unit(
        house.registry,
        Founding(unit, "示例协会", "npo-2004", date(2026, 1, 1), yuan("10000"), "Example"),
        house.now,
    )
    with open_pen(house.registry, unit, house.now) as pen:
        fund = entries.FundRow("F01", "会费", "Dues", "none", "示例", date(2026, 1, 1), None)
        declare_fund(pen, fund)
    with house.registry.write() as conn:
        maker, checker = (
            users.add(
                conn,
                login=f"{role}-2",
                password="correct horse",
                roles=frozenset({(unit, role)}),
                now=house.now,
            )
            for role in ("treasurer", "checker")
        )
    parts = (Posting(BANK, yuan("500"), "F01"), Posting(LOAN, yuan("-500"), "F01"))
    draft = workflow.propose(
        house.registry, Draft(unit, date(2026, 3, 1), "收", "借款", parts), maker, house.now
    )
    wrong = workflow.approve(house.registry, draft, checker, house.now)
    assert isinstance(wrong, Voucher)
    back = reversing.reverse(
        house.registry, unit, wrong.number, maker, house.now, day=date(2026, 3, 2), reason="记错"
    )
    source = book_source(house.registry.folder, unit)
    assert month(source) == {"45": "500.00", "61": "500.00"}
    workflow.approve(house.registry, back, checker, house.now)
    assert month(book_source(house.registry.folder, unit)) == {}


def test_a_narration_alone_makes_no_reversal() -> None:
    ledger, source = book()
    ledger.post("2026-03-02", "付", "F01", (LOAN, "5"), (BANK, "-5"), narration="冲销借款")
    assert month(source) == {"51": "5.00", "61": "-5.00"}


def test_the_year_before_stands_beside_the_year_and_is_empty_before_the_book() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "100"), (GIFTS, "-100"))
    first = statement(source, "2026")
    assert {cells[1] for cells in figures(first).values()} == {""}
    assert "无上年数" in "".join(note.zh for note in first.notes)
    ledger.post("2027-02-01", "收", "F01", (BANK, "7"), (DUES, "-7"))
    second = statement(source, "2027")
    assert figures(second)["61"] == ("7.00", "100.00")
    assert every_figure_opens(source, second) == 66


def test_a_book_taken_over_in_july_starts_with_that_days_cash() -> None:
    ledger, source = book(date(2026, 7, 1))
    ledger.post("2026-07-09", "付", "F01", (OFFICE, "10"), (BANK, "-10"))
    assert month(source, "2026-07") == {"19": "10.00", "61": "-10.00"}
    assert month(source, "2026") == {"19": "10.00", "61": "-10.00"}


def test_behind_a_figure_stand_the_counterparts_with_what_they_explain() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "95"), (RAISING, "5"), (GIFTS, "-100"))
    ledger.post("2026-03-09", "付", "F01", (GIFTS, "15"), (BANK, "-15"))
    backing = catalogue.backing(source, f"{UNIT}/cash-flow/2026-03/1")
    assert [(line.account, line.amount.text) for line in backing.postings] == [
        (GIFTS, "95.00"),
        (GIFTS, "-15.00"),
    ]
    assert backing.closing == yuan("80")
    paid = catalogue.backing(source, f"{UNIT}/cash-flow/2026-03/61/year")
    assert total(line.amount for line in paid.postings) == paid.closing == yuan("80")


def test_the_annex_opens_every_figure_and_reads_the_vouchers_once_per_column() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "95"), (GIFTS, "-95"))
    asked: list[object] = []
    honest = ledger.lines

    def counted(**what: object) -> object:
        asked.append(what.get("accounts"))
        return honest(**what)  # type: ignore[arg-type]

    ledger.lines = counted  # type: ignore[method-assign, assignment]
    found = catalogue.with_annex(source, statement(source))
    # Lines 1, 13, 24 and 61, of the month and of the year.
    assert len(found.annex) == 8
    # Whole vouchers were asked for by the statement, and once more for the annex.
    assert asked.count(None) == 4


def test_the_form_of_2024_explains_the_same_cash_and_says_that_it_is_not_confirmed() -> None:
    ledger, source = empty_book("npo-2024")
    ledger.post("2026-01-01", "转", "F01", (BANK, "9"), (FREE, "-9"))
    ledger.post("2026-03-01", "付", "F01", ("Expenses:5301-管理费用", "3"), (BANK, "-3"))
    ledger.post("2026-03-02", "付", "F01", ("Expenses:5401-筹资费用", "2"), (BANK, "-2"))
    assert month(source) == {"19": "3.00", "52": "2.00", "61": "-5.00"}
    assert "未经官方文本核对" in statement(source).notes[-1].zh


def test_amounts_in_another_currency_are_left_out_and_a_note_says_so() -> None:
    ledger, source = book()
    gift = ledger.post("2026-03-01", "收", "F01", (BANK, "5"), (GIFTS, "-5"))
    dollars = tuple(
        replace(part, amount=Money(part.amount.fen, "USD")) for part in gift.draft.postings
    )
    ledger.vouchers.append(
        replace(gift, number="收-202603-0002", draft=replace(gift.draft, postings=dollars))
    )
    assert month(source) == {"1": "5.00", "61": "5.00"}
    assert any("USD" in note.zh for note in statement(source).notes)


# ---- laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("chart", ["npo-2004", "npo-2024"])
def test_whatever_is_posted_the_lines_explain_all_of_the_cash(chart: str, seed: int) -> None:
    draw = random.Random(seed)
    ledger, source = empty_book(chart)
    names = [*ledger.accounts(), *[BANK, TILL] * 20]
    days = ["2026-01-01", "2026-01-31", "2026-06-15", "2026-12-31", "2027-01-01", "2027-02-28"]
    for _ in range(40):
        whole = []
        for fund in draw.sample(["F01", "F02", "F03"], draw.choice([1, 1, 2, 3])):
            parts = [
                (draw.choice(names), Money(draw.randrange(-(10**9), 10**9)).text)
                for _ in range(draw.choice([1, 3, 5]))
            ]
            parts.append((draw.choice(names), (-total(yuan(fen) for _, fen in parts)).text))
            day, kind = draw.choice(days), draw.choice("收付转")
            whole.append(ledger.post(day, kind, fund, *parts))
        del ledger.vouchers[-len(whole) :]
        postings = tuple(part for voucher in whole for part in voucher.draft.postings)
        one = replace(whole[0].draft, postings=postings)
        if draw.random() < 0.2:
            one = replace(one, narration="冲销 示例", reverses="收-202601-0001")
        ledger.vouchers.append(replace(whole[0], draft=one))
        cash = {
            name for name in names if name[:11] in ("Assets:1001", "Assets:1002", "Assets:1009")
        }
        lines = [line for line in ledger.lines() if line.number == whole[0].number]
        change = sum(line.amount.fen for line in lines if line.account in cash)
        flows = divide(lines, cash)
        assert sum(flow.fen for flow in flows) == change
        assert sum(flow.fen for flow in divide(lines, cash, reversal=True)) == change
        assert all(
            abs(flow.fen) <= sum(abs(line.amount.fen) for line in lines if line.account in cash)
            for flow in flows
        )
    for period in ("2026-01", "2026-06", "2026", "2027-02"):
        found = statement(source, period)
        assert every_figure_opens(source, found)
        span = Period.parse(period)
        moved = sum(
            cell.net
            for cell in ledger.cells(since=Month.of(span.start), through=Month.of(span.last))
            if cell.account in cash
        )
        opened = sum(
            part.amount.fen
            for voucher in ledger.vouchers
            if voucher.draft.day == date(2026, 1, 1)
            and voucher.number in opening_numbers(source)
            and voucher.draft.day in span
            for part in voucher.draft.postings
            if part.account in cash
        )
        assert figures(found)["61"][0] == Money(moved - opened).text


def opening_numbers(source: Source) -> set[str]:
    return set(Figures(source).openings)


@pytest.mark.parametrize("chart", ["npo-2004", "npo-2024"])
def test_the_form_has_the_rows_of_the_rule_in_their_order(chart: str) -> None:
    form = load_chart(chart).form("cash-flow")
    assert form is not None
    assert " ".join(line.code for line in form.lines if line.style != "heading") == ROWS


# ---- faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", ["union-2021-basic", "union-2021-county", "party-dues"])
def test_a_chart_without_the_form_is_refused_with_the_statements_that_it_has(chart: str) -> None:
    _, source = empty_book(chart)
    for ask in (statement, lambda of: catalogue.backing(of, f"{UNIT}/cash-flow/2026-03/1")):
        with pytest.raises(Refused) as caught:
            ask(source)
        (fault,) = caught.value.findings
        assert fault.rule == "no-form"
        assert chart in fault.what.en
        assert "balance-sheet" in fault.remedy.en


def test_cells_that_tell_of_other_cash_than_the_vouchers_stop_the_statement() -> None:
    ledger, source = book()
    ledger.post("2026-03-01", "收", "F01", (BANK, "5"), (GIFTS, "-5"))
    forged = [
        replace(cell, debit=cell.debit + (cell.account == BANK and cell.month == Month(2026, 3)))
        for cell in ledger.cells()
    ]
    ledger.cells = lambda **asked: forged  # type: ignore[method-assign]
    for ask in (statement, lambda of: catalogue.backing(of, f"{UNIT}/cash-flow/2026-03/1")):
        with pytest.raises(CannotRun) as caught:
            ask(source)
        assert caught.value.findings[0].rule == "cash-flow-unproved"
        assert "5.01" in caught.value.findings[0].what.en


def test_a_voucher_that_does_not_balance_stops_the_statement() -> None:
    """Cash that no counterpart explains is never made up."""
    ledger, source = book()
    gift = ledger.post("2026-03-01", "收", "F01", (BANK, "5"), (GIFTS, "-5"))
    crooked = (gift.draft.postings[0], replace(gift.draft.postings[1], amount=yuan("-4")))
    ledger.vouchers[-1] = replace(gift, draft=replace(gift.draft, postings=crooked))
    with pytest.raises(CannotRun) as caught:
        statement(source)
    assert caught.value.findings[0].rule == "cash-flow-unproved"


def test_a_counterpart_that_the_chart_lacks_is_refused_and_named() -> None:
    ledger, source = book()
    stranger = "Assets:1999-别的"
    ledger.facts[stranger] = ledger.facts[BANK]
    ledger.post("2026-03-01", "付", "F01", (stranger, "5"), (BANK, "-5"))
    with pytest.raises(Refused) as caught:
        statement(source)
    assert caught.value.findings[0].rule == "account-not-in-chart"


@pytest.mark.parametrize(
    "ref",
    [
        f"{UNIT}/cash-flow/2026-03/999",
        f"{UNIT}/cash-flow/2026-03/h-operating",
        f"{UNIT}/cash-flow/2026-03/1/last-year",
        f"{UNIT}/cash-flow/2026-03/1/begin",
        f"{UNIT}/cash-flow/2026/1/month",
        f"{UNIT}/cash-flow/2026/1/last-year",
    ],
)
def test_a_figure_that_the_statement_does_not_have_is_refused(ref: str) -> None:
    _, source = book()
    with pytest.raises(Refused) as caught:
        catalogue.backing(source, ref)
    assert caught.value.findings[0].rule == "no-figure"


def test_a_period_that_is_no_month_and_no_year_or_before_the_book_is_refused() -> None:
    _, source = book()
    with pytest.raises(Refused) as caught:
        catalogue.build("cash-flow", source, Period(date(2026, 1, 1), date(2026, 5, 1)))
    assert caught.value.findings[0].rule == "bad-period"
    with pytest.raises(Refused) as caught:
        statement(source, "2025-12")
    assert caught.value.findings[0].rule == "before-book"


def test_the_union_book_of_these_tests_has_no_such_statement() -> None:
    _, source = union_book()
    with pytest.raises(Refused):
        statement(source)
