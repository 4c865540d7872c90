"""The register at the desk: the list, one asset, what a month charges; who sees and may do what."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ledger.assets.adding import add_each
from ledger.assets.standing import register_now
from ledger.entry import Lot, Posting
from ledger.founding import Founding, found_unit
from ledger.money import Money, yuan
from ledger.registry import members, persons, users
from reports.web.access import EXTENSION, Desk
from tests.asked import count
from tests.cli.command import mingbai
from tests.web.asset_desk import (
    DESK,
    NOW,
    REQUESTS,
    SEEING,
    STRANGERS,
    UNIT,
    AssetDesk,
    at,
    hidden,
    place,
    refused,
    shared,
)

__all__ = ["at", "shared"]

PAGES = (DESK, f"{DESK}/FA-00001", REQUESTS, f"{DESK}/depreciation")
FORMS = (f"{DESK}/new", f"{DESK}/new?way=bought", f"{REQUESTS}/new", f"{REQUESTS}/new?kind=loan")


# ---- who sees ----------------------------------------------------------------------------------


def test_who_may_look_sees_the_register_and_only_who_records_its_forms(at: AssetDesk) -> None:
    at.keeping.own()
    for login in SEEING:
        for path in PAGES:
            text = at.as_(login).get(path)
            assert ("登记资产" in text) == (login == "zhou" and path == DESK), (login, path)
        for path in FORMS:
            at.as_(login).get(path, 200 if login == "zhou" else 403)
    for login in STRANGERS:
        for path in (*PAGES, *FORMS):
            at.as_(login).get(path, 403)


def test_whoever_only_looks_enters_nothing(at: AssetDesk) -> None:
    at.keeping.own()
    before = at.cards()
    for login in ("lin", "chen", "shen", "qian"):
        start = DESK if login != "qian" else "/desk/jie/assets"
        for path in (f"{DESK}/new", f"{REQUESTS}/new", f"{DESK}/depreciation",
                     f"{DESK}/FA-00001/use"):  # fmt: skip
            assert at.as_(login).send(start, path, way="bought").status_code == 403, (login, path)
    assert at.cards() == before and at.requests() == [] and at.waiting() == []


def test_a_form_without_its_token_is_refused(at: AssetDesk) -> None:
    client = at.as_("zhou")._client
    for path in (f"{DESK}/new", f"{REQUESTS}/new", f"{DESK}/depreciation", f"{REQUESTS}/x/approve"):
        assert client.post(path, data={"csrf": "x", "way": "bought"}).status_code == 403


def test_a_keeper_is_a_login_or_an_id_never_a_name(at: AssetDesk) -> None:
    """The place and the name of a thing are checked; who keeps it stands there by id."""
    registry = at.keeping.registry
    with registry.write() as conn:
        person = persons.add(conn, registry.vault, persons.PersonData("王保管"), NOW)
        member = members.add(conn, person=person, unit=UNIT, number="007", joined=date(2020, 1, 1))
    code = at.keeping.own(keeper="007")
    assert at.keeping.stands(code).keeper == member
    for login in SEEING:
        for path in (DESK, f"{DESK}/{code}", f"{DESK}?q={member}"):
            text = at.as_(login).get(path)
            assert member in text and "王保管" not in text
    fields = {"name": "王保管的电脑", "class": "computer", "acquired": "2026-03-15",
              "cost": "12,000.00", "money": "102", "fund": "F01", "keeper": "007",
              "place": "办公室", "ownership": "unit"}  # fmt: skip
    text = refused(at.enter("bought", **fields))
    assert "姓名" in text and len(at.cards()) == 1


# ---- the list ----------------------------------------------------------------------------------


def test_the_list_is_filtered_summed_and_taken_home(at: AssetDesk) -> None:
    first = at.keeping.own(spec="甲型", serial="京A12345")
    other = at.keeping.own(
        name="办公桌", class_id="furniture", cost=yuan("26000.00"), place="活动室", keeper="lin"
    )
    memo = at.keeping.own(
        name="会议桌", class_id="furniture", source="memo", ownership="employer",
        cost=yuan("0.00"), money="",
    )  # fmt: skip
    at.keeping.wear("2026-03", "2026-04")
    at.keeping.handed("loan", first)
    shen = at.as_("shen")
    page = shen.get(DESK)
    assert "38,000.00" in page and "逾期 10 天" in page and page.count("备查") >= 1
    for query, there, missing in (
        (f"q={first}", first, other), ("q=甲型", first, other), ("q=活动室", other, first),
        ("q=京a123", first, other), ("class=furniture", other, first), ("state=lent", first, other),
        ("state=overdue", first, other), ("state=in-use", memo, first),
        ("on=2026-03-14", "没有这样的资产", other), ("state=gone", "没有这样的资产", other),
        ("q=lin", first, memo),
    ):  # fmt: skip
        register = shen.get(f"{DESK}?{query}").split("</form>")[-1]
        assert there in register and missing not in register, query
    past = shen.get(f"{DESK}?on=2026-03-31")
    assert "逾期" not in past.split("<h2>")[1] and 'type="checkbox"' not in past
    csv = shen.fetch(f"{DESK}?format=csv").decode("utf-8-sig")
    assert "38000.00" in csv and "京A12345" not in csv and "甲型" in csv and "chen" in csv
    assert shen.fetch(f"{DESK}?format=xlsx")[:2] == b"PK"
    assert shen.fetch(f"{DESK}?format=pdf&class=furniture")[:4] == b"%PDF"
    at.as_("shen").get(f"{DESK}?format=exe", 404)


def test_what_is_not_in_the_book_yet_counts_nothing_and_is_not_asked_for(at: AssetDesk) -> None:
    code = at.keeping.add().row.code
    page = at.as_("zhou").get(DESK)
    assert "待入账" in page and 'type="checkbox"' not in page and "按类别" not in page
    one = at.as_("zhou").get(f"{DESK}/{code}")
    assert at.waiting()[0].id in one and "申请变动" not in one


def test_every_sum_opens_to_its_vouchers_and_adds_up(at: AssetDesk) -> None:
    code = at.keeping.own()
    at.keeping.own(name="桌", class_id="furniture", cost=yuan("26000.00"))
    at.keeping.wear("2026-03", "2026-04")
    page = at.as_("shen").get(DESK)
    links = re.findall(rf'href="(/figures/{UNIT}/assets/[^"]+)">([0-9,.]+)<', page)
    assert len(links) == 9
    for href, amount in links:
        csv = at.as_("shen").fetch(f"{href}?format=csv").decode("utf-8-sig")
        assert amount.replace(",", "") in csv, href
    one = at.as_("shen").get(f"{DESK}/{code}")
    for href, amount in re.findall(rf'href="(/figures/{UNIT}/assets/[^"]+)">([0-9,.]+)<', one):
        assert amount in at.as_("shen").get(href)
    for wrong in ("2026-13-01/all/cost", "2026-06-30/x/cost", "2026-06-30/all/x"):
        at.as_("shen").get(f"/figures/{UNIT}/assets/{wrong}", 404)
    for login in STRANGERS:
        at.as_(login).get(links[0][0], 403)


def test_the_command_opens_the_same_figure(at: AssetDesk) -> None:
    at.keeping.own()
    told = mingbai(
        "show", at.keeping.registry.folder, f"{UNIT}/assets/2026-06-30/computer/cost", "--json"
    )
    assert told.status == 0 and told.json["amount"] == "12000.00"


def test_a_chart_without_assets_says_so(at: AssetDesk) -> None:
    """A book of party dues keeps none: its pages say it, and offer no form."""
    found_unit(
        at.keeping.registry,
        Founding("dang", "某支部（示例）", "party-dues", date(2026, 1, 1), Money(10**9)), NOW,
    )  # fmt: skip
    with at.keeping.registry.write() as conn:
        users.add(
            conn, login="shu", password="correct horse",
            roles=frozenset({("dang", "treasurer")}), now=NOW,
        )  # fmt: skip
    shu = at.as_("shu")
    for path in ("", "/depreciation"):
        assert "没有固定资产科目" in shu.get(f"/desk/dang/assets{path}")
    assert "没有固定资产的科目" in shu.get("/desk/dang/assets/new", 422)
    assert "没有等您办理" in shu.get("/desk/dang/assets/requests")
    answer = shu.send("/desk/dang/assets/depreciation", "", month="2026-03", seen="x")
    assert "没有固定资产的科目" in refused(answer)
    shu.get("/figures/dang/assets/2026-06-30/all/cost", 404)
    answer = shu.send("/desk/dang/assets", "/desk/dang/assets/new", way="bought")
    assert "没有固定资产的科目" in refused(answer)


# ---- one of them -------------------------------------------------------------------------------


def test_one_asset_shows_its_card_custody_plan_and_every_voucher(at: AssetDesk) -> None:
    code = at.keeping.own()
    at.keeping.own(name="显示器", cost=yuan("2000.00"), parent=code)
    at.keeping.wear("2026-03", "2026-04")
    row = at.keeping.handed("loan", code)
    page = at.as_("shen").get(f"{DESK}/{code}")
    for told in ("12,000.00", "333.33", "72 个月", "年限平均法", "2026-03", "FA-00002", row.code,
                 "逾期 10 天", "付-202603-0001", "转-202604-0001", "决〔2026〕1号"):  # fmt: skip
        assert told in page, told
    plan = page.split("折旧计划", 1)[1].split("来龙去脉", 1)[0]
    years = re.findall(r'<th scope="row" class="day">(\d{4})</th>', plan)
    assert years == [str(year) for year in range(2026, 2033)]
    assert plan.count('<td class="num" data-label="计划折旧 Planned">2,000.00') == 5
    assert FA_PART in at.as_("shen").get(f"{DESK}/FA-00002")
    csv = at.as_("shen").fetch(f"{DESK}/{code}?format=csv").decode("utf-8-sig")
    assert "转-202604-0001" in csv and "12000.00" in csv and "lin" in csv
    at.as_("shen").get(f"{DESK}/FA-99999", 404)
    at.as_("shen").get(f"{DESK}/x", 404)


FA_PART = "所属资产"


def test_the_buttons_of_an_open_request_are_its_readers(at: AssetDesk) -> None:
    code = at.keeping.own()
    row = at.keeping.ask("scrap", code)
    button = f'action="{REQUESTS}/{row.code}/approve"'
    assert button in at.as_("lin").get(f"{DESK}/{code}")
    for login in ("zhou", "chen", "shen"):
        assert button not in at.as_(login).get(f"{DESK}/{code}")
    assert f"{REQUESTS}/{row.code}/withdraw" in at.as_("zhou").get(f"{DESK}/{code}")


def test_what_was_depreciated_before_the_book_is_where_its_plan_begins(at: AssetDesk) -> None:
    code = at.keeping.own(
        opening=True, acquired=date(2023, 5, 1), cost=yuan("9000.00"), depreciated=yuan("4000.00")
    )
    plan = at.as_("shen").get(f"{DESK}/{code}").split("折旧计划", 1)[1].split("来龙去脉", 1)[0]
    rows = re.findall(r'data-label="计划折旧 Planned">([0-9,.]+)<', plan)
    assert sum(yuan(one.replace(",", "")).fen for one in rows) == yuan("5000.00").fen
    assert "2025</th>" not in plan and "2026</th>" in plan


def test_use_is_entered_once_and_corrected_below_nothing(at: AssetDesk) -> None:
    code = at.keeping.own(
        name="客车", class_id="vehicle", cost=yuan("100000.00"), method="units",
        units_total=200_000,
    )  # fmt: skip
    page = f"{DESK}/{code}"
    fields = {"month": "2026-03", "units": "1200", "note": "行驶里程"}
    after = hidden(at.as_("zhou").get(page), "after")
    place(at.as_("zhou").send(page, f"{page}/use", after=after, **fields))
    assert "1,200 / 200,000" in at.as_("shen").get(page)
    again = at.as_("zhou").send(page, f"{page}/use", after=after, **fields)
    assert "已登记过工作量" in refused(again)
    for change, told in (({"units": "x"}, "整数"), ({"units": "-1300"}, "不小于零"),
                         ({"month": "2026-13"}, "月份写作"), ({"month": "2026-08"}, "尚未到"),
                         ({"units": "0"}, "不为零")):  # fmt: skip
        answer = at.as_("zhou").send(page, f"{page}/use", **(fields | change))
        assert told in refused(answer), change
    place(at.as_("zhou").send(page, f"{page}/use", **(fields | {"units": "-200"})))
    assert "1,000 / 200,000" in at.as_("shen").get(page)
    other = at.keeping.own()
    answer = at.as_("zhou").send(page, f"{DESK}/{other}/use", **fields)
    assert "不按工作量法" in refused(answer)
    assert at.as_("zhou").send(page, f"{DESK}/FA-99999/use", **fields).status_code == 404


# ---- a month of depreciation -------------------------------------------------------------------


def test_a_month_is_looked_at_and_then_charged_as_it_was_shown(at: AssetDesk) -> None:
    code = at.keeping.own()
    page = f"{DESK}/depreciation?month=2026-03"
    text = at.as_("zhou").get(page)
    assert "166.67" in text and code in text
    assert 'name="seen"' not in at.as_("shen").get(page) and "166.67" in at.as_("shen").get(page)
    fields = {"month": "2026-03", "seen": hidden(text, "seen")}
    at.keeping.own(name="第二台")  # something moved since
    moved = refused(at.as_("zhou").send(page, f"{DESK}/depreciation", **fields))
    assert "又有变动" in moved and "333.34" in moved and at.waiting() == []
    fields["seen"] = hidden(moved, "seen")
    told = place(at.as_("zhou").send(page, f"{DESK}/depreciation", **fields))
    assert "折旧已起草 1 张凭证" in at.as_("zhou").get(told)
    again = refused(at.as_("zhou").send(page, f"{DESK}/depreciation", **fields))
    assert "尚待审核" in again and len(at.waiting()) == 1
    at.approve_all()
    assert "没有待提的折旧" in at.as_("zhou").get(page)
    answer = at.as_("zhou").send(page, f"{DESK}/depreciation", **fields)
    assert "没有待提的折旧" in refused(answer) and at.waiting() == []


def test_no_month_to_come_is_charged(at: AssetDesk) -> None:
    at.keeping.own()
    text = at.as_("zhou").get(f"{DESK}/depreciation?month=2026-08")
    assert "这个月尚未到" in text and 'name="seen"' not in text
    answer = at.as_("zhou").send(
        f"{DESK}/depreciation", f"{DESK}/depreciation", month="2026-08", seen="x"
    )
    assert "尚未到" in refused(answer)
    answer = at.as_("zhou").send(f"{DESK}/depreciation", f"{DESK}/depreciation", month="x")
    assert "月份写作" in refused(answer) and at.waiting() == []
    assert 'value="2026-01"' in at.as_("zhou").get(f"{DESK}/depreciation?month=x")


# ---- how often the database is asked -----------------------------------------------------------


def test_five_hundred_assets_ask_as_often_as_five(at: AssetDesk) -> None:
    paths = (
        DESK,
        REQUESTS,
        f"{DESK}/depreciation?month=2026-03",
        f"/books/{UNIT}/extension/Assets/",
    )

    def asked(path: str) -> int:
        desk: Desk = at.app.extensions[EXTENSION]
        at.as_("shen").get(path)  # what a new voucher costs once is no matter here
        return count(desk.registry, lambda: at.as_("shen").get(path))

    codes = [at.keeping.own() for _ in range(5)]
    at.keeping.ask("scrap", *codes[:2])
    at.keeping.handed("loan", codes[2])
    few = [asked(path) for path in paths]
    many(at, 495)
    assert len(register_now(at.keeping.registry, UNIT, NOW.date())) == 500
    assert [asked(path) for path in paths] == few


def many(at: AssetDesk, number: int) -> None:
    """More things, which one voucher brings; and requests for some of them."""
    keeping, cost = at.keeping, yuan("1500.00")
    codes = [f"FA-{n:05d}" for n in range(6, 6 + number)]
    account = keeping.account("162")
    keeping.post(
        *(Posting(account, cost, "F01", lot=Lot(Decimal(1), code, cost)) for code in codes),
        Posting(keeping.account("30104"), Money(-cost.fen * number), "F01"),
        day=date(2026, 3, 2),
    )
    said = [keeping.said(code=code, cost=cost, acquired=date(2026, 3, 2)) for code in codes]
    add_each(keeping.registry, said, keeping.maker, NOW)
    for start in range(0, 50, 10):
        keeping.ask("scrap", *codes[start : start + 10])
