"""A numbered receipt on half a page: who paid what for which months, in figures and capitals.

It is an internal receipt, and says so: no number of the finance authority is on it. A second print
says that it is a copy; a void one says so across its head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.capitals import in_capitals
from ledger.money import Money
from reports.pdf.address import set_address
from reports.pdf.document import ONE_AT_A_TIME
from reports.pdf.faces import Faces
from reports.pdf.sheet import ACCENT, GREY, HAIR, MM, TINT, Sheet

if TYPE_CHECKING:
    from datetime import date

_WIDTH: Final = 210 * MM
_HEIGHT: Final = 148.5 * MM
_MARGIN: Final = 16 * MM
_MOST_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What stands on a receipt. ``print`` counts from 1; ``lines`` are what was for, with fen.

    ``follow`` is the address at which the payer reads their dues, empty where there is none.
    """

    unit_name: str
    name: str
    day: date
    payer: str
    number: str
    lines: tuple[tuple[str, int], ...]
    taken_by: str
    print: int
    void: str = ""
    follow: str = ""

    @property
    def fen(self) -> int:
        return sum(fen for _, fen in self.lines)


def draw_receipt(page: ReceiptPage) -> bytes:
    """The receipt as a PDF file; equal receipts give equal bytes."""
    with ONE_AT_A_TIME:
        faces = Faces(system_fonts=True)
        sheet = Sheet(
            faces, title=f"收据 {page.name}", subject=f"receipt {page.name}",
            author=page.unit_name, day=page.day,
        )  # fmt: skip
        _draw(sheet, faces, page)
        return sheet.finish()


def _draw(sheet: Sheet, faces: Faces, page: ReceiptPage) -> None:
    clean = faces.clean
    sheet.start_page(_WIDTH, _HEIGHT)
    left, right, y = _MARGIN, _WIDTH - _MARGIN, _HEIGHT - _MARGIN - 12
    sheet.mark("receipt", _HEIGHT)
    sheet.outline(f"收据 {page.name}", "receipt", 0)
    sheet.text(_WIDTH / 2, y, clean("收款收据 Receipt"), 17, bold=True, align="centre")
    sheet.text(right, y, clean(f"№ {page.name}"), 11, bold=True, colour=ACCENT, align="right")
    kind = "" if page.print == 1 else f"副本（第 {page.print} 次打印） Copy, print {page.print}"
    if page.void:
        kind = f"已作废 VOID：{page.void[:40]}"
    if kind:
        sheet.text(left, y, clean(kind), 9, bold=True, colour=ACCENT)
    y -= 22
    sheet.text(left, y, clean(page.unit_name), 10.5)
    day = page.day
    sheet.text(right, y, clean(f"{day.year} 年 {day.month} 月 {day.day} 日"), 10.5, align="right")
    y -= 9
    sheet.rule(left, y, right, y, width=0.8, colour=ACCENT)
    y -= 20
    sheet.text(left, y, clean(f"今收到 received from：{page.payer}"), 11)
    sheet.text(right, y, clean(f"会员编号 member {page.number}"), 10, align="right")
    y -= 16
    sheet.tint(left, y - 6, right - left, 16, TINT)
    sheet.text(left + 6, y - 1, clean("项目 For"), 9, colour=GREY)
    sheet.text(right - 6, y - 1, clean("金额（元） CNY"), 9, colour=GREY, align="right")
    y -= 22
    for label, fen in _shown(page.lines):
        sheet.text(left + 6, y, clean(label), 10)
        sheet.text(right - 6, y, Money(fen).grouped, 10, align="right")
        sheet.rule(left, y - 5, right, y - 5, width=0.3, colour=HAIR)
        y -= 17
    y -= 6
    sheet.text(left, y, clean(f"合计（大写） {in_capitals(Money(page.fen))}"), 11, bold=True)
    sheet.text(right, y, clean(f"¥ {Money(page.fen).grouped}"), 12, bold=True, align="right")
    base = 15 * MM
    sheet.text(left, base + 14, clean("收款单位（盖章） Seal"), 9.5)
    sheet.text(
        _WIDTH / 2, base + 14, clean(f"收款人 taken by {page.taken_by}"), 9.5, align="centre"
    )
    sheet.text(right - 90, base + 14, clean("交款人签字 Payer"), 9.5)
    note = "内部收据，不是财政票据或发票 An internal receipt, no official fiscal receipt or invoice"
    sheet.text(left, base - 4, clean(note), 7.5, colour=GREY)
    if page.follow:
        label = "查看我的会费 My dues:"
        set_address(sheet, left, base - 14.5, page.follow, right - left, label=label)
    sheet.end_page()


def _shown(lines: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The lines that there is room for; the others in one, so that they still add up."""
    if len(lines) <= _MOST_LINES:
        return list(lines)
    rest = lines[_MOST_LINES - 1 :]
    more = f"其余 {len(rest)} 项 and {len(rest)} more"
    return [*lines[: _MOST_LINES - 1], (more, sum(fen for _, fen in rest))]
