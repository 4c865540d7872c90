"""The desk: statements come in, questions are answered, vouchers typed, checked and closed."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from importers import answering
from importers.drafting import OtherSide
from ledger import workflow
from ledger.clock import CHINA
from ledger.money import Money
from ledger.reference import make_code
from ledger.registry import claims, imports, levies, members, persons
from ledger.registry.levies import ShareRow
from reports.web.app import create_app
from tests.house import BANK, DUES, PASSWORD, PAYABLE, UNIT, House, build_house

NOW = datetime(2026, 4, 2, 9, 0, tzinfo=CHINA)
STATEMENT = (
    "账号,6222000000000018\n期初余额：0.00\n"
    "交易日期,交易时间,收入金额,支出金额,账户余额,对方户名,对方账号,摘要,交易流水号\n"
    "2026-03-02,10:00:00,500.00,,500.00,青禾示例公司,6200,往来款,A1\n"
    "2026-03-03,10:00:00,,120.00,380.00,示例文具店,6201,办公用品,A2\n"
    "2026-03-04,10:00:00,80.00,,460.00,某某公司,6202,退款,A3\n"
).encode()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Browser:
    """Someone at the desk, who fills in the forms that the pages show."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self._client = client
        page = self.get("/login")
        data = {"csrf": self._token(page), "login": login, "password": PASSWORD}
        assert client.post("/login", data=data).status_code == 303

    @staticmethod
    def _token(page: str) -> str:
        return page.split('name="csrf" value="')[1].split('"')[0]

    def get(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)

    def send(self, page: str, to: str = "", /, **fields: object) -> TestResponse:
        """Post to the address, with the form's token and key from the page."""
        text = self.get(page)
        data: dict[str, object] = {"csrf": self._token(text)}
        for name in ("key", "digest"):
            if found := re.search(rf'name="{name}" value="([^"]*)"', text):
                data[name] = found[1]
        return self._client.post(to or page, data=data | fields, content_type="multipart/form-data")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    with made.registry.write() as conn:
        imports.add_account(
            conn,
            made.registry.vault,
            imports.MoneyAccount(UNIT, BANK, "bank", "基本户", "6222000000000018", "F01"),
        )
    yield made
    made.registry.close()


@pytest.fixture
def at_desk(house: House) -> Iterator[dict[str, Browser]]:
    app = create_app(house.registry.folder, clock=lambda: NOW)
    yield {login: Browser(app.test_client(), login) for login in ("zhou", "lin", "gao", "shen")}


def import_statement(browser: Browser, data: bytes = STATEMENT) -> str:
    answer = browser.send(
        f"/desk/{UNIT}/",
        f"/desk/{UNIT}/statements",
        files=(io.BytesIO(data), "march.csv"),
    )
    return answer.get_data(as_text=True)


def typed(debit: str = "120.00", credit: str = "120.00", **fields: object) -> dict[str, object]:
    return {
        "day": "2026-03-05", "narration": "三月办公用品",
        "account0": "504 行政支出", "fund0": "F01", "debit0": debit, "credit0": "",
        "account1": "10201", "fund1": "F01 会费", "debit1": "", "credit1": credit,
        "act": "draft",
    } | fields  # fmt: skip


def waiting(house: House) -> list[workflow.Waiting]:
    return workflow.waiting(house.registry, UNIT)


# ---- statements and questions ------------------------------------------------------------------


def test_a_statement_comes_in_with_its_proofs_and_its_lines_are_questions(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"])
    assert "P4 ✓" in page
    assert page.count(f"/desk/{UNIT}/lines/") == 3
    again = import_statement(at_desk["zhou"])
    assert "以前导入过" in again
    assert again.count(f"/desk/{UNIT}/lines/") == 3


def test_questions_are_found_by_their_words_and_amounts(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    for query, count in (("文具", 1), ("500.00", 1), ("2026-03-04", 1), ("没有", 0)):
        page = at_desk["zhou"].get(f"/desk/{UNIT}/?q={query}")
        assert page.count(f"/desk/{UNIT}/lines/") == count, query


def test_a_file_that_is_no_statement_is_refused_with_what_to_do(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"], b"name,phone\nexample,1\n")
    assert "找不到表头" in page
    assert "没有完成" in page


def test_an_answer_becomes_a_draft_and_the_next_question_opens(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/lines/2", account0="xzzc", fund0="F01", narration="办公用品", act="draft",
        papers=(io.BytesIO(PDF), "发票.pdf"),
    )  # fmt: skip
    assert answer.headers["Location"].startswith(f"/desk/{UNIT}/lines/3")
    [draft] = waiting(house)
    assert {(p.account.split(":")[1], p.amount.text) for p in draft.draft.postings} == {
        ("504-行政支出", "120.00"), ("102-银行存款", "-120.00"),
    }  # fmt: skip
    assert len(draft.draft.papers) == 2  # the receipt, and the statement itself


def test_an_amount_is_divided_and_the_rest_needs_no_typing(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    at_desk["zhou"].send(
        f"/desk/{UNIT}/lines/1",
        account0="402", fund0="F01", amount0="300", account1="215", fund1="F01", act="draft",
    )  # fmt: skip
    [draft] = waiting(house)
    assert sorted(p.amount.text for p in draft.draft.postings) == ["-200.00", "-300.00", "500.00"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"account0": "9999", "fund0": "F01"}, "没有这一科目"),
        ({"account0": "402", "fund0": ""}, "资金未填"),
        ({"account0": "402", "fund0": "F01", "amount0": "1.005"}, "第 1 行"),
        ({"account0": "402", "fund0": "F01", "amount0": "499.99"}, "分录合计"),
        ({"account0": "402", "fund0": "F99"}, "未设立"),
        ({"account0": "", "fund0": ""}, "科目未填"),
    ],
)
def test_a_wrong_answer_says_what_is_wrong_and_keeps_what_was_typed(
    house: House, at_desk: dict[str, Browser], fields: dict[str, str], told: str
) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="draft", narration="往来", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert 'value="往来"' in page
    assert waiting(house) == []


def test_a_line_is_set_aside_with_a_reason_only(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    without = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="aside", reason=" ")
    assert without.status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="aside", reason="等银行回单")
    assert at_desk["zhou"].get(f"/desk/{UNIT}/").count(f"/desk/{UNIT}/lines/") == 2


def test_a_parked_row_leaves_when_somebody_says_what_became_of_it(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(
        at_desk["zhou"], STATEMENT + "2026-03-05,10:00:00,,,460.00,某,,x,A4\n".encode()
    )
    row = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/rows/[0-9]+)"', page)
    assert row is not None
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", row[1], reason=" ").status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/", row[1], reason="不是资金变动")
    assert "/rows/" not in at_desk["zhou"].get(f"/desk/{UNIT}/")


def test_an_import_is_undone_while_nothing_of_it_is_in_the_book(
    at_desk: dict[str, Browser],
) -> None:
    page = import_statement(at_desk["zhou"])
    undo = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/undo)"', page)
    assert undo is not None
    at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    assert f"/desk/{UNIT}/lines/" not in at_desk["zhou"].get(f"/desk/{UNIT}/")


def test_what_is_in_the_book_is_undone_once_its_reversals_are_approved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    page = import_statement(at_desk["zhou"])
    number = int(re.findall(rf"/desk/{UNIT}/lines/([0-9]+)", page)[0])
    line = answering.question(house.registry, UNIT, number)
    answering.answer(
        house.registry, UNIT, number, [OtherSide(DUES, "F01", Money(line.fen))], house.maker, NOW
    )
    [draft] = waiting(house)
    workflow.approve(house.registry, draft.id, house.checker, NOW)
    undo = re.search(rf'action="(/desk/{UNIT}/files/[0-9]+/undo)"', page)
    assert undo is not None
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    assert answer.headers["Location"].endswith("undoing+1")
    page = at_desk["zhou"].get(f"/desk/{UNIT}/")
    assert f"/desk/{UNIT}/lines/" not in page
    assert "正在撤销，待审核的冲销 1 张" in page
    keep = undo[1].replace("/undo", "/keep")
    assert f'action="{keep}"' in page
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", keep).headers["Location"].endswith("kept")
    assert at_desk["zhou"].send(f"/desk/{UNIT}/", keep).status_code == 422
    at_desk["zhou"].send(f"/desk/{UNIT}/", undo[1], reason="选错了账户")
    [reversal] = waiting(house)
    workflow.approve(house.registry, reversal.id, house.checker, NOW)
    page = at_desk["zhou"].get(f"/desk/{UNIT}/")
    assert "已撤销" in page
    assert undo[1] not in page


def test_questions_are_tried_again(at_desk: dict[str, Browser]) -> None:
    import_statement(at_desk["zhou"])
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/", f"/desk/{UNIT}/match")
    assert answer.headers["Location"].endswith("matched+0")


def test_a_suggestion_is_shown_with_its_reason_and_entered_only_when_accepted(
    house: House, at_desk: dict[str, Browser]
) -> None:
    code = make_code("HY", 2026, 7)
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), NOW)
        member = members.add(conn, person=person, unit=UNIT, number="007", joined=date(2020, 1, 1))
        due = claims.ClaimRow(
            UNIT, code, "dues", member, DUES, "F01", "2026-03", 80_00, "CNY", claims.OPEN, None
        )
        claims.add_many(conn, [due])
    import_statement(at_desk["zhou"], STATEMENT.replace("某某公司".encode(), "欧阳示力".encode()))
    page = at_desk["zhou"].get(f"/desk/{UNIT}/lines/3")
    assert "照此入账" in page and "007" in page and code in page
    assert waiting(house) == []
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/lines/3", act="suggested")
    assert answer.status_code == 303
    [draft] = waiting(house)
    assert code in {value for p in draft.draft.postings for _, value in p.meta}
    again = at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", act="suggested")
    assert again.status_code == 422


# ---- vouchers typed by hand --------------------------------------------------------------------


def test_a_typed_voucher_goes_to_the_checker_with_its_papers(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF), "发票.pdf"))
    )
    assert answer.status_code == 303
    [draft] = waiting(house)
    assert (draft.draft.kind, draft.draft.narration) == ("付", "三月办公用品")
    assert len(draft.draft.papers) == 1
    page = at_desk["lin"].get(f"/desk/{UNIT}/drafts/{draft.id}")
    assert "发票.pdf" in page and "审核通过" in page


def test_a_form_that_is_sent_twice_makes_one_draft(
    house: House, at_desk: dict[str, Browser]
) -> None:
    browser = at_desk["zhou"]
    first = browser.send(f"/desk/{UNIT}/drafts/new", **typed(key="0123456789abcdef"))
    second = browser.send(f"/desk/{UNIT}/drafts/new", **typed(key="0123456789abcdef"))
    assert (first.status_code, second.status_code) == (303, 422)
    assert len(waiting(house)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"credit0": "1"}, "借方或贷方填一栏"),
        ({"debit0": "1.234"}, "金额不能读出"),
        ({"debit0": "119.99"}, "借贷不平"),
        ({"account1": "nothing"}, "第 2 行"),
        ({"fund1": "F02"}, "借贷不平"),
        ({"day": "2026-02-30"}, "日期不能读出"),
        ({"narration": ""}, "摘要未填"),
    ],
)
def test_a_wrong_voucher_is_not_drafted(
    house: House, at_desk: dict[str, Browser], fields: dict[str, str], told: str
) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(**fields))
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert waiting(house) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.html", b"<script>"), ("a.pdf", b"<script>"), ("a.svg", b"<svg/>"), ("a.png", PDF)],
)
def test_a_paper_that_is_not_what_it_says_is_refused(
    house: House, at_desk: dict[str, Browser], name: str, data: bytes
) -> None:
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(data), name))
    )
    assert answer.status_code == 422
    assert "附件须为" in answer.get_data(as_text=True)
    assert waiting(house) == []


def test_more_rows_keep_what_was_typed(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(act="more"))
    page = answer.get_data(as_text=True)
    assert 'name="account7"' in page
    assert 'value="三月办公用品"' in page


def test_a_template_fills_the_form_and_can_be_deleted(
    house: House, at_desk: dict[str, Browser]
) -> None:
    browser = at_desk["zhou"]
    browser.send(f"/desk/{UNIT}/drafts/new", **typed(act="template", title="每月办公"))
    page = browser.get(f"/desk/{UNIT}/drafts/new")
    link = re.search(r'href="([^"]+template=[^"]+)">每月办公', page)
    assert link is not None
    filled = browser.get(link[1])
    assert 'value="120.00"' in filled and 'value="10201"' in filled
    template = link[1].split("=")[1]
    browser.send(f"/desk/{UNIT}/drafts/new", f"/desk/{UNIT}/templates/{template}/delete")
    assert "每月办公" not in browser.get(f"/desk/{UNIT}/drafts/new")
    assert waiting(house) == []


def test_a_voucher_may_have_as_many_rows_as_an_accountant_needs(
    house: House, at_desk: dict[str, Browser]
) -> None:
    rows: dict[str, str] = {}
    for place in range(60):
        rows |= {
            f"account{place}": "504" if place else "10201",
            f"fund{place}": "F01",
            f"debit{place}": "1.00" if place else "",
            f"credit{place}": "" if place else "59.00",
        }
    house.post(house.draft("100.00", day=date(2026, 3, 1)))
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(**rows))
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    [draft] = waiting(house)
    assert len(draft.draft.postings) == 60


def test_a_wrong_row_is_marked_and_the_message_leads_to_it(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(account1="nothing"))
    page = answer.get_data(as_text=True)
    assert 'href="#row2"' in page and '<tr id="row2" class="bad">' in page
    assert page.count('aria-invalid="true"') == 1
    assert "第 2 行：没有这一科目</span>" in page


# ---- payroll lists, sheets, language -----------------------------------------------------------


def test_a_file_that_is_no_payroll_list_says_what_it_lacks(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(
        f"/desk/{UNIT}/lists", file=(io.BytesIO(b"name,phone\nexample,1\n"), "list.csv")
    )
    assert answer.status_code == 422
    assert "没有完成" in answer.get_data(as_text=True)
    nothing = at_desk["zhou"].send(f"/desk/{UNIT}/lists")
    assert "没有选择文件" in nothing.get_data(as_text=True)


def owe(house: House, code: str, fen: int) -> None:
    """Member 001, who owes the amount in March under the code."""
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, persons.PersonData("示例会员甲"), NOW)
        member = members.add(conn, person=person, unit=UNIT, number="001", joined=date(2020, 1, 1))
        row = claims.ClaimRow(
            UNIT, code, "dues", member, DUES, "F01", "2026-03", fen, "CNY", claims.OPEN, None
        )
        claims.add_many(conn, [row])


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


GIFT_HEAD = (
    "单位名称,小河工会\n平台,某某公益\n募捐项目,助学\n结算日期,2026-03-20\n\n"
    "订单号,捐赠日期,捐赠人,公开方式,捐赠金额,平台费用,到账金额\n"
)


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
         "收款单位,x\n文号,青财预〔2026〕12号\n发文日期,2026-03-10\n预算年度,2026\n财政级次,县级\n\n"
         "项目名称,类别,支出性质,批复数,本次下达\n补助,一般性,基本支出,9.00,2.00\n",
         "已登记 青财预〔2026〕12号"),
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
    assert len(sheets) == 7
    for sheet in sheets:
        answer = at_desk["zhou"]._client.get(sheet)
        assert answer.data.startswith(b"PK"), sheet
    at_desk["zhou"].get(f"/desk/{UNIT}/sheets/other.xlsx", 404)


def test_the_language_is_chosen_without_a_script_and_remembered(
    at_desk: dict[str, Browser],
) -> None:
    browser = at_desk["shen"]
    page = browser.get(f"/desk/{UNIT}/queue")
    assert '<html lang="zh-CN">' in page
    assert f"/language/en?back=/desk/{UNIT}/queue" in page
    answer = browser._client.get(f"/language/en?back=/desk/{UNIT}/queue")
    assert answer.headers["Location"] == f"/desk/{UNIT}/queue"
    assert '<html lang="zh-CN" class="only-en">' in browser.get(f"/desk/{UNIT}/queue")
    browser._client.get("/language/both")
    assert '<html lang="zh-CN">' in browser.get("/")


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_choosing_a_language_leads_to_no_other_host(
    at_desk: dict[str, Browser], place: str
) -> None:
    answer = at_desk["shen"]._client.get("/language/zh", query_string={"back": place})
    assert answer.headers["Location"] == "/"
    assert at_desk["shen"]._client.get("/language/fr").status_code == 404


def test_a_page_tells_only_what_was_done(at_desk: dict[str, Browser]) -> None:
    page = at_desk["shen"].get(f"/desk/{UNIT}/queue?done=posted+2")
    assert "已记账 2 张" in page
    for made_up in ("posted+your+account+is+locked", "closed+2026", "anything"):
        assert 'class="done"' not in at_desk["shen"].get(f"/desk/{UNIT}/queue?done={made_up}")


# ---- checking ----------------------------------------------------------------------------------


def propose(house: House, amount: str = "25.00") -> str:
    return workflow.propose(house.registry, house.draft(amount), house.maker, house.now)


def test_a_checker_approves_what_was_shown_and_lands_on_the_voucher(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    answer = at_desk["lin"].send(page, f"{page}/approve")
    assert answer.status_code == 303
    assert "/vouchers/" in answer.headers["Location"]
    assert waiting(house) == []


def test_after_approving_the_next_draft_opens(house: House, at_desk: dict[str, Browser]) -> None:
    # By their days: drafts of one day and one second stand in no order of their own.
    later = house.draft("30.00", day=date(2026, 3, 6))
    first = propose(house)
    second = workflow.propose(house.registry, later, house.maker, house.now)
    page = f"/desk/{UNIT}/drafts/{first}"
    assert f'href="/desk/{UNIT}/drafts/{second}"' in at_desk["lin"].get(page)
    to = at_desk["lin"].send(page, f"{page}/approve").headers["Location"]
    assert to.startswith(f"/desk/{UNIT}/drafts/{second}?")
    assert "已记账 收-202603-0001" in at_desk["lin"].get(to)


def test_papers_stand_beside_the_entry_pictures_seen_and_pdf_opened(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new",
        **typed(papers=[(io.BytesIO(PDF), "发票.pdf"), (io.BytesIO(picture), "现场.png")]),
    )
    [draft] = waiting(house)
    page = at_desk["lin"].get(f"/desk/{UNIT}/drafts/{draft.id}")
    assert page.count("<img ") == 1 and "发票.pdf" in page
    hrefs = sorted(set(re.findall(rf'href="(/papers/{UNIT}/[0-9a-f]+\?show=1)"', page)))
    assert len(hrefs) == 2
    for href in hrefs:
        shown = at_desk["lin"]._client.get(href)
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert shown.headers["Content-Security-Policy"].startswith("sandbox")
        saved = at_desk["lin"]._client.get(href.split("?")[0])
        assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_sheet_is_never_shown_by_the_browser(house: House, at_desk: dict[str, Browser]) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(b"PK\x03\x04x"), "清单.xlsx"))
    )
    [draft] = waiting(house)
    paper = f"/papers/{UNIT}/{draft.draft.papers[0]}?show=1"
    answer = at_desk["lin"]._client.get(paper)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_draft_that_changed_after_it_was_shown_is_not_approved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    answer = at_desk["lin"].send(page, f"{page}/approve", digest="0" * 64)
    assert answer.status_code == 422
    assert "有改动" in answer.get_data(as_text=True)
    assert len(waiting(house)) == 1


def test_nobody_approves_their_own_draft_and_the_page_does_not_offer_it(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = at_desk["zhou"].get(f"/desk/{UNIT}/drafts/{draft}")
    assert "/approve" not in page and "须由他人审核" in page
    refused = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/{draft}", f"/desk/{UNIT}/drafts/{draft}/approve"
    )
    assert refused.status_code == 403


def test_above_the_limit_the_page_asks_for_a_second_checker(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house, "10000.01")
    page = f"/desk/{UNIT}/drafts/{draft}"
    assert at_desk["lin"].send(page, f"{page}/approve").headers["Location"].endswith("second")
    assert "还需另一位审核人" in at_desk["lin"].get(page)
    assert "/vouchers/" in at_desk["gao"].send(page, f"{page}/approve").headers["Location"]


def test_a_draft_is_returned_with_its_reason_and_withdrawn_by_its_maker(
    house: House, at_desk: dict[str, Browser]
) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    at_desk["lin"].send(page, f"{page}/return", reason="缺发票")
    assert "缺发票" in at_desk["zhou"].get(page)
    at_desk["zhou"].send(page, f"{page}/withdraw")
    assert waiting(house) == []
    at_desk["zhou"].get(page, 404)


def test_a_returned_draft_is_corrected_by_its_maker_and_sent_again(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    maker, checker = at_desk["zhou"], at_desk["lin"]
    maker.send(f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF), "发票.pdf")))
    [before] = waiting(house)
    page = f"/desk/{UNIT}/drafts/{before.id}"
    checker.send(page, f"{page}/return", reason="金额与发票不符")
    form = maker.get(f"{page}/edit")
    assert "金额与发票不符" in form and 'value="120.00"' in form and "发票.pdf" in form
    wrong = maker.send(f"{page}/edit", **typed(debit="98.00", credit="99.00"))
    assert wrong.status_code == 422 and "借贷不平" in wrong.get_data(as_text=True)
    kept = before.draft.papers[0]
    answer = maker.send(f"{page}/edit", **typed(debit="98.00", credit="98.00", kept=kept))
    assert answer.headers["Location"].endswith("amended")
    [after] = waiting(house)
    assert (after.id, after.state, after.draft.source) == (
        before.id, "waiting", before.draft.source,
    )  # fmt: skip
    assert after.draft.papers == before.draft.papers
    assert {p.amount.text for p in after.draft.postings} == {"98.00", "-98.00"}
    assert "/vouchers/" in checker.send(page, f"{page}/approve").headers["Location"]


def test_nobody_corrects_the_draft_of_another(house: House, at_desk: dict[str, Browser]) -> None:
    draft = propose(house)
    page = f"/desk/{UNIT}/drafts/{draft}"
    assert f"{page}/edit" not in at_desk["lin"].get(page)
    for login in ("lin", "gao", "shen"):
        at_desk[login].get(f"{page}/edit", 403)
    at_desk["zhou"].get(f"/desk/{UNIT}/drafts/dr-NOTTHERE/edit", 404)
    answer = at_desk["lin"].send(page, f"{page}/edit", **typed())
    assert answer.status_code == 403


def test_a_draft_of_a_bank_line_keeps_what_the_bank_moved(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", account0="402", fund0="F01", act="draft")
    [before] = waiting(house)
    page = f"/desk/{UNIT}/drafts/{before.id}/edit"
    rows = {
        "day": "2026-03-02", "narration": "往来款", "act": "draft",
        "account0": "10201", "fund0": "F01", "debit0": "500.00", "credit0": "",
        "account1": "215", "fund1": "F01", "debit1": "", "credit1": "500.00",
    }  # fmt: skip
    for change in (
        {"debit0": "400.00", "credit1": "400.00"},
        {"account0": "101"},
        {"day": "2026-03-01"},
    ):
        wrong = at_desk["zhou"].send(page, **(rows | change))
        assert "来自银行流水" in wrong.get_data(as_text=True), change
    assert at_desk["zhou"].send(page, **rows).status_code == 303
    [after] = waiting(house)
    assert {p.account.split(":")[1] for p in after.draft.postings} == {
        "102-银行存款", "215-其他应付款",
    }  # fmt: skip
    assert after.draft.papers == before.draft.papers  # the statement itself


def test_a_draft_that_settles_claims_keeps_its_postings(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("25.00", day=date(2026, 3, 1)))
    voucher = house.post(house.draft("7.00", day=date(2026, 3, 1)))
    page = f"/desk/{UNIT}/vouchers/{voucher.number}/reverse"
    at_desk["zhou"].send(page, day="2026-03-06", reason="记错")
    [before] = waiting(house)
    at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/{before.id}/edit", **typed(day="2026-03-07", narration="冲销：重复")
    )
    [after] = waiting(house)
    assert after.draft.postings == before.draft.postings
    assert after.draft.reverses == voucher.number
    assert (after.draft.day, after.draft.narration) == (date(2026, 3, 7), "冲销：重复")


def test_a_posted_voucher_is_reversed_from_its_page(
    house: House, at_desk: dict[str, Browser]
) -> None:
    voucher = house.post(house.draft("125.00", day=date(2026, 3, 5)))
    own = f"/vouchers/{UNIT}/{voucher.number}"
    page = f"/desk/{UNIT}/vouchers/{voucher.number}/reverse"
    assert "冲销这张凭证" in at_desk["zhou"].get(own)
    assert "冲销这张凭证" not in at_desk["shen"].get(own)
    at_desk["shen"].get(page, 403)
    for fields, told in (
        ({"day": "2026-03-06", "reason": " "}, "须写明原因"),
        ({"day": "soon", "reason": "记错"}, "日期不能读出"),
    ):
        wrong = at_desk["zhou"].send(page, **fields)
        assert wrong.status_code == 422 and told in wrong.get_data(as_text=True)
    answer = at_desk["zhou"].send(page, day="2026-03-06", reason="记错")
    [draft] = waiting(house)
    assert draft.draft.reverses == voucher.number and "记错" in draft.draft.narration
    assert answer.headers["Location"].endswith(f"{draft.id}?done=reversed")
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[draft.id])
    assert "已被冲销" in at_desk["zhou"].get(page)
    at_desk["zhou"].get(f"/desk/{UNIT}/vouchers/nothing/reverse", 404)


def test_several_drafts_are_approved_together_or_not_at_all(
    house: House, at_desk: dict[str, Browser]
) -> None:
    drafts = [propose(house), propose(house, "30.00")]
    bad = at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[*drafts, "dr-NOTTHERE"])
    assert bad.status_code == 422
    assert len(waiting(house)) == 2
    done = at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=drafts)
    assert done.headers["Location"].endswith("posted+2")
    assert waiting(house) == []


# ---- reconciliation and rules ------------------------------------------------------------------


def test_the_reconciliation_says_what_only_one_side_has_and_the_next_step(
    house: House, at_desk: dict[str, Browser]
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    voucher = house.post(house.draft("33.00", day=date(2026, 3, 30), narration="现金缴存"))
    at_desk["zhou"].send(f"/desk/{UNIT}/lines/1", account0="402", fund0="F01", act="draft")
    [draft] = waiting(house)
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?account={BANK}&period=2026-03")
    assert f"/desk/{UNIT}/drafts/{draft.id}" in page and "草稿待审核" in page
    assert f"/desk/{UNIT}/lines/2" in page and "回答这笔流水" in page
    assert f"查看 {voucher.number}" in page
    # 33.00 in the book; the bank has 500.00, of which none is in the book yet
    adjusted = page.split("调节后余额")[1].split("</tr>")[0]
    assert adjusted.count("533.00") == 2
    assert "0.00" in page.split("尚未说明的差额")[1].split("</tr>")[0]


def test_a_reconciliation_sets_a_month_beside_the_book_before_anything_is_entered(
    at_desk: dict[str, Browser],
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?period=2026-03")
    assert "2026-03 " in page.split("<caption")[1]
    rows = {name: page.split(f'"zh">{name}<')[1].split("</tr>")[0] for name in ("收入", "支出")}
    assert "620.00" in rows["收入"] and "120.00" in rows["支出"]


def test_foreign_money_is_listed_and_added_to_no_yuan(
    house: House, at_desk: dict[str, Browser]
) -> None:
    whole = STATEMENT + "2026-03-31,10:00:00,40.00,,500.00,青禾示例公司,6200,往来款,A5\n".encode()
    import_statement(at_desk["zhou"], whole)
    import_statement(
        at_desk["zhou"],
        "账号,6222000000000018\n币种：美元\n交易日期,收入金额,支出金额,对方户名,摘要\n"
        "2026-03-12,7.00,,海外示例会,捐款\n".encode(),
    )
    inbox = at_desk["zhou"].get(f"/desk/{UNIT}/")
    totals = inbox.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "+620.00" in totals and "7.00 USD" in totals
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile?account={BANK}&period=2026-03")
    assert "7.00 USD" in page
    assert page.split("调节后余额")[1].split("</tr>")[0].count("500.00") == 2
    assert "0.00" in page.split("尚未说明的差额")[1].split("</tr>")[0]
    printed = at_desk["shen"].get(f"/statements/{UNIT}/bank-reconciliation/2026-03")
    assert "外币流水 1 笔" in printed and "627.00" not in printed


@pytest.mark.parametrize("query", ["", "?account=Assets:x&period=1999-13", "?period=2026-01"])
def test_a_reconciliation_without_a_statement_says_so(
    at_desk: dict[str, Browser], query: str
) -> None:
    page = at_desk["shen"].get(f"/desk/{UNIT}/reconcile{query}")
    assert "没有到这个月末的对账单" in page


RULES = """[[rule]]
title = "办公用品"
direction = "out"
memo = ["办公用品"]
largest = "200.00"
narration = "办公用品"
meta = { decision = "2026-01" }
to = [
  { account = "Expenses:504-行政支出", fund = "F01", share = "1/2" },
  { account = "Expenses:501-职工活动支出", fund = "F01", share = "1/2" },
]
"""


def test_rules_are_put_in_place_shown_in_words_and_tried_again(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    import_statement(at_desk["zhou"])
    page = f"/desk/{UNIT}/rules"
    assert "还没有规则" in at_desk["zhou"].get(page)
    answer = at_desk["zhou"].send(page, text=RULES)
    assert answer.headers["Location"].endswith("rules+1")
    shown = at_desk["shen"].get(page)
    for words in ("摘要含「办公用品」", "金额不高于 200.00", "记入行政支出，资金 F01 1/2"):
        assert words in shown, words
    assert "<textarea" not in shown
    # What the page shows as text can be sent as it stands.
    text = html.unescape(at_desk["zhou"].get(page).split("<textarea")[1].split(">", 1)[1])
    again = at_desk["zhou"].send(page, text=text.split("</textarea>")[0])
    assert again.headers["Location"].endswith("rules+1")
    tried = at_desk["zhou"].send(page, f"/desk/{UNIT}/match")
    assert tried.headers["Location"].endswith("matched+1")
    assert waiting(house)[0].draft.narration == "办公用品"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULES.replace('"1/2"', '"1/3"'), "之和须为一"),
        (RULES.replace("F01", "F77"), "F77"),
        ("[[rule]\n", "不合 TOML 写法"),
    ],
)
def test_a_faulty_table_changes_nothing_and_stays_in_the_form(
    at_desk: dict[str, Browser], text: str, told: str
) -> None:
    page = f"/desk/{UNIT}/rules"
    at_desk["zhou"].send(page, text=RULES)
    answer = at_desk["zhou"].send(page, text=text)
    assert answer.status_code == 422
    shown = html.unescape(answer.get_data(as_text=True))
    assert told in shown and text.strip() in shown
    assert "1/2" in at_desk["shen"].get(page)
    assert at_desk["lin"].send(page, text=RULES).status_code == 403


# ---- months ----------------------------------------------------------------------------------


def test_a_month_is_closed_from_the_page_when_nothing_speaks_against_it(
    house: House, at_desk: dict[str, Browser]
) -> None:
    house.post(house.draft("125.00", day=date(2026, 3, 5)))
    page = f"/desk/{UNIT}/months"
    draft = propose(house)
    refused = at_desk["zhou"].send(page, month="2026-03")
    assert refused.status_code == 422
    assert "待审核" in refused.get_data(as_text=True)
    at_desk["lin"].send(f"/desk/{UNIT}/queue", draft=[draft])
    closed = at_desk["zhou"].send(page, month="2026-03")
    assert closed.status_code == 303, closed.get_data(as_text=True)[:3000]
    assert "已结" in at_desk["shen"].get(page)


# ---- who may what ------------------------------------------------------------------------------


def test_an_auditor_sees_everything_and_is_offered_nothing(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    draft = propose(house)
    auditor = at_desk["shen"]
    for path in (
        "", "queue", "lines/1", f"drafts/{draft}", "months", "lists", "rules", "reconcile",
    ):  # fmt: skip
        page = auditor.get(f"/desk/{UNIT}/{path}")
        assert '<form method="post" action="/desk' not in page.replace(
            f'action="/desk/{UNIT}/queue"', ""
        )
        assert "送审核</button>" not in page and "审核通过" not in page
    for path in ("statements", "lines/1", "drafts/new", f"drafts/{draft}/approve", "months"):
        answer = auditor.send(f"/desk/{UNIT}/", f"/desk/{UNIT}/{path}")
        assert answer.status_code == 403, path


def test_a_form_without_its_token_is_refused(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(csrf="wrong"))
    assert answer.status_code == 403


def test_only_forms_with_files_may_be_large(at_desk: dict[str, Browser]) -> None:
    much = "x" * (100 * 1024)
    large = at_desk["lin"].send(f"/desk/{UNIT}/queue", padding=much)
    assert large.status_code == 413
    with_file = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF + b"%" * 200_000), "a.pdf"))
    )
    assert with_file.status_code == 303
