"""Workbooks: real numbers, no formulas, the same bytes on every run."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.errors import Refused, Words
from ledger.money import Money
from reports import xlsx
from reports.statement import Backing, Column, Line, Statement, VoucherLine
from reports.xlsx import display_width, render_xlsx
from tests.reports.house import annual, digest_in_a_fresh_process, journal, long


def book_of(statement: Statement) -> Any:
    return openpyxl.load_workbook(BytesIO(render_xlsx(statement)))


def cells(sheet: Any) -> list[Any]:
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


def holding(sheet: Any, value: object) -> Any:
    return next(cell for cell in cells(sheet) if cell.value == value)


def test_two_processes_in_other_places_write_the_same_bytes(tmp_path: Path) -> None:
    here = digest_in_a_fresh_process("render_xlsx(annual())", cwd=Path("/"), seed=0, zone="UTC")
    there = digest_in_a_fresh_process(
        "render_xlsx(annual())", cwd=tmp_path, seed=99, zone="America/New_York"
    )
    assert here == there


def test_figures_are_numbers_with_two_decimals_that_excel_can_add() -> None:
    sheet = book_of(annual()).worksheets[0]
    cell = holding(sheet, 880_000)
    assert cell.data_type == "n"
    assert cell.number_format == "#,##0.00"
    assert holding(sheet, -45.99).number_format == "#,##0.00"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "{=", "=HYPERLINK(", "http://"]
)
def test_a_text_never_becomes_a_formula_or_a_link(start: str) -> None:
    text = f"{start}1+1"
    posting = VoucherLine(text, date(2026, 3, 1), text, text, text, Money(1), (text,))
    statement = replace(
        annual(note=text),
        title=Words(text, text),
        unit_name=Words(text, text),
        lines=(Line(text, Words(text, text), (Money(1), Money(2)), ref=text),),
        facts=((Words(text, text), text),),
        annex=(Backing(text, Words(text, text), None, (posting,), Money(1)),),
    )
    data = render_xlsx(statement)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)
    book = openpyxl.load_workbook(BytesIO(data))
    assert not [c for sheet in book.worksheets for c in cells(sheet) if c.data_type == "f"]
    assert any(c.value == text.replace("\r", "\n") for c in cells(book.worksheets[1]))


def test_the_head_stays_in_sight_and_on_every_printed_page() -> None:
    sheet = book_of(annual()).worksheets[0]
    head = holding(sheet, "项目\nItem").row
    assert sheet.freeze_panes == f"C{head + 1}"
    assert sheet.print_title_rows == f"${head}:${head}"
    assert sheet.page_setup.paperSize == 9


def test_columns_are_wide_enough_for_chinese() -> None:
    sheet = book_of(annual()).worksheets[0]
    longest = max(display_width(line.label.zh) for line in annual().lines)
    assert sheet.column_dimensions["B"].width > longest
    assert display_width("会费 Dues") == 9


def test_every_line_names_its_reference_and_leads_to_its_vouchers() -> None:
    statement = annual()
    book = book_of(statement)
    figures, annex = book.worksheets
    assert annex.title == "附页 Annex"
    linked = 0
    for line in statement.lines:
        if line.ref:
            cell = holding(figures, line.ref)
            target = cell.hyperlink.location.partition("!")[2]
            assert annex[target].value == line.ref
            linked += 1
    assert linked == len(statement.annex)


def test_the_annex_lists_every_posting_with_its_day_and_amount() -> None:
    statement = long(50)
    annex = book_of(statement).worksheets[1]
    rows = list(annex.iter_rows(min_row=2, values_only=True))
    postings = [row for row in rows if row[2]]
    assert len(postings) == sum(len(backing.postings) for backing in statement.annex)
    assert postings[0][2] == "收-202603-0001"
    assert postings[0][3] == datetime(2026, 3, 1)
    assert sum(row[7] for row in postings[:3]) == pytest.approx(7)
    assert annex.auto_filter.ref is not None


def test_days_counts_and_blanks_keep_their_kinds() -> None:
    sheet = book_of(journal()).worksheets[0]
    cell = holding(sheet, datetime(2026, 3, 31))
    assert cell.number_format == "yyyy-mm-dd"
    assert holding(sheet, 119).number_format == "#,##0"


def test_an_amount_that_excel_would_round_is_written_as_text() -> None:
    exact = Money(10**15 + 1)
    lines = (Line("1", Words("大数", "Large"), (exact, Money(5, "USD"))),)
    sheet = book_of(replace(annual(), lines=lines, annex=())).worksheets[0]
    assert holding(sheet, "10,000,000,000,000.01").data_type == "s"
    assert holding(sheet, "0.05 USD").data_type == "s"


def test_characters_that_xml_cannot_hold_do_not_spoil_the_file() -> None:
    lines = (Line("1", Words("a\x00b\x0bc\ud800d", "￾"), (Money(1), None)),)
    sheet = book_of(replace(annual(), lines=lines, annex=())).worksheets[0]
    assert holding(sheet, "a�b�c�d")


@pytest.mark.parametrize(
    "title", ["收入/支出[表]*?", "History", "附页 Annex", "'", "长" * 60, "[]"]
)
def test_any_title_makes_a_sheet_name_that_excel_accepts(title: str) -> None:
    book = book_of(replace(annual(), title=Words(title, "")))
    assert len(book.sheetnames) == 2
    assert all(0 < len(name) <= 31 for name in book.sheetnames)


def test_a_heading_in_a_log_and_a_statement_without_lines_are_written() -> None:
    log = journal()
    heading = Line("h", Words("三月", "March"), (), style="heading")
    assert holding(book_of(replace(log, lines=(heading, *log.lines))).worksheets[0], "三月")
    assert book_of(replace(log, lines=())).worksheets[0].max_row > 3
    one = replace(log, columns=(Column("n", Words("数", "N"), kind="count"),), lines=())
    assert book_of(one).worksheets


def test_two_thousand_lines_are_all_there() -> None:
    sheet = book_of(long(2_000)).worksheets[0]
    said = {cell.value for cell in sheet["B"]}
    assert all(f"明细科目第{place + 1}号" in said for place in range(2_000))


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 10)
    with pytest.raises(Refused) as refused:
        render_xlsx(annual())
    assert refused.value.findings[0].rule == "too-long-for-xlsx"
