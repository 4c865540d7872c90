"""Papers: the files behind vouchers, sealed, beside the book under the SHA-256 of what is in them.

A bank statement names payers, a receipt whoever signed it: papers are sealed under the master key
like everything else that names persons, so that a unit's folder may be copied without them being
read. Their digests stand in the book.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, insert, select

from ledger.durable import replace_file
from ledger.errors import CannotRun, Refused, finding
from ledger.layout import paper_path, unit_folder
from ledger.registry import oplog
from ledger.registry.schema import paper as table

if TYPE_CHECKING:
    from ledger.registry.database import Registry
    from ledger.registry.vault import Vault

#: How a paper stands: see :func:`state`.
THERE: Final = "there"
GONE: Final = "gone"
ALTERED: Final = "altered"
LARGEST: Final = 64 * 1024 * 1024
#: Papers that are tried under a key: one of them may be damaged, not all.
_TRIED: Final = 20
_SEAL: Final = 100  # what sealing adds is less than this
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class PaperRow:
    digest: str
    suffix: str
    size: int


def store(registry: Registry, unit: str, path: Path, *, user: str, now: datetime) -> str:
    """Keep a copy of the file at ``path``; its SHA-256. Refused if empty or too large."""
    if not path.is_file() or not 0 < path.stat().st_size <= LARGEST:
        raise Refused(
            finding(
                "bad-paper",
                "附件不存在、为空或超过 64 MB",
                "the paper is missing, empty or larger than 64 MB",
                "检查路径；大文件请分开或压缩",
                "check its path; split or compress a large file",
                file=path.name,
            )
        )
    return store_bytes(registry, unit, path.read_bytes(), path.name, user=user, now=now)


def store_bytes(
    registry: Registry, unit: str, data: bytes, name: str, *, user: str, now: datetime
) -> str:
    """:func:`store` for bytes that are in memory already."""
    with registry.write() as conn:
        return store_in(conn, registry, unit, data, name, user=user, now=now)


def store_in(
    conn: Connection,
    registry: Registry,
    unit: str,
    data: bytes,
    name: str,
    *,
    user: str,
    now: datetime,
) -> str:
    """:func:`store_bytes` within a caller's transaction."""
    digest = hashlib.sha256(data).hexdigest()
    suffix = Path(name).suffix.lower()
    suffix = suffix if _SUFFIX.fullmatch(suffix) else ""
    known = find(conn, unit, digest)
    row = known or PaperRow(digest, suffix, len(data))
    if read(registry, unit, row) != data:
        sealed = registry.vault.seal(data, context=_content(unit, digest))
        path = path_of(registry, unit, row)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, sealed)
    if known is None:
        conn.execute(
            insert(table).values(
                unit=unit,
                digest=digest,
                suffix=suffix,
                size=len(data),
                sealed=registry.vault.seal(name.encode(), context=f"paper {unit} {digest}"),
                user=user,
                at=now.isoformat(timespec="seconds"),
            )
        )
        oplog.record(
            conn, at=now, user=user, unit=unit, action="paper.store", object=f"sha256:{digest}"
        )
    return digest


def read(registry: Registry, unit: str, row: PaperRow) -> bytes | None:
    """What is in a paper; None if it is not there, or is not what its digest says."""
    path = path_of(registry, unit, row)
    # A link, or a file that grew, is nothing that we wrote.
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST + _SEAL:
        return None
    try:
        data = registry.vault.unseal(path.read_bytes(), context=_content(unit, row.digest))
    except CannotRun:
        return None
    return data if hashlib.sha256(data).hexdigest() == row.digest else None


def state(registry: Registry, unit: str, row: PaperRow) -> str:
    """Whether a paper is :data:`THERE`, :data:`GONE`, or not what was registered."""
    path = path_of(registry, unit, row)
    if path.is_symlink() or not path.is_file():
        return GONE
    return ALTERED if read(registry, unit, row) is None else THERE


def _content(unit: str, digest: str) -> str:
    return f"paper content {unit} {digest}"


def find(conn: Connection, unit: str, digest: str) -> PaperRow | None:
    """The unit's paper of this digest."""
    row = conn.execute(
        select(table.c.digest, table.c.suffix, table.c.size).where(
            table.c.unit == unit, table.c.digest == digest
        )
    ).first()
    return None if row is None else PaperRow(*row)


def all_papers(conn: Connection, unit: str) -> list[PaperRow]:
    """The unit's papers, by digest."""
    rows = conn.execute(
        select(table.c.digest, table.c.suffix, table.c.size)
        .where(table.c.unit == unit)
        .order_by(table.c.digest)
    )
    return [PaperRow(*row) for row in rows]


def path_of(registry: Registry, unit: str, row: PaperRow) -> Path:
    return unit_folder(registry.folder, unit) / paper_path(row.digest, row.suffix)


def name_of(registry: Registry, conn: Connection, unit: str, digest: str) -> str | None:
    """The name that a paper came with; None if the paper is unknown."""
    sealed = conn.execute(
        select(table.c.sealed).where(table.c.unit == unit, table.c.digest == digest)
    ).scalar()
    if sealed is None:
        return None
    return registry.vault.unseal(sealed, context=f"paper {unit} {digest}").decode()


def opens_under(folder: Path, units: Collection[str], vault: Vault) -> bool | None:
    """Whether papers beside the books of a folder open under a key; None if there are none.

    A few are tried, by the digests in their names: this is asked where no registry is left.
    """
    tried = 0
    for unit in units:
        for path in sorted((unit_folder(folder, unit) / "documents").glob("*/*.sealed")):
            if tried == _TRIED:
                return False
            tried += 1
            digest = path.name[:64]
            try:
                data = vault.unseal(path.read_bytes(), context=_content(unit, digest))
            except CannotRun:
                continue
            if hashlib.sha256(data).hexdigest() == digest:
                return True
    return False if tried else None
