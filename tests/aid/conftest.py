"""The two unions, on both databases or on the small one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aid.world import World, build_world
from tests.conftest import NOW


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    built = build_world(tmp_path / "federation", NOW, database_url)
    yield built
    built.registry.close()


@pytest.fixture
def small_world(tmp_path: Path) -> Iterator[World]:
    built = build_world(tmp_path / "federation", NOW)
    yield built
    built.registry.close()
