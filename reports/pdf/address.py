"""An address of a page on paper: whole, over as many lines as it needs, and a link on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.pdf.lines import break_text
from reports.pdf.sheet import GREY, INK

if TYPE_CHECKING:
    from reports.pdf.sheet import Sheet

#: More lines than the longest address of a federation's settings takes on any document.
_MOST: Final = 12


def set_address(
    sheet: Sheet, left: float, base: float, address: str, room: float, *, size: float = 7.5,
    label: str = "",
) -> float:  # fmt: skip
    """Set ``address`` after a label within ``room`` points from the line ``base`` downwards.

    Nothing of it is cut off: an address that lacks a letter leads nowhere. Returns where the next
    line stands.
    """
    said = sheet.faces.clean(f"{label} {address}" if label else address)
    y = base
    for line in break_text(sheet.faces, said, size, room, most=_MOST):
        sheet.text(left, y, line, size, colour=GREY if label else INK)
        sheet.address(address, left, y - size / 3, left + room, y + size)
        y -= size + 2.5
    return y
