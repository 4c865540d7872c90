"""Campaigns at the desk: asked for by one, opened and closed by another; Fava's page of gifts."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ledger.gifts.standing import campaign_standing
from ledger.money import yuan
from ledger.registry import campaigns, users
from tests.gifts.giving import NOW
from tests.web.gift_desk import DESK, SIBLING, UNIT, GiftDesk, at, shared

__all__ = ["at", "shared"]

PAGE = f"{DESK}/campaigns"
FAVA = f"/books/{UNIT}/extension/Gifts/"
FORM = {
    "name": "防汛救灾", "name_en": "Flood relief", "purpose": "救助受灾群众", "start": "2026-02-01",
    "end": "2026-08-31", "target": "1,000.00", "rule": "fifo", "public": "1", "emergency": "1",
    "filing": "53100000MJ01", "partner": "示例基金会", "line0": "救灾物资", "sum0": "600.00",
    "line1": "安置补助", "sum1": "400.00", "restriction": "purpose", "fund": "",
}  # fmt: skip


def asked_for(at: GiftDesk, **changed: str) -> str:
    """The address of a campaign that the treasurer asked for."""
    page = at.as_("zhou").get(PAGE)
    code = re.search(r'name="code" value="([^"]+)"', page)
    assert code is not None
    answer = at.as_("zhou").send(PAGE, **{**FORM, "code": code[1], **changed})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).split("?", maxsplit=1)[0]


def opened(at: GiftDesk, **changed: str) -> tuple[str, str]:
    """The address and the code of a campaign that takes gifts."""
    place = asked_for(at, **changed)
    assert approve(at, place) == 303
    return place, place.rsplit("/", 1)[1]


def approve(at: GiftDesk, place: str, login: str = "lin") -> int:
    seen = re.search(r'name="seen" value="([^"]+)"', at.as_(login).get(place))
    return at.as_(login).send(place, f"{place}/approve", seen=seen[1] if seen else "").status_code


def state(at: GiftDesk, place: str) -> str:
    with at.giving.registry.read() as conn:
        row = campaigns.find(conn, UNIT, place.rsplit("/", 1)[1])
    assert row is not None
    return row.state


def test_one_asks_another_opens_and_what_was_said_is_seen(at: GiftDesk) -> None:
    place = asked_for(at)
    own = at.as_("zhou").get(place)
    assert "待开始审批" in own and "审批通过" not in own and "取回" in own
    assert at.as_("zhou").send(place, f"{place}/approve").status_code == 403
    assert approve(at, place) == 303 and state(at, place) == "open"
    page = at.as_("shen").get(place)
    for told in ("救助受灾群众", "53100000MJ01", "示例基金会", "救灾物资", "600.00", "应急"):
        assert told in page
    assert "办理" not in page and "登记捐赠" not in page
    assert "防汛救灾" in at.as_("shen").get(f"{PAGE}?state=open")
    assert "没有募捐活动" in at.as_("shen").get(f"{PAGE}?state=closed")


def test_whoever_records_and_checks_does_not_open_their_own(at: GiftDesk) -> None:
    """An accountant has both rights; the library refuses who asked."""
    with at.giving.registry.write() as conn:
        users.add(conn, login="he", password="correct horse",
                  roles=frozenset({(UNIT, "accountant")}), now=NOW)  # fmt: skip
    code = re.search(r'name="code" value="([^"]+)"', at.as_("he").get(PAGE))
    assert code is not None
    answer = at.as_("he").send(PAGE, **FORM, code=code[1])
    place = str(answer.headers["Location"]).split("?", maxsplit=1)[0]
    assert "审批通过" not in at.as_("he").get(place)
    refused = at.as_("he").send(place, f"{place}/approve", seen="x")
    assert refused.status_code in (403, 422) and state(at, place) == "waiting"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "活动须有名称"),
        ({"purpose": ""}, "活动须有目的"),
        ({"start": ""}, "开始日期须填写"),
        ({"start": "x"}, "日期写作"),
        ({"end": "2026-01-01"}, "结束不早于开始"),
        ({"target": "-5"}, "金额不为负"),
        ({"rule": "x"}, "跟踪规则为"),
        ({"restriction": "none"}, "限定用途或时间"),
        ({"filing": ""}, "公开募捐须有备案编号"),
        ({"sum0": "x"}, "预算第 1 行"),
        ({"line0": ""}, "各有用途"),
        ({"fund": "F02"}, "已有收支"),
        ({"fund": "F01"}, "限定为 none"),
    ],
)
def test_what_is_wrong_with_a_campaign_is_told(
    shared: GiftDesk, change: dict[str, str], told: str
) -> None:
    if change.get("fund") == "F02":
        shared.giving.give("1.00", fund="F02")
    answer = shared.as_("zhou").send(PAGE, **{**FORM, **change})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and told in text
    assert 'value="示例基金会"' in text  # what was typed stays
    with shared.giving.registry.read() as conn:
        assert campaigns.of_unit(conn, UNIT) == []


def test_a_form_sent_twice_asks_for_one_campaign(at: GiftDesk) -> None:
    code = asked_for(at).rsplit("/", 1)[1]
    again = at.as_("zhou").send(PAGE, **FORM, code=code)
    assert again.status_code == 422 and f"已登记活动 {code}" in again.get_data(as_text=True)
    with at.giving.registry.read() as conn:
        assert len(campaigns.of_unit(conn, UNIT)) == 1


def test_the_rule_changes_before_the_first_gift_and_waits_again(at: GiftDesk) -> None:
    place, code = opened(at)
    old = re.search(r'name="seen" value="([^"]+)"', at.as_("lin").get(asked_for(at, name="甲")))
    assert old is not None
    zhou = at.as_("zhou")
    assert zhou.send(place, f"{place}/rule", rule="pro-rata").status_code == 303
    assert state(at, place) == "waiting"
    stale = at.as_("lin").send(place, f"{place}/approve", seen=old[1])
    assert stale.status_code == 422 and "有变动" in stale.get_data(as_text=True)
    assert approve(at, place) == 303
    assert zhou.send(place, f"{place}/rule", rule="x").status_code == 422
    at.giving.give("10.00", campaign=code)
    refused = zhou.send(place, f"{place}/rule", rule="named")
    assert refused.status_code == 422 and "跟踪规则不再改变" in refused.get_data(as_text=True)
    assert "改跟踪规则" not in zhou.get(place)


def test_it_is_sent_back_or_taken_back(at: GiftDesk) -> None:
    first, second = asked_for(at), asked_for(at, name="助学")
    assert at.as_("lin").send(first, f"{first}/back").status_code == 303
    assert at.as_("zhou").send(second, f"{second}/back").status_code == 303
    assert state(at, first) == state(at, second) == "withdrawn"
    assert at.as_("lin").send(first, f"{first}/back").status_code == 422
    third = asked_for(at, name="助老")
    refused = at.as_("shen").send(third, f"{third}/back")
    assert state(at, third) == "waiting" and refused.status_code == 403


def test_closing_with_leftovers_needs_a_decision_and_a_second_person(at: GiftDesk) -> None:
    place, code = opened(at)
    at.giving.give("1200.00", campaign=code)
    zhou = at.as_("zhou")
    assert "超出目标" in zhou.get(place)
    refused = zhou.send(place, f"{place}/close", day="2026-06-30")
    assert refused.status_code == 422 and "须有决议" in refused.get_data(as_text=True)
    fields = {"decision": "理事会〔2026〕5号", "leftover": "转入下一期"}
    late = zhou.send(place, f"{place}/close", day="2026-12-01", **fields)
    assert late.status_code == 422 and 'value="转入下一期"' in late.get_data(as_text=True)
    assert zhou.send(place, f"{place}/close", day="2026-06-30", **fields).status_code == 303
    page = at.as_("lin").get(place)
    assert "待审批：结束活动" in page and "理事会〔2026〕5号" in page
    assert at.as_("lin").send(place, f"{place}/back").status_code == 303
    assert state(at, place) == "open"
    zhou.send(place, f"{place}/close", day="2026-06-30", **fields)
    assert approve(at, place) == 303 and state(at, place) == "closed"
    assert "转入下一期" in at.as_("shen").get(place)


def test_budget_beside_actual_and_every_figure_opens(at: GiftDesk) -> None:
    place, code = opened(at)
    at.giving.give("1000.00", campaign=code)
    at.giving.spend("100.00", code, date(2026, 4, 1), purpose="救灾物资")
    at.giving.spend("30.00", code, date(2026, 4, 2), purpose="运输")
    shen = at.as_("shen")
    page = shen.get(place)
    assert "500.00" in page and "运输" in page and "预算之外" in page and "100.0 %" in page
    opened_ = re.findall(rf'<a href="(/figures/{UNIT}/gifts/[^"]+)">([0-9,.]+)</a>', page)
    assert len(opened_) == 4  # raised, used, held, and what its fund spent
    for href, text in opened_:
        assert text in shen.get(href).split("合计", 1)[1], href
    csv = shen.fetch(f"{place}?format=csv").decode("utf-8-sig")
    assert "救灾物资" in csv and "-30.00" in csv
    assert shen.fetch(f"{PAGE}?format=xlsx").startswith(b"PK")
    assert code in shen.fetch(f"{PAGE}?format=csv").decode("utf-8-sig")
    shen.get(f"{PAGE}?lines=99&on=x&state=x")
    shen.get(f"{PAGE}/HD2026-0099-9", 404)


def test_what_no_gift_gave_is_told_as_untraced(at: GiftDesk) -> None:
    """By the rule of named gifts, spending that names none is of none."""
    place, code = opened(at, rule="named")
    at.giving.give("100.00", campaign=code)
    at.giving.spend("40.00", code, date(2026, 4, 1))
    for page in (at.as_("shen").get(place), at.as_("shen").get(FAVA)):
        href = re.search(rf'href="(/figures/{UNIT}/gifts/[^"]+/untraced)"', page)
        assert href is not None and "0.0 %" in page
        assert "40.00" in at.as_("shen").get(href[1])


def test_who_may_not_record_asks_for_nothing(shared: GiftDesk) -> None:
    for login in ("lin", "shen", "beizhou", "admin"):
        own = "/" if login != "beizhou" else f"/desk/{SIBLING}/campaigns"
        for path in (PAGE, f"{PAGE}/HD2026-0001-0/rule", f"{PAGE}/HD2026-0001-0/close"):
            assert shared.as_(login).send(own, path, **FORM).status_code == 403, (login, path)
    shared.as_("beizhou").get(PAGE, 403)
    assert shared.as_("zhou").send(PAGE, f"{PAGE}/HD2026-0099-9/close").status_code == 404


# ---- Fava's page -------------------------------------------------------------------------------


def test_favas_page_shows_campaigns_kinds_and_days_and_names_nobody(at: GiftDesk) -> None:
    _, code = opened(at)
    asked_for(at, name="还没有开始")
    donor = at.giving.donor("司徒示例", consent="named")
    at.giving.give("300.00", campaign=code, donor=donor)
    late = at.giving.give("50.00", fund="F02", donor=donor, until=date(2026, 7, 10))
    at.giving.spend("100.00", code, date(2026, 4, 1))
    for login in ("shen", "zhou"):
        page = at.as_(login).get(FAVA)
        assert "防汛救灾" in page and "30 %" in page and "100.0 %" in page and late in page
        assert "还没有开始" not in page and donor not in page and "司徒示例" not in page
    opened_ = sorted(
        set(re.findall(rf'href="(/figures/{UNIT}/gifts/[^"]+)"[^>]*>([0-9,.]+)<', page))
    )
    assert len(opened_) >= 9  # of the campaign, of the kind, and of all gifts
    for href, text in opened_:
        behind = at.as_("shen").get(href)
        assert text in behind.split("合计", 1)[1] and "司徒示例" not in behind, href
    before = at.as_("shen").get(f"{FAVA}?time=2026-03")
    assert "截至 2026-03-31" in before and "100.00" not in before.split("全部捐赠")[1]
    assert "截至 2026-06-30" in at.as_("shen").get(f"{FAVA}?time=2099")
    assert at.as_("zhou")._client.post(FAVA).status_code in (403, 405)
    at.as_("beizhou").get(FAVA, 403)
    assert "没有募捐活动" in at.as_("beizhou").get(f"/books/{SIBLING}/extension/Gifts/")


def test_favas_figures_are_the_desks_and_the_commands(at: GiftDesk) -> None:
    _, code = opened(at)
    at.giving.give("300.00", campaign=code)
    at.giving.spend("120.00", code, date(2026, 4, 1))
    told = campaign_standing(at.giving.registry, UNIT, code, NOW.date()).as_json()
    page = at.as_("shen").get(FAVA)
    for key in ("raised", "used", "held"):
        assert f">{told[key]}</a>" in page
    shown = at.giving.run("gift", "list", "--json").json
    assert sum(yuan(one["used"]).fen for one in shown["gifts"]) == yuan(str(told["used"])).fen
