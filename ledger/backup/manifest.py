"""What a backup says of itself: every file with its size and digest, every unit with its root.

Canonical JSON: what is read back has to be written the same again, byte for byte, so that one
digest stands for all of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Final

NAME: Final = "manifest.json"
FORMAT: Final = "mingbai-backup-1"
#: Where the federation's files and the registry's tables stand in a backup.
FOLDER, TABLES = "folder/", "registry/"
#: For what a key makes the digest of a manifest.
MAC: Final = "backup-manifest"
#: A manifest of a million files is smaller than this, in bytes.
LONGEST: Final = 256 * 1024 * 1024
#: A file and a table larger than this are no part of a federation, in bytes.
LARGEST: Final = 1 << 40

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_TABLE: Final = re.compile(r"registry/[a-z][a-z_]{0,60}\.jsonl")
_UNIT: Final = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_LONGEST_NAME: Final = 1000


class NoManifest(ValueError):
    """The bytes are no manifest; the argument says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup; ``size`` in bytes, before it is packed."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit's journal: how many entries, the chain at the last one, and the newest sealed root.

    ``size`` is how many entries the root covers; ``key`` and ``signature`` are empty where the seal
    is unsigned, all of the seal where nothing is sealed.
    """

    unit: str
    entries: int
    chain: str
    month: str = ""
    version: int = 0
    size: int = 0
    root: str = ""
    key: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Manifest:
    """``key`` tells the master key from another one; ``tables`` counts rows; moments are UTC+8.

    ``mac`` is made of everything else under the master key: who lacks it writes no other manifest.
    """

    federation: str
    name: str
    at: str
    schema: str
    key: str
    tables: tuple[tuple[str, int], ...]
    units: tuple[UnitLine, ...]
    members: tuple[Member, ...]
    mac: str = ""

    @property
    def bare_digest(self) -> str:
        """The digest of everything but ``mac``: what that is made of."""
        return replace(self, mac="").digest

    @cached_property
    def text(self) -> bytes:
        facts = ("federation", "name", "at", "schema", "key", "mac")
        said = {
            "format": FORMAT,
            **{one: getattr(self, one) for one in facts},
            "tables": dict(self.tables),
            "units": [asdict(unit) for unit in self.units],
            "files": [asdict(member) for member in self.members],
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    @property
    def whole(self) -> int:
        """The bytes of all files together."""
        return sum(member.size for member in self.members)


def parse(data: bytes) -> Manifest:
    """The manifest of which ``data`` is the text. NoManifest for anything else."""
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise NoManifest("another format")
        found = Manifest(
            _text(said["federation"]),
            _text(said["name"]),
            _text(said["at"]),
            _text(said["schema"]),
            _text(said["key"]),
            tuple((_text(name), _number(rows)) for name, rows in said["tables"].items()),
            tuple(UnitLine(**_values(unit)) for unit in said["units"]),
            tuple(Member(**_values(member)) for member in said["files"]),
            _text(said["mac"]),
        )
    except NoManifest:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise NoManifest("it is not well formed") from fault
    _check(found)
    if found.text != data:
        raise NoManifest("it is not as the program writes it")
    return found


def _values(said: dict[str, Any]) -> dict[str, Any]:
    numbers = ("size", "entries", "version")
    return {key: (_number if key in numbers else _text)(value) for key, value in said.items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NoManifest("a text is expected")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise NoManifest("a number is expected")
    return value


def _check(found: Manifest) -> None:
    if not _UNIT.fullmatch(found.federation):
        raise NoManifest("no federation is named so")
    names = [member.name for member in found.members]
    if names != sorted(set(names)):
        raise NoManifest("its files are not in order, or one stands twice")
    for member in found.members:
        if not is_safe(member.name) or not _HEX.fullmatch(member.sha256):
            raise NoManifest(f"a name or a digest is none: {member.name[:60]!a}")
    known = set(names)
    for name in names:
        parts = name.split("/")
        if any("/".join(parts[:at]) in known for at in range(1, len(parts))):
            raise NoManifest(f"a file stands where a folder has to: {name[:60]!a}")
    for unit in found.units:
        if not _UNIT.fullmatch(unit.unit) or not _HEX.fullmatch(unit.chain):
            raise NoManifest("a unit is not well formed")


def is_safe(name: str) -> bool:
    """Whether a member may have this name: it stays in its folder, and hides nothing there."""
    if _TABLE.fullmatch(name):
        return True
    if not name.startswith(FOLDER) or len(name) > _LONGEST_NAME:
        return False
    if not name.isprintable() or "\\" in name:
        return False
    parts = name.removeprefix(FOLDER).split("/")
    if any(not part or part.startswith(".") or len(part.encode()) > 255 for part in parts):
        return False
    return not is_own(parts[0])


def is_own(name: str) -> bool:
    """A file at the top of a federation folder that a backup neither takes nor brings back."""
    return name.startswith("registry.db") or name == "master.key"
