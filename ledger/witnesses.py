"""Do a book's text and its journal say the same? Asked before every page, so it reads what changed.

``mingbai check`` compares everything and says where; this answers yes or no, and remembers for each
file how it looked when it was compared.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from ledger import journal
from ledger.layout import unit_folder
from ledger.registry import entries

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.registry import Registry


class Witnesses:
    """Both witnesses of one unit. ``files_compared`` counts the work, for tests."""

    def __init__(self, registry: Registry, unit: str) -> None:
        self.registry = registry
        self.unit = unit
        self.files_compared = 0
        self._same: dict[str, tuple[tuple[int, int, int, int], int]] = {}
        self._lock = Lock()

    def agree(self) -> bool:
        """True if every file is what the journal says, ``book.bean`` included.

        A voucher is committed before it is appended; :func:`ledger.journal.recover` waits
        for whoever is posting.
        """
        with self._lock:
            return self._agree()

    def _agree(self) -> bool:
        folder = unit_folder(self.registry.folder, self.unit)
        with self.registry.read() as conn:
            lengths = entries.files(conn, self.unit)
        if not self._is_policy(folder):
            return False
        return all(self._is_same(folder, file, length) for file, length in lengths.items())

    def _is_policy(self, folder: Path) -> bool:
        path = folder / "book.bean"
        looks = _looks(path)
        if looks is None:
            return False
        if self._same.get("book.bean") != (looks, 0):
            self.files_compared += 1
            if path.read_bytes() != journal.expected_book_text(self.registry, self.unit):
                return False
            self._same["book.bean"] = (looks, 0)
        return True

    def _is_same(self, folder: Path, file: str, length: int) -> bool:
        path = folder / file
        looks = _looks(path)
        if looks is None:
            return False
        if self._same.get(file) == (looks, length):
            return True
        self.files_compared += 1
        with self.registry.read() as conn:
            committed = entries.bytes_of_file(conn, self.unit, file)
        if path.read_bytes() != committed:
            return False
        self._same[file] = (looks, length)
        return True


def _looks(path: Path) -> tuple[int, int, int, int] | None:
    """How a plain file looks from outside; None of anything else."""
    if path.is_symlink() or not path.is_file():
        return None
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino
