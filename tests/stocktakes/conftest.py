"""Units that count what they own, on one chart and on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.keeping import NOW, begin
from tests.stocktakes.counting import Counting, counting_in


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Counting]:
    made = counting_in(begin(tmp_path / "federation"))
    yield made
    made.registry.close()


@pytest.fixture
def counted(tmp_path: Path, database_url: str) -> Iterator[Counting]:
    """The same on both databases."""
    made = counting_in(begin(tmp_path / "federation", url=database_url))
    yield made
    made.registry.close()
