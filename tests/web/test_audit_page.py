"""The audit page inside Fava's frame: every month's numbers, papers, days and seal, which open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from ledger.audit.completeness import ClassCount, MonthFacts
from ledger.period import Month
from reports.web.app import create_app
from reports.web.audit_page import (
    State,
    rows_of_findings,
    rows_of_months,
    rows_of_samples,
    state_words,
    totals,
)
from tests.house import UNIT
from tests.sealing import months
from tests.web.browser import signed_in
from tests.web.conftest import Desk

PAGE = f"/books/{UNIT}/extension/Audit/"


@pytest.fixture(scope="module")
def sealed_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """January and February are closed, January is sealed, March is open."""
    house = months.build(tmp_path_factory.mktemp("audit") / "federation")
    months.seal(house, months.JANUARY)
    yield Desk(create_app(house.registry.folder, clock=lambda: house.now), house, "", "")
    house.registry.close()


def page(desk: Desk, path: str = PAGE) -> str:
    answer = desk.client("shen").get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def test_each_month_says_how_far_it_is(sealed_desk: Desk) -> None:
    text = page(sealed_desk)
    assert re.search(r"2026-01</a>.*?已封存.*?[0-9a-f]{16}…", text, re.DOTALL)
    assert re.search(r"2026-02</a>.*?已结账", text, re.DOTALL)
    assert re.search(r"2026-03</a>.*?未结账", text, re.DOTALL)
    for figure in ("2 / 3", "1 / 3", "0 %"):
        assert figure in text, figure


def test_every_figure_opens(sealed_desk: Desk) -> None:
    text = page(sealed_desk)
    body = text.partition('<div class="mingbai-funds')[2]
    addresses = {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"]+)"', body)}
    assert {one.split("/")[1] for one in addresses} == {"vouchers", "audit", "desk"}
    for address in addresses:
        assert sealed_desk.client("shen").get(address).status_code == 200, address
    found = page(sealed_desk, f"/vouchers/{UNIT}/?period=2026-01&q=%E6%94%B6-202601")
    assert "共 2 张凭证" in found


def test_another_year_is_chosen_by_favas_filter(sealed_desk: Desk) -> None:
    assert "本年没有凭证" in page(sealed_desk, f"{PAGE}?time=2024")
    for odd in ("x", "9999", "2026-02-31", "day-1", "1 - 2"):
        sealed_desk.client("shen").get(f"{PAGE}?time={odd}")


def test_no_words_of_a_query_stand_in_an_address(sealed_desk: Desk) -> None:
    assert "SELECT" not in page(sealed_desk)
    answer = signed_in(sealed_desk.app, "shen").get(
        f"/audit/{UNIT}/query?example=no-papers&period=2026-02"
    )
    text = answer.get_data(as_text=True)
    assert "papers = 0" in text
    assert 'value="2026-02"' in text


def test_gaps_are_named() -> None:
    gap = ClassCount("收", 2, 4, (2, 3), ())
    none = ClassCount("付", 0, 0, (), ())
    many = ClassCount("转", 1, 9, tuple(range(1, 9)), (9,))
    facts = MonthFacts(Month(2026, 3), (gap, none, many), 3, 1, 0, 9)
    [row] = rows_of_months("u", [facts], {})
    assert row.gaps[:2] == ("收-202603-0002", "收-202603-0003")
    assert row.gaps[-2:] == ("转-202603-0009 ×2", "+3")
    assert [one.is_wrong for one in row.classes] == [True, False, True]
    assert row.papers.share == 33
    _, gaps, with_papers, closed, _ = totals("u", 2026, [facts], {"2026-03": State("closed")})
    assert (gaps.text, gaps.is_wrong, with_papers.is_wrong, closed.text) == (
        "11", True, True, "1 / 1",
    )  # fmt: skip


def test_outside_of_our_desk_nothing_opens() -> None:
    facts = MonthFacts(Month(2026, 3), (ClassCount("收", 1, 1, (), ()),), 1, 1, 0, 0)
    [row] = rows_of_months("", [facts], {})
    assert (row.href, row.papers.href, row.days.href, row.seal_href) == ("", "", "", "")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State(), "open"), (State("reopened"), "opened again"), (State("closed"), "closed"),
        (State("sealed", "ab", 1), "sealed"), (State("sealed", "ab", 2), "sealed, version 2"),
        (State("covered"), "sealed with a later month"),
    ],
)  # fmt: skip
def test_states_are_said_in_words(state: State, said: str) -> None:
    assert state_words(state).en == said


# ---- what others will give ---------------------------------------------------------------------


def test_open_findings_stand_first_and_open_their_vouchers() -> None:
    rows = rows_of_findings(
        "u",
        [
            ("S1", "x", "closed", ["收-202603-0001"], date(2026, 1, 1)),
            ("S2", "y", "open", ["付-202603-0001", "付-202603-0002"], date(2026, 3, 1)),
            ("S3", "z", "answered", [], date(2026, 2, 1)),
            ("S4", "w", "odd", [], date(2026, 2, 2)),
        ],
        date(2026, 3, 31),
    )
    assert [(row.code, row.is_open, row.days) for row in rows] == [
        ("S3", True, 58), ("S4", True, 57), ("S2", True, 30), ("S1", False, 89),
    ]  # fmt: skip
    assert rows[2].vouchers[0] == ("付-202603-0001", "/vouchers/u/%E4%BB%98-202603-0001")
    assert rows[1].state.zh == "odd"


def test_samples_say_how_much_of_them_was_looked_at() -> None:
    [row, none] = rows_of_samples([("Y1", "mus", 7, 30, 10, "ab" * 32), ("Y2", "", "", 0, 0, "")])
    assert (row.seed, row.share, row.root) == ("7", 33, "ab" * 8)
    assert none.share == 0


def test_findings_and_samples_are_drawn_when_there_are_any(
    sealed_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.web import audit_page

    found = rows_of_findings(
        UNIT, [("S1", "<b>", "open", ["收-202601-0001"], date(2026, 3, 1))], date(2026, 3, 31)
    )
    drawn = rows_of_samples([("Y1", "mus", 7, 30, 10, "ab" * 32)])
    assert "审计发现" not in page(sealed_desk)
    monkeypatch.setattr(audit_page, "rows_of_findings", lambda *_: found)
    monkeypatch.setattr(audit_page, "rows_of_samples", lambda *_: drawn)
    text = page(sealed_desk)
    assert "审计发现" in text and "抽样" in text
    assert "&lt;b&gt;" in text
    assert "10 / 30" in text
