"""A book that was published, as Beancount reads it: its text alone, without any registry.

Policy stands in ``book.bean``, and Beancount would do what it says there: run plugins, read any
file of the machine. So only lines that a published book has are understood, files are plain ones
of the book's own folder in the program's own text, and everything else is an error, with which
nothing of the book is shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from beancount import loader
from beancount.core import data
from beancount.ops import validation
from beancount.parser import booking, parser

from ledger.canonical_reader import NotCanonical, check_tiled
from ledger.collecting import uncollected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What ``book.bean`` may say: comments, some options, and files beside it.
_POLICY: Final = re.compile(
    r";.*|"
    r'option "(?:title|operating_currency|tolerance_multiplier|booking_method)" "(?:[^"\\]|\\.)*"|'
    r'include "(?P<file>(?:chart|funds|[0-9]{4}/[0-9]{2})\.bean)"|'
)
_LARGEST: Final = 256 * 1024 * 1024


class PlainBook:
    """The entries, errors and options of the book in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[Any] = []
        self.errors: list[Any] = []
        self.options: Any = {}
        self._seen: dict[str, tuple[int, int, int]] = {}

    def refresh(self) -> bool:
        """Read the book if a file of it changed since the last call; True if it was read."""
        if self._seen and all(self._stat(name) == stat for name, stat in self._seen.items()):
            return False
        with uncollected():
            self._read()
        return True

    @property
    def newest(self) -> int:
        """When the youngest of the files was written, in nanoseconds."""
        return max((stat[0] for stat in self._seen.values()), default=0)

    def _read(self) -> None:
        self._seen = {"book.bean": self._stat("book.bean")}
        policy = self._content("book.bean")
        names, faults = _included(policy)
        texts = {"book.bean": policy}
        left = _LARGEST - len(policy)
        for name in names:
            self._seen[name] = self._stat(name)
            left -= self._seen[name][1]
            texts[name] = self._content(name) if left > 0 else b""
            if left <= 0 or not self._is_plain(name):
                faults.append((name, 1))
            else:
                try:
                    check_tiled(texts[name], name)
                except NotCanonical as fault:
                    faults.append((name, fault.line or 1))
        if faults or not policy:
            self.entries, _, self.options = parser.parse_string("")
            self.errors = [fault_at(self.folder / name, line) for name, line in faults]
            self.errors = self.errors or [fault_at(self.folder / "book.bean", 1)]
            return
        self.entries, self.errors, self.options = read_whole(self.folder, texts)

    def _content(self, name: str) -> bytes:
        return (self.folder / name).read_bytes() if self._is_plain(name) else b""

    def _is_plain(self, name: str) -> bool:
        """A file of this folder, reached through no link."""
        path = self.folder / name
        way = [path, *path.parents[: len(path.relative_to(self.folder).parts) - 1]]
        return path.is_file() and not any(one.is_symlink() for one in way)

    def _stat(self, name: str) -> tuple[int, int, int]:
        try:
            stat = (self.folder / name).lstat()
        except OSError:
            return (0, 0, 0)
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _included(policy: bytes) -> tuple[list[str], list[tuple[str, int]]]:
    """The files that ``book.bean`` includes, and the lines of it that nobody understands."""
    names: list[str] = []
    faults: list[tuple[str, int]] = []
    for number, line in enumerate(policy.decode("utf-8", "replace").split("\n"), 1):
        found = _POLICY.fullmatch(line)
        if found is None or found["file"] in names or found["file"] == "book.bean":
            faults.append(("book.bean", number))
        elif found["file"]:
            names.append(found["file"])
    return names, faults


def read_whole(
    folder: Path, texts: Mapping[str, bytes]
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Entries, errors and options of a book's files, ``book.bean`` the first of them.

    Parser, booking, plugins that the policy names, and validation, as Beancount's loader does it.
    """
    found: list[Any] = []
    errors: list[Any] = []
    said: list[dict[str, Any]] = []
    for name, text in texts.items():
        read, faults, options = parser.parse_string(text, str(folder / name))
        found += read
        errors += faults
        said.append(options)
    whole = loader.aggregate_options_map(said[0], said[1:])
    whole["include"] = [str(folder / name) for name in texts]
    found.sort(key=data.entry_sortkey)
    found, faults = booking.book(found, whole)  # type: ignore[no-untyped-call]
    found, errors = loader.run_transformations(found, [*errors, *faults], whole, None)
    errors += validation.validate(found, whole)  # type: ignore[no-untyped-call]
    return found, errors, whole


def fault_at(path: Path, line: int) -> Any:
    """An error of Beancount's kind about a file that is not the program's own."""
    where = data.new_metadata(str(path), line)
    return loader.LoadError(where, "not as the program writes it")
