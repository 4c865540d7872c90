"""Files that stand after a power cut: written whole or not at all, and their names kept.

What is only appended to is the journal's own (:func:`ledger.journal.write_at_end`).
"""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole, in place of what stands there; its folder is there. OSError if not.

    The name is kept for sure once :func:`sync_folder` was asked for.
    """
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def sync_folder(folder: Path) -> None:
    """Have the disk keep a folder's names as they are now."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
