"""The floor per head and the grass-roots share over a whole subtree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import clock
from ledger.dues.floors import floors_below
from ledger.dues.passing_on import Share
from ledger.dues.shares import shares_below, shares_of, summed
from ledger.errors import NotAllowed
from ledger.money import Money
from ledger.period import Month
from ledger.registry import dues_schemes, members, persons, units
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData
from tests.cli.command import by_user
from tests.consolidation.tree import DUES, NOW, Tree, copy_tree

DECEMBER = Month(2026, 12)


@pytest.fixture(scope="module")
def tree(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """Party dues in every unit; only the school stands where the floor holds, with two members."""
    tree = copy_tree(planted_tree, tmp_path_factory.mktemp("below") / "federation")
    with tree.registry.write() as conn:
        for unit in ("xian", "xue", "yuan"):
            dues_schemes.put(conn, SchemeRow(unit, "party", DUES, "F01", "DF"), user="u", now=NOW)
        units.set_place(conn, "xue", "北京市", "")
        for number in ("1", "2"):
            person = persons.add(conn, tree.registry.vault, PersonData(f"示例{number}"), NOW)
            members.add(
                conn, person=person, unit="xue", number=number, joined=date(2026, 1, 1),
                state=members.ACTIVE,
            )  # fmt: skip
    yield tree
    tree.registry.close()


def test_each_unit_is_measured_by_the_rule_that_holds_where_it_stands(tree: Tree) -> None:
    found = floors_below(tree.registry, "xian", 2026, NOW.date(), tree.reader)
    assert [(row.unit, row.floor is None) for row in found] == [
        ("xian", True), ("xue", False), ("yuan", True),
    ]  # fmt: skip
    (school,) = (row.floor for row in found if row.floor is not None)
    # 50.00 came in, 40.00 was passed on as a debt, not by the rule: two members ask for 200.00.
    assert school.check.required == Money(200_00)
    assert not school.check.met


def test_a_rule_of_a_unit_of_its_own_goes_before_the_federations(tree: Tree) -> None:
    folder = tree.folder / "units" / "yuan" / "rules"
    folder.mkdir()
    (folder / "floor.toml").write_text(
        '[[table]]\nkind = "floor"\nid = "own"\nversion = "1"\nrule = "party-floor"\n'
        'name = "本单位保底"\nname_en = "own floor"\nsource = "决议1号"\n'
        'effective_from = 2026-01-01\nconfidence = "confirmed"\nper_head = "7.00"\n',
        encoding="utf-8",
    )
    try:
        found = floors_below(tree.registry, "xian", 2026, NOW.date(), tree.reader)
        yuan = next(row.floor for row in found if row.unit == "yuan")
        assert yuan is not None
        assert yuan.check.table.per_head == 7_00
    finally:
        (folder / "floor.toml").unlink()
        folder.rmdir()


def test_over_a_subtree_only_grass_roots_units_are_added_up(tree: Tree) -> None:
    found = shares_below(tree.registry, "xian", DECEMBER, tree.reader)
    assert list(found.units) == ["xue", "yuan"]
    alone = [shares_of(tree.registry, unit, DECEMBER) for unit in ("xue", "yuan")]
    for place, month in enumerate(found.months):
        assert month.received.fen == sum(one[place].received.fen for one in alone)
        assert month.up.fen == sum(one[place].up.fen for one in alone)
    assert found.months[1].received == Money(100_00)  # 50.00 in each school; the county's is not


def test_who_may_not_see_a_part_sees_no_sum(tree: Tree) -> None:
    with pytest.raises(NotAllowed):
        floors_below(tree.registry, "xian", 2026, NOW.date(), tree.of_xue)
    with pytest.raises(NotAllowed):
        shares_below(tree.registry, "xian", DECEMBER, tree.of_xue)
    assert list(shares_below(tree.registry, "xue", DECEMBER, tree.of_xue).units) == ["xue"]


amounts = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=3, max_size=3)


@given(st.lists(amounts, max_size=5))
def test_what_stays_of_all_is_what_stays_of_each(parts: list[list[tuple[int, int]]]) -> None:
    months = [
        [Share(Month(2026, at), Money(came), Money(up)) for at, (came, up) in enumerate(part, 1)]
        for part in parts
    ]
    found = summed(months, Month(2026, 3))
    assert [one.month for one in found] == [Month(2026, at) for at in (1, 2, 3)]
    assert sum(one.kept.fen for one in found) == sum(
        one.kept.fen for part in months for one in part
    )


def test_the_commands_tell_of_units_without_a_rule(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def told(*words: str, status: int = 0) -> str:
        where = ("--unit", "xian", "--below")
        answer = by_user(tree.folder, "reader", f"dues {words[0]}", *where, *words[1:])
        assert answer.status == status
        return answer.out

    floor = json.loads(told("floor", "2026", "--json", status=1))
    assert (floor["short"], floor["no_rule"]) == (1, 2)
    assert [one["unit"] for one in floor["units"]] == ["xian", "xue", "yuan"]
    assert "没有装入规则" in told("floor", "2026", status=1)
    share = json.loads(told("grass-roots", "2026-12", "--json"))
    assert len(share["months"]) == 12
    assert "留基层" in told("grass-roots", "2026-12")
