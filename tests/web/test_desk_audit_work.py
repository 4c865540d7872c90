"""Procedures, samples and working papers at the desk, as an auditor goes through them."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, unquote

import pytest

from ledger.registry import oplog
from tests.house import BANK, OFFICE, UNIT, House
from tests.web.desk import Browser, at_desk, house

__all__ = ["at_desk", "house"]

TESTS = f"/audit/{UNIT}/tests"
PAPERS = f"/audit/{UNIT}/papers"


@pytest.fixture
def paid(house: House) -> list[str]:
    """Money that came, and the same amount twice to one payee: their numbers."""
    house.post(house.draft("900.00"))
    made = [
        house.draft(
            "120.00", debit=OFFICE, credit=BANK, kind="付", narration="办公用品",
            payee="示例商行", day=date(2026, 3, day),
        )
        for day in (10, 12)
    ]  # fmt: skip
    return [house.post(draft).number for draft in made]


def drawn(browser: Browser, **fields: object) -> str:
    """The address of the working paper of a sample."""
    said = {"seed": "7", "size": "5", "method": "mus", "period": ""} | fields
    done = browser.send(PAPERS, **said)
    assert done.status_code == 303, done.get_data(as_text=True)
    return done.headers["Location"].split("?")[0]


def test_every_procedure_is_told_with_its_source_and_what_it_does_not_show(
    at_desk: dict[str, Browser],
) -> None:
    page = at_desk["zhou"].get(TESTS)
    for words in ("凭证断号、重号", "本福特定律", "不说明任何一张凭证有误", "days = 35", "art. 50"):
        assert words in page
    assert page.count('type="checkbox"') == 25


def test_a_hit_leads_to_its_voucher_and_to_a_finding(
    house: House, at_desk: dict[str, Browser], paid: list[str]
) -> None:
    shen = at_desk["shen"]
    done = shen.send(TESTS, test="duplicates")
    page = done.get_data(as_text=True)
    assert done.status_code == 200
    assert f"/vouchers/{UNIT}/{quote(paid[1])}" in page and "2 天前付过同一收款方同样金额" in page
    link = re.search(r'href="(/audit/[^"]*findings/new\?[^"]*)"', page)
    assert link
    form = shen.get(link[1].replace("&amp;", "&"))
    assert f'value="{UNIT}/{paid[1]}"' in form and "duplicates" in form
    # Who only browses sees what is wrong, and raises nothing.
    page = at_desk["zhou"].send(TESTS, test="duplicates").get_data(as_text=True)
    assert (
        "2 天前付过同一收款方同样金额" in page
        and "findings/new" not in page
        and "/keep" not in page
    )
    with house.registry.read() as conn:
        acts = [(one.user, one.object) for one in oplog.entries(conn, UNIT, actions=["audit.run"])]
    assert acts == [(house.reader.id, "duplicates"), (house.maker.id, "duplicates")]


def test_what_procedures_tell_of_is_taken_home_as_a_file(
    at_desk: dict[str, Browser], paid: list[str]
) -> None:
    text = at_desk["shen"].fetch(f"{TESTS}?format=csv&test=duplicates").decode("utf-8-sig")
    assert f"{UNIT}/{paid[1]}" in text and "2 天前付过同一收款方同样金额" in text


def test_a_procedure_that_there_is_not_is_refused_in_words(at_desk: dict[str, Browser]) -> None:
    done = at_desk["shen"].send(TESTS, test="guessing")
    assert done.status_code == 422
    assert "没有审计程序 guessing" in done.get_data(as_text=True)


def test_what_was_run_is_kept_and_noted_item_by_item(
    at_desk: dict[str, Browser], paid: list[str]
) -> None:
    shen = at_desk["shen"]
    kept = shen.send(TESTS, f"{TESTS}/keep", test="duplicates")
    assert kept.status_code == 303
    place = kept.headers["Location"].split("?")[0]
    page = shen.get(place)
    assert paid[1] in page and "duplicates" in page and "0 / 1" in page
    refused = shen.send(place, f"{place}/mark", place="1", mark="exception", text="")
    assert refused.status_code == 422 and "须写明" in refused.get_data(as_text=True)
    told = {"place": "1", "mark": "exception", "text": "两次付款<同一发票>"}
    assert shen.send(place, f"{place}/mark", **told).status_code == 303
    page = shen.get(place)
    assert "两次付款&lt;同一发票&gt;" in page and "1 / 1" in page
    # Once more it is the same paper, and its notes stay.
    again = shen.send(TESTS, f"{TESTS}/keep", test="duplicates")
    assert again.headers["Location"] == kept.headers["Location"]


def test_a_sample_is_drawn_kept_and_told_how_to_draw_again(
    at_desk: dict[str, Browser], paid: list[str]
) -> None:
    shen = at_desk["shen"]
    place = drawn(shen)
    page = shen.get(place)
    entries = re.search(r"--seed 7 --size 5 --method mus --entries (\d+)", page)
    assert entries and "货币单元抽样" in page
    assert drawn(shen) == place
    assert drawn(shen, seed="8") != place
    csv = shen.fetch(f"{place}?format=csv").decode("utf-8-sig")
    assert f"{UNIT}/" in csv
    assert shen.get(f"{place}?mark=seen").count("<tr id=") == 0
    listed = shen.get(PAPERS)
    assert place.rsplit("/", 1)[1] in unquote(listed)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"seed": "x"}, "种子与样本量为数字"),
        ({"size": "0"}, "样本量为 1 至"),
        ({"method": "judgement"}, "方法为 mus 或 random"),
        ({"period": "spring"}, "期间写作"),
    ],
)
def test_terms_by_which_nothing_is_drawn_are_told_in_words(
    at_desk: dict[str, Browser], fields: dict[str, str], words: str
) -> None:
    done = at_desk["shen"].send(PAPERS, **({"seed": "7", "size": "5", "method": "mus"} | fields))
    assert done.status_code == 422
    assert words in done.get_data(as_text=True)


def test_working_papers_are_the_auditors_alone(
    at_desk: dict[str, Browser], paid: list[str]
) -> None:
    place = drawn(at_desk["shen"])
    zhou = at_desk["zhou"]
    for path in (PAPERS, place):
        zhou.get(path, 403)
    assert "抽样与底稿" not in zhou.get(TESTS)
    at_desk["shen"].get(f"{PAPERS}/DG2026-0999-0", 404)
