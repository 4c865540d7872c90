"""A statement's table as rows of measured text: column widths, paper, heights, pages.

Nothing is drawn here. Figures are never cut: their columns are as wide as the widest, and where
they do not fit the paper is turned, then A3, then the type is set smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from ledger.errors import Words
from ledger.money import Money
from reports.pdf.faces import Faces
from reports.pdf.lines import break_text
from reports.pdf.sheet import MM
from reports.statement import COUNT, MONEY, Cell, Column, Line, Statement, hours_text

A4: Final = (210 * MM, 297 * MM)
A4_WIDE: Final = (297 * MM, 210 * MM)
A3_WIDE: Final = (420 * MM, 297 * MM)
MARGIN: Final = 15 * MM

SIZE: Final = 9.0
ENGLISH: Final = 6.4
LEADING: Final = 11.5
ENGLISH_LEADING: Final = 8.2
PAD: Final = 4.0  # left and right of a cell
INDENT: Final = 11.0
_SCALES: Final = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
_CROWDED: Final = 1.15  # of upright paper, from where on a table is turned
_MOST_LINES: Final = 6  # of one cell of text
_LONG_TABLE: Final = 60  # lines from which on English stands beside the Chinese, if there is room

CODE: Final = "#code"
LABEL: Final = "#label"
ANNEX: Final = "#annex"


@dataclass(frozen=True, slots=True)
class Setting:
    """Points above and below each cell; and whether English may stand beside the Chinese."""

    padding: float
    beside: bool = False


#: From generous to tight.
SETTINGS: Final = (
    Setting(4.0),
    Setting(3.0),
    Setting(2.2),
    Setting(4.0, beside=True),
    Setting(3.0, beside=True),
    Setting(2.0, beside=True),
)

BOLD_STYLES: Final = frozenset({"heading", "subtotal", "total"})


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the printed table; widths in points at the scale of the plan."""

    key: str
    label: Words
    kind: str
    share: float
    least: float
    natural: float
    width: float = 0.0

    @property
    def align(self) -> str:
        if self.key == ANNEX:
            return "centre"
        return "right" if self.kind in (MONEY, COUNT) else "left"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the statement as printed: per field its lines of text, and the height."""

    line: Line
    texts: tuple[tuple[str, ...], ...]
    english: tuple[str, ...]
    height: float
    beside: bool

    @property
    def bold(self) -> bool:
        return self.line.style in BOLD_STYLES


@dataclass(frozen=True, slots=True)
class Plan:
    """Paper, scale, fields and rows of one table."""

    paper: tuple[float, float]
    scale: float
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]
    head: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    head_height: float

    @property
    def width(self) -> float:
        return sum(field.width for field in self.fields)


def cell_text(cell: Cell, currency: str) -> str:
    """A cell as people read it. Money of another currency than the statement's names it."""
    match cell:
        case None:
            return ""
        case Money():
            return cell.grouped if cell.currency == currency else f"{cell.grouped} {cell.currency}"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case timedelta():
            return hours_text(cell)
        case int():
            return f"{cell:,}"
        case _:
            return cell


def plan(
    statement: Statement, faces: Faces, *, with_annex: bool, setting: Setting = SETTINGS[0]
) -> Plan:
    """Chooses paper, scale and widths, and sets every line."""
    texts = [
        tuple(faces.clean(cell_text(cell, statement.currency)) for cell in line.cells)
        for line in statement.lines
    ]
    wanted = list(_fields(statement, texts, faces, with_annex=with_annex))
    paper, scale = _paper(wanted)
    fields = tuple(_share_out(wanted, paper[0] - 2 * MARGIN, scale))
    wished = setting.beside or len(statement.lines) > _LONG_TABLE
    beside = wished and _fits_beside(statement, fields, faces, scale)
    padding = setting.padding
    rows = tuple(
        _row(line, cells, fields, faces, scale, padding, beside=beside)
        for line, cells in zip(statement.lines, texts, strict=True)
    )
    head = tuple(_head_cell(field, faces, scale) for field in fields)
    tallest = max(len(zh) * LEADING + len(en) * ENGLISH_LEADING for zh, en in head)
    return Plan(paper, scale, fields, rows, head, (tallest + 2 * padding) * scale)


def code_of(line: Line) -> str:
    """The code as printed, which makes up a figure's reference; a heading has no figure."""
    return "" if line.style == "heading" else line.code


def pages(rows: Sequence[Row], first: float, others: float) -> list[list[Row]]:
    """The rows on pages with room for ``first`` and then ``others`` points of rows.

    A heading is not left alone at the foot of a page, nor a total on a page of its own. There is
    always at least one page.
    """
    done: list[list[Row]] = []
    page: list[Row] = []
    left = first
    for index, row in enumerate(rows):
        needed = row.height
        if row.line.style == "heading" and index + 1 < len(rows):
            needed += rows[index + 1].height
        if page and needed > left:
            done.append(page)
            page, left = [], others
        page.append(row)
        left -= row.height
    if done and all(row.line.style == "total" for row in page):
        page = [*_taken_along(done[-1]), *page]
    return [*done, page]


def _taken_along(page: list[Row]) -> list[Row]:
    """Takes the last rows off a page, and a heading that would then stand at its foot."""
    at = max(len(page) - 2, 1)
    while at > 1 and page[at - 1].line.style == "heading":
        at -= 1
    page[at:], taken = [], page[at:]
    return taken


def _fields(
    statement: Statement,
    texts: Sequence[tuple[str, ...]],
    faces: Faces,
    *,
    with_annex: bool,
) -> Iterator[Field]:
    if statement.label_column is not None:
        codes = max((faces.width(faces.clean(code_of(x)), 8) for x in statement.lines), default=0.0)
        if codes:
            # A hair more than the widest, lest rounding break it.
            width = min(max(codes, 18.0), 80.0) + 2 * PAD + 0.5
            yield Field(CODE, statement.code_label, "text", 0.0, width, width)
        labels = max(
            (
                faces.width(faces.clean(line.label.zh), SIZE, bold=True) + line.level * INDENT
                for line in statement.lines
                if line.style != "heading"
            ),
            default=0.0,
        )
        english = max(
            (faces.width(faces.clean(line.label.en), ENGLISH) for line in statement.lines),
            default=0.0,
        )
        natural = min(max(labels, english, 120.0), 300.0) + 2 * PAD
        yield Field(LABEL, statement.label_column, "text", 3.0, min(natural, 170.0), natural)
    for place, column in enumerate(statement.columns):
        yield _field(column, [row[place] for row in texts if len(row) > place], faces)
    if with_annex:
        yield Field(ANNEX, Words("附页", "Annex"), "text", 0.0, 36.0, 36.0)


def _field(column: Column, texts: Sequence[str], faces: Faces) -> Field:
    words = Words(faces.clean(column.label.zh), faces.clean(column.label.en))
    widest = max((faces.width(text, SIZE, bold=True) for text in set(texts)), default=0.0)
    head = max(faces.width(words.zh, SIZE, bold=True) / 2, faces.width(words.en, ENGLISH) / 2)
    if column.kind in ("text", "ref"):
        natural = min(max(widest, head, 40.0), 260.0)
        least = min(natural, 82.0 if column.kind == "ref" else 70.0)
        share = max(column.share, 0.1)
    else:
        # A heading goes on two lines, and no word of it is broken.
        word = max((faces.width(one, ENGLISH) for one in words.en.split()), default=0.0)
        natural = max(widest, head, word, 52.0 if column.kind == MONEY else 24.0)
        least, share = natural, 0.25 * max(column.share, 0.1)
    return Field(column.key, words, column.kind, share, least + 2 * PAD, natural + 2 * PAD)


def _paper(fields: Sequence[Field]) -> tuple[tuple[float, float], float]:
    least = sum(field.least for field in fields)
    natural = sum(field.natural for field in fields)
    upright = A4[0] - 2 * MARGIN
    if least <= upright and natural <= _CROWDED * upright:
        return A4, 1.0
    for paper in (A4_WIDE, A3_WIDE):
        if least <= paper[0] - 2 * MARGIN:
            return paper, 1.0
    room = A3_WIDE[0] - 2 * MARGIN
    for scale in _SCALES:
        if least * scale <= room:
            return A3_WIDE, scale
    return A3_WIDE, room / least


def _share_out(fields: Sequence[Field], room: float, scale: float) -> Iterator[Field]:
    """Every field its least; what is left first to those that want more, then by share."""
    widths = [field.least * scale for field in fields]
    left = max(room - sum(widths), 0.0)
    wants = [
        max(field.natural * scale - width, 0.0) for field, width in zip(fields, widths, strict=True)
    ]
    given = min(1.0, left / sum(wants)) if sum(wants) else 0.0
    widths = [width + want * given for width, want in zip(widths, wants, strict=True)]
    left = max(room - sum(widths), 0.0)
    shares = sum(field.share for field in fields)
    for field, width in zip(fields, widths, strict=True):
        more = left * field.share / shares if shares else left / len(fields)
        yield replace(field, width=round(width + more, 3))


def _fits_beside(statement: Statement, fields: Sequence[Field], faces: Faces, scale: float) -> bool:
    room = next((field.width for field in fields if field.key == LABEL), 0.0)
    return all(
        faces.width(faces.clean(line.label.zh), SIZE * scale, bold=line.style in BOLD_STYLES)
        + faces.width(faces.clean(line.label.en), ENGLISH * scale)
        + (line.level * INDENT + 6 + 2 * PAD) * scale
        <= room
        for line in statement.lines
        if line.style != "heading"
    )


def _row(
    line: Line,
    cells: tuple[str, ...],
    fields: Sequence[Field],
    faces: Faces,
    scale: float,
    padding: float,
    *,
    beside: bool,
) -> Row:
    bold = line.style in BOLD_STYLES
    size = SIZE * scale
    has_label = any(field.key == LABEL for field in fields)
    given = iter(cells)
    texts: list[tuple[str, ...]] = []
    english: tuple[str, ...] = ()
    heading = line.style == "heading"
    for field in fields:
        room = field.width - 2 * PAD * scale
        if field.key == CODE:
            texts.append(_code(faces.clean(code_of(line)), faces, scale, room))
        elif field.key == LABEL or (heading and not has_label and not texts):
            if heading:
                room = sum(f.width for f in fields if f.key != CODE) - 2 * PAD * scale
            room -= line.level * INDENT * scale
            label = faces.clean(line.label.zh)
            texts.append(tuple(break_text(faces, label, size, room, bold=bold)))
            words = faces.clean(line.label.en) if line.label.en != line.label.zh else ""
            english = tuple(break_text(faces, words, ENGLISH * scale, room, most=2))
            if field.key != LABEL:
                next(given, "")
        elif field.key == ANNEX:
            texts.append(())
        else:
            text = next(given, "")
            if field.kind in (MONEY, COUNT):
                texts.append((text,) if text else ())
            else:
                lines_of_text = break_text(faces, text, size, room, bold=bold, most=_MOST_LINES)
                texts.append(tuple(lines_of_text))
    beside = beside or heading
    stacked = 0.0 if beside else len(english) * ENGLISH_LEADING
    label_at = 1 if fields[0].key == CODE else 0
    heights = [
        len(text) * LEADING + (stacked if place == label_at else 0.0)
        for place, text in enumerate(texts)
    ]
    height = (max([LEADING, *heights]) + 2 * padding) * scale
    return Row(line, tuple(texts), english, round(height, 2), beside)


def _code(code: str, faces: Faces, scale: float, room: float) -> tuple[str, ...]:
    """A code of several parts breaks behind a dot, not inside one of them."""
    size = 8 * scale
    lines = [""]
    for part in re.findall(r"[^.]*[.]?", code):
        if lines[-1] and faces.width(lines[-1] + part, size) > room:
            lines.append("")
        lines[-1] += part
    return tuple(line for whole in lines for line in break_text(faces, whole, size, room))


def _head_cell(field: Field, faces: Faces, scale: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    room = field.width - 2 * PAD * scale
    label = faces.clean(field.label.zh)
    # 本月数·非限定性 breaks at its dot, not inside a word.
    fits = faces.width(label, SIZE * scale, bold=True) <= room
    zh = [
        line
        for part in ([label] if fits else label.split("·"))
        for line in break_text(faces, part, SIZE * scale, room, bold=True)
    ]
    en = break_text(faces, faces.clean(field.label.en), ENGLISH * scale, room)
    return tuple(zh), tuple(en)
