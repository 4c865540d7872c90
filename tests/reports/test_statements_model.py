"""Statements of a real book: posted through the journal, read by the read model."""

from __future__ import annotations

from datetime import date

from ledger.chart import load_chart
from ledger.entry import Draft, Posting
from ledger.founding import Founding, declare_fund, found_unit
from ledger.journal import open_pen
from ledger.model import Model
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import entries
from ledger.unitfacts import read_facts
from reports.statements import catalogue
from reports.statements.source import Source
from tests.house import ACTIVITY, BANK, OPENING, UNIT, House
from tests.reports.test_statements_forms import figures


def source_of(house: House, unit: str = UNIT) -> Source:
    facts = read_facts(house.registry.folder, unit)
    model = Model.open(house.registry.folder / "units" / unit)
    return Source(model, load_chart(facts.chart), facts)


def test_a_posted_book_gives_statements_whose_figures_open(small_house: House) -> None:
    house = small_house
    postings = (Posting(BANK, yuan("1000"), "F01"), Posting(OPENING, yuan("-1000"), "F01"))
    house.post(Draft(UNIT, date(2026, 1, 1), "转", "期初余额", postings))
    house.post(house.draft("25.00"))
    house.post(house.draft("10.00", debit=ACTIVITY, credit=BANK, kind="付", narration="活动用品"))
    source = source_of(house)
    sheet = catalogue.build("balance-sheet", source, Period.parse("2026-03"))
    lines = figures(sheet)
    assert lines["money"] == ("1000.00", "1015.00")
    assert lines["surplus"] == ("0.00", "15.00")
    assert lines["assets"] == lines["claims"]
    income = figures(catalogue.build("income-statement", source, Period.parse("2026-03")))
    assert (income["401"], income["result"]) == (("25.00", "25.00"), ("15.00", "15.00"))
    funds = figures(catalogue.build("funds", source, Period.parse("2026-03")))
    assert funds["all"] == ("", "1000.00", "25.00", "10.00", "0.00", "1015.00")
    trial = figures(catalogue.build("trial-balance", source, Period.parse("2026-03")))
    assert trial["total"] == ("0.00", "35.00", "35.00", "0.00")
    journal = catalogue.build("journal", source, Period.parse("2026-03"))
    assert len(journal.lines) == 5
    for ref in ("balance-sheet/2026-03/money", "funds/2026-03/F01/out", "journal/2026-03/total"):
        backing = catalogue.backing(source, f"{UNIT}/{ref}")
        assert backing.closing == sum(
            (posting.amount for posting in backing.postings), backing.opening or Money(0)
        )


def test_every_shipped_chart_can_found_a_unit_and_its_empty_book_balances(
    small_house: House,
) -> None:
    house = small_house
    for place, chart in enumerate(("union-2021-county", "npo-2004", "npo-2024", "party-dues")):
        unit = f"unit-{place}"
        opened = date(2026, 1, 1)
        found_unit(
            house.registry,
            Founding(unit, f"示例单位{place}", chart, opened, yuan("10000"), "Example"),
            house.now,
        )
        with open_pen(house.registry, unit, house.now) as pen:
            declare_fund(pen, entries.FundRow("F01", "会费", "Dues", "none", "示例", opened, None))
        source = source_of(house, unit)
        assert len(source.model.accounts()) == len(load_chart(chart).book_accounts())
        sheet = catalogue.build("balance-sheet", source, Period.parse("2026-02"))
        assert set(figures(sheet).values()) == {("0.00", "0.00")}
