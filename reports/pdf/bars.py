"""Bars above the table: how much of a whole each part is, with the figures beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.money import Money
from reports.pdf.lines import break_text
from reports.pdf.sheet import GREY, HAIR, TINT, Colour, Sheet
from reports.pdf.structure import alternative, picture

if TYPE_CHECKING:
    from reports.pdf.faces import Faces
    from reports.statement import Bar, Statement

#: Parts in order; they differ in lightness, so that a copy in grey tells them apart.
FILLS: Final[tuple[Colour, ...]] = (
    (0.09, 0.35, 0.37), (0.55, 0.72, 0.70), (0.78, 0.70, 0.52), (0.72, 0.65, 0.83),
)  # fmt: skip
_LABEL: Final = 150.0
_SAID: Final = 84.0
_TALL: Final = 11.0
_ROW: Final = 34.0
_GAP: Final = 10.0


class Bars:
    """The bars of a statement; nothing is drawn, and no room taken, where it has none."""

    def __init__(self, statement: Statement, faces: Faces, room: float) -> None:
        self._bars, self._faces, self._room = statement.bars, faces, room
        self.height = _GAP + _ROW * len(self._bars) if self._bars else 0.0

    def draw(self, sheet: Sheet, left: float, top: float) -> float:
        """Draws them from ``top`` down; returns where they end."""
        for place, bar in enumerate(self._bars):
            upper = top - _GAP - place * _ROW
            box = picture((left, upper - _ROW, left + self._room, upper))
            with sheet.element("Figure", box, _in_words(bar)):
                self._bar(sheet, bar, left, upper)
        return top - self.height

    def _bar(self, sheet: Sheet, bar: Bar, left: float, top: float) -> None:
        clean, begin = self._faces.clean, left + _LABEL
        long, base = self._room - _LABEL - _SAID, top - _TALL
        for line in break_text(self._faces, clean(bar.label.zh), 9, _LABEL - 8, bold=True, most=1):
            sheet.text(left, base + 2.5, line, 9, bold=True)
        for line in break_text(self._faces, clean(bar.label.en), 6.4, _LABEL - 8, most=1):
            sheet.text(left, base - 6.5, line, 6.4, colour=GREY, lang="en")
        sheet.tint(begin, base, long, _TALL, TINT)
        x = begin
        for (_, fen), fill in zip(bar.parts, FILLS, strict=False):
            width = min(long * fen / bar.whole if bar.whole > 0 else 0.0, begin + long - x)
            if width > 0:
                sheet.tint(x, base, width, _TALL, fill)
                x += width
        for y in (base, base + _TALL):
            sheet.rule(begin, y, begin + long, y, width=0.4, colour=HAIR)
        end = left + self._room
        sheet.text(end, base + 2, clean(bar.said), 9, bold=True, align="right")
        self._legend(sheet, bar, begin, base - 9)

    def _legend(self, sheet: Sheet, bar: Bar, left: float, base: float) -> None:
        x = left
        for (words, fen), fill in zip(bar.parts, FILLS, strict=False):
            told = self._faces.clean(f"{words.zh} {words.en} {Money(fen).grouped}")
            if x + 9 + self._faces.width(told, 6.8) > left + self._room - _LABEL:
                return
            sheet.tint(x, base, 6, 6, fill)
            x += 9 + sheet.text(x + 9, base + 0.4, told, 6.8, colour=GREY) + 12


def _in_words(bar: Bar) -> str:
    """All that the bar shows, for whoever does not see it."""
    parts = (f"{words.zh} {words.en} {Money(fen).grouped}" for words, fen in bar.parts)
    return alternative([f"{bar.label.zh} {bar.label.en}", *parts, bar.said])
