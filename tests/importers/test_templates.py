"""Our own templates: checked while they are typed, read back strictly, refused whole."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from importers.lists import read_list
from importers.read import read_bytes
from importers.template_sheet import template_xlsx
from importers.templates import TEMPLATES, Template, template_named
from importers.unknown import read_any
from ledger.errors import Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.reference import make_code

_SAMPLES: dict[str, Any] = {
    "text": "示例", "money": 1234.5, "day": date(2026, 3, 15), "month": "2026-03", "count": 3,
    "code": "DK2026-0003-8", "decimal": "1.2",
}  # fmt: skip


def sample(template: Template, place: int) -> list[Any]:
    """A row of plausible values; texts differ from row to row."""
    return [
        field.choices[0]
        if field.choices
        else 2 * _SAMPLES["money"]
        if field.key in template.adds[:1]
        else f"{field.key}-{place}"
        if field.kind == "text"
        else _SAMPLES[field.kind]
        for field in template.columns
    ]


def filled(template: Template, rows: list[list[Any]], facts: dict[str, Any] | None = None) -> bytes:
    """The template as a person saves it after typing."""
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(template)))
    sheet = book.worksheets[0]
    for place, field in enumerate(template.facts, start=2):
        value = field.choices[0] if field.choices else _SAMPLES[field.kind]
        if field.kind == "code":
            value = make_code(field.prefix, 2026, 3)
        sheet.cell(place, 2, (facts or {}).get(field.key, value))
    for place, row in enumerate(rows, start=len(template.facts) + 4):
        for column, value in enumerate(row, start=1):
            sheet.cell(place, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(data: bytes, template: Template) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as refused:
        read_list(data, "list.xlsx", template)
    return [(found.rule, found.line) for found in refused.value.findings]


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_typed_into_a_template_is_read_back(name: str) -> None:
    template = template_named(name)
    read = read_list(filled(template, [sample(template, n) for n in (1, 2, 3)]), name, template)
    assert len(read.rows) == 3
    for field in template.columns:
        value = read.rows[0].values[field.key]
        if field.kind == "money":
            assert value == yuan("2469.00" if field.key in template.adds[:1] else "1234.50")
        elif field.kind == "day":
            assert value == date(2026, 3, 15)
        elif field.kind == "text":
            assert value == f"{field.key}-1"
    assert set(read.facts) == {field.key for field in template.facts}
    assert read.total == (yuan("3703.50") if template.sum_of else yuan("0"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_column_checks_what_is_typed(name: str) -> None:
    template = template_named(name)
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(template)))
    checked = {
        int(cells.min_col)
        for rule in book.worksheets[0].data_validations.dataValidation
        for cells in rule.sqref.ranges
        if cells.max_row > 1000
    }
    assert checked == set(range(1, len(template.columns) + 1))
    assert book.worksheets[1].max_row == len(template.facts) + len(template.columns) + 1


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_same_template_is_the_same_bytes(name: str) -> None:
    template = template_named(name)
    assert template_xlsx(template) == template_xlsx(template)


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_empty_template_says_what_is_missing(name: str) -> None:
    template = template_named(name)
    rules = {rule for rule, _ in faults(template_xlsx(template), template)}
    facts = ["list-missing"] if any(fact.required for fact in template.facts) else []
    assert rules == {*facts, *(["list-empty"] if template.least else [])}


def test_every_fault_is_told_with_its_row() -> None:
    template = template_named("dues-list")
    good = sample(template, 1)
    number, amount = 0, 6
    bad_amount, no_number, double, three_decimals = (list(good) for _ in range(4))
    bad_amount[number], bad_amount[amount] = "2", "二十"
    no_number[number] = None
    three_decimals[number], three_decimals[amount] = "3", "1.005"
    found = faults(
        filled(template, [good, bad_amount, no_number, double, three_decimals]), template
    )
    assert found == [
        ("list-value", 8), ("list-missing", 9), ("list-value", 11), ("list-double", 10),
    ]  # fmt: skip


def test_a_total_has_to_be_the_sum() -> None:
    template = template_named("dues-list")
    rows = [sample(template, 1), sample(template, 2)]
    rows.append(["合计", None, None, None, None, None, 2469.0])
    assert read_list(filled(template, rows), "x", template).total == yuan("2469.00")
    rows[-1][6] = 2469.01
    assert faults(filled(template, rows), template) == [("list-total", 9)]


def test_columns_may_stand_in_any_order_and_a_csv_will_do() -> None:
    text = (
        "单位名称,示例工会\n清单编号：DK2026-0003-8\n所属月份,2026年3月\n\n"
        "实缴,姓名,会员编号\n20.50,某某,0001\n30,某某,0002\n合计,,\n"
    )
    read = read_list(text.encode("gb18030"), "list.csv", template_named("dues-list"))
    assert [(row.text("number"), row.money("amount")) for row in read.rows] == [
        ("0001", yuan("20.50")), ("0002", yuan("30.00")),
    ]  # fmt: skip
    assert read.facts["month"] == Month(2026, 3)


def test_a_list_without_its_columns_says_which() -> None:
    with pytest.raises(Refused) as refused:
        read_list("会员编号,别的\n1,2\n".encode(), "x.csv", template_named("dues-list"))
    assert "实缴" in refused.value.findings[0].what.zh


def test_an_unknown_template_names_those_there_are() -> None:
    with pytest.raises(Refused) as refused:
        template_named("invoice")
    assert "allotment-notice" in refused.value.findings[0].remedy.en


def test_a_value_that_cannot_be_read_is_not_repeated_in_the_finding() -> None:
    template = template_named("members")
    row = sample(template, 1)
    row[2] = "欧阳例子"
    data = filled(template, [row])
    with pytest.raises(Refused) as refused:
        read_list(data, "members.xlsx", template)
    assert "欧阳" not in str(refused.value)


def test_an_account_that_lost_its_digits_is_refused() -> None:
    """Typed as a number, 6222000000000018123 is 6222000000000018000 to a spreadsheet."""
    template = template_named("members")
    row = sample(template, 1)
    place = [field.key for field in template.columns].index("account")
    row[place] = 6222000000000018123
    assert faults(filled(template, [row]), template) == [("list-value", 5)]
    row[place] = "6222000000000018123"
    read = read_list(filled(template, [row]), "x", template)
    assert read.rows[0].text("account") == "6222000000000018123"


def test_what_cannot_be_seen_is_not_read() -> None:
    template = template_named("members").asking("number", "name")
    text = "会员编号,姓名,备注\n\u200b1\u202e,某示例,\n\u200b,某某,\n2,某某," + "长" * 301
    assert faults(text.encode(), template) == [("list-missing", 3), ("list-value", 4)]
    read = read_list("\n".join(text.split("\n")[:2]).encode(), "x", template)
    assert read.rows[0].text("number") == "1"


def test_amounts_of_another_currency_are_no_yuan() -> None:
    template = template_named("dues-list").asking("number", "due", sum_of="due")
    for amount in ("USD 5.00", "$5.00", "€5", "0", "-5", "1e3"):
        data = f"会员编号,应缴\n1,{amount}\n".encode()
        assert faults(data, template) == [("list-value", 2)], amount
    assert read_list("会员编号,应缴\n1,￥5.00元\n".encode(), "x", template).total == yuan("5.00")


def test_a_column_that_stands_twice_is_not_chosen_between() -> None:
    template = template_named("dues-list").asking("number", "amount")
    assert faults("会员编号,实缴,实缴\n1,2,3\n".encode(), template) == [("list-columns", 1)]


@pytest.mark.parametrize(
    ("command", "head"),
    [
        ("payroll", "会员编号,姓名,实缴\n001,示例甲,20.00\n"),
        (
            "levy tax",
            "缴费单位,统一社会信用代码,职工工资总额,实缴,入库日期\n示例校,9133,9.00,1.00,2026-03-01\n",
        ),
        (
            "gifts",
            "订单号,捐赠日期,公开方式,捐赠金额,平台费用,到账金额\n"
            "A-1,2026-03-18,匿名,100.00,0.60,99.40\n",
        ),
        ("levy declare", "缴费单位,职工工资总额\n示例校,9.00\n"),
        ("members import", "会员编号,姓名,入会日期\n001,示例甲,2026-03-01\n"),
        ("plan", "对象,代号或名称,权重\n地区,革命老区,1.2\n"),
    ],
)
def test_a_list_that_is_taken_for_a_statement_is_told_what_enters_it(
    command: str, head: str
) -> None:
    data = f"单位名称,小河工会\n{head}".encode()
    for reads in (read_bytes, read_any):
        with pytest.raises(Refused) as refusal:
            reads(data, "list.csv")
        [found] = refusal.value.findings
        assert found.rule == "list-no-statement"
        assert f"mingbai {command}" in found.remedy.zh


def test_a_statement_that_shares_words_with_a_list_is_still_read() -> None:
    data = (
        "number,name,date,amount,credit,debit,balance,编号\n"
        "1,示例甲,2026-03-02,5.00,5.00,,5.00,\n2,示例乙,2026-03-03,1.00,,1.00,4.00,\n"
    ).encode()
    assert len(read_bytes(data, "bank.csv").lines) == 2
