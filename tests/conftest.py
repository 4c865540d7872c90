"""Fixtures that many tests share: both databases, and a unit with a book of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from ledger.clock import CHINA
from ledger.registry import migrations, users
from tests import postgres, refilling
from tests.cli.command import Office, copy_of, mingbai
from tests.consolidation.tree import plant
from tests.house import House, build_house
from tests.quickly import compile_once, share_statements
from tests.tables import replaying
from tests.together import Together

NOW = datetime(2026, 3, 5, 10, 0, 0, tzinfo=CHINA)


def pytest_configure() -> None:
    """Compiled modules are kept for the next process, whatever the environment says.

    Otherwise every worker and every child process would compile all of the program again, and
    rewrite all assertions of these tests: 28 seconds each time.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Tests that look at the same thing run in one process."""
    return Together(config, log)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords cost what they should in use; thousands of test users need not pay it.

    ``test_a_password_costs_what_it_should`` holds the real cost.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    patch = pytest.MonkeyPatch()
    patch.setattr(users, "_hasher", lambda: quick)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _tables_at_once() -> Iterator[None]:
    """New registries get the tables that the migrations made for the first one of their database.

    ``tests/registry`` and every command that runs as its own process go the whole way.
    """
    patch = pytest.MonkeyPatch()
    patch.setattr(migrations, "upgrade", replaying(migrations.upgrade))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Templates, addresses and SQL are compiled once in a test process."""
    patch = pytest.MonkeyPatch()
    compile_once(patch)
    share_statements(patch)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def profiles_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Layouts that a test saves lie in a folder of its own, and nobody's own are read."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "mingbai" / "profiles"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A server for this test process; without PostgreSQL the tests say so and are skipped."""
    binaries = postgres.find_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed, and CI=true demands it")
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    server = postgres.Server(binaries)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both databases in turn: every test that uses this runs twice."""
    url = new_database(request)
    yield url
    refilling.give_back(url)


def new_database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return "sqlite:///registry.db"
    server: postgres.Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A federation with the unit ``tiny``, on SQLite and on PostgreSQL."""
    built = build_house(tmp_path / "federation", url=database_url, now=NOW)
    yield built
    built.registry.close()


@pytest.fixture
def small_house(tmp_path: Path) -> Iterator[House]:
    """The same on SQLite only, for tests that are not about the database."""
    built = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    yield built
    built.registry.close()


@pytest.fixture(scope="session")
def planted_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of three units, planted once; :func:`copy_tree` gives a test one of its own."""
    tree = plant(tmp_path_factory.mktemp("tree") / "federation")
    tree.registry.close()
    return tree.folder


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The demonstration, lived once; for tests that only look."""
    folder = tmp_path_factory.mktemp("demo") / "演示 demo"
    told = mingbai("demo", folder)
    assert told.status == 0, told.err
    return Office(folder)


@pytest.fixture(scope="session")
def first_of_march(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The demonstration's unit where March begins, with the files that will come."""
    folder = tmp_path_factory.mktemp("march") / "march"
    told = mingbai("demo", folder, "--by-hand")
    assert told.status == 0, told.err
    return Office(folder)


@pytest.fixture
def office(lived: Office, tmp_path: Path) -> Office:
    """The demonstration after March, to act in or to spoil."""
    return copy_of(lived.folder, tmp_path / "office")


@pytest.fixture
def march(first_of_march: Office, tmp_path: Path) -> Office:
    """The demonstration where March begins, to live it."""
    return copy_of(first_of_march.folder, tmp_path / "march")
