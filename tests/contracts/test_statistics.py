"""Base statistics: what is known is summed, what is not is said, a sibling sees nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.period import Period
from ledger.registry import figures, members, persons, units, users
from reports.render import render
from reports.sources import known_source
from reports.statements import catalogue
from tests.cli.command import by_user
from tests.consolidation.tree import NOW, Tree, copy_tree

DAY = date(2026, 6, 30)


@pytest.fixture
def tree(planted_tree: Path, tmp_path: Path) -> Iterator[Tree]:
    made = copy_tree(planted_tree, tmp_path / "federation")
    with made.registry.write() as conn:
        for unit, level, regions, channel in (
            ("xian", "county", "", "district-finance"), ("xue", "grass-roots", "革命老区", "own"),
            ("yuan", "grass-roots", "革命老区 民族地区", ""),
        ):  # fmt: skip
            units.set_standing(conn, unit, level=level, regions=regions, channel=channel)
        for unit, key, value, day in (
            ("xian", "staff", 9, date(2026, 1, 1)), ("xian", "staff", 8, date(2026, 5, 1)),
            ("xian", "staff", 99, date(2026, 7, 1)), ("xue", "members", 120, date(2026, 3, 1)),
            ("xue", "venues", 2, date(2026, 3, 1)), ("yuan", "members", 77, date(2026, 3, 1)),
        ):  # fmt: skip
            figures.add(conn, unit, key, day, value, "年报", made.admin.id, NOW)
        for number in range(3):
            who = persons.PersonData(f"示例{'甲乙丙'[number]}员")
            person = persons.add(conn, made.registry.vault, who, NOW)
            members.add(
                conn, person=person, unit="yuan", number=f"{number}", joined=date(2026, 1, 1),
                left=date(2026, 2, 1) if number == 2 else None,
                state="left" if number == 2 else "active",
            )  # fmt: skip
        users.add(
            conn, login="ofyuan", password="correct horse",
            roles=frozenset({("yuan", "auditor")}), now=NOW,
        )  # fmt: skip
    yield made
    made.registry.close()


def run(tree: Tree, *words: str, user: str = "reader") -> Any:
    told = by_user(tree.folder, user, "statistics", "--on", DAY, *words, "--json")
    assert told.status == 0
    return told.json


def test_what_is_known_is_summed_and_what_is_not_is_named(tree: Tree) -> None:
    told = run(tree, "--unit", "xian")
    by_unit = {one["unit"]: one for one in told["units"]}
    # The register goes before what was entered, the last figure by the day before earlier ones.
    assert by_unit["yuan"]["members"]["value"] == 2
    assert "登记册" in by_unit["yuan"]["members"]["source"]
    assert by_unit["xian"]["staff"] == {"value": 8, "day": "2026-05-01", "source": "年报"}
    assert by_unit["xian"]["missing"] == ["members", "venues"]
    assert told["total"] == {
        "units": 3, "members": 122, "staff": 8, "venues": 2,
        "without": {"members": 1, "staff": 2, "venues": 2},
    }  # fmt: skip
    assert told["levels"]["grass-roots"]["members"] == 122
    assert told["regions"]["革命老区"]["units"] == 2
    assert told["regions"]["民族地区"]["units"] == 1
    for key in ("members", "staff", "venues", "units"):
        assert sum(level[key] for level in told["levels"].values()) == told["total"][key]


def test_whoever_sees_one_unit_counts_one_unit(tree: Tree) -> None:
    assert [one["unit"] for one in run(tree, user="ofyuan")["units"]] == ["yuan"]
    for unit in ("xue", "xian", "nowhere"):
        told = by_user(tree.folder, "ofyuan", "statistics", "--on", DAY, "--unit", unit)
        assert told.status != 0
        assert "示例单位" not in told.said
    # An administrator has no right to look into any unit.
    told = by_user(tree.folder, "admin", "statistics", "--on", DAY)
    assert (told.status, "not-allowed" in told.err) == (1, True)


def test_a_unit_counts_while_it_exists(tree: Tree) -> None:
    with tree.registry.write() as conn:
        units.set_closed(conn, "xue", date(2026, 6, 30))
    assert run(tree)["total"]["units"] == 2
    printed = by_user(tree.folder, "reader", "statistics", "--on", "2026-06-29")
    assert printed.status == 0
    text = printed.out
    assert "合计 total: 单位 units 3" in text
    assert "staff —（2 个未填 not entered）" in text  # of the grass roots nobody said how many


def test_the_statement_says_source_day_and_what_is_missing(tree: Tree) -> None:
    period = Period.parse("2026-06")
    source = known_source(tree.registry, "xian", "statistics", period)
    statement = catalogue.build("statistics", source, period)
    lines = {line.code: line for line in statement.lines}
    assert lines["all"].cells[:4] == (3, 122, 8, 2)
    assert lines["xue"].cells == (
        None, 120, None, 2, "自筹", "会员、活动阵地：年报 2026-03-01", "专职人员",
    )  # fmt: skip
    assert lines["level-grass-roots"].cells[2] is None
    assert any("不作零计入" in note.zh for note in statement.notes)
    for form in ("text", "pdf", "xlsx", "csv", "json"):
        assert render(catalogue.with_annex(source, statement), form)
