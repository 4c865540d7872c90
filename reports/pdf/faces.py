"""The typefaces of one document: which face draws a character, and how wide it is.

Files are read once for a process; which characters a document used is its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeAlias

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from ledger.errors import Finding
from reports.fonts import BOLD, REGULAR
from reports.pdf import glyphs
from reports.pdf.glyphs import SystemFont

_LONGEST_TEXT: Final = 2_000  # of one cell; more is cut with an ellipsis
_Runs: TypeAlias = dict[str, list[tuple[str, str]]]
_AS_BLANK: Final = str.maketrans("\t\n\r\x0b\x0c\x85\u2028\u2029\u00a0", " " * 9)
_BFCHARS_AT_ONCE: Final = 100  # the most that one block of a CMap may hold


class EmbeddedFont(TTFont):  # type: ignore[misc, unused-ignore]
    """A TrueType font whose text can be copied out again, beyond the first 65,536 characters too.

    reportlab writes a code point above U+FFFF as five hexadecimal digits, which readers take for
    something else; the standard asks for UTF-16. Source: ISO 32000-1, 9.10.3.
    """

    def addObjects(self, doc: Any) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        known = {
            name: thing
            for name, thing in doc.idToObject.items()
            if name.startswith("toUnicodeCMap:") and name.endswith(f"+{self.face.name.decode()}")
        }
        for (name, stream), subset in zip(sorted(known.items()), subsets, strict=True):
            stream.content = to_unicode(name.partition(":")[2], subset)


def to_unicode(name: str, points: list[int]) -> str:
    """The CMap from the codes of one subset, in order, to the characters they stand for."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    pairs = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>"
        for code, point in enumerate(points)
        if point
    ]
    for start in range(0, len(pairs), _BFCHARS_AT_ONCE):
        block = pairs[start : start + _BFCHARS_AT_ONCE]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


_OURS: Final[dict[str, Any]] = {}


@lru_cache(maxsize=64)
def _font(name: str, path: str, index: int) -> Any:
    """The font, read and registered once. Raises TTFError if it may not be embedded."""
    font = EmbeddedFont(name, path, subfontIndex=index, asciiReadable=True, shapable=False)
    pdfmetrics.registerFont(font)
    # reportlab gives a face's first font for all later names of it, whoever registered that one.
    _OURS[name] = font
    return font


class Faces:
    """The faces of one document: its own two, and those of the machine it had to borrow."""

    def __init__(self, *, system_fonts: bool = True) -> None:
        self._system_fonts = system_fonts
        self._regular = _font("Mingbai-Regular", str(REGULAR), 0)
        self._bold = _font("Mingbai-Bold", str(BOLD), 0)
        self._known = frozenset(map(chr, self._regular.face.charToGlyph)) - {"\x00", "\r"}
        self._in_bold = frozenset(map(chr, self._bold.face.charToGlyph))
        self._borrowed: dict[str, Any] = {}
        self._lacking: set[str] = set()
        self._advances = (_Advances(self, bold=False), _Advances(self, bold=True))
        # A table says the same accounts, days and funds over and over: each is measured once.
        self._widths: tuple[dict[str, float], dict[str, float]] = ({}, {})
        self._runs: tuple[_Runs, _Runs] = ({}, {})

    @property
    def findings(self) -> list[Finding]:
        """What is to be told about the characters of the texts seen so far."""
        found = []
        if self._lacking:
            found.append(glyphs.lacking(self._lacking))
        if self._borrowed:
            found.append(glyphs.borrowed(self._borrowed))
        return found

    def clean(self, text: str) -> str:
        """``text`` on one line, in characters that this document can draw."""
        if len(text) > _LONGEST_TEXT:
            text = text[: _LONGEST_TEXT - 1] + "…"
        if self._known.issuperset(text):
            return text
        shown = []
        for character in text.translate(_AS_BLANK):
            if character in self._known or self._borrow(character):
                shown.append(character)
            else:
                self._lacking.add(character)
                shown.append(glyphs.replacement(character))
        return "".join(shown)

    def _borrow(self, character: str) -> bool:
        if character in self._borrowed:
            return True
        if not self._system_fonts or character in self._lacking:
            return False
        found = glyphs.font_with(character)
        font = _usable(found) if found else None
        if font is None or ord(character) not in font.face.charToGlyph:
            return False
        if any(font.face.name == other.face.name for other in self._fonts() if other is not font):
            return False  # two files of one name cannot stand in one document
        self._borrowed[character] = font
        return True

    def _fonts(self) -> list[Any]:
        return [self._regular, self._bold, *self._borrowed.values()]

    def coded(self, name: str, text: str, document: Any) -> list[tuple[str, str]]:
        """A piece in one face as a PDF writes it: (subset, its codes in hexadecimal)."""
        font = _OURS[name]
        return [
            (font.getSubsetInternalName(subset, document), codes.hex())
            for subset, codes in font.splitString(text, document)
        ]

    def font_of(self, character: str, *, bold: bool) -> Any:
        if character in self._borrowed:
            return self._borrowed[character]
        return self._bold if bold and character in self._in_bold else self._regular

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """The width in points of a cleaned text."""
        known = self._widths[bold]
        whole = known.get(text)
        if whole is None:
            whole = known[text] = sum(map(self._advances[bold].__getitem__, text))
        return whole * size / 1000

    def runs(self, text: str, *, bold: bool = False) -> list[tuple[str, str]]:
        """A cleaned text as pieces of one face each: (name of the face, piece)."""
        known = self._runs[bold]
        found = known.get(text)
        if found is None:
            found = known[text] = self._split(text, bold=bold)
        return found

    def _split(self, text: str, *, bold: bool) -> list[tuple[str, str]]:
        own = self._in_bold if bold else self._known
        if own.issuperset(text):
            return [((self._bold if bold else self._regular).fontName, text)]
        pieces: list[tuple[str, str]] = []
        for character in text:
            name = self.font_of(character, bold=bold).fontName
            if pieces and pieces[-1][0] == name:
                pieces[-1] = (name, pieces[-1][1] + character)
            else:
                pieces.append((name, character))
        return pieces


class _Advances(dict[str, float]):
    """Widths in thousandths of the size, looked up once for each character."""

    def __init__(self, faces: Faces, *, bold: bool) -> None:
        super().__init__()
        self._faces = faces
        self._is_bold = bold

    def __missing__(self, character: str) -> float:
        face = self._faces.font_of(character, bold=self._is_bold).face
        self[character] = advance = float(face.getCharWidth(ord(character)))
        return advance


def _usable(font: SystemFont) -> Any | None:
    """The machine's font, ready to be embedded; None if reportlab cannot embed it."""
    name = f"System-{font.path.stem}-{font.index}"
    try:
        return _font(name, str(font.path), font.index)
    except TTFError:
        return None
