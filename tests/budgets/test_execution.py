"""The statement of budget execution over several versions, and units side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger.budgetcheck import NONE
from ledger.budgets import standing
from ledger.money import Money
from ledger.period import Period
from ledger.registry import users
from reports.sources import known_source
from reports.statements import catalogue
from tests.budgets.plans import moved, plan, set_budget, spend
from tests.consolidation.tree import NOW, copy_tree
from tests.house import ACTIVITY, BANK, DUES, LEVY, OFFICE, OPENING, UNIT, House
from tests.reports.opening import every_figure_opens

#: What a year was given and leaves: lines of the chart's income statement.
CARRIED = ("begin", "begin-net", "end", "end-net")
TRAINING = f"{ACTIVITY}:02-培训"


def cells(house: House, period: str) -> dict[str, tuple[str, ...]]:
    """By line its planned, adjusted, actual and left, and the rate."""
    at = Period.parse(period)
    source = known_source(house.registry, UNIT, "budget", at)
    statement = catalogue.build("budget", source, at)
    assert every_figure_opens(source, statement, elsewhere=CARRIED)
    return {
        line.code: tuple(
            cell.text if isinstance(cell, Money) else str(cell or "") for cell in line.cells
        )
        for line in statement.lines
        if line.style != "heading"
    }


def test_a_line_that_a_revision_left_out_keeps_its_place(small_house: House) -> None:
    """1: activities 500, office 100. 2: activities 700, office out. 3: activities 600, levy 80."""
    house = small_house
    set_budget(house, plan("500.00"), plan("100.00", NONE, OFFICE))
    house.post(spend(house, "300.00"))
    house.post(spend(house, "40.00", account=OFFICE))
    set_budget(house, plan("700.00"), revision=True)
    set_budget(house, plan("600.00"), plan("80.00", NONE, LEVY), revision=True)
    rows = cells(house, "2026")
    activity, office = f"F01.{ACTIVITY.replace(':', '.')}", f"F01.{OFFICE.replace(':', '.')}"
    assert rows[activity] == ("500.00", "100.00", "300.00", "300.00", "50.0 %", "硬控")
    assert rows[office] == ("100.00", "-100.00", "40.00", "-40.00", "", "已取消")
    assert rows["spending"][:4] == ("600.00", "0.00", "340.00", "260.00")
    assert rows["income"][:3] == ("0.00", "80.00", "0.00")


def test_a_line_taken_into_a_wider_one_is_adjusted_by_the_difference(small_house: House) -> None:
    house = small_house
    house.open(TRAINING)
    set_budget(house, plan("100.00", account=TRAINING))
    house.post(spend(house, "30.00", account=TRAINING))
    house.post(spend(house, "5.00"))
    set_budget(house, plan("300.00"), revision=True)
    rows = cells(house, "2026-03")
    assert rows[f"F01.{ACTIVITY.replace(':', '.')}"][:4] == (
        "100.00", "200.00", "35.00", "265.00",
    )  # fmt: skip
    # And divided again: what is on no part stands on the line that was first.
    set_budget(house, plan("300.00", NONE), revision=True)
    set_budget(house, plan("50.00", account=TRAINING), revision=True)
    rows = cells(house, "2026-03")
    assert rows["spending"][:3] == ("100.00", "-50.00", "30.00")


def test_a_year_shows_what_was_carried_forward_and_what_is(small_house: House) -> None:
    house = small_house
    opening = house.draft(
        "30.00", debit=BANK, credit=OPENING, kind="转", day=date(2026, 1, 1), narration="年初",
        tags=("opening",),
    )  # fmt: skip
    house.post(opening)
    set_budget(house, plan("500.00"), plan("100.00", NONE, DUES))
    house.post(house.draft("80.00"))
    house.post(spend(house, "20.00"))
    rows = cells(house, "2026")
    assert (rows["begin"][2], rows["end"][2]) == ("30.00", "90.00")
    # Carrying the year over changes neither.
    house.post(moved("80.00", DUES, OPENING, date(2026, 3, 31)))
    house.post(moved("20.00", OPENING, ACTIVITY, date(2026, 3, 31)))
    rows = cells(house, "2026")
    assert (rows["begin"][2], rows["end"][2]) == ("30.00", "90.00")
    assert "begin" not in cells(house, "2026-03")


def test_units_stand_side_by_side_as_far_as_one_may_see(planted_tree: Path, tmp_path: Path) -> None:
    tree = copy_tree(planted_tree, tmp_path / "federation")
    with tree.registry.write() as conn:
        whole, alone = (
            users.add(
                conn, login=login, password="correct horse", now=NOW,
                roles=frozenset({(place, "auditor")}),
            )
            for login, place in (("quan", "*"), ("yuanli", "yuan"))
        )  # fmt: skip
    seen = {row.unit for row in standing.below(tree.registry, "xian", 2026, whole)}
    own = {row.unit for row in standing.below(tree.registry, "xian", 2026, alone)}
    tree.registry.close()
    assert {"xian", "yuan", "xue"} <= seen
    assert own == {"yuan"}
