"""Draws the table of a statement: head, rows, rules, and the links of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports.pdf.sheet import ACCENT, GREY, HAIR, INK, PALE, TINT, Sheet
from reports.pdf.structure import Element, cell
from reports.pdf.table import (
    ANNEX,
    CODE,
    ENGLISH,
    ENGLISH_LEADING,
    INDENT,
    LABEL,
    LEADING,
    PAD,
    SIZE,
    Field,
    Plan,
    Row,
)
from reports.statement import MONEY, Line, Statement

_ASCENT: Final = 0.86  # of the type size, from the top of a line of text to its base line
_COLUMN: Final = cell(scope="Column")
_ROW: Final = cell(scope="Row")


class Links:
    """Which figure leads where: references to annex entries, and entries back to lines."""

    def __init__(self, statement: Statement) -> None:
        self.entries: dict[str, int] = {}
        for number, backing in enumerate(statement.annex):
            self.entries.setdefault(backing.ref, number)
        self.annex_pages: dict[int, int] = {}  # entry → page
        self.line_pages: dict[int, int] = {}  # entry → page of the figure that names it first
        self.marked: set[int] = set()  # entries whose first line has been drawn
        self._columns = [column.key for column in statement.columns]
        primary = statement.primary
        self._primary = None if primary is None else self._columns[primary]

    def entry_of(self, line: Line, key: str) -> int | None:
        """The annex entry behind one cell. The line's own reference is its primary figure's."""
        if key in line.refs:
            return self.entries.get(line.refs[key])
        if not line.ref:
            return None
        own = self.entries.get(f"{line.ref}/{key}")
        return self.entries.get(line.ref) if own is None and key == self._primary else own

    def entries_of(self, line: Line) -> list[int]:
        """The entries behind a line's cells, each once, in the order of the columns."""
        if not line.ref and not line.refs:
            return []
        found = (self.entry_of(line, key) for key in self._columns)
        return list(dict.fromkeys(entry for entry in found if entry is not None))


def annex_key(entry: int) -> str:
    return f"annex-{entry}"


def line_key(entry: int) -> str:
    """The mark at the line whose figure names ``entry`` first."""
    return f"line-{entry}"


def draw_grid(
    sheet: Sheet,
    plan: Plan,
    rows: Sequence[Row],
    top: float,
    left: float,
    links: Links,
    table: Element | None = None,
) -> float:
    """Draws head and rows from ``top`` down; returns where the table ends.

    ``table`` is the element that the rows belong to, on however many pages they stand.
    """
    right = left + plan.width
    with sheet.head_of(table), sheet.element("TR"):
        y = _draw_head(sheet, plan, top, left)
    edges = _edges(plan.fields, left)
    open_since: float | None = top
    for row in rows:
        if row.line.style == "heading":
            if open_since is not None:
                _verticals(sheet, edges, open_since, y)
            open_since = None
        elif open_since is None:
            open_since = y
        with sheet.body_of(table), sheet.element("TR"):
            _draw_row(sheet, plan, row, y, left, links)
        y -= row.height
        strong = row.line.style == "total"
        width, colour = (0.9, INK) if strong else (0.35, HAIR)
        sheet.rule(left, y, right, y, width=width, colour=colour)
    if open_since is not None:
        _verticals(sheet, edges, open_since, y)
    for edge in (left, right):
        sheet.rule(edge, y, edge, top, width=0.5, colour=INK)
    sheet.rule(left, y, right, y, width=1.0, colour=INK)
    return y


def _edges(fields: Sequence[Field], left: float) -> list[float]:
    edges = []
    for field in fields[:-1]:
        left += field.width
        edges.append(left)
    return edges


def _verticals(sheet: Sheet, edges: Sequence[float], top: float, bottom: float) -> None:
    if top > bottom:
        for edge in edges:
            sheet.rule(edge, bottom, edge, top, width=0.35, colour=HAIR)


def _draw_head(sheet: Sheet, plan: Plan, top: float, left: float) -> float:
    scale, bottom = plan.scale, top - plan.head_height
    sheet.tint(left, bottom, plan.width, plan.head_height, TINT)
    sheet.rule(left, top, left + plan.width, top, width=1.0, colour=INK)
    sheet.rule(left, bottom, left + plan.width, bottom, width=0.6, colour=INK)
    for field, (zh, en) in zip(plan.fields, plan.head, strict=True):
        height = (len(zh) * LEADING + len(en) * ENGLISH_LEADING) * scale
        x = _x(field, left, scale)
        y = top - (plan.head_height - height) / 2
        with sheet.element("TH", _COLUMN):
            for text in zh:
                base = y - SIZE * _ASCENT * scale - 1.0 * scale
                sheet.text(x, base, text, SIZE * scale, bold=True, align=field.align)
                y -= LEADING * scale
            for text in en:
                base, size = y - ENGLISH * _ASCENT * scale, ENGLISH * scale
                sheet.text(x, base, text, size, colour=GREY, align=field.align, lang="en")
                y -= ENGLISH_LEADING * scale
        left += field.width
    return bottom


def _x(field: Field, left: float, scale: float) -> float:
    if field.align == "right":
        return left + field.width - PAD * scale
    if field.align == "centre":
        return left + field.width / 2
    return left + PAD * scale


def _draw_row(sheet: Sheet, plan: Plan, row: Row, top: float, left: float, links: Links) -> None:
    scale, line = plan.scale, row.line
    bottom = top - row.height
    if line.style == "heading":
        sheet.tint(left, bottom, plan.width, row.height, TINT)
    elif row.bold:
        sheet.tint(left, bottom, plan.width, row.height, PALE)
    if line.style == "total":
        sheet.rule(left, top, left + plan.width, top, width=0.9, colour=INK)
    entries = links.entries_of(line)
    for entry in entries:
        if entry not in links.marked:
            links.marked.add(entry)
            sheet.mark(line_key(entry), top + 40)
    label_at = next((i for i, f in enumerate(plan.fields) if f.key != CODE), 0)
    for place, (field, texts) in enumerate(zip(plan.fields, row.texts, strict=True)):
        if line.style == "heading" and place > label_at:
            break  # it is as wide as the table
        if field.key == ANNEX:
            with sheet.element("TD"):
                _draw_annex_page(sheet, field, entries, top, bottom, left, scale, links)
        elif place == label_at and (field.key == LABEL or line.style == "heading"):
            wide = len(plan.fields) - place if line.style == "heading" else 1
            with sheet.element("TH", cell(scope="Row", span=wide) if wide > 1 else _ROW):
                _draw_label(sheet, row, texts, top, left, scale)
        else:
            behind = links.entry_of(line, field.key) if texts and field.kind == MONEY else None
            with sheet.element("TD"):
                if behind is None:
                    _draw_cell(sheet, field, row, texts, top, left, scale)
                else:
                    with sheet.element("Link"):
                        _draw_cell(sheet, field, row, texts, top, left, scale)
                        said = _leads_to(links.annex_pages[behind])
                        right = left + field.width
                        sheet.link(annex_key(behind), left, bottom, right, top, said)
        left += field.width


def _leads_to(page: int) -> str:
    return f"附页第 {page} 页 annex, page {page}"


def _draw_label(
    sheet: Sheet, row: Row, texts: Sequence[str], top: float, left: float, scale: float
) -> None:
    size, small = SIZE * scale, ENGLISH * scale
    leading, small_leading = LEADING * scale, ENGLISH_LEADING * scale
    x = left + (PAD + row.line.level * INDENT) * scale
    height = len(texts) * leading + (0 if row.beside else len(row.english) * small_leading)
    y = top - (row.height - height) / 2
    end = x
    for text in texts:
        base = y - size * _ASCENT - 0.9 * scale
        end = x + sheet.text(x, base, text, size, bold=row.bold)
        y -= leading
    if row.beside:
        for text in row.english[:1]:
            sheet.text(
                end + 6 * scale,
                y + leading - size * _ASCENT - 0.9 * scale,
                text,
                small,
                colour=GREY,
                lang="en",
            )
        return
    for text in row.english:
        sheet.text(x, y - small * _ASCENT, text, small, colour=GREY, lang="en")
        y -= small_leading


def _draw_cell(
    sheet: Sheet,
    field: Field,
    row: Row,
    texts: Sequence[str],
    top: float,
    left: float,
    scale: float,
) -> None:
    leading = LEADING * scale
    size, colour = (8.0 * scale, GREY) if field.key == CODE else (SIZE * scale, INK)
    y = top - (row.height - len(texts) * leading) / 2
    x = _x(field, left, scale)
    for text in texts:
        base = y - leading / 2 - size * 0.36
        bold = row.bold and field.key != CODE
        sheet.text(x, base, text, size, bold=bold, colour=colour, align=field.align)
        y -= leading


def _draw_annex_page(
    sheet: Sheet,
    field: Field,
    entries: Sequence[int],
    top: float,
    bottom: float,
    left: float,
    scale: float,
    links: Links,
) -> None:
    if not entries:
        return
    pages = [links.annex_pages[entry] for entry in entries]
    text = str(pages[0]) if pages[0] == pages[-1] else f"{pages[0]}–{pages[-1]}"
    base = (top + bottom) / 2 - 8 * 0.36 * scale
    with sheet.element("Link"):
        sheet.text(left + field.width / 2, base, text, 8 * scale, colour=ACCENT, align="centre")
        right, said = left + field.width, _leads_to(pages[0])
        sheet.link(annex_key(entries[0]), left, bottom, right, top, said)
