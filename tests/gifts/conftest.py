"""Units that people give to: on one chart, on each chart in turn, and on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gifts.giving import CHARTS, NOW, Giving, begin


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def giving(tmp_path: Path) -> Iterator[Giving]:
    """On the chart of 2024."""
    made = begin(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def given(tmp_path: Path, database_url: str) -> Iterator[Giving]:
    """The same on both databases."""
    made = begin(tmp_path / "federation", url=database_url)
    yield made
    made.registry.close()


@pytest.fixture(params=CHARTS)
def any_chart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Giving]:
    """On each chart in turn."""
    made = begin(tmp_path / "federation", request.param)
    yield made
    made.registry.close()
