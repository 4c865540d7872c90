"""Files that a command was asked to write: what cannot be is a finding."""

from __future__ import annotations

from pathlib import Path

from ledger.errors import CannotRun, finding


def write(path: Path, data: bytes) -> None:
    """Write a file that was asked for; CannotRun where that cannot be."""
    try:
        path.write_bytes(data)
    except OSError as fault:
        raise _cannot(path, fault) from fault


def make_folder(path: Path) -> None:
    """Make a folder for what will be written, or CannotRun."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _cannot(path, fault) from fault


def _cannot(path: Path, fault: OSError) -> CannotRun:
    return CannotRun(
        finding(
            "cannot-write", f"无法写入：{fault.strerror}", f"cannot write: {fault.strerror}",
            "换一个位置", "choose another place", file=str(path),
        )
    )  # fmt: skip
