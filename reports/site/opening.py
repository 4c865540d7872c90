"""Which figures of written pages lead nowhere: asked of the pages themselves, cell by cell.

A figure is an amount or a count in a table. It opens if it is a link. Some need none: nothing,
behind which there is nothing; those of vouchers and of the lines behind a figure, where the way
ends; and those of a row that leads to its voucher itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

#: An amount or a count, with its currency where that is not the yuan.
_FIGURE: Final = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?(?: [A-Z]{3})?")
_NOTHING: Final = re.compile(r"-?0(?:\.0+)?(?: [A-Z]{3})?")
#: Pages of vouchers, and of the lines behind figures.
_ENDS: Final = re.compile(
    r"(?:en/)?u/[^/]+/(?:journal/[^/]+|statements/[^/]+-behind(?:-p[0-9]+)?)\.html"
)
_JOURNAL: Final = re.compile(r"(?:^|/)journal/[^/]+\.html#")


def shut(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """The figures that do not open: page, row and figures, in the order of the pages."""
    for path, data in sorted(files):
        if path.endswith(".html") and not _ENDS.fullmatch(path):
            page = _Page()
            page.feed(data.decode())
            page.close()
            yield from (f"{path}: {one}" for one in page.shut)


@dataclass
class _Page(HTMLParser):
    """One page while it is read; ``shut`` are its figures that are no links, by their rows."""

    shut: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    text: str | None = None
    is_figure: bool = False
    is_link: bool = False
    leads_on: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self.cells, self.found, self.leads_on = [], [], False
        elif tag in ("td", "th"):
            self.text, self.is_link = "", False
            self.is_figure = "num" in (given.get("class") or "").split()
        elif tag == "a":
            self.is_link = True
            self.leads_on = self.leads_on or bool(_JOURNAL.search(given.get("href") or ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.text is not None:
            said = " ".join(self.text.split())
            self.cells.append(said)
            if self.is_figure and not self.is_link and _is_something(said):
                self.found.append(said)
            self.text = None
        elif tag == "tr" and self.found and not self.leads_on:
            self.shut.append(f"{self.cells[0]}: {'; '.join(self.found)}")


def _is_something(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text)) and not _NOTHING.fullmatch(text)
