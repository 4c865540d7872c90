"""One backup for both databases, taken while somebody posts, and read by a later program."""

from __future__ import annotations

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import clock
from ledger.backup import published, restoring, taking
from ledger.checking import check_federation
from ledger.registry import Registry, dump, migrations
from tests import postgres
from tests.backup.conftest import lived_on
from tests.backup.scenarios import Case, proven, written_with_key
from tests.cli.command import by_user, mingbai
from tests.house import UNIT, build_house
from tests.sealing.months import NOW


def tables_of(backup: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(backup) as archive:
        names = [name for name in archive.namelist() if name.startswith("registry/")]
        return {name: archive.read(name) for name in names if "operation" not in name}


def test_from_sqlite_to_postgresql_and_back(
    case: Case, postgresql: postgres.Server, tmp_path: Path
) -> None:
    """The same rows, byte for byte, and the published root at either end."""
    url = postgresql.new_database()
    told = case.run(
        "restore", case.backup, "-o", case.back, "--key-file", case.key, "--url", url,
        "--published", case.public,
    )  # fmt: skip
    assert "数据库地址" in told.out and not (case.back / "registry.db").exists()
    assert mingbai("check", case.back).status == 0
    there = tmp_path / "there.zip"
    told = by_user(case.back, "admin", "backup", "-o", there)
    assert told.status == 0, told.err
    assert tables_of(there) == tables_of(case.backup)
    again = replace(case, backup=there, folder=tmp_path / "x" / "y")
    assert proven(again.restore(), published.read([case.public])) == {UNIT: "equal"}
    assert mingbai("check", again.back).status == 0
    assert "postgresql" not in (again.back / "federation.toml").read_text()
    # What is entered next is numbered behind what was restored.
    assert by_user(again.back, "admin", "user list").status == 0


def test_a_database_that_is_in_use_is_left_alone(
    case: Case, postgresql: postgres.Server, tmp_path: Path
) -> None:
    url = postgresql.new_database()
    with postgres.connected(url) as conn:
        conn.execute("CREATE TABLE somebodys (id integer)")
    words = ("restore", case.backup, "-o", case.back, "--key-file", case.key, "--url", url)
    told = mingbai(*words)
    assert told.status == 1 and "database-in-use" in told.err
    assert not case.back.exists()
    with postgres.connected(url) as conn:
        assert conn.execute("SELECT count(*) FROM somebodys").fetchone() == (0,)


def test_what_postgresql_does_not_take_leaves_it_empty(
    case: Case, postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.new_database()
    load = dump.load

    def fails(conn: Any, name: str, *rest: Any) -> list[str]:
        if conn.dialect.name == "postgresql" and name == "operation":
            raise dump.BadRow("no room")
        return load(conn, name, *rest)

    monkeypatch.setattr(dump, "load", fails)
    words = ("restore", case.backup, "-o", case.back, "--key-file", case.key, "--url", url)
    told = mingbai(*words)
    assert told.status == 1 and "backup-damaged" in told.err
    assert not case.back.exists()
    with postgres.connected(url) as conn:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert conn.execute(tables).fetchone() == (0,)


def test_a_registry_in_postgresql_is_lost_and_made_anew(
    case: Case, postgresql: postgres.Server
) -> None:
    url = postgresql.new_database()
    told = mingbai("rebuild", case.folder, "--from", "books", MINGBAI_DATABASE_URL=url)
    assert told.status == 0, told.err
    assert mingbai("check", case.folder, MINGBAI_DATABASE_URL=url).status == 0
    told = mingbai("rebuild", case.folder, "--from", "books", MINGBAI_DATABASE_URL=url)
    assert told.status == 1 and "not-logged-in" in told.err


def test_a_backup_is_of_one_moment_while_somebody_posts(database_url: str, tmp_path: Path) -> None:
    house = build_house(tmp_path / "federation", url=database_url, now=NOW)
    lived_on(house, 3)
    done, posted = threading.Event(), []

    def post() -> None:
        other = Registry.open(house.registry.folder)
        while not done.is_set():
            posted.append(replace(house, registry=other).post(house.draft("1.00")).number)
        other.close()

    seen: list[int] = []

    def told(what: str, at: int, _of: int) -> None:
        if what.startswith("登记册") and at in (3, 40, 80):
            begin = len(posted)
            while len(posted) < begin + 2:
                assert thread.is_alive()
            seen.append(len(posted))

    thread = threading.Thread(target=post)
    thread.start()
    try:
        out = tmp_path / "out.zip"
        taken = taking.take(
            house.registry,
            out,
            user=house.administrator.id,
            now=clock.now(),
            told=told,
            proof=lambda path: restoring.rehearse(
                path, house.registry.vault, clock.now(), lambda *_: None, lambda _: []
            ),
        )
    finally:
        done.set()
        thread.join()
    assert len(seen) == 3
    (line,) = taken.manifest.units
    assert line.entries < len(posted) + 40  # what came later is not in it
    assert check_federation(house.registry) == []
    house.registry.close()


def test_a_backup_of_an_older_program_is_brought_up(case: Case) -> None:
    """Its tables were others; the rows of a table that came since are none."""
    older = migrations.KNOWN[-2]
    with zipfile.ZipFile(case.backup) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    said = json.loads(members.pop("manifest.json"))
    said["schema"] = older
    new = "registry/pack_groups.jsonl"
    del members[new]
    said["files"] = [one for one in said["files"] if one["name"] != new]
    with zipfile.ZipFile(case.backup, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", written_with_key(said, case.key))
    told = mingbai("restore", case.backup, "-o", case.back, "--key-file", case.key)
    assert told.status == 0, told.err
    assert mingbai("check", case.back).status == 0


def test_a_backup_of_a_newer_program_is_refused(case: Case) -> None:
    with zipfile.ZipFile(case.backup) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    said = json.loads(members.pop("manifest.json"))
    said["schema"] = "9999"
    with zipfile.ZipFile(case.backup, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", written_with_key(said, case.key))
    told = mingbai("restore", case.backup, "-o", case.back, "--key-file", case.key)
    assert told.status == 2 and "newer-registry" in told.err
    assert not case.back.exists()


def test_a_password_in_an_address_is_in_no_backup(
    postgresql: postgres.Server, tmp_path: Path
) -> None:
    url = postgresql.new_database().replace("mingbai@", "mingbai:secret-word@")
    house = build_house(tmp_path / "federation", url=url, now=NOW)
    lived_on(house, 1)
    house.registry.close()
    out = tmp_path / "out.zip"
    told = by_user(tmp_path / "federation", "admin", "backup", "-o", out)
    assert told.status == 0, told.err
    with zipfile.ZipFile(out) as archive:
        assert b"secret-word" not in b"".join(map(archive.read, archive.namelist()))
