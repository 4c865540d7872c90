"""Seals when one witness is made from the other: files from rows, or rows from files.

Rows from files are taken over only where every seal holds against the book. Whoever knows no key of
the unit yet takes those that the seals show; a unit that has pinned one keeps what two confirmed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import Finding, refuse_if
from ledger.registry import oplog, seal_keys, seals
from ledger.registry.seal_keys import KeyRow
from ledger.registry.seals import SealRow
from ledger.sealing import files, proving
from ledger.sealing.log import read_log
from ledger.sealing.seals import Seal, parse_seal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.bookchain import Book


def write_files(conn: Connection, folder: Path, unit: str) -> list[str]:
    """Write every seal's file as the registry says; the names of those that changed."""
    changed = []
    for row in seals.of_unit(conn, unit):
        if files.read_seal(folder / row.name) != row.text.encode():
            files.write_seal(folder, row.name, row.text.encode())
            changed.append(row.name)
    return changed


def take_over(
    conn: Connection, folder: Path, unit: str, book: Book, user: str, now: datetime
) -> None:
    """Make the rows of a unit's seals anew from its files; Refused with all that does not hold."""
    found, faults = _read(folder, unit)
    # A seal whose file is gone is no less a seal: its row, or it, has to hold against the book.
    names = {seal.name for seal in found}
    lost = [row for row in seals.of_unit(conn, unit) if row.name not in names]
    for row in lost:
        try:
            found.append(parse_seal(row.text.encode()))
        except ValueError:
            faults.append(proving.fault(unit, row.name, "不是封存文字", "is not a seal's text"))
    found.sort(key=lambda seal: seal.size)
    faults += proving.proof_faults(read_log(unit, book.entries), found) if found else []
    keys = seal_keys.of_unit(conn, unit)
    if any(row.state in seal_keys.IN_FORCE for row in keys):
        faults += proving.key_faults(unit, found, keys)
    refuse_if(faults)
    at = now.isoformat(timespec="seconds")
    before = {row.digest: row for row in seals.of_unit(conn, unit)}
    seals.forget(conn, unit)
    acts = []
    for seal in found:
        known = before.get(seal.digest)
        by, when = (known.user, known.at) if known is not None else (user, at)
        seals.add(
            conn,
            SealRow(
                unit, seal.month, seal.version, seal.size, seal.text.decode(), seal.digest, by, when
            ),
        )
        if known is None:
            acts.append(("seal.take", f"{seal.month}.v{seal.version}", seal.digest))
    if not any(row.state in seal_keys.IN_FORCE for row in keys):
        acts += _take_keys(conn, unit, found, user, at)
    oplog.record_many(conn, at=now, user=user, unit=unit, acts=acts)
    for row in lost:
        files.write_seal(folder, row.name, row.text.encode())


def _read(folder: Path, unit: str) -> tuple[list[Seal], list[Finding]]:
    there, strange = files.seal_files(folder)
    faults = [proving.fault(unit, name, "不是封存文件", "is no seal") for name in strange]
    found = []
    for name, data in there.items():
        try:
            seal = parse_seal(data)
        except ValueError:
            faults.append(proving.fault(unit, name, "不是封存文字", "is not a seal's text"))
            continue
        if seal.name != name:
            faults.append(proving.fault(unit, name, "文件名与内容不符", "is another month's"))
        found.append(seal)
    return sorted(found, key=lambda seal: seal.size), faults


def _take_keys(
    conn: Connection, unit: str, found: list[Seal], user: str, at: str
) -> list[tuple[str, str, str]]:
    """Every key that the seals show, in their order; an unsigned one behind it is a change too."""
    acts = []
    last: str | None = None
    for seal in found:
        if seal.key == last or (last is None and not seal.key):
            continue
        number = seal_keys.next_number(conn, unit)
        seal_keys.add(conn, KeyRow(unit, number, seal.key, seal_keys.TAKEN, "", user, at))
        acts.append(("seal-key.take", str(number), seal.key))
        last = seal.key
    return acts
