"""A slip with the address of the page of one's own dues or gift, and a square code of it.

It names nobody: a slip that is lost tells of no one but to who opens the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.pdf.address import set_address
from reports.pdf.document import ONE_AT_A_TIME
from reports.pdf.faces import Faces
from reports.pdf.masthead import set_fitting
from reports.pdf.sheet import ACCENT, GREY, MM, Sheet
from reports.pdf.squares import draw_square

if TYPE_CHECKING:
    from datetime import date

    from ledger.disclosing.own_addresses import OwnPage

_WIDTH: Final = 148 * MM
_HEIGHT: Final = 80 * MM
_MARGIN: Final = 10 * MM
_SQUARE: Final = 36 * MM
#: Height of the letters in points, and the room below the line.
_SMALL: Final = 7.5


def draw_slip(unit_name: str, page: OwnPage, day: date, *, of_dues: bool) -> bytes:
    """The slip as a PDF file; equal slips give equal bytes. Without an address it has no square."""
    title = "我的会费 My dues" if of_dues else "我的捐赠 My gift"
    with ONE_AT_A_TIME:
        faces = Faces(system_fonts=True)
        sheet = Sheet(faces, title=title, subject=page.path, author=unit_name, day=day)
        sheet.start_page(_WIDTH, _HEIGHT)
        sheet.mark("slip", _HEIGHT)
        sheet.outline(title, "slip", 0)
        _draw(sheet, faces, title, unit_name, page)
        sheet.end_page()
        return sheet.finish()


def _draw(sheet: Sheet, faces: Faces, title: str, unit_name: str, page: OwnPage) -> None:
    clean, left, right = faces.clean, _MARGIN, _WIDTH - _MARGIN
    y = _HEIGHT - _MARGIN - 12
    sheet.text(left, y, clean(title), 15, bold=True)
    set_fitting(sheet, right, y, clean(unit_name), 10, 60 * MM, align="right")
    sheet.rule(left, y - 8, right, y - 8, width=0.8, colour=ACCENT)
    y -= 30
    room = right - left - (_SQUARE + 8 if page.address else 0)
    for label, text in (
        ("编号 No.", page.whose), ("查询码 Code", page.token),
    ):  # fmt: skip
        sheet.text(left, y, clean(label), _SMALL, colour=GREY)
        set_fitting(sheet, left, y - 13, clean(text), 10, room)
        y -= 32
    if page.address:
        sheet.text(left, y, clean("网址 Address"), _SMALL, colour=GREY)
        set_address(sheet, left, y - 12, page.address, room)
        bottom = _HEIGHT - _MARGIN - 24 - _SQUARE
        draw_square(sheet, right - _SQUARE, bottom, _SQUARE, page.address)
    told = "知道网址的人就能看到这一页，请妥善保管。 Who knows the address reads it: keep it."
    sheet.text(left, _MARGIN, clean(told), _SMALL, colour=GREY)
