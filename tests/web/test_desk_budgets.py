"""A year's budget at the desk, and its page in Fava's frame."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from ledger import workflow
from ledger.budgetcheck import HARD, SOFT
from ledger.registry import budgets
from tests.budgets.plans import YEAR, plan, propose, set_budget, spend
from tests.house import OFFICE, UNIT, House
from tests.web.desk import PDF, Browser, at_desk, house

__all__ = ["at_desk", "house"]

BUDGET = f"/desk/{UNIT}/budget"
SHEET = (
    "单位名称,小河工会\n预算年度,2026\n资金,科目,一季度,二季度,三季度,四季度,控制\n"
    "F01,501,100.00,100.00,100.00,100.00,硬控\nF01,401,50.00,50.00,50.00,50.00,\n"
)


def told(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def test_a_budget_is_typed_by_one_and_approved_by_another(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    fields = {
        "year": "2026", "decision": "示工〔2026〕1号", "fund0": "F01 会费", "account0": "501",
        "q10": "1,000.00", "q20": "500", "control0": "hard",
        "fund3": "F01", "account3": "行政支出", "q43": "80.00", "control3": "soft",
        "papers": (io.BytesIO(PDF), "决议.pdf"),
    }  # fmt: skip
    done = zhou.send(BUDGET, f"{BUDGET}/propose", **fields)
    assert done.status_code == 303, told(done)[:3000]
    page = zhou.get(done.headers["Location"])
    assert "第 1 版预算已送审批" in page and "须由他人批准" in page
    own = zhou.send(BUDGET, f"{BUDGET}/approve", year="2026", version="1")
    assert own.status_code == 403
    done = lin.send(BUDGET, f"{BUDGET}/approve", year="2026", version="1")
    page = lin.get(done.headers["Location"])
    assert "已写入账簿" in page and "1,500.00" in page and "80.00" in page
    with house.registry.read() as conn:
        (row,) = budgets.versions(conn, UNIT, YEAR)
    assert (row.state, len(row.papers)) == ("approved", 1)
    assert f"/papers/{UNIT}/{row.papers[0]}" in page
    # What was posted opens to its vouchers.
    house.post(spend(house, "300.00"))
    page = lin.get(BUDGET)
    href = re.search(rf'/figures/{UNIT}/budget/2026/F01\.[^"]*501[^"]*/actual', page)
    assert href is not None
    assert "300.00" in lin.get(href[0])
    assert "20.0 %" in page


def test_a_budget_is_taken_from_a_sheet_and_taken_home_as_one(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    blank = zhou.fetch(f"/desk/{UNIT}/sheets/budget.xlsx")
    names = [cell.value for row in openpyxl.load_workbook(io.BytesIO(blank)).worksheets[0].rows
             for cell in row if cell.value]  # fmt: skip
    assert any("一季度" in str(name) for name in names)
    sent = {"year": "2026", "decision": "示工〔2026〕1号"}
    done = zhou.send(
        BUDGET, f"{BUDGET}/propose", **sent, file=(io.BytesIO(SHEET.encode()), "预算.csv")
    )
    assert done.status_code == 303, told(done)[:3000]
    bad = SHEET.replace("F01,401", "F99,401").replace("F01,501,100.00", "F01,888,-1.00")
    answer = zhou.send(
        BUDGET, f"{BUDGET}/propose", **sent, file=(io.BytesIO(bad.encode()), "预算.csv")
    )
    assert answer.status_code == 422
    text = told(answer)
    assert "第 4 行" in text and "第 5 行" in text and "没有资金 F99" in text
    # Nothing of it was kept, and the first one waits still.
    with house.registry.read() as conn:
        assert [row.state for row in budgets.versions(conn, UNIT, YEAR)] == ["draft"]
    csv = zhou.fetch(f"{BUDGET}?year=2026&version=1&format=csv").decode("utf-8-sig")
    assert "职工活动支出" in csv and "400.00" in csv
    book = openpyxl.load_workbook(
        io.BytesIO(zhou.fetch(f"{BUDGET}?year=2026&version=1&format=xlsx"))
    )
    assert any("会费收入" in str(cell.value) for row in book.worksheets[0].rows for cell in row)


def test_an_approver_ticks_what_they_are_told(house: House, at_desk: dict[str, Browser]) -> None:
    set_budget(house, plan("500.00", HARD))
    version = propose(house, plan("500.00", SOFT), revision=True)
    lin = at_desk["lin"]
    page = lin.get(BUDGET)
    assert "原为硬控的" in page and 'name="confirmed"' in page
    fields = {"year": "2026", "version": str(version)}
    refused = lin.send(BUDGET, f"{BUDGET}/approve", **fields)
    assert refused.status_code == 422 and "已知悉" in told(refused)
    done = lin.send(BUDGET, f"{BUDGET}/approve", **fields, confirmed="yes")
    assert done.status_code == 303


def test_a_version_is_taken_back_by_its_maker_or_a_checker_only(
    house: House, at_desk: dict[str, Browser]
) -> None:
    version = propose(house)
    fields = {"year": "2026", "version": str(version)}
    assert at_desk["shen"].send(BUDGET, f"{BUDGET}/withdraw", **fields).status_code == 422
    done = at_desk["zhou"].send(BUDGET, f"{BUDGET}/withdraw", **fields)
    assert "已撤回" in at_desk["zhou"].get(done.headers["Location"])


@pytest.mark.parametrize(
    "fields, words",
    [
        ({}, "预算须有 1 至"),
        ({"decision": "", "account0": "501", "fund0": "F01", "q10": "1"}, "决议文号"),
        ({"account0": "501", "fund0": "F01", "q10": "x"}, "第 1 行"),
        ({"account0": "501", "fund0": "F01", "q10": "1", "control0": "iron"}, "第 1 行"),
        ({"account0": "501", "q10": "1"}, "没有资金"),
        ({"account999999": "501"}, "预算须有 1 至"),
        ({"accountx": "501"}, "预算须有 1 至"),
    ],
)
def test_what_is_typed_wrong_is_said_and_stays_typed(
    at_desk: dict[str, Browser], fields: dict[str, str], words: str
) -> None:
    sent = {"year": "2026", "decision": "示工〔2026〕1号", **fields}
    answer = at_desk["zhou"].send(BUDGET, f"{BUDGET}/propose", **sent)
    assert answer.status_code == 422
    assert words in told(answer)
    if "q10" in fields:
        assert f'value="{fields["q10"]}"' in told(answer)


@pytest.mark.parametrize(
    "query, status",
    [
        ("year=9999", 200), ("year=x", 200), ("version=7", 404), ("version=x", 404),
        ("format=exe", 404), ("year=2031", 200), ("year=1999&format=csv", 200),
    ],
)  # fmt: skip
def test_odd_addresses_are_answered(
    house: House, at_desk: dict[str, Browser], query: str, status: int
) -> None:
    set_budget(house)
    at_desk["zhou"].get(f"{BUDGET}?{query}", status)


def test_a_large_plan_is_not_put_into_a_form_that_could_not_hold_it(
    house: House, at_desk: dict[str, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.web.work import budgets as view

    set_budget(house, plan(), plan("5.00", SOFT, OFFICE))
    monkeypatch.setattr(view, "_MOST_TYPED", 1)
    page = at_desk["zhou"].get(BUDGET)
    assert "请上传预算表修订" in page and 'name="account0"' not in page


def test_beyond_a_soft_line_the_draft_and_the_queue_say_so(
    house: House, at_desk: dict[str, Browser]
) -> None:
    set_budget(house, plan("100.00", SOFT))
    draft = workflow.propose(house.registry, spend(house, "150.00"), house.maker, house.now)
    for path in (f"/desk/{UNIT}/drafts/{draft}", f"/desk/{UNIT}/queue"):
        assert "超出 50.00" in at_desk["lin"].get(path)
    assert "超出" not in at_desk["lin"].get(f"/desk/{UNIT}/")


def test_favas_page_shows_quarters_and_every_figure_opens(
    house: House, at_desk: dict[str, Browser], tmp_path: Path
) -> None:
    lin = at_desk["lin"]
    assert "没有批准的预算" in lin.get(f"/books/{UNIT}/extension/Budget/?time=2026")
    set_budget(house, plan("1000.00"), plan("80.00", SOFT, OFFICE))
    house.post(spend(house, "300.00"))
    house.post(spend(house, "90.00", account=OFFICE))
    page = lin.get(f"/books/{UNIT}/extension/Budget/?time=2026")
    assert "30.0 %" in page and "112.5 %" in page and "mingbai-over" in page
    links = set(re.findall(rf'href="(/figures/{UNIT}/budget/2026/[^"]+)"', page))
    assert any(unquote(link).endswith("/q1") for link in links)
    assert len(links) == 3 * 5  # two lines and their total, each with its quarters
    for link in links:
        lin.get(link)
    quarter = next(one for one in links if "501" in unquote(one) and one.endswith("/q1"))
    assert "300.00" in lin.get(quarter)
