"""The year's end at the desk: looked at, then drafted for another person to approve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger import workflow
from reports.web.app import create_app
from tests.house import ACTIVITY, BANK, DUES, UNIT, House, build_house
from tests.web.desk import NOW, Browser
from tests.yearend.books import AFTER

PAGE = f"/desk/{UNIT}/year-end"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=AFTER)
    made.post(made.draft("500.00", day=date(2026, 11, 3)))
    made.post(made.draft("120.00", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 12, 3)))
    yield made
    made.registry.close()


@pytest.fixture
def at_desk(house: House) -> dict[str, Browser]:
    app = create_app(house.registry.folder, clock=lambda: AFTER)
    return {login: Browser(app.test_client(), login) for login in ("zhou", "lin", "shen")}


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def test_what_is_carried_over_is_looked_at_first_then_drafted_and_approved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    page = zhou.get(f"{PAGE}?year=2026")
    assert "500.00" in page and "120.00" in page
    assert re.search(r">322[0-9]+ [^<0-9]+</th>", page)  # an account that the book has not opened
    assert workflow.waiting(house.registry, UNIT) == []
    assert 'name="seen"' not in at_desk["shen"].get(PAGE)
    assert at_desk["lin"].send(PAGE, year="2026", seen=seen(page)).status_code == 403
    done = zhou.send(PAGE, year="2026", seen=seen(page))
    assert done.status_code == 303, done.text[:2000]
    drafts = workflow.waiting(house.registry, UNIT)
    assert f"year-end+{len(drafts)}" in done.headers["Location"] and drafts
    after = zhou.get(f"{PAGE}?year=2026")
    assert "没有待结转的余额" in after and "张结转草稿待审核" in after
    # Sent a second time it drafts nothing: what was shown is not what is left.
    assert zhou.send(PAGE, year="2026", seen=seen(page)).status_code == 422
    assert len(workflow.waiting(house.registry, UNIT)) == len(drafts)
    for one in drafts:
        house.approve(one.id)
    assert "没有待结转的余额" in zhou.get(PAGE)


def test_what_changed_since_it_was_shown_is_shown_again(
    house: House, at_desk: dict[str, Browser]
) -> None:
    page = at_desk["zhou"].get(PAGE)
    house.post(house.draft("7.00", debit=BANK, credit=DUES, day=date(2026, 12, 30)))
    answer = at_desk["zhou"].send(PAGE, year="2026", seen=seen(page))
    assert answer.status_code == 422 and "507.00" in answer.text
    assert workflow.waiting(house.registry, UNIT) == []


def test_what_a_fund_is_may_be_said_and_goes_with_the_form(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    page = zhou.get(f"{PAGE}?year=2026&as-F01=restricted")
    assert 'name="as-F01" value="restricted"' in page
    said = {"as-F01": "restricted"}
    assert zhou.send(PAGE, year="2026", seen=seen(page), **said).status_code == 303
    for odd in ("?as-F99=fiscal", "?as-F01=gold", "?year=0", "?year=twenty", "?year=99999"):
        assert "年末结转" in zhou.get(f"{PAGE}{odd}")


def test_before_december_nothing_is_drafted(house: House) -> None:
    app = create_app(house.registry.folder, clock=lambda: NOW)
    zhou = Browser(app.test_client(), "zhou")
    page = zhou.get(f"{PAGE}?year=2026")
    assert 'name="seen"' not in page and "12 月尚未开始" in page
    answer = zhou.send(PAGE, year="2026", seen="0" * 64)
    assert answer.status_code == 422 and workflow.waiting(house.registry, UNIT) == []


def test_the_page_of_months_leads_to_it_in_december_alone(
    house: House, at_desk: dict[str, Browser]
) -> None:
    link = "/year-end?year=2026"
    assert link not in at_desk["zhou"].get(f"/desk/{UNIT}/months")
    at_desk["zhou"].send(f"/desk/{UNIT}/months", month="2026-11")
    page = at_desk["zhou"].get(f"/desk/{UNIT}/months")
    assert link in page and "收支尚未结转" in page
