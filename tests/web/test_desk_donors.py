"""Donors at the desk: who sees names, what is entered of them, and that no name gets out."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path

import pytest

from importers.template_sheet import template_xlsx
from importers.templates import TEMPLATES
from ledger.registry import donors, oplog, persons
from tests.gifts.giving import HEAD
from tests.web.desk import PDF
from tests.web.gift_desk import DESK, KNOWING, OTHERS, SIBLING, UNIT, GiftDesk, at, shared

__all__ = ["at", "shared"]

PAGE = f"{DESK}/donors"
FORM = {"kind": "person", "name": "孟示例", "identity": "ID-M", "consent": "masked"}
#: Names that nobody without the right may meet anywhere.
PLANTED = ("欧阳示例", "青禾示例有限公司", "慕容示例")


def sheet(*rows: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(f"单位名称,爱心会（示例）\n\n{HEAD}{''.join(rows)}".encode()), "欧阳示例.csv"


def logged(at: GiftDesk, action: str) -> list[oplog.Operation]:
    with at.giving.registry.read() as conn:
        return [one for one in oplog.entries(conn, UNIT) if one.action == action]


def test_a_donor_is_entered_and_then_found_by_name_for_who_may_know(at: GiftDesk) -> None:
    zhou = at.as_("zhou")
    answer = zhou.send(PAGE, **FORM)
    assert answer.status_code == 303
    place = str(answer.headers["Location"])
    page = zhou.get(place)
    assert "孟示例" in page and "隐名" in page and "已登记 1 位" in page
    donor = place.rsplit("/", 1)[1].split("?", maxsplit=1)[0]
    for login in ("zhou", "lin"):
        found = at.as_(login).send(PAGE, f"{PAGE}/find", name="孟示例")
        assert donor in found.get_data(as_text=True) and "孟示例" in found.get_data(as_text=True)
    nobody = at.as_("lin").send(PAGE, f"{PAGE}/find", name="孟示")
    assert "没有这个名称的捐赠人" in nobody.get_data(as_text=True)
    empty = at.as_("lin").send(PAGE, f"{PAGE}/find", name="")
    assert empty.status_code == 422 and "填写名称" in empty.get_data(as_text=True)
    assert at.as_("shen").send(PAGE, f"{PAGE}/find", name="孟示例").status_code == 403
    assert all("孟" not in one.object + one.detail for one in logged(at, "donor.names"))
    assert len(logged(at, "donor.names")) >= 4


def test_an_anonymous_donor_needs_no_name_and_has_none(shared: GiftDesk) -> None:
    zhou = shared.as_("zhou")
    answer = zhou.send(PAGE, kind="anonymous", name="", consent="anonymous")
    page = zhou.get(str(answer.headers["Location"]))
    assert "没有登记姓名" in page and "登记公开方式的改变" not in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "名称须填写"),
        ({"kind": "anonymous"}, "匿名捐赠人不填名称"),
        ({"kind": "anonymous", "name": "", "consent": "named"}, "没有可公开的名称"),
        ({"kind": "x"}, "类别或公开方式不明"),
        ({"consent": "x"}, "类别或公开方式不明"),
    ],
)
def test_what_is_wrong_with_a_donor_is_told(
    shared: GiftDesk, change: dict[str, str], told: str
) -> None:
    answer = shared.as_("zhou").send(PAGE, **(FORM | change))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and told in text and "mingbai " not in text


def test_somebody_who_is_known_already_is_not_entered_twice(shared: GiftDesk) -> None:
    shared.giving.donor("钟示例", consent="named")
    answer = shared.as_("zhou").send(PAGE, kind="person", name="钟示例", consent="named")
    assert answer.status_code == 422 and "或为同一人" in answer.get_data(as_text=True)
    company = {"kind": "company", "name": "黍离示例公司", "consent": "named"}
    assert shared.as_("zhou").send(PAGE, **company).status_code == 303
    again = shared.as_("zhou").send(PAGE, **company)
    assert again.status_code == 422 and "已登记" in again.get_data(as_text=True)


def test_a_list_is_looked_at_first_and_entered_whole_or_not_at_all(at: GiftDesk) -> None:
    zhou = at.as_("zhou")
    good = (",个人,孔示例,ID1,,境内,实名,否\n", ",单位,曾示例公司,,,境内,隐名,是\n")
    looked = zhou.send(PAGE, f"{PAGE}/list", act="look", file=sheet(*good))
    text = looked.get_data(as_text=True)
    assert looked.status_code == 200 and "试读结果" in text and "将登记" in text
    assert "新捐赠人 2" in text and known(at) == []
    done = zhou.send(PAGE, f"{PAGE}/list", act="enter", file=sheet(*good))
    assert done.status_code == 303 and len(known(at)) == 2
    more = zhou.send(
        PAGE, f"{PAGE}/list", act="look",
        file=sheet(good[1], ",个人,孔示例,,,境内,实名,否\n", ",匿名,,,,,匿名,\n"),
    )  # fmt: skip
    text = more.get_data(as_text=True)
    assert "新捐赠人 1，已登记过 1，问题 1 处" in text and "或为同一人" in text
    wrong = sheet(*good, ",个人,,,,境内,实名,否\n", ",匿名,某某,,,,匿名,\n")
    refused = zhou.send(PAGE, f"{PAGE}/list", act="enter", file=wrong)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'id="report"' in text and "没有登记" in text
    assert len(known(at)) == 2
    for file in ((io.BytesIO(b"not a list"), "a.csv"), (io.BytesIO(b""), "")):
        assert zhou.send(PAGE, f"{PAGE}/list", act="enter", file=file).status_code == 422
    assert zhou.fetch(f"{DESK}/sheets/donors.xlsx")[:2] == template_xlsx(TEMPLATES["donors"])[:2]


def known(at: GiftDesk) -> list[donors.DonorRow]:
    with at.giving.registry.read() as conn:
        return donors.of_unit(conn, UNIT)


def test_more_is_published_only_with_consent_on_paper(shared: GiftDesk) -> None:
    donor = shared.giving.donor("冉示例")
    zhou, page = shared.as_("zhou"), f"{PAGE}/{donor}"
    refused = zhou.send(page, f"{page}/consent", consent="named")
    assert refused.status_code == 422
    assert "公开更多须有捐赠人的书面同意" in refused.get_data(as_text=True)
    paper = (io.BytesIO(PDF), "冉示例的同意书.pdf")
    assert zhou.send(page, f"{page}/consent", consent="named", paper=paper).status_code == 303
    text = zhou.get(page)
    digest = re.search(rf"/papers/{UNIT}/([0-9a-f]{{64}})", text)
    assert digest is not None and "实名" in text
    assert "/papers/" not in shared.as_("shen").get(page)  # a paper of consent names its giver
    assert zhou.send(page, f"{page}/consent", consent="x").status_code == 422
    assert zhou.send(page, f"{page}/consent", consent="anonymous", related="1").status_code == 303
    assert "关联方" in zhou.get(page)
    for login in ("lin", "shen", "beizhou"):
        own = f"/desk/{SIBLING if login == 'beizhou' else UNIT}/donors"
        answer = shared.as_(login).send(own, f"{page}/consent", consent="named")
        assert answer.status_code == 403
    nobody = zhou.send(page, f"{PAGE}/d-0000000000/consent", consent="named")
    assert nobody.status_code == 404
    zhou.get(f"{PAGE}/d-0000000000", 404)


def test_an_administrator_erases_by_the_id_typed_twice(at: GiftDesk) -> None:
    donor = at.giving.donor("端木示例")
    at.giving.give("10.00", fund="F02", donor=donor)
    page, admin = f"{DESK}/erasing", at.as_("admin")
    assert donor not in admin.get(page)
    for fields, told in (
        ({"donor": donor, "again": "d-0", "reason": "本人要求"}, "须相同"),
        ({"donor": donor, "again": donor, "reason": ""}, "依据须填写"),
        ({"donor": donor, "again": donor, "reason": "端木示例要求"}, "操作日志不留姓名"),
        ({"donor": "d-00", "again": "d-00", "reason": "本人要求"}, "没有捐赠人"),
        ({"donor": "", "again": "", "reason": "本人要求"}, "须相同"),
    ):
        answer = admin.send(page, **fields)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and told in text and "端木" not in text, fields
    assert "端木示例" in at.as_("zhou").get(f"{PAGE}/{donor}")
    done = admin.send(page, donor=donor.lower(), again=donor, reason="本人要求")
    assert "已删除" in admin.get(str(done.headers["Location"]))
    after = at.as_("zhou").get(f"{PAGE}/{donor}")
    assert "端木示例" not in after and "已删除" in after
    for login in ("zhou", "lin", "shen", "beizhou"):
        at.as_(login).get(page, 403)
        own = f"/desk/{SIBLING if login == 'beizhou' else UNIT}/gifts"
        assert at.as_(login).send(own, page, donor=donor, again=donor).status_code == 403
    admin.get("/desk/nowhere/erasing", 403)


# ---- names ---------------------------------------------------------------------------------------


def test_no_name_reaches_who_may_not_know_nor_the_log_nor_an_address(
    at: GiftDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """Names are planted, everything that can be done of gifts is done, and every page is read."""
    caplog.set_level(logging.DEBUG)
    person, company, third = (
        at.giving.donor(name, kind=kind, consent="named")
        for name, kind in zip(PLANTED, ("person", "company", "person"), strict=True)
    )
    campaign = at.giving.campaign()
    codes = [at.giving.give("100.00", campaign=campaign.code, donor=person),
             at.giving.give("50.00", fund="F02", donor=company)]  # fmt: skip
    zhou = at.as_("zhou")
    zhou.send(PAGE, f"{PAGE}/find", name=PLANTED[0])
    zhou.send(PAGE, f"{PAGE}/list", act="enter", file=sheet(f",个人,{PLANTED[2]},,,境内,实名,否\n"))
    for text in PLANTED:  # every field of words refuses a name
        for form in ({"purpose": f"{text}捐"}, {"terms": text}):
            new = f"{DESK}/gifts/new"
            fields = {"kind": "conditional", "donor": third, "day": "2026-03-02", "into": "f:F02",
                      "amount": "10", "money": "1002", "terms": "建成"} | form  # fmt: skip
            assert zhou.send(f"{new}?kind=conditional", new, **fields).status_code == 422
        place = f"{DESK}/gifts/{codes[0]}"
        answer = zhou.send(
            place, f"{place}/change", into="f:F02", day="2026-04-01", purpose=text,
            paper=(io.BytesIO(PDF + text.encode()), f"{text}.pdf"),
        )  # fmt: skip
        assert answer.status_code == 422
    paper = (io.BytesIO(PDF), f"{PLANTED[0]}.pdf")
    place = f"{DESK}/gifts/{codes[0]}"
    zhou.send(place, f"{place}/change", into="f:F02", day="2026-04-01", purpose="助学", paper=paper)
    at.as_("lin").send(place, f"{place}/approve", event="1")
    pages = [
        f"{DESK}/gifts", *(f"{DESK}/gifts/{code}" for code in codes), f"{DESK}/campaigns",
        f"{DESK}/campaigns/{campaign.code}", PAGE, *(f"{PAGE}/{one}" for one in (person, company)),
        f"{DESK}/releases?fund=F02", f"{DESK}/queue", f"/books/{UNIT}/extension/Gifts/",
        f"/vouchers/{UNIT}/", *(f"{DESK}/drafts/{draft.id}" for draft in at.waiting()),
        f"/figures/{UNIT}/gifts/2026-06-30/all/raised", f"/vouchers/{UNIT}/?q={codes[0]}",
        f"{PAGE}?format=csv", f"{DESK}/gifts?format=csv", f"{DESK}/campaigns?format=csv",
    ]  # fmt: skip
    for login in ("shen", "lin"):
        for path in pages:
            text = at.as_(login)._client.get(path).get_data(as_text=True)
            if login in KNOWING and f"{PAGE}/d-" in path:
                continue  # a donor's own page names them to who checks
            assert not any(name in text for name in PLANTED), (login, path)
    for login in OTHERS:
        answer = at.as_(login)._client.get(f"{PAGE}?names=1")
        assert answer.status_code == 403
    for path in (f"{PAGE}?names=1", f"{PAGE}?names=1&format=csv"):
        assert PLANTED[0] in at.as_("lin")._client.get(path).get_data(as_text=True)
    told = "\n".join(f"{one.action} {one.object} {one.detail}" for one in every(at))
    assert not any(name in told + caplog.text for name in PLANTED)
    text = "".join(re.findall(r'(?:href|action)="([^"]*)"', zhou.get(f"{PAGE}?names=1")))
    assert "%E6" not in text and not any(name in text for name in PLANTED)
    assert_nothing_is_written(at)


def every(at: GiftDesk) -> list[oplog.Operation]:
    with at.giving.registry.read() as conn:
        return list(oplog.entries(conn, UNIT))


def assert_nothing_is_written(at: GiftDesk) -> None:
    """No file of the federation holds a planted name, not even the registry's own."""
    names = [name.encode() for name in PLANTED]
    folder: Path = at.giving.registry.folder
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            assert not any(name in data for name in names), path
    with at.giving.registry.read() as conn:  # and they are there to be found
        assert persons.names_in(conn, at.giving.registry.vault, PLANTED[0])


def test_the_list_is_filtered_and_taken_home_with_names_only_when_asked(shared: GiftDesk) -> None:
    named = shared.giving.donor("闾丘示例", consent="named", related=True)
    lin, shen = shared.as_("lin"), shared.as_("shen")
    assert named in shen.get(f"{PAGE}?consent=named&related=1&kind=person&q={named[2:6].lower()}")
    assert named not in shen.get(f"{PAGE}?consent=anonymous")
    assert "没有这样的捐赠人" in shen.get(f"{PAGE}?q=zzzzzz")
    assert "闾丘示例" in lin.fetch(f"{PAGE}?names=1&format=csv").decode("utf-8-sig")
    assert "闾丘示例" not in lin.fetch(f"{PAGE}?format=csv").decode("utf-8-sig")
    assert lin.fetch(f"{PAGE}?format=xlsx").startswith(b"PK")
    assert "名册" in lin.get(f"{PAGE}?page=99") and "名册" in lin.get(f"{PAGE}?page=²")
    text = shen.get(PAGE)
    assert "显示姓名" not in text and "按名称查找" not in text and "登记一位捐赠人" not in text
