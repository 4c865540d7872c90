"""A backup is restored: into a fresh folder, and only what was proven first.

Everything is put into a folder beside the one that was asked for, verified there as ``mingbai
check`` does and against what was published, and then takes its name as a whole. What fails leaves
nothing. Another database is filled last, from what was verified, in one transaction.
"""

from __future__ import annotations

import hmac
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import checking
from ledger.backup import faults, loading, mending, published
from ledger.backup.archive import Archive, Damaged
from ledger.backup.manifest import FOLDER, MAC, Manifest
from ledger.backup.mending import BOOKS, JOURNAL, Damage
from ledger.durable import sync_folder, sync_tree
from ledger.errors import CannotRun, Finding, Refused, refuse_if
from ledger.registry import identity, oplog
from ledger.registry.database import Registry
from ledger.registry.settings import (
    DEFAULT_URL,
    SETTINGS,
    FederationSettings,
    read_settings,
    refuse_used,
    write_settings,
)

if TYPE_CHECKING:
    from ledger.registry.vault import Vault

Told = Callable[[str, int, int], None]
#: What is looked at besides, by who knows more of a federation than this package.
Look = Callable[[Registry], list[Finding]]

KEY_FILE: Final = "master.key"
#: Bytes that a database takes beside its rows' text, for its indexes.
_ROOM: Final = 2
#: Damaged files that are told by name; nobody reads further than this.
_MOST: Final = 20


@dataclass(frozen=True)
class Asked:
    """What a person asks for. ``key_text`` is the key's file, put into the new folder; ``source``
    is ``books`` or ``journal``, the store to trust where the other one is damaged."""

    vault: Vault
    key_text: bytes = b""
    url: str = ""
    digest: str = ""
    source: str = ""
    published: tuple[Path, ...] = ()


@dataclass
class Restored:
    """``mended`` are files or entries that were made again, ``lost`` tables with their rows."""

    manifest: Manifest
    standings: list[published.Standing] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    lost: list[tuple[str, int]] = field(default_factory=list)


def restore(
    backup: Path, target: Path, asked: Asked, *, now: datetime, told: Told, look: Look
) -> Restored:
    """Restore a backup into ``target``. Refused, with all that is wrong, and nothing is written."""
    refuse_used(target)
    roots = published.read(asked.published)
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(backup, asked.digest) as archive, _staging(target.parent) as folder:
        with _proven(archive, folder, asked, now, told, look) as (registry, done):
            if roots:
                names = [line.unit for line in archive.manifest.units]
                done.standings, found = published.hold_against(folder, names, roots)
                refuse_if(found)
            with registry.write() as conn:
                oplog.record(
                    conn, at=now, user=mending.PROGRAM, unit="", action="federation.restore",
                    object=archive.manifest.digest, detail=asked.source,
                )  # fmt: skip
            settings = replace(registry.settings, url=asked.url or DEFAULT_URL)
            loading.settle(registry)
            if asked.url:
                loading.move_to(registry, settings, told)
        _finish(folder, settings, asked)
        _take_name(folder, target)
    return done


def rehearse(backup: Path, vault: Vault, now: datetime, told: Told, look: Look) -> None:
    """Restore a backup beside itself, verify it, and take it away again: see :func:`restore`."""
    with (
        opened(backup) as archive,
        _staging(backup.parent) as folder,
        _proven(archive, folder, Asked(vault), now, told, look),
    ):
        pass


@contextmanager
def opened(backup: Path, digest: str = "") -> Iterator[Archive]:
    """A backup, opened; Refused if its manifest has another digest than was given."""
    with Archive(backup) as archive:
        found = archive.manifest.digest
        if digest and digest.lower() != found:
            raise Refused(faults.other_digest(str(backup), found, digest))
        try:
            yield archive
        except Damaged as fault:  # it was whole when it was looked at
            raise Refused(faults.damaged(str(backup), fault.zh, fault.en)) from fault


@contextmanager
def _staging(parent: Path) -> Iterator[Path]:
    """A folder that is gone when the block ends, unless it took another name."""
    folder = Path(tempfile.mkdtemp(prefix=".mingbai-restore-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _proven(
    archive: Archive, folder: Path, asked: Asked, now: datetime, told: Told, look: Look
) -> Iterator[tuple[Registry, Restored]]:
    """The backup's federation in ``folder``, whole or made whole, and verified."""
    manifest = archive.manifest
    if identity.key_digest(asked.vault) != manifest.key:
        raise CannotRun(faults.other_key(str(archive.path)))
    mac = asked.vault.digest(MAC, manifest.bare_digest)
    if not hmac.compare_digest(mac.encode(), manifest.mac.encode()):
        raise Refused(faults.altered(str(archive.path)))
    free = shutil.disk_usage(folder).free
    if manifest.whole * _ROOM > free:
        raise Refused(faults.too_large(str(archive.path), manifest.whole * _ROOM, free))
    what = _unpack(archive, folder, told)
    damage = mending.sort_out(what)
    _refuse_beyond(damage, what, asked.source)
    settings = _settings(folder, manifest)
    done = Restored(manifest)
    registry = Registry.at(folder, settings, asked.vault)
    try:
        if damage.only_of_books:
            loading.load(archive, registry, damage.tables, told)
        else:
            loading.begin(registry)
            done.lost = [
                (name, rows)
                for name, rows in manifest.tables
                if rows and name not in mending.SHOWN_BY_BOOKS
            ]
        if damage.tables:
            done.mended = [f"{mending.journals_again(registry, now):,} 条 entries"]
        if damage.books:
            done.mended = mending.books_again(registry, damage.books, now)
        if done.lost:
            names = [line.unit for line in manifest.units]
            found = mending.book_faults(folder, names) + mending.findings_of_registry(registry)
        else:
            found = checking.check_federation(
                registry, told=lambda at, of: told("验证 verifying", at, of)
            ) + look(registry)
        refuse_if(found)
        yield registry, done
    finally:
        registry.close()


def _refuse_beyond(damage: Damage, what: dict[str, tuple[str, str]], source: str) -> None:
    """Refused unless nothing is damaged, or what is can be made from what a person trusts."""
    if not damage:
        return
    found = [faults.damaged(name, *said) for name, said in list(what.items())[:_MOST]]
    if len(what) > _MOST:
        found.append(faults.more_damaged(len(what) - _MOST))
    if damage.others or (damage.tables and damage.books):
        if damage.tables and (damage.books or damage.others):
            found.append(faults.both_damaged())
        raise Refused(*found)
    if not source:
        raise Refused(*found, *_what_helps(damage))
    if damage.tables and source == JOURNAL:
        raise Refused(*found, faults.other_witness(source, "损坏的是登记册", "the registry is it"))
    if damage.books and source == BOOKS:
        raise Refused(*found, faults.other_witness(source, "损坏的是账簿", "books are it"))


def _what_helps(damage: Damage) -> list[Finding]:
    if damage.books:
        return [faults.from_journal()]
    return [faults.from_books(whole=damage.only_of_books)]


def _unpack(archive: Archive, folder: Path, told: Told) -> dict[str, tuple[str, str]]:
    """Put the files of a backup into a folder, and look at its tables; what of all is damaged."""
    found: dict[str, tuple[str, str]] = {}
    members = archive.manifest.members
    for done, member in enumerate(members, start=1):
        path = folder / member.name.removeprefix(FOLDER)
        try:
            if member.name.startswith(FOLDER):
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    archive.copy(member, file)
            else:
                archive.check(member)
        except Damaged as fault:
            found[member.name] = (fault.zh, fault.en)
            if member.name.startswith(FOLDER):
                path.unlink()
        told("取出 unpacking", done, len(members))
    return found


def _settings(folder: Path, manifest: Manifest) -> FederationSettings:
    """The settings in a backup; what they say of places outside of the folder does not count."""
    settings = read_settings(folder)
    if settings.id != manifest.federation:
        raise Refused(faults.damaged(f"{FOLDER}{SETTINGS}", "是另一个联合会的", "is another's"))
    plain = replace(settings, url=DEFAULT_URL, key_file=KEY_FILE)
    if plain != settings:
        write_settings(folder / SETTINGS, plain)
    return plain


def _finish(folder: Path, settings: FederationSettings, asked: Asked) -> None:
    if settings.url != DEFAULT_URL:
        write_settings(folder / SETTINGS, settings)
    if asked.key_text:
        path = folder / settings.key_file
        path.touch(0o600)
        path.write_bytes(asked.key_text)


def _take_name(folder: Path, target: Path) -> None:
    """Put a folder that is finished in its place, all of it on disk before."""
    sync_tree(folder)
    folder.rename(target)
    sync_folder(target.parent)
