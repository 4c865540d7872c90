"""A stocktake from its first day to the last alarm: by command, and on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger.assets.labels import label_text
from ledger.checking import check_unit
from tests.assets.keeping import UNIT
from tests.stocktakes.counting import PLACE, Counting


def test_four_differences_are_found_and_settled_by_two(counted: Counting, tmp_path: Path) -> None:
    """A lost camera, an unlisted shelf, a printer in the wrong room, a laptop in wrong hands."""
    keeping = counted.keeping
    camera, printer, laptop, desk, lent = (
        keeping.own(name=name) for name in ("相机", "打印机", "笔记本", "办公桌", "音响")
    )
    keeping.handed("loan", lent)
    code = counted.open()
    counted.see(code, printer, place="活动室")
    counted.see(code, laptop, keeper="zhou")
    counted.see(code, label_text(UNIT, desk), keeper="chen")
    counted.find(code, "铁皮柜，无标签", place="仓库")
    found = counted.close(code)
    assert [(one.kind, one.asset) for one in found] == [
        ("missing", camera), ("wrong-place", printer), ("wrong-holder", laptop), ("found", None),
    ]  # fmt: skip
    assert len(counted.alarms()) == 4

    keeping.leave("loss", camera, day=date(2026, 6, 6), on=date(2026, 6, 7))
    (loss,) = (row.code for row in requests(counted) if row.kind == "loss")
    counted.settle(code, 1, "request", request=loss)
    move = keeping.handed("move", printer, day=date(2026, 6, 6), on=date(2026, 6, 7))
    counted.settle(code, 2, "request", request=move.code)
    counted.settle(code, 3, "explained", note="当日借用演示", paper=b"%PDF-1", paper_name="s.pdf")
    shelf = keeping.own(
        name="铁皮柜", class_id="furniture", source="found", place="仓库", decision="决〔2026〕1号",
        acquired=date(2026, 6, 8),
    )  # fmt: skip
    counted.settle(code, 4, "card", asset=shelf)
    assert counted.alarms() == []
    shown = counted.stands(code)
    assert (shown.expected, shown.alarms) == (5, 0)
    assert [len(shown.of_how(how)) for how in ("seen", "excused", "unseen")] == [3, 1, 1]
    assert check_unit(counted.registry, UNIT) == []


def requests(counting: Counting):  # type: ignore[no-untyped-def]
    from ledger.registry import asset_requests

    with counting.registry.read() as conn:
        return asset_requests.of_unit(conn, UNIT)


def test_the_commands_work_as_written(counting: Counting, tmp_path: Path) -> None:
    keeping = counting.keeping
    for name in ("相机", "打印机", "笔记本"):
        keeping.own(name=name)
    told = keeping.run("stocktake", "open", "--counter", "he", "--json")
    assert told.status == 0, told.err
    code = told.json["stocktake"]
    assert (told.json["expected"], code) == (3, "PD2026-0001-" + code[-1])
    file = tmp_path / "scanned.csv"
    file.write_text(f"编号,地点,保管人\nFA-00001,{PLACE},chen\n2,活动室,\n", encoding="gb18030")
    told = keeping.run("stocktake", "scan", code, "--file", file, "--json", user="he")
    assert told.status == 0, told.err
    assert [one["differences"] for one in told.json["scans"]] == [[], ["wrong-place"]]
    assert (told.json["counted"], told.json["expected"]) == (2, 3)
    told = keeping.run("stocktake", "close", code, "--json", user="lin")
    assert told.status == 0, told.err
    assert [one["kind"] for one in told.json["differences"]] == ["wrong-place", "missing"]
    assert "地点不符" in keeping.run("asset", "list").out
    told = keeping.run("stocktake", "resolve", code, "1", "--seen", PLACE, "--json")
    assert told.status == 0, told.err
    told = keeping.run("stocktake", "approve", code, "1", "--json", user="gao")
    assert told.status == 0, told.err
    shown = keeping.run("stocktake", "show", code, "--json").json
    assert [one["state"] for one in shown["differences"]] == ["resolved", "open"]
    listed = keeping.run("stocktake", "list", "--json").json["stocktakes"]
    assert [(one["state"], one["alarms"]) for one in listed] == [("closed", 1)]
    for part, more in (("list", ()), ("show", (code,))):
        plain = keeping.run("stocktake", part, *more)
        assert code in plain.out and plain.status == 0
