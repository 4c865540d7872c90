"""The inbox: statements come in, and their lines are answered."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from importers import answering
from importers.drafting import OtherSide
from ledger import workflow
from ledger.money import Money
from ledger.reference import make_code
from ledger.registry import claims, members, persons
from tests.house import DUES, UNIT, House
from tests.web.desk import (
    NOW,
    PDF,
    STATEMENT,
    Browser,
    at_desk,
    house,
    import_statement,
    waiting,
)

__all__ = ["at_desk", "house"]


def test_a_statement_comes_in_with_its_proofs_and_its_lines_are_questions(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"])
    assert "P4 ✓" in page
    assert page.count(f"/desk/{UNIT}/lines/") == 3
    again = import_statement(at_desk["zhou"])
    assert "以前导入过" in again
    assert again.count(f"/desk/{UNIT}/lines/") == 3


def test_questions_are_found_by_their_words_and_amounts(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    for query, count in (("文具", 1), ("500.00", 1), ("2026-03-04", 1), ("没有", 0)):
        page = at_desk["zhou"].get(f"/desk/{UNIT}/?q={query}")
        assert page.count(f"/desk/{UNIT}/lines/") == count, query


def test_a_file_that_is_no_statement_is_refused_with_what_to_do(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"], b"name,phone\nexample,1\n")
    assert "找不到表头" in page
    assert "没有完成" in page


def test_an_answer_becomes_a_draft_and_the_next_question_opens(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/lines/2", account0="xzzc", fund0="F01", narration="办公用品", act="draft",
        papers=(io.BytesIO(PDF), "发票.pdf"),
    )  # fmt: skip
    assert answer.headers["Location"].startswith(f"/desk/{UNIT}/lines/3")
    [draft] = waiting(house)
    assert {(p.account.split(":")[1], p.amount.text) for p in draft.draft.postings} == {
        ("504-行政支出", "120.00"), ("102-银行存款", "-120.00"),
    }  # fmt: skip
    assert len(draft.draft.papers) == 2  # the receipt, and the statement itself


def test_an_amount_is_divided_and_the_rest_needs_no_typing(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    at_desk["zhou"].send(
        f"/desk/{UNIT}/lines/1",
        account0="402", fund0="F01", amount0="300", account1="215", fund1="F01", act="draft",
    )  # fmt: skip
    [draft] = waiting(house)
    assert sorted(p.amount.text for p in draft.draft.postings) == ["-200.00", "-300.00", "500.00"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"account0": "9999", "fund0": "F01"}, "没有这一科目"),
        ({"account0": "402", "fund0": ""}, "资金未填"),
        ({"account0": "402", "fund0": "F01", "amount0": "1.005"}, "第 1 行"),
        ({"account0": "402", "fund0": "F01", "amount0": "499.99"}, "分录合计"),
        ({"account0": "402", "fund0": "F99"}, "未设立"),
        ({"account0": "", "fund0": ""}, "科目未填"),
    ],
)
def test_a_wrong_answer_says_what_is_wrong_and_keeps_what_was_typed(
    house: House, at_desk: dict[str, Browser], fields: dict[str, str], told: str
) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="draft", narration="往来", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert 'value="往来"' in page
    assert waiting(house) == []


def test_a_line_is_set_aside_with_a_reason_only(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    without = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="aside", reason=" ")
    assert without.status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="aside", reason="等银行回单")
    assert at_desk["zhou"].get(f"/desk/{UNIT}/").count(f"/desk/{UNIT}/lines/") == 2


def test_a_parked_row_leaves_when_somebody_says_what_became_of_it(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(
        at_desk["zhou"], STATEMENT + "2026-03-05,10:00:00,,,460.00,某,,x,A4\n".encode()
    )
    row = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/rows/[0-9]+)"', page)
    assert row is not None
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", row[1], reason=" ").status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/", row[1], reason="不是资金变动")
    assert "/rows/" not in at_desk["zhou"].get(f"/desk/{UNIT}/")


def test_an_import_is_undone_while_nothing_of_it_is_in_the_book(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"])
    undo = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/undo)"', page)
    assert undo is not None
    at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    assert f"/desk/{UNIT}/lines/" not in at_desk["zhou"].get(f"/desk/{UNIT}/")


def test_what_is_in_the_book_is_undone_once_its_reversals_are_approved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    page = import_statement(at_desk["zhou"])
    number = int(re.findall(rf"/desk/{UNIT}/lines/([0-9]+)", page)[0])
    line = answering.question(house.registry, UNIT, number)
    answering.answer(
        house.registry, UNIT, number, [OtherSide(DUES, "F01", Money(line.fen))], house.maker, NOW
    )
    [draft] = waiting(house)
    workflow.approve(house.registry, draft.id, house.checker, NOW)
    undo = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/undo)"', page)
    assert undo is not None
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    assert answer.headers["Location"].endswith("undoing+1")
    page = at_desk["zhou"].get(f"/desk/{UNIT}/")
    assert f"/desk/{UNIT}/lines/" not in page
    assert "正在撤销，待审核的冲销 1 张" in page
    keep = undo[1].replace("/undo", "/keep")
    assert f'action="{keep}"' in page
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", keep).headers["Location"].endswith("kept")
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", keep).status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    [reversal] = waiting(house)
    workflow.approve(house.registry, reversal.id, house.checker, NOW)
    page = at_desk["zhou"].get(f"/desk/{UNIT}/")
    assert "已撤销" in page
    assert undo[1] not in page


def test_questions_are_tried_again(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/", f"/desk/{UNIT}/match")
    assert answer.headers["Location"].endswith("matched+0")


def test_a_suggestion_is_shown_with_its_reason_and_entered_only_when_accepted(
    house: House, at_desk: dict[str, Browser]
) -> None:
    code = make_code("HY", 2026, 7)
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), NOW)
        member = members.add(conn, person=person, unit=UNIT, number="007", joined=date(2020, 1, 1))
        due = claims.ClaimRow(
            UNIT, code, "dues", member, DUES, "F01", "2026-03", 80_00, "CNY", claims.OPEN, None
        )
        claims.add_many(conn, [due])
    import_statement(at_desk["zhou"], STATEMENT.replace("某某公司".encode(), "欧阳示力".encode()))
    page = at_desk["zhou"].get(f"/desk/{UNIT}/lines/3")
    assert "照此入账" in page and "007" in page and code in page
    assert waiting(house) == []
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/lines/3", act="suggested")
    assert answer.status_code == 303
    [draft] = waiting(house)
    assert code in {value for p in draft.draft.postings for _, value in p.meta}
    again = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="suggested")
    assert again.status_code == 422
