"""Ratios of a year: the book's figures, the rule in force then, and what is not known, said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from beancount import loader

from ledger import workflow
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.errors import Refused
from ledger.founding import declare_fund, open_accounts
from ledger.gifts.ratios import ratios_of
from ledger.journal import open_pen
from ledger.money import yuan
from ledger.period import Period
from ledger.registry import entries, units
from reports.sources import known_source
from reports.statements.catalogue import build
from tests.cli.command import mingbai
from tests.gifts.giving import PASSWORD, UNIT, Giving, begin

SINCE = date(2022, 1, 1)
YEARS = datetime(2026, 6, 30, 10, 0, tzinfo=CHINA)


@pytest.fixture(scope="module")
def charity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Giving]:
    """A small association that raises from known givers only, with a book since 2022.

    2024: income 1,000.00, of it 200.00 for 2026 at the earliest; spent 300.00.
    2025: spent 500.00 on its purpose and 90.00 on management, of it 60.00 pay.
    """
    made = begin(tmp_path_factory.mktemp("ratios") / "federation", opened=SINCE)
    say(made, "charity", "association", "no-public-fundraising")
    pay = "Expenses:5301-管理费用:92-人员支出"
    with open_pen(made.registry, UNIT, YEARS) as pen:
        open_accounts(pen, [entries.AccountRow(pay, "Staff", "CNY", False, SINCE, None)])
        fund = entries.FundRow("F03", "明年助学", "", "time", "示例", SINCE, None)
        declare_fund(pen, fund)
    income, later = made.account("410101"), made.account("410102")
    for amount, fund_code, account, day in (
        ("800.00", "F01", income, date(2024, 3, 1)), ("200.00", "F03", later, date(2024, 4, 1)),
        ("50.00", "F01", income, date(2025, 2, 1)),
    ):  # fmt: skip
        money = yuan(amount)
        made.post(
            Posting(made.bank, money, fund_code), Posting(account, -money, fund_code), day=day
        )
    made.spend("300.00", "F01", date(2024, 6, 1))
    made.spend("500.00", "F01", date(2025, 6, 1))
    made.spend("30.00", "F01", date(2025, 7, 1), code="5301")
    made.spend("60.00", "F01", date(2025, 8, 1), code="530192")
    # The year is carried over: that is no spending, and no income.
    made.post(
        Posting(income, yuan("800.00"), "F01"),
        Posting(made.account("3101"), yuan("-800.00"), "F01"), day=date(2024, 12, 31),
    )  # fmt: skip
    yield made
    made.registry.close()


def say(made: Giving, *kinds: str) -> None:
    with made.registry.write() as conn:
        units.set_place(conn, UNIT, "", " ".join(kinds))


def test_figures_are_the_book_s_without_what_is_carried_over(charity: Giving) -> None:
    found = ratios_of(charity.registry, UNIT, 2025)
    figures = found.figures
    assert (figures.spending, figures.management, figures.total) == (500_00, 90_00, 590_00)
    assert (found.wages, found.office) == (60_00, 30_00)
    assert (found.raw_income, figures.income, figures.net_assets) == (1000_00, 800_00, 700_00)
    assert (found.spending_share, found.management_share) == ("62.5 %", "15.3 %")


def test_beancount_reads_the_same_figures_from_the_book(charity: Giving) -> None:
    """What was spent and earned in a year, without the vouchers that carry one over."""
    read, errors, _ = loader.load_file(str(charity.folder / "book.bean"))
    assert not errors
    sums: dict[tuple[int, str], int] = {}
    worth = 0
    for entry in read:
        lines = getattr(entry, "postings", ())
        roots = {line.account.split(":")[0] for line in lines}
        for line in lines:
            root = line.account.split(":")[0]
            fen = int(line.units.number * 100)
            if root in ("Assets", "Liabilities") and entry.date.year < 2025:
                worth += fen
            if roots != {"Equity", "Income"}:
                key = entry.date.year, root
                sums[key] = sums.get(key, 0) + fen
    found = ratios_of(charity.registry, UNIT, 2025)
    assert (found.figures.total, found.figures.net_assets) == (sums[2025, "Expenses"], worth)
    assert found.raw_income == -sums[2024, "Income"]


def test_a_year_is_judged_by_the_rule_in_force_at_its_end(charity: Giving) -> None:
    found = ratios_of(charity.registry, UNIT, 2025)
    assert (found.state, found.missing) == ("judged", ())
    assert found.table is not None and found.table.head.key == "charity-spending@2016"
    assert [(one.what, one.of, one.share, one.state) for one in found.checks] == [
        ("spending", "income", "62.5 %", "kept"), ("spending", "net-assets", "71.4 %", "kept"),
        ("management", "total-spending", "15.3 %", "kept"),
    ]  # fmt: skip


def test_what_is_freed_in_a_year_counts_as_income_of_that_year(charity: Giving) -> None:
    """200.00 that were bound in time are freed in 2025: the income of 2025 is 50.00 and they."""
    restricted, free = charity.account("3102"), charity.account("3101")
    said = (("evidence", "收-202404-0001"),)
    voucher = charity.post(
        Posting(restricted, yuan("200.00"), "F03", said),
        Posting(free, yuan("-200.00"), "F03", said), day=date(2025, 12, 1),
    )  # fmt: skip
    assert ratios_of(charity.registry, UNIT, 2026).figures.income == 250_00
    charity.reverse(voucher, date(2025, 12, 2))
    assert ratios_of(charity.registry, UNIT, 2026).figures.income == 50_00


def test_a_gift_that_waits_for_a_later_year_is_no_income_of_the_year_it_came_in(
    charity: Giving,
) -> None:
    before = ratios_of(charity.registry, UNIT, 2026)
    charity.give("70.00", date(2025, 9, 1), fund="F02", until=date(2027, 1, 1))
    charity.give("7.00", date(2025, 9, 2), fund="F02", until=date(2025, 12, 31))
    after = ratios_of(charity.registry, UNIT, 2026)
    assert (before.raw_income or 0) + 77_00 == after.raw_income
    assert (before.figures.income or 0) + 7_00 == after.figures.income


def test_since_the_rule_ended_no_rule_is_loaded_and_which_one_ended_is_said(
    charity: Giving,
) -> None:
    found = ratios_of(charity.registry, UNIT, 2026)
    assert (found.state, found.table, found.checks) == ("no-rule", None, ())
    (fault,) = (one for one in found.missing if one.rule == "no-rule-loaded")
    assert "charity-spending@2016 2016-10-11–2026-04-26" in fault.remedy.en


def test_what_nobody_said_of_the_unit_is_missing_and_not_guessed(charity: Giving) -> None:
    for kinds, lacking in (
        ((), "charity / not-charity"), (("charity", "association"), "public-fundraising"),
        (("charity", "no-public-fundraising"), "foundation / association"),
        (("charity", "association", "public-fundraising", "no-public-fundraising"), "public"),
    ):  # fmt: skip
        say(charity, *kinds)
        found = ratios_of(charity.registry, UNIT, 2025)
        assert (found.state, found.checks) == ("unknown", ()), kinds
        assert any(lacking in one.remedy.en for one in found.missing), kinds
    say(charity, "not-charity")
    assert ratios_of(charity.registry, UNIT, 2025).state == "no-rule"
    say(charity, "charity", "foundation", "public-fundraising")
    law = ratios_of(charity.registry, UNIT, 2026)
    assert law.table is not None and law.table.head.key == "charity-law-spending@2024"
    say(charity, "charity", "association", "no-public-fundraising")


def test_the_first_year_of_a_book_knows_no_year_before(charity: Giving) -> None:
    first = ratios_of(charity.registry, UNIT, 2022)
    assert (first.state, first.figures.income) == ("unknown", None)
    assert any("2021" in one.what.zh for one in first.missing)
    with pytest.raises(Refused, match="before-the-book"):
        ratios_of(charity.registry, UNIT, 2021)


def test_the_command_says_it_to_who_may_browse(charity: Giving) -> None:
    words = ("ratios", charity.registry.folder, "--unit", UNIT, "--year", "2025", "--user")
    told = mingbai(*words, "shen", "--json", MINGBAI_PASSWORD=PASSWORD).json
    assert told["checks"][0]["limit"] == "50 %"
    assert told["amounts"]["prior_income_adjusted"] == "800.00"
    assert told["rule"]["article"] == "第九条（四）"
    text = mingbai(*words, "shen", MINGBAI_PASSWORD=PASSWORD)
    assert (text.status, "符合 kept  62.5 % ≥ 50 %" in text.out) == (0, True)
    refused = mingbai(*words, "admin", MINGBAI_PASSWORD=PASSWORD)
    assert (refused.status, "not-allowed" in refused.err) == (1, True)


def test_a_union_s_figures_are_told_for_information(tmp_path: Path) -> None:
    made = begin(tmp_path / "federation", "union-2021-basic")
    try:
        made.give("100.00", fund="F01")
        made.spend("40.00", "F01", date(2026, 4, 1))
        found = ratios_of(made.registry, UNIT, 2026)
        assert (found.state, found.figures.spending, found.figures.management) == (
            "no-rule", 40_00, None,
        )  # fmt: skip
        assert {one.rule for one in found.missing} == {"no-rule-loaded", "unknown-fact", "untold"}
    finally:
        made.registry.close()


def test_a_chart_of_which_nobody_said_it_is_refused() -> None:
    from ledger.gifts.yearly import spending_accounts

    with pytest.raises(Refused, match="no-spending-accounts"):
        spending_accounts("party-dues")


def shown(made: Giving, year: int, line: str) -> object:
    """A figure of the statement of public benefit."""
    period = Period.parse(str(year))
    source = known_source(made.registry, UNIT, "public-benefit", period)
    (found,) = (one for one in build("public-benefit", source, period).lines if one.code == line)
    return found.cells[0]


def test_what_went_back_of_a_gift_that_waits_is_taken_off_once(tmp_path: Path) -> None:
    made = begin(tmp_path / "federation", opened=date(2024, 1, 1))
    made.give("1000.00", date(2025, 3, 1), fund="F02")
    code = made.give("400.00", date(2025, 3, 2), fund="F02", until=date(2026, 5, 1))
    back = made.run(
        "gift", "refund", code, "--amount", "100.00", "--on", "2025-08-01", "--money", made.bank,
        "--decision", "理事会2号", "--json",
    )  # fmt: skip
    made.approve(back.json["draft"])
    found = ratios_of(made.registry, UNIT, 2026)
    assert (found.raw_income, found.figures.income) == (1300_00, 1000_00)
    assert shown(made, 2026, "prior-adjusted") == yuan("1000.00")
    made.registry.close()


def test_a_book_that_begins_with_the_year_knows_what_was_brought_in_and_nothing_else(
    tmp_path: Path,
) -> None:
    made = begin(tmp_path / "federation")
    assert ratios_of(made.registry, UNIT, 2026).figures.net_assets is None
    assert shown(made, 2026, "prior-net") is None
    worth, equity = yuan("5000.00"), made.account("3101")
    lines = (Posting(made.bank, worth, "F01"), Posting(equity, -worth, "F01"))
    opening = Draft(UNIT, date(2026, 1, 1), "转", "期初余额", lines)
    made.approve(workflow.propose(made.registry, opening, made.maker, made.now))
    made.give("80.00", date(2026, 1, 1), fund="F01")
    assert ratios_of(made.registry, UNIT, 2026).figures.net_assets == 5000_00
    assert shown(made, 2026, "prior-net") == worth
    made.registry.close()
