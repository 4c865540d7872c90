"""A backup is taken: the registry as it is at one moment, and the books as of its journal.

One reading transaction sees the tables as they are when it begins, whoever posts meanwhile. A
posting appends to a book's file while it holds the unit's lock; whoever had the lock once after the
transaction began knows that all of it stands in the file, and takes as many bytes as the journal
says. Nobody waits for a backup, and a backup waits for nobody longer than one posting takes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import canonical, journal
from ledger.backup import faults, proving, selecting
from ledger.backup.archive import Writer
from ledger.backup.manifest import FOLDER, MAC, TABLES, Manifest, UnitLine
from ledger.durable import new_file, partial_of
from ledger.errors import CannotRun, Finding, Refused, WitnessMismatch
from ledger.layout import included_files, unit_folder
from ledger.registry import dump, entries, identity, migrations, oplog, seals, units
from ledger.registry.settings import DEFAULT_URL, SETTINGS, settings_text
from ledger.sealing import files as seal_files
from ledger.sealing.seals import parse_seal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry

_CHUNK: Final = 1 << 20

#: Told what is being done, how much of it is done, and of how much.
Told = Callable[[str, int, int], None]
#: What is asked of a backup before it gets its name: see :func:`ledger.backup.restoring.rehearse`.
Proof = Callable[[Path], None]


@dataclass(frozen=True)
class Taken:
    """``size`` in bytes, as it lies; ``left_out`` are warnings."""

    manifest: Manifest
    size: int
    left_out: list[Finding]


def take(
    registry: Registry, out: Path, *, user: str, now: datetime, told: Told, proof: Proof
) -> Taken:
    """Write a backup to ``out``, read it back and prove it; only then it has its name.

    Refused where something is in the way, and where book and journal differ: of two witnesses that
    disagree no backup is made. Entered in the operation log with the manifest's digest.
    """
    refuse_place(registry.folder, out)
    try:
        with new_file(out) as file:
            writer = Writer(file, now.timetuple()[:6])
            manifest, left_out = _write(registry, writer, now, told)
            writer.finish(manifest)
            file.flush()
            partial = partial_of(out)
            proving.read_back(partial, told)
            proof(partial)
            size = partial.stat().st_size
    except FileExistsError as fault:
        raise Refused(faults.in_the_way(str(out))) from fault
    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user, unit="", action="federation.backup", object=manifest.digest,
            detail=str(size),
        )  # fmt: skip
    return Taken(manifest, size, left_out)


def refuse_place(folder: Path, out: Path) -> None:
    """Refused if a backup cannot go there: over a file, or into the folder that it is of."""
    if out.exists() or out.is_symlink():
        raise Refused(faults.in_the_way(str(out)))
    if folder.resolve() in out.resolve().parents:
        raise Refused(faults.inside(str(out)))
    if not out.parent.is_dir():
        raise CannotRun(faults.no_place(str(out)))


# ---- what is in it -----------------------------------------------------------------------------


def _write(
    registry: Registry, writer: Writer, now: datetime, told: Told
) -> tuple[Manifest, list[Finding]]:
    rows: list[tuple[str, int]] = []
    lines: list[UnitLine] = []
    left_out: list[Finding] = []
    with registry.snapshot() as conn:
        known = [row.id for row in units.all_units(conn)]  # from here on nothing changes
        names = dump.table_names()
        for done, name in enumerate(names):
            told("登记册 registry", done, len(names))
            counted = _Counted(dump.lines(conn, name))
            writer.add(f"{TABLES}{name}.jsonl", counted)
            rows.append((name, counted.count - 1))  # the first line names the columns
        for done, unit in enumerate(known):
            told("账簿 books", done, len(known))
            with journal.locked(unit_folder(registry.folder, unit)):
                pass  # whoever was posting when the transaction began has appended by now
            lines.append(_add_book(registry, conn, writer, unit))
            left_out += _unknown(registry, conn, unit)
        chosen = selecting.choose(registry.folder, registry.settings, frozenset(known))
        left_out += chosen.left_out
        for done, name in enumerate(chosen.files):
            told("文件 files", done, len(chosen.files))
            path = registry.folder / name
            writer.add(FOLDER + name, _chunks(path), packed=not name.endswith(".sealed"))
    writer.add(FOLDER + SETTINGS, iter([_settings(registry)]))
    settings = registry.settings
    manifest = Manifest(
        settings.id, settings.name, now.isoformat(timespec="seconds"), migrations.HEAD,
        identity.key_digest(registry.vault), tuple(rows), tuple(lines),
        tuple(sorted(writer.members, key=lambda member: member.name)),
    )  # fmt: skip
    mac = registry.vault.digest(MAC, manifest.bare_digest)
    return replace(manifest, mac=mac), left_out


class _Counted:
    """Lines that are counted as they go by."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = next(self._lines)
        self.count += 1
        return line


def _add_book(registry: Registry, conn: Connection, writer: Writer, unit: str) -> UnitLine:
    folder = unit_folder(registry.folder, unit)
    inside = f"{FOLDER}units/{unit}/"
    lengths = entries.files(conn, unit)
    policy = journal.book_text_of(conn, unit)
    for file in sorted({*lengths, *included_files(policy.decode())}):
        data = _first_bytes(folder / file, lengths.get(file, 0))
        if data is None:
            raise WitnessMismatch(faults.book_differs(unit, file))
        writer.add(inside + file, iter([data]))
    writer.add(f"{inside}book.bean", iter([policy]))
    last = None
    for row in seals.of_unit(conn, unit):
        text = seal_files.read_seal(folder / row.name)
        if text != row.text.encode():
            raise WitnessMismatch(faults.book_differs(unit, row.name))
        writer.add(inside + row.name, iter([text]))
        last = parse_seal(text)
    seq, chain = entries.head(conn, unit) or (0, canonical.first_chain(unit))
    line = UnitLine(unit, seq, chain)
    if last is None:
        return line
    return replace(
        line, month=last.month, version=last.version, size=last.size, root=last.root, key=last.key,
        signature=base64.b64encode(last.signature).decode(),
    )  # fmt: skip


def _first_bytes(path: Path, length: int) -> bytes | None:
    """So many bytes of a file; None if it has fewer, or is no plain file."""
    if not length:
        return b""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        data = file.read(length)
    return data if len(data) == length else None


def _unknown(registry: Registry, conn: Connection, unit: str) -> list[Finding]:
    """Books and seals in a unit's folder of which the registry knows nothing."""
    folder = unit_folder(registry.folder, unit)
    known = {*entries.files(conn, unit), "book.bean"}
    known |= {row.name for row in seals.of_unit(conn, unit)}
    known |= set(included_files(journal.book_text_of(conn, unit).decode()))
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        of_book = name.endswith((".bean", ".seal")) and not name.startswith("documents/")
        if of_book and name not in known and not path.name.startswith("."):
            what = ("登记册不知道此文件", "the registry knows nothing of it")
            found.append(faults.left_out(f"units/{unit}/{name}", *what))
    return found


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _settings(registry: Registry) -> bytes:
    """``federation.toml`` as it lies; where it names a database elsewhere, without that.

    An address of a database may hold a password, and a restored federation has another one.
    """
    if registry.settings.url == DEFAULT_URL:
        return (registry.folder / SETTINGS).read_bytes()
    return settings_text(replace(registry.settings, url=DEFAULT_URL)).encode()
