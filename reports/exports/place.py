"""Where an export is written: whole or not at all, never over anything else, never into the books.

What was exported before is replaced only by an export of the same kind: a file that says it is one,
or a folder whose list, ``EXPORT.json``, names every file in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from ledger.durable import replacing, sync_folder
from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.errors import Finding

LIST: Final = "EXPORT.json"
ARCHIVE_MARK: Final = b"mingbai archive 1"
SAFT, ARCHIVE = "saft", "archive"
_SAFT_MARK: Final = b"<!-- Mingbai"
_HEAD: Final = 400


def demand_place(out: Path, federation: Path, format: str) -> None:
    """CannotRun unless ``out`` is new, an empty folder, or an older export of the same kind.

    One file for ``saft`` and ``archive``, a folder for the others. OSError where nothing can be
    written there.
    """
    place, home = out.resolve(), federation.resolve()
    if place == home or home in place.parents or place in home.parents:
        raise CannotRun(_bad(out, "不能在联合会目录之中", "it is inside the federation"))
    if not place.parent.is_dir():
        raise CannotRun(_bad(out, "上级目录不存在", "the folder that it would be in is not there"))
    if out.is_symlink():
        raise CannotRun(_bad(out, "它是一个链接", "it is a link"))
    if not out.exists():
        return
    if format in (SAFT, ARCHIVE):
        if not out.is_file() or not _is_ours(out, format):
            raise CannotRun(_bad(out, *_OTHER))
    elif not out.is_dir() or not _is_list(out, format):
        raise CannotRun(_bad(out, *_OTHER))


_OTHER: Final = ("已有别的内容，不会覆盖", "it holds something else, which stays")


def _is_ours(path: Path, format: str) -> bool:
    """Whether a file says that it is an export of this kind."""
    if format == SAFT:
        with path.open("rb") as file:
            return _SAFT_MARK in file.read(_HEAD)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == ARCHIVE_MARK
    except zipfile.BadZipFile:
        return False


def _is_list(folder: Path, format: str) -> bool:
    """Whether a folder is empty, or holds an export of this kind and nothing else."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    if not there:
        return True
    try:
        told = json.loads((folder / LIST).read_text(encoding="utf-8"))
        return bool(told["format"] == format and there == {LIST, *told["files"]})
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def new_file(out: Path) -> Iterator[BinaryIO]:
    """A file that is there once the block has ended, in place of an older one."""
    place = out.resolve()
    with replacing(place) as file:
        yield file
    sync_folder(place.parent)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder that is there once the block has ended, in place of an older one."""
    place = out.resolve()
    new, old = (place.with_name(f".{place.name}.{end}") for end in ("new", "old"))
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir()
    try:
        yield new
        for path in new.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(new)
        if place.exists():
            place.rename(old)
        new.rename(place)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    sync_folder(place.parent)


def write_list(folder: Path, told: Mapping[str, object]) -> None:
    """``EXPORT.json`` of a folder: what was exported, and the digest of every file."""
    files = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            files[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    text = json.dumps({**told, "files": files}, ensure_ascii=False, indent=1)
    (folder / LIST).write_text(f"{text}\n", encoding="utf-8")


def _bad(out: Path, zh: str, en: str) -> Finding:
    return finding(
        "bad-output",
        f"不能写到 {out.name}：{zh}",
        f"nothing is written to {out.name}: {en}",
        "写明联合会目录之外、尚不存在的名称",
        "name something outside the federation that is not there yet",
        file=str(out),
    )
