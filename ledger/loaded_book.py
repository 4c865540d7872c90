"""A whole book as Beancount reads it, held in memory: all of it once, then only what was added.

Programs that show a book from Beancount's entries, such as Fava, read every file again after one
more voucher. Here a change that is nothing but vouchers at the end of month files, each of them the
same bytes as its row in the journal, is parsed, booked and validated alone and put in its place.
Whatever else changed (an account, a closing, a file that is not what it was) means reading it all
again with every check. Tests hold both ways equal.
"""

from __future__ import annotations

import gc
import hashlib
import re
from bisect import insort
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from beancount.core import data
from beancount.ops import validation
from beancount.parser import booking, parser

from ledger import journal
from ledger.canonical_reader import NotCanonical, check_tiled
from ledger.collecting import uncollected
from ledger.layout import unit_folder
from ledger.plain_book import fault_at, read_whole
from ledger.registry import entries as rows

if TYPE_CHECKING:
    from ledger.registry import Registry

_INCLUDE: Final = re.compile(rb'^include "([0-9a-z/]+\.bean)"$', re.MULTILINE)
_MONTH: Final = re.compile(r"[0-9]{4}/[0-9]{2}\.bean")


@dataclass(frozen=True, slots=True)
class _Part:
    """What was read of one file: how it looked from outside, and the bytes up to ``size``."""

    stat: tuple[int, int, int]
    size: int
    lines: int
    digest: str


class LoadedBook:
    """The entries, errors and options of one unit's book, as Beancount's loader returns them.

    ``whole_readings`` and ``files_read`` count the work, for tests of what a change costs.
    """

    def __init__(self, registry: Registry, unit: str) -> None:
        self.registry = registry
        self.unit = unit
        self.folder = unit_folder(registry.folder, unit)
        self.entries: list[Any] = []
        self.errors: list[Any] = []
        self.options: Any = {}
        self.whole_readings = 0
        self.files_read: list[str] = []
        self._parts: dict[str, _Part] = {}

    def refresh(self) -> bool:
        """Read what changed since the last call; True if anything did."""
        changed = [name for name, part in self._parts.items() if self._stat(name) != part.stat]
        if self._parts and not changed:
            return False
        if not (self._parts and not self.errors and all(map(self._append, changed))):
            self._read_all()
        return True

    @property
    def newest(self) -> int:
        """When the youngest of the files was written, in nanoseconds."""
        return max((part.stat[0] for part in self._parts.values()), default=0)

    # ---- all of it -----------------------------------------------------------------------------

    def _read_all(self) -> None:
        """Every file through Beancount's parser, booking, plugins and validation.

        The collector is stopped meanwhile: it would walk every new object several times.
        """
        with uncollected():
            try:
                self._load()
            finally:
                gc.freeze()

    def _load(self) -> None:
        self.whole_readings += 1
        policy = journal.expected_book_text(self.registry, self.unit)
        names = ["book.bean", *(name.decode() for name in _INCLUDE.findall(policy))]
        self._parts = {}
        texts = {name: self._read(name) for name in names}
        errors = [] if texts["book.bean"] == policy else [fault_at(self.folder / "book.bean", 1)]
        errors += [fault for name in names[1:] for fault in self._foreign(name, texts[name])]
        if errors:
            # Policy decides which plugins run: what is not ours is not even parsed.
            self.entries, _, self.options = parser.parse_string("")
            self.errors = errors
            return
        self.entries, self.errors, self.options = read_whole(self.folder, texts)

    def _read(self, name: str) -> bytes:
        """The file's bytes, remembered as read; none of a file that is no plain file."""
        stat = self._stat(name)
        content = (self.folder / name).read_bytes() if self._is_plain(name) else b""
        self._remember(name, stat, content)
        return content

    def _remember(self, name: str, stat: tuple[int, int, int], content: bytes) -> None:
        self.files_read.append(name)
        digest = hashlib.sha256(content).hexdigest()
        self._parts[name] = _Part(stat, len(content), content.count(b"\n"), digest)

    def _foreign(self, name: str, content: bytes) -> list[Any]:
        if not self._is_plain(name):
            return [fault_at(self.folder / name, 1)]
        try:
            check_tiled(content, name)
        except NotCanonical as fault:
            return [fault_at(self.folder / name, fault.line)]
        return []

    def _is_plain(self, name: str) -> bool:
        path = self.folder / name
        return path.is_file() and not path.is_symlink()

    # ---- what was added ------------------------------------------------------------------------

    def _append(self, name: str) -> bool:
        """Take in the vouchers added to a month's file; False if that is not all that happened."""
        part = self._parts[name]
        stat = self._stat(name)
        if not self._is_plain(name):
            return False
        content = (self.folder / name).read_bytes()
        if len(content) == part.size and hashlib.sha256(content).hexdigest() == part.digest:
            self._parts[name] = replace(part, stat=stat)
            return True
        if not _MONTH.fullmatch(name):
            return False
        if hashlib.sha256(content[: part.size]).hexdigest() != part.digest:
            return False
        added = self._known_to_journal(name, content, part.size)
        if added is None or not self._take_in(name, added, part.lines):
            return False
        self._remember(name, stat, content[: part.size + len(added)])
        return True

    def _known_to_journal(self, name: str, content: bytes, start: int) -> bytes | None:
        """What was added, as far as it is whole; None unless it is vouchers that were committed.

        A voucher is committed before its bytes are appended, so the end of a file that is just
        being written is the beginning of a committed row.
        """
        place = start
        with self.registry.read() as conn:
            for row in rows.entries_of_file(conn, self.unit, name, start):
                if not content.startswith(row.text, place):
                    if row.text.startswith(content[place:]):
                        break
                    return None
                if row.kind != "voucher":
                    return None
                place += len(row.text)
            else:
                if place != len(content):
                    return None
        return content[start:place]

    def _take_in(self, name: str, added: bytes, lines_before: int) -> bool:
        """Parse, book and validate the vouchers alone; False if one of them depends on others."""
        parsed, faults, said = parser.parse_string(added, str(self.folder / name))
        found: list[Any] = list(parsed)
        alone = all(
            isinstance(entry, data.Transaction)
            and all(posting.cost is None and posting.price is None for posting in entry.postings)
            for entry in found
        )
        if faults or not alone or self._asserted_after(found):
            return False
        for entry in found:
            for meta in (entry.meta, *(posting.meta for posting in entry.postings)):
                meta["lineno"] += lines_before
        found, faults = booking.book(found, self.options)  # type: ignore[no-untyped-call]
        frame = [entry for entry in self.entries if isinstance(entry, (data.Open, data.Close))]
        together = sorted([*frame, *found], key=data.entry_sortkey)
        if faults or validation.validate(together, self.options):  # type: ignore[no-untyped-call]
            return False
        self.options["dcontext"].update_from(said["dcontext"])
        # A new list: whoever holds the old one sees the book as it was.
        entries = list(self.entries)
        for entry in found:
            insort(entries, entry, key=data.entry_sortkey)
        self.entries = entries
        return True

    def _asserted_after(self, found: list[Any]) -> bool:
        """Does a balance that the book asserts depend on one of these vouchers?"""
        first = min((entry.date for entry in found), default=None)
        return first is not None and any(
            isinstance(entry, data.Balance) and entry.date > first for entry in self.entries
        )

    def _stat(self, name: str) -> tuple[int, int, int]:
        try:
            stat = (self.folder / name).stat()
        except OSError:
            return (0, 0, 0)
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
