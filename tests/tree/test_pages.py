"""The tree of units in the browser: each sees and changes what the commands would let them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import workflow
from ledger.registry import Registry, figures, units
from reports.web.app import create_app
from tests.consolidation.tree import NOW
from tests.tree.test_members import World
from tests.web.browser import signed_in, token

Sent = dict[str, str]


@pytest.fixture
def app(with_people: Path, tmp_path: Path) -> Flask:
    folder = shutil.copytree(with_people, tmp_path / "federation")
    return create_app(folder, clock=lambda: NOW)


@pytest.fixture
def registry(app: Flask) -> Registry:
    found: Registry = app.extensions["mingbai"].registry
    return found


def fresh(client: FlaskClient, path: str) -> str:
    return token(client.get(path).get_data(as_text=True))


def send(client: FlaskClient, path: str, **told: str) -> tuple[int, str]:
    answer = client.post(f"/units/{path}", data={"csrf": fresh(client, "/units"), **told})
    return answer.status_code, answer.get_data(as_text=True)


DECIDED: Sent = {"day": "2026-09-01", "decision": "示工〔2026〕9号"}


def test_each_sees_the_tree_as_far_as_they_may(app: Flask) -> None:
    whole = signed_in(app, "admin").get("/units").get_data(as_text=True)
    assert all(f"/units?of={unit}" in whole for unit in ("xian", "xue", "yuan"))
    school = signed_in(app, "xue")
    page = school.get("/units").get_data(as_text=True)
    assert "/units?of=xue" in page
    assert not any(f"示例单位 {unit}" in page for unit in ("xian", "yuan"))
    assert school.get("/units?of=yuan").status_code == 404
    assert school.get("/units?of=nowhere").status_code == 404
    told = {"csrf": fresh(signed_in(app, "xue"), "/units"), "of": "yuan", "level": "city"}
    assert school.post("/units/set", data=told).status_code in (403, 404)


def test_an_administrator_adds_sets_and_moves(app: Flask, registry: Registry) -> None:
    client = signed_in(app, "admin")
    added = {
        "of": "xue", "new": "ban", "name": "示例班", "chart": "union-2021-grassroots",
        "day": "2026-09-01", "level": "grass-roots", "region": "边疆地区",
    }  # fmt: skip
    with registry.read() as conn:
        chart = units.find(conn, "xue").chart
    assert send(client, "add", **{**added, "chart": chart})[0] == 303
    assert send(client, "set", of="yuan", level="county", channel="own")[0] == 303
    assert send(client, "move", of="ban", upper="yuan", **DECIDED)[0] == 303
    with registry.read() as conn:
        new, other = units.find(conn, "ban"), units.find(conn, "yuan")
        (event,) = units.events(conn, "ban")
    assert (new.upper, new.level, new.regions) == ("yuan", "grass-roots", "边疆地区")
    assert (other.level, other.channel) == ("county", "own")
    assert event.decision == DECIDED["decision"]
    assert "改变上级" in client.get("/units?of=ban").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("add", {"of": "xue", "new": "X 1", "name": "示例", "chart": "?"}, "选择科目表"),
        ("set", {"of": "xue", "level": "village"}, "层级须为"),
        ("move", {"of": "xian", "upper": "xue", **DECIDED}, "不能作其上级"),
        ("move", {"of": "xue", "upper": "yuan", "day": "soon", "decision": "x"}, "日期"),
        ("close", {"of": "xue", "claims": "along", **DECIDED}, "账上还有余额"),
        ("close", {"of": "xue", "claims": "gone", **DECIDED}, "未收会费"),
        ("figure", {"of": "xue", "key": "heads", "value": "-1", "source": "x"}, "不负的整数"),
        ("figure", {"of": "xue", "key": "cats", "value": "1", "source": "x"}, "基础数据须为"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_done(
    app: Flask, registry: Registry, path: str, told: Sent, said: str
) -> None:
    status, page = send(signed_in(app, "admin"), path, **told)
    assert status == 422
    assert said in page
    with registry.read() as conn:
        assert len(units.all_units(conn)) == 3
        assert not units.events(conn, "xue")


def test_who_records_enters_figures_and_proposes_a_merger(app: Flask, registry: Registry) -> None:
    world = World(registry)
    world.member("yuan", "001")
    client = signed_in(app, "zhou")
    told = {"of": "yuan", "key": "heads", "value": "31", "day": "2026-08-01", "source": "年报"}
    assert send(client, "figure", **told)[0] == 303
    assert send(client, "set", of="yuan", level="county")[0] in (403, 422)
    page = client.get("/units?of=yuan").get_data(as_text=True)
    assert "年报" in page and "在其下新建单位" not in page
    assert send(client, "merge", of="yuan", into="xue", members="yes", **DECIDED)[0] == 303
    with registry.read() as conn:
        last = figures.last(conn, ["yuan"], "heads", date(2026, 9, 1))
        assert {unit: one.value for unit, one in last.items()} == {"yuan": 31}
    (one,) = workflow.waiting(registry, "yuan")
    (other,) = workflow.waiting(registry, "xue")
    for draft in (one.id, other.id):
        workflow.approve(registry, draft, world.lin, NOW)
    closing = {"of": "yuan", "claims": "along", "day": "2026-09-02", "decision": "示工9号"}
    assert send(signed_in(app, "admin"), "close", **closing)[0] == 303
    assert world.of("xue") == {"001": "active"}
    assert "并入" in signed_in(app, "admin").get("/units?of=yuan").get_data(as_text=True)
