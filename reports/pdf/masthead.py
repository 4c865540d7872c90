"""The head of the first page: unit, form number, title, period, and the facts in a grid."""

from __future__ import annotations

from typing import Final

from ledger.errors import Words
from reports.pdf.dates import period_words
from reports.pdf.faces import Faces
from reports.pdf.lines import break_text
from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, Colour, Sheet
from reports.statement import Statement

#: Facts that stand in the signature block, by their English label.
SIGNERS: Final = {
    "maker": Words("制表", "Maker"),
    "checker": Words("复核", "Checker"),
    "approver": Words("批准", "Approver"),
}
_DIGEST: Final = "ledger digest"  # the label of the fact that the foot of the page shows
_FACT: Final = 27.0
_FACT_SIZE: Final = 8.6
_FACT_LINE: Final = 10.5
_FACT_LINES: Final = 5  # of one fact; a name is not cut before that
_BAND: Final = 88.0


def currency_words(currency: str) -> str:
    return "元 yuan (CNY)" if currency == "CNY" else currency


def signer_of(label: Words) -> str | None:
    """Which signer a fact names: its key in :data:`SIGNERS`, or None."""
    english = label.en.casefold()
    return next((key for key in SIGNERS if english.startswith(key)), None)


def facts_of(statement: Statement) -> list[tuple[Words, str]]:
    """The facts that the head shows: unit, period and currency always, then the statement's own.

    Signers and the ledger digest have their places elsewhere on the page.
    """
    own = [
        (label, text)
        for label, text in statement.facts
        if signer_of(label) is None
        and not (statement.digest and label.en.casefold() == _DIGEST and text in statement.digest)
    ]
    said = {label.zh for label, _ in own} | {label.en.casefold() for label, _ in own}
    period = period_words(statement.period)
    always = (
        (Words("编制单位", "Unit"), statement.unit_name.zh),
        (Words("期间", "Period"), " ".join(period).strip()),
        (Words("金额单位", "Currency"), currency_words(statement.currency)),
    )
    missing = [
        (label, text)
        for label, text in always
        if label.zh not in said and label.en.casefold() not in said
    ]
    return [*missing, *own]


class Masthead:
    """Measured when made, so that the table knows where it may begin."""

    def __init__(self, statement: Statement, faces: Faces, room: float) -> None:
        self._statement, self._faces, self._room = statement, faces, room
        self._facts = [
            (Words(faces.clean(label.zh), faces.clean(label.en)), faces.clean(text))
            for label, text in facts_of(statement)
        ]
        self._across = min(4 if room > 600 else 3, len(self._facts))
        self._title_size = 21.0
        title = faces.clean(statement.title.zh)
        while faces.width(title, self._title_size, bold=True) > room and self._title_size > 9:
            self._title_size -= 1
        # The last fact takes what is left of its row.
        each = room / self._across
        self._widths = [each] * len(self._facts)
        self._widths[-1] += -len(self._facts) % self._across * each
        self._texts = [
            break_text(faces, text, _FACT_SIZE, width - 10, most=_FACT_LINES)
            for (_, text), width in zip(self._facts, self._widths, strict=True)
        ]
        self._rows = [
            _FACT + _FACT_LINE * (max(1, *map(len, self._texts[start : start + self._across])) - 1)
            for start in range(0, len(self._facts), self._across)
        ]
        self.height = _BAND + sum(self._rows) + 12

    def draw(self, sheet: Sheet, left: float, top: float) -> float:
        """Draws the head; returns where the table begins."""
        statement, clean = self._statement, self._faces.clean
        right = left + self._room
        end = right
        if statement.form:
            with sheet.element("P"):
                form = clean(statement.form)
                end -= sheet.text(right, top - 10, form, 9.5, align="right") + 10
        with sheet.element("P"):
            name, english = clean(statement.unit_name.zh), clean(statement.unit_name.en)
            x = left + set_fitting(sheet, left, top - 10, name, 10.5, end - left, bold=True) + 6
            set_fitting(sheet, x, top - 10, english, 7.2, end - x, colour=GREY, lang="en")
        sheet.rule(left, top - 16.5, right, top - 16.5, width=1.8, colour=ACCENT)
        sheet.rule(left, top - 19.5, right, top - 19.5, width=0.5, colour=ACCENT)
        middle = left + self._room / 2
        title = clean(statement.title.zh)
        with sheet.element("H1"):
            sheet.text(middle, top - 47, title, self._title_size, bold=True, align="centre")
            english = clean(statement.title.en)
            sheet.text(middle, top - 60, english, 9, colour=GREY, align="centre", lang="en")
        period = period_words(statement.period)
        words = "   ".join(text for text in period if text)
        with sheet.element("P"):
            sheet.text(middle, top - 76, clean(words), 9.5, align="centre")
        with sheet.element("L"):
            self._draw_facts(sheet, left, top - _BAND)
        return top - self.height

    def _draw_facts(self, sheet: Sheet, left: float, top: float) -> None:
        x, y, height = left, top, 0.0
        sheet.rule(left, top, left + self._room, top, width=0.5, colour=INK)
        for place, ((label, _), texts) in enumerate(zip(self._facts, self._texts, strict=True)):
            if place % self._across == 0:
                x, y = left, y - height
                height = self._rows[place // self._across]
                last = place + self._across >= len(self._facts)
                bottom = y - height
                colour = INK if last else HAIR
                sheet.rule(left, bottom, left + self._room, bottom, width=0.5, colour=colour)
            else:
                sheet.rule(x, y - height, x, y, width=0.5, colour=HAIR)
            with sheet.element("LI"):
                with sheet.element("Lbl"):
                    end = x + 5 + sheet.text(x + 5, y - 9, label.zh, 7, colour=GREY) + 3
                    sheet.text(end, y - 9, label.en, 6, colour=GREY, lang="en")
                with sheet.element("LBody"):
                    for number, text in enumerate(texts):
                        sheet.text(x + 5, y - 20.5 - number * _FACT_LINE, text, _FACT_SIZE)
            x += self._widths[place]
        for edge in (left, left + self._room):
            sheet.rule(edge, top - sum(self._rows), edge, top, width=0.5, colour=INK)


def set_fitting(
    sheet: Sheet,
    x: float,
    y: float,
    text: str,
    size: float,
    room: float,
    *,
    bold: bool = False,
    colour: Colour = INK,
    align: str = "left",
    lang: str = "",
) -> float:
    """One line of text in ``room`` points: set a little smaller if that makes it fit, else cut.

    Returns its width; where there is room for next to nothing, nothing is set.
    """
    if room < 3 * size:
        return 0.0
    width = sheet.faces.width(text, size, bold=bold)
    if width > room:
        size = round(max(size * room / width - 0.005, size * 0.75), 2)
    lines = break_text(sheet.faces, text, size, room, bold=bold, most=1)
    if not lines:
        return 0.0
    return sheet.text(x, y, lines[0], size, bold=bold, colour=colour, align=align, lang=lang)


def nothing_recorded(sheet: Sheet, middle: float, top: float) -> float:
    """Says that a table has no lines, in its place."""
    with sheet.element("P"):
        sheet.text(middle, top - 20, "本期无记录", 9, align="centre")
        english = "Nothing recorded in this period"
        sheet.text(middle, top - 31, english, 7, colour=GREY, align="centre", lang="en")
    return top - 42
