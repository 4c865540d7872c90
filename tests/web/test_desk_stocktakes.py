"""Stocktakes at the desk: opened, counted with a phone, closed, settled by two."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ledger.assets.labels import label_text
from reports.web.app import create_app
from tests.assets.keeping import NOW, SISTER, UNIT, begin
from tests.stocktakes.counting import PLACE, Counting, counting_in
from tests.web.browser import sign_in
from tests.web.desk import PDF, Browser

STOCKTAKES = f"/desk/{UNIT}/stocktakes"


class Worker(Browser):
    """Somebody of the unit that counts its things."""

    def __init__(self, app: Flask, login: str) -> None:
        self._client = app.test_client()
        sign_in(self._client, login, "correct horse")


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Counting]:
    made = counting_in(begin(tmp_path / "federation"))
    for name in ("相机", "打印机", "笔记本"):
        made.keeping.own(name=name)
    yield made
    made.registry.close()


@pytest.fixture
def app(counting: Counting) -> Flask:
    return create_app(counting.registry.folder, clock=lambda: NOW)


def opened(worker: Worker, **said: object) -> str:
    facts = {"day": "2026-06-01", "scope": "all", "of": "", "counter": "he"} | said
    answer = worker.send(STOCKTAKES, **facts)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    found = re.search(r"PD2026-[0-9]{4}-[0-9]", answer.headers["Location"])
    assert found
    return found[0]


def test_things_are_counted_with_a_phone_and_settled_at_the_desk(
    counting: Counting, app: Flask
) -> None:
    zhou, he, lin, gao = (Worker(app, login) for login in ("zhou", "he", "lin", "gao"))
    code = opened(zhou)
    place = f"{STOCKTAKES}/{code}"
    phone = f"{place}/count"
    page = he.get(f"{phone}?place={PLACE}")
    assert "0 / 3" in page and page.count('name="tapped"') == 3
    answer = he.send(phone, place=PLACE, tapped="FA-00001")
    assert answer.status_code == 303
    told = he.get(answer.headers["Location"])
    assert "与清单相符" in told and "1 / 3" in told and told.count('name="tapped"') == 2
    answer = he.send(phone, place="走廊", what=label_text(UNIT, "FA-00002"))
    told = he.get(answer.headers["Location"])
    assert "地点不符" in told and f"{PLACE} · chen" in told and "走廊" in told
    assert he.send(phone, place="仓库", found="铁皮柜", worth="650").status_code == 303
    assert he.send(phone, place="仓库", found="铁皮柜", worth="650").status_code == 422
    assert lin.send(place, f"{place}/close", day="2026-06-05").status_code == 303
    assert "这次盘点已结束" in he.get(phone)

    page = zhou.get(place)
    assert [kind for kind in ("盘亏", "地点不符", "盘盈") if kind in page] == [
        "盘亏",
        "地点不符",
        "盘盈",
    ]
    said = {"difference": "1", "way": "seen", "what": PLACE}
    assert zhou.send(place, f"{place}/resolve", **said).status_code == 303
    assert f"{code}/1" in counting.alarms()
    assert gao.send(place, f"{place}/approve", difference="1", seen="9").status_code == 422
    assert gao.send(place, f"{place}/approve", difference="1", seen="1").status_code == 303
    explained = {"difference": "3", "way": "explained", "what": "隔壁单位寄存"}
    assert zhou.send(place, f"{place}/resolve", **explained).status_code == 422
    paper = (io.BytesIO(PDF), "证明.pdf")
    assert zhou.send(place, f"{place}/resolve", **explained, papers=paper).status_code == 303
    assert gao.send(place, f"{place}/refuse", difference="3", reason="无印章").status_code == 303
    page = zhou.get(place)
    assert "无印章" in page and "隔壁单位寄存" in page
    assert sorted(counting.alarms()) == [f"{code}/2", f"{code}/3"]


def test_what_is_wrong_is_told_on_the_page_and_nothing_is_kept(
    counting: Counting, app: Flask
) -> None:
    zhou, he = Worker(app, "zhou"), Worker(app, "he")
    assert zhou.send(STOCKTAKES, day="2026-07-30", scope="all", of="").status_code == 422
    assert zhou.send(STOCKTAKES, day="2026-06-01", scope="place", of="").status_code == 422
    code = opened(zhou)
    phone = f"{STOCKTAKES}/{code}/count"
    for said in (
        {"place": PLACE, "what": "99"},
        {"place": "", "what": "1"},
        {"place": PLACE, "what": label_text(SISTER, "FA-00001")},
        {"place": PLACE, "what": "1", "keeper": "nobody"},
        {"place": PLACE, "found": "柜子", "worth": "x"},
        {"place": PLACE, "what": "1", "photo": (io.BytesIO(b"no picture"), "a.png")},
    ):
        answer = he.send(phone, **said)
        assert answer.status_code == 422, said
        assert 'class="verdict amiss"' in answer.get_data(as_text=True)
    assert counting.stands(code).looked == 0


def test_a_photo_is_kept_with_what_was_seen(counting: Counting, app: Flask) -> None:
    code = opened(Worker(app, "zhou"))
    photo = (io.BytesIO(b"\x89PNG\r\n\x1a\n photo"), "IMG_1.png")
    answer = Worker(app, "he").send(
        f"{STOCKTAKES}/{code}/count", place=PLACE, what="1", note="外壳破损", photo=photo
    )
    assert answer.status_code == 303
    (scan,) = [one.scan for one in counting.stands(code).compared if one.scan]
    assert (scan.note, len(scan.photo)) == ("外壳破损", 64)


def test_who_may_only_look_neither_counts_nor_settles(counting: Counting, app: Flask) -> None:
    code = opened(Worker(app, "zhou"))
    place = f"{STOCKTAKES}/{code}"
    shen, chen, gao, zhou = (Worker(app, login) for login in ("shen", "chen", "gao", "zhou"))
    for worker in (shen, chen, gao):
        page = worker.get(f"{place}/count")
        assert "您不是这次盘点的盘点人" in page and "data-count" not in page
        assert worker.send(place, f"{place}/count", place=PLACE, what="1").status_code == 422
    assert shen.send(place, STOCKTAKES, day="2026-06-01", scope="all").status_code == 403
    for act in ("resolve", "withdraw"):
        assert shen.send(place, f"{place}/{act}", difference="1").status_code == 403
    for act in ("close", "approve", "refuse"):
        assert zhou.send(place, f"{place}/{act}", difference="1").status_code == 403
    assert counting.stands(code).looked == 0


def test_a_stocktake_that_is_not_there_is_not_found(app: Flask, counting: Counting) -> None:
    zhou, gao = Worker(app, "zhou"), Worker(app, "gao")
    opened(zhou)
    for path in ("PD2026-0099-1", "x", "PD2026-0099-1/count"):
        zhou.get(f"{STOCKTAKES}/{path}", 404)
    assert zhou.send(STOCKTAKES, f"{STOCKTAKES}/x/count", what="1").status_code == 404
    assert gao.send(STOCKTAKES, f"{STOCKTAKES}/x/close", day="2026-06-05").status_code == 404
    assert zhou.send(STOCKTAKES, f"{STOCKTAKES}/x/resolve", difference="1").status_code == 404


def test_one_opened_by_an_error_is_taken_back(app: Flask, counting: Counting) -> None:
    zhou = Worker(app, "zhou")
    code = opened(zhou, scope="place", of=PLACE)
    place = f"{STOCKTAKES}/{code}"
    assert zhou.send(place, f"{place}/withdraw").status_code == 303
    assert "已撤回" in zhou.get(STOCKTAKES)


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_the_list_is_taken_along(app: Flask, counting: Counting, form: str) -> None:
    zhou = Worker(app, "zhou")
    code = opened(zhou)
    assert zhou.fetch(f"{STOCKTAKES}/{code}?format={form}")


def test_the_camera_is_for_this_page_alone(app: Flask, counting: Counting) -> None:
    zhou = Worker(app, "zhou")
    code = opened(zhou)
    count = zhou._client.get(f"{STOCKTAKES}/{code}/count").headers
    assert "camera=(self)" in count["Permissions-Policy"]
    assert "unsafe" not in count["Content-Security-Policy"]
    for path in (STOCKTAKES, f"{STOCKTAKES}/{code}", f"/desk/{UNIT}/", "/"):
        other = zhou._client.get(path).headers
        assert "camera=()" in other["Permissions-Policy"]
        assert "connect-src" not in other["Content-Security-Policy"]
