"""The commands of levies, remittances and uses, as a treasurer types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers.template_sheet import template_xlsx
from importers.templates import LEVY_DECLARATION
from ledger.cli.main import main
from tests.dues.levies import Levies
from tests.house import PASSWORD, UNIT, House


@pytest.fixture
def house(small_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    Levies(small_house)
    return small_house


class Shell:
    """Commands of one user, and what they answer in JSON."""

    def __init__(self, house: House, capsys: pytest.CaptureFixture[str]) -> None:
        self._house, self._capsys = house, capsys

    def __call__(self, *words: str, user: str = "zhou", status: int = 0) -> dict[str, Any]:
        self._capsys.readouterr()
        group, deed, *rest = words
        folder = str(self._house.registry.folder)
        got = main([group, deed, folder, "--unit", UNIT, *rest, "--json", "--user", user])
        told = self._capsys.readouterr()
        assert got == status, told
        found: dict[str, Any] = json.loads(told.out)
        return found

    def text(self, *words: str) -> str:
        self._capsys.readouterr()
        group, deed, *rest = words
        folder = str(self._house.registry.folder)
        assert main([group, deed, folder, "--unit", UNIT, *rest, "--user", "zhou"]) == 0
        return self._capsys.readouterr().out


@pytest.fixture
def shell(house: House, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(house, capsys)


def rule(told: dict[str, Any]) -> str:
    return str(told["findings"][0]["rule"])


def test_a_month_of_the_levy_by_its_commands(shell: Shell) -> None:
    shares = ("--share", "grass-roots", "402", "F02", "--share", "upper", "211", "F02")
    assert len(shell("levy", "scheme", "union-levy", *shares)["shares"]) == 3
    assert str(shell("levy", "employer", "示例一厂", "--union-since", "2020-01-01")["employer"])
    declared = ("declare", "--employer", "示例一厂", "--payroll", "123456.00", "2026-03")
    (one,) = shell("levy", *declared)["declared"]
    assert (one["due"], one["confidence"]) == ("2469.12", "confirmed")
    assert "123456.00 × 2 % = 2469.12" in str(one)
    assert "2,469.12" in shell.text("levy", "list", "2026-03")
    told = shell("levy", "announce", "--employer", "示例一厂", "--amount", "1000", "2026-03")
    assert told["total"] == "1000.00"
    (stands,) = shell("levy", "list", "2026-03")["levies"]
    assert stands["open"] == "2469.12"
    assert "示例一厂" in shell.text("levy", "employers")


def test_a_filled_template_of_payrolls_is_entered(shell: Shell, tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "payrolls.xlsx"
    path.write_bytes(template_xlsx(LEVY_DECLARATION))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {
        str(cell.value).split()[0].split("\n")[0]: cell
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    }
    unit, month = places["单位名称"], places["所属月份"]
    sheet.cell(unit.row, unit.column + 1, "小河工会")
    sheet.cell(month.row, month.column + 1, "2026-03")
    head = places["缴费单位"]
    for name, value in (("缴费单位", "示例一厂"), ("职工工资总额", 100000)):
        sheet.cell(head.row + 1, places[name].column, value)
    book.save(path)
    (one,) = shell("levy", "declare", str(path))["declared"]
    assert one["due"] == "2000.00"


def test_what_goes_up_by_its_commands(shell: Shell) -> None:
    shell("dues", "place", "--kinds", "province", "--province", "甲省", user="admin")
    shell("dues", "scheme", "party", "--account", "401", "--fund", "F01")
    words = ("party/province", "--account", "504", "--fund", "F01", "--money", "10201")
    shell("dues", "remittance", *words)
    told = shell("dues", "remit", "2026-03", "--look", status=1)
    rows = {one["row"]: one for one in told["remittances"]}
    assert rows["party/province"]["due"] == "0.00" and rows["party/province"]["finding"] is None
    assert rows["union-levy/upper"]["finding"]["rule"] == "no-remittance-path"
    assert "party/province" in shell.text("dues", "remittance")
    months = shell("dues", "grass-roots", "2026-03")["months"]
    assert len(months) == 3


def test_a_fund_is_bound_by_its_command(shell: Shell) -> None:
    (one,) = shell("dues", "uses", "F01", "party", "--from", "2026-03-01")["bindings"]
    assert "第十九条（四）" in one["uses"]["hardship"]
    assert "中组发〔2008〕3号" in shell.text("dues", "uses")
    assert rule(shell("dues", "uses", "F01", "league", status=1)) == "bad-binding"


def test_wrong_words_are_findings(shell: Shell) -> None:
    for words, wrong in (
        (("levy", "declare", "2026-03"), "usage"),
        (("levy", "declare", "--employer", "x", "2026-03"), "usage"),
        (("levy", "declare", "--employer", "x", "--payroll", "1", "2026-03"), "no-employer"),
        (("levy", "scheme", "union-levy"), "bad-scheme"),
        (("levy", "scheme", "union-levy", "--share", "grass-roots", "402", "F02", "--share",
          "upper", "401", "F02"), "bad-scheme"),
        (("levy", "scheme", "union-preparation", "--share", "held", "402", "F02"), "bad-scheme"),
        (("dues", "remittance", "party/province"), "bad-remittance"),
        (("dues", "remittance", "../x", "--account", "504", "--fund", "F01", "--money", "10201"),
         "bad-remittance"),
        (("dues", "floor", "2026"), "no-rule-loaded"),
        (("dues", "scheme", "union-levy", "--account", "402", "--fund", "F02"), "bad-scheme"),
        (("levy", "announce", "--employer", "x", "--amount", "1", "--code", "随便", "2026-03"),
         "bad-code"),
    ):  # fmt: skip
        assert rule(shell(*words, status=1)) == wrong, words
