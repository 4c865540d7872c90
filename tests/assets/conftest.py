"""Units that keep assets: on one chart, on each chart in turn, and on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.keeping import CHARTS, NOW, Keeping, begin


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Keeping]:
    """On the chart of unions."""
    made = begin(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def kept(tmp_path: Path, database_url: str) -> Iterator[Keeping]:
    """The same on both databases."""
    made = begin(tmp_path / "federation", url=database_url)
    yield made
    made.registry.close()


@pytest.fixture(params=CHARTS)
def any_chart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeping]:
    """On each chart in turn."""
    made = begin(tmp_path / "federation", request.param)
    yield made
    made.registry.close()
