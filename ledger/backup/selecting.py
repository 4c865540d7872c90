"""Which files of a federation folder belong into its backup, and which are left out, and why.

Taken is what stands in the folder, but for caches, locks, logins and half-written files (all of
them hidden), the database, which is taken as tables, and keys, which are kept apart. Of a unit's
folder the book's files are taken from :mod:`ledger.backup.taking`; papers lie here as they are.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.backup import faults
from ledger.backup.manifest import is_own
from ledger.errors import Finding
from ledger.registry.settings import SETTINGS
from ledger.sealing import files as seal_files

if TYPE_CHECKING:
    from ledger.registry.settings import FederationSettings

UNITS: Final = "units"
PAPERS: Final = "documents"
SEALS: Final = seal_files.FOLDER
#: A file of a key is smaller than this, in bytes.
_LONGEST_KEY: Final = 64 * 1024
_KEY_WORD: Final = b"PRIVATE KEY"


class Chosen(NamedTuple):
    """``files`` are names below the folder, ``left_out`` says what a person might miss."""

    files: list[str]
    left_out: list[Finding]


def choose(folder: Path, settings: FederationSettings, units: frozenset[str]) -> Chosen:
    """The files of a folder that are taken as they lie: papers, publications, rules and the like.

    Of the folders below ``units/`` those of these units, but for books and seals;
    ``federation.toml`` is not among them, it is written anew.
    """
    files: list[str] = []
    left_out: list[Finding] = []
    database = settings.url.removeprefix("sqlite:///") if "sqlite:" in settings.url else ""
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        if parts[0] == UNITS and (len(parts) < 3 or parts[1] not in units):
            left_out.append(_strange(name))
            continue
        if parts[0] == UNITS and _is_of_book(parts[2:]):
            continue
        if len(parts) == 1 and (is_own(name) or name == SETTINGS or _is_of(name, database)):
            continue
        if path.is_symlink() or not path.is_file():
            left_out.append(faults.left_out(name, "不是普通文件", "it is no plain file"))
        elif name == settings.key_file:
            pass  # of which every backup says so
        elif is_key(path):
            left_out.append(_key(name))
        else:
            files.append(name)
    return Chosen(files, left_out)


def _is_of(name: str, database: str) -> bool:
    """Whether a file is SQLite's database, or its log."""
    return bool(database) and name.startswith(database)


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        links = [one for one in folders if (Path(place) / one).is_symlink()]
        folders[:] = sorted(one for one in folders if one[0] != "." and one not in links)
        for name in sorted([*names, *links]):
            if name[0] != ".":
                yield Path(place) / name


def _is_of_book(parts: list[str]) -> bool:
    """Files of a book and its seals, which are taken by what the registry says of the unit."""
    return parts[0] == SEALS or (parts[0] != PAPERS and parts[-1].endswith(".bean"))


def is_key(path: Path) -> bool:
    """Whether a file holds a private key, or 32 bytes in base64, which a master key is."""
    if not 0 < path.stat().st_size <= _LONGEST_KEY:
        return False
    data = path.read_bytes()
    if _KEY_WORD in data:
        return True
    try:
        return len(data) < 100 and len(base64.b64decode(data.strip(), validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _key(name: str) -> Finding:
    return faults.left_out(name, "密钥与备份分开保管", "a key: keys are kept apart from backups")


def _strange(name: str) -> Finding:
    return faults.left_out(name, "登记册不知道这个单位", "the registry knows of no such unit")
