"""Queries at the desk: asked by a form, answered on the page or as a file, in turns."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ledger.audit.query_examples import EXAMPLES
from ledger.errors import Refused
from ledger.registry import oplog
from reports.web.app import create_app
from reports.web.work import audit_query as page
from reports.web.work.turns import Turns
from tests.house import ACTIVITY, BANK, UNIT, House
from tests.web.desk import Browser
from tests.web.desk import house as house

PAGE = f"/audit/{UNIT}/query"
ROWS = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)


@pytest.fixture
def at_desk(house: House) -> dict[str, Browser]:
    house.post(house.draft("300.00", day=date(2026, 1, 5), payee="<b>示例</b>"))
    house.post(house.draft("40.00", debit=ACTIVITY, credit=BANK, day=date(2026, 2, 6), kind="付",
                           narration="文体活动"))  # fmt: skip
    app = create_app(house.registry.folder, clock=lambda: house.now)
    return {login: Browser(app.test_client(), login) for login in ("shen", "zhou")}


def asks(browser: Browser, query: str, **more: object) -> Any:
    return browser.send(PAGE, query=query, **({"period": ""} | more))


def test_a_query_is_answered_with_links_to_its_vouchers(at_desk: dict[str, Browser]) -> None:
    assert 'value="2026"' in at_desk["shen"].get(PAGE)
    answer = asks(at_desk["shen"], "SELECT date, voucher, payee, account, number")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert f'href="/vouchers/{UNIT}/%E6%94%B6-202601-0001"' in text
    assert "&lt;b&gt;示例&lt;/b&gt;" in text
    assert "<b>示例" not in text
    assert "SELECT date, voucher, payee, account, number</textarea>" in text
    assert "4 行" in text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.request.query_string == b""


def test_a_treasurer_asks_their_own_book(at_desk: dict[str, Browser]) -> None:
    answer = asks(at_desk["zhou"], "BALANCES", period="2026-02")
    text = answer.get_data(as_text=True)
    assert "260.00 CNY" in text
    assert "期初余额" in text


def test_what_is_wrong_is_told_and_what_was_typed_stays(at_desk: dict[str, Browser]) -> None:
    for query, told in (("PRINT", "PRINT"), ("SELECT filename", "voucher"), ("", "没有查询"),
                        ("x" * 5000, "4,000")):  # fmt: skip
        answer = asks(at_desk["shen"], query)
        assert answer.status_code == 422
        assert told in answer.get_data(as_text=True)
    assert "</textarea>" in answer.get_data(as_text=True)
    answer = asks(at_desk["shen"], "BALANCES", period="2026-99")
    assert (answer.status_code, "2026-Q1" in answer.get_data(as_text=True)) == (422, True)


def test_a_column_sorts_up_and_down(at_desk: dict[str, Browser]) -> None:
    query = f"SELECT voucher, number WHERE account = '{BANK}'"

    def numbers(sort: str) -> list[str]:
        text = asks(at_desk["shen"], query, sort=sort).get_data(as_text=True)
        found = ROWS.search(text)
        assert found
        return re.findall(r">(-?[0-9]+\.00)<", found[1])

    assert numbers("") == ["300.00", "-40.00"]
    assert numbers("2") == ["-40.00", "300.00"]
    assert numbers("-2") == ["300.00", "-40.00"]
    for odd in ("9", "0", "-", "²", "x", "2; DROP", "9" * 50):
        assert numbers(odd) == ["300.00", "-40.00"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.name for one in EXAMPLES])
def test_examples_are_asked_by_one_click(at_desk: dict[str, Browser], example: Any) -> None:
    answer = at_desk["shen"].send(PAGE, example=example.name, period="")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert 'id="answer"' in text
    assert example.query.split("'")[0] in text
    assert example.query.split("'")[0] in at_desk["shen"].get(f"{PAGE}?example={example.name}")


def test_the_answer_is_taken_home(at_desk: dict[str, Browser]) -> None:
    query = "SELECT date, voucher, number, payee"
    answer = asks(at_desk["shen"], query, format="csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "300.00" in answer.get_data(as_text=True)
    answer = asks(at_desk["shen"], query, format="xlsx")
    rows = CalamineWorkbook.from_filelike(__import__("io").BytesIO(answer.get_data()))
    cells = [cell for row in rows.get_sheet_by_index(0).to_python() for cell in row]
    assert 300.0 in cells
    assert date(2026, 1, 5) in cells


def test_more_rows_than_the_page_holds_are_told(
    at_desk: dict[str, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "SHOWN", 3)
    text = asks(at_desk["shen"], "SELECT account").get_data(as_text=True)
    assert "本页列出前 3 行" in text


def test_who_asked_is_kept(at_desk: dict[str, Browser], house: House) -> None:
    asks(at_desk["shen"], "BALANCES")
    asks(at_desk["shen"], "PRINT")
    with house.registry.read() as conn:
        kept = oplog.entries(conn, UNIT, actions=["audit.query"])
    assert [(one.user, one.detail) for one in kept] == [
        (house.reader.id, "BALANCES"), (house.reader.id, "PRINT"),
    ]  # fmt: skip


def test_a_query_without_the_forms_own_token_is_refused(at_desk: dict[str, Browser]) -> None:
    assert at_desk["shen"].send(PAGE, csrf="x", query="BALANCES").status_code == 403


# ---- turns -------------------------------------------------------------------------------------


def test_one_of_a_session_two_of_all_and_others_wait_their_turn() -> None:
    turns = Turns(page._RUNS, page._BUSY, at_once=2, patience=0.05)
    with turns.turn("a"), turns.turn("b"):
        with pytest.raises(Refused, match="query-runs"), turns.turn("a"):
            pass
        with pytest.raises(Refused, match="query-busy"), turns.turn("c"):
            pass
    with turns.turn("c"), turns.turn("a"):
        pass


def test_who_waits_is_let_in_when_somebody_is_done() -> None:
    turns = Turns(page._RUNS, page._BUSY, at_once=1, patience=30)
    inside, leave, done = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with turns.turn("a"):
            inside.set()
            leave.wait(30)

    def second() -> None:
        with turns.turn("b"):
            done.set()

    both = [threading.Thread(target=first), threading.Thread(target=second)]
    both[0].start()
    assert inside.wait(30)
    both[1].start()
    assert not done.is_set()
    leave.set()
    assert done.wait(30)
    for one in both:
        one.join(30)


def test_a_line_that_is_too_long_is_told_at_once() -> None:
    turns = Turns(page._RUNS, page._BUSY, at_once=1, patience=30)
    turns._most = 1
    with turns.turn("a"), pytest.raises(Refused, match="query-busy"), turns.turn("b"):
        pass


def test_a_session_whose_query_runs_is_answered_politely(
    at_desk: dict[str, Browser], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def running(*_: object) -> object:
        raise Refused(page._RUNS)

    monkeypatch.setattr(Turns, "turn", running)
    answer = asks(at_desk["shen"], "BALANCES")
    assert answer.status_code == 429
    assert "还在进行" in answer.get_data(as_text=True)
