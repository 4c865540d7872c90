"""A numbered receipt for a gift on half a page: who gave what for which purpose, and its proof.

It is an internal receipt and says so, unless the finance authority's number was entered. A second
print says that it is one; a void one says so across its head. Once its month is sealed, a square
code holds the proof that it is among that month's receipts.

Source: 慈善法 (2023-12-29) art. 38: donor, kind and amount, organisation, handler, date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.capitals import in_capitals
from ledger.money import Money
from reports.pdf.address import set_address
from reports.pdf.document import ONE_AT_A_TIME
from reports.pdf.faces import Faces
from reports.pdf.lines import break_text
from reports.pdf.masthead import set_fitting
from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, MM, TINT, Sheet
from reports.pdf.squares import draw_square

if TYPE_CHECKING:
    from datetime import date

    from ledger.errors import Words

_WIDTH: Final = 210 * MM
_HEIGHT: Final = 148.5 * MM
_MARGIN: Final = 14 * MM
_SQUARE: Final = 42 * MM
_ROW: Final = 25.0
_BASE: Final = 16.0  # of a row, below its top
_LABEL: Final = 78.0
_INTERNAL: Final = "内部收据，不是财政票据或税务发票 Internal receipt, no official fiscal receipt"


@dataclass(frozen=True, slots=True)
class GiftReceiptPage:
    """What stands on a receipt. ``print`` counts from 1; ``banners`` say what became of it.

    ``thing`` is how much of what, or foreign money with its rate; ``net_fen`` what a platform
    passed on. ``proof`` is what the square code holds; without it ``why_no_proof`` is told.
    ``follow`` is the address at which its donor follows the gift, empty where there is none.
    """

    unit_name: str
    code: str
    day: date
    given: date
    donor: str
    gift: str
    kind: str
    thing: str
    fen: int
    fee_fen: int
    purpose: str
    handler: str
    checker: str
    voucher: str
    official: str
    print: int
    banners: tuple[Words, ...]
    proof: str
    sealed: Words
    limits: Words
    follow: str = ""


def draw_gift_receipts(pages: Sequence[GiftReceiptPage]) -> bytes:
    """Receipts as one PDF file, a page each; equal receipts give equal bytes."""
    first = pages[0]
    with ONE_AT_A_TIME:
        faces = Faces(system_fonts=True)
        sheet = Sheet(
            faces, title=f"捐赠收据 {first.code}", subject=f"gift receipt {first.code}",
            author=first.unit_name, day=first.given,
        )  # fmt: skip
        for page in pages:
            sheet.start_page(_WIDTH, _HEIGHT)
            sheet.mark(page.code, _HEIGHT)
            sheet.outline(f"捐赠收据 {page.code}", page.code, 0)
            _Page(sheet, faces, page).draw()
            sheet.end_page()
        return sheet.finish()


class _Page:
    def __init__(self, sheet: Sheet, faces: Faces, page: GiftReceiptPage) -> None:
        self._sheet, self._faces, self._page = sheet, faces, page
        self._left, self._right = _MARGIN, _WIDTH - _MARGIN
        self._middle = (self._left + self._right) / 2

    def draw(self) -> None:
        y = self._head(_HEIGHT - _MARGIN)
        y = self._facts(y)
        self._foot(y)

    def _head(self, top: float) -> float:
        sheet, page, clean = self._sheet, self._page, self._faces.clean
        left, right = self._left, self._right
        sheet.text(_WIDTH / 2, top - 14, clean("捐赠收据"), 19, bold=True, align="centre")
        what = "内部收据 Internal receipt" if not page.official else "Receipt of a gift"
        sheet.text(_WIDTH / 2, top - 28, clean(what), 8.5, colour=GREY, align="centre")
        number = clean(f"№ {page.code}")
        sheet.text(right, top - 12, number, 11, bold=True, colour=ACCENT, align="right")
        if page.official:
            room = right - _WIDTH / 2 - 60
            told = clean(f"财政票据号 official no. {page.official}")
            set_fitting(sheet, right, top - 25, told, 8, room, align="right")
        y = top - 12
        if page.print > 1:
            told = clean(f"补打（第 {page.print} 次打印） Reprint, no. {page.print}")
            sheet.text(left, y, told, 8.5, bold=True, colour=ACCENT)
            y -= 12
        for words in page.banners:
            told = clean(f"{words.zh} {words.en}")
            set_fitting(sheet, left, y, told, 8.5, _WIDTH / 2 - 70 - left, bold=True, colour=ACCENT)
            y -= 11
        base = min(top - 50, y - 2)
        set_fitting(sheet, left, base, clean(page.unit_name), 10.5, right - left - 150, bold=True)
        given = page.given
        told = clean(f"开具 given {given.isoformat()}")
        sheet.text(right, base, told, 9, align="right")
        sheet.rule(left, base - 7, right, base - 7, width=1.2, colour=ACCENT)
        return base - 7

    def _facts(self, top: float) -> float:
        page = self._page
        y = self._pair(top, ("捐赠人", "Donor", page.donor), ("捐赠编号", "Gift", page.gift))
        y = self._pair(
            y, ("捐赠财产", "Kind", page.kind), ("收到日期", "Received", page.day.isoformat())
        )
        if page.thing:
            y = self._one(y, ("数量或原币", "Quantity", page.thing))
        y = self._one(y, ("用途", "Purpose", page.purpose))
        y = self._amount(y)
        if page.fee_fen:
            net = Money(page.fen - page.fee_fen).grouped
            told = f"{Money(page.fee_fen).grouped}，实收 net {net}"
            y = self._one(y, ("平台费用", "Fee kept", told))
        return self._pair(
            y, ("凭证号", "Voucher", page.voucher),
            ("经手 / 复核", "By, checked", f"{page.handler} / {page.checker}"),
        )  # fmt: skip

    def _pair(self, top: float, first: tuple[str, str, str], second: tuple[str, str, str]) -> float:
        split = self._left + (self._right - self._left) * 0.56
        self._cell(self._left, split, top, first)
        self._cell(split, self._right, top, second)
        return self._line(top)

    def _one(self, top: float, fact: tuple[str, str, str]) -> float:
        self._cell(self._left, self._right, top, fact)
        return self._line(top)

    def _cell(self, left: float, right: float, top: float, fact: tuple[str, str, str]) -> None:
        sheet, clean = self._sheet, self._faces.clean
        zh, en, text = fact
        width = sheet.text(left + 4, top - _BASE, clean(zh), 8.5, colour=GREY)
        sheet.text(left + 4 + width + 3, top - _BASE, en, 6, colour=GREY)
        start = left + _LABEL + 8
        set_fitting(sheet, start, top - _BASE, clean(text), 10.5, right - start - 4)

    def _line(self, top: float) -> float:
        self._sheet.rule(self._left, top - _ROW, self._right, top - _ROW, width=0.4, colour=HAIR)
        return top - _ROW

    def _amount(self, top: float) -> float:
        sheet, page, clean = self._sheet, self._page, self._faces.clean
        amount = Money(page.fen)
        height = _ROW + 5
        sheet.tint(self._left, top - height, self._right - self._left, height, TINT)
        y = top - 19
        width = sheet.text(self._left + 4, y, clean("金额（大写）"), 8.5, colour=GREY)
        sheet.text(self._left + 4 + width + 3, y, "In words", 6, colour=GREY)
        figures = clean(f"¥ {amount.grouped}")
        end = sheet.text(self._right - 4, y, figures, 13, bold=True, align="right")
        start = self._left + _LABEL + 18
        room = self._right - 4 - end - 10 - start
        told = clean(f"人民币{in_capitals(amount)}")
        set_fitting(sheet, start, y, told, 12, room, bold=True)
        return top - height

    def _foot(self, top: float) -> None:
        sheet, page, clean = self._sheet, self._page, self._faces.clean
        left, right = self._left, self._right
        text_right = right - (_SQUARE + 6 if page.proof else 0)
        y = top - 20
        each = (text_right - left) / 2
        for place, (zh, en) in enumerate((("受赠单位（盖章）", "Seal"), ("捐赠人签字", "Donor"))):
            x = left + place * each
            width = sheet.text(x, y, clean(zh), 8.5)
            sheet.text(x + width + 3, y, en, 6.5, colour=GREY)
            sheet.rule(x, y - 44, x + each - 16, y - 44, width=0.5, colour=INK)
        if page.proof:
            draw_square(sheet, right - _SQUARE, top - _SQUARE - 4, _SQUARE, page.proof)
        y = top - 82
        told = [] if page.official else [_INTERNAL]
        told += [f"{page.sealed.zh} {page.sealed.en}"]
        if page.proof:
            told.append(f"{page.limits.zh} {page.limits.en}")
        for text in told:
            for line in break_text(self._faces, clean(text), 7.5, text_right - left, most=3):
                sheet.text(left, y, line, 7.5, colour=GREY)
                y -= 10.5
        if page.follow:
            label = "跟踪这笔捐赠 Follow it:"
            set_address(sheet, left, y, page.follow, text_right - left, label=label)
