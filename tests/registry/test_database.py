"""The registry's tables on both databases: made by migrations, safe, and refused when broken."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from ledger.errors import CannotRun, Refused
from ledger.registry import Registry, oplog, units
from ledger.registry.schema import metadata
from tests.house import House


def test_migrations_make_exactly_the_tables_of_the_schema(house: House) -> None:
    with house.registry.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_exception_leaves_nothing_behind(house: House) -> None:
    with pytest.raises(RuntimeError), house.registry.write() as conn:
        oplog.record(conn, at=house.now, user="u-1", unit="", action="test", object="x")
        raise RuntimeError
    with house.registry.read() as conn:
        assert all(act.action != "test" for act in oplog.entries(conn))


def test_sqlite_keeps_every_commit_on_disk(small_house: House) -> None:
    with small_house.registry.read() as conn:
        assert conn.execute(text("PRAGMA synchronous")).scalar() == 2
        assert conn.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert conn.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_postgresql_keeps_every_commit_on_disk(house: House) -> None:
    if house.registry.engine.dialect.name != "postgresql":
        pytest.skip("this is about PostgreSQL")
    with house.registry.read() as conn:
        assert conn.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_the_master_key_is_its_owners_only(small_house: House) -> None:
    path = small_house.registry.folder / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_federation_is_made_once(small_house: House) -> None:
    with pytest.raises(Refused, match="federation-exists"):
        Registry.create(small_house.registry.folder, id="other", name="另一个")


@pytest.mark.parametrize("id", ["", "A", "a b", "-a", "a/b", "x" * 41])
def test_a_federation_has_a_plain_id(tmp_path: Path, id: str) -> None:
    with pytest.raises(Refused, match="bad-federation"):
        Registry.create(tmp_path / "f", id=id, name="名称")


def test_a_folder_without_a_federation_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no-federation"):
        Registry.open(tmp_path)


@pytest.mark.parametrize(
    "content", ["not toml [", "[federation]\n", "[federation]\nid=1\nname=2\n", "\xff"]
)
def test_settings_that_cannot_be_read_are_a_finding(small_house: House, content: str) -> None:
    path = small_house.registry.folder / "federation.toml"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(CannotRun, match="bad-settings"):
        Registry.open(small_house.registry.folder)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "postgresql://127.0.0.1:1/none"])
def test_a_database_that_cannot_be_reached_is_a_finding(
    small_house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGBAI_DATABASE_URL", url)
    with pytest.raises(CannotRun, match="no-database"):
        Registry.open(small_house.registry.folder)


def test_a_newer_schema_is_left_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.registry.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    monkeypatch.setenv(
        "MINGBAI_DATABASE_URL", house.registry.engine.url.render_as_string(hide_password=False)
    )
    with pytest.raises(CannotRun, match="newer-registry"):
        Registry.open(house.registry.folder)


def test_the_operation_log_finds_a_changed_and_a_missing_act(house: House) -> None:
    with house.registry.write() as conn:
        for place in range(5):
            oplog.record(conn, at=house.now, user="u-1", unit="", action="a", object=str(place))
        assert oplog.verify(conn) == []
        conn.execute(text("UPDATE operation SET object = 'x' WHERE object = '3'"))
        assert [f.rule for f in oplog.verify(conn)] == ["operation-log"]
        conn.execute(text("UPDATE operation SET object = '3' WHERE object = 'x'"))
        assert oplog.verify(conn) == []
        conn.execute(text("DELETE FROM operation WHERE object = '2'"))
        assert [f.rule for f in oplog.verify(conn)] == ["operation-log"]


def test_units_are_entered_once_and_plainly(house: House) -> None:
    facts = {
        "name": "另一个", "name_en": "", "chart": "union-2021-basic",
        "opened": house.now.date(), "limit_fen": 0,
    }  # fmt: skip
    with house.registry.write() as conn:
        for bad, upper in (("tiny", None), ("X", None), ("other", "none")):
            with pytest.raises(Refused, match="bad-unit"):
                units.add(conn, unit=bad, upper=upper, **facts)  # type: ignore[arg-type]
        units.add(conn, unit="other", upper="tiny", **facts)  # type: ignore[arg-type]
        assert [row.id for row in units.all_units(conn)] == ["other", "tiny"]
        with pytest.raises(CannotRun, match="no-unit"):
            units.find(conn, "none")
