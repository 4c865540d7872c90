"""A desk for tests: who sits at it, what they type, and the unit whose books it shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger import workflow
from ledger.clock import CHINA
from ledger.registry import claims, imports, members, persons
from reports.web.app import create_app
from tests.house import BANK, DUES, UNIT, House, build_house
from tests.web.browser import sign_in, token

GIFT_HEAD = (
    "单位名称,小河工会\n平台,某某公益\n募捐项目,助学\n结算日期,2026-03-20\n\n"
    "订单号,捐赠日期,捐赠人,公开方式,捐赠金额,平台费用,到账金额\n"
)
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
        sign_in(client, login)

    def get(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)

    def fetch(self, path: str) -> bytes:
        """A file, as it comes."""
        answer = self._client.get(path)
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        return answer.get_data()

    def send(self, page: str, to: str = "", /, **fields: object) -> TestResponse:
        """Post to the address, with the form's token and key from the page."""
        text = self.get(page)
        data: dict[str, object] = {"csrf": token(text)}
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


def owe(house: House, code: str, fen: int) -> None:
    """Member 001, who owes the amount in March under the code."""
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, persons.PersonData("示例会员甲"), NOW)
        member = members.add(conn, person=person, unit=UNIT, number="001", joined=date(2020, 1, 1))
        row = claims.ClaimRow(
            UNIT, code, "dues", member, DUES, "F01", "2026-03", fen, "CNY", claims.OPEN, None
        )
        claims.add_many(conn, [row])


def propose(house: House, amount: str = "25.00") -> str:
    return workflow.propose(house.registry, house.draft(amount), house.maker, house.now)
