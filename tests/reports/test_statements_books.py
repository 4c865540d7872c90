"""Funds, trial balance, journal, bank reconciliation and operation log, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ledger.account import account_code
from ledger.errors import Refused
from ledger.model import MonthCell
from ledger.money import yuan
from ledger.period import Month
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Act, BankStatement, Source, Unmatched
from tests.reports.ledgers import ALIPAY, BANK, SURPLUS, UNIT, carry_over, union_book
from tests.reports.opening import every_figure_opens
from tests.reports.test_statements_forms import figures, statement

SHANGHAI = timezone(timedelta(hours=8))


# ---- funds -------------------------------------------------------------------------------------


def test_each_fund_shows_what_it_had_received_spent_and_still_has() -> None:
    _, source = union_book()
    found = statement("funds", source, "2026-03")
    assert figures(found) == {
        "F01": ("", "8300.00", "0.00", "0.00", "0.00", "8300.00"),
        "F02": ("", "1150.00", "0.00", "0.00", "0.00", "1150.00"),
        "F03": ("", "0.00", "3000.00", "500.00", "0.00", "2500.00"),
        "all": ("", "9450.00", "3000.00", "500.00", "0.00", "11950.00"),
    }
    assert [line.cells[0] for line in found.lines][2] == "限定用途 For a purpose"
    assert every_figure_opens(source, found) == 20


def test_opening_balances_are_the_first_periods_opening_and_no_transfer() -> None:
    _, source = union_book()
    lines = figures(statement("funds", source, "2026"))
    assert lines["F02"] == ("", "2000.00", "600.00", "1450.00", "0.00", "1150.00")
    assert lines["all"] == ("", "10000.00", "3900.00", "1950.00", "0.00", "11950.00")


def test_carrying_over_changes_no_fund() -> None:
    ledger, source = union_book()
    before = figures(statement("funds", source, "2026"))
    carry_over(ledger)
    found = statement("funds", source, "2026")
    assert figures(found) == before
    assert every_figure_opens(source, found) == 20


def test_money_moved_between_funds_is_a_transfer_and_totals_nothing() -> None:
    ledger, source = union_book()
    ledger.post("2026-03-30", "转", "F01", (SURPLUS, "40"), (BANK, "-40"))
    ledger.post("2026-03-30", "转", "F03", (BANK, "40"), (SURPLUS, "-40"))
    lines = figures(statement("funds", source, "2026-03"))
    assert lines["F01"][4:] == ("-40.00", "8260.00")
    assert lines["F03"][4:] == ("40.00", "2540.00")
    assert lines["all"][4:] == ("0.00", "11950.00")


def test_a_closed_fund_without_figures_is_left_out() -> None:
    ledger, source = union_book()
    facts = ledger.fund_facts["F03"]
    ledger.fund_facts["F03"] = replace(facts, closed=date(2026, 1, 31))
    assert "F03" not in figures(statement("funds", source, "2026-02"))
    assert "F03" in figures(statement("funds", source, "2026-03"))


@pytest.mark.parametrize("tail", ["F99", "F01/profit", "all/restriction"])
def test_a_fund_or_column_that_does_not_exist_is_refused(tail: str) -> None:
    _, source = union_book()
    with pytest.raises(Refused):
        catalogue.backing(source, f"{UNIT}/funds/2026-03/{tail}")


# ---- trial balance -----------------------------------------------------------------------------


def test_the_trial_balance_holds_parents_and_children_and_totals_zero() -> None:
    _, source = union_book()
    found = statement("trial-balance", source, "2026-03")
    lines = figures(found)
    assert lines["102"] == ("9850.00", "3000.00", "900.00", "11950.00")
    assert lines["10201"] == lines["102"]
    assert lines["163"] == ("-1050.00", "0.00", "0.00", "-1050.00")
    assert lines["211"] == ("-400.00", "400.00", "0.00", "0.00")
    assert lines["50404"] == ("0.00", "500.00", "0.00", "500.00")
    assert lines["total"] == ("0.00", "3900.00", "3900.00", "0.00")
    assert "10203" not in lines
    assert every_figure_opens(source, found) > 30
    levels = {line.code: line.level for line in found.lines}
    assert (levels["102"], levels["10201"]) == (0, 1)


def test_opening_vouchers_are_openings_and_not_movements() -> None:
    _, source = union_book()
    lines = figures(statement("trial-balance", source, "2026-01"))
    assert lines["102"] == ("10000.00", "1300.00", "0.00", "11300.00")
    assert lines["322"] == ("-10000.00", "0.00", "0.00", "-10000.00")


def test_accounts_whose_codes_clash_are_told_apart_by_name() -> None:
    ledger, source = union_book()
    twin = "Assets:102-银行存款:01-同号户"
    ledger.facts[twin] = ledger.facts[BANK]
    ledger.post("2026-03-30", "转", "F01", (twin, "5"), (BANK, "-5"))
    found = statement("trial-balance", source, "2026-03")
    lines = figures(found)
    assert lines["102"][3] == "11950.00"
    assert (lines[BANK][3], lines[twin][3]) == ("11945.00", "5.00")
    assert every_figure_opens(source, found)


# ---- journal -----------------------------------------------------------------------------------


def test_the_journal_lists_every_posting_with_the_voucher_to_open() -> None:
    _, source = union_book()
    found = statement("journal", source, "2026-03")
    assert found.label_column is None
    assert [line.cells[1] for line in found.lines[:-1]] == [
        "收-202603-0001",
        "收-202603-0001",
        "付-202603-0001",
        "付-202603-0001",
        "付-202603-0002",
        "付-202603-0002",
    ]
    first = found.lines[0]
    assert first.ref == f"{UNIT}/收-202603-0001"
    assert first.cells == (
        date(2026, 3, 3),
        "收-202603-0001",
        "专项补助",
        "10201 银行存款—工行基本户",
        "F03",
        yuan("3000"),
        None,
    )
    assert found.lines[-1].cells[-2:] == (yuan("3900"), yuan("3900"))


def test_the_journals_totals_open_to_all_debits_and_all_credits() -> None:
    _, source = union_book()
    for column in ("debit", "credit"):
        backing = catalogue.backing(source, f"{UNIT}/journal/2026-03/total/{column}")
        assert len(backing.postings) == 3
        assert backing.closing == yuan("3900")
    with pytest.raises(Refused):
        catalogue.backing(source, f"{UNIT}/journal/2026-03/收-202603-0001")


# ---- bank reconciliation -----------------------------------------------------------------------


def reconciled(source: Source, *banks: BankStatement) -> Statement:
    return statement("bank-reconciliation", replace(source, banks=banks), "2026-03")


def test_what_only_one_side_has_explains_the_difference() -> None:
    """The bank took a fee of 15.00 not booked yet; a payment of 400.00 is not at the bank yet."""
    _, source = union_book()
    found = reconciled(
        source,
        BankStatement(
            BANK,
            yuan("12335"),
            only_bank=(
                Unmatched(date(2026, 3, 25), yuan("-15"), "流水 line 7", "line-7"),
                Unmatched(date(2026, 3, 21), yuan("0.00"), "流水 line 5", "line-5"),
            ),
            only_book=(
                Unmatched(date(2026, 3, 20), yuan("-400"), "上缴经费", number="付-202603-0002"),
            ),
        ),
    )
    lines = {line.code: line for line in found.lines}
    assert lines["10201-book"].cells[-1] == yuan("11950")
    assert lines["10201-p"].cells[-1] == yuan("15")
    assert lines["10201-book-adj"].cells[-1] == yuan("11935")
    assert lines["10201-bank"].cells[-1] == yuan("12335")
    assert lines["10201-s"].cells[-1] == yuan("400")
    assert lines["10201-s1"].refs == {"number": f"{UNIT}/付-202603-0002"}
    assert lines["10201-bank-adj"].cells[-1] == yuan("11935")
    assert lines["10201-gap"].cells[-1] == yuan("0")
    assert lines["10201-p1"].refs == {"number": f"{UNIT}/line-7"}


def test_every_figure_of_a_reconciliation_opens_to_what_makes_it() -> None:
    """Both sides have lines of their own, and 35.00 stay unexplained."""
    _, source = union_book()
    banks = (
        BankStatement(
            BANK,
            yuan("12300"),
            only_bank=(
                Unmatched(date(2026, 3, 25), yuan("-15"), "流水 line 7", "line-7"),
                Unmatched(date(2026, 3, 24), yuan("120"), "流水 line 8", "line-8"),
            ),
            only_book=(
                Unmatched(date(2026, 3, 20), yuan("-400"), "上缴经费", number="付-202603-0002"),
                Unmatched(date(2026, 3, 3), yuan("120"), "专项补助", number="收-202603-0001"),
            ),
            paper="cd" * 32,
        ),
        BankStatement(ALIPAY, None),
    )
    source = replace(source, banks=banks)
    found = statement("bank-reconciliation", source, "2026-03")
    lines = {line.code: line for line in found.lines}
    assert lines["10201-gap"].cells[-1] == yuan("35")
    assert lines["10201-bank"].refs == {"number": "sha256:" + "cd" * 32}
    assert lines["10203-bank"].ref == ""
    assert every_figure_opens(source, found) == 14
    behind = catalogue.backing(source, lines["10201-book-adj"].ref)
    assert [line.number for line in behind.postings[-2:]] == ["line-8", "line-7"]
    assert behind.postings[-1].papers == ("cd" * 32,)


def test_a_difference_that_nothing_explains_is_shown() -> None:
    _, source = union_book()
    found = reconciled(source, BankStatement(BANK, yuan("12000")))
    assert found.lines[-1].cells[-1] == yuan("-50")


def test_an_account_without_a_statement_shows_the_books_balance_alone() -> None:
    _, source = union_book()
    found = reconciled(source, BankStatement(BANK, None), BankStatement(ALIPAY, yuan("0")))
    codes = [line.code for line in found.lines]
    assert codes[:3] == ["10201-h", "10201-book", "10201-bank"]
    assert found.lines[2].cells[-1] is None
    assert codes[-1] == f"{account_code(ALIPAY)}-gap"


def test_nothing_to_reconcile_and_accounts_that_the_book_lacks_are_refused() -> None:
    _, source = union_book()
    for banks, rule in (((), "no-statement"), ((BankStatement("Assets:9-X", None),), "no-account")):
        with pytest.raises(Refused) as caught:
            reconciled(source, *banks)
        assert caught.value.findings[0].rule == rule
    for tail in ("10201-bank", "10299-book", "10201-book/day", "10201", "10201-h"):
        with pytest.raises(Refused):
            catalogue.backing(source, f"{UNIT}/bank-reconciliation/2026-03/{tail}")


# ---- operation log -----------------------------------------------------------------------------


def test_the_log_shows_the_periods_acts_in_order_of_time() -> None:
    _, source = union_book()
    acts = [
        Act(
            datetime(2026, 3, day, 9, tzinfo=SHANGHAI),
            "u-7F3K2QX",
            action,
            "chunfeng/付-202603-0001",
        )
        for day, action in ((5, "voucher.approve"), (4, "voucher.propose"))
    ]
    acts.append(
        Act(datetime(2026, 4, 1, 0, tzinfo=SHANGHAI), "u-7F3K2QX", "month.close", "2026-03")
    )
    found = statement("operation-log", replace(source, acts=acts), "2026-03")
    assert [line.cells[2] for line in found.lines] == ["voucher.propose", "voucher.approve"]
    assert [line.code for line in found.lines] == ["00001", "00002"]
    told = catalogue.backing(replace(source, acts=acts), found.lines[0].ref)
    assert told.label.zh.split() == [
        "2026-03-04", "09:00:00", "u-7F3K2QX", "voucher.propose", "chunfeng/付-202603-0001",
    ]  # fmt: skip
    for tail in ("00003", "00001/at", "1"):
        with pytest.raises(Refused):
            catalogue.backing(replace(source, acts=acts), f"{UNIT}/operation-log/2026-03/{tail}")


# ---- all of them -------------------------------------------------------------------------------


def test_equal_books_give_equal_statements_with_the_ledgers_digest() -> None:
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        one, two = (statement(name, union_book()[1], "2026-03") for _ in range(2))
        assert one == two
        assert len(one.digest) == 64
        assert one.digest[:16] in [text for _, text in one.facts]


def test_a_statement_says_how_far_the_vouchers_of_its_period_reach() -> None:
    _, source = union_book()
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        said = {
            period: "".join(note.zh for note in statement(name, source, period).notes)
            for period in ("2026-03", "2026-04", "2026", "2027")
        }
        assert "没有凭证" not in said["2026-03"]
        assert "本期没有凭证" in said["2026-04"]
        assert "凭证记至 2026-03" in said["2026"]
        assert "本期没有凭证" in said["2027"]
    assert statement("operation-log", source, "2026-04").notes == ()


def test_a_month_may_be_given_as_a_month() -> None:
    _, source = union_book()
    asked = catalogue.build("funds", source, Month(2026, 3))
    assert asked == statement("funds", source, "2026-03")


def test_other_currencies_are_named_and_not_mixed_in() -> None:
    ledger, source = union_book()
    honest = ledger.cells

    def mixed(**asked: Month | None) -> list[MonthCell]:
        dollars = MonthCell(BANK, "F01", "USD", Month(2026, 3), 999, 0, 1)
        return [*honest(**asked), dollars]

    ledger.cells = mixed  # type: ignore[method-assign]
    for name in ("balance-sheet", "funds", "trial-balance"):
        found = statement(name, source, "2026-03")
        assert "USD" in found.notes[-1].en
        assert not any("9.99" in texts for texts in figures(found).values())


def test_an_annex_asks_the_book_once_for_the_same_cells() -> None:
    ledger, source = union_book()
    found = statement("trial-balance", source, "2026-03")
    ledger.asked.clear()
    catalogue.with_annex(source, found)
    assert len(ledger.asked) == len(set(ledger.asked))


def test_an_annex_shows_the_vouchers_behind_each_figure_and_counts_what_it_cuts() -> None:
    _, source = union_book()
    plain = statement("funds", source, "2026")
    found = catalogue.with_annex(source, plain, most=2)
    remaining = next(b for b in found.annex if b.ref == f"{UNIT}/funds/2026/F01")
    assert (len(remaining.postings), remaining.more) == (1, 0)
    spent = next(b for b in found.annex if b.ref == f"{UNIT}/funds/2026/all/out")
    assert (len(spent.postings), spent.more) == (2, 1)
    assert all(backing.closing for backing in found.annex)
    journal = catalogue.with_annex(source, statement("journal", source, "2026-03"))
    assert [backing.ref for backing in journal.annex] == [
        f"{UNIT}/journal/2026-03/total",
        f"{UNIT}/journal/2026-03/total/credit",
    ]


def test_the_catalogue_names_every_module_of_statements() -> None:
    folder = Path(catalogue.__file__).parent
    helpers = {"__init__", "catalogue", "figures", "flows", "forms", "head", "source"}
    helpers |= {"gift_backing", "gift_moves"}
    helpers |= {"aid_rows", "allocation_parts", "cells", "dues_public", "dues_rows", "member_dues"}
    helpers |= {"gift_rows", "donor", "asset_rows"}
    modules = {path.stem for path in folder.glob("*.py")} - helpers
    assert len(modules) == len(catalogue.STATEMENTS)
