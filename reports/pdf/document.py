"""A statement as a document: head, table, notes, signatures, annex; numbered and linked."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Final

from ledger.errors import Finding, Words
from reports.pdf import annex, masthead
from reports.pdf.bars import Bars
from reports.pdf.closing import Closing
from reports.pdf.dates import last_day, period_words
from reports.pdf.faces import Faces
from reports.pdf.grid import Links, annex_key, draw_grid
from reports.pdf.sheet import ACCENT, GREY, HAIR, MM, Sheet
from reports.pdf.structure import FOOTER, HEADER, Element, Structure
from reports.pdf.table import A4, MARGIN, SETTINGS, Plan, Row, Setting, pages, plan
from reports.statement import Statement

_FOOT: Final = 17 * MM  # of every page, below which only the footer stands
_SLIM_HEAD: Final = 27.0
_SHORT_TABLE: Final = 60  # lines that may be set tighter to need fewer pages
ONE_AT_A_TIME: Final = Lock()  # reportlab's fonts are shared by all documents of a process


def draw(
    statement: Statement,
    *,
    system_fonts: bool = True,
    findings: list[Finding] | None = None,
    structure: Structure | None = None,
) -> bytes:
    """See :func:`reports.pdf.render_pdf`. What the pages say is gathered in ``structure``."""
    with ONE_AT_A_TIME:
        return _Document(statement, Faces(system_fonts=system_fonts)).bytes(findings, structure)


def title_of(statement: Statement) -> str:
    return f"{statement.unit_name.zh} {statement.title.zh} {statement.period}"


def subject_of(statement: Statement) -> str:
    """The reference under which the statement is called for again."""
    return f"{statement.unit}/{statement.name}/{statement.period}"


class _Document:
    """Everything is laid out first, so that each page knows how many there are."""

    def __init__(self, statement: Statement, faces: Faces) -> None:
        self.statement, self.faces = statement, faces
        self.links = Links(statement)
        self.closing_apart = True
        tried: list[tuple[int, Setting]] = []
        for setting in SETTINGS if len(statement.lines) <= _SHORT_TABLE else SETTINGS[:1]:
            self._lay_out(setting)
            tried.append((len(self.pages) + self.closing_apart, setting))
            if tried[-1][0] == 1:
                break
        else:
            # As few pages as can be, and the most generous setting that needs no more.
            fewest = min(count for count, _ in tried)
            self._lay_out(next(setting for count, setting in tried if count == fewest))
        self.annex = annex.lay_out(statement.annex, A4[1] - MARGIN - _SLIM_HEAD - _FOOT)
        self._headings = 0
        self._number_pages()

    def _lay_out(self, setting: Setting) -> None:
        """The table on its pages; a short one is set tighter to keep the signatures beside it."""
        statement, faces = self.statement, self.faces
        self.plan: Plan = plan(statement, faces, with_annex=bool(statement.annex), setting=setting)
        self.width, self.height = self.plan.paper
        self.room = self.width - 2 * MARGIN
        self.head = masthead.Masthead(statement, faces, self.room)
        self.bars = Bars(statement, faces, self.room)
        self.closing = Closing(statement, faces, self.room)
        below = self.plan.head_height + _FOOT
        first = self.height - MARGIN - self.head.height - self.bars.height - below
        others = self.height - MARGIN - _SLIM_HEAD - below
        self.pages: list[list[Row]] = pages(self.plan.rows, first, others)
        left = (first if len(self.pages) == 1 else others) - sum(r.height for r in self.pages[-1])
        self.closing_apart = self.closing.height > left

    def _number_pages(self) -> None:
        for number, rows in enumerate(self.pages, 1):
            for row in rows:
                for entry in self.links.entries_of(row.line):
                    self.links.line_pages.setdefault(entry, number)
        self.before_annex = len(self.pages) + self.closing_apart
        for number, parts in enumerate(self.annex, self.before_annex + 1):
            for part in parts:
                self.links.annex_pages.setdefault(part.entry, number)
        self.count = self.before_annex + len(self.annex)

    def bytes(self, findings: list[Finding] | None, structure: Structure | None) -> bytes:
        statement = self.statement
        sheet = Sheet(
            self.faces,
            title=title_of(statement),
            subject=subject_of(statement),
            author=statement.unit_name.zh,
            day=last_day(statement.period),
            structure=structure,
        )
        self._clean_annex()
        self.closing.tell(self.faces.findings)
        self._draw_statement(sheet)
        self._draw_annex(sheet)
        if findings is not None:
            findings += self.faces.findings
        return sheet.finish()

    def _draw_statement(self, sheet: Sheet) -> None:
        last = len(self.pages) - 1
        table: Element | None = None
        for index, rows in enumerate(self.pages):
            sheet.start_page(self.width, self.height)
            top = self.height - MARGIN
            if index == 0:
                sheet.mark("statement", self.height)
                sheet.outline(self._outline_title(self.statement.title), "statement", 0)
                top = self.bars.draw(sheet, MARGIN, self.head.draw(sheet, MARGIN, top))
                table = sheet.table()
            else:
                top = self._slim_head(sheet, self.statement.title, self.width, top)
            self._outline_headings(sheet, rows, top)
            y = draw_grid(sheet, self.plan, rows, top, MARGIN, self.links, table)
            if not self.statement.lines:
                y = masthead.nothing_recorded(sheet, MARGIN + self.room / 2, y)
            if index == last and not self.closing_apart:
                self.closing.draw(sheet, MARGIN, y)
            self._end_page(sheet, index + 1)
        if self.closing_apart:
            sheet.start_page(self.width, self.height)
            top = self._slim_head(sheet, self.statement.title, self.width, self.height - MARGIN)
            self.closing.draw(sheet, MARGIN, top)
            self._end_page(sheet, self.before_annex)

    def _draw_annex(self, sheet: Sheet) -> None:
        begun: annex.Begun = {}
        for number, parts in enumerate(self.annex, self.before_annex + 1):
            sheet.start_page(*A4)
            if number == self.before_annex + 1:
                sheet.mark("annex", A4[1])
                sheet.outline(self._outline_title(annex.TITLE), "annex", 0)
            for part in parts:
                if part.opens:
                    label = self.statement.annex[part.entry].label
                    title = f"{part.entry + 1} {self._outline_title(label)}"
                    sheet.outline(title, annex_key(part.entry), 1)
            opens = number == self.before_annex + 1
            top = self._slim_head(sheet, annex.TITLE, A4[0], A4[1] - MARGIN, heading=opens)
            annex.draw_parts(sheet, self.statement.annex, parts, top, self.links, begun)
            self._end_page(sheet, number)

    def _outline_headings(self, sheet: Sheet, rows: Sequence[Row], top: float) -> None:
        y = top - self.plan.head_height
        for row in rows:
            if row.line.style == "heading":
                self._headings += 1
                key = f"heading-{self._headings}"
                sheet.mark(key, y + 30)
                sheet.outline(self._outline_title(row.line.label), key, 1)
            y -= row.height

    def _outline_title(self, words: Words) -> str:
        return " · ".join(self.faces.clean(text) for text in words if text)

    def _clean_annex(self) -> None:
        """Looks at every text of the annex, so that the notes can tell of missing characters."""
        for backing in self.statement.annex:
            for text in (*backing.label, backing.ref):
                self.faces.clean(text)
            for posting in backing.postings:
                self.faces.clean(posting.narration + posting.account + posting.number)

    def _slim_head(
        self, sheet: Sheet, title: Words, width: float, top: float, *, heading: bool = False
    ) -> float:
        """The head of a page; a part of the document may begin with it, and else it is repeated."""
        clean, base = self.faces.clean, top - 10
        with sheet.element("H2") if heading else sheet.within(HEADER):
            x = MARGIN + sheet.text(MARGIN, base, clean(title.zh), 10, bold=True) + 6
            x += sheet.text(x, base, clean(title.en), 7, colour=GREY, lang="en") + 10
        with sheet.within(HEADER):
            self._running_head(sheet, x, base, width - MARGIN)
        sheet.rule(MARGIN, top - 16, width - MARGIN, top - 16, width=0.8, colour=ACCENT)
        return top - _SLIM_HEAD

    def _running_head(self, sheet: Sheet, x: float, base: float, right: float) -> None:
        clean = self.faces.clean
        # The period stays whole whatever the unit is called.
        period = clean(f"·{period_words(self.statement.period).zh}")
        end = right - sheet.text(right, base, period, 8, colour=GREY, align="right")
        name = clean(self.statement.unit_name.zh)
        masthead.set_fitting(sheet, end, base, name, 8, end - x, colour=GREY, align="right")

    def _end_page(self, sheet: Sheet, number: int) -> None:
        with sheet.within(FOOTER):
            self._foot(sheet, number)
        sheet.end_page()

    def _foot(self, sheet: Sheet, number: int) -> None:
        left, right, base = MARGIN, sheet.page_width - MARGIN, 9.5 * MM
        sheet.rule(left, base + 11, right, base + 11, width=0.4, colour=HAIR)
        digest = self.statement.digest.removeprefix("sha256:")
        if digest:
            told = f"账簿摘要 Ledger digest  {digest[:16]}…" if len(digest) > 16 else digest
            sheet.text(left, base, self.faces.clean(told), 6.6, colour=GREY)
        ref = self.faces.clean(subject_of(self.statement))
        sheet.text((left + right) / 2, base, ref, 6.6, colour=GREY, align="centre")
        english = f"Page {number} of {self.count}"
        width = sheet.text(right, base, english, 6.6, colour=GREY, align="right")
        chinese = f"第 {number} 页 共 {self.count} 页"
        sheet.text(right - width - 5, base, chinese, 7.6, align="right")
