"""What a drawn page says, as a tree: headings, paragraphs, tables, cells, and what is no content.

Whoever cannot see a page is read this tree. While pages are drawn each text is put under the
element that is open; the sheet writes the marks into the page, and :mod:`reports.pdf.tagging` makes
the tree of the file from what was gathered here. Elements are the standard ones. What repeats on
each page, and rules and tints, are artifacts and are passed over in reading.

Source: ISO 32000-1, 14.6 (marked content), 14.7 (logical structure), 14.8 (standard types).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

#: A rectangle in points: left, bottom, right, top.
Box = tuple[float, float, float, float]


@dataclass(eq=False, slots=True)
class Element:
    """One element. ``kids`` are elements, in reading order; ``content`` what pages show of it.

    ``attributes`` is written into the file as it stands; ``alt`` says a picture in words.
    """

    tag: str
    attributes: str = ""
    alt: str = ""
    kids: list[Element] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)  # page, mark; both from 0
    links: list[tuple[int, int]] = field(default_factory=list)  # page, place among its links


#: What stands on every page, and what is drawn around the text.
HEADER: Final = Element("Artifact", "/Type/Pagination/Subtype/Header")
FOOTER: Final = Element("Artifact", "/Type/Pagination/Subtype/Footer")
LAYOUT: Final = Element("Artifact", "/Type/Layout")


class Structure:
    """The tree of one document while it is drawn. What is opened is closed by ``with``.

    >>> structure = Structure()
    >>> with structure.open("H1"):
    ...     structure.now.tag
    'H1'
    >>> [kid.tag for kid in structure.root.kids]
    ['H1']
    """

    def __init__(self) -> None:
        self.root = Element("Document")
        self._open = [self.root]
        #: The element of each mark of each page, and the link element of each link of each page.
        self.marks: list[list[Element]] = [[]]
        self.links: list[list[tuple[Element, str]]] = [[]]

    @property
    def now(self) -> Element:
        """The element under which a text comes."""
        return self._open[-1]

    @property
    def around(self) -> Element:
        """What a rule or a tint belongs to: the picture that is open, else the layout."""
        found = self._open[-1]
        return found if found.tag == "Figure" else LAYOUT

    def open(self, tag: str, attributes: str = "", alt: str = "") -> Structure:
        """A new element, the last one of that which is open; within an artifact all is artifact."""
        if self.now.tag == "Artifact":
            return self.within(self.now)
        found = Element(tag, attributes, alt)
        self._open[-1].kids.append(found)
        self._open.append(found)
        return self

    def within(self, element: Element) -> Structure:
        """An element that was made before, such as a table that goes on, or an artifact."""
        self._open.append(element)
        return self

    def section(self) -> Element:
        """A new section, not opened: it may go on over many pages."""
        section = Element("Sect")
        self._open[-1].kids.append(section)
        return section

    def table(self) -> Element:
        """A new table, not opened: it may be drawn on many pages."""
        table = Element("Table", kids=[Element("THead"), Element("TBody")])
        self._open[-1].kids.append(table)
        return table

    def head(self, table: Element) -> Structure:
        """The head of a table; where it is repeated on another page, an artifact."""
        head, _ = table.kids
        return self.within(HEADER if head.kids else head)

    def body(self, table: Element) -> Structure:
        _, body = table.kids
        return self.within(body)

    def __enter__(self) -> Structure:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.pop()

    def mark(self, element: Element) -> str:
        """The operator that begins a piece of the element's content on this page.

        Raises: ValueError for the document itself: a text that stands nowhere would not be read.
        """
        if element.tag == "Artifact":
            return f"/Artifact <<{element.attributes}>> BDC"
        if element is self.root:
            raise ValueError("a text was drawn outside of every element")
        page = self.marks[-1]
        element.content.append((len(self.marks) - 1, len(page)))
        page.append(element)
        return f"/{element.tag} <</MCID {len(page) - 1}>> BDC"

    def link(self, said: str) -> None:
        """A link was drawn: it belongs to the element that is open, and says where it leads."""
        page = self.links[-1]
        self.now.links.append((len(self.links) - 1, len(page)))
        page.append((self.now, said))

    def end_page(self) -> None:
        self.marks.append([])
        self.links.append([])


def cell(*, scope: str = "", span: int = 1) -> str:
    """The attributes of a cell: what a head cell heads, and how many columns it takes.

    >>> cell(scope="Row", span=3)
    '/A<</O/Table/Scope/Row/ColSpan 3>>'
    """
    said = (f"/Scope/{scope}" if scope else "") + (f"/ColSpan {span}" if span > 1 else "")
    return f"/A<</O/Table{said}>>" if said else ""


def picture(box: Box) -> str:
    """The attributes of a figure: where it stands on its page."""
    return f"/A<</O/Layout/Placement/Block/BBox[{' '.join(f'{at:.2f}' for at in box)}]>>"


def alternative(parts: Sequence[str]) -> str:
    """What a picture says, in words, one part after the other."""
    return "；".join(part for part in parts if part)
