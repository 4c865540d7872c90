"""A plan at the desk: looked at, proposed as it was shown, approved by another, run again."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import workflow
from ledger.registry import figures, plans
from reports.web.app import create_app
from tests.consolidation.tree import DOWN
from tests.plans.scene import NOW, TEXT, World
from tests.plans.test_sheets import FACTS, ROWS, sheet
from tests.web.browser import signed_in, token

PAGE = "/desk/xian/plans"


@pytest.fixture
def app(world: World) -> Flask:
    return create_app(world.registry.folder, clock=lambda: NOW)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def look(client: FlaskClient, text: str = TEXT, status: int = 200) -> str:
    answer = client.post(PAGE, data={"csrf": token(read(client, PAGE)), "text": text})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def propose(client: FlaskClient, shown: str) -> int:
    told = {name: field(shown, name) for name in ("csrf", "seen", "name", "plan")}
    return client.post(f"{PAGE}/propose", data=told).status_code


def test_it_is_shown_proposed_and_approved_by_another(app: Flask, world: World) -> None:
    client = signed_in(app, "zhou")
    shown = look(client)
    for words in ("600.00", "300.00", "基层所得", "没有装入规则", "<svg role="):
        assert words in shown
    with world.registry.read() as conn:
        assert not plans.versions(conn, "xian")  # looking writes nothing
    assert propose(client, shown) == 303
    (waits,) = workflow.waiting(world.registry, "xian")
    again = read(client, f"{PAGE}/jc-2026")
    assert waits.id in again and "没有可提出的差额" in again
    checker = signed_in(app, "lin")
    draft = read(checker, f"/desk/xian/drafts/{waits.id}")
    told = {"csrf": token(draft), "digest": field(draft, "digest")}
    assert checker.post(f"/desk/xian/drafts/{waits.id}/approve", data=told).status_code == 303
    assert "已记账" in read(client, PAGE)


def test_new_heads_show_differences_and_only_those_are_proposed(app: Flask, world: World) -> None:
    client = signed_in(app, "zhou")
    assert propose(client, look(client)) == 303
    with world.registry.write() as conn:
        figures.add(conn, "yuan", "heads", date(2026, 5, 20), 250, "更正", "u", NOW)
    again = read(client, f"{PAGE}/jc-2026")
    assert "-200.00" in again and "200.00" in again
    assert propose(client, again) == 303
    with world.registry.read() as conn:
        assert [one.version for one in plans.versions(conn, "xian")] == [1, 2]


def test_what_changed_since_it_was_shown_is_not_proposed(app: Flask, world: World) -> None:
    client = signed_in(app, "zhou")
    shown = look(client)
    with world.registry.write() as conn:
        figures.add(conn, "yuan", "heads", date(2026, 5, 20), 250, "更正", "u", NOW)
    assert propose(client, shown) == 422
    assert not workflow.waiting(world.registry, "xian")


def test_a_sheet_comes_as_a_file_and_its_faults_are_told_by_row(app: Flask) -> None:
    client = signed_in(app, "zhou")

    def send(facts: dict[str, object]) -> str:
        told = {
            "csrf": token(read(client, PAGE)),
            "file": (io.BytesIO(sheet({**FACTS, **facts}, ROWS)), "plan.xlsx"),
        }
        answer = client.post(PAGE, data=told, content_type="multipart/form-data")
        return answer.get_data(as_text=True)

    shown = send({})
    assert "600.00" in shown
    assert propose(client, shown) == 303
    assert "600.00" in read(client, f"{PAGE}/jc-2026")  # the sheet is read again as a sheet
    faulty = send({"floor": 9, "cap": 8})
    assert 'id="report"' in faulty and "上限低于下限" in faulty
    assert read(client, "/desk/xian/lists").count("sheets/plan.xlsx") == 1


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('payer = "xian"', 'payer = "xue"', "付款单位不是 xian"),
        ('fund = "F01"', 'fund = "F88"', "没有资金 F88"),
        (f'account = "{DOWN}"', 'account = "777"', "没有科目 777"),
        ('pool = "900.00"', 'pool = "900.00"\nfloor = "600.00"', "超过总额"),
        ("[plan]", "[plan", "不是 TOML"),
    ],
)
def test_a_faulty_plan_is_told_and_nothing_is_shown(
    app: Flask, before: str, after: str, told: str
) -> None:
    page = look(signed_in(app, "zhou"), TEXT.replace(before, after), 422)
    assert told in page
    assert "提出差额" not in page


def test_nothing_sent_and_strange_bytes_are_refused(app: Flask) -> None:
    client = signed_in(app, "zhou")
    assert "没有选择方案文件" in look(client, "", 422)
    csrf = token(read(client, PAGE))
    told = {"csrf": csrf, "plan": "%%%", "seen": "", "name": "x.toml"}
    assert client.post(f"{PAGE}/propose", data=told).status_code == 400
    assert client.get(f"{PAGE}/nothing").status_code == 404


def test_who_only_looks_proposes_nothing(app: Flask) -> None:
    checker = signed_in(app, "lin")
    shown = look(checker)
    assert "提出差额" not in shown
    told = {"csrf": token(shown), "plan": "", "seen": "", "name": "x.toml"}
    assert checker.post(f"{PAGE}/propose", data=told).status_code == 403
    school = signed_in(app, "xueren")
    assert school.get(PAGE).status_code == 403


@pytest.mark.parametrize("form", ["xlsx", "csv", "pdf"])
def test_the_table_is_taken_home(app: Flask, form: str) -> None:
    client = signed_in(app, "zhou")
    assert propose(client, look(client)) == 303
    answer = client.get(f"{PAGE}/jc-2026?format={form}")
    assert answer.status_code == 200
    if form == "csv":
        text = answer.get_data(as_text=True)
        assert "600.00" in text and "900.00" in text
