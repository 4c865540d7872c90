"""A backup read back: every byte of it, and both witnesses of every unit against each other.

What is looked at needs no key and no database: the manifest's digests; each unit's rows along their
chain up to the head that the manifest names; and every file of its book against those rows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.backup import faults
from ledger.backup.archive import Archive, Damaged
from ledger.backup.manifest import FOLDER, TABLES, Manifest, Member
from ledger.errors import Finding, WitnessMismatch, refuse_if
from ledger.journalproof import Followed, Row, broken
from ledger.layout import is_book_file
from ledger.registry import dump

_JOURNAL = f"{TABLES}entry.jsonl"


def read_back(path: Path, told: Callable[[str, int, int], None]) -> None:
    """Refused, with all that is wrong, unless a backup is whole; WitnessMismatch where it tells of
    a book and a journal that differ."""
    with Archive(path) as archive:
        found = damage(archive, told)
        refuse_if(faults.damaged(name, *what) for name, what in found.items())
        differing = list(witness_faults(archive))
    if differing:
        raise WitnessMismatch(*differing)


def damage(archive: Archive, told: Callable[[str, int, int], None]) -> dict[str, tuple[str, str]]:
    """Every file of a backup that is not what its manifest says, and what is wrong with it."""
    found = {}
    done, whole = 0, archive.manifest.whole
    for member in archive.manifest.members:
        try:
            for chunk in archive.chunks(member):
                done += len(chunk)
                told("核对 reading back", done, whole)
        except Damaged as fault:
            found[member.name] = (fault.zh, fault.en)
    return found


def witness_faults(archive: Archive) -> list[Finding]:
    """What of the books is not as the rows of the journal say; its files are whole."""
    manifest = archive.manifest
    units = {line.unit: Followed(line.unit) for line in manifest.units}
    found: list[Finding] = []
    for row in dump.read_rows(archive.lines(_member(manifest, _JOURNAL)), "entry"):
        if row["unit"] in units:
            units[row["unit"]].take(Row(*(row[name] for name in Row._fields)))
    books = _books(manifest)
    for said in manifest.units:
        done = units[said.unit]
        if done.finding is not None or (done.seq, done.chain) != (said.entries, said.chain):
            found.append(done.finding or broken(said.unit, done.seq))
            continue
        own = books.get(said.unit, {})
        for file in sorted({*own, *done.lengths}):
            if own.get(file) != done.digest(file):
                found.append(faults.book_differs(said.unit, file))
    return found


def _books(manifest: Manifest) -> dict[str, dict[str, str]]:
    """The digest of every file of a book, by unit and name."""
    start = f"{FOLDER}units/"
    found: dict[str, dict[str, str]] = {}
    for member in manifest.members:
        if member.name.startswith(start):
            unit, _, file = member.name.removeprefix(start).partition("/")
            if is_book_file(file):
                found.setdefault(unit, {})[file] = member.sha256
    return found


def _member(manifest: Manifest, name: str) -> Member:
    return next(member for member in manifest.members if member.name == name)
