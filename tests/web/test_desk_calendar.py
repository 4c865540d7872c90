"""The calendar of disclosure and objections at the desk."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ledger.disclosing.objection_standing import standings
from tests.house import UNIT, House
from tests.web.desk import Browser, at_desk, house

__all__ = ["at_desk", "house"]

DESK = f"/desk/{UNIT}"
CALENDAR = f"{DESK}/calendar"
OBJECTIONS = f"{DESK}/objections"
TEXT = "我的电话是 13812345678"


def said(house: House, **changed: str) -> dict[str, object]:
    number = house.post(house.draft()).number
    typed = {
        "kind": "question", "channel": "letter", "day": "2026-03-05",
        "reference": f"{UNIT}/{number}", "text": TEXT, "words": "",
    }  # fmt: skip
    return {**typed, **changed}


def test_the_calendar_shows_to_whom_by_which_rule_and_who_owes_it(
    house: House, at_desk: dict[str, Browser]
) -> None:
    shown = at_desk["shen"].get(CALENDAR)
    assert "工会预算" in shown
    assert "《中华人民共和国工会法》（2021年修正） 第四十五条" in shown
    assert "规则没有写日期" in shown
    assert "没有装入规则" in shown  # monthly forms
    assert "zhou" in shown
    members = at_desk["shen"].get(f"{CALENDAR}?audience=superior&on=2027-02-01")
    assert "工会预算" not in members
    assert "工会年报" in members
    for odd in ("?on=0001-01-01", "?on=yesterday", "?audience=neighbours"):
        assert "工会预算" in at_desk["shen"].get(f"{CALENDAR}{odd}")


@pytest.mark.parametrize("form", ["xlsx", "csv", "pdf"])
def test_it_can_be_taken_home(at_desk: dict[str, Browser], form: str) -> None:
    data = at_desk["shen"].fetch(f"{CALENDAR}?on=2026-03-05&format={form}")
    if form == "csv":
        assert "第四十五条" in data.decode("utf-8-sig")
    assert len(data) > 200


def test_an_objection_goes_from_entry_to_a_published_answer(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin, shen = at_desk["zhou"], at_desk["lin"], at_desk["shen"]
    assert zhou.send(OBJECTIONS, **said(house)).status_code == 303
    shown = shen.get(OBJECTIONS)
    found = re.search(r"YJ2026-[0-9]{4}-[0-9]", shown)
    assert found
    code = found[0]
    assert "13812345678" not in shown
    assert "没有装入规则" in shown
    place = OBJECTIONS
    words = {"code": code, "answer": "用于三月活动。", "note": ""}
    assert zhou.send(place, f"{place}/answer", **words).status_code == 303
    assert zhou.send(place, f"{place}/confirm", code=code).status_code == 403
    assert lin.send(place, f"{place}/answer", **words).status_code == 403
    assert lin.send(place, f"{place}/confirm", code=code).status_code == 303
    (one,) = standings(house.registry, UNIT, house.now.date())
    assert one.public()["answer"] == "用于三月活动。"
    assert "用于三月活动。" in shen.get(OBJECTIONS)
    assert TEXT in lin.send(place, f"{place}/original", code=code).text
    refused = shen.send(place, f"{place}/original", code=code)
    assert refused.status_code == 422
    assert TEXT not in refused.text


def test_an_answer_is_sent_back(house: House, at_desk: dict[str, Browser]) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    zhou.send(OBJECTIONS, **said(house))
    (one,) = standings(house.registry, UNIT, house.now.date())
    zhou.send(OBJECTIONS, f"{OBJECTIONS}/answer", code=one.row.code, answer="答复", note="")
    assert lin.send(OBJECTIONS, f"{OBJECTIONS}/back", code=one.row.code).status_code == 303
    (one,) = standings(house.registry, UNIT, house.now.date())
    assert one.state == "open"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reference": f"{UNIT}/付-202603-9999"}, "opens nothing"),
        ({"reference": f"{UNIT}/JZ2026-0001-1"}, "opens nothing"),
        ({"reference": f"{UNIT}/balance-sheet/2026-13/1"}, "opens nothing"),
        ({"reference": f"{UNIT}/nothing/2026-03/1"}, "引用"),
        ({"reference": "other/付-202603-0001"}, "a published line of the unit"),
        ({"words": "打 13812345678"}, "a telephone"),
        ({"day": "2026-04-03"}, "received by today"),
        ({"text": ""}, "not empty"),
    ],
)
def test_what_may_not_be_entered_is_told_and_typed_words_stay(
    house: House, at_desk: dict[str, Browser], changed: dict[str, str], told: str
) -> None:
    answer = at_desk["zhou"].send(OBJECTIONS, **said(house, **changed))
    assert answer.status_code == 422
    assert told in answer.text
    assert standings(house.registry, UNIT, date(2026, 3, 5)) == []


def test_a_figure_of_a_statement_may_be_asked_about(
    house: House, at_desk: dict[str, Browser]
) -> None:
    words = said(house)
    shown = at_desk["shen"].get(f"/statements/{UNIT}/balance-sheet/2026-03")
    refs = re.findall(rf"{UNIT}/balance-sheet/2026-03/[0-9]+", shown)
    assert refs
    words["reference"] = refs[0]
    assert at_desk["zhou"].send(OBJECTIONS, **words).status_code == 303


def test_a_unit_that_does_not_exist_is_refused_as_one_that_one_may_not_see(
    at_desk: dict[str, Browser],
) -> None:
    for path in (CALENDAR, OBJECTIONS):
        at_desk["shen"].get(path.replace(UNIT, "nowhere"), 403)
