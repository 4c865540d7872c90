"""The assets page in Fava: as of its time filter, every figure opens, and nobody is named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from fava.application import create_app as lone_fava

from ledger.money import yuan
from tests.web.asset_desk import (
    DESK,
    NOW,
    SEEING,
    SISTER,
    STRANGERS,
    UNIT,
    AssetDesk,
    at,
    open_desk,
)

__all__ = ["at"]

FAVA = f"/books/{UNIT}/extension/Assets/"


def filled(at: AssetDesk) -> list[str]:
    """A thing that is lent and late, one whose sale waits, one that is only noted."""
    keeping = at.keeping
    codes = [keeping.own(), keeping.own(name="办公桌", class_id="furniture", cost=yuan("26000.00"))]
    codes.append(
        keeping.own(
            name="会议桌", class_id="furniture", source="memo", ownership="employer",
            cost=yuan("0.00"), money="",
        )
    )  # fmt: skip
    keeping.wear("2026-03", "2026-04")
    keeping.handed("loan", codes[0])
    keeping.ask("sale", codes[1])
    return codes


def test_the_page_shows_sums_custody_requests_and_what_is_late(at: AssetDesk) -> None:
    codes = filled(at)
    page = at.as_("shen").get(FAVA)
    for told in ("38,000.00", "12,000.00", "26,000.00", "333.33", "截至 2026-06-30", "借出",
                 "出售", "待审批", "登记备查 1 件", codes[0], 'mingbai-negative">10<'):  # fmt: skip
        assert told in page, told
    keepers = {"chen", "lin", at.keeping.keeper.id, at.keeping.second.id}
    assert not keepers & set(re.findall(r"[\w-]+", page)), "nobody is named, not by an id either"


def test_every_figure_of_the_page_opens_and_adds_up(at: AssetDesk) -> None:
    filled(at)
    page = at.as_("shen").get(FAVA)
    found = re.findall(rf'<a href="(/figures/{UNIT}/assets/[^"]+)" data-remote>([0-9,.]+)<', page)
    assert len(found) == 9
    for href, amount in found:
        csv = at.as_("shen").fetch(f"{href}?format=csv").decode("utf-8-sig")
        assert amount.replace(",", "") in csv, href
    for href in set(re.findall(rf'href="({DESK}[^"]*)"', page)):
        if "format=" in href:
            assert at.as_("shen").fetch(href.replace("&amp;", "&"))
            continue
        at.as_("shen").get(href.replace("&amp;", "&"))


def test_the_time_filter_says_as_of_which_day(at: AssetDesk) -> None:
    filled(at)
    early = at.as_("shen").get(f"{FAVA}?time=2026-03")
    assert "截至 2026-03-31" in early and "166.67" in early and "逾期未还" not in early
    assert "/assets/2026-03-31/all/cost" in early and "申请只列今天的" in early
    before = at.as_("shen").get(f"{FAVA}?time=2026-02")
    assert "账簿中没有固定资产" in before
    assert "截至 2026-06-30" in at.as_("shen").get(f"{FAVA}?time=2027")  # no day to come


def test_who_may_look_at_the_unit_sees_the_page_and_nobody_else(at: AssetDesk) -> None:
    filled(at)
    for login in SEEING:
        assert "38,000.00" in at.as_(login).get(FAVA)
    for login in STRANGERS:
        at.as_(login).get(FAVA, 403)
    sister = at.as_("qian").get(f"/books/{SISTER}/extension/Assets/")
    assert "账簿中没有固定资产" in sister and "没有未办结的申请" in sister


def test_a_lone_fava_says_what_it_lacks(at: AssetDesk) -> None:
    filled(at)
    client = lone_fava([str(at.keeping.folder / "book.bean")]).test_client()
    book = client.get("/").headers["Location"].split("/")[1]
    answer = client.get(f"/{book}/extension/Assets/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "请从本系统的网页打开" in page
    assert "12,000.00" not in page.split("mingbai-funds")[1]


def test_on_each_chart_the_page_ties_with_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    made = open_desk(tmp_path / "federation", "npo-2024")
    made.keeping.own(acquired=date(2026, 2, 1), class_id="computer", life_months=60)
    made.keeping.wear("2026-03")
    page = made.as_("shen").get(FAVA)
    assert made.keeping.balance("1501") == "12000.00" and "12,000.00" in page
    assert made.keeping.balance("1502").removeprefix("-") in page.replace(",", "")
    made.keeping.registry.close()
