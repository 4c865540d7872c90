"""Things held piece by piece: in a real book, statements show them at cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.chart import load_chart
from ledger.cli.bench.books import UNIT as BOOK
from ledger.cli.bench.books import AccountLine, BookWriter
from ledger.entry import Draft, Lot, Posting
from ledger.founding import Founding, found_unit
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.unitfacts import read_facts
from reports.statement import Backing
from reports.statements import catalogue
from reports.statements.source import Source
from tests.house import House
from tests.reports.test_statements_forms import figures

#: By chart: the bank, the things, what wears them, what stands against both, and their lines.
PLACES = {
    "union-2021-basic": (
        "Assets:102-银行存款",
        "Assets:162-固定资产",
        "Assets:163-累计折旧",
        "Equity:301-资产基金:04-固定资产",
        ("162", "163", "fixed", "assets"),
    ),
    "npo-2004": (
        "Assets:1002-银行存款",
        "Assets:1501-固定资产",
        "Assets:1502-累计折旧",
        "Equity:3101-非限定性净资产",
        ("31", "32", "33", "60"),
    ),
}


def book(folder: Path, chart: str) -> Source:
    """Two printers of 1,200.00 and half a field of 0.01, worn by 100.00; one printer leaves."""
    bank, things, worn, against, _ = PLACES[chart]
    writer = BookWriter(folder, BOOK, date(2026, 1, 1))
    rows = [
        AccountLine(account.name, account.name_en, not account.currency)
        for account in load_chart(chart).book_accounts()
    ]
    writer.found(rows, chart=chart)

    def post(day: str, kind: str, *postings: Posting) -> None:
        writer.post(Draft(BOOK, date.fromisoformat(day), kind, "示例", postings))

    def lot(units: str, thing: str, cost: str) -> Posting:
        held = Lot(Decimal(units), thing, yuan(cost))
        return Posting(things, held.weight, "F01", lot=held)

    def money(account: str, fen: str) -> Posting:
        return Posting(account, yuan(fen), "F01")

    post("2026-01-01", "转", money(bank, "5000"), money(against, "-5000"))
    post("2026-02-02", "转", lot("2", "FA-00001", "1200"), money(against, "-2400"))
    post("2026-02-03", "转", lot("0.5", "FA-00002", "0.02"), money(against, "-0.01"))
    post("2026-02-28", "转", money(worn, "-100"), money(against, "100"))
    post("2026-03-05", "转", lot("-1", "FA-00001", "1200"), money(against, "1200"))
    writer.save()
    model = Model.open(unit_folder(folder, BOOK))
    return Source(model, load_chart(chart), read_facts(folder, BOOK))


@pytest.mark.parametrize("chart", sorted(PLACES))
def test_the_balance_sheet_shows_lots_at_cost(tmp_path: Path, chart: str) -> None:
    source = book(tmp_path, chart)
    things, worn, net, assets = PLACES[chart][4]
    assert source.model.accounts()[PLACES[chart][1]].currency == ""
    for period, cost, left, whole in (
        ("2026-02", "2400.01", "2300.01", "7300.01"),
        ("2026-03", "1200.01", "1100.01", "6100.01"),
    ):
        sheet = catalogue.build("balance-sheet", source, Period.parse(period))
        lines = figures(sheet)
        assert lines[things] == ("0.00", cost)
        assert lines[worn] == ("0.00", "100.00")
        assert lines[net] == ("0.00", left)
        assert lines[assets][1] == whole
        assert all("不含" not in note.zh for note in sheet.notes)


def test_lots_open_from_the_figure_to_their_vouchers_at_cost(tmp_path: Path) -> None:
    source = book(tmp_path, "npo-2004")
    found: Backing = catalogue.backing(source, f"{BOOK}/balance-sheet/2026-03/31")
    assert [line.amount.text for line in found.postings] == ["2400.00", "0.01", "-1200.00"]
    assert found.closing == yuan("1200.01")


def test_machines_bought_as_lots_are_paid_for_in_the_cash_flow_statement(tmp_path: Path) -> None:
    bank, things, _, against, _ = PLACES["npo-2004"]
    writer = BookWriter(tmp_path, BOOK, date(2026, 1, 1))
    rows = [
        AccountLine(account.name, account.name_en, not account.currency)
        for account in load_chart("npo-2004").book_accounts()
    ]
    writer.found(rows, chart="npo-2004")
    held = Lot(Decimal(3), "FA-00003", yuan("99.99"))
    for day, kind, postings in (
        (1, "转", (Posting(bank, yuan("500"), "F01"), Posting(against, yuan("-500"), "F01"))),
        (
            2,
            "付",
            (Posting(things, held.weight, "F01", lot=held), Posting(bank, -held.weight, "F01")),
        ),
    ):
        writer.post(Draft(BOOK, date(2026, 1, day), kind, "示例", postings))
    writer.save()
    model = Model.open(unit_folder(tmp_path, BOOK))
    source = Source(model, load_chart("npo-2004"), read_facts(tmp_path, BOOK))
    lines = figures(catalogue.build("cash-flow", source, Period.parse("2026-01")))
    assert (lines["35"][0], lines["61"][0]) == ("299.97", "-299.97")
    cells = model.cells(through=Month(2026, 1))
    assert [Money(c.net).text for c in cells if c.account == things] == ["299.97"]


def test_a_unit_that_is_founded_opens_its_fixed_assets_without_a_currency(
    small_house: House,
) -> None:
    house = small_house
    for chart in PLACES:
        found_unit(
            house.registry,
            Founding(chart, "示例单位", chart, date(2026, 1, 1), yuan("10000"), "Example"),
            house.now,
        )
        opened = Model.open(unit_folder(house.registry.folder, chart)).accounts()
        bare = {name for name, facts in opened.items() if not facts.currency}
        assert bare == {a.name for a in load_chart(chart).book_accounts() if not a.currency}
        assert PLACES[chart][1] in bare
