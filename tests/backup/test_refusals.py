"""What is refused says what to do, and leaves nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.backup import published
from ledger.registry.vault import create_key_file
from ledger.verify.books import verify_book
from tests.backup.scenarios import Case, books_gone, flip, flipped, gone, in_backup, row_altered
from tests.cli.command import Told, by_user, mingbai
from tests.house import UNIT


def restore(case: Case, *words: object, **environment: str) -> Told:
    told = mingbai("restore", case.backup, "-o", case.back, *words, **environment)
    assert "Traceback" not in told.said
    return told


def refused(case: Case, rule: str, *words: object, **environment: str) -> Told:
    told = restore(case, *words, **environment)
    assert told.status in (1, 2) and f"[{rule}]" in told.err, told.said
    assert not case.back.exists()
    assert not list(case.back.parent.glob(".mingbai-*"))
    return told


# ---- taking ------------------------------------------------------------------------------------


def test_only_an_administrator_of_everything_takes_a_backup(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    told = by_user(case.folder, "zhou", "backup", "-o", out)
    assert told.status == 1 and "not-allowed" in told.err
    told = mingbai("backup", case.folder, "-o", out)
    assert told.status == 1 and "not-logged-in" in told.err
    assert not out.exists()


def test_a_backup_goes_over_nothing_and_not_into_what_it_is_of(case: Case, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_bytes(b"something")
    for out, rule in (
        (there, "file-exists"), (case.folder / "b.zip", "inside-folder"),
        (case.folder / "units" / "b.zip", "inside-folder"),
        (tmp_path / "no" / "b.zip", "no-folder"),
    ):  # fmt: skip
        told = by_user(case.folder, "admin", "backup", "-o", out)
        assert told.status in (1, 2) and f"[{rule}]" in told.err, told.said
    assert there.read_bytes() == b"something"


def test_no_backup_is_made_of_witnesses_that_differ(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    flip(case.month)
    told = by_user(case.folder, "admin", "backup", "-o", out)
    assert told.status == 1 and "witnesses-differ" in told.err and "mingbai rebuild" in told.err
    assert not out.exists() and not list(tmp_path.glob(".*.part"))


def test_what_could_not_be_restored_is_no_backup(case: Case, tmp_path: Path) -> None:
    """A paper is damaged: the backup is whole by itself, and its trial finds it."""
    out = tmp_path / "out.zip"
    flip(next(case.book.glob("documents/*/*.sealed")))
    told = by_user(case.folder, "admin", "backup", "-o", out)
    assert told.status == 1 and "[paper]" in told.err
    assert not out.exists()


def test_a_backup_says_what_it_is_and_stands_in_the_log(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    (case.folder / "kept.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    (case.folder / "copy.txt").write_bytes(case.key.read_bytes())
    (case.folder / "link").symlink_to("/etc/passwd")
    told = by_user(case.folder, "admin", "backup", "-o", out, "--json")
    assert told.status == 0, told.err
    assert [one["file"] for one in told.json["warnings"]] == ["copy.txt", "kept.pem", "link"]
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        said = json.loads(archive.read("manifest.json"))
        assert case.key.read_bytes().strip() not in b"".join(map(archive.read, names))
    inside = " ".join(names)
    for word in (".session", ".cache", ".lock", "master.key", "registry.db", "session.jsonl"):
        assert word not in inside
    (line,) = said["units"]
    assert line["unit"] == UNIT and line["size"] == line["entries"] and line["signature"]
    log = by_user(case.folder, "shen", "log")
    assert told.json["digest"] in log.out and "federation.backup" in log.out


def test_a_quick_backup_says_that_nobody_tried_it(case: Case, tmp_path: Path) -> None:
    told = by_user(case.folder, "admin", "backup", "-o", tmp_path / "q.zip", "--quick")
    assert told.status == 0 and "restoring it was not tried" in told.out
    assert "the master key is not in it" in told.out


# ---- restoring ---------------------------------------------------------------------------------


def test_the_key_that_belongs_to_it_is_asked_for_first(case: Case, tmp_path: Path) -> None:
    refused(case, "no-master-key")
    other = tmp_path / "other.key"
    create_key_file(other)
    refused(case, "other-key", "--key-file", other)
    refused(case, "no-master-key", "--key-file", tmp_path / "none.key")
    refused(case, "other-key", MINGBAI_MASTER_KEY=other.read_text())
    told = restore(case, MINGBAI_MASTER_KEY=case.key.read_text())
    assert told.status == 0 and "is not in it" in told.out
    assert not (case.back / "master.key").exists()
    assert mingbai("check", case.back).status == 2
    assert mingbai("check", case.back, MINGBAI_MASTER_KEY=case.key.read_text()).status == 0


@pytest.mark.parametrize("kind", ["federation", "file in it", "file"])
def test_a_folder_that_is_in_use_is_refused(case: Case, kind: str) -> None:
    if kind == "federation":
        case.folder.rename(case.back)
    elif kind == "file":
        case.back.write_text("something")
    else:
        case.back.mkdir()
        (case.back / "something").write_text("x")
    told = restore(case, "--key-file", case.key)
    rule = "federation-exists" if kind == "federation" else "folder-in-use"
    assert told.status == 1 and f"[{rule}]" in told.err


def test_an_empty_folder_is_taken(case: Case) -> None:
    case.back.mkdir()
    assert restore(case, "--key-file", case.key).status == 0
    assert mingbai("check", case.back).status == 0
    assert (case.back / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_backup_with_another_digest_is_another_backup(case: Case) -> None:
    refused(case, "other-backup", "--key-file", case.key, "--digest", "0" * 64)


def test_what_is_damaged_is_named_with_what_helps(case: Case) -> None:
    in_backup(case.backup, flipped, "registry/entry.jsonl")
    told = refused(case, "journal-damaged", "--key-file", case.key)
    assert "registry/entry.jsonl: [backup-damaged]" in told.err and "--from books" in told.err
    refused(case, "other-witness", "--key-file", case.key, "--from", "journal")


def test_persons_that_are_lost_are_told_before_and_after(case: Case) -> None:
    in_backup(case.backup, gone, "registry/user_account.jsonl")
    told = refused(case, "registry-damaged", "--key-file", case.key)
    assert "look for another backup first" in told.err
    told = restore(case, "--key-file", case.key, "--from", "books", "--json")
    assert told.status == 0, told.err
    lost = {one["table"]: one["rows"] for one in told.json["lost"]}
    assert lost["user_account"] == 5 and lost["paper"] == 1 and "entry" not in lost


def test_where_both_are_damaged_nothing_is_made_of_either(case: Case) -> None:
    in_backup(case.backup, flipped, r"registry/entry\.jsonl|folder/units/tiny/2026/01\.bean")
    for source in ("books", "journal"):
        refused(case, "both-damaged", "--key-file", case.key, "--from", source)


def test_a_paper_of_a_backup_cannot_be_made_of_anything(case: Case) -> None:
    in_backup(case.backup, flipped, r".*\.sealed")
    for source in ("books", "journal"):
        refused(case, "backup-damaged", "--key-file", case.key, "--from", source)


def test_a_backup_of_before_what_was_published_does_not_show_it(case: Case) -> None:
    """March was closed after this backup was made, and then published."""
    earlier = replace(case, backup=case.key.with_name("earlier.zip"))
    shutil.copyfile(case.public.with_name("earlier.zip"), earlier.backup)
    told = refused(earlier, "published-later", "--key-file", case.key, "--published", case.public)
    assert "published up to entry" in told.err and "take a later backup" in told.err
    assert restore(earlier, "--key-file", case.key).status == 0


def test_what_was_published_otherwise_is_found_by_its_root(case: Case) -> None:
    roots = published.read([case.public])
    size, root = roots[UNIT]
    assert published.hold_against(case.folder, [UNIT, "other"], roots) == (
        [published.Standing("other", "unknown"), published.Standing(UNIT, "equal", size, root)],
        [],
    )
    log = verify_book(case.book, with_beancount=False).log
    assert log is not None
    before = {UNIT: (size - 2, log.root(size - 2))}
    assert published.hold_against(case.folder, [UNIT], before)[0][0].state == "extends"
    altered = {UNIT: (size, "0" * 64)}
    standings, (found,) = published.hold_against(case.folder, [UNIT], altered)
    assert standings == [] and found.rule == "published-otherwise"


def test_only_a_publication_that_holds_is_compared_with(case: Case, tmp_path: Path) -> None:
    refused(case, "no-publication", "--key-file", case.key, "--published", tmp_path / "none")
    refused(case, "no-publication", "--key-file", case.key, "--published", case.folder / "units")


# ---- rebuilding --------------------------------------------------------------------------------


def rebuild(case: Case, source: str, *words: object) -> Told:
    return by_user(case.folder, "admin", "rebuild", "--from", source, *words)


def test_both_witnesses_of_a_unit_are_damaged(case: Case) -> None:
    flip(case.month)
    row_altered(case)
    before = case.month.read_bytes()
    assert "[journal-broken]" in rebuild(case, "journal").err
    told = rebuild(case, "books")
    assert told.status == 1 and ("chain-broken" in told.err or "not-canonical" in told.err)
    assert case.month.read_bytes() == before


def test_a_registry_is_lost_and_the_books_are_damaged(case: Case) -> None:
    case.database.unlink()
    flip(case.month)
    told = rebuild(case, "books")
    assert told.status == 1
    assert not case.database.exists()
    books_gone(case)
    told = rebuild(case, "books")
    assert told.status == 2 and "[no-books]" in told.err and "mingbai restore" in told.err


def test_a_lost_registry_is_not_made_under_another_key(case: Case) -> None:
    case.database.unlink()
    (case.folder / "master.key").unlink()
    create_key_file(case.folder / "master.key")
    told = rebuild(case, "books")
    assert told.status == 2 and "[other-key]" in told.err
    assert not case.database.exists()


def test_a_lost_registry_is_made_whole_or_not_for_one_unit(case: Case) -> None:
    case.database.unlink()
    assert "leave --unit out" in rebuild(case, "books", "--unit", UNIT).err
    assert "[no-registry]" in rebuild(case, "journal").err


def test_what_a_lost_registry_cost_is_said_and_the_damaged_one_is_kept(case: Case) -> None:
    with case.database.open("r+b") as file:
        file.write(bytes(4096))
    told = rebuild(case, "books")
    assert told.status == 0, told.err
    for words in ("lost is what stands in no book", "no user is left", "members, donors"):
        assert words in told.out
    assert list(case.folder.glob("registry.db.*.damaged"))
    first = mingbai(
        "user", "add", case.folder, "--login", "new", "--role", "administrator",
        MINGBAI_NEW_PASSWORD="correct horse",
    )  # fmt: skip
    assert first.status == 0, first.err
    assert mingbai("check", case.folder).status == 0


def test_a_registry_that_opens_is_never_taken_for_lost(case: Case) -> None:
    """Whoever deletes a user's rights with SQL does not get a registry without users."""
    with closing(sqlite3.connect(case.database)) as conn, conn:
        conn.execute("DELETE FROM user_role")
    told = rebuild(case, "books")
    assert told.status == 1 and "not-allowed" in told.err


def test_rebuilding_needs_an_administrator(case: Case) -> None:
    told = by_user(case.folder, "zhou", "rebuild", "--from", "books")
    assert told.status == 1 and "not-allowed" in told.err


def test_a_registry_whose_index_alone_is_damaged_is_not_lost(case: Case) -> None:
    """It has its users: whoever has none of their passwords makes no other one."""
    with closing(sqlite3.connect(case.database)) as conn:
        (page,) = conn.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchone()
        (size,) = conn.execute("PRAGMA page_size").fetchone()
    data = bytearray(case.database.read_bytes())
    data[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\0\0"
    case.database.write_bytes(bytes(data))
    users = mingbai("user", "list", case.folder)
    told = mingbai("rebuild", case.folder, "--from", "books")
    assert told.status == 1 and "not-logged-in" in told.err
    assert mingbai("user", "list", case.folder).out == users.out
