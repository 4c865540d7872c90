"""Turns at what takes long: one of a session at a time, and two of all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flask import g

from ledger.errors import Refused

if TYPE_CHECKING:
    from ledger.errors import Finding

_AT_ONCE: Final = 2
_MOST_WAITING: Final = 4
#: Seconds that somebody waits for their turn.
_PATIENCE: Final = 20.0


class Turns:
    """Who is at it just now. ``runs`` tells a session that its own is not done, ``busy`` all."""

    def __init__(
        self, runs: Finding, busy: Finding, at_once: int = _AT_ONCE, patience: float = _PATIENCE
    ) -> None:
        self._runs, self._busy = runs, busy
        self._free = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._here: set[str] = set()
        self._most = at_once + _MOST_WAITING
        self._patience = patience

    @contextmanager
    def turn(self, session: str) -> Iterator[None]:
        """The session's turn; Refused if another of it runs, or it waited too long."""
        with self._lock:
            if session in self._here:
                raise Refused(self._runs)
            if len(self._here) >= self._most:
                raise Refused(self._busy)
            self._here.add(session)
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Refused(self._busy)
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._here.discard(session)


def this_session() -> str:
    """What stands for the session that asks; its secret does not follow from it."""
    return hashlib.sha256(str(g.get("token", "")).encode()).hexdigest()
