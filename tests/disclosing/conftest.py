"""A unit that people give to, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gifts.giving import NOW, Giving, begin


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def giving(tmp_path: Path) -> Iterator[Giving]:
    made = begin(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Giving]:
    """One for all tests of a module in which nothing is entered."""
    made = begin(tmp_path_factory.mktemp("quiet") / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def given(tmp_path: Path, database_url: str) -> Iterator[Giving]:
    """The same on both databases."""
    made = begin(tmp_path / "federation", url=database_url)
    yield made
    made.registry.close()
