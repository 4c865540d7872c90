"""Waivers and counts at the desk: asked by one, confirmed by another, ended by what came."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest

from ledger.registry import closing_rules, waivers
from reports.web.work.remedies import PLACES
from tests.house import BANK, CASH, UNIT, House
from tests.web.desk import PDF, Browser, at_desk, house

__all__ = ["at_desk", "house"]

PAGE = f"/desk/{UNIT}/months"
WAIVE = f"{PAGE}/waivers"


def rows(house: House) -> list[waivers.WaiverRow]:
    with house.registry.read() as conn:
        return waivers.of_unit(conn, UNIT)


def bare(house: House) -> str:
    """A voucher without the paper that it needs."""
    number = house.post(house.draft("33.00", day=date(2026, 3, 2))).number
    with house.registry.write() as conn:
        closing_rules.add(
            conn, UNIT, "papers", date(2026, 1, 1), required=True, reason="示例", user="u",
            now=house.now,
        )  # fmt: skip
    return number


def wanted(number: str, **changed: str) -> dict[str, Any]:
    return {
        "month": "2026-03", "kind": "papers", "papers": number, "bank": "", "transfer": "",
        "until": "2026-04-30", "reason": "发票在途", "form": "waive",
    } | changed  # fmt: skip


def paper(name: str = "invoice.pdf", data: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_missing_paper_is_waived_by_two_lets_the_month_close_and_is_handed_in_late(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    number = bare(house)
    assert zhou.send(PAGE, month="2026-03").status_code == 422
    assert number in zhou.get(PAGE).split('id="bare"')[1]
    assert zhou.send(PAGE, WAIVE, **wanted(number)).status_code == 303
    [row] = rows(house)
    assert (
        "待确认" in at_desk["shen"].get(PAGE)
        and zhou.send(PAGE, month="2026-03").status_code == 422
    )
    assert 'id="confirm"' not in zhou.get(PAGE)
    assert zhou.send(PAGE, f"{WAIVE}/confirm", code=row.code).status_code == 403
    assert row.code in lin.get(PAGE).split('id="confirm"')[1]
    assert lin.send(PAGE, f"{WAIVE}/confirm", code=row.code).status_code == 303
    assert zhou.send(PAGE, month="2026-03").status_code == 303
    # Its paper ends it, and nothing else does.
    refused = zhou.send(PAGE, f"{WAIVE}/end", code=row.code, note="不会来了")
    assert refused.status_code == 422 and "附上才能了结" in refused.text
    assert zhou.send(PAGE, f"{WAIVE}/end", code=row.code, paper=paper()).status_code == 303
    [row] = rows(house)
    assert row.end_paper and row.state == waivers.ENDED
    assert f"/papers/{UNIT}/{row.end_paper}" in at_desk["shen"].get(PAGE)


def test_what_was_counted_is_entered_with_its_paper_and_confirmed_by_another(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    house.post(house.draft("33.00", debit=CASH, day=date(2026, 3, 2)))
    said: dict[str, Any] = {
        "month": "2026-03", "account": CASH, "amount": "33.00", "reason": "月末盘点",
    }  # fmt: skip
    without = zhou.send(PAGE, f"{PAGE}/counts", **said)
    assert without.status_code == 422 and "盘点表" in without.text
    assert zhou.send(PAGE, f"{PAGE}/counts", **said, paper=paper()).status_code == 303
    [row] = rows(house)
    assert (row.kind, row.fen, row.subject) == (waivers.COUNT, 3300, CASH)
    assert lin.send(PAGE, f"{WAIVE}/confirm", code=row.code).status_code == 303
    assert "没有盘点记录" not in at_desk["shen"].get(PAGE)


def test_a_waiver_is_declined_or_taken_back_with_a_word(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    house.post(house.draft("33.00", day=date(2026, 3, 2)))
    for who, path in ((lin, "decline"), (zhou, "end")):
        said = wanted("", kind="bank", bank=BANK)
        assert zhou.send(PAGE, WAIVE, **said).status_code == 303
        code = rows(house)[-1].code
        silent = who.send(PAGE, f"{WAIVE}/{path}", code=code, note="")
        assert silent.status_code == 422
        assert who.send(PAGE, f"{WAIVE}/{path}", code=code, note="再核对").status_code == 303
        assert rows(house)[-1].state == waivers.ENDED
    assert lin.send(PAGE, f"{WAIVE}/end", code=code, note="x").status_code == 403
    assert zhou.send(PAGE, f"{WAIVE}/decline", code=code, note="x").status_code == 403


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"papers": "付-202603-0099"}, "没有凭证"),
        ({"kind": "weather"}, "选择暂缓什么"),
        ({"kind": "bank", "bank": "Assets:999"}, "不是登记了对账单的账户"),
        ({"kind": "transfer"}, "须写明暂缓什么"),
        ({"until": "2026-04-01"}, "已过"),
        ({"until": "2028-01-01"}, "超过一年"),
        ({"until": ""}, "到哪一天"),
        ({"until": "soon"}, "日期"),
        ({"reason": " "}, "须写明原因"),
        ({"month": "2026-13"}, "月份写作"),
    ],
)
def test_what_may_not_be_waived_is_told_and_what_was_typed_stays(
    house: House, at_desk: dict[str, Browser], changed: dict[str, str], told: str
) -> None:
    number = bare(house)
    answer = at_desk["zhou"].send(PAGE, WAIVE, **wanted(number, **changed))
    assert answer.status_code == 422 and told in answer.text
    assert 'id="waive" open' in answer.text
    assert rows(house) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"amount": "-1"}, "不为负"),
        ({"amount": "much"}, "金额写作"),
        ({"account": "Expenses:504-行政支出"}, "库存现金"),
        ({"paper": (io.BytesIO(b"MZ"), "count.exe")}, "附件须为"),
        ({"reason": ""}, "须写明原因"),
    ],
)
def test_a_count_that_says_nothing_is_refused(
    house: House, at_desk: dict[str, Browser], changed: dict[str, Any], told: str
) -> None:
    house.post(house.draft("33.00", debit=CASH, day=date(2026, 3, 2)))
    said: dict[str, Any] = {
        "month": "2026-03", "account": CASH, "amount": "33.00", "reason": "月末盘点",
        "paper": paper(),
    }  # fmt: skip
    answer = at_desk["zhou"].send(PAGE, f"{PAGE}/counts", **(said | changed))
    assert answer.status_code == 422 and told in answer.text
    assert rows(house) == []


def test_every_place_that_a_checklist_leads_to_is_there(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("33.00", day=date(2026, 3, 2)))
    page = at_desk["zhou"].get(PAGE)
    for place in {place for places in PLACES.values() for place in places}:
        href = place.href.format(unit=UNIT, month="2026-03", year=2026)
        if href == "#end":
            continue  # stands there once something is outstanding
        if href.startswith("#"):
            assert f'id="{href[1:]}"' in page, href
        else:
            at_desk["zhou"].get(href)
    assert not re.search(r"mingbai [a-z]", page)
