"""Checking at the desk: approved as shown, returned, corrected, reversed."""

from __future__ import annotations

import io
import re
from datetime import date

from ledger import workflow
from tests.house import UNIT, House
from tests.web.desk import (
    PDF,
    Browser,
    at_desk,
    house,
    import_statement,
    propose,
    typed,
    waiting,
)

__all__ = ["at_desk", "house"]


def test_a_checker_approves_what_was_shown_and_lands_on_the_voucher(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    answer = at_desk["lin"].send(page, f"{page}/approve")
    assert answer.status_code == 303
    assert "/vouchers/" in answer.headers["Location"]
    assert waiting(house) == []


def test_after_approving_the_next_draft_opens(house: House, at_desk: dict[str, Browser]) -> None:
    # By their days: drafts of one day and one second stand in no order of their own.
    later = house.draft("30.00", day=date(2026, 3, 6))
    first = propose(house)
    second = workflow.propose(house.registry, later, house.maker, house.now)
    page = f"/desk/{UNIT}/drafts/{first}"
    assert f'href="/desk/{UNIT}/drafts/{second}"' in at_desk["lin"].get(page)
    to = at_desk["lin"].send(page, f"{page}/approve").headers["Location"]
    assert to.startswith(f"/desk/{UNIT}/drafts/{second}?")
    assert "已记账 收-202603-0001" in at_desk["lin"].get(to)


def test_papers_stand_beside_the_entry_pictures_seen_and_pdf_opened(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new",
        **typed(papers=[(io.BytesIO(PDF), "发票.pdf"), (io.BytesIO(picture), "现场.png")]),
    )
    [draft] = waiting(house)
    page = at_desk["lin"].get(f"/desk/{UNIT}/drafts/{draft.id}")
    assert page.count("<img ") == 1 and "发票.pdf" in page
    hrefs = sorted(set(re.findall(rf'href="(/papers/{UNIT}/[0-9a-f]+\?show=1)"', page)))
    assert len(hrefs) == 2
    for href in hrefs:
        shown = at_desk["lin"]._client.get(href)
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert shown.headers["Content-Security-Policy"].startswith("sandbox")
        saved = at_desk["lin"]._client.get(href.split("?")[0])
        assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_sheet_is_never_shown_by_the_browser(house: House, at_desk: dict[str, Browser]) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(b"PK\x03\x04x"), "清单.xlsx"))
    )
    [draft] = waiting(house)
    paper = f"/papers/{UNIT}/{draft.draft.papers[0]}?show=1"
    answer = at_desk["lin"]._client.get(paper)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_draft_that_changed_after_it_was_shown_is_not_approved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    answer = at_desk["lin"].send(page, f"{page}/approve", digest="0" * 64)
    assert answer.status_code == 422
    assert "有改动" in answer.get_data(as_text=True)
    assert len(waiting(house)) == 1


def test_nobody_approves_their_own_draft_and_the_page_does_not_offer_it(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = at_desk["zhou"].get(f"/desk/{UNIT}/drafts/{draft}")
    assert "/approve" not in page and "须由他人审核" in page
    refused = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/{draft}", f"/desk/{UNIT}/drafts/{draft}/approve"
    )
    assert refused.status_code == 403


def test_above_the_limit_the_page_asks_for_a_second_checker(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house, "10000.01")
    page = f"/desk/{UNIT}/drafts/{draft}"
    assert at_desk["lin"].send(page, f"{page}/approve").headers["Location"].endswith("second")
    assert "还需另一位审核人" in at_desk["lin"].get(page)
    assert "/vouchers/" in at_desk["gao"].send(page, f"{page}/approve").headers["Location"]


def test_a_draft_is_returned_with_its_reason_and_withdrawn_by_its_maker(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    at_desk["lin"].send(page, f"{page}/return", reason="缺发票")
    assert "缺发票" in at_desk["zhou"].get(page)
    at_desk["zhou"].send(page, f"{page}/withdraw")
    assert waiting(house) == []
    at_desk["zhou"].get(page, 404)


def test_a_returned_draft_is_corrected_by_its_maker_and_sent_again(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    maker, checker = at_desk["zhou"], at_desk["lin"]
    maker.send(f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF), "发票.pdf")))
    [before] = waiting(house)
    page = f"/desk/{UNIT}/drafts/{before.id}"
    checker.send(page, f"{page}/return", reason="金额与发票不符")
    form = maker.get(f"{page}/edit")
    assert "金额与发票不符" in form and 'value="120.00"' in form and "发票.pdf" in form
    wrong = maker.send(f"{page}/edit", **typed(debit="98.00", credit="99.00"))
    assert wrong.status_code == 422 and "借贷不平" in wrong.get_data(as_text=True)
    kept = before.draft.papers[0]
    answer = maker.send(f"{page}/edit", **typed(debit="98.00", credit="98.00", kept=kept))
    assert answer.headers["Location"].endswith("amended")
    [after] = waiting(house)
    assert (after.id, after.state, after.draft.source) == (
        before.id, "waiting", before.draft.source,
    )  # fmt: skip
    assert after.draft.papers == before.draft.papers
    assert {p.amount.text for p in after.draft.postings} == {"98.00", "-98.00"}
    assert "/vouchers/" in checker.send(page, f"{page}/approve").headers["Location"]


def test_nobody_corrects_the_draft_of_another(house: House, at_desk: dict[str, Browser]) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    assert f"{page}/edit" not in at_desk["lin"].get(page)
    for login in ("lin", "gao", "shen"):
        at_desk[login].get(f"{page}/edit", 403)
    at_desk["zhou"].get(f"/desk/{UNIT}/drafts/dr-NOTTHERE/edit", 404)
    answer = at_desk["lin"].send(page, f"{page}/edit", **typed())
    assert answer.status_code == 403


def test_a_draft_of_a_bank_line_keeps_what_the_bank_moved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", account0="402", fund0="F01", act="draft")
    [before] = waiting(house)
    page = f"/desk/{UNIT}/drafts/{before.id}/edit"
    rows = {
        "day": "2026-03-02", "narration": "往来款", "act": "draft",
        "account0": "10201", "fund0": "F01", "debit0": "500.00", "credit0": "",
        "account1": "215", "fund1": "F01", "debit1": "", "credit1": "500.00",
    }  # fmt: skip
    for change in (
        {"debit0": "400.00", "credit1": "400.00"},
        {"account0": "101"},
        {"day": "2026-03-01"},
    ):
        wrong = at_desk["zhou"].send(page, **(rows | change))
        assert "来自银行流水" in wrong.get_data(as_text=True), change
    assert at_desk["zhou"].send(page, **rows).status_code == 303
    [after] = waiting(house)
    assert {p.account.split(":")[1] for p in after.draft.postings} == {
        "102-银行存款", "215-其他应付款",
    }  # fmt: skip
    assert after.draft.papers == before.draft.papers  # the statement itself


def test_a_draft_that_settles_claims_keeps_its_postings(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("25.00", day=date(2026, 3, 1)))
    voucher = house.post(house.draft("7.00", day=date(2026, 3, 1)))
    page = f"/desk/{UNIT}/vouchers/{voucher.number}/reverse"
    at_desk["zhou"].send(page, day="2026-03-06", reason="记错")
    [before] = waiting(house)
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/{before.id}/edit", **typed(day="2026-03-07", narration="冲销：重复")
    )
    [after] = waiting(house)
    assert after.draft.postings == before.draft.postings
    assert after.draft.reverses == voucher.number
    assert (after.draft.day, after.draft.narration) == (date(2026, 3, 7), "冲销：重复")


def test_a_posted_voucher_is_reversed_from_its_page(
    house: House, at_desk: dict[str, Browser]
) -> None:
    voucher = house.post(house.draft("125.00", day=date(2026, 3, 5)))
    own = f"/vouchers/{UNIT}/{voucher.number}"
    page = f"/desk/{UNIT}/vouchers/{voucher.number}/reverse"
    assert "冲销这张凭证" in at_desk["zhou"].get(own)
    assert "冲销这张凭证" not in at_desk["shen"].get(own)
    at_desk["shen"].get(page, 403)
    for fields, told in (
        ({"day": "2026-03-06", "reason": " "}, "须写明原因"),
        ({"day": "soon", "reason": "记错"}, "日期不能读出"),
    ):
        wrong = at_desk["zhou"].send(page, **fields)
        assert wrong.status_code == 422 and told in wrong.get_data(as_text=True)
    answer = at_desk["zhou"].send(page, day="2026-03-06", reason="记错")
    [draft] = waiting(house)
    assert draft.draft.reverses == voucher.number and "记错" in draft.draft.narration
    assert answer.headers["Location"].endswith(f"{draft.id}?done=reversed")
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[draft.id])
    assert "已被冲销" in at_desk["zhou"].get(page)
    at_desk["zhou"].get(f"/desk/{UNIT}/vouchers/nothing/reverse", 404)


def test_several_drafts_are_approved_together_or_not_at_all(
    house: House, at_desk: dict[str, Browser]
) -> None:
    drafts = [propose(house), propose(house, "30.00")]
    bad = at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[*drafts, "dr-NOTTHERE"])
    assert bad.status_code == 422
    assert len(waiting(house)) == 2
    done = at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=drafts)
    assert done.headers["Location"].endswith("posted+2")
    assert waiting(house) == []
