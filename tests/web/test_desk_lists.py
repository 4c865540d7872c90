"""Lists at the desk: checked, entered, and the sheets to fill in."""

from __future__ import annotations

import io
import re

import pytest

from importers.templates import TEMPLATES
from ledger.reference import make_code
from ledger.registry import levies
from ledger.registry.levies import ShareRow
from tests.house import PAYABLE, UNIT, House
from tests.web.desk import (
    GIFT_HEAD,
    Browser,
    at_desk,
    house,
    owe,
)

__all__ = ["at_desk", "house"]


def test_a_file_that_is_no_payroll_list_says_what_it_lacks(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/lists", file=(io.BytesIO(b"name,phone\nexample,1\n"), "list.csv")
    )
    assert answer.status_code == 422
    assert "没有完成" in answer.get_data(as_text=True)
    nothing = at_desk["zhou"].send(f"/desk/{UNIT}/lists")
    assert "没有选择文件" in nothing.get_data(as_text=True)


def test_a_payroll_list_is_entered_with_what_its_payment_has_to_be(
    house: House, at_desk: dict[str, Browser]
) -> None:
    code = make_code("DK", 2026, 3)
    owe(house, make_code("HY", 2026, 1), 20_00)
    head = f"会费代扣\n清单编号 {code},所属月份 2026-03\n会员编号,姓名,实缴\n"
    sheet = head + "001,示例,{0}\n合计,,{0}\n"
    page = f"/desk/{UNIT}/lists"
    wrong = at_desk["zhou"].send(page, file=(io.BytesIO(sheet.format("21.00").encode()), "a.csv"))
    assert wrong.status_code == 422
    assert code not in at_desk["shen"].get(page)
    right = at_desk["zhou"].send(page, file=(io.BytesIO(sheet.format("20.00").encode()), "a.csv"))
    assert f"已登记 {code}" in right.get_data(as_text=True)
    assert "等待到账" in at_desk["shen"].get(page)
    refused = at_desk["lin"].send(page, file=(io.BytesIO(sheet.encode()), "a.csv"))
    assert refused.status_code == 403


def test_a_platforms_list_is_checked_and_entered_with_its_fee(
    at_desk: dict[str, Browser],
) -> None:
    page, zhou = f"/desk/{UNIT}/lists", at_desk["zhou"]
    good = (GIFT_HEAD + "A-1,2026-03-18,,匿名,100.00,0.60,99.40\n").encode()
    bad = good + "A-2,2026-03-18,,匿名,100.00,0.60,99.50\nA-1,x,,匿名,5.00,0,5.00\n".encode()
    told = zhou.send(page, file=(io.BytesIO(bad), "g.csv"), kind="donation-export", act="check")
    text = told.get_data(as_text=True)
    assert told.status_code == 422
    assert "g.csv 有 3 处不符" in text
    report = text.split('id="report"')[1].split("</table>")[0]
    assert re.findall(r'<td class="num">([0-9]+)</td>', report) == ["8", "9", "9"]
    told = zhou.send(page, file=(io.BytesIO(good), "g.csv"), kind="donation-export", act="check")
    assert "检查无误：1 行，合计 99.40" in told.get_data(as_text=True)
    assert "还没有登记清单" in zhou.get(page)
    fields = {"kind": "donation-export", "account": "401", "fund": "F03"}
    told = zhou.send(page, file=(io.BytesIO(good), "g.csv"), **fields)
    assert "第二科目与资金" in told.get_data(as_text=True)
    assert 'name="account" type="text" list="accounts" autocomplete="off" value="401"' in (
        told.get_data(as_text=True)
    )
    fields |= {"account2": "504", "fund2": "F03 专项"}
    told = zhou.send(page, file=(io.BytesIO(good), "g.csv"), **fields)
    assert "已登记 PT2026-0001-9" in told.get_data(as_text=True)
    assert "捐赠平台收款清单" in at_desk["shen"].get(page)
    wrong = zhou.send(page, file=(io.BytesIO(good), "g.csv"), kind="other")
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    ("fields", "text", "told"),
    [
        ({"kind": "members"}, "会员编号,姓名\n901,甲示例\n902,乙示例\n", "已登记 2 名会员"),
        ({"kind": "owed", "account": "401", "fund": "F01", "month": "2026-04"},
         "会员编号,应缴\n001,20.00\n", "已登记 2026-04 应缴会费 1 笔"),
        ({"kind": "owed", "account": "401", "fund": "F01"},
         "会员编号,应缴\n001,20.00\n", "月份未填或有误"),
        ({"kind": "owed", "account": "999", "fund": "F01", "month": "2026-04"},
         "会员编号,应缴\n001,20.00\n", "没有这一科目"),
        ({"kind": "union-fee-list"},
         "单位名称,x\n所属月份,2026-03\n\n缴费单位,统一社会信用代码,职工工资总额,实缴\n"
         "示例企业,91110000MA00000001,100,2.00\n", "已登记 DS2026-0001-2"),
        ({"kind": "allotment-notice", "account": "402", "fund": "F02"},
         "收款单位,x\n文号,青财预〔2026〕12号\n发文日期,2026-03-02\n预算年度,2026\n财政级次,县级\n\n"
         "项目名称,类别,支出性质,批复数,本次下达\n补助,一般性,基本支出,9.00,2.00\n",
         "已登记 青财预〔2026〕12号 的 1 项拨款"),
        ({"kind": "assets"}, "资产编号,名称\n1,桌\n", "缺少栏目"),
    ],
)  # fmt: skip
def test_each_kind_of_list_is_entered_at_the_desk(
    house: House, at_desk: dict[str, Browser], fields: dict[str, str], text: str, told: str
) -> None:
    owe(house, make_code("HY", 2026, 1), 20_00)
    with house.registry.write() as conn:
        row = ShareRow(UNIT, "union-preparation", "held", PAYABLE, "F02")
        levies.put_shares(conn, UNIT, row.rule, [row], user=house.maker.id, now=house.now)
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/lists", file=(io.BytesIO(text.encode()), "l.csv"), **fields
    )
    assert told in answer.get_data(as_text=True)


def test_every_sheet_of_ours_is_downloaded_from_the_lists(at_desk: dict[str, Browser]) -> None:
    page = at_desk["zhou"].get(f"/desk/{UNIT}/lists")
    sheets = re.findall(rf'href="(/desk/{UNIT}/sheets/[a-z-]+\.xlsx)"', page)
    assert len(sheets) == len(TEMPLATES)
    for sheet in sheets:
        answer = at_desk["zhou"]._client.get(sheet)
        assert answer.data.startswith(b"PK"), sheet
    at_desk["zhou"].get(f"/desk/{UNIT}/sheets/other.xlsx", 404)
