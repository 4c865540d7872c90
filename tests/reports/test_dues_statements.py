"""The statements of the levy and of remittances: their figures by hand, and that each opens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.cli.main import main
from ledger.money import Money
from ledger.period import Month, Period
from ledger.registry import claims
from reports.render import render
from reports.sources import known_source
from reports.statement import Statement
from reports.statements.catalogue import build, with_annex
from tests.conftest import NOW
from tests.dues.levies import UPPER, Levies
from tests.dues.test_remitting import path, post_waiting, province, remitted, reverse
from tests.house import ACTIVITY, BANK, UNIT, House, build_house
from tests.reports.opening import every_figure_opens
from tests.starts import copied


@copied
def levied_house(folder: Path) -> House:
    house = province(build_house(folder, url="sqlite:///registry.db", now=NOW))
    levies = Levies(house)
    first, second = levies.employer("示例一厂"), levies.employer("示例二厂")
    shop = levies.employer("示例小店", union=False)
    levies.deposit("2000.00", levies.declare(first, "100000.00").list_code or "")
    levies.declare(second, "60000.00")
    levies.deposit("700.00", levies.announce(second, "700.00", "tax").code)
    levies.deposit("100.00", levies.announce(second, "100.00", "fiscal", "青财预〔2026〕12号").code)
    levies.deposit("1000.00", levies.declare(shop, "50000.00").list_code or "")
    levies.post_all()
    house.post(house.draft("500.00", day=date(2026, 2, 1)))
    house.post(
        house.draft("30.00", debit=ACTIVITY, credit=BANK, fund="F02", day=date(2026, 3, 20))
    )  # fmt: skip
    path(house, "union-levy/upper", UPPER, "F02", held=True)
    remitted(house)
    post_waiting(house)
    return house


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[House]:
    """Two employers and a shop without a union; some paid, by three ways; the province remits."""
    house = levied_house(tmp_path / "federation")
    yield house
    house.registry.close()


def statement(house: House, name: str, period: str = "2026-03") -> Statement:
    whole = Period.parse(period)
    return build(name, known_source(house.registry, UNIT, name, whole), whole)


def cells(of: Statement, column: str) -> dict[str, str]:
    place = [one.key for one in of.columns].index(column)
    return {
        line.code: str(cell.text if isinstance(cell, Money) else cell)
        for line in of.lines
        if line.cells and (cell := line.cells[place]) is not None
    }


def party(of: Statement, column: str) -> dict[str, str]:
    return {code: text for code, text in cells(of, column).items() if code.startswith("party.")}


def open_all(house: House, of: Statement) -> int:
    """Open every figure of a statement; what stands behind each adds up to it."""
    return every_figure_opens(
        known_source(house.registry, UNIT, of.name, Period.parse(of.period)), of
    )


def test_the_levy_as_declared_and_as_it_came(lived: House) -> None:
    of = statement(lived, "levy")
    told = cells(of, "actual")
    assert {key: told[key] for key in told if key.startswith("levy-")} == {
        "levy-payroll": "160000.00", "levy-due": "3200.00", "levy-direct": "2000.00",
        "levy-tax": "700.00", "levy-fiscal": "100.00", "levy-received": "2800.00",
        "levy-outstanding": "400.00", "levy-part-grass-roots": "1680.00",
        "levy-part-upper": "1120.00", "levy-held": "1000.00",
    }  # fmt: skip
    assert "三、" not in str(of.notes) and "没有装入预算" in str(of.notes)
    assert [column.label.zh for column in of.columns] == ["预算数", "调整数", "决算数", "完成%"]
    # The lines of the rule's form stand below, for the year so far.
    form = cells(statement(lived, "income-statement"), "year")
    assert form.items() <= told.items()
    assert open_all(lived, of) > 15


@pytest.mark.parametrize("period", ["2026-02", "2026-03", "2026"])
@pytest.mark.parametrize("name", ["levy", "remittance"])
def test_every_figure_opens_in_every_period(lived: House, name: str, period: str) -> None:
    assert open_all(lived, statement(lived, name, period))


def test_the_remittance_ledger_says_what_is_left(lived: House) -> None:
    of = statement(lived, "remittance")
    received, due = cells(of, "received"), cells(of, "due")
    remitted_, left = cells(of, "remitted"), cells(of, "outstanding")
    # 5 % of 500.00 of Party dues; 40 % of the 2,800.00 that came of the levy.
    assert (received["party.province"], due["party.province"]) == ("500.00", "25.00")
    assert (remitted_["party.province"], left["party.province"]) == ("25.00", "0.00")
    assert (due["union-levy.upper"], remitted_["union-levy.upper"]) == ("1120.00", "1120.00")
    assert cells(of, "share")["m-2026-03"] == "59.1 %"
    assert (received["m-2026-03"], cells(of, "kept")["m-2026-03"]) == ("2800.00", "1655.00")
    assert cells(of, "deadline")["party.province"] == "2027-04-30"
    assert "中组发〔2008〕3号" in str(of.notes)


def test_a_reversed_receipt_leaves_the_levy_open_again(lived: House) -> None:
    with lived.registry.read() as conn:
        paid = claims.in_state(conn, UNIT, claims.PAID)
    assert paid
    reverse(lived, "收-202603-0001")
    told = cells(statement(lived, "levy"), "actual")
    assert (told["levy-received"], told["levy-outstanding"]) == ("800.00", "2400.00")


def test_what_is_paid_next_year_for_this_one_stands_under_its_year(tmp_path: Path) -> None:
    house = province(
        build_house(tmp_path / "f", url="sqlite:///registry.db", now=NOW, opened=date(2025, 1, 1))
    )
    house.post(house.draft("1000.00", day=date(2025, 12, 5)))
    house.post(house.draft("100.00", day=date(2026, 3, 1)))
    of = statement(house, "remittance")
    assert party(of, "outstanding") == {"party.province.2025": "50.00", "party.province": "5.00"}
    assert remitted(house, Month(2025, 12)).draft
    post_waiting(house)
    of = statement(house, "remittance")
    assert party(of, "remitted") == {"party.province.2025": "50.00", "party.province": "0.00"}
    # It takes nothing from what stays of this year's months.
    assert cells(of, "kept")["m-2026-03"] == "100.00" and open_all(house, of)
    # The December report of the year itself was drawn before, and is as it was.
    before = party(statement(house, "remittance", "2025-12"), "outstanding")
    assert before == {"party.province": "50.00"}
    house.registry.close()


def test_a_unit_without_rules_says_so(small_house: House) -> None:
    for name, words in (("remittance", "没有装入规则"), ("levy", "没有设定拨缴经费")):
        assert words in str(statement(small_house, name).notes)


@pytest.mark.parametrize("name", ["levy", "remittance"])
def test_all_formats_are_drawn_and_the_same_twice(lived: House, name: str) -> None:
    whole = Period.parse("2026-03")
    source = known_source(lived.registry, UNIT, name, whole)
    of = with_annex(source, build(name, source, whole))
    for form in ("text", "json", "csv", "xlsx", "pdf"):
        assert render(of, form) == render(of, form)


def test_the_command_draws_them(lived: House, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(lived.registry.folder)
    for name in ("levy", "remittance"):
        words = ["report", folder, "--unit", UNIT, name, "--period", "2026-03", "--format", "json"]
        assert main(words) == 0
        ref = f"{UNIT}/{name}/2026-03/" + ("levy-due" if name == "levy" else "party.province")
        assert main(["show", folder, ref]) == 0
    told = capsys.readouterr().out
    assert "1120.00" in told and "示例一厂" not in told
