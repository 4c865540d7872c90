"""A member's receipt for the dues of a period: one page, the amount in figures and in capitals.

It is a receipt of the house, not an official one. The same payments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.capitals import in_capitals
from ledger.money import total
from reports.pdf.dates import last_day, period_words
from reports.pdf.faces import Faces
from reports.pdf.masthead import set_fitting
from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, MM, TINT, Sheet
from reports.pdf.table import A4, MARGIN

if TYPE_CHECKING:
    from ledger.errors import Finding, Words
    from reports.statements.member_dues import Payment

_ROW: Final = 19.0
_COLUMNS: Final = (0.0, 0.2, 0.4, 0.78, 1.0)  # where the cells end, of the room
MOST: Final = 24  # rows on the page


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the page says. ``reference`` opens with ``mingbai show``."""

    unit: str
    unit_name: Words
    period: str
    member: str
    number: str
    name: str
    what: Words
    payments: Sequence[Payment]
    digest: str

    @property
    def code(self) -> str:
        """The receipt's number: the same member and period always have the same one."""
        return f"{self.unit}-{self.period}-{self.number}"


def draw_receipt(receipt: Receipt, findings: list[Finding] | None = None) -> bytes:
    """The receipt as PDF. ValueError for more payments than a page holds."""
    if len(receipt.payments) > MOST:
        raise ValueError("a receipt has no more payments than its page holds")
    faces = Faces(system_fonts=True)
    sheet = Sheet(
        faces,
        title=f"{receipt.unit_name.zh} 会费收据 {receipt.period}",
        subject=receipt.code,
        author=receipt.unit_name.zh,
        day=last_day(receipt.period),
    )
    sheet.start_page(*A4)
    _Page(sheet, faces, receipt).draw()
    sheet.mark("receipt", A4[1])
    sheet.outline("会费收据 · Receipt of dues", "receipt", 0)
    sheet.end_page()
    if findings is not None:
        findings += faces.findings
    return sheet.finish()


class _Page:
    def __init__(self, sheet: Sheet, faces: Faces, receipt: Receipt) -> None:
        self._sheet, self._clean, self._receipt = sheet, faces.clean, receipt
        self._left, self._right = MARGIN, A4[0] - MARGIN
        self._room = self._right - self._left

    def draw(self) -> None:
        y = self._head(A4[1] - MARGIN)
        y = self._facts(y)
        y = self._table(y)
        y = self._whole(y)
        self._foot(y)

    def _head(self, top: float) -> float:
        sheet, receipt, clean = self._sheet, self._receipt, self._clean
        x = self._left
        x += set_fitting(
            sheet, x, top - 10, clean(receipt.unit_name.zh), 10.5, self._room * 0.7, bold=True
        )
        number = clean(f"编号 No. {receipt.code}")
        sheet.text(self._right, top - 10, number, 8, colour=GREY, align="right")
        sheet.rule(self._left, top - 16.5, self._right, top - 16.5, width=1.8, colour=ACCENT)
        sheet.rule(self._left, top - 19.5, self._right, top - 19.5, width=0.5, colour=ACCENT)
        middle = A4[0] / 2
        sheet.text(middle, top - 50, "会费收据", 22, bold=True, align="centre")
        sheet.text(middle, top - 63, "Receipt of dues", 9, colour=GREY, align="centre")
        words = "   ".join(text for text in period_words(receipt.period) if text)
        sheet.text(middle, top - 80, clean(words), 9.5, align="centre")
        return top - 96

    def _facts(self, top: float) -> float:
        receipt = self._receipt
        facts = (
            ("交款人", "Received from", receipt.name),
            ("会员编号", "Member", f"{receipt.number}  {receipt.member}"),
            ("项目", "For", receipt.what.zh),
        )
        each = self._room / len(facts)
        for place, (zh, en, text) in enumerate(facts):
            x = self._left + place * each
            end = x + self._sheet.text(x, top - 9, zh, 7, colour=GREY) + 3
            self._sheet.text(end, top - 9, en, 6, colour=GREY)
            set_fitting(self._sheet, x, top - 22, self._clean(text), 10, each - 8)
        return top - 36

    def _table(self, top: float) -> float:
        sheet, receipt = self._sheet, self._receipt
        edges = [self._left + share * self._room for share in _COLUMNS]
        sheet.tint(self._left, top - _ROW, self._room, _ROW, TINT)
        sheet.rule(self._left, top, self._right, top, width=0.8, colour=INK)
        heads = (
            ("交纳日", "Paid on"), ("所属月份", "For"), ("凭证号", "Voucher"), ("金额", "Amount"),
        )  # fmt: skip
        for place, (zh, en) in enumerate(heads):
            last = place == len(heads) - 1
            x = edges[place + 1] - 4 if last else edges[place] + 4
            if last:
                width = sheet.text(x, top - 13, en, 6.5, colour=GREY, align="right")
                sheet.text(x - width - 3, top - 13, zh, 8.5, bold=True, align="right")
            else:
                width = sheet.text(x, top - 13, zh, 8.5, bold=True)
                sheet.text(x + width + 3, top - 13, en, 6.5, colour=GREY)
        y = top - _ROW
        for one in receipt.payments:
            cells = (one.day.isoformat(), one.month or "–", f"{receipt.unit}/{one.number}")
            for place, text in enumerate(cells):
                room = edges[place + 1] - edges[place] - 8
                set_fitting(sheet, edges[place] + 4, y - 13, self._clean(text), 9, room)
            sheet.text(self._right - 4, y - 13, one.amount.grouped, 9, align="right")
            y -= _ROW
            sheet.rule(self._left, y, self._right, y, width=0.4, colour=HAIR)
        return y

    def _whole(self, top: float) -> float:
        sheet = self._sheet
        amount = total(one.amount for one in self._receipt.payments)
        base = top - 20
        x = self._left + 4
        x += sheet.text(x, base, "合计（大写）", 8.5, bold=True) + 3
        x += sheet.text(x, base, "In words", 6.5, colour=GREY) + 8
        sheet.text(x, base, f"人民币{in_capitals(amount)}", 11.5, bold=True)
        sheet.text(self._right - 4, base, f"¥ {amount.grouped}", 11.5, bold=True, align="right")
        sheet.rule(self._left, top - 31, self._right, top - 31, width=0.8, colour=INK)
        return top - 31

    def _foot(self, top: float) -> None:
        sheet, receipt = self._sheet, self._receipt
        y = top - 44
        each = self._room / 3
        for place, (zh, en) in enumerate(
            (("收款单位（盖章）", "Unit, seal"), ("经手人", "Received by"), ("复核", "Checked by"))
        ):
            x = self._left + place * each
            width = sheet.text(x, y, zh, 8.5)
            sheet.text(x + width + 3, y, en, 6.5, colour=GREY)
            sheet.rule(x, y - 34, x + each - 16, y - 34, width=0.5, colour=INK)
        y -= 58
        for text in (
            "本收据由账簿生成，供会员留存；不是财政或税务部门监制的票据。",
            "Drawn from the books for the member to keep; not an official fiscal or tax receipt.",
            "每笔可用凭证号在账簿中查到。Each payment opens by its voucher number.",
        ):
            sheet.text(self._left, y, text, 7.6, colour=GREY)
            y -= 12
        base = 9.5 * MM
        sheet.rule(self._left, base + 11, self._right, base + 11, width=0.4, colour=HAIR)
        told = self._clean(f"账簿摘要 Ledger digest  {receipt.digest[:16]}…")
        sheet.text(self._left, base, told, 6.6, colour=GREY)
        sheet.text(self._right, base, self._clean(receipt.code), 6.6, colour=GREY, align="right")
