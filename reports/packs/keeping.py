"""Packs that were published, as they were: below ``publications/`` of the federation's folder.

What the registry keeps of one is its digest; a file that is altered or gone is found by it. A pack
is published once. What would be another one under the same name is a correction: the next version,
with an explanation, and the superseded one stays.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.disclosing.packs import Pack, record_pack_in
from ledger.durable import sync_folder
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.journal import locked
from ledger.layout import unit_folder
from ledger.registry import packs, units
from ledger.registry.packs import PackRow
from ledger.sealing import lists
from ledger.sealing.lists import SIGNATURE
from ledger.words import personal_faults
from reports.packs import groups
from reports.packs.building import Built, build_pack, place_of
from reports.packs.drawing import Version
from reports.packs.writing import SUMS, write_files

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry, User

FOLDER: Final = "publications"


@dataclass(frozen=True)
class Turn:
    """A unit's pack as it is now; ``row`` is what was published of it, None of a new version."""

    built: Built
    row: PackRow | None


def place(folder: Path, row: PackRow) -> Path:
    """Where the files of a published version lie."""
    return folder / FOLDER / place_of(row.unit, row.period, row.audience, row.version)


def turn(
    registry: Registry, unit: str, period: Period, audience: str, explanation: str = ""
) -> Turn:
    """The pack of a unit: the published one, rebuilt to the byte, or the next version of it.

    Refused where it is not the published one any more and nobody explains why, or the explanation,
    which everybody reads, names somebody.
    """
    found = as_it_is(registry, unit, period, audience)
    last = found.row
    if last is None or found.built.digest == last.digest:
        return found
    if not explanation:
        raise Refused(_other(last))
    with registry.read() as conn:
        refuse_if(personal_faults(conn, registry, explanation))
        every = groups.told_before(conn, unit)
    version = Version(last.version + 1, explanation)
    return Turn(
        build_pack(
            registry, unit, period, audience, version=version, supersedes=last.digest,
            published=every,
        ),
        None,
    )  # fmt: skip


def as_it_is(registry: Registry, unit: str, period: Period, audience: str) -> Turn:
    """A unit's pack as it is drawn now, under the name of the version that was published last.

    Its digest is another one than the row's where a correction is due.
    """
    with registry.read() as conn:
        rows = packs.versions(conn, unit, str(period), audience)
        last = rows[-1] if rows else None
        but = (str(period), audience, last.version) if last else None
        told = groups.told_before(conn, unit, but)
    if last is None:
        return Turn(build_pack(registry, unit, period, audience, published=told), None)
    before = rows[-2].digest if len(rows) > 1 else None
    again = build_pack(
        registry, unit, period, audience, version=Version(last.version, last.explanation),
        supersedes=before, published=told,
    )  # fmt: skip
    return Turn(again, last)


def changed_files(folder: Path, built: Built, row: PackRow) -> tuple[str, ...]:
    """The files of a pack that are not what a published version holds, its list left out.

    Refused where what was published is not there as it was.
    """
    old = {name: hashlib.sha256(data).digest() for name, data in files_of(folder, row).items()}
    new = {name: hashlib.sha256(data).digest() for name, data in built.files.items()}
    names = {*old, *new} - {SUMS, SIGNATURE}
    return tuple(sorted(name for name in names if old.get(name) != new.get(name)))


def publish(registry: Registry, turns: Sequence[Turn], user: User, now: datetime) -> list[PackRow]:
    """Keep and enter the new versions among these; who records for their units may.

    The unit's lock is held while a version is entered and its files are written, and the files are
    there before it counts: whoever comes second with another pack of the same version is refused.
    """
    new = [one.built for one in turns if one.row is None]
    for built in new:
        workflow.demand(user, "record", built.unit)
    return [_enter(registry, built, user, now) for built in new]


def _enter(registry: Registry, built: Built, user: User, now: datetime) -> PackRow:
    with locked(unit_folder(registry.folder, built.unit)), registry.write() as conn:
        registry.lock_unit(conn, built.unit)
        number = built.version.number
        pack = Pack(
            built.unit, built.period, built.audience, number, built.digest,
            built.sealed.last.size, built.sealed.last.root, now.date(),
            number - 1 or None, built.version.explanation,
        )  # fmt: skip
        known = packs.versions(conn, built.unit, str(built.period), built.audience)
        row = record_pack_in(conn, registry, pack, user, now)
        if row not in known:
            groups.keep(conn, built)
            _keep(registry.folder, built)
        return row


def row_of(built: Built) -> PackRow:
    """A version that nobody entered yet, as it would be entered on its period's last day."""
    number, last = built.version.number, built.sealed.last
    return PackRow(
        built.unit, str(built.period), built.audience, number, built.period.start,
        built.period.last, built.period.last, built.digest, last.size, last.root,
        number - 1 or None, built.version.explanation, "", "",
    )  # fmt: skip


def _keep(folder: Path, built: Built) -> None:
    """Write a pack's files as a whole: what a crash left half written is begun anew."""
    target = folder / FOLDER / built.place
    partial = target.with_name(f".{target.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    write_files(partial, built.files)
    for path in partial.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    sync_folder(target.parent)


def kept(registry: Registry, audience: str, units: Sequence[str]) -> list[PackRow]:
    """Every version that was published of some units for an audience."""
    with registry.read() as conn:
        return [row for row in packs.of_units(conn, units) if row.audience == audience]


def files_of(folder: Path, row: PackRow) -> dict[str, bytes]:
    """The files of a published version; Refused where they are not what was published."""
    refuse_if(faults(folder, row))
    there = place(folder, row)
    return {
        path.relative_to(there).as_posix(): path.read_bytes()
        for path in sorted(there.rglob("*"))
        if path.is_file()
    }


def every_fault(registry: Registry, unit: str | None = None) -> list[Finding]:
    """What of all published packs is altered, of one unit or of every one."""
    with registry.read() as conn:
        asked = [unit] if unit else [row.id for row in units.all_units(conn)]
        rows = packs.of_units(conn, asked)
    return [fault for row in rows for fault in faults(registry.folder, row)]


def faults(folder: Path, row: PackRow) -> Iterator[Finding]:
    """What of a published version's files is altered, missing or too much."""
    there = place(folder, row)
    shown = there.relative_to(folder).as_posix()
    try:
        data = (there / SUMS).read_bytes()
    except OSError:
        yield _changed(f"{shown}/{SUMS}")
        return
    if hashlib.sha256(data).hexdigest() != row.digest:
        yield _changed(f"{shown}/{SUMS}")
        return
    listed = {line[66:]: line[:64] for line in data.decode().splitlines()}
    found = {
        path.relative_to(there).as_posix(): path for path in there.rglob("*") if not path.is_dir()
    }
    found.pop(SUMS)
    signature = found.pop(SIGNATURE, None)
    if signature is not None and not _is_signed(signature, row):
        yield _bad_signature(f"{shown}/{SIGNATURE}")
    for name in sorted({*listed, *found}):
        path = found.get(name)
        same = (
            path is not None
            and not path.is_symlink()
            and hashlib.sha256(path.read_bytes()).hexdigest() == listed.get(name)
        )
        if not same:
            yield _changed(f"{shown}/{name}")


def _is_signed(path: Path, row: PackRow) -> bool:
    """Whether a file is a signature of a version's list, whosever."""
    if path.is_symlink():
        return False
    try:
        signed = lists.parse(path.read_bytes())
    except ValueError:
        return False
    return signed.digest == row.digest and signed.holds


def _bad_signature(file: str) -> Finding:
    return finding(
        "pack-signature", "公开包的签名不成立", "this is no signature of the pack",
        "删除此文件，重新签名：mingbai publish --key",
        "delete this file and sign the pack anew: mingbai publish --key", file=file,
    )  # fmt: skip


def _changed(file: str) -> Finding:
    return finding(
        "publication-changed", "已公开的文件有改动或缺失",
        "a file that was published is altered or gone",
        "从备份恢复，并查明是谁改动的", "restore it from a backup and find out who changed it",
        file=file,
    )  # fmt: skip


def _other(row: PackRow) -> Finding:
    return finding(
        "published-otherwise",
        f"单位 {row.unit} 的 {row.period} 已公开第 {row.version} 版，现在的内容不同",
        f"version {row.version} of {row.period} of unit {row.unit} is published, and says "
        "otherwise than what is sealed now",
        "更正作为新的一版公开：加 --explain 说明原因；原来的一版保留",
        "publish a correction as the next version, with its reason: --explain; the old one stays",
        file=f"units/{row.unit}",
    )  # fmt: skip
