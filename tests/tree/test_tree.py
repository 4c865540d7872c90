"""The tree of units: where they stand, who sees what, moving, handing over, closing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from ledger import checking, workflow
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.model import Model
from ledger.money import yuan
from ledger.period import Period
from ledger.registry import Registry, User, figures, oplog, units, users
from ledger.transfers.matrix import build_matrix
from ledger.tree.changing import Standing, close, enter_figure, move, set_standing
from ledger.tree.handing_over import Merging, merge
from tests.cli.command import by_user
from tests.consolidation.tree import BANK, DUES, copy_tree

NOW = datetime(2026, 9, 1, 9, tzinfo=CHINA)
DAY = date(2026, 9, 1)
DECISION = "示工〔2026〕9号"


@pytest.fixture(scope="module")
def planted(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = copy_tree(planted_tree, tmp_path_factory.mktemp("tree") / "federation")
    with tree.registry.write() as conn:
        for login, roles in (
            ("zhou", {("xian/", "treasurer")}),
            ("lin", {("xian/", "checker")}),
            ("yuanren", {("yuan", "treasurer")}),
        ):
            users.add(conn, login=login, password="correct horse", roles=frozenset(roles), now=NOW)
    tree.registry.close()
    return tree.folder


class World:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.admin, self.zhou, self.lin, self.yuan = (
            self.user(login) for login in ("admin", "zhou", "lin", "yuanren")
        )

    def user(self, login: str) -> User:
        with self.registry.read() as conn:
            return users.of_login(conn, login)


@pytest.fixture
def world(planted: Path, tmp_path: Path) -> Iterator[World]:
    registry = Registry.open(shutil.copytree(planted, tmp_path / "federation"))
    yield World(registry)
    registry.close()


def rules(fault: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {found.rule for found in fault.value.findings}


# ---- standing and figures ----------------------------------------------------------------------


def test_where_a_unit_stands_is_said_word_by_word(world: World) -> None:
    said = Standing("grass-roots", ("革命老区", "民族地区"), "district-finance")
    set_standing(world.registry, "xue", said, world.admin, NOW)
    row = set_standing(world.registry, "xue", Standing(level="township"), world.admin, NOW)
    assert (row.level, row.regions, row.channel) == (
        "township", "革命老区 民族地区", "district-finance",
    )  # fmt: skip


@pytest.mark.parametrize(
    "said", [Standing(level="galaxy"), Standing(regions=("火星",)), Standing(channel="luck")]
)
def test_words_that_are_none_are_refused(world: World, said: Standing) -> None:
    with pytest.raises(Refused, match="bad-standing"):
        set_standing(world.registry, "xue", said, world.admin, NOW)


def test_only_an_administrator_says_where_a_unit_stands(world: World) -> None:
    with pytest.raises(NotAllowed):
        set_standing(world.registry, "xue", Standing(level="county"), world.zhou, NOW)


def test_figures_are_corrected_by_a_later_one_and_keep_their_source(world: World) -> None:
    for value in (12, 13):
        enter_figure(world.registry, "xue", "heads", value, DAY, "年报", world.zhou, NOW)
    with world.registry.read() as conn:
        last = figures.last(conn, ["xue", "yuan"], "heads", DAY)
        assert {unit: one.value for unit, one in last.items()} == {"xue": 13}
        assert figures.last(conn, ["xue"], "heads", date(2026, 8, 31)) == {}


@pytest.mark.parametrize(
    "key, value, source", [("age", 1, "x"), ("heads", -1, "x"), ("heads", 1, " ")]
)
def test_a_figure_that_says_nothing_is_refused(
    world: World, key: str, value: int, source: str
) -> None:
    with pytest.raises(Refused, match="bad-figure"):
        enter_figure(world.registry, "xue", key, value, DAY, source, world.zhou, NOW)


# ---- rights ------------------------------------------------------------------------------------


def test_a_role_for_a_unit_and_all_below_follows_the_tree(world: World) -> None:
    assert world.zhou.may("record", "xian")
    assert world.zhou.may("record", "yuan")
    assert not world.yuan.may("browse", "xue")
    with world.registry.write() as conn:
        units.add(
            conn, unit="xin", name="新单位", name_en="", chart="union-2021-basic", opened=DAY,
            limit_fen=0, upper="xue",
        )  # fmt: skip
    assert world.user("zhou").may("record", "xin")
    move(world.registry, "xue", "", DAY, DECISION, world.admin, NOW)
    assert not world.user("zhou").may("browse", "xue")
    assert not world.user("zhou").may("browse", "xin")


def test_a_cashier_of_a_subtree_keeps_no_ledger_of_any_unit_in_it(world: World) -> None:
    with world.registry.write() as conn, pytest.raises(Refused, match="bad-user"):
        roles = frozenset({("xian/", "cashier"), ("xue", "treasurer")})
        users.add(conn, login="both", password="correct horse", roles=roles, now=NOW)


def test_a_role_below_a_unit_that_is_not_there_is_refused(world: World) -> None:
    with world.registry.write() as conn, pytest.raises(Refused, match="nowhere"):
        roles = frozenset({("nowhere/", "auditor")})
        users.add(conn, login="lost", password="correct horse", roles=roles, now=NOW)


# ---- moving ------------------------------------------------------------------------------------


def test_no_unit_is_above_itself(world: World) -> None:
    for upper in ("xian", "xue"):
        with pytest.raises(Refused, match="circle"):
            move(world.registry, "xian", upper, DAY, DECISION, world.admin, NOW)
    with pytest.raises(CannotRun, match="no-unit"):
        move(world.registry, "xue", "nowhere", DAY, DECISION, world.admin, NOW)
    with pytest.raises(Refused, match="no-decision"):
        move(world.registry, "xue", "yuan", DAY, " ", world.admin, NOW)


def test_moving_is_kept_with_its_decision(world: World) -> None:
    move(world.registry, "xue", "yuan", DAY, DECISION, world.admin, NOW)
    with world.registry.read() as conn:
        (event,) = units.events(conn, "xue")
        assert units.find(conn, "xue").upper == "yuan"
        assert [row.id for row in units.subtree(conn, "yuan")] == ["yuan", "xue"]
    assert (event.kind, event.other, event.decision) == ("moved", "yuan", DECISION)


# ---- merging and closing -----------------------------------------------------------------------


def merging(**changed: object) -> Merging:
    facts = {"unit": "yuan", "into": "xue", "day": DAY, "decision": DECISION, "funds": {}}
    return Merging(**{**facts, **changed})  # type: ignore[arg-type]


def holds(world: World, unit: str) -> dict[tuple[str, str], int]:
    model = Model.open(world.registry.folder / "units" / unit)
    held: dict[tuple[str, str], int] = {}
    for cell in model.cells():
        held[cell.account, cell.fund] = held.get((cell.account, cell.fund), 0) + cell.net
    model.close()
    return {key: fen for key, fen in held.items() if fen}


def approve(world: World, draft: str) -> None:
    done = workflow.approve(world.registry, draft, world.lin, NOW)
    assert isinstance(done, Voucher)


def test_a_merged_unit_hands_over_every_balance_and_is_closed(world: World) -> None:
    before, there = holds(world, "yuan"), holds(world, "xue")
    done = merge(world.registry, merging(), world.zhou, NOW)
    assert done.balances == len(before)
    with pytest.raises(NotAllowed):
        workflow.approve(world.registry, done.closing, world.zhou, NOW)
    approve(world, done.closing)
    approve(world, done.opening)
    assert holds(world, "yuan") == {}
    # A book that is handed over pays nobody: the matrix tells of it no more than before.
    every = ["xian", "xue", "yuan"]
    found = build_matrix(world.registry, every, Period.parse("2026-09"), DAY)
    assert not [one for one in found.exceptions if one.state == "no-reference" and not one.days]
    after = holds(world, "xue")
    assert all(after.get(key, 0) == there.get(key, 0) + before.get(key, 0) for key in after)
    close(world.registry, "yuan", date(2026, 9, 2), DECISION, world.admin, NOW)
    with world.registry.read() as conn:
        assert units.merged_into(conn) == {"yuan": "xue"}
        assert units.find(conn, "yuan").closed == date(2026, 9, 2)
        acts = [act.action for act in oplog.entries(conn, "yuan", DAY, date(2026, 9, 2))]
    assert {"unit.merge", "unit.close"} <= {*acts}
    assert checking.check_federation(world.registry) == []


def test_nothing_is_posted_in_a_closed_unit(world: World) -> None:
    done = merge(world.registry, merging(), world.zhou, NOW)
    approve(world, done.closing)
    approve(world, done.opening)
    close(world.registry, "yuan", date(2026, 9, 2), DECISION, world.admin, NOW)
    lines = Posting(BANK, yuan("1.00"), "F01"), Posting(DUES, yuan("-1.00"), "F01")
    late = Draft("yuan", date(2026, 9, 2), "收", "晚了", lines, source="user")
    with pytest.raises(Refused, match="unit-closed"):
        workflow.propose(world.registry, late, world.yuan, NOW)


def test_a_unit_that_holds_anything_or_has_units_below_is_not_closed(world: World) -> None:
    with pytest.raises(Refused) as caught:
        close(world.registry, "xian", date(2026, 10, 1), "", world.admin, NOW)
    assert rules(caught) == {"units-below", "unit-holds", "no-decision"}
    with pytest.raises(Refused) as caught:
        close(world.registry, "yuan", date(2026, 3, 1), DECISION, world.admin, NOW)
    assert rules(caught) == {"unit-holds", "posted-later"}


@pytest.mark.parametrize(
    "changed, rule",
    [
        ({"into": "yuan"}, "bad-merger"),
        ({"decision": ""}, "no-decision"),
        ({"funds": {"F01": "F09"}}, "no-fund"),
    ],
)
def test_a_merger_that_cannot_be_is_refused(
    world: World, changed: dict[str, object], rule: str
) -> None:
    before = holds(world, "xue")
    with pytest.raises(Refused, match=rule):
        merge(world.registry, merging(**changed), world.zhou, NOW)
    assert holds(world, "xue") == before


def test_who_records_in_one_book_only_merges_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        merge(world.registry, merging(), world.yuan, NOW)


def test_drafts_that_wait_hold_a_merger_up(world: World) -> None:
    merge(world.registry, merging(), world.zhou, NOW)
    with pytest.raises(Refused, match="drafts-wait"):
        merge(world.registry, merging(), world.zhou, NOW)


# ---- the command -------------------------------------------------------------------------------


def test_the_command_adds_lists_and_shows(world: World) -> None:
    def run(*words: str, user: str = "admin") -> tuple[int, str]:
        told = by_user(world.registry.folder, user, f"unit {words[0]}", *words[1:])
        return told.status, told.said

    assert run(
        "add", "--unit", "xin", "--name", "新建单位（示例）", "--chart", "union-2021-basic",
        "--opened", "2026-03-01", "--upper", "xian", "--level", "grass-roots", "--region",
        "边疆地区",
    )[0] == 0  # fmt: skip
    status, text = run("list", "--json")
    told = {row["id"]: row for row in json.loads(text)["units"]}
    assert told["xin"]["upper"] == "xian"
    assert told["xin"]["regions"] == ["边疆地区"]
    assert told["xin"]["merged_into"] is None
    assert "  xin  新建单位（示例）  [grass-roots 边疆地区]" in run("list")[1]
    assert (
        run("figure", "heads", "40", "--unit", "xin", "--on", "2026-03-01", "--source", "年报")[0]
        == 0
    )
    assert (
        run(
            "move", "--unit", "xin", "--upper", "xue", "--on", "2026-04-01", "--decision", DECISION
        )[0]
        == 0
    )
    status, text = run("show", "--unit", "xin", "--json")
    assert [one["kind"] for one in json.loads(text)["events"]] == ["moved"]
    # Who sees one unit lists one, and is told nothing of the others.
    status, text = run("list", "--json", user="yuanren")
    assert [row["id"] for row in json.loads(text)["units"]] == ["yuan"]
    status, text = run("show", "--unit", "xue", user="yuanren")
    assert (status, "not-allowed" in text) == (1, True)
