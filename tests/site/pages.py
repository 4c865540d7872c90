"""Reading a written site strictly: elements that close, links that lead somewhere."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

VOID = frozenset({"meta", "link", "br", "input", "rect", "path"})


@dataclass
class Page(HTMLParser):
    """What stands in one page. ``faults`` are elements that do not close, and ids there twice."""

    path: str
    faults: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if (id := given.get("id")) is not None:
            if id in self.ids:
                self.faults.append(f"the id {id} is there twice")
            self.ids.add(id)
        self.links += [given[name] for name in ("href", "src") if name in given]
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(files: dict[str, bytes]) -> dict[str, Page]:
    """Every page of a site by its path."""
    found = {}
    for path, data in files.items():
        if path.endswith(".html"):
            page = Page(path)
            page.feed(data.decode())
            page.close()
            page.faults += [f"<{tag}> does not close" for tag in page.open]
            found[path] = page
    return found


def target(page: str, link: str, base: str = "/") -> tuple[str, str]:
    """The file and the anchor that a link on a page leads to."""
    parts = urlsplit(link)
    assert not parts.scheme, link
    assert not parts.netloc, link
    path = unquote(parts.path)
    if path.startswith(base):
        there = path.removeprefix(base)
    else:
        there = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return there, unquote(parts.fragment)
