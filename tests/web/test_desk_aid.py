"""The desk's page of aid: looked at, entered, checked; recipients for who may see them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.registry import aid, oplog
from reports.web.app import create_app
from tests.aid.test_command import ROWS, sheet
from tests.aid.world import CHEN, LIU, SECRETS, WANG, World, build_world, by_number
from tests.house import ACTIVITY, BANK, UNIT
from tests.web.desk import NOW, PDF, Browser

PAGE = f"/desk/{UNIT}/aid"
FORM = {
    "fund": "F01", "money": BANK, "account": ACTIVITY, "day": "2026-03-05",
    "decision": "示工〔2026〕3号", "kind": "hardship", "amount": "800.00",
}  # fmt: skip


class Aid:
    def __init__(self, world: World) -> None:
        self.world = world
        self.app = create_app(world.registry.folder, clock=lambda: NOW)
        self._open: dict[str, Browser] = {}

    def as_(self, login: str) -> Browser:
        if login not in self._open:
            self._open[login] = Browser(self.app.test_client(), login)
        return self._open[login]

    def rows(self) -> list[aid.Stood]:
        with self.world.registry.read() as conn:
            return aid.of_unit(conn, UNIT)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Aid]:
    world = build_world(tmp_path / "federation", NOW)
    yield Aid(world)
    world.registry.close()


def test_one_payment_is_entered_with_its_paper_and_once_only(at: Aid) -> None:
    zhou = at.as_("zhou")
    page = zhou.get(PAGE)
    key = page.split('name="key" value="')[1].split('"')[0]
    given = FORM | {"name": LIU.name, "identity": LIU.identity, "payee": LIU.accounts[0]}
    for _ in range(2):
        answer = zhou.send(
            PAGE, f"{PAGE}/one", **given, key=key, act="enter", papers=(io.BytesIO(PDF), "a.pdf")
        )  # fmt: skip
    assert answer.status_code == 422 and "已登记为" in answer.get_data(as_text=True)
    (row,) = at.rows()
    batch = zhou.get(f"{PAGE}/{row.row.batch}?done=aid+{row.row.batch}")
    assert LIU.name in batch and LIU.accounts[0] in batch and "草稿待审核" in batch


def test_a_look_enters_nothing_and_keeps_what_was_typed(at: Aid) -> None:
    at.world.pay(by_number("0001"))
    answer = at.as_("zhou").send(PAGE, f"{PAGE}/one", **FORM, member="0001", act="look")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "尚未登记" in text and "已由本单位发放" in text
    assert 'value="800.00"' in text and len(at.rows()) == 1


def test_a_list_is_looked_at_and_entered_whole(at: Aid, tmp_path: Path) -> None:
    zhou = at.as_("zhou")
    data = sheet(tmp_path / "march.csv").read_bytes()
    accounts = {f"account-{kind}": ACTIVITY for kind in ("hardship", "illness", "condolence")}
    given = {key: FORM[key] for key in ("fund", "money", "day", "decision")} | accounts
    looked = zhou.send(PAGE, f"{PAGE}/list", **given, act="look", file=(io.BytesIO(data), "m.csv"))
    assert looked.status_code == 200 and at.rows() == []
    done = zhou.send(PAGE, f"{PAGE}/list", **given, act="enter", file=(io.BytesIO(data), "m.csv"))
    assert done.status_code == 303 and len(at.rows()) == 3
    wrong = sheet(tmp_path / "wrong.csv", ROWS[1], ("", CHEN.name, "", "", "", "宴请", "", "1"))
    answer = zhou.send(
        PAGE, f"{PAGE}/list", **given, act="enter", file=(io.BytesIO(wrong.read_bytes()), "w.csv")
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="report"' in text and len(at.rows()) == 3
    nothing = zhou.send(PAGE, f"{PAGE}/list", **given, act="enter")
    assert nothing.status_code == 422 and "选择发放清单" in nothing.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": "0"}, "金额须大于零"),
        ({"amount": "x"}, "金额须大于零"),
        ({"kind": ""}, "没有这一类别"),
        ({"fund": ""}, "选择资金"),
        ({"day": "nonsense"}, "日期"),
        ({"decision": ""}, "决定或审批文号"),
        ({"account": ""}, "记入何科目"),
        ({"money": "999"}, "付款科目"),
        ({"member": "0099"}, "没有会员"),
        ({"member": ""}, "须有会员编号"),
    ],
)
def test_what_is_wrong_with_a_form_is_told(at: Aid, change: dict[str, str], told: str) -> None:
    answer = at.as_("zhou").send(
        PAGE, f"{PAGE}/one", **({**FORM, "member": "0001", "act": "enter"} | change)
    )
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert at.rows() == []


def test_recipients_are_shown_to_maker_and_checker_only_and_it_is_logged(at: Aid) -> None:
    paid = at.world.pay(by_number("0001"))
    for login in ("zhou", "lin"):
        browser = at.as_(login)
        assert WANG.name not in browser.get(PAGE)
        assert WANG.name in browser.get(f"{PAGE}?names=1")
        assert WANG.name in browser.get(f"{PAGE}/{paid.batch}")
    auditor = at.as_("shen")
    assert "记入日志" not in auditor.get(PAGE)
    auditor.get(f"{PAGE}?names=1", status=403)
    pages = (PAGE, f"{PAGE}/{paid.batch}", f"/desk/{UNIT}/drafts/{paid.draft}",
             f"/desk/{UNIT}/queue")  # fmt: skip
    for page in pages:
        text = auditor.get(page)
        assert not any(secret in text for secret in SECRETS), page
    at.as_("dongzhou").get(PAGE, status=403)
    at.as_("dongzhou").get(f"{PAGE}/{paid.batch}", status=403)
    with at.world.registry.read() as conn:
        acts = [act for act in oplog.entries(conn, UNIT) if act.action == "aid.names"]
    assert len(acts) == 4


def test_the_checker_is_led_from_the_draft_to_the_batch_and_what_is_said_of_it(at: Aid) -> None:
    at.world.pay(by_number("0001"))
    paid = at.world.pay(by_number("0001", amount="5.00"))
    lin = at.as_("lin")
    assert f"{PAGE}/{paid.batch}" in lin.get(f"/desk/{UNIT}/drafts/{paid.draft}")
    batch = lin.get(f"{PAGE}/{paid.batch}")
    assert "审核前请核实" in batch and "没有装入限额规则" in batch
    lin.get(f"{PAGE}/BF2026-0099-9", status=404)


def test_the_table_is_taken_home_without_names_unless_they_were_asked_for(at: Aid) -> None:
    at.world.approve(at.world.pay(by_number("0001")))
    zhou = at.as_("zhou")
    assert WANG.name.encode() not in zhou.fetch(f"{PAGE}?format=csv")
    assert WANG.name.encode() in zhou.fetch(f"{PAGE}?names=1&format=csv")
    assert zhou.fetch(f"{PAGE}?format=xlsx").startswith(b"PK")
    at.as_("shen").get(f"{PAGE}?names=1&format=csv", status=403)
    assert b"2026" in zhou.fetch(f"{PAGE}?format=csv&year=99999")  # an odd year is this one


def test_the_public_statement_is_offered_once_there_is_aid(at: Aid) -> None:
    zhou = at.as_("zhou")
    assert "/aid/" not in zhou.get(f"/statements/{UNIT}/").replace(PAGE, "")
    at.world.approve(at.world.pay(by_number("0001")))
    page = zhou.get(f"/statements/{UNIT}/aid/2026")
    assert WANG.name not in page and "800.00" not in page
    zhou.get(f"/statements/{UNIT}/aid/2026-03", status=404)  # not closed yet
