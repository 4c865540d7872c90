"""Statements that wait for their layout: sealed in memory for an hour, each its owner's alone.

A file that nobody knows is not uploaded twice: the wizard finds it here. Nothing of it is written
to disk, and no password is kept; whoever restarts the desk chooses the file again.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from flask import current_app

from ledger.entry import safe_text
from ledger.errors import Finding, finding
from reports.web.access import current_user, desk

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEPT_FOR: Final = timedelta(hours=1)
#: So many files of one person, and so many bytes of all, wait at a time; the oldest give way.
_MOST_FILES: Final = 5
_MOST_BYTES: Final = 128 * 1024 * 1024
_ASKS: Final = ("no-header", "layout-drifted")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that waits: its key in the address, its name, and the account it was meant for."""

    key: str
    unit: str
    user: str
    name: str
    account: str
    since: datetime
    sealed: bytes


class Room:
    """All files that wait, for all who are at the desk."""

    def __init__(self) -> None:
        self._files: dict[str, Waiting] = {}
        self._lock = threading.Lock()

    def put(self, file: Waiting) -> None:
        with self._lock:
            self._forget(file.since)
            self._files[file.key] = file
            own = [one for one in self._files.values() if one.user == file.user]
            for old in own[:-_MOST_FILES]:
                del self._files[old.key]
            while len(self._files) > 1 and self._size() > _MOST_BYTES:
                del self._files[next(iter(self._files))]

    def get(self, key: str, now: datetime) -> Waiting | None:
        with self._lock:
            self._forget(now)
            return self._files.get(key)

    def drop(self, key: str) -> None:
        with self._lock:
            self._files.pop(key, None)

    def _size(self) -> int:
        return sum(len(one.sealed) for one in self._files.values())

    def _forget(self, now: datetime) -> None:
        for old in [one for one in self._files.values() if now - one.since > _KEPT_FOR]:
            del self._files[old.key]


def _room() -> Room:
    found: Room = current_app.extensions.setdefault("mingbai-waiting", Room())
    return found


def keep(unit: str, name: str, data: bytes, account: str = "") -> Waiting:
    """Let a file wait for its layout."""
    key = secrets.token_urlsafe(16)
    sealed = desk().registry.vault.seal(data, context=f"waiting {key}")
    file = Waiting(key, unit, current_user().id, name, account, desk().clock(), sealed)
    _room().put(file)
    return file


def find(unit: str, key: str) -> tuple[Waiting, bytes] | None:
    """The file of that key, if it is this person's and this unit's, and what is in it."""
    file = _room().get(key, desk().clock())
    if file is None or file.unit != unit or file.user != current_user().id:
        return None
    return file, desk().registry.vault.unseal(file.sealed, context=f"waiting {key}")


def drop(key: str) -> None:
    _room().drop(key)


def sent_name(filename: str | None) -> str:
    """The name of an uploaded file, without its folders and without marks that mislead."""
    return safe_text((filename or "").replace("\\", "/").rsplit("/", 1)[-1], 120)


def offered(
    unit: str, name: str, data: bytes, account: str, findings: Sequence[Finding]
) -> tuple[list[Finding], Waiting | None]:
    """What is said of a file that was refused; if its layout is why, it waits for the wizard."""
    asked = [found for found in findings if found.rule in _ASKS]
    if not asked:
        return list(findings), None
    told = [_to_the_wizard(found) if found in asked else found for found in findings]
    return told, keep(unit, name, data, account)


def _to_the_wizard(found: Finding) -> Finding:
    """The finding, with the page as its remedy instead of the command."""
    return finding(
        found.rule,
        f"{found.file}：{found.what.zh}",
        f"{found.file}: {found.what.en}",
        "点下面的「识别版式」，确认各列后即可导入，文件不必再传",
        "open its layout below and confirm the columns; it need not be uploaded again",
        file=found.file,
        severity=found.severity,
    )
