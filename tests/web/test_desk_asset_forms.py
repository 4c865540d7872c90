"""Assets entered at the desk: each way in which one comes has its form, and all that it refuses."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.assets import accounts
from ledger.entry import Lot, Posting
from ledger.money import yuan
from ledger.registry import gifts
from reports.web.work.asset_forms import WAYS
from tests.assets.keeping import CHARTS
from tests.gifts.giving import NOW as GIVEN
from tests.web.asset_desk import (
    DESK,
    NOW,
    UNIT,
    AssetDesk,
    at,
    hidden,
    open_desk,
    paper,
    place,
    refused,
    shared,
)
from tests.web.gift_desk import open_desk as gift_desk

__all__ = ["at", "shared"]

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
COMMON = {
    "name": "台式计算机", "class": "computer", "acquired": "2026-03-15", "keeper": "chen",
    "place": "办公室 301", "ownership": "unit", "fund": "F01", "method": "straight-line",
}  # fmt: skip
FORMS: dict[str, dict[str, object]] = {
    "bought": {"cost": "12,000.00", "money": "102"},
    "granted": {"cost": "12,000.00"},
    "gift": {"cost": "12,000.00", "gift": ""},
    "built": {"cost": "12,000.00"},
    "found": {"cost": "12,000.00", "decision": "决〔2026〕1号"},
    "opening": {"cost": "9,000.00", "depreciated": "3,000.00", "acquired": "2023-05-01",
                "source": "bought"},
    "memo": {"ownership": "employer", "fund": ""},
}  # fmt: skip


def entered(at: AssetDesk, way: str, **fields: object) -> str:
    """The code of an asset that was accepted."""
    answer = at.enter(way, **(COMMON | FORMS[way] | fields))
    return place(answer).rsplit("/", 1)[1].split("?", maxsplit=1)[0]


# ---- each way ----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [way for way in FORMS if way not in ("built", "gift")])
def test_every_way_has_a_form_that_enters_it_and_its_page_says_what_was_said(
    shared: AssetDesk, way: str
) -> None:
    at = shared
    code = entered(at, way, paper=paper(), photo=(io.BytesIO(PNG), "张三.png"), spec="甲型")
    row = at.cards()[-1]
    assert (
        row.code == code
        and row.source == (WAYS[way].source or "bought")
        and row.paper
        and row.photo
    )
    assert len(at.waiting()) == (0 if way == "memo" else 1)
    at.approve_all()
    page = at.as_("shen").get(f"{DESK}/{code}")
    assert "甲型" in page and "办公室 301" in page and "chen" in page and row.photo in page
    assert at.keeping.stands(code).state == "in-use"
    assert ("不计提" in page or "72 个月" in page) == (way != "memo")


def test_what_was_built_comes_out_of_construction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    at = open_desk(tmp_path / "federation", "npo-2024")
    there = accounts.ready(at.keeping.registry, UNIT, {"construction"}, at.keeping.maker, NOW)
    worth = yuan("12000.00")
    at.keeping.post(
        Posting(there["construction"], worth, "F01"), Posting(at.keeping.bank, -worth, "F01"),
        day=date(2026, 2, 1),
    )  # fmt: skip
    code = entered(at, "built", fund="F01")
    at.approve_all()
    assert at.keeping.stands(code).cost_fen == worth.fen
    assert at.keeping.balance("1505") == "0.00"
    at.keeping.registry.close()


def test_where_the_rule_knows_no_campaigns_a_gift_needs_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office enters what it was given at its worth; a union records the gift first."""
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    at = open_desk(tmp_path / "federation", "government-2019")
    assert 'name="cost"' in at.as_("zhou").get(f"{DESK}/new?way=gift")
    code = entered(at, "gift")
    assert at.cards()[0].code == code and len(at.waiting()) == 1
    at.keeping.registry.close()


@pytest.mark.parametrize("chart", CHARTS)
def test_the_classes_are_the_rules_in_force_with_their_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chart: str
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    at = open_desk(tmp_path / "federation", chart)
    text = at.as_("zhou").get(f"{DESK}/new?way=bought")
    options = re.findall(r'<option value="[a-z-]+">([^<]+ — [^<]+)</option>', text)
    assert len(options) > 10 or chart == "npo-2024"
    assert any("个月" in one or "年限自定" in one for one in options)
    assert ("折旧列支科目" in text) == (chart != "union-2021-basic")
    at.keeping.registry.close()


def test_the_form_of_a_way_has_its_own_fields_alone(shared: AssetDesk) -> None:
    zhou = shared.as_("zhou")
    names = {way: set(re.findall(r' name="([a-z_]+)"', zhou.get(f"{DESK}/new?way={way}")))
             for way in WAYS if way != "built"}  # fmt: skip
    for way, fields in names.items():
        assert ("money" in fields) == (way == "bought"), way
        assert ("depreciated" in fields) == (way == "opening"), way
        assert ("decision" in fields) == (way == "found"), way
        assert ("life" in fields) == (way != "memo"), way
        assert {"name", "class", "keeper", "place", "acquired", "after"} <= fields, way
    choices = zhou.get(f"{DESK}/new")
    assert all(f"?way={way}" in choices for way in names)
    assert "?way=" in zhou.get(f"{DESK}/new?way=gold")


# ---- what is refused ---------------------------------------------------------------------------

WRONG: list[tuple[str, dict[str, object], str]] = [
    ("bought", {"cost": "0"}, "金额须大于零"),
    ("bought", {"cost": "abc"}, "金额须大于零"),
    ("bought", {"cost": "100.00"}, "低于"),
    ("bought", {"acquired": "2026-13-01"}, "日期写作"),
    ("bought", {"acquired": "2026-12-01"}, "取得日期不晚于今天"),
    ("bought", {"acquired": "2025-12-01"}, "作为期初资产登记"),
    ("bought", {"name": ""}, "须写明名称与存放地点"),
    ("bought", {"place": ""}, "须写明名称与存放地点"),
    ("bought", {"class": ""}, "没有类别"),
    ("bought", {"class": "gold"}, "没有类别"),
    ("bought", {"keeper": ""}, "没有保管人"),
    ("bought", {"keeper": "qian"}, "没有保管人"),
    ("bought", {"fund": ""}, "没有可用的资金"),
    ("bought", {"fund": "F99"}, "没有可用的资金"),
    ("bought", {"money": ""}, "购置须写明付款或应付科目"),
    ("bought", {"money": "没有的科目"}, "没有"),
    ("bought", {"ownership": "employer"}, "登记备查"),
    ("bought", {"ownership": ""}, "权属为"),
    ("bought", {"life": "12"}, "年限"),
    ("bought", {"life": "x"}, "整数"),
    ("bought", {"residual": "100.00"}, "净残值"),
    ("bought", {"residual": "-1"}, "金额不为负"),
    ("bought", {"method": "double-declining"}, "不能用双倍余额递减法"),
    ("bought", {"parent": "FA-99999"}, "没有资产"),
    ("granted", {"cost": ""}, "金额须大于零"),
    ("gift", {"gift": "JZ2026-0099-9", "cost": ""}, "不是固定资产的捐赠"),
    ("gift", {"gift": ""}, "先登记捐赠"),
    ("gift", {"gift": "", "cost": "x"}, "金额须大于零"),
    ("opening", {"acquired": "2026-03-15"}, "此前取得的才是期初资产"),
    ("opening", {"depreciated": "9,000.01"}, "已提折旧多于应提的"),
    ("opening", {"source": "gold"}, "来源为"),
    ("memo", {"ownership": "unit"}, "登记备查"),
]  # fmt: skip


def test_what_is_wrong_with_a_form_is_told_and_nothing_is_entered(shared: AssetDesk) -> None:
    at = shared
    at.approve_all()
    before = at.cards()
    for way, change, told in WRONG:
        text = refused(at.enter(way, **(COMMON | FORMS[way] | change)))
        assert told in text, (way, change)
        assert WAYS[way].name.zh in text, "its form stays"
    wrong = at.as_("zhou").send(f"{DESK}/new", f"{DESK}/new", **COMMON)
    assert "选择取得方式" in refused(wrong)
    for field in ("paper", "photo"):
        bad = {field: (io.BytesIO(b"no pdf"), "a.pdf")}
        assert "附件须为" in refused(at.enter("bought", **(COMMON | FORMS["bought"] | bad)))
    assert at.cards() == before and at.waiting() == []


def test_every_fault_of_the_fields_is_told_at_once(shared: AssetDesk) -> None:
    wrong = {"cost": "x", "acquired": "x", "life": "x", "money": "没有的科目"}
    text = refused(shared.enter("bought", **(COMMON | FORMS["bought"] | wrong)))
    assert all(told in text for told in ("金额须大于零", "日期写作", "整数", "从列表中选一个科目"))


def test_what_was_typed_stays_where_a_form_is_refused(shared: AssetDesk) -> None:
    typed = {"cost": "x", "place": "二楼库房", "spec": "甲型", "life": "80", "bulk": "1",
             "class": "furniture"}  # fmt: skip
    text = refused(shared.enter("bought", **(COMMON | FORMS["bought"] | typed)))
    for value in ('value="x"', "二楼库房", "甲型", 'value="80"', 'value="furniture" selected',
                  'name="bulk" value="1" checked'):  # fmt: skip
        assert value in text, value
    assert re.search(r'<details class="sheet drop" open>', text)


def test_a_form_sent_twice_enters_one_asset(at: AssetDesk) -> None:
    zhou, page = at.as_("zhou"), f"{DESK}/new?way=bought"
    after = hidden(zhou.get(page), "after")
    fields = COMMON | FORMS["bought"] | {"way": "bought", "after": after}
    place(zhou.send(page, f"{DESK}/new", **fields))
    again = refused(zhou.send(page, f"{DESK}/new", **fields))
    assert "打开表单之后您已登记 FA-00001" in again and len(at.cards()) == 1
    fields["after"] = hidden(again, "after")  # another of the same kind is sent once more
    place(zhou.send(page, f"{DESK}/new", **fields))
    assert len(at.cards()) == 2 and len(at.waiting()) == 2


def test_below_the_threshold_only_a_large_lot_is_entered(at: AssetDesk) -> None:
    assert "大批" in refused(at.enter("bought", **(COMMON | FORMS["bought"] | {"cost": "300.00"})))
    code = entered(at, "bought", cost="300.00", bulk="1")
    assert at.cards()[0].code == code


def test_a_withdrawn_draft_takes_its_card_with_it(at: AssetDesk) -> None:
    code = entered(at, "bought")
    draft = at.waiting()[0].id
    zhou = at.as_("zhou")
    answer = zhou.send(f"/desk/{UNIT}/drafts/{draft}", f"/desk/{UNIT}/drafts/{draft}/withdraw")
    assert answer.status_code == 303
    zhou.get(f"{DESK}/{code}", 404)


# ---- what the book has already -----------------------------------------------------------------


def test_a_thing_in_the_book_gets_its_card_and_no_second_voucher(at: AssetDesk) -> None:
    cost = yuan("5000.00")
    at.keeping.own()
    account = at.keeping.account("162")
    at.keeping.post(
        Posting(account, cost, "F01", lot=Lot(Decimal(1), "FA-00009", cost)),
        Posting(at.keeping.account("30104"), -cost, "F01"), day=date(2026, 3, 2),
    )  # fmt: skip
    text = at.as_("zhou").get(f"{DESK}/new?way=book")
    assert '<option value="FA-00009">' in text and '<option value="FA-00001">' not in text
    fields = COMMON | {"code": "FA-00009", "source": "bought", "fund": ""}
    place(at.enter("book", **fields))
    assert at.waiting() == [] and at.keeping.stands("FA-00009").cost_fen == cost.fen
    assert "已有卡片" in refused(at.enter("book", **fields))
    assert "账簿中没有" in refused(at.enter("book", **(fields | {"code": "FA-00077"})))


def test_a_gift_of_an_asset_gets_its_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: GIVEN)
    giving = gift_desk(tmp_path / "federation")
    zhou = giving.as_("zhou")
    page = "/desk/ai/gifts/new?kind=asset"
    answer = zhou.send(
        page, "/desk/ai/gifts/new", kind="asset", donor=giving.giving.donor(), day="2026-03-02",
        into="f:F02", amount="180,000.00", quantity="1", measure="辆", basis="appraisal",
        paper=paper(), after=hidden(zhou.get(page), "after"),
    )  # fmt: skip
    gift = place(answer).rsplit("/", 1)[1][:14].split("?")[0]
    giving.approve_all()
    with giving.giving.registry.read() as conn:
        row = gifts.of_unit(conn, "ai")[-1]
    page = f"/desk/ai/assets/new?way=gift&gift={row.code}"
    text = zhou.get(page)
    assert gift[:11] in row.code and f'value="{row.code}"' in text
    fields = COMMON | {
        "way": "gift", "gift": row.code, "name": "救护车", "class": "vehicle", "fund": "",
        "after": hidden(text, "after"), "keeper": "zhou", "life": "96", "acquired": "2026-03-02",
    }  # fmt: skip
    answer = zhou.send(page, "/desk/ai/assets/new", **fields)
    if answer.status_code == 422:
        text = answer.get_data(as_text=True)
        assert "没有类别" in text, text[-9000:]
        classes = re.findall(r'<option value="([a-z-]+)">[^<]*车', text)
        answer = zhou.send(page, "/desk/ai/assets/new", **(fields | {"class": classes[0]}))
    code = place(answer).rsplit("/", 1)[1].split("?")[0]
    assert code == row.commodity and giving.waiting() == []
    shown = giving.as_("shen").get(f"/desk/ai/assets/{code}")
    assert row.code in shown and "180,000.00" in shown
    giving.giving.registry.close()
