"""Vouchers typed at the desk, with their papers and templates."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from tests.house import UNIT, House
from tests.web.desk import (
    PDF,
    Browser,
    at_desk,
    house,
    typed,
    waiting,
)

__all__ = ["at_desk", "house"]


def test_a_typed_voucher_goes_to_the_checker_with_its_papers(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF), "发票.pdf"))
    )
    assert answer.status_code == 303
    [draft] = waiting(house)
    assert (draft.draft.kind, draft.draft.narration) == ("付", "三月办公用品")
    assert len(draft.draft.papers) == 1
    page = at_desk["lin"].get(f"/desk/{UNIT}/drafts/{draft.id}")
    assert "发票.pdf" in page and "审核通过" in page


def test_a_form_that_is_sent_twice_makes_one_draft(
    house: House, at_desk: dict[str, Browser]
) -> None:
    browser = at_desk["zhou"]
    first = browser.send(f"/desk/{UNIT}/drafts/new", **typed(key="0123456789abcdef"))
    second = browser.send(f"/desk/{UNIT}/drafts/new", **typed(key="0123456789abcdef"))
    assert (first.status_code, second.status_code) == (303, 422)
    assert len(waiting(house)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"credit0": "1"}, "借方或贷方填一栏"),
        ({"debit0": "1.234"}, "金额不能读出"),
        ({"debit0": "119.99"}, "借贷不平"),
        ({"account1": "nothing"}, "第 2 行"),
        ({"fund1": "F02"}, "借贷不平"),
        ({"day": "2026-02-30"}, "日期不能读出"),
        ({"narration": ""}, "摘要未填"),
    ],
)
def test_a_wrong_voucher_is_not_drafted(
    house: House, at_desk: dict[str, Browser], fields: dict[str, str], told: str
) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(**fields))
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert waiting(house) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.html", b"<script>"), ("a.pdf", b"<script>"), ("a.svg", b"<svg/>"), ("a.png", PDF)],
)
def test_a_paper_that_is_not_what_it_says_is_refused(
    house: House, at_desk: dict[str, Browser], name: str, data: bytes
) -> None:
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(data), name))
    )
    assert answer.status_code == 422
    assert "附件须为" in answer.get_data(as_text=True)
    assert waiting(house) == []


def test_more_rows_keep_what_was_typed(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(act="more"))
    page = answer.get_data(as_text=True)
    assert 'name="account7"' in page
    assert 'value="三月办公用品"' in page


def test_a_template_fills_the_form_and_can_be_deleted(
    house: House, at_desk: dict[str, Browser]
) -> None:
    browser = at_desk["zhou"]
    browser.send(f"/desk/{UNIT}/drafts/new", **typed(act="template", title="每月办公"))
    page = browser.get(f"/desk/{UNIT}/drafts/new")
    link = re.search(r'href="([^"]+template=[^"]+)">每月办公', page)
    assert link is not None
    filled = browser.get(link[1])
    assert 'value="120.00"' in filled and 'value="10201"' in filled
    template = link[1].split("=")[1]
    browser.send(f"/desk/{UNIT}/drafts/new", f"/desk/{UNIT}/templates/{template}/delete")
    assert "每月办公" not in browser.get(f"/desk/{UNIT}/drafts/new")
    assert waiting(house) == []


def test_a_voucher_may_have_as_many_rows_as_an_accountant_needs(
    house: House, at_desk: dict[str, Browser]
) -> None:
    rows: dict[str, str] = {}
    for place in range(60):
        rows |= {
            f"account{place}": "504" if place else "10201",
            f"fund{place}": "F01",
            f"debit{place}": "1.00" if place else "",
            f"credit{place}": "" if place else "59.00",
        }
    house.post(house.draft("100.00", day=date(2026, 3, 1)))
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(**rows))
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    [draft] = waiting(house)
    assert len(draft.draft.postings) == 60


def test_a_wrong_row_is_marked_and_the_message_leads_to_it(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(account1="nothing"))
    page = answer.get_data(as_text=True)
    assert 'href="#row2"' in page and '<tr id="row2" class="bad">' in page
    assert page.count('aria-invalid="true"') == 1
    assert "第 2 行：没有这一科目</span>" in page
