"""An archive that was made to do harm is refused before anything of it is unpacked."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.backup import archive, manifest
from tests.backup.scenarios import Case, written_with_key
from tests.cli.command import Told, mingbai

Said = dict[str, Any]


def forged(
    case: Case,
    alter: Callable[[Said, dict[str, bytes]], None],
    *,
    info: zipfile.ZipInfo | None = None,
    with_key: bool = True,
) -> None:
    """The backup again, with another manifest and other members, digests and sizes as they are.

    Who forges it has the master key, or has not.
    """
    with zipfile.ZipFile(case.backup) as old:
        members = {name: old.read(name) for name in old.namelist() if name != manifest.NAME}
        said = json.loads(old.read(manifest.NAME))
    alter(said, members)
    with zipfile.ZipFile(case.backup, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
        if info is not None:
            new.writestr(info, b"x")
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        new.writestr(manifest.NAME, written_with_key(said, case.key) if with_key else text)


def with_file(said: Said, members: dict[str, bytes], name: str, data: bytes) -> None:
    members[name] = data
    line = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    said["files"] = sorted([*said["files"], line], key=lambda one: str(one["name"]))


def refused(case: Case) -> Told:
    told = mingbai("restore", case.backup, "-o", case.back, "--key-file", case.key)
    assert told.status in (1, 2), told.said
    assert "Traceback" not in told.said
    left = {path.name for path in case.backup.parent.iterdir()}
    assert left == {"live", "backup.zip", "kept.key"}
    return told


@pytest.mark.parametrize(
    "name",
    [
        "folder/../../evil", "folder/units/../../../evil", "/etc/evil", "folder//etc/evil",
        "folder/C:\\evil", "folder/a\\..\\evil", "evil", "folder/./x", "folder/", "folder/x/",
        "folder/.session", "folder/units/tiny/.lock", "folder/registry.db",
        "folder/registry.db-wal", "folder/master.key",
        "registry/../x.jsonl", "registry/x/y.jsonl", "folder/a\nb",
        "folder/" + "x" * 300, "folder/federation.toml/below",
    ],
)  # fmt: skip
def test_names_that_leave_their_folder_or_hide_in_it(case: Case, name: str) -> None:
    forged(case, lambda said, members: with_file(said, members, name, b"evil"))
    told = refused(case)
    assert "not-a-backup" in told.err or "hostile-backup" in told.err


def test_names_with_a_nought_in_them_are_cut_off_by_others(case: Case) -> None:
    assert not manifest.is_safe("folder/x\0.txt")


def test_a_link_is_no_file(case: Case) -> None:
    link = zipfile.ZipInfo("folder/rules/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    forged(case, lambda _said, _members: None, info=link)
    assert "hostile-backup" in refused(case).err


def test_a_file_that_the_manifest_does_not_list(case: Case) -> None:
    forged(case, lambda _said, members: members.update({"folder/rules/more.toml": b"x"}))
    told = refused(case)
    assert "hostile-backup" in told.err and "清单中没有" in told.err


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(case: Case) -> None:
    forged(case, lambda _said, _members: None, info=zipfile.ZipInfo("folder/federation.toml"))
    told = refused(case)
    assert "hostile-backup" in told.err and "重名" in told.err


def test_a_bomb_is_not_unpacked(case: Case) -> None:
    size = 512 * 1024 * 1024

    def alter(said: Said, members: dict[str, bytes]) -> None:
        with_file(said, members, "folder/rules/zeros.toml", bytes(1024))
        for line in said["files"]:
            if line["name"] == "folder/rules/zeros.toml":
                line["size"] = size

    forged(case, alter)
    assert "大小与清单不符" in refused(case).err


def test_what_would_unpack_to_far_too_much_is_refused_by_its_size(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here from twice its size on, and in earnest from 200 times."""
    monkeypatch.setattr(archive, "_DENSEST", 2)
    monkeypatch.setattr(archive, "_BESIDE", 0)
    data = bytes(2 * case.backup.stat().st_size)
    forged(case, lambda said, members: with_file(said, members, "folder/rules/zeros.toml", data))
    assert "展开后过大" in refused(case).err


def test_members_that_lie_over_one_another(case: Case) -> None:
    data = bytearray(case.backup.read_bytes())
    with zipfile.ZipFile(case.backup) as there:
        first, second, *_ = there.infolist()
    # The directory says of the second member that it stands where the first one does.
    entry = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    assert int.from_bytes(data[entry + 42 : entry + 46], "little") == second.header_offset
    data[entry + 42 : entry + 46] = first.header_offset.to_bytes(4, "little")
    case.backup.write_bytes(data)
    assert "hostile-backup" in refused(case).err


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said.update(format="mingbai-backup-2"),
        lambda said: said.update(federation="../x"),
        lambda said: said.update(more="than it has"),
        lambda said: said["files"].reverse(),
        lambda said: said["files"].append(said["files"][0]),
        lambda said: said["files"][0].update(size=-1),
        lambda said: said["files"][0].update(size=True),
        lambda said: said["files"][0].update(sha256="x"),
        lambda said: said["files"][0].update(mode=0o777),
        lambda said: said.update(units=[{"unit": "../x", "entries": 1, "chain": "0" * 64}]),
        lambda said: said.update(tables=[]),
        lambda said: said.clear(),
    ],
)
def test_a_manifest_that_is_not_as_the_program_writes_it(
    case: Case, spoil: Callable[[Said], None]
) -> None:
    forged(case, lambda said, _members: spoil(said))
    assert "not-a-backup" in refused(case).err


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive at all" * 100])
def test_what_is_no_archive(case: Case, data: bytes) -> None:
    case.backup.write_bytes(data)
    assert "not-a-backup" in refused(case).err


def test_an_archive_that_is_cut_off(case: Case) -> None:
    case.backup.write_bytes(case.backup.read_bytes()[:-100])
    assert "not-a-backup" in refused(case).err


def test_rows_that_no_table_takes_are_told_of(case: Case) -> None:
    """The manifest was forged along with them."""
    name = "registry/unit.jsonl"
    for spoilt in (b'["id"]\n["x"]\n', b"not json\n", b""):

        def alter(said: Said, members: dict[str, bytes], spoilt: bytes = spoilt) -> None:
            said["files"] = [one for one in said["files"] if one["name"] != name]
            with_file(said, members, name, spoilt)

        forged(case, alter)
        told = refused(case)
        assert "backup-damaged" in told.err and name in told.err


def test_who_lacks_the_key_alters_nothing_of_a_backup(case: Case) -> None:
    """Roles of users stand in no book: nothing but the key tells that somebody was given one."""
    name = "registry/user_role.jsonl"

    def alter(said: Said, members: dict[str, bytes]) -> None:
        data = members[name].replace(b"auditor", b"treasurer").replace(b"checker", b"treasurer")
        assert data != members[name]
        said["files"] = [one for one in said["files"] if one["name"] != name]
        with_file(said, members, name, data)

    forged(case, alter, with_key=False)
    assert "backup-altered" in refused(case).err


def test_settings_in_a_backup_name_no_place_outside_of_it(case: Case, tmp_path: Path) -> None:
    """Neither a database nor a key file elsewhere is opened or written."""
    evil = tmp_path / "evil.db"

    def alter(said: Said, members: dict[str, bytes]) -> None:
        name = "folder/federation.toml"
        text = members[name].decode().replace("registry.db", f"/{evil}")
        said["files"] = [one for one in said["files"] if one["name"] != name]
        with_file(said, members, name, text.replace("master.key", "../evil.key").encode())

    forged(case, alter)
    told = mingbai("restore", case.backup, "-o", case.back, "--key-file", case.key)
    assert told.status == 0, told.err
    assert not evil.exists() and not (tmp_path / "evil.key").exists()
    assert (case.back / "registry.db").exists() and (case.back / "master.key").exists()
