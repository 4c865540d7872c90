"""A subtree as one: equal to its books, read again only where it changed, open to who may look."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.chart import load_chart
from ledger.cli.main import main
from ledger.consolidation.consolidating import Consolidation
from ledger.consolidation.engines import consolidated
from ledger.consolidation.store import export
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.lines import line_of, order
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month, Period
from ledger.seeing import demand_tree
from ledger.transfers.months import FOLDER
from reports.sources import book_source, known_source
from reports.statements import catalogue
from tests.consolidation.tree import BANK, DUES, FIRST, SECOND, Tree, copy_tree, line, plant
from tests.reports.opening import every_figure_opens

YEAR, MARCH = Period.parse("2026"), Period.parse("2026-03")


@pytest.fixture(scope="module")
def tree(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    copied = copy_tree(planted_tree, tmp_path_factory.mktemp("tree") / "federation")
    yield copied
    copied.registry.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Tree]:
    """A tree that the test may change."""
    planted = plant(tmp_path / "federation")
    yield planted
    planted.registry.close()


def amounts(found: Consolidation) -> dict[str, tuple[str, str, str]]:
    """By line: the sum of the units, what was eliminated, and what remains."""
    return {
        one.line.id: (
            Money(one.combined).text, Money(one.eliminated).text, Money(one.consolidated).text
        )
        for one in found.lines()
    }  # fmt: skip


def test_the_worked_example_comes_out_as_by_hand(tree: Tree) -> None:
    found = consolidated(tree.registry, "xian", YEAR)
    assert amounts(found) == {
        "A10": ("6971.00", "0.00", "6971.00"),
        "A25": ("25.00", "-25.00", "0.00"),
        "L10": ("40.00", "-25.00", "15.00"),
        "E20": ("6900.00", "0.00", "6900.00"),
        "E90": ("56.00", "0.00", "56.00"),
        "I10": ("135.00", "0.00", "135.00"),
        "I30": ("170.00", "-170.00", "0.00"),
        "X10": ("60.00", "0.00", "60.00"),
        "X60": ("189.00", "-170.00", "19.00"),
    }
    assert [(one.reference, one.fen) for one in found.eliminations] == [
        (FIRST, 10000), (SECOND, 7000), ("", 2500),
    ]  # fmt: skip
    assert [(one.payer, one.payee, one.reference, one.side, one.fen) for one in found.left] == [
        ("xian", "yuan", "", "payer", 900),
        ("xian", "yuan", SECOND, "payer", 1000),
        ("xue", "xian", "", "payer", 1500),
    ]


@pytest.mark.parametrize("root", ["xian", "xue"])
@pytest.mark.parametrize("period", ["2025", "2026", "2026-03", "2026-11"])
def test_sums_are_those_of_the_books_and_assets_are_debts_and_net_assets(
    tree: Tree, root: str, period: str
) -> None:
    found = consolidated(tree.registry, root, Period.parse(period))
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for unit in found.units:
        model = Model.open(tree.folder / "units" / unit)
        for cell in model.cells(through=Month.of(found.period.last)):
            expected[cell.account, cell.fund] += cell.net
        model.close()
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in found.sums:
        sums[row.account, row.fund] += row.net
    assert {key: net for key, net in sums.items() if net} == {
        key: net for key, net in expected.items() if net
    }
    side: dict[str, int] = defaultdict(int)
    for one in found.lines():
        side[one.line.side] += one.consolidated
    assert side["Assets"] == side["Liabilities"] + side["Equity"]


def test_one_changed_month_reads_and_writes_only_itself(own: Tree) -> None:
    units = ["xian", "xue", "yuan"]
    first = export(own.folder, units, 2026)
    assert {unit for unit, _ in first.months} == {*units}
    assert export(own.folder, units, 2026).months == []
    own.post("xue", date(2026, 7, 1), line(BANK, "5.00"), line(DUES, "-5.00"))
    own.save()
    again = export(own.folder, units, 2026)
    assert again.months == [("xue", Month(2026, 7))]
    assert again.files == [("xue", 2026)]
    assert dict(amounts(consolidated(own.registry, "xian", YEAR)))["I10"][0] == "140.00"


def test_a_change_of_last_year_moves_this_years_opening(own: Tree) -> None:
    consolidated(own.registry, "xian", YEAR)
    own.post("xue", date(2025, 12, 31), line(BANK, "7.00"), line(DUES, "-7.00"))
    own.save()
    found = consolidated(own.registry, "xian", YEAR)
    assert found.exported.files == [("xue", 2025), ("xue", 2026)]
    assert amounts(found)["A10"][2] == "6978.00"
    assert amounts(found)["I10"][2] == "135.00"


@pytest.mark.parametrize("harm", ["gone", "cut", "database"])
def test_a_cache_that_was_harmed_is_made_anew(own: Tree, harm: str) -> None:
    before = amounts(consolidated(own.registry, "xian", YEAR))
    place = own.folder / FOLDER
    parquet = sorted(place.glob("cells/*/2026.parquet"))[0]
    if harm == "gone":
        parquet.unlink()
    elif harm == "cut":
        parquet.write_bytes(parquet.read_bytes()[:100])
    else:
        (place / "months.db").write_bytes(b"no database")
    assert amounts(consolidated(own.registry, "xian", YEAR)) == before


def test_every_account_of_every_chart_stands_on_a_named_line() -> None:
    for chart in ("union-2021-basic", "union-2021-county", "npo-2004", "npo-2024", "party-dues"):
        for facts in load_chart(chart).book_accounts():
            assert line_of(facts.name).id in order(), facts.name


def test_an_account_of_ones_own_stands_under_its_own_name() -> None:
    assert line_of("Income:499-会场收入").name.zh == "会场收入"


def test_only_who_may_browse_every_unit_sees_the_sum(tree: Tree) -> None:
    demand_tree(tree.registry, "xian", tree.reader)
    demand_tree(tree.registry, "xue", tree.of_xue)
    with pytest.raises(NotAllowed):
        demand_tree(tree.registry, "xian", tree.of_xue)


def test_a_period_before_every_book_is_refused_and_an_unknown_unit_cannot_run(tree: Tree) -> None:
    with pytest.raises(Refused, match="before-book"):
        consolidated(tree.registry, "xian", Period.parse("2024"))
    with pytest.raises(CannotRun, match="no-unit"):
        consolidated(tree.registry, "nowhere", YEAR)


# ---- statements --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["consolidated", "comparison"])
def test_every_figure_opens_to_what_adds_up_to_it(tree: Tree, name: str) -> None:
    source = known_source(tree.registry, "xian", name, MARCH)
    statement = catalogue.build(name, source, MARCH)
    assert every_figure_opens(source, statement) >= 12
    assert any("管理信息" in note.zh for note in statement.notes)


def test_a_consolidated_figure_leads_to_the_units_own_trial_balance(tree: Tree) -> None:
    source = known_source(tree.registry, "xian", "consolidated", YEAR)
    found = catalogue.backing(source, "xian/consolidated/2026/I10")
    refs = [part.number for part in found.postings]
    assert refs == [f"{unit}/trial-balance/2026/401" for unit in ("xian", "xue", "yuan")]
    own = catalogue.backing(book_source(tree.folder, "xue"), refs[1])
    assert own.closing == Money(-5000 + 4000)


def test_the_book_alone_makes_no_consolidated_statement(tree: Tree) -> None:
    with pytest.raises(Refused, match="no-consolidation"):
        catalogue.build("consolidated", book_source(tree.folder, "xian", YEAR), YEAR)


# ---- the command -------------------------------------------------------------------------------


def run(tree: Tree, monkeypatch: pytest.MonkeyPatch, *words: str, user: str = "reader") -> int:
    monkeypatch.setenv("MINGBAI_PASSWORD", "correct horse")
    return main(["consolidate", str(tree.folder), "--period", "2026", "--user", user, *words])


def test_the_command_prints_a_statement_and_json(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tree, monkeypatch, "--unit", "xian") == 0
    text = capsys.readouterr().out
    assert "管理信息" in text
    assert FIRST in text
    assert run(tree, monkeypatch, "--unit", "xian", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["units"] == ["xian", "xue", "yuan"]
    assert {one["line"]: one["consolidated"] for one in told["lines"]}["X60"] == "19.00"
    assert [one["amount"] for one in told["eliminations"]] == ["100.00", "70.00", "25.00"]
    assert {row["month"] for row in told["rows"] if row["opening"]} == {"2026"}


def test_the_command_refuses_who_may_see_a_part_only(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tree, monkeypatch, "--unit", "xian", user="xue") == 1
    assert "not-allowed" in capsys.readouterr().err
    assert run(tree, monkeypatch, "--unit", "xue", user="xue") == 0


# ---- Spark -------------------------------------------------------------------------------------


def test_spark_with_two_workers_gives_the_same_to_the_fen(tree: Tree) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("没有安装 Spark，未与之比较 Spark is not installed: mingbai[spark]")
    ours = consolidated(tree.registry, "xian", YEAR)
    theirs = consolidated(tree.registry, "xian", YEAR, "spark")
    assert theirs.sums == ours.sums
    assert theirs.units_sums == ours.units_sums
    assert theirs.eliminations == ours.eliminations


def test_without_spark_the_command_says_what_to_install(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert run(tree, monkeypatch, "--unit", "xian", "--engine", "spark") == 2
    assert "mingbai[spark]" in capsys.readouterr().err
