"""Written pages read for their links alone, whether each leads somewhere: a whole county's site has
more marks than :mod:`tests.site.pages` keeps of a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.site.pages import target


class Page(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        for name in ("href", "src"):
            if given.get(name):
                self.links.append(str(given[name]))


def pages_of(folder: Path) -> dict[str, Page]:
    """Every page below a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }


def broken(pages: dict[str, Page], folder: Path) -> Iterator[str]:
    """Links to no file or no anchor; the page of no page has a base of its own."""
    asked = defaultdict(set)
    for name, page in pages.items():
        for link in page.links:
            if name.endswith("404.html") or re.match(r"[a-z]+:", link):
                continue
            asked[target(name, link)].add(name)
    for (there, anchor), names in asked.items():
        path = folder / there
        if not path.is_file() or (there in pages and anchor not in pages[there].anchors):
            yield f"{sorted(names)[0]}: {there}#{anchor}"
