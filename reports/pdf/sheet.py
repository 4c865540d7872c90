"""Pages to draw on: text, rules, tints, links and bookmarks, in points from the lower left.

What a page says is gathered first and written tints, rules, text, so that text is never covered
and reads in the order in which it was set. Where the document has a structure, each of them is
written between marks that say what it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from reports.pdf.faces import Faces
from reports.pdf.structure import HEADER, LAYOUT, Element, Structure

MM: Final = 72 / 25.4
Colour = tuple[float, float, float]
INK: Final[Colour] = (0.11, 0.12, 0.14)
GREY: Final[Colour] = (0.42, 0.43, 0.46)
HAIR: Final[Colour] = (0.78, 0.77, 0.74)
ACCENT: Final[Colour] = (0.62, 0.10, 0.12)
TINT: Final[Colour] = (0.955, 0.945, 0.922)
PALE: Final[Colour] = (0.982, 0.976, 0.964)
_UNMARKED: Final = nullcontext()


@dataclass(frozen=True, slots=True)
class Piece:
    x: float
    y: float
    text: str
    face: str
    size: float
    colour: Colour
    owner: Element
    lang: str


class Sheet:
    """One PDF file being drawn. Equal calls give equal bytes: no clock, no compression.

    Streams stay uncompressed because two builds of zlib need not agree on their bytes.
    """

    def __init__(
        self,
        faces: Faces,
        *,
        title: str,
        subject: str,
        author: str,
        day: date,
        structure: Structure | None = None,
    ) -> None:
        rl_config.useA85 = 0
        self.faces = faces
        self.structure = structure
        self._file = BytesIO()
        options: dict[str, Any] = {
            "pageCompression": 0,
            "invariant": 1,
            "lang": "zh-CN",
            "pdfVersion": (1, 7),
            "initialFontName": "Mingbai-Regular",  # else Helvetica is named in every file
        }
        canvas: Any = Canvas(self._file, **options)
        # reportlab seeds the file's identifier with SOURCE_DATE_EPOCH where that is set.
        canvas._doc.signature = hashlib.md5(usedforsecurity=False)
        stamp = f"D:{day:%Y%m%d}000000+08'00'"
        canvas.setDateFormatter(lambda *_: stamp)
        canvas.setTitle(title)
        canvas.setSubject(subject)
        canvas.setAuthor(author)
        canvas.setCreator("mingbai")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        self._canvas = canvas
        self._pieces: list[Piece] = []
        self._rules: list[tuple[float, float, float, float, float, Colour, Element]] = []
        self._tints: list[tuple[float, float, float, float, Colour, Element]] = []
        self._operators: list[str] = []
        self._codes: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def start_page(self, width: float, height: float) -> None:
        self.page_width, self.page_height = width, height
        self._canvas.setPageSize((width, height))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        align: str = "left",
        lang: str = "",
    ) -> float:
        """Sets a cleaned text with its base line at ``y``; returns its width.

        ``x`` is its left edge, its middle or its right edge, as ``align`` says. ``lang`` is its
        language where that is not the document's.
        """
        width = self.faces.width(text, size, bold=bold)
        at = x - {"left": 0.0, "centre": width / 2, "right": width}[align]
        owner = self.structure.now if self.structure else LAYOUT
        for face, piece in self.faces.runs(text, bold=bold):
            self._pieces.append(Piece(at, y, piece, face, size, colour, owner, lang))
            at += self.faces.width(piece, size, bold=bold)
        return width

    def rule(
        self,
        left: float,
        bottom: float,
        right: float,
        top: float,
        *,
        width: float = 0.4,
        colour: Colour = HAIR,
    ) -> None:
        owner = self.structure.around if self.structure else LAYOUT
        self._rules.append((left, bottom, right, top, width, colour, owner))

    def tint(self, left: float, bottom: float, width: float, height: float, colour: Colour) -> None:
        owner = self.structure.around if self.structure else LAYOUT
        self._tints.append((left, bottom, width, height, colour, owner))

    def mark(self, key: str, top: float, left: float = 0.0) -> None:
        """A place on this page that links and the outline can name."""
        self._canvas.bookmarkPage(key, fit="XYZ", left=round(left, 2), top=round(top, 2), zoom=0)

    def link(
        self, key: str, left: float, bottom: float, right: float, top: float, said: str = ""
    ) -> None:
        """Makes the rectangle lead to the place marked ``key`` anywhere in the file.

        ``said`` tells where to whoever is read the page.
        """
        if self.structure:
            self.structure.link(said)
        corners = tuple(round(corner, 2) for corner in (left, bottom, right, top))
        self._canvas.linkRect("", key, corners, relative=0, thickness=0)

    def address(self, address: str, left: float, bottom: float, right: float, top: float) -> None:
        """Makes the rectangle lead to an address outside the file."""
        if self.structure:
            self.structure.link(address)
        corners = tuple(round(corner, 2) for corner in (left, bottom, right, top))
        self._canvas.linkURL(address, corners, relative=0, thickness=0)

    # What the page says: these do nothing where the document has no structure.

    def element(
        self, tag: str, attributes: str = "", alt: str = ""
    ) -> AbstractContextManager[object]:
        """What is drawn under it is one element of this kind."""
        return self.structure.open(tag, attributes, alt) if self.structure else _UNMARKED

    def within(self, element: Element | None) -> AbstractContextManager[object]:
        """What is drawn under it belongs to an element made before, or to an artifact."""
        if self.structure is None or element is None:
            return _UNMARKED
        return self.structure.within(element)

    def section(self) -> Element | None:
        """A section that is about to be drawn, on one page or on many."""
        return self.structure.section() if self.structure else None

    def table(self) -> Element | None:
        """A table that is about to be drawn, on one page or on many."""
        return self.structure.table() if self.structure else None

    def head_of(self, table: Element | None) -> AbstractContextManager[object]:
        if self.structure is None:
            return _UNMARKED
        return self.structure.head(table) if table else self.structure.within(HEADER)

    def body_of(self, table: Element | None) -> AbstractContextManager[object]:
        return self.structure.body(table) if self.structure and table else _UNMARKED

    def outline(self, title: str, key: str, level: int, *, closed: bool = False) -> None:
        self._canvas.addOutlineEntry(title, key, level=level, closed=closed)

    def end_page(self) -> None:
        self._write_tints()
        self._write_rules()
        self._write_text()
        if self.structure:
            self.structure.end_page()
        self._canvas._code.append("\n".join(self._operators))
        self._pieces, self._rules, self._tints, self._operators = [], [], [], []
        self._canvas.showPage()

    def finish(self) -> bytes:
        self._canvas.showOutline()
        self._canvas.save()
        return self._file.getvalue()

    # Operators are written here and not through the canvas, which formats and measures each number
    # and text again and takes most of the time of a long table. Source: ISO 32000-1, 8 and 9.

    def _write_tints(self) -> None:
        self._write_marked(
            (
                owner,
                f"{_components(colour)} rg {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f",
            )
            for left, bottom, width, height, colour, owner in self._tints
        )

    def _write_rules(self) -> None:
        self._write_marked(self._ruled())

    def _ruled(self) -> Iterator[tuple[Element, str]]:
        drawn_with: tuple[float, Colour] | None = None
        for left, bottom, right, top, width, colour, owner in self._rules:
            if drawn_with != (width, colour):
                yield owner, f"{width:.2f} w {_components(colour)} RG"
                drawn_with = (width, colour)
            yield owner, f"{left:.2f} {bottom:.2f} m {right:.2f} {top:.2f} l S"

    def _write_marked(self, drawn: Iterable[tuple[Element, str]]) -> None:
        """Operators one after the other, those of one owner between its marks."""
        write, structure = self._operators.append, self.structure
        if structure is None:
            self._operators += [operator for _, operator in drawn]
            return
        for owner, group in groupby(drawn, key=itemgetter(0)):
            write(structure.mark(owner))
            self._operators += [operator for _, operator in group]
            write("EMC")

    def _write_text(self) -> None:
        if not self._pieces:
            return
        write, structure = self._operators.append, self.structure
        write("BT")
        face, colour = ("", 0.0), None
        owner, lang = None, ""
        for piece in self._pieces:
            if structure and (piece.owner is not owner or piece.lang != lang):
                self._write_marks(structure, piece, owner, lang)
                owner, lang = piece.owner, piece.lang
            if piece.colour != colour:
                colour = piece.colour
                write(f"{_components(colour)} rg")
            write(f"1 0 0 1 {piece.x:.2f} {piece.y:.2f} Tm")
            for name, codes in self._coded(piece.face, piece.text):
                if (name, piece.size) != face:
                    face = (name, piece.size)
                    write(f"{name} {piece.size:.2f} Tf")
                write(f"<{codes}> Tj")
        if owner:
            self._operators += ["EMC"] * (1 + bool(lang))
        write("ET")

    def _write_marks(
        self, structure: Structure, piece: Piece, owner: Element | None, lang: str
    ) -> None:
        """Between two texts: the marks that end there, and those that begin."""
        write = self._operators.append
        if lang:
            write("EMC")
        if piece.owner is not owner:
            if owner:
                write("EMC")
            write(structure.mark(piece.owner))
        if piece.lang:
            write(f"/Span <</Lang ({piece.lang})>> BDC")

    def _coded(self, face: str, text: str) -> list[tuple[str, str]]:
        key = face, text
        known = self._codes.get(key)
        if known is None:
            known = self._codes[key] = self.faces.coded(face, text, self._canvas._doc)
        return known


@cache
def _components(colour: Colour) -> str:
    return " ".join(f"{part:.3f}" for part in colour)
