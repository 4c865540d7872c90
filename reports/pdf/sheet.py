"""Pages to draw on: text, rules, tints, links and bookmarks, in points from the lower left.

What a page says is gathered first and written tints, rules, text, so that text is never covered
and reads in the order in which it was set.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any, Final

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from reports.pdf.faces import Faces

MM: Final = 72 / 25.4
Colour = tuple[float, float, float]
INK: Final[Colour] = (0.11, 0.12, 0.14)
GREY: Final[Colour] = (0.42, 0.43, 0.46)
HAIR: Final[Colour] = (0.78, 0.77, 0.74)
ACCENT: Final[Colour] = (0.62, 0.10, 0.12)
TINT: Final[Colour] = (0.955, 0.945, 0.922)
PALE: Final[Colour] = (0.982, 0.976, 0.964)


@dataclass(frozen=True, slots=True)
class Piece:
    x: float
    y: float
    text: str
    face: str
    size: float
    colour: Colour


class Sheet:
    """One PDF file being drawn. Equal calls give equal bytes: no clock, no compression.

    Streams stay uncompressed because two builds of zlib need not agree on their bytes.
    """

    def __init__(self, faces: Faces, *, title: str, subject: str, author: str, day: date) -> None:
        rl_config.useA85 = 0
        self.faces = faces
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
        self._rules: list[tuple[float, float, float, float, float, Colour]] = []
        self._tints: list[tuple[float, float, float, float, Colour]] = []
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
    ) -> float:
        """Sets a cleaned text with its base line at ``y``; returns its width.

        ``x`` is its left edge, its middle or its right edge, as ``align`` says.
        """
        width = self.faces.width(text, size, bold=bold)
        at = x - {"left": 0.0, "centre": width / 2, "right": width}[align]
        for face, piece in self.faces.runs(text, bold=bold):
            self._pieces.append(Piece(at, y, piece, face, size, colour))
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
        self._rules.append((left, bottom, right, top, width, colour))

    def tint(self, left: float, bottom: float, width: float, height: float, colour: Colour) -> None:
        self._tints.append((left, bottom, width, height, colour))

    def mark(self, key: str, top: float, left: float = 0.0) -> None:
        """A place on this page that links and the outline can name."""
        self._canvas.bookmarkPage(key, fit="XYZ", left=round(left, 2), top=round(top, 2), zoom=0)

    def link(self, key: str, left: float, bottom: float, right: float, top: float) -> None:
        """Makes the rectangle lead to the place marked ``key`` anywhere in the file."""
        corners = tuple(round(corner, 2) for corner in (left, bottom, right, top))
        self._canvas.linkRect("", key, corners, relative=0, thickness=0)

    def outline(self, title: str, key: str, level: int, *, closed: bool = False) -> None:
        self._canvas.addOutlineEntry(title, key, level=level, closed=closed)

    def end_page(self) -> None:
        self._write_tints()
        self._write_rules()
        self._write_text()
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
        self._operators += [
            f"{_components(colour)} rg {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f"
            for left, bottom, width, height, colour in self._tints
        ]

    def _write_rules(self) -> None:
        drawn_with: tuple[float, Colour] | None = None
        write = self._operators.append
        for left, bottom, right, top, width, colour in self._rules:
            if drawn_with != (width, colour):
                write(f"{width:.2f} w {_components(colour)} RG")
                drawn_with = (width, colour)
            write(f"{left:.2f} {bottom:.2f} m {right:.2f} {top:.2f} l S")

    def _write_text(self) -> None:
        if not self._pieces:
            return
        write = self._operators.append
        write("BT")
        face, colour = ("", 0.0), None
        for piece in self._pieces:
            if piece.colour != colour:
                colour = piece.colour
                write(f"{_components(colour)} rg")
            write(f"1 0 0 1 {piece.x:.2f} {piece.y:.2f} Tm")
            for name, codes in self._coded(piece.face, piece.text):
                if (name, piece.size) != face:
                    face = (name, piece.size)
                    write(f"{name} {piece.size:.2f} Tf")
                write(f"<{codes}> Tj")
        write("ET")

    def _coded(self, face: str, text: str) -> list[tuple[str, str]]:
        key = face, text
        known = self._codes.get(key)
        if known is None:
            known = self._codes[key] = self.faces.coded(face, text, self._canvas._doc)
        return known


@cache
def _components(colour: Colour) -> str:
    return " ".join(f"{part:.3f}" for part in colour)
