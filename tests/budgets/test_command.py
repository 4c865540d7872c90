"""mingbai budget by sheet, with papers, for units below, and what is carried over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.registry import budgets, papers
from tests.budgets.plans import DECISION, YEAR, plan, set_budget, spend
from tests.cli.command import by_user, mingbai
from tests.house import ACTIVITY, BANK, UNIT, House

SHEET = (
    "单位名称,小河工会\n预算年度,2026\n资金,科目,一季度,二季度,三季度,四季度,控制\n"
    "F01,501,100.00,100.00,100.00,100.00,提示\nF01,会费收入,50.00,50.00,50.00,50.00,\n"
)


class Run:
    """The command as somebody types it."""

    def __init__(self, house: House) -> None:
        self._folder = house.registry.folder

    def __call__(self, *words: str, user: str = "zhou", year: int = YEAR) -> tuple[int, str]:
        place = ("--unit", UNIT, "--year", year)
        told = by_user(self._folder, user, f"budget {words[0]}", *place, *words[1:])
        return told.status, told.said


@pytest.fixture
def run(small_house: House) -> Run:
    return Run(small_house)


def test_a_sheet_and_the_decisions_paper_are_taken_in(
    run: Run, small_house: House, tmp_path: Path
) -> None:
    sheet, paper = tmp_path / "预算.csv", tmp_path / "决议.pdf"
    sheet.write_text(SHEET, encoding="utf-8")
    paper.write_bytes(b"%PDF-1.7 example")
    assert mingbai("template", "check", "budget", sheet).status == 0
    status, text = run(
        "set", "--file", str(sheet), "--decision", DECISION, "--paper", str(paper), "--json"
    )
    assert (status, json.loads(text)["lines"]) == (0, 2)
    assert json.loads(run("approve", "1", "--json", user="lin")[1])["spending"] == "400.00"
    with small_house.registry.read() as conn:
        (row,) = budgets.versions(conn, UNIT, YEAR)
        assert [one.digest for one in papers.all_papers(conn, UNIT)] == list(row.papers)
    told = json.loads(run("show", "--json")[1])
    assert [line["budget"] for line in told["lines"]] == ["400.00", "200.00"]
    assert told["versions"][0]["papers"] == list(row.papers)
    assert told["rule"]["revisions"] is None and "no rule loaded" in told["rule"]["message"]


@pytest.mark.parametrize(
    "text, words",
    [
        (SHEET.replace("F01,501", "F01,999"), "第 4 行"),
        (SHEET.replace("F01,会费收入", "F77,会费收入"), "没有资金 F77"),
        (SHEET.replace("F01,会费收入,50.00", "F01,会费收入,-50.00"), "金额不为负"),
        (SHEET.replace("100.00,提示", ",提示"), "「四季度」未填"),
        (SHEET.replace("提示", "看着办"), "「控制」不能读出"),
        (SHEET.replace("预算年度,2026", "预算年度,2025"), "表上是 2025 年"),
        (SHEET.replace("F01,会费收入", "F01,501"), "与第 4 行重复"),
        (SHEET + f"F01,{BANK},1,1,1,1,\n", "只对收入、支出科目"),
        ("资金,科目\nF01,501\n", "缺少栏目"),
    ],
)
def test_a_wrong_row_refuses_the_sheet_and_says_which(
    run: Run, small_house: House, tmp_path: Path, text: str, words: str
) -> None:
    sheet = tmp_path / "预算.csv"
    sheet.write_text(text, encoding="utf-8")
    status, said = run("set", "--file", str(sheet), "--decision", DECISION)
    assert status == 1 and words in said and "预算.csv" in said
    with small_house.registry.read() as conn:
        assert budgets.versions(conn, UNIT, YEAR) == []


def test_lines_are_typed_or_stand_in_a_sheet(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "预算.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    both = ["--file", str(sheet), "--line", "F01:501=1"]
    assert run("set", *both, "--decision", DECISION)[0] == 2
    assert run("set", "--line", "F01:501=1,2", "--decision", DECISION)[0] == 1
    assert run("set", "--line", "F01:501=100,硬控", "--decision", DECISION)[0] == 0


def test_a_version_is_shown_as_it_was_and_its_warnings_are_confirmed(
    run: Run, small_house: House
) -> None:
    set_budget(small_house, plan("500.00"))
    status, text = run(
        "revise", "--line", "F01:501=600,soft", "--decision", DECISION, "--reason", "放宽"
    )
    assert status == 0 and "budget-loosened" in text
    assert "budget-loosened" in run("show")[1]
    status, text = run("approve", "2", user="lin")
    assert status == 1 and "--confirm" in text
    assert run("approve", "2", "--confirm", user="lin")[0] == 0
    first = json.loads(run("show", "--number", "1", "--json")[1])
    assert [line["budget"] for line in first["lines"]] == ["500.00"]
    assert [one["state"] for one in first["versions"]] == ["superseded", "approved"]


def test_units_below_and_what_is_carried_over_are_told(run: Run, small_house: House) -> None:
    set_budget(small_house, plan("500.00"))
    small_house.post(small_house.draft("80.00"))
    small_house.post(spend(small_house, "30.00"))
    (unit,) = json.loads(run("show", "--below", "--json")[1])["units"]
    assert unit["spending"] == {"budget": "500.00", "actual": "30.00", "percent": "6.0 %"}
    assert "500.00" in run("show", "--below")[1]
    told = json.loads(run("carry-over", "--json")[1])
    assert [(row["fund"], row["year"], row["unspent"]) for row in told["rows"]] == [
        ("F01", 2026, "50.00")
    ]
    assert (told["rule"]["years"], told["surplus"]) == (2, "0.00")
    assert "预算法" in run("carry-over")[1]
    assert run("carry-over", year=2999)[0] == 2


def test_a_soft_line_is_told_to_who_drafts_and_who_approves(small_house: House) -> None:
    from ledger.budgetcheck import SOFT

    set_budget(small_house, plan("100.00", SOFT))
    folder = small_house.registry.folder
    entry = [
        "--date", "2026-03-05", "--narration", "活动", "--fund", "F01", "--debit", ACTIVITY,
        "150.00", "--credit", BANK, "150.00", "--json",
    ]  # fmt: skip
    told = by_user(folder, "zhou", "draft", "--unit", UNIT, *entry).json
    assert [found["rule"] for found in told["warnings"]] == ["over-budget"]
    assert "超出 50.00" in by_user(folder, "lin", "inbox", "--unit", UNIT).said
    approve = ("--unit", UNIT, told["draft"], "--json")
    done = by_user(folder, "lin", "approve", *approve).json
    assert len(done["posted"]) == 1
    assert [found["severity"] for found in done["warnings"]] == ["warning"]
