"""The registry's tables on both databases: made by migrations, safe, and refused when broken."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from ledger.errors import CannotRun, Refused
from ledger.registry import Registry, migrations, oplog, units
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


def test_a_missing_database_is_not_replaced_by_an_empty_one(small_house: House) -> None:
    """An empty registry has no units and therefore no findings: it must not be made by chance."""
    folder = small_house.registry.folder
    small_house.registry.close()
    for path in folder.glob("registry.db*"):
        path.unlink()
    with pytest.raises(CannotRun, match="no-registry"):
        Registry.open(folder)
    assert not (folder / "registry.db").exists()


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_a_damaged_database_is_a_finding(small_house: House, content: bytes) -> None:
    folder = small_house.registry.folder
    small_house.registry.close()
    for path in folder.glob("registry.db*"):
        path.unlink()
    (folder / "registry.db").write_bytes(content)
    with pytest.raises(CannotRun, match=r"no-registry|no-database"):
        Registry.open(folder)


def test_the_database_of_another_federation_is_refused(house: House, tmp_path: Path) -> None:
    url = house.registry.engine.url.render_as_string(hide_password=False)
    path = house.registry.folder / "federation.toml"
    path.write_text(path.read_text().replace('id = "qinghe"', 'id = "other"'))
    with pytest.raises(CannotRun, match="no-registry"):
        Registry.open(house.registry.folder)
    with pytest.raises(Refused, match="database-in-use"):
        Registry.create(tmp_path / "second", id="second", name="第二个", url=url)
    assert not (tmp_path / "second").exists()


def test_another_master_key_is_told_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another key every keyed digest differs, and names would pass into the books unseen."""
    monkeypatch.setenv("MINGBAI_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    with pytest.raises(CannotRun, match="other-key"):
        Registry.open(house.registry.folder)


def test_a_master_key_in_the_environment_is_never_written_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGBAI_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    Registry.create(tmp_path / "f", id="other", name="另一个").close()
    assert not (tmp_path / "f" / "master.key").exists()
    Registry.open(tmp_path / "f").close()
    monkeypatch.delenv("MINGBAI_MASTER_KEY")
    with pytest.raises(CannotRun, match="no-master-key"):
        Registry.open(tmp_path / "f")


def as_it_was_first(registry: Registry) -> None:
    """The registry's tables by the first step alone, with a line that was a draft once."""
    config = Config()
    folder = Path(migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with registry.engine.connect() as conn:
        conn.connection.driver_connection.execute(  # type: ignore[union-attr]
            "PRAGMA foreign_keys=OFF" if conn.dialect.name == "sqlite" else "SELECT 1"
        )
        with conn.begin():
            for table in inspect(conn).get_table_names():
                conn.execute(text(f'DROP TABLE "{table}" {CASCADE.get(conn.dialect.name, "")}'))
            config.attributes["connection"] = conn
            command.upgrade(config, "0001")
            for words in FIRST:
                conn.execute(text(words))
    registry.engine.dispose()


CASCADE = {"postgresql": "CASCADE"}
FIRST = (
    "INSERT INTO unit (id, name, name_en, chart, opened, limit_fen) "
    "VALUES ('tiny', 'x', '', 'c', '2026-01-01', 0)",
    "INSERT INTO statement_file (id, unit, account, digest, profile, proofs, grade, rows, sealed, "
    """"user", at) VALUES (7, 'tiny', 'A', 'd', 'p', '{}', 'A', 1, '', 'u', '')""",
    "INSERT INTO raw_row (file, row, sealed) VALUES (7, 1, '')",
    "INSERT INTO statement_row (id, unit, account, import_id, file, row, place, day, fen, "
    "currency, bank_ref, sealed, state) "
    "VALUES (9, 'tiny', 'A', 'imp-1', 7, 1, 0, '2026-01-02', 5, 'CNY', '', '', 'question')",
    """INSERT INTO proposal ("row", tier, score, reason, at) VALUES (9, 'C', 0, 'why', '')""",
    "INSERT INTO claim (unit, code, kind, account, fund, month, fen, currency, state) "
    "VALUES ('tiny', 'BK2026-0001-3', 'allotment', 'A', 'F', '2026-01', 5, 'CNY', 'open')",
)


def test_the_first_schema_is_brought_up_and_learns_whose_it_is(house: House) -> None:
    as_it_was_first(house.registry)
    for _ in range(2):
        again = Registry.open(house.registry.folder)
        with again.read() as conn:
            assert conn.execute(text("SELECT id FROM federation")).scalar() == "qinghe"
            assert conn.execute(text("SELECT file, undone FROM statement_row")).all() == [(7, 0)]
            assert conn.execute(text('SELECT "row", reason FROM proposal')).all() == [(9, "why")]
            # What was promised and what a notice listed are claimed under one kind.
            assert conn.execute(text("SELECT kind, rule FROM claim")).all() == [("allocation", "")]
            context = MigrationContext.configure(conn, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            if conn.dialect.name == "sqlite":
                assert conn.execute(text("PRAGMA foreign_keys")).scalar() == 1
                assert conn.execute(text("PRAGMA foreign_key_check")).all() == []
        again.close()


def test_a_federation_is_made_in_an_empty_folder_or_not_at_all(tmp_path: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "letter.txt").write_text("mine")
    for folder in (used, used / "letter.txt"):
        with pytest.raises(Refused, match="folder-in-use"):
            Registry.create(folder, id="other", name="另一个")
    assert [path.name for path in used.iterdir()] == ["letter.txt"]
    for url in ("nonsense", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(CannotRun, match="no-database"):
            Registry.create(tmp_path / "new", id="other", name="另一个", url=url)
        assert not (tmp_path / "new").exists()


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


def test_what_few_claims_have_is_in_an_index_of_those_few(house: House) -> None:
    with house.registry.read() as conn:
        dialect = conn.dialect.name
        wanted = {
            str(index.name): str(index.dialect_options[dialect]["where"])
            for index in metadata.tables["claim"].indexes
            if index.dialect_options[dialect]["where"] is not None
        }
        found = {
            str(index["name"]): str(index["dialect_options"][f"{dialect}_where"]).strip("()")
            for index in inspect(conn).get_indexes("claim")
            if f"{dialect}_where" in index.get("dialect_options", {})
        }
    assert len(wanted) == 5
    assert found == wanted
