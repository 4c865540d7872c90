"""Gifts at the desk: each kind has its form, each thing that happens to one its own."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from werkzeug.test import TestResponse

from ledger.gifts.standing import gift_standing
from ledger.money import yuan
from reports.web.access import EXTENSION, Desk
from reports.web.work.gift_forms import CHOICES
from tests.asked import asked
from tests.web.desk import PDF
from tests.web.gift_desk import DESK, NOW, SIBLING, UNIT, GiftDesk, at, open_desk, shared

__all__ = ["at", "shared"]

PAGE = f"{DESK}/gifts"
DAY = "2026-03-02"


def paper(name: str = "张三的同意书.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), name


def enter(at: GiftDesk, kind: str, **fields: object) -> TestResponse:
    """Send the form of a kind as the treasurer, as its page gives it."""
    page = f"{PAGE}/new?kind={kind}"
    text = at.as_("zhou").get(page)
    given = {"kind": kind, "day": DAY, "into": "f:F02", "after": hidden(text, "after")}
    if "donor" not in fields:
        given["donor"] = at.giving.donor()
    return at.as_("zhou").send(page, f"{PAGE}/new", **(given | fields))


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]


def act(at: GiftDesk, code: str, name: str, login: str = "zhou", **fields: object) -> TestResponse:
    """Send a form of a gift's page, with what that page says was seen."""
    text = at.as_(login).get(f"{PAGE}/{code}")
    form = text.split(f'action="{PAGE}/{code}/{name}"', 1)
    if len(form) == 2 and 'name="seen"' in form[1].split("</form>", 1)[0]:
        fields.setdefault("seen", hidden(form[1], "seen"))
    return at.as_(login).send(f"{PAGE}/{code}", f"{PAGE}/{code}/{name}", **fields)


def place(answer: TestResponse) -> str:
    """The page that an accepted form leads to."""
    assert answer.status_code == 303, answer.get_data(as_text=True)[:6000]
    return str(answer.headers["Location"])


def entered(at: GiftDesk, kind: str, **fields: object) -> str:
    """The code of a gift that was accepted."""
    return place(enter(at, kind, **fields)).rsplit("/", 1)[1].split("?", maxsplit=1)[0]


def refused(answer: TestResponse) -> str:
    assert answer.status_code == 422, answer.status_code
    return answer.get_data(as_text=True)


# ---- each kind ---------------------------------------------------------------------------------

THINGS = {"quantity": "300", "measure": "床", "basis": "invoice"}
FORMS: dict[str, dict[str, object]] = {
    "cash": {"amount": "1,000.00", "money": "1002"},
    "platform": {"amount": "1,000.00", "fee": "6.00", "net": "994.00", "money": "1002",
                 "order": "A-1"},
    "foreign": {"foreign": "100.00", "currency": "usd", "rate": "7.1000",
                "rate_source": "中间价 2026-03-02", "money": "1002"},
    "goods": {"amount": "30,000.00", **THINGS},
    "asset": {"amount": "180,000.00", "quantity": "1", "measure": "辆", "basis": "appraisal"},
    "service": {"amount": "800.00", "into": "f:F01"},
    "pledge": {"due0": "2026-04-01", "part0": "600.00", "due1": "2026-06-01", "part1": "400.00"},
    "conditional": {"amount": "5,000.00", "money": "1002", "terms": "建成阅览室"},
    "agency": {"amount": "5,000.00", "money": "1002", "terms": "河西小学"},
    "agency-goods": {"amount": "900.00", "terms": "河西小学", **THINGS},
    "memo": {"purpose": "义务理发三次", "into": "f:F01"},
}  # fmt: skip
NO_DRAFT = {"pledge", "memo"}


@pytest.mark.parametrize("kind", list(CHOICES))
def test_every_kind_has_a_form_that_enters_it_and_its_page_says_what_was_said(
    shared: GiftDesk, kind: str
) -> None:
    at = shared
    code = entered(at, kind, paper=paper(), **FORMS[kind])
    form = CHOICES[kind]
    row = at.gifts()[-1]
    assert (row.code, row.kind, row.nature) == (code, form.kind, form.nature)
    assert row.paper and len(at.waiting()) == (0 if kind in NO_DRAFT else 1)
    at.approve_all()
    page = at.as_("shen").get(f"{PAGE}/{code}")
    assert row.paper[:16] in page and row.donor in page
    assert "还没有入账" in page if kind == "pledge" else "还没有入账" not in page
    assert code in at.as_("shen").get(f"{PAGE}?kind={form.kind}")


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("cash", {"amount": "0"}, "金额须大于零"),
    ("cash", {"amount": "abc"}, "金额须大于零"),
    ("cash", {"day": "2026-13-01"}, "日期写作"),
    ("cash", {"day": "2026-12-01"}, "日期不晚于今天"),
    ("cash", {"donor": "d-0000000000"}, "没有捐赠人"),
    ("cash", {"donor": ""}, "没有捐赠人"),
    ("cash", {"into": ""}, "须写明活动或资金"),
    ("cash", {"into": "c:HD2026-0099-9"}, "没有募捐活动"),
    ("cash", {"money": "没有的科目"}, "没有"),
    ("cash", {"money": "5101"}, "不是收付款科目"),
    ("cash", {"into": "f:F01", "until": "2027-01-01"}, "不能记入非限定资金"),
    ("platform", {"net": "1,000.00"}, "与到账净额不符"),
    ("platform", {"fee": "2,000.00", "net": ""}, "平台费用少于捐赠金额"),
    ("platform", {"money": ""}, "填写收付款科目"),
    ("foreign", {"currency": "CNY"}, "外币写明金额与币种"),
    ("foreign", {"foreign": "x"}, "外币写明金额与币种"),
    ("foreign", {"rate": "0"}, "须写明汇率与来源"),
    ("foreign", {"rate_source": ""}, "须写明汇率与来源"),
    ("goods", {"quantity": "0"}, "须写明数量"),
    ("goods", {"measure": ""}, "须写明计量单位"),
    ("goods", {"basis": "nominal"}, "不以名义金额入账"),
    ("goods", {"paper": (io.BytesIO(b""), "")}, "须附计价依据"),
    ("goods", {"freight": "10.00"}, "填写收付款科目"),
    ("goods", {"commodity": "a b"}, "物资代号为大写字母"),
    ("asset", {"amount": ""}, "金额须大于零"),
    ("pledge", {"part0": "0"}, "金额须大于零"),
    ("pledge", {"due0": ""}, "第 1 期没有日期"),
    ("pledge", {"due0": "2026-01-01"}, "不早于承诺之日"),
    ("pledge", {"due0": "", "part0": "", "due1": "", "part1": ""}, "承诺有 1 至"),
    ("conditional", {"terms": ""}, "写明条件"),
    ("agency", {"terms": ""}, "写明受益人"),
    ("memo", {"purpose": ""}, "备查登记须写明"),
]


def test_what_is_wrong_with_a_form_is_told_and_nothing_is_entered(shared: GiftDesk) -> None:
    at = shared
    before, donor = at.gifts(), at.giving.donor()
    for kind, change, told in WRONG:
        fields = {"donor": donor, "paper": paper()} | FORMS[kind] | change
        if not kind.startswith(("goods", "asset", "agency-goods")):
            fields.pop("paper")
        text = refused(enter(at, kind, **fields))
        assert told in text, (kind, change)
        assert CHOICES[kind].name.zh in text, "its form stays"
    assert at.gifts() == before and at.waiting() == []
    no_kind = at.as_("zhou").send(f"{PAGE}/new?kind=cash", f"{PAGE}/new", kind="gold", donor=donor)
    assert "选择捐赠的种类" in refused(no_kind)
    bad = (io.BytesIO(b"no pdf"), "a.pdf")
    assert "附件须为" in refused(enter(at, "cash", donor=donor, paper=bad, **FORMS["cash"]))


def test_what_was_typed_stays_where_a_form_is_refused(shared: GiftDesk) -> None:
    at = shared
    text = refused(enter(at, "cash", amount="x", purpose="买书", money="1002", until="2026-09-01"))
    for value in ("买书", "1002", "2026-09-01", 'value="x"'):
        assert value in text
    code = entered(at, "cash", amount="100.00", money="1002")
    at.approve_all()
    text = refused(act(at, code, "refund", amount="900.00", money="1002", decision="会议"))
    assert "至多可退 100.00" in text and 'value="900.00"' in text and 'value="会议"' in text
    form = re.search(r'<details class="sheet drop" open id="refund">.*?</form>', text, re.DOTALL)
    assert form is not None and "至多可退 100.00" in form[0]  # beside its fields as well


def test_a_form_sent_twice_enters_one_gift(at: GiftDesk) -> None:
    zhou, donor = at.as_("zhou"), at.giving.donor()
    page = f"{PAGE}/new?kind=cash"
    after = hidden(zhou.get(page), "after")
    fields = {"kind": "cash", "donor": donor, "day": DAY, "into": "f:F02", "after": after,
              **FORMS["cash"]}  # fmt: skip
    code = place(zhou.send(page, f"{PAGE}/new", **fields)).rsplit("/", 1)[1][:14]
    again = refused(zhou.send(page, f"{PAGE}/new", **fields))
    assert "打开表单之后您已登记" in again and code[:11] in again and len(at.gifts()) == 1
    fields["after"] = hidden(again, "after")  # another gift of the same amount is sent once more
    place(zhou.send(page, f"{PAGE}/new", **fields))
    assert len(at.gifts()) == 2
    promise = {"kind": "pledge", "donor": donor, "day": DAY, "into": "f:F02", "after": after,
               **FORMS["pledge"]}  # fmt: skip
    assert "您已登记" in refused(zhou.send(page, f"{PAGE}/new", **promise))


def test_a_drafts_form_sent_twice_makes_one_draft(shared: GiftDesk) -> None:
    at = shared
    code = entered(at, "goods", paper=paper(), **FORMS["goods"])
    at.approve_all()
    fields = {"quantity": "10", "day": DAY, "purpose": "安置点", "expense": "5101"}
    text = at.as_("zhou").get(f"{PAGE}/{code}")
    seen = hidden(text.split(f'action="{PAGE}/{code}/give"')[1], "seen")
    place(act(at, code, "give", seen=seen, **fields))
    assert "已有新的草稿" in refused(act(at, code, "give", seen=seen, **fields))
    assert len(at.waiting()) == 1


# ---- what happens to one -----------------------------------------------------------------------


def stands(at: GiftDesk, code: str) -> dict[str, object]:
    return gift_standing(at.giving.registry, UNIT, code, NOW.date()).as_json()


def test_a_pledge_comes_by_parts_and_the_rest_is_given_up_by_two(shared: GiftDesk) -> None:
    at = shared
    code = entered(at, "pledge", **FORMS["pledge"])
    answer = act(at, code, "receive", amount="600.00", day="2026-04-01", money="1002")
    assert "草稿已送审核" in at.as_("zhou").get(place(answer))
    at.approve_all()
    assert stands(at, code)["expected"] == "400.00"
    parts = at.as_("shen").get(f"{PAGE}/{code}").split("各期", 1)[1]
    assert "2026-06-01" in parts and "已逾期" in parts and "已收" in parts
    more = refused(act(at, code, "receive", amount="400.01", day="2026-06-01", money="1002"))
    assert "尚可收 400.00" in more
    place(act(at, code, "default", amount="400.00", day="2026-06-29", note="公司停业"))
    own = at.as_("zhou").get(f"{PAGE}/{code}")
    assert "待审批" in own and "审批通过" not in own
    assert at.as_("zhou").send(f"{PAGE}/{code}", f"{PAGE}/{code}/approve").status_code == 403
    page = at.as_("lin").get(f"{PAGE}/{code}")
    assert "审批通过" in page and "公司停业" in page
    place(act(at, code, "approve", login="lin", event="1"))
    assert stands(at, code)["expected"] == "0.00"
    assert "没有待审批的第 1 项" in refused(act(at, code, "approve", login="lin", event="1"))
    assert "没有待审批" in refused(act(at, code, "approve", login="lin", event="²"))


def test_things_are_handed_out_by_the_piece_and_the_way_shows_to_whom(shared: GiftDesk) -> None:
    at = shared
    code = entered(at, "goods", paper=paper(), **FORMS["goods"])
    at.approve_all()
    fields = {"day": "2026-04-02", "expense": "5101", "purpose": "河西安置点 42 户"}
    place(act(at, code, "give", quantity="264", paper=paper("签收.png.pdf"), **fields))
    at.approve_all()
    page = at.as_("shen").get(f"{PAGE}/{code}")
    assert "河西安置点 42 户" in page and "264 床" in page and "26,400.00" in page
    (voucher,) = set(re.findall(rf"/vouchers/{UNIT}/([^\"]+)", page.split("使用")[-1])) or {""}
    assert voucher
    for change, said in (
        ({"quantity": "37"}, "只剩 36 床"), ({"quantity": "x"}, "只剩 36 床"),
        ({"quantity": "1", "expense": ""}, "须写明列支科目"),
        ({"quantity": "1", "day": "x"}, "日期写作"),
    ):  # fmt: skip
        assert said in refused(act(at, code, "give", **(fields | change))), change
    place(act(at, code, "refund", quantity="36", day="2026-05-02"))
    at.approve_all()
    told = stands(at, code)
    assert (told["used"], told["returned"], told["held"]) == ("26400.00", "3600.00", "0.00")
    csv = at.as_("shen").fetch(f"{PAGE}/{code}?format=csv").decode("utf-8-sig")
    assert "河西安置点 42 户" in csv and "-26400.00" in csv and "264" in csv


def test_money_held_for_others_is_handed_on_and_a_condition_is_met_with_its_paper(
    at: GiftDesk,
) -> None:
    agency = entered(at, "agency", **FORMS["agency"])
    conditional = entered(at, "conditional", **FORMS["conditional"])
    at.approve_all()
    over = act(at, agency, "hand-on", amount="5,000.01", money="1002", day=DAY)
    assert "至多 5,000.00" in refused(over)
    place(act(at, agency, "hand-on", amount="5,000.00", money="1002", day=DAY, purpose="图书"))
    assert "条件达成须有证明" in refused(act(at, conditional, "met", amount="5,000.00", day=DAY))
    place(act(at, conditional, "met", amount="5,000.00", day=DAY, paper=paper()))
    at.approve_all()
    assert stands(at, agency)["used"] == "5000.00"
    assert stands(at, conditional)["state"] == "held"
    wrong = at.as_("zhou").send(
        f"{PAGE}/{agency}", f"{PAGE}/{agency}/met", amount="1", day=DAY, paper=paper()
    )
    assert "不附条件" in refused(wrong)


def test_a_refund_beyond_what_is_held_needs_a_decision_and_a_bearer(at: GiftDesk) -> None:
    code = entered(at, "cash", amount="100.00", money="1002")
    at.giving.give("500.00", fund="F01")
    at.approve_all()
    at.giving.spend("60.00", "F02", date(2026, 4, 1))
    fields = {"amount": "100.00", "money": "1002", "day": "2026-05-01"}
    assert "只剩 40.00" in refused(act(at, code, "refund", **fields))
    place(act(at, code, "refund", decision="会议〔2026〕1号", bearer="F01 一般", **fields))
    at.approve_all()
    assert stands(at, code)["returned"] == "40.00"


def test_another_purpose_needs_consent_on_paper_and_two_persons(at: GiftDesk) -> None:
    campaign = at.giving.campaign()
    code = entered(at, "cash", amount="100.00", money="1002")
    at.approve_all()
    fields = {"into": f"c:{campaign.code}", "day": "2026-05-01", "purpose": "救灾"}
    assert "书面同意" in refused(act(at, code, "change", **fields))
    place(act(at, code, "change", paper=paper(), **fields))
    assert campaign.code in at.as_("shen").get(f"{PAGE}/{code}")
    answer = act(at, code, "approve", login="lin", event="1")
    assert "草稿已送审核" in at.as_("lin").get(place(answer))
    at.approve_all()
    page = at.as_("shen").get(f"{PAGE}/{code}")
    assert "转入" in page and "转出" in page
    told = stands(at, code)
    assert (told["received"], told["held"], told["returned"]) == ("100.00", "100.00", "0.00")
    assert f"<dd>{'100.00'}</dd>" in at.as_("shen").get(f"{DESK}/campaigns/{campaign.code}")


def test_what_never_came_is_made_void_by_two_and_its_number_stays(shared: GiftDesk) -> None:
    at = shared
    code = entered(at, "cash", amount="100.00")
    assert "银行流水附言注明" in at.as_("zhou").get(f"{PAGE}/{code}")
    assert "须写明原因" in refused(act(at, code, "void", reason=""))
    place(act(at, code, "void", reason="重复登记"))
    place(act(at, code, "approve", login="lin", event="1"))
    page = at.as_("zhou").get(f"{PAGE}/{code}")
    assert "已作废，编号保留" in page and 'id="void"' not in page


def test_a_form_is_offered_only_where_it_makes_sense(shared: GiftDesk) -> None:
    """A gift of money has no things to hand out, and one that came is not made void."""
    at = shared
    code = entered(at, "cash", amount="100.00", money="1002")
    at.approve_all()
    forms = set(re.findall(r'<details class="sheet drop"[^>]* id="([a-z-]+)"',
                           at.as_("zhou").get(f"{PAGE}/{code}")))  # fmt: skip
    assert forms == {"refund", "change"}
    for login in ("lin", "shen"):
        assert "办理" not in at.as_(login).get(f"{PAGE}/{code}").split("登记的内容")[1]


def test_releases_are_looked_at_and_then_proposed_as_they_were_shown(at: GiftDesk) -> None:
    code = entered(at, "cash", amount="100.00", money="1002")
    at.approve_all()
    at.giving.spend("60.00", "F02", date(2026, 4, 1))
    page = f"{DESK}/releases?fund=F02&on=2026-06-30"
    text = at.as_("zhou").get(page)
    assert "60.00" in text and 'name="seen"' in text
    assert 'name="seen"' not in at.as_("shen").get(page)
    fields = {"fund": "F02", "on": "2026-06-30"}
    stale = at.as_("zhou").send(page, f"{DESK}/releases", seen="x", **fields)
    assert "又有变动" in refused(stale) and at.waiting() == []
    seen = hidden(text, "seen")
    place(at.as_("zhou").send(page, f"{DESK}/releases", seen=seen, **fields))
    assert len(at.waiting()) == 1
    assert "没有待解除的限定" in at.as_("zhou").get(page)
    again = at.as_("zhou").send(page, f"{DESK}/releases", seen=seen, **fields)
    assert refused(again) and len(at.waiting()) == 1
    assert code in at.as_("shen").get(PAGE)


# ---- the list ----------------------------------------------------------------------------------


def test_the_list_is_filtered_summed_and_taken_home(at: GiftDesk) -> None:
    campaign = at.giving.campaign()
    mine = at.giving.donor("王示例", consent="named")
    first = at.giving.give("100.00", campaign=campaign.code, donor=mine)
    other = at.giving.give("20.00", fund="F01")
    shen = at.as_("shen")
    page = shen.get(PAGE)
    assert "120.00" in page and first in page and other in page
    for query, there, missing in (
        (f"campaign={campaign.code}", first, other), ("campaign=-", other, first),
        (f"donor={mine}", first, other), (f"q={first[-6:]}", first, other),
        ("state=held", first, "没有这样的"),
    ):  # fmt: skip
        text = shen.get(f"{PAGE}?{query}")
        assert there in text and missing not in text.split("</form>", 2)[-1], query
    assert "没有这样的捐赠" in shen.get(f"{PAGE}?kind=goods")
    csv = shen.fetch(f"{PAGE}?campaign={campaign.code}&format=csv").decode("utf-8-sig")
    assert first in csv and other not in csv and "合计" in csv and "王示例" not in csv
    assert shen.fetch(f"{PAGE}?format=xlsx").startswith(b"PK")
    assert shen.fetch(f"{PAGE}?format=pdf").startswith(b"%PDF")
    for odd in ("page=0", "page=99", "page=²", "on=x", "kind=nonsense", "q=%00"):
        shen.get(f"{PAGE}?{odd}")
    shen.get(f"{PAGE}?format=exe", 404)


def test_each_figure_of_a_gift_opens_to_its_vouchers(at: GiftDesk) -> None:
    code = at.giving.give("100.00", fund="F02")
    at.giving.spend("30.00", "F02", date(2026, 4, 1))
    shen = at.as_("shen")
    page = shen.get(f"{PAGE}/{code}")
    opened = re.findall(rf'<a href="(/figures/{UNIT}/gifts/[^"]+)">([0-9,.]+)</a>', page)
    assert [text for _, text in opened] == ["100.00", "30.00", "70.00"]
    for href, text in opened:
        behind = shen.get(href)
        assert text in behind.split("合计", 1)[1] and f"/vouchers/{UNIT}/" in behind
        assert text.replace(",", "").encode() in shen.fetch(f"{href}?format=csv")
    for wrong in (
        "x",
        "gifts/2026-06-30/JZ2026-0099-9/used",
        "gifts/2026-06-30/all/spent",
        f"gifts/2026-99-30/{code}/used",
        f"gifts/2026-06-30/{code}/untraced",
    ):
        shen.get(f"/figures/{UNIT}/{wrong}", 404)


def test_a_gift_is_opened_by_its_code_from_where_people_look(at: GiftDesk) -> None:
    done = at.giving.record(amount=yuan("100.00"), money=at.giving.bank, fund="F02")
    code = done.row.code
    assert f"{PAGE}/{code}" in at.as_("lin").get(f"{DESK}/drafts/{done.draft}")
    number = at.giving.approve(done.draft).number
    assert f"{PAGE}/{code}" in at.as_("shen").get(f"/vouchers/{UNIT}/{number}")
    campaign = at.giving.campaign()
    for asked_for, opens in (
        (code, f"{PAGE}/{code}"), (code.lower(), f"{PAGE}/{code}"),
        (campaign.code, f"{DESK}/campaigns/{campaign.code}"),
    ):  # fmt: skip
        assert f'href="{opens}"' in at.as_("shen").get(f"/vouchers/{UNIT}/?q={asked_for}")
    assert "/gifts/" not in at.as_("beizhou").get(f"/vouchers/{SIBLING}/?q={code}")


# ---- who may -----------------------------------------------------------------------------------


def test_who_may_only_look_enters_nothing(at: GiftDesk) -> None:
    code = at.giving.give("100.00", fund="F02")
    for login in ("lin", "shen", "beizhou", "admin"):
        browser = at.as_(login)
        browser.get(f"{PAGE}/new", 403)
        own = "/" if login != "beizhou" else f"/desk/{SIBLING}/gifts"
        answers = [browser.send(own, f"{PAGE}/new", kind="cash")]
        for name in ("receive", "give", "hand-on", "met", "refund", "change", "default", "void"):
            answers.append(browser.send(own, f"{PAGE}/{code}/{name}", amount="1"))
        answers.append(browser.send(own, f"{DESK}/releases", fund="F02"))
        assert {one.status_code for one in answers} == {403}, login
    for login in ("beizhou", "admin"):
        for path in ("gifts", f"gifts/{code}", "campaigns", "donors", "releases"):
            at.as_(login).get(f"{DESK}/{path}", 403)
        at.as_(login).get(f"/figures/{UNIT}/gifts/2026-06-30/{code}/used", 403)
    assert len(at.gifts()) == 1 and at.events(code) == []


def test_a_form_without_its_token_is_refused(shared: GiftDesk) -> None:
    at = shared
    client = at.as_("zhou")._client
    for path in (f"{PAGE}/new", f"{DESK}/donors", f"{DESK}/campaigns", f"{DESK}/releases"):
        assert client.post(path, data={"kind": "memo"}).status_code == 403


def test_a_gift_that_is_not_there_is_not_found(shared: GiftDesk) -> None:
    at = shared
    at.as_("zhou").get(f"{PAGE}/JZ2026-0099-9", 404)
    answer = at.as_("zhou").send(f"{PAGE}/new?kind=cash", f"{PAGE}/JZ2026-0099-9/void", reason="x")
    assert answer.status_code == 404


# ---- cost --------------------------------------------------------------------------------------


def test_pages_ask_the_same_however_many_gifts_there_are(at: GiftDesk) -> None:
    campaign = at.giving.campaign()
    code = at.giving.give("100.00", campaign=campaign.code)
    paths = (PAGE, f"{PAGE}/{code}", f"{DESK}/campaigns", f"{DESK}/campaigns/{campaign.code}",
             f"{DESK}/donors", f"/books/{UNIT}/extension/Gifts/")  # fmt: skip
    counts = {path: questions(at, path) for path in paths}
    for _ in range(12):
        at.giving.give("100.00", campaign=campaign.code)
    assert {path: questions(at, path) for path in paths} == counts


def questions(at: GiftDesk, path: str) -> int:
    at.as_("zhou").get(path)  # whatever a first look brings up
    desk: Desk = at.app.extensions[EXTENSION]  # it has a registry of its own
    with asked(desk.registry) as heard:
        at.as_("zhou").get(path)
    assert heard
    return len(heard)


def test_a_union_that_charges_no_things_needs_no_account_to_hand_them_out(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    at = open_desk(tmp_path_factory.mktemp("union") / "federation", "union-2021-basic")
    code = entered(at, "goods", amount="1.00", quantity="1", measure="面", basis="nominal")
    assert "不确认这类捐赠" in refused(enter(at, "service", **FORMS["service"]))
    at.approve_all()
    assert 'name="expense"' not in at.as_("zhou").get(f"{PAGE}/{code}")
    place(act(at, code, "give", quantity="1", day=DAY, purpose="社区"))
    assert "不作此分录" in at.as_("zhou").get(f"{DESK}/releases")
    at.giving.registry.close()
