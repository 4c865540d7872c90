"""How a pack's files are written: the same values give the same bytes on any machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SUMS: Final = "SHA256SUMS"


def json_bytes(told: object) -> bytes:
    """JSON for people and programs: sorted keys, one space a level."""
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def line_json(told: object) -> str:
    """JSON on one line."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n"


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list of digests of some files, sorted by name, as ``sha256sum`` writes it."""
    return "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)
    ).encode()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, whose folders are made."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
