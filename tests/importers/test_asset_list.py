"""A list of assets on our own sheet: what was there when the book began, and what came since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.registry import drafts
from tests.assets.keeping import NOW, UNIT, Keeping, begin
from tests.cli.command import Told

HEAD = "资产编号,名称,类别,来源,权属,取得日期,原值,累计折旧,存放地点,保管人编号,使用年限（月）\n"
OLD = "GD-1,投影仪,计算机设备,购置,本单位,2024-05-10,5000.00,1400.00,会议室,chen,\n"
NEW = "GD-2,办公桌,家具,购置,本单位,2026-03-02,1800.00,,办公室,chen,\n"
LENT = "GD-3,会议桌,家具,借用（备查）,其他单位,2023-01-01,,,活动室,chen,\n"


@pytest.fixture
def keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    made = begin(tmp_path / "federation")
    yield made
    made.registry.close()


def entered(keeping: Keeping, tmp_path: Path, *rows: str, **options: str) -> Told:
    path = tmp_path / "assets.csv"
    path.write_text(f"单位名称,{UNIT}\n{HEAD}{''.join(rows)}", encoding="utf-8")
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return keeping.run("asset", "import", path, *words, "--json")


def test_what_was_there_and_what_came_since_are_entered_together(
    keeping: Keeping, tmp_path: Path
) -> None:
    told = entered(keeping, tmp_path, OLD, NEW, LENT, fund="F01", money=keeping.bank)
    assert told.status == 0, told.err
    made = told.json["assets"]
    assert [one["asset"] for one in made] == ["FA-00001", "FA-00002", "FA-00003"]
    assert [bool(one["draft"]) for one in made] == [True, True, False]
    for one in made[:2]:
        keeping.approve(one["draft"])
    old, new, lent = (keeping.stands(code) for code in ("FA-00001", "FA-00002", "FA-00003"))
    assert (old.row.serial, old.cost_fen, old.worn_fen) == ("GD-1", 5000_00, 1400_00)
    assert (new.cost_fen, lent.cost_fen, lent.state) == (1800_00, 0, "in-use")
    # 5,000 over 72 months; 20 of them are gone: what is left is spread over 52.
    keeping.wear("2026-01")
    assert keeping.stands("FA-00001").worn_fen == 1400_00 + 69_23


def test_every_fault_is_told_with_its_row_and_nothing_is_entered(
    keeping: Keeping, tmp_path: Path
) -> None:
    told = entered(
        keeping, tmp_path,
        OLD.replace("计算机设备", "房屋"), NEW.replace("chen", "nobody"),
        LENT.replace("其他单位", "本单位"), fund="F01", money=keeping.bank,
    )  # fmt: skip
    assert told.status == 1
    found = told.json["findings"]
    assert sorted(one["line"] for one in found) == [3, 4, 5]
    assert keeping.run("asset", "list", "--json").json["assets"] == []
    with keeping.registry.read() as conn:
        assert drafts.in_states(conn, UNIT, drafts.UNDECIDED) == []


def test_a_gift_is_recorded_as_one_before_it_has_a_card(keeping: Keeping, tmp_path: Path) -> None:
    told = entered(keeping, tmp_path, NEW.replace("购置", "受赠"), fund="F01")
    assert told.status == 1 and "gift record" in told.out
