"""What follows the table: notes, how to check the figures, and the signatures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from ledger.errors import Finding, Words
from reports.pdf.faces import Faces
from reports.pdf.lines import break_text
from reports.pdf.masthead import SIGNERS, signer_of
from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, Sheet
from reports.statement import Statement

_GAP: Final = 12.0
_SIGN: Final = 46.0
_LINE: Final = 11.0
_SMALL_LINE: Final = 8.6
_GLYPH_LINES: Final = 2  # kept free for what the faces have to tell


class Closing:
    """Measured when made; :meth:`tell` adds what only drawing brings to light."""

    def __init__(self, statement: Statement, faces: Faces, room: float) -> None:
        self._faces, self._room = faces, room
        #: Text, size, whether it is small print, and which paragraph it is a line of.
        self._lines: list[tuple[str, float, bool, int]] = []
        self._paragraphs = 0
        for alarm in statement.alarms:
            self._add(faces.clean(f"！{alarm.zh} {alarm.en}"))
        self._alarms = len(self._lines)
        for number, note in enumerate(statement.notes, 1):
            mark = f"{number}. " if len(statement.notes) > 1 else ""
            self._add(faces.clean(f"注 {mark}{note.zh}" if number == 1 else f"　 {mark}{note.zh}"))
            self._add(faces.clean(f"　 {note.en}") if note.en else "", small=True)
        ref = f"{statement.unit}/{statement.name}/{statement.period}"
        if statement.annex:
            self._add("核对：右栏印有附页页码的行，其数字链接到附页，那里列出背后的凭证。")
            self._add(
                "To check: where the last column gives a page, the figures link to the annex, which"
                " lists the vouchers behind them.",
                small=True,
            )
        if statement.label_column is not None:
            ref += f"/<{statement.code_label.zh} {statement.code_label.en.lower()}>"
        self._add(faces.clean(f"编号 Reference  {ref}"), small=True)
        if statement.digest:
            self._add(faces.clean(f"账簿摘要 Ledger digest  {statement.digest}"), small=True)
        self._signers = _signers(statement, faces)
        text = sum(_SMALL_LINE if small else _LINE for _, _, small, _ in self._lines)
        self.height = _GAP + text + _GLYPH_LINES * _SMALL_LINE + _GAP + _SIGN

    def tell(self, findings: Sequence[Finding]) -> None:
        """Adds the findings about glyphs, in the room kept for them."""
        for finding in findings:
            words = self._faces.clean(f"字形 Glyphs：{finding.what.zh}。{finding.what.en}")
            self._paragraphs += 1
            self._lines += [
                (line, 6.4, True, self._paragraphs)
                for line in break_text(self._faces, words, 6.4, self._room, most=1)
            ]

    def _add(self, text: str, *, small: bool = False) -> None:
        size = 6.6 if small else 8.0
        self._paragraphs += 1
        for line in break_text(self._faces, text, size, self._room, most=6):
            self._lines.append((line, size, small, self._paragraphs))

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        y, place = top - _GAP, 0
        for _, paragraph in groupby(self._lines, key=itemgetter(3)):
            with sheet.element("P"):
                for text, size, small, _ in paragraph:
                    height = _SMALL_LINE if small else _LINE
                    colour = ACCENT if place < self._alarms else GREY if small else INK
                    sheet.text(left, y - height + 2.6, text, size, colour=colour)
                    y -= height
                    place += 1
        y -= _GAP
        with sheet.element("L"):
            self._sign(sheet, left, y)
        self._frame(sheet, left, y)

    def _sign(self, sheet: Sheet, left: float, y: float) -> None:
        width = self._room / (len(self._signers) + 1)
        for place, (label, name) in enumerate([*self._signers, (Words("公章", "Seal"), "")]):
            x = left + place * width
            with sheet.element("LI"):
                with sheet.element("Lbl"):
                    end = x + 6 + sheet.text(x + 6, y - 12, label.zh, 8.2, bold=True)
                    sheet.text(end + 4, y - 12, label.en, 6.4, colour=GREY, lang="en")
                with sheet.element("LBody"):
                    for line in break_text(self._faces, name, 9.5, width - 12, most=1):
                        sheet.text(x + 6, y - _SIGN + 11, line, 9.5)
            if place:
                sheet.rule(x, y - _SIGN, x, y, width=0.4, colour=HAIR)

    def _frame(self, sheet: Sheet, left: float, top: float) -> None:
        right, bottom = left + self._room, top - _SIGN
        sheet.rule(left, top, right, top, width=0.6, colour=INK)
        sheet.rule(left, bottom, right, bottom, width=0.6, colour=INK)
        sheet.rule(left, bottom, left, top, width=0.6, colour=INK)
        sheet.rule(right, bottom, right, top, width=0.6, colour=INK)


def _signers(statement: Statement, faces: Faces) -> list[tuple[Words, str]]:
    """Maker and checker always, approver where the statement names one."""
    named = {signer_of(label): (label, faces.clean(text)) for label, text in statement.facts}
    found = []
    for key, words in SIGNERS.items():
        label, text = named.get(key, (words, ""))
        if key in named or key != "approver":
            found.append((Words(faces.clean(label.zh), faces.clean(label.en)), text))
    return found
