"""Whatever store is damaged or lost, what is made of the other one has the published roots."""

from __future__ import annotations

import pytest

from tests.backup.scenarios import SCENARIOS, Case, Scenario, proven
from tests.house import UNIT


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_is_lost_comes_back_with_the_published_root(case: Case, scenario: Scenario) -> None:
    scenario.damage(case)
    assert proven(scenario.remedy(case), case.public, [UNIT]) == {UNIT: "equal"}


def test_there_are_twenty_ways_at_least() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) >= 20
