"""Reminders of dues as letters, a page each: friendly, exact, and with a way to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.dues.names import of_rule
from ledger.money import Money
from reports.pdf.document import ONE_AT_A_TIME
from reports.pdf.faces import Faces
from reports.pdf.sheet import ACCENT, GREY, HAIR, MM, TINT, Sheet
from reports.pdf.table import A4

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ledger.dues.reminding import Reminding

_MARGIN: Final = 25 * MM
_MOST: Final = 18  # months that stand on a page one by one

_BEFORE: Final = (
    "感谢您一直以来对组织的支持。核对账目时，我们看到下列会费尚未收到。",
    "Thank you for your support. Going through the books, we find these dues not yet received.",
)
_AFTER: Final = (
    "如果您已经缴纳，可能是款项在途或附言无法识别，请告知我们缴款日期，我们来核对。",
    "If you have paid, please tell us when: it may be on its way, or we failed to match it.",
    "如果您有困难，或对金额有疑问，欢迎随时联系，我们可以说明每一笔的由来并商量办法。",
    "If paying is difficult, or an amount seems wrong, do talk to us: we can explain it.",
    "不希望收到这样的信，告诉我们一声即可。 If you want no such letters, just say so.",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """``lines`` are what is unpaid, month by month, with fen; ``code`` is what to write."""

    name: str
    number: str
    lines: tuple[tuple[str, int], ...]
    code: str

    @property
    def fen(self) -> int:
        return sum(fen for _, fen in self.lines)


def draw_reminders(found: Reminding) -> bytes:
    """The letters of a round of reminders, as :func:`draw_letters` draws them."""
    letters = [
        Letter(
            one.name, one.number,
            tuple((f"{part.month} {of_rule(part.rule).zh}", part.fen) for part in one.months),
            one.code,
        )
        for one in found.reminders
    ]  # fmt: skip
    return draw_letters(found.unit_name, found.on, letters)


def draw_letters(unit_name: str, on: date, letters: Sequence[Letter]) -> bytes:
    """One PDF with a page for each letter; equal letters give equal bytes."""
    with ONE_AT_A_TIME:
        faces = Faces(system_fonts=True)
        sheet = Sheet(
            faces, title=f"{unit_name} 会费提示", subject="dues reminders", author=unit_name, day=on
        )
        for number, letter in enumerate(letters, 1):
            _draw(sheet, faces, unit_name, on, letter, number)
        return sheet.finish()


def _draw(sheet: Sheet, faces: Faces, unit_name: str, on: date, letter: Letter, page: int) -> None:
    clean = faces.clean
    width, height = A4
    sheet.start_page(width, height)
    key = f"letter-{page}"
    sheet.mark(key, height)
    sheet.outline(clean(f"会员 {letter.number}"), key, 0)
    left, right, y = _MARGIN, width - _MARGIN, height - _MARGIN - 10
    sheet.text(left, y, clean(unit_name), 13, bold=True)
    sheet.text(
        right, y, clean("会费缴纳提示 A note on your dues"), 10, colour=ACCENT, align="right"
    )
    y -= 10
    sheet.rule(left, y, right, y, width=0.8, colour=ACCENT)
    y -= 34
    sheet.text(left, y, clean(f"{letter.name}，您好："), 12)
    sheet.text(right, y, clean(f"会员编号 member {letter.number}"), 9, colour=GREY, align="right")
    y -= 24
    for text in _BEFORE:
        sheet.text(left, y, clean(text), 10.5 if text is _BEFORE[0] else 8.5)
        y -= 16
    y -= 10
    sheet.tint(left, y - 6, right - left, 17, TINT)
    sheet.text(left + 6, y - 1, clean("月份 Month"), 9, colour=GREY)
    sheet.text(right - 6, y - 1, clean("金额（元） CNY"), 9, colour=GREY, align="right")
    y -= 22
    for label, fen in _shown(letter.lines):
        sheet.text(left + 6, y, clean(label), 10)
        sheet.text(right - 6, y, Money(fen).grouped, 10, align="right")
        sheet.rule(left, y - 5, right, y - 5, width=0.3, colour=HAIR)
        y -= 17
    y -= 4
    sheet.text(left + 6, y, clean("合计 Total"), 11, bold=True)
    sheet.text(right - 6, y, Money(letter.fen).grouped, 11, bold=True, align="right")
    y -= 30
    if letter.code:
        sheet.text(left, y, clean("转账附言请写缴费码 Please write this code:"), 10)
        sheet.text(right, y, letter.code, 14, bold=True, align="right")
        y -= 32
    for place, text in enumerate(_AFTER):
        sheet.text(left, y, clean(text), 8.5 if place % 2 else 10)
        y -= 20 if place % 2 else 15
    y -= 30
    sheet.text(right, y, clean(unit_name), 10.5, align="right")
    sheet.text(right, y - 18, clean(f"{on.year} 年 {on.month} 月 {on.day} 日"), 10.5, align="right")
    sheet.end_page()


def _shown(lines: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """Months that there is room for, and the older ones in one, so that they still add up."""
    if len(lines) <= _MOST:
        return list(lines)
    older, rest = lines[: -(_MOST - 1)], lines[-(_MOST - 1) :]
    return [(f"更早 {len(older)} 个月 {len(older)} months before", sum(f for _, f in older)), *rest]
