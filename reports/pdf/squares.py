"""Square codes (QR) as rows of dark and light, and drawn on a sheet.

Source: ISO/IEC 18004; the encoder is reportlab's.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reportlab.graphics.barcode import qrencoder

from reports.pdf.structure import picture

if TYPE_CHECKING:
    from reports.pdf.sheet import Sheet

#: How much of the square may be spoiled: about 15 %.
_LEVEL = qrencoder.QRErrorCorrectLevel.M
#: Characters that the encoder's largest square holds at that level.
_MOST = 2200
#: The pattern laid over the data. Weighing all eight takes most of the time of a page, and a text
#: of hashes is as even under each.
_MASK = 2
#: Light modules around it, without which readers do not find it.
_QUIET = 4


@lru_cache(maxsize=32)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of the smallest square that holds an ASCII text, from above; True is dark.

    ValueError for other characters, of which readers make different things, and for more than
    2,200 of them.
    """
    if not text.isascii() or len(text) > _MOST:
        raise ValueError("a square code holds ASCII only, and not that much")
    code: Any = qrencoder.QRCode(None, _LEVEL)
    code.addData(text)
    code.version = code.calculate_version()
    code.makeImpl(False, _MASK)
    size = code.getModuleCount()
    return tuple(tuple(bool(code.isDark(row, at)) for at in range(size)) for row in range(size))


def draw_square(sheet: Sheet, left: float, bottom: float, width: float, text: str) -> None:
    """Draw the code within a square of ``width`` points, its light border included."""
    box = picture((left, bottom, left + width, bottom + width))
    with sheet.element("Figure", box, f"二维码 square code: {text}"):
        _draw_modules(sheet, left, bottom, width, text)


def _draw_modules(sheet: Sheet, left: float, bottom: float, width: float, text: str) -> None:
    rows = modules(text)
    each = width / (len(rows) + 2 * _QUIET)
    for place, row in enumerate(rows):
        y = bottom + width - (place + _QUIET + 1) * each
        at = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                # A hair beyond its edges, lest the lines between modules show.
                sheet.tint(
                    left + (at + _QUIET) * each, y, length * each + 0.02, each + 0.02, (0, 0, 0)
                )
            at += length
