"""Files that stand after a power cut: written whole or not at all, and their names kept.

What is only appended to is the journal's own (:func:`ledger.journal.write_at_end`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole, in place of what stands there; its folder is there. OSError if not.

    The name is kept for sure once :func:`sync_folder` was asked for.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """The same for what is too large for the memory: the block writes it, and may fail."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Have the disk keep a folder's names as they are now."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Have the disk keep everything below a folder."""
    for path in (folder, *sorted(folder.rglob("*"))):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner reads, and that is there whole or not at all.

    It is written beside its place under a name of its own, synced, and takes its name when the
    block ends. FileExistsError if there is one of that name, then too.
    """
    partial = partial_of(path)
    handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _take_name(partial, path)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    sync_folder(path.parent)


def partial_of(path: Path) -> Path:
    """Where :func:`new_file` writes what will be ``path``."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _take_name(partial: Path, path: Path) -> None:
    """Rename, but over nothing that came in between."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        if path.exists():
            raise FileExistsError(path) from None
        partial.rename(path)
    else:
        partial.unlink()
