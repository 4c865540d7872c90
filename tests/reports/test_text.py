"""Statements as aligned text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ledger.errors import Words
from ledger.money import yuan
from reports.statement import TEXT, Column, Line
from reports.statements import catalogue
from reports.text import both, cut, pad, printable, render_backing, render_text, text_width
from tests.reports.ledgers import UNIT, union_book
from tests.reports.test_statements_forms import statement

GOLDEN = Path(__file__).parent / "golden"


def test_the_balance_sheet_reads_as_in_the_golden_file() -> None:
    _, source = union_book()
    text = render_text(statement("balance-sheet", source, "2026-03"), refs=True)
    assert text == (GOLDEN / "balance-sheet.txt").read_text(encoding="utf-8")


def test_the_fund_statement_with_its_annex_reads_as_in_the_golden_file() -> None:
    _, source = union_book()
    found = catalogue.with_annex(source, statement("funds", source, "2026-03"), most=2)
    assert render_text(found) == (GOLDEN / "funds.txt").read_text(encoding="utf-8")


def test_chinese_takes_two_columns_and_latin_one() -> None:
    assert text_width("银行 Bank（１）") == 4 + 1 + 4 + 6
    assert text_width("e\u0301") == 1
    assert pad("银行", 6) == "银行  "
    assert pad("1.00", 6, right=True) == "  1.00"


def test_figures_of_a_column_end_in_the_same_place() -> None:
    _, source = union_book()
    found = statement("trial-balance", source, "2026-03")
    rows = render_text(found).splitlines()
    first = next(place for place, row in enumerate(rows) if row.startswith("-"))
    money = [row for row in rows[first + 1 :] if row.endswith(("0", "5"))]
    assert len(money) == len(found.lines)
    assert {text_width(row) for row in money} == {text_width(rows[first])}


def test_a_long_text_is_cut_to_fit_and_a_figure_never_is() -> None:
    assert cut("工会经费收支", 7) == "工会经…"
    assert cut("short", 5) == "short"
    _, source = union_book()
    found = statement("funds", source, "2026-03")
    line = Line("x", Words("长", "long"), ("长" * 200, *[yuan("999999999999999.99")] * 5))
    text = render_text(replace(found, lines=(line,)))
    assert "999,999,999,999,999.99" in text
    assert "长" * 30 not in text


def test_the_journal_has_no_column_of_labels() -> None:
    _, source = union_book()
    text = render_text(statement("journal", source, "2026-03"))
    header = next(row for row in text.splitlines() if row.startswith("日期"))
    assert header.split()[:3] == ["日期", "凭证号", "摘要"]
    assert "收-202603-0001" in text


def test_a_statement_without_lines_is_drawn_as_well() -> None:
    _, source = union_book()
    text = render_text(statement("operation-log", source, "2026-03"))
    assert "操作日志 Operation log" in text


def test_a_heading_stands_in_a_statement_without_labels() -> None:
    _, source = union_book()
    found = replace(
        statement("operation-log", source, "2026-03"),
        columns=(Column("text", Words("文", "Text"), kind=TEXT),),
        lines=(Line("h", Words("标题", "Heading"), (), style="heading"),),
    )
    assert "标题 Heading" in render_text(found)


def test_text_that_would_move_the_cursor_or_hide_other_text_is_made_visible() -> None:
    assert printable("甲\x1b[2J乙\u202e丙\n丁") == "甲�[2J乙�丙�丁"
    assert both(Words("同", "同")) == "同"
    assert both(Words("中", "")) == "中"


def test_a_backing_shows_opening_postings_and_figure() -> None:
    _, source = union_book()
    text = render_backing(catalogue.backing(source, f"{UNIT}/balance-sheet/2026-02/money"))
    rows = text.splitlines()
    assert rows[0] == f"{UNIT}/balance-sheet/2026-02/money  货币资金 Money"
    assert "10,000.00" in rows[1]
    assert rows[-1].split() == ["合计", "Figure", "9,850.00"]
    assert len(rows) == 1 + 1 + 4 + 1


def test_no_line_ends_in_blanks() -> None:
    _, source = union_book()
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        text = render_text(statement(name, source, "2026-03"))
        assert all(row == row.rstrip() for row in text.split("\n"))
        assert text.endswith("\n")
