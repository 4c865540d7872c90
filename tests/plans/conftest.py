"""The tree with people who record and approve: one for all to look at, copies to act in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.registry import Registry, figures, units, users
from tests.consolidation.tree import BANK, line, plant
from tests.plans.scene import NOW, World


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = plant(tmp_path_factory.mktemp("plans") / "federation")
    income = line(BANK, "5000.00"), line("Income:401-会费收入", "-5000.00")
    tree.post("xian", date(2026, 5, 1), *income)
    tree.save()
    with tree.registry.write() as conn:
        for login, role in (
            ("zhou", ("xian", "treasurer")), ("lin", ("xian", "checker")),
            ("xueren", ("xue", "accountant")),
        ):  # fmt: skip
            users.add(conn, login=login, password="correct horse", roles=frozenset({role}), now=NOW)
        for unit in ("xue", "yuan"):
            figures.add(conn, unit, "heads", date(2026, 5, 1), 100, "年报", "u", NOW)
        units.set_standing(conn, "xue", level="grass-roots", regions="革命老区", channel="")
    tree.registry.close()
    return tree.folder


@pytest.fixture
def world(planted: Path, tmp_path: Path) -> Iterator[World]:
    """A world of one's own."""
    registry = Registry.open(shutil.copytree(planted, tmp_path / "federation"))
    yield World(registry)
    registry.close()


@pytest.fixture(scope="module")
def shared(planted: Path) -> Iterator[World]:
    """The same, for tests that change nothing."""
    registry = Registry.open(planted)
    yield World(registry)
    registry.close()
