"""Requests at the desk: asked by one, approved by another, signed for, back or out of the book."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from ledger.registry import asset_requests
from ledger.registry.asset_requests import OPEN
from reports.web.work.asset_asking import FORMS
from tests.web.asset_desk import (
    DESK,
    REQUESTS,
    SISTER,
    SISTERS,
    UNIT,
    AssetDesk,
    at,
    paper,
    place,
    refused,
    shared,
)

__all__ = ["at", "shared"]

DAY = "2026-05-06"
ASKED = {"decision": "决〔2026〕1号", "day": DAY}
FIELDS: dict[str, dict[str, object]] = {
    "move": {"to": "lin", "to_place": "活动室"},
    "transfer": {"to_unit": SISTER},
    "loan": {"to": "lin", "until": "2026-06-20"},
    "lease": {"party": "某文化公司（示例）", "until": "2026-12-31", "price": "600.00"},
    "repair": {"party": "某维修部（示例）", "until": "2026-06-10"},
    "scrap": {"ground": "worn-out", "reason": "已无法使用"},
    "sale": {"party": "某回收公司（示例）", "price": "3,000.00"},
    "donation": {"party": "某小学（示例）"},
    "loss": {"reason": "盘点未见"},
    "correction": {"reason": "误记"},
    "estimate": {"month": "2026-07", "life": "24", "reason": "使用强度增加"},
}
LEAVE = ("scrap", "sale", "donation", "loss")


def ask(at: AssetDesk, kind: str, *codes: str, **fields: object) -> TestResponse:
    page = f"{REQUESTS}/new?kind={kind}"
    said = {"kind": kind, "assets": " ".join(codes)} | ASKED | FIELDS.get(kind, {}) | fields
    return at.as_("zhou").send(page, f"{REQUESTS}/new", **said)


def asked(at: AssetDesk, kind: str, *codes: str, **fields: object) -> str:
    """The code of a request that was accepted."""
    told = place(ask(at, kind, *codes, **fields))
    return told.rsplit("/", 1)[1].split("?", maxsplit=1)[0]


def buttons(at: AssetDesk, code: str, login: str, unit: str = UNIT) -> set[str]:
    """What the page of a request offers its reader to do."""
    page = f"/desk/{unit}/assets/requests/{code}"
    return set(re.findall(rf'action="{page}/([a-z-]+)"', at.as_(login).get(page)))


# ---- asking ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(FORMS))
def test_every_kind_is_asked_by_its_form_and_waits_for_another(
    shared: AssetDesk, kind: str
) -> None:
    at = shared
    one, other = at.keeping.own(), at.keeping.own()
    code = asked(at, kind, one, other.removeprefix("FA-"), paper=paper())
    row = at.requests()[-1]
    assert (row.code, row.kind, row.state, row.maker) == (
        code,
        kind,
        "waiting",
        at.keeping.maker.id,
    )
    assert row.paper and row.decision == ASKED["decision"]
    for login in ("zhou", "lin", "gao", "shen"):
        page = at.as_(login).get(f"{REQUESTS}/{code}")
        assert one in page and other in page and row.decision in page and row.paper[:8] in page
    assert buttons(at, code, "zhou") == {"withdraw"}
    assert buttons(at, code, "gao") == {"approve", "refuse"}
    assert buttons(at, code, "chen") == buttons(at, code, "shen") == set()
    assert code in at.as_("gao").get(REQUESTS).split("等我办理")[2].split("</table>")[0]
    place(at.act(code, "withdraw"))
    assert "已撤回" in at.as_("shen").get(f"{REQUESTS}/{code}")


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("move", {"to": ""}, "内部调动写明接收人与存放地点"),
    ("move", {"to_place": ""}, "内部调动写明接收人与存放地点"),
    ("move", {"to": "qian"}, "没有保管人"),
    ("move", {"decision": ""}, "须写明已登记的决策文号"),
    ("move", {"decision": "决〔2026〕9号"}, "须写明已登记的决策文号"),
    ("move", {"decision": "决〔2026〕2号"}, "未获通过"),
    ("move", {"day": "2026-01-04"}, "晚于申请"),
    ("move", {"day": "2026-07-01"}, "不晚于今天"),
    ("move", {"day": "x"}, "日期写作"),
    ("move", {"assets": ""}, "一次申请 1 至"),
    ("move", {"assets": "FA-99999"}, "没有资产"),
    ("transfer", {"to_unit": UNIT}, "联合会内的另一单位"),
    ("transfer", {"to_unit": "nowhere"}, "联合会内的另一单位"),
    ("loan", {"until": ""}, "须写明归还日期"),
    ("loan", {"until": "2026-05-01"}, "归还不早于申请"),
    ("loan", {"to": "", "party": ""}, "须写明借用、承租或修理的一方"),
    ("lease", {"party": ""}, "须写明"),
    ("lease", {"price": "x"}, "金额不为负"),
    ("sale", {"price": "0"}, "出售须写明价款"),
    ("sale", {"party": ""}, "须写明对方单位"),
    ("scrap", {"ground": "gold"}, "报废的理由为"),
    ("scrap", {"reason": ""}, "须写明原因"),
    ("loss", {"reason": ""}, "须写明原因"),
    ("estimate", {"month": "x"}, "月份写作"),
    ("estimate", {"life": "x"}, "年限写作月数"),
    ("estimate", {"residual": "1.00"}, "不考虑预计净残值"),
]


def test_what_is_wrong_with_a_request_is_told_and_nothing_is_entered(at: AssetDesk) -> None:
    at.keeping.decide("决〔2026〕2号", carried=False)
    code = at.keeping.own()
    for kind, change, told in WRONG:
        answer = ask(at, kind, code, **change)
        text = refused(answer)
        assert told in text, (kind, change)
        assert f'name="kind" value="{kind}"' in text, "its form stays"
    assert "选择申请的种类" in refused(ask(at, "gold", code))
    assert at.requests() == []


def test_what_was_typed_stays_where_a_request_is_refused(shared: AssetDesk) -> None:
    code = shared.keeping.own()
    text = refused(ask(shared, "loan", code, "FA-77777", until="2026-09-01", reason="巡回展览"))
    for value in (f'value="{code} FA-77777"', "2026-09-01", "巡回展览", 'value="lin"',
                  "决〔2026〕1号"):  # fmt: skip
        assert value in text, value


def test_one_thing_is_asked_for_once_at_a_time(at: AssetDesk) -> None:
    """A form that is sent twice asks once: what is asked for is busy."""
    code = at.keeping.own()
    first = asked(at, "loan", code)
    text = refused(ask(at, "loan", code))
    assert f"已有未办结的申请 {first}" in text and len(at.requests()) == 1


def test_the_kinds_are_offered_for_what_was_chosen_in_the_list(at: AssetDesk) -> None:
    codes = [at.keeping.own(), at.keeping.own()]
    page = at.as_("zhou").get(f"{REQUESTS}/new?asset={codes[0]}&asset={codes[1]}")
    for kind in FORMS:
        assert f"?kind={kind}&amp;asset={codes[0]}&amp;asset={codes[1]}" in page
    form = at.as_("zhou").get(f"{REQUESTS}/new?kind=move&asset={codes[0]}&asset={codes[1]}")
    assert f'value="{codes[0]} {codes[1]}"' in form and "台式计算机" in form
    at.as_("zhou").get(f"{REQUESTS}/new?kind=loan&asset=%3Cscript%3E")


# ---- deciding ----------------------------------------------------------------------------------


def test_nobody_approves_their_own_and_neither_keeper_nor_receiver_does(at: AssetDesk) -> None:
    code = asked(at, "move", at.keeping.own(keeper="gao"), to="lin")
    assert at.act(code, "approve", "zhou").status_code == 403
    for login in ("lin", "gao"):
        text = refused(at.act(code, "approve", login), 403)
        assert "保管人与接收人不能审批" in text and at.state(code) == "waiting"
    for login in ("chen", "shen"):
        for act in ("approve", "refuse"):
            assert at.act(code, act, login).status_code == 403


def test_a_refusal_gives_its_reason_and_the_thing_may_be_asked_for_anew(at: AssetDesk) -> None:
    asset = at.keeping.own()
    code = asked(at, "scrap", asset)
    assert "不予批准须写明理由" in refused(at.act(code, "refuse", "gao", note=""))
    place(at.act(code, "refuse", "gao", note="尚可修理"))
    page = at.as_("zhou").get(f"{REQUESTS}/{code}")
    assert "尚可修理" in page and "不予批准" in page and buttons(at, code, "gao") == set()
    late = at.as_("gao").send(REQUESTS, f"{REQUESTS}/{code}/approve")
    assert "不能这样办理" in refused(late) and at.state(code) == "refused"
    asked(at, "repair", asset)


def test_a_request_that_is_not_there_is_not_found(at: AssetDesk) -> None:
    at.as_("zhou").get(f"{REQUESTS}/ZB2026-0099-9", 404)
    for act in ("withdraw", "hand-over", "return", "dispose", "receive"):
        answer = at.as_("zhou").send(REQUESTS, f"{REQUESTS}/ZB2026-0099-9/{act}")
        assert answer.status_code == 404, act


# ---- handing over, having back -----------------------------------------------------------------


def test_a_loan_is_signed_for_overdue_in_red_and_back_where_it_was(at: AssetDesk) -> None:
    asset = at.keeping.own()
    code = asked(at, "loan", asset)
    early = at.act(code, "hand-over", day="2026-05-08", paper=paper())
    assert "尚未批准" in refused(early) and at.state(code) == "waiting"
    place(at.act(code, "approve", "gao"))
    assert buttons(at, code, "zhou") == {"hand-over", "withdraw"}
    assert "须有接收人的签字" in refused(at.act(code, "hand-over", day="2026-05-08"))
    assert "交接日期在" in refused(at.act(code, "hand-over", day="2026-05-05", paper=paper()))
    assert "日期写作" in refused(at.act(code, "hand-over", day="x", paper=paper()))
    place(at.act(code, "hand-over", day="2026-05-08", paper=paper()))
    for page in (REQUESTS, f"{REQUESTS}/{code}", DESK, f"{DESK}/{asset}"):
        text = at.as_("shen").get(page)
        assert '<span class="negative"><span class="zh">逾期 10 天' in text, page
    sheet = at.requests()[0].sign_paper
    assert sheet and sheet[:8] in at.as_("shen").get(f"{REQUESTS}/{code}")
    assert buttons(at, code, "zhou") == {"return"} and buttons(at, code, "gao") == set()
    for change, told in (({"day": "2026-05-07"}, "归还日期在"), ({"day": "x"}, "日期写作"),
                         ({"day": "2026-07-07"}, "归还日期在")):  # fmt: skip
        fields = {"day": "2026-06-25"} | change
        assert told in refused(at.act(code, "return", **fields)), change
    place(at.act(code, "return", day="2026-06-25", note="外壳有划痕"))
    standing = at.keeping.stands(asset)
    assert (standing.state, standing.place, standing.overdue_days) == ("in-use", "办公室 301", 0)
    assert "外壳有划痕" in at.as_("shen").get(f"{DESK}/{asset}")
    assert "逾期" not in at.as_("shen").get(REQUESTS).split("等我办理")[1]
    assert "没有借出" in refused(at.act(code, "return", day="2026-06-25"))


def test_who_receives_may_act_in_place_of_a_signature(at: AssetDesk) -> None:
    """A cashier who only keeps things takes one over; nobody else who does not record may."""
    asset = at.keeping.own(keeper="gao")
    code = asked(at, "move", asset, to="chen")
    place(at.act(code, "approve", "lin"))
    assert buttons(at, code, "chen") == {"hand-over"}
    assert code in at.as_("chen").get(REQUESTS).split("等我办理")[2].split("</table>")[0]
    assert buttons(at, code, "shen") == set()
    text = refused(at.act(code, "hand-over", "shen", day="2026-05-08"), 403)
    assert "没有「制单」权限" in text and at.state(code) == "approved"
    place(at.act(code, "hand-over", "chen", day="2026-05-08"))
    assert (at.state(code), at.keeping.stands(asset).place) == ("done", "活动室")
    assert "接收人本人登录办理" in at.as_("shen").get(f"{REQUESTS}/{code}")


# ---- leaving the book --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LEAVE)
def test_what_leaves_is_drafted_only_after_it_was_signed_for(at: AssetDesk, kind: str) -> None:
    asset = at.keeping.own()
    code = asked(at, kind, asset)
    fields = {"day": "2026-05-10"} | ({"money": "102"} if kind == "sale" else {})
    assert "尚未批准或交接" in refused(at.act(code, "dispose", **fields))
    place(at.act(code, "approve", "gao"))
    if kind != "loss":
        assert "尚未批准或交接" in refused(at.act(code, "dispose", **fields))
        place(at.act(code, "hand-over", day="2026-05-08", paper=paper()))
    assert "dispose" in buttons(at, code, "zhou") and at.waiting() == []
    for change, told in (
        ({"day": "2026-05-01"}, "处置日期在"), ({"day": "2026-07-01"}, "处置日期在"),
        ({"fee": "x"}, "金额不为负"), ({"money": "没有的科目"}, "科目"),
    ):  # fmt: skip
        assert told in refused(at.act(code, "dispose", **(fields | change))), change
    if kind == "sale":
        assert "须写明收付款科目" in refused(at.act(code, "dispose", day="2026-05-10"))
    if kind not in ("sale", "scrap"):
        paid = fields | {"proceeds": "1.00", "money": "102"}
        assert "只有出售与报废有价款与费用" in refused(at.act(code, "dispose", **paid))
    assert at.waiting() == []
    place(at.act(code, "dispose", paper=paper(), **fields))
    (draft,) = at.waiting()
    page = at.as_("zhou").get(f"{REQUESTS}/{code}")
    assert draft.id in page and "dispose" not in buttons(at, code, "zhou")
    assert "尚待审核" in refused(at.act(code, "dispose", **fields)) and len(at.waiting()) == 1
    at.approve_all()
    assert at.state(code) == "done" and at.keeping.stands(asset).state == "gone"
    one = at.as_("shen").get(f"{DESK}/{asset}")
    assert "已处置" in one and "申请变动" not in at.as_("zhou").get(f"{DESK}/{asset}")
    assert asset not in at.as_("shen").get(DESK).split("按类别")[-1].split("清册")[-1]
    assert asset in at.as_("shen").get(f"{DESK}?state=gone")


def test_a_new_estimate_changes_the_plan_from_its_month_on(at: AssetDesk) -> None:
    asset = at.keeping.own()
    at.keeping.wear("2026-03", "2026-04", "2026-05", "2026-06")
    code = asked(at, "estimate", asset)
    place(at.act(code, "approve", "gao"))
    page = at.as_("shen").get(f"{DESK}/{asset}")
    assert "自 2026-07 起尚可使用 24 个月" in page and at.state(code) == "done"
    plan = page.split("折旧计划", 1)[1].split("来龙去脉", 1)[0]
    assert re.findall(r'class="day">(\d{4})</th>', plan) == ["2026", "2027", "2028"]
    assert re.findall(r'年末净值 Net value after">([0-9,.]+)<', plan)[-1] == "0.00"


# ---- between units -----------------------------------------------------------------------------


def test_another_unit_sees_a_transfer_once_it_was_approved_agrees_and_enters_it(
    at: AssetDesk,
) -> None:
    asset = at.keeping.own(spec="甲型")
    at.keeping.own(name="未调出的一台")
    code = asked(at, "transfer", asset)
    incoming = f"{SISTERS}/requests/{code}"
    for login in ("qian", "sun"):
        assert code not in at.as_(login).get(f"{SISTERS}/requests")
        at.as_(login).get(incoming, 404)
    place(at.act(code, "approve", "gao"))
    assert buttons(at, code, "zhou") == {"withdraw"}  # nothing is handed over before both agree
    page = at.as_("sun").get(incoming)
    assert "甲型" in page and "12,000.00" in page and "未调出" not in page
    assert not {"zhou", "gao", "chen"} & set(re.findall("[a-z]+", page)), "nobody of the giver"
    assert buttons(at, code, "sun", SISTER) == {"approve", "refuse"}
    assert buttons(at, code, "qian", SISTER) == set()
    assert (
        code in at.as_("sun").get(f"{SISTERS}/requests").split("等我办理")[2].split("</table>")[0]
    )
    fields = {"day": "2026-05-08"}
    assert "尚未批准" in refused(at.act(code, "hand-over", paper=paper(), **fields))
    place(at.act(code, "approve", "sun", SISTER))
    place(at.act(code, "hand-over", paper=paper(), **fields))
    assert buttons(at, code, "qian", SISTER) == {"receive"}
    entry = {"day": "2026-05-12", "fund": "F01", "keeper": "qian", "place": "街道办公室"}
    for change, told in (({"fund": ""}, "没有可用的资金"), ({"keeper": "chen"}, "没有保管人"),
                         ({"place": ""}, "须写明名称与存放地点"), ({"day": "x"}, "日期写作"),
                         ({"charged": "没有的"}, "科目")):  # fmt: skip
        text = refused(at.act(code, "receive", "qian", SISTER, **(entry | change)))
        assert told in text, change
    assert at.cards(SISTER) == [] and at.waiting(SISTER) == []
    place(at.act(code, "receive", "qian", SISTER, **entry))
    (card,) = at.cards(SISTER)
    assert (card.name, card.source) == ("台式计算机", "moved-in") and len(at.waiting(SISTER)) == 1
    assert card.code in at.as_("qian").get(incoming)
    assert "已登记为" in refused(at.act(code, "receive", "qian", SISTER, **entry))
    assert "没有等您办理" in at.as_("qian").get(f"{SISTERS}/requests")
    place(at.act(code, "dispose", day="2026-05-10"))
    at.approve_all()
    assert at.state(code) == "done"
    assert code in at.as_("zhou").get(REQUESTS).split("已了结")[-1]


def test_the_receiving_unit_refuses_and_nothing_moved(at: AssetDesk) -> None:
    asset = at.keeping.own()
    code = asked(at, "transfer", asset)
    place(at.act(code, "approve", "gao"))
    assert "须写明理由" in refused(at.act(code, "refuse", "sun", SISTER, note=""))
    told = place(at.act(code, "refuse", "sun", SISTER, note="已有同类"))
    assert "不予批准" in at.as_("sun").get(told)
    assert "已有同类" in at.as_("zhou").get(f"{REQUESTS}/{code}")
    assert at.keeping.stands(asset).open is None


def test_a_unit_does_nothing_with_what_is_another_units_alone(at: AssetDesk) -> None:
    """Requests of a unit are named in its own address; a sister's address knows none of them."""
    asset = at.keeping.own()
    code = asked(at, "loan", asset)
    for act in ("approve", "refuse"):
        answer = at.as_("sun").send(SISTERS, f"{SISTERS}/requests/{code}/{act}")
        assert answer.status_code == 404, act
    for act in ("withdraw", "hand-over", "return", "dispose", "receive"):
        answer = at.as_("qian").send(SISTERS, f"{SISTERS}/requests/{code}/{act}")
        assert answer.status_code == 404, act
    assert at.state(code) == "waiting"


def test_what_is_open_waits_for_exactly_one_side(shared: AssetDesk) -> None:
    """Every open request of the unit is listed once on the page of each of its readers."""
    at = shared
    for kind in ("loan", "scrap", "move"):
        asked(at, kind, at.keeping.own())
    place(at.act(asked(at, "loan", at.keeping.own()), "approve", "gao"))
    with at.keeping.registry.read() as conn:
        codes = {row.code for row in asset_requests.of_unit(conn, UNIT) if row.state in OPEN}
    for login in ("zhou", "gao", "chen", "shen"):
        page = at.as_(login).get(REQUESTS).split("已了结")[0]
        for code in codes:
            assert page.count(f'/requests/{code}"') == 1, (login, code)
