"""Statements as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from ledger.errors import Words
from ledger.money import yuan
from reports.opendata import render_csv, render_json
from reports.statement import DAY, TEXT, Column, Line, Statement
from reports.statements import catalogue
from tests.reports.ledgers import UNIT, union_book
from tests.reports.test_statements_forms import statement

PLAIN = Statement(
    name="example",
    title=Words("示例", "Example"),
    unit="chunfeng",
    unit_name=Words("春风小学工会（示例）", "Chunfeng"),
    period="2026-03",
    columns=(
        Column("day", Words("日期", "Day"), kind=DAY),
        Column("text", Words("摘要", "Text"), kind=TEXT),
        Column("in", Words("收入", "In")),
        Column("left", Words("结存", "Left"), primary=True),
    ),
    lines=(
        Line("h", Words("标题", "Heading"), (), style="heading"),
        Line(
            "1",
            Words("=甲,乙", '"One"'),
            (date(2026, 3, 5), "=1+1", yuan("-0.05"), yuan("1234567.50")),
            ref="chunfeng/example/2026-03/1",
        ),
        Line("2", Words("乙", "Two"), (datetime(2026, 3, 5, 8, 30), "两行\n文字", None, None)),
    ),
)


def test_amounts_are_texts_of_two_decimals_and_the_primary_column_is_the_amount() -> None:
    data = json.loads(render_json(PLAIN))
    assert (data["statement"], data["unit"], data["period"]) == ("example", "chunfeng", "2026-03")
    first, second = data["lines"]  # headings have no figures and are left out
    assert first["ref"] == "chunfeng/example/2026-03/1"
    assert (first["code"], first["label"], first["label_en"]) == ("1", "=甲,乙", '"One"')
    assert first["amount"] == "1234567.50"
    assert first["cells"] == {
        "day": "2026-03-05",
        "text": "=1+1",
        "in": "-0.05",
        "left": "1234567.50",
    }
    assert second["amount"] == "0.00"
    assert second["cells"]["day"] == "2026-03-05T08:30:00"


def test_a_total_can_be_computed_again_from_the_published_lines() -> None:
    _, source = union_book()
    data = json.loads(render_json(statement("funds", source, "2026")))
    parts = [yuan(line["amount"]) for line in data["lines"] if line["code"] != "all"]
    whole = parts[0] + parts[1] + parts[2]
    assert whole.text == data["lines"][-1]["amount"] == "11950.00"


def test_every_reference_in_open_data_opens() -> None:
    _, source = union_book()
    data = json.loads(render_json(statement("balance-sheet", source, "2026-03")))
    for line in data["lines"]:
        if line["style"] == "heading":
            continue
        assert catalogue.backing(source, line["ref"]).closing == yuan(line["amount"])
        for column, ref in line["refs"].items():
            assert catalogue.backing(source, ref).closing == yuan(line["cells"][column])


def test_the_annex_lists_vouchers_with_their_papers() -> None:
    _, source = union_book()
    found = catalogue.with_annex(source, statement("funds", source, "2026-03"))
    annex = json.loads(render_json(found))["annex"]
    spent = next(a for a in annex if a["ref"] == f"{UNIT}/funds/2026-03/F03/out")
    assert spent["postings"] == [
        {
            "voucher": "付-202603-0001",
            "day": "2026-03-12",
            "narration": "困难帮扶",
            "account": "Expenses:504-维权支出:04-困难职工帮扶支出",
            "fund": "F03",
            "amount": "500.00",
            "papers": ["ab" * 32],
        }
    ]


def test_equal_statements_give_equal_bytes() -> None:
    for render in (render_json, render_csv):
        one, two = (render(statement("balance-sheet", union_book()[1], "2026")) for _ in range(2))
        assert one == two


def test_csv_has_a_header_of_keys_and_one_row_for_every_line() -> None:
    text = render_csv(PLAIN)
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["ref", "code", "label", "label_en", "day", "text", "in", "left"]
    assert rows[1] == ["", "h", "标题", "Heading", "", "", "", ""]
    assert rows[2][4:] == ["2026-03-05", "'=1+1", "-0.05", "1234567.50"]
    assert rows[3][5] == "两行\n文字"
    assert text.endswith("\r\n")


def test_a_column_that_is_named_like_one_of_the_lines_own_is_told_apart() -> None:
    columns = (Column("code", Words("码", "Code"), kind=TEXT), *PLAIN.columns[1:])
    header = render_csv(replace(PLAIN, columns=columns)).splitlines()[0]
    assert header == "ref,code,label,label_en,cell:code,text,in,left"


def test_a_text_that_a_spreadsheet_would_run_is_quoted_and_a_negative_amount_is_not() -> None:
    row = list(csv.reader(io.StringIO(render_csv(PLAIN))))[2]
    assert row[2] == "'=甲,乙"
    assert row[6] == "-0.05"


def test_a_byte_order_mark_is_written_only_when_asked_for() -> None:
    assert not render_csv(PLAIN).startswith("\ufeff")
    assert render_csv(PLAIN, bom=True) == "\ufeff" + render_csv(PLAIN)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_every_sign_that_begins_a_formula_is_kept_from_running(start: str) -> None:
    line = replace(PLAIN.lines[1], label=Words(f"{start}cmd|' /C calc'!A0", "x"))
    row = list(csv.reader(io.StringIO(render_csv(replace(PLAIN, lines=(line,))), newline="")))[1]
    assert row[2] == f"'{start}cmd|' /C calc'!A0"
    data = json.loads(render_json(replace(PLAIN, lines=(line,))))
    assert data["lines"][0]["label"].startswith(start)
