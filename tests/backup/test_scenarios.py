"""Whatever store is damaged or lost, what is made of the other one has the published roots."""

from __future__ import annotations

import pytest

from ledger.backup import published
from tests.backup.scenarios import SCENARIOS, Case, Scenario, proven
from tests.cli.command import mingbai
from tests.house import UNIT


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_is_lost_comes_back_with_the_published_root(case: Case, scenario: Scenario) -> None:
    scenario.damage(case)
    folder = scenario.remedy(case)
    assert proven(folder, published.read([case.public])) == {UNIT: "equal"}
    if scenario in (SCENARIOS[0], SCENARIOS[-1]):  # and as an auditor asks, from outside
        assert mingbai("verify", folder, "--since", case.public).status == 0


def test_there_are_twenty_ways_at_least() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) >= 20
