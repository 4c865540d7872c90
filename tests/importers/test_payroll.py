"""Payroll dues lists: one deposit settles many members, or every fault of the list is told."""

from __future__ import annotations

import io

import openpyxl
import pytest

from importers import payroll
from importers.template_sheet import template_xlsx
from importers.templates import template_named
from ledger.errors import NotAllowed, Refused
from ledger.reference import make_code
from ledger.registry import claims
from tests.house import UNIT, House
from tests.importers.desk import Desk

CODE = make_code("DK", 2026, 3)
HEAD = [
    ["工会会费代扣清单"],
    [f"清单编号 {CODE}", "所属月份 2026-03"],
    ["会员编号", "姓名", "实缴"],
]


@pytest.fixture
def desk(small_house: House) -> Desk:
    return owed(Desk(small_house))


@pytest.fixture
def both_desk(house: House) -> Desk:
    return owed(Desk(house))


def owed(desk: Desk) -> Desk:
    """Three members who owe 20, 20 and 25.50 in March and the same in April."""
    for place, amount in enumerate(("20.00", "20.00", "25.50"), start=1):
        member = desk.member(f"示例会员{'甲乙丙'[place - 1]}", f"00{place}")
        desk.claim(make_code("HY", 2026, place), amount, member)
        desk.claim(make_code("HY", 2026, 100 + place), amount, member, month="2026-04")
    return desk


def rows(*amounts: str, total: str | None = "65.50") -> list[list[str]]:
    body = [[f"00{n}", "示例", much] for n, much in enumerate(amounts, start=1)]
    return [*HEAD, *body, *([["合计", "", total]] if total is not None else [])]


def enter(desk: Desk, table: list[list[str]], name: str = "list.csv") -> payroll.ListEntered:
    data = "\n".join(",".join(row) for row in table).encode("utf-8-sig")
    return payroll.enter_list(desk.registry, UNIT, data, name, desk.house.maker, desk.house.now)


def listed(desk: Desk) -> list[str]:
    with desk.registry.read() as conn:
        return [row.code for row in claims.of_list(conn, UNIT, CODE)]


def test_the_deposit_of_a_list_settles_each_of_its_members(both_desk: Desk) -> None:
    desk = both_desk
    done = enter(desk, rows("20.00", "20.00", "25.50"))
    assert done.as_json() == {
        "code": CODE, "list": "dues-list", "month": "2026-03", "members": 3, "total": "65.50",
    }  # fmt: skip
    imported = desk.one("65.50", memo=f"代扣会费{CODE}")
    assert len(imported.drafts) == 1
    (waits,) = desk.drafts()
    assert [p.amount.text for p in waits.draft.postings] == ["65.50", "-20.00", "-20.00", "-25.50"]
    assert list(desk.approve_all()) == ["收-202603-0001"]
    assert {desk.claim_state(code) for code in listed(desk)} == {"paid"}


@pytest.mark.parametrize("amount", ["65.49", "65.51", "20.00"])
def test_a_deposit_of_another_amount_is_a_question(desk: Desk, amount: str) -> None:
    enter(desk, rows("20.00", "20.00", "25.50"))
    assert desk.one(amount, memo=f"代扣会费{CODE}").drafts == ()
    assert "65.50" in desk.questions()[0].reason


def test_a_list_may_be_a_workbook(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows("20.00", "20.00", "25.50"):
        sheet.append([float(x) if x.replace(".", "").isdigit() and "." in x else x for x in row])
    out = io.BytesIO()
    book.save(out)
    done = payroll.enter_list(
        desk.registry, UNIT, out.getvalue(), "list.xlsx", desk.house.maker, desk.house.now
    )
    assert done.members == 3


def test_the_day_of_printing_is_not_the_month_of_dues(desk: Desk) -> None:
    """Flat dues are the same every month: a wrong month would settle the wrong claims."""
    table = rows("20.00", "20.00", "25.50")
    for printed in (["制表日期 2026-04-02"], ["2026年4月2日 打印"]):
        assert enter(desk, [printed, *table]).month == "2026-03"
    assert listed(desk) == [make_code("HY", 2026, n) for n in (1, 2, 3)]


def test_a_head_with_two_months_or_none_or_a_wrong_code_is_refused(desk: Desk) -> None:
    table = rows("20.00", "20.00", "25.50")
    for head in (
        [[f"清单编号 {CODE}", "2026-03", "2026-04"]],
        [[f"清单编号 {CODE}"]],
        [[f"清单编号 {CODE[:-1]}9", "所属月份 2026-03"]],
        [[f"清单编号 {make_code('HY', 2026, 3)}", "所属月份 2026-03"]],
        [[f"清单编号 {CODE} {make_code('DK', 2026, 4)}", "所属月份 2026-03"]],
    ):
        with pytest.raises(Refused, match=r"list-(missing|value)"):
            enter(desk, [*head, *table[2:]])
    assert listed(desk) == []


def test_every_fault_is_told_and_nothing_is_entered(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        enter(desk, [*HEAD, ["001", "", "20.00"], ["002", "", "21.00"], ["999", "", "20.00"]])
    assert [found.line for found in refused.value.findings] == [5, 6]
    assert {found.rule for found in refused.value.findings} == {"payroll-claim"}
    assert listed(desk) == []


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (rows("20.00", "20.00", "25.50", total="65.51"), "list-total"),
        (rows("20.00", "20.00", "25.50", total=""), "list-total"),
        (rows("20.00", "20.00", "many"), "list-value"),
        (rows("20.00", "20.00", "-25.50", total="14.50"), "list-value"),
        ([*rows("20.00", "20.00", total="40.00"), ["003", "", "25.50"]], "list-below"),
        ([*HEAD], "list-empty"),
        ([*HEAD[:2], ["姓名", "实缴"], ["某人", "20.00"]], "list-columns"),
        ([*HEAD, ["001", "", "20.00"], ["001", "", "20.00"]], "list-double"),
    ],
)
def test_a_list_that_is_not_right_is_refused(desk: Desk, table: list[list[str]], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(desk, table)
    assert rule in {found.rule for found in refused.value.findings}
    assert listed(desk) == []


def test_a_corrected_list_takes_the_place_of_the_first(desk: Desk) -> None:
    enter(desk, rows("20.00", "20.00", "25.50"))
    assert enter(desk, rows("20.00", "20.00", total="40.00")).members == 2
    assert len(listed(desk)) == 2
    assert len(desk.one("40.00", memo=CODE).drafts) == 1


def test_a_list_that_is_being_paid_is_not_changed(desk: Desk) -> None:
    enter(desk, rows("20.00", "20.00", "25.50"))
    desk.one("65.50", memo=CODE)
    with pytest.raises(Refused, match="payroll-paid"):
        enter(desk, rows("20.00", "20.00", total="40.00"))
    assert len(listed(desk)) == 3


def test_remarks_below_the_total_are_no_members(desk: Desk) -> None:
    table = [*rows("20.00", "20.00", "25.50"), ["制表人：", "", ""], ["盖章", "", "年 月 日"]]
    assert enter(desk, table).members == 3


def test_findings_name_numbers_and_never_persons(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        enter(desk, [*HEAD, ["001", "示例会员甲", "99.00"]])
    assert "示例会员" not in str(refused.value)


def test_only_who_records_enters_lists(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        payroll.enter_list(desk.registry, UNIT, b"", "x", desk.house.checker, desk.house.now)


def test_a_list_without_a_code_is_given_the_next_one_once(desk: Desk) -> None:
    table = [row for row in rows("20.00", "20.00", "25.50") if "清单编号" not in row[0]]
    table.insert(1, ["所属月份", "2026-03"])
    first = enter(desk, table)
    assert first.code == make_code("DK", 2026, 1)
    assert enter(desk, table) == first
    april = [["所属月份", "2026-04"], *table[2:]]
    assert enter(desk, april).code == make_code("DK", 2026, 2)


def test_our_own_template_filled_in_is_entered(desk: Desk) -> None:
    template = template_named("dues-list")
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(template)))
    sheet = book.worksheets[0]
    for line, value in ((2, "示例学校"), (3, CODE), (4, "2026-03")):
        sheet.cell(line, 2, value)
    for line, (number, amount) in enumerate((("001", 20), ("002", 20), ("003", 25.5)), start=7):
        sheet.cell(line, 1, number)
        sheet.cell(line, 7, amount)
    out = io.BytesIO()
    book.save(out)
    done = payroll.enter_list(
        desk.registry, UNIT, out.getvalue(), "list.xlsx", desk.house.maker, desk.house.now
    )
    assert (done.code, done.members, done.amount.text) == (CODE, 3, "65.50")


def test_the_employer_that_the_list_names_speaks_for_a_deposit_without_code(desk: Desk) -> None:
    enter(desk, [["单位名称", "青禾示例集团"], *rows("20.00", "20.00", "25.50")])
    assert desk.one("65.50", memo="三月代扣", name="青禾示例集团").drafts == ()
    (question,) = desk.questions()
    assert question.suggestion is not None
    assert (question.suggestion.score, len(question.suggestion.claims)) == (82, 3)
    desk.one("65.50", memo="三月代扣", name="别的人")
    assert [q.suggestion is not None for q in desk.questions()] == [True, False]


def test_two_sheets_of_rows_are_not_read_as_one(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for _ in range(2):
        sheet = book.create_sheet()
        for row in rows("20.00", "20.00", "25.50"):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Refused, match="list-tables"):
        payroll.enter_list(
            desk.registry, UNIT, out.getvalue(), "list.xlsx", desk.house.maker, desk.house.now
        )
