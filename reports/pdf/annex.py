"""The annex: for each figure the vouchers behind it, with a way back to the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import Words
from ledger.money import Money
from reports.pdf.faces import Faces
from reports.pdf.grid import Links, annex_key, line_key
from reports.pdf.lines import break_text
from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, MM, TINT, Sheet
from reports.pdf.structure import HEADER, Element, cell
from reports.pdf.table import A4, MARGIN
from reports.statement import Backing, VoucherLine

TITLE: Final = Words("附页：数字背后的凭证", "Annex: the vouchers behind the figures")
_ROW: Final = 23.0
_SHORT_ROW: Final = 15.0
_HEAD: Final = 29.0
_COLUMNS_HEAD: Final = 20.0
_GAP: Final = 15.0
_SIZE: Final = 8.2
_SMALL: Final = 6.4
_COLUMN: Final = cell(scope="Column")
_ACROSS: Final = cell(scope="Row", span=4)
_ALL: Final = cell(span=6)
_PAPERS: Final = 2  # printed for a voucher; the rest is counted
_COLUMNS: Final = (  # label, width, alignment, distance of the text from the left edge
    (Words("凭证号", "Voucher"), 33 * MM, "left", 3.0),
    (Words("日期", "Date"), 19 * MM, "left", 3.0),
    (Words("摘要、科目", "Narration, account"), 59 * MM, "left", 3.0),
    (Words("资金", "Fund"), 15 * MM, "left", 3.0),
    (Words("金额", "Amount"), 29 * MM, "right", 3.0),
    (Words("原始单据", "Papers"), 25 * MM, "left", 8.0),
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one page shows of one entry: postings ``start`` to ``stop``, and its ends."""

    entry: int
    start: int
    stop: int
    opens: bool
    ends: bool


def lay_out(annex: Sequence[Backing], room: float) -> list[list[Part]]:
    """The entries on pages with ``room`` points each, in order; many short ones share a page."""
    done: list[list[Part]] = []
    page: list[Part] = []
    left = room
    for entry, backing in enumerate(annex):
        count, start = len(backing.postings), 0
        while True:
            fixed = _HEAD + _COLUMNS_HEAD + (_SHORT_ROW if start == 0 else 0.0)
            tail = _SHORT_ROW * (1 + (backing.more > 0)) + _GAP
            fits = max(int((left - fixed) // _ROW), 0)
            rest = count - start
            if rest <= fits and fixed + rest * _ROW + tail <= left:
                page.append(Part(entry, start, count, start == 0, ends=True))
                left -= fixed + rest * _ROW + tail
                break
            if page and (fits < 2 or rest < 3):
                done.append(page)
                page, left = [], room
                continue
            stop = start + min(fits, rest - 1)  # the closing line is not left alone
            page.append(Part(entry, start, stop, start == 0, ends=False))
            done.append(page)
            page, left, start = [], room, stop
    return [*done, page] if page else done


#: The section and the table of each entry that was begun, by the entry's place.
Begun = dict[int, tuple[Element | None, Element | None]]


def draw_parts(
    sheet: Sheet,
    annex: Sequence[Backing],
    parts: Sequence[Part],
    top: float,
    links: Links,
    begun: Begun,
) -> None:
    """Draws what one page shows; ``begun`` keeps what goes on with the next."""
    for part in parts:
        backing = annex[part.entry]
        if part.opens:
            sheet.mark(annex_key(part.entry), top + 12)
            section = sheet.section()
            with sheet.within(section):
                _draw_heading(sheet, backing, part, top, links)
                _draw_way_back(sheet, part, top, links)
                begun[part.entry] = section, sheet.table()
        else:
            with sheet.within(HEADER):
                _draw_heading(sheet, backing, part, top, links)
            with sheet.within(begun[part.entry][0]):
                _draw_way_back(sheet, part, top, links)
        _, table = begun[part.entry]
        top -= _HEAD - 3
        with sheet.head_of(table), sheet.element("TR"):
            top = _draw_columns_head(sheet, top, MARGIN, A4[0] - MARGIN)
        with sheet.body_of(table):
            top = _draw_part(sheet, backing, part, top) - _GAP


def _draw_part(sheet: Sheet, backing: Backing, part: Part, y: float) -> float:
    left, right = MARGIN, A4[0] - MARGIN
    if part.opens and backing.opening is not None:
        y = _draw_sum(sheet, backing.opening_label, backing.opening, y)
    elif part.opens:
        y = _draw_note(sheet, _count(backing), y)
    for posting in backing.postings[part.start : part.stop]:
        y = _draw_posting(sheet, posting, y)
    if part.ends:
        if backing.more:
            more = f"{backing.more:,}"
            words = f"另有 {more} 笔，{backing.rest.zh}·{more} more: {backing.rest.en}"
            y = _draw_note(sheet, words, y)
        if backing.closing is not None:
            y = _draw_sum(sheet, closing_words(backing), backing.closing, y, bold=True)
    sheet.rule(left, y, right, y, width=0.8, colour=INK)
    return y


def closing_words(backing: Backing) -> Words:
    """A balance closes, a flow adds up."""
    return Words("合计", "Total") if backing.opening is None else Words("期末余额", "Closing")


def _count(backing: Backing) -> str:
    count = len(backing.postings) + backing.more
    return f"共 {count:,} 笔·{count:,} posting{'' if count == 1 else 's'}"


def _draw_heading(sheet: Sheet, backing: Backing, part: Part, top: float, links: Links) -> None:
    left, right = MARGIN, A4[0] - MARGIN
    clean = sheet.faces.clean
    number = str(part.entry + 1)
    width = sheet.faces.width(_way_back(part, links), 7.2)
    with sheet.element("H3"):
        x = left + sheet.text(left, top - 10, number, 11, bold=True, colour=ACCENT) + 7
        room = right - width - 14 - x
        zh = break_text(sheet.faces, clean(backing.label.zh), 10, room, bold=True, most=1)
        for text in zh:
            x += sheet.text(x, top - 10, text, 10, bold=True) + 6
        more = "" if part.opens else "（续 continued）"
        english = clean(backing.label.en) + more
        for text in break_text(sheet.faces, english, 7, right - width - 14 - x, most=1):
            sheet.text(x, top - 10, text, 7, colour=GREY, lang="en")
    with sheet.element("P"):
        for text in break_text(sheet.faces, clean(backing.ref), 7, right - left, most=1):
            sheet.text(left, top - 21, text, 7, colour=GREY)


def _way_back(part: Part, links: Links) -> str:
    page = links.line_pages.get(part.entry, 1)
    return f"回第 {page} 页·Back to page {page}"


def _draw_way_back(sheet: Sheet, part: Part, top: float, links: Links) -> None:
    right, back = A4[0] - MARGIN, _way_back(part, links)
    with sheet.element("P"), sheet.element("Link"):
        width = sheet.text(right, top - 10, back, 7.2, colour=ACCENT, align="right")
        target = line_key(part.entry) if part.entry in links.marked else "statement"
        sheet.link(target, right - width - 4, top - 14, right + 2, top, back)


def _draw_columns_head(sheet: Sheet, top: float, left: float, right: float) -> float:
    bottom = top - _COLUMNS_HEAD
    sheet.tint(left, bottom, right - left, _COLUMNS_HEAD, TINT)
    sheet.rule(left, top, right, top, width=0.8, colour=INK)
    sheet.rule(left, bottom, right, bottom, width=0.4, colour=INK)
    for label, width, align, inset in _COLUMNS:
        x = left + width - inset if align == "right" else left + inset
        with sheet.element("TH", _COLUMN):
            sheet.text(x, top - 8.6, label.zh, 7.6, bold=True, align=align)
            sheet.text(x, top - 16.2, label.en, 5.8, colour=GREY, align=align, lang="en")
        left += width
    return bottom


def _draw_posting(sheet: Sheet, posting: VoucherLine, top: float) -> float:
    faces, bottom = sheet.faces, top - _ROW
    x = MARGIN
    middle = top - _ROW / 2 - _SIZE * 0.36
    upper, lower = top - 9.8, top - 18.8
    widths = [width for _, width, _, _ in _COLUMNS]
    with sheet.element("TR"):
        with sheet.element("TD"):
            _draw_fitting(sheet, x + 3, middle, posting.number, _SIZE, widths[0] - 6)
        x += widths[0]
        with sheet.element("TD"):
            sheet.text(x + 3, middle, posting.day.isoformat(), _SIZE)
        x += widths[1]
        with sheet.element("TD"):
            _draw_fitting(sheet, x + 3, upper, posting.narration, _SIZE, widths[2] - 6)
            _draw_fitting(sheet, x + 3, lower, posting.account, _SMALL, widths[2] - 6, grey=True)
        x += widths[2]
        with sheet.element("TD"):
            _draw_fitting(sheet, x + 3, middle, posting.fund, _SIZE, widths[3] - 6)
        x += widths[3] + widths[4]
        amount = posting.amount.grouped
        size = min(_SIZE, _SIZE * (widths[4] - 6) / max(faces.width(amount, _SIZE), 1.0))
        with sheet.element("TD"):
            sheet.text(x - 3, middle, amount, round(size, 2), align="right")
        lines = _papers(posting.papers)
        y = middle if len(lines) == 1 else upper
        x += 5
        with sheet.element("TD"):
            for text in lines:
                _draw_fitting(sheet, x + 3, y, text, _SMALL + 0.4, widths[5] - 9, grey=True)
                y -= 9
    sheet.rule(MARGIN, bottom, A4[0] - MARGIN, bottom, width=0.3, colour=HAIR)
    return bottom


def _papers(papers: Sequence[str]) -> list[str]:
    """The first digits of each paper's digest, enough for ``mingbai show sha256:…``."""
    shown = [paper.removeprefix("sha256:")[:12] for paper in papers[:_PAPERS]]
    if len(papers) > _PAPERS:
        shown[-1] += f" +{len(papers) - _PAPERS}"
    return shown


def _draw_fitting(
    sheet: Sheet, x: float, y: float, text: str, size: float, room: float, *, grey: bool = False
) -> None:
    """One line, set a little smaller where that makes it fit, else cut with an ellipsis."""
    faces: Faces = sheet.faces
    text = faces.clean(text)
    width = faces.width(text, size)
    if width > room:
        size = round(max(size * room / width - 0.005, size * 0.8), 2)
    for line in break_text(faces, text, size, room, most=1):
        sheet.text(x, y, line, size, colour=GREY if grey else INK)


def _draw_sum(
    sheet: Sheet, label: Words, amount: Money, top: float, *, bold: bool = False
) -> float:
    bottom = top - _SHORT_ROW
    base = bottom + 4.6
    edge = MARGIN + sum(width for _, width, _, _ in _COLUMNS[:5]) - 3
    with sheet.element("TR"):
        with sheet.element("TH", _ACROSS):
            x = MARGIN + sheet.text(MARGIN + 3, base, label.zh, _SIZE, bold=bold) + 8
            sheet.text(x, base, label.en, _SMALL, colour=GREY, lang="en")
        with sheet.element("TD"):
            sheet.text(edge, base, amount.grouped, _SIZE, bold=bold, align="right")
        with sheet.element("TD"):
            pass
    sheet.rule(MARGIN, bottom, A4[0] - MARGIN, bottom, width=0.3, colour=HAIR)
    return bottom


def _draw_note(sheet: Sheet, text: str, top: float) -> float:
    bottom = top - _SHORT_ROW
    with sheet.element("TR"), sheet.element("TD", _ALL):
        sheet.text(MARGIN + 3, bottom + 4.8, text, 7, colour=GREY)
    sheet.rule(MARGIN, bottom, A4[0] - MARGIN, bottom, width=0.3, colour=HAIR)
    return bottom
