"""Sheets of labels for things: a square code, the thing's number, its name, where it stands, whose.

A4 in three columns of eight, 70 mm by 37.1 mm, as label paper is sold; hairlines guide the knife on
plain paper. The code holds unit and number alone (:func:`ledger.assets.labels.label_text`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.assets.labels import label_text
from reports.pdf.document import ONE_AT_A_TIME
from reports.pdf.faces import Faces
from reports.pdf.lines import break_text
from reports.pdf.masthead import set_fitting
from reports.pdf.sheet import GREY, HAIR, MM, Sheet
from reports.pdf.squares import draw_square

if TYPE_CHECKING:
    from datetime import date

ACROSS, DOWN = 3, 8
PER_SHEET: Final = ACROSS * DOWN
_PAGE: Final = (210 * MM, 297 * MM)
_WIDTH: Final = _PAGE[0] / ACROSS
_HEIGHT: Final = _PAGE[1] / DOWN
#: Inside a label: printers leave the edge of the paper white, and paper shifts.
_EDGE: Final = 5 * MM
_SQUARE: Final = 27 * MM
_GAP: Final = 1.5 * MM


@dataclass(frozen=True, slots=True)
class AssetLabel:
    """One thing: its number and name, where it stands, and whose it is if not the unit's."""

    code: str
    name: str
    place: str
    whose: str = ""


def draw_labels(
    unit: str, unit_name: str, labels: Sequence[AssetLabel], day: date, *, skip: int = 0
) -> bytes:
    """The labels as a PDF file; equal labels give equal bytes. ``day`` dates the file.

    ``skip`` leaves so many places of the first sheet empty: they are used already.
    """
    with ONE_AT_A_TIME:
        faces = Faces(system_fonts=True)
        sheet = Sheet(
            faces, title=f"资产标签 {unit_name}", subject=f"asset labels {unit}", author=unit_name,
            day=day,
        )  # fmt: skip
        for start in range(0, skip + len(labels), PER_SHEET):
            sheet.start_page(*_PAGE)
            number = start // PER_SHEET + 1
            sheet.mark(f"sheet-{number}", _PAGE[1])
            sheet.outline(f"第 {number} 张 Sheet {number}", f"sheet-{number}", 0)
            _cuts(sheet)
            for place in range(PER_SHEET):
                at = start + place - skip
                if 0 <= at < len(labels):
                    _draw(sheet, faces, place, unit, unit_name, labels[at])
            sheet.end_page()
        return sheet.finish()


def _cuts(sheet: Sheet) -> None:
    for column in range(1, ACROSS):
        sheet.rule(column * _WIDTH, 0, column * _WIDTH, _PAGE[1], width=0.25, colour=HAIR)
    for row in range(1, DOWN):
        sheet.rule(0, row * _HEIGHT, _PAGE[0], row * _HEIGHT, width=0.25, colour=HAIR)


def _draw(
    sheet: Sheet, faces: Faces, place: int, unit: str, unit_name: str, label: AssetLabel
) -> None:
    clean = faces.clean
    left = place % ACROSS * _WIDTH
    top = _PAGE[1] - place // ACROSS * _HEIGHT
    draw_square(
        sheet, left + _EDGE - 2 * MM, top - (_HEIGHT + _SQUARE) / 2, _SQUARE,
        label_text(unit, label.code),
    )  # fmt: skip
    x = left + _EDGE - 2 * MM + _SQUARE + _GAP
    room = left + _WIDTH - _EDGE + 1 * MM - x
    y = top - _EDGE - 6
    set_fitting(sheet, x, y, clean(unit_name), 7, room, colour=GREY)
    y -= 16
    set_fitting(sheet, x, y, clean(label.code), 12.5, room, bold=True)
    y -= 14
    for line in break_text(faces, clean(label.name), 9, room, most=2):
        sheet.text(x, y, line, 9)
        y -= 11
    base = top - _HEIGHT + _EDGE + 2
    if label.whose:
        set_fitting(sheet, x, base + 10, clean(label.whose), 7, room, colour=GREY)
    set_fitting(sheet, x, base, clean(label.place), 7.5, room)
