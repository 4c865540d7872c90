"""The redacted books of a publication, each behind the gate in a Fava of its own.

A book is called ``<unit>.<period>.<audience>.v<N>``, as the folders of its pack are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.layout import UNIT_NAME
from ledger.period import Period
from ledger.plain_book import PlainBook
from reports.web.fava_ledger import OneBook, fava_app

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from flask import Flask

_VERSION: Final = re.compile(r"v([1-9][0-9]{0,4})")
PUBLIC: Final = "public"
_AUDIENCES: Final = ("members", PUBLIC)
_LINKS: Final = (("首页 Home", "/"), ("公开账簿 Books", "/books/"))
_TITLE: Final = re.compile(r'^option "title" "((?:[^"\\]|\\.)*)"$', re.MULTILINE)
_BOOK: Final = ("book", "book.bean")


@dataclass(frozen=True, slots=True)
class Published:
    """One book of a publication, and where it lies."""

    unit: str
    period: Period
    audience: str
    version: int
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.unit}.{self.period}.{self.audience}.v{self.version}"

    @property
    def title(self) -> str:
        """Whose book it is, as it says itself; the unit's code where it does not."""
        head = (self.folder / _BOOK[1]).read_bytes()[:4000].decode("utf-8", "replace")
        found = _TITLE.search(head)
        return re.sub(r"\\(.)", r"\1", found[1]) if found else self.unit

    @property
    def rank(self) -> tuple[date, int, bool, int]:
        """Of a unit's books the greatest is the newest; of two equal ones, what everybody has."""
        days = (self.period.end - self.period.start).days
        return self.period.end, days, self.audience == PUBLIC, self.version


def published_books(folder: Path) -> list[Published]:
    """The books of the packs in a publication's folder: units in order, the newest first."""
    places = folder.glob("packs/*/*/*/v*/book/book.bean")
    found = [
        one for path in places if (one := _published(folder, path.relative_to(folder).parts[1:5]))
    ]
    found.sort(key=lambda one: one.rank, reverse=True)
    return sorted(found, key=lambda one: one.unit)


def find_book(folder: Path, name: str) -> Published | None:
    """The book of a name; None if there is none."""
    return _published(folder, tuple(name.split(".")))


def newest_book(folder: Path, unit: str) -> Published | None:
    """The newest book of a unit; None if nothing of it was published."""
    return next((one for one in published_books(folder) if one.unit == unit), None)


def _published(folder: Path, said: tuple[str, ...]) -> Published | None:
    """The book of a pack in the folders ``said``; None if it is none, or a link leads to it."""
    if len(said) != 4:  # unit, period, audience, version
        return None
    unit, period, audience, version = said
    number = _VERSION.fullmatch(version)
    if not UNIT_NAME.fullmatch(unit) or audience not in _AUDIENCES or number is None:
        return None
    try:
        span = Period.parse(period)
    except ValueError:
        return None
    place = folder
    for part in ("packs", unit, str(span), audience, version, *_BOOK):
        place /= part
        if place.is_symlink():
            return None
    if str(span) != period or not place.is_file():
        return None
    return Published(unit, span, audience, int(number[1]), place.parent)


def fava_of(one: Published) -> Flask:
    """The Fava of a book, read-only, without any page of ours."""
    ledgers = OneBook(one.name, lambda: PlainBook(one.folder))
    return fava_app(ledgers, one.folder / "book.bean", _LINKS, extensions=frozenset())
