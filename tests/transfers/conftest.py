"""A county's half year, lived once for all, and copies of it to act in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import clock
from ledger.registry import Registry
from ledger.transfers import resolving
from tests.transfers.county import NOW, County, Story, live


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story with one transfer refused; nobody changes it."""
    story = live(tmp_path_factory.mktemp("county") / "federation")
    by = story.references["refused"]
    resolving.refuse(story.county.registry, by, "账户已注销", story.county.people["xueren"], NOW)
    yield story
    story.county.registry.close()


@pytest.fixture
def story(lived: Story, tmp_path: Path) -> Iterator[Story]:
    """A story of one's own, to act in."""
    folder = shutil.copytree(lived.county.registry.folder, tmp_path / "federation")
    registry = Registry.open(folder)
    yield Story(County(registry, lived.county.people), lived.references, lived.double, lived.loose)
    registry.close()


@pytest.fixture
def on_the_last_of_june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
