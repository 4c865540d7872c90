"""Reconciling, rules and closing months at the desk."""

from __future__ import annotations

import html
from datetime import date

import pytest

from ledger.period import Month
from ledger.registry import closing_rules
from ledger.sealing.acting import seal_month
from tests.house import BANK, UNIT, House
from tests.web.desk import (
    RULES,
    STATEMENT,
    Browser,
    at_desk,
    house,
    import_statement,
    propose,
    waiting,
)

__all__ = ["at_desk", "house"]


def test_the_reconciliation_says_what_only_one_side_has_and_the_next_step(
    house: House, at_desk: dict[str, Browser]
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    voucher = house.post(house.draft("33.00", day=date(2026, 3, 30), narration="现金缴存"))
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", account0="402", fund0="F01", act="draft")
    [draft] = waiting(house)
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?account={BANK}&period=2026-03")
    assert f"/desk/{UNIT}/drafts/{draft.id}" in page and "草稿待审核" in page
    assert f"/desk/{UNIT}/lines/2" in page and "回答这笔流水" in page
    assert f"查看 {voucher.number}" in page
    # 33.00 in the book; the bank has 500.00, of which none is in the book yet
    adjusted = page.split("调节后余额")[1].split("</tr>")[0]
    assert adjusted.count("533.00") == 2
    assert "0.00" in page.split("尚未说明的差额")[1].split("</tr>")[0]


def test_a_reconciliation_sets_a_month_beside_the_book_before_anything_is_entered(
    at_desk: dict[str, Browser],
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?period=2026-03")
    assert "2026-03 " in page.split("<caption")[1]
    rows = {name: page.split(f'"zh">{name}<')[1].split("</tr>")[0] for name in ("收入", "支出")}
    assert "620.00" in rows["收入"] and "120.00" in rows["支出"]


def test_foreign_money_is_listed_and_added_to_no_yuan(
    house: House, at_desk: dict[str, Browser]
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    import_statement(
        at_desk["zhou"],
        "账号,6222000000000018\n币种：美元\n交易日期,收入金额,支出金额,对方户名,摘要\n"
        "2026-03-12,7.00,,海外示例会,捐款\n".encode(),
    )
    inbox = at_desk["zhou"].get(f"/desk/{UNIT}/")
    totals = inbox.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "+620.00" in totals and "7.00 USD" in totals
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?account={BANK}&period=2026-03")
    assert "7.00 USD" in page
    assert page.split("调节后余额")[1].split("</tr>")[0].count("500.00") == 2
    assert "0.00" in page.split("尚未说明的差额")[1].split("</tr>")[0]
    printed = at_desk["shen"].get(f"/statements/{UNIT}/bank-reconciliation/2026-03")
    assert "外币流水 1 笔" in printed and "627.00" not in printed


@pytest.mark.parametrize("query", ["", "?account=Assets:x&period=1999-13", "?period=2026-01"])
def test_a_reconciliation_without_a_statement_says_so(
    at_desk: dict[str, Browser], query: str
) -> None:
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile{query}")
    assert "没有到这个月末的对账单" in page


def test_rules_are_put_in_place_shown_in_words_and_tried_again(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    import_statement(at_desk["zhou"])
    page = f"/desk/{UNIT}/rules"
    assert "还没有规则" in at_desk["zhou"].get(page)
    answer = at_desk["zhou"].send(page, text=RULES)
    assert answer.headers["Location"].endswith("rules+1")
    shown = at_desk["shen"].get(page)
    for words in ("摘要含「办公用品」", "金额不高于 200.00", "记入行政支出，资金 F01 1/2"):
        assert words in shown, words
    assert "<textarea" not in shown
    # What the page shows as text can be sent as it stands.
    text = html.unescape(at_desk["zhou"].get(page).split("<textarea")[1].split(">", 1)[1])
    again = at_desk["zhou"].send(page, text=text.split("</textarea>")[0])
    assert again.headers["Location"].endswith("rules+1")
    tried = at_desk["zhou"].send(page, f"/desk/{UNIT}/match")
    assert tried.headers["Location"].endswith("matched+1")
    assert waiting(house)[0].draft.narration == "办公用品"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULES.replace('"1/2"', '"1/3"'), "之和须为一"),
        (RULES.replace("F01", "F77"), "F77"),
        ("[[rule]\n", "不合 TOML 写法"),
    ],
)
def test_a_faulty_table_changes_nothing_and_stays_in_the_form(
    at_desk: dict[str, Browser], text: str, told: str
) -> None:
    page = f"/desk/{UNIT}/rules"
    at_desk["zhou"].send(page, text=RULES)
    answer = at_desk["zhou"].send(page, text=text)
    assert answer.status_code == 422
    shown = html.unescape(answer.get_data(as_text=True))
    assert told in shown and text.strip() in shown
    assert "1/2" in at_desk["shen"].get(page)
    assert at_desk["lin"].send(page, text=RULES).status_code == 403


def test_a_month_is_closed_from_the_page_when_nothing_speaks_against_it(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("125.00", day=date(2026, 3, 5)))
    page = f"/desk/{UNIT}/months"
    draft = propose(house)
    refused = at_desk["zhou"].send(page, month="2026-03")
    assert refused.status_code == 422
    assert "待审核" in refused.get_data(as_text=True)
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[draft])
    closed = at_desk["zhou"].send(page, month="2026-03")
    assert closed.status_code == 303, closed.get_data(as_text=True)[:3000]
    assert "已结" in at_desk["shen"].get(page)


def test_the_month_closed_last_is_opened_again_by_two_and_the_page_says_whether_it_is_sealed(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("125.00", day=date(2026, 3, 5)))
    page = f"/desk/{UNIT}/months"
    at_desk["zhou"].send(page, month="2026-03")
    assert "未封存" in at_desk["shen"].get(page)
    seal_month(house.registry, UNIT, Month(2026, 3), house.maker, house.now)
    shown = at_desk["shen"].get(page)
    assert "未封存" not in shown and ">v1<" in shown
    faulty = at_desk["zhou"].send(page, f"{page}/reopen", month="2026-03", reason=" ")
    assert faulty.status_code == 422
    for login in ("lin", "shen"):
        refused = at_desk[login].send(page, f"{page}/reopen", month="2026-03", reason="漏记")
        assert refused.status_code == 403
    at_desk["zhou"].send(page, f"{page}/reopen", month="2026-03", reason="漏记")
    mine = at_desk["zhou"].get(page)
    assert "漏记" in mine and "撤回申请" in mine and "确认重开" not in mine
    assert "确认重开" in at_desk["lin"].get(page) and "确认重开" not in at_desk["shen"].get(page)
    assert at_desk["zhou"].send(page, f"{page}/confirm", month="2026-03").status_code == 403
    assert at_desk["lin"].send(page, f"{page}/decline", month="2026-03").status_code == 303
    assert at_desk["lin"].send(page, f"{page}/confirm", month="2026-03").status_code == 422
    at_desk["zhou"].send(page, f"{page}/reopen", month="2026-03", reason="漏记")
    at_desk["zhou"].send(page, f"{page}/withdraw", month="2026-03")
    at_desk["zhou"].send(page, f"{page}/reopen", month="2026-03", reason="漏记")
    confirmed = at_desk["lin"].send(page, f"{page}/confirm", month="2026-03")
    assert confirmed.headers["Location"].endswith("reopened+2026-03")
    assert "重开过" in at_desk["shen"].get(page)


def test_the_page_of_months_shows_what_speaks_against_the_next_close(
    house: House, at_desk: dict[str, Browser]
) -> None:
    voucher = house.post(house.draft("33.00", day=date(2026, 3, 2), narration="现金缴存"))
    with house.registry.write() as conn:
        closing_rules.add(
            conn, UNIT, "papers", date(2026, 1, 1), required=True, reason="示例", user="u",
            now=house.now,
        )  # fmt: skip
    page = at_desk["shen"].get(f"/desk/{UNIT}/months")
    listed = page.split("结账检查清单")[1].split("<h2>")[0]
    assert "附件齐全" in listed and "凭证号连续" in listed
    assert voucher.number in listed and f'href="/vouchers/{UNIT}/"' in listed
    assert "mingbai" not in listed
    assert 'href="#waive"' not in listed  # an auditor asks for nothing
    assert 'href="#waive"' in at_desk["zhou"].get(f"/desk/{UNIT}/months")
    # The whole book is verified when the month is closed.
    assert "未检查" in listed
