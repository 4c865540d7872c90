"""Statements printed to PDF as tables, through pdfplumber: text only, never a picture.

A bank that draws lines gives its table by them (ABC, BOC, BOCOM). Where there are none (CMB) the
words of the header say where the columns stand. A row is a printed line with a day in the column of
days; what is wrapped above or below belongs to the nearest row. A wrapped line that holds an amount
of its own is joined to none: it becomes a row without a day, which will be parked.

Turned text is a watermark and is left out. What stands outside the table keeps its words, for
account, period and balances are there.
"""

from __future__ import annotations

import io
import json
import math
import re
import resource
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from importers import dictionary as roles
from importers.cells import looks_like_number, parse_moment
from importers.header import Header, find_headers, role_of
from importers.readers.limits import Grid, bound_rows, locked, unreadable
from ledger import child
from ledger.errors import Finding, Refused

MOST_PAGES: Final = 600
_SECONDS: Final = 120
_LIMITS: Final = (
    (resource.RLIMIT_CPU, 100),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)
#: A small file that asks for much memory is a damaged one; of long statements each page takes some.
_LEAST_MEMORY: Final = 512 * 1024**2
_MOST_MEMORY: Final = 2 * 1024**3
_MEMORY_PER_BYTE: Final = 1000
# The same tree as ours, and nothing else from the environment.
_START: Final = (
    "import sys; sys.path[:0] = sys.argv[1:2]; from importers.readers import pdf; pdf.main()"
)
#: How far apart, in points, the words of one printed line may stand vertically.
_SAME_LINE: Final = 3.0
#: How far apart the edges of a heading and of a text that is set by it may be.
_ALIGNED: Final = 1.5
#: From this sine of its angle on a character is turned, and part of a watermark.
_TURNED: Final = 0.01
_VALUE: Final = re.compile("[0-9\u3400-\u9fff]")
_CHINESE: Final = re.compile("[\u3400-\u9fff]+")


def read_pdf(data: bytes, name: str, password: str | None = None) -> list[Grid]:
    """The table of a PDF statement; Refused if it is locked, broken, or holds no such table.

    It is read in a child process: what a broken file does to the library ends there.
    """
    head = json.dumps({"password": password or ""}).encode() + b"\n"
    try:
        answer = child.ask(
            ["-I", "-c", _START, str(Path(__file__).parents[2])], head + data, seconds=_SECONDS
        )
    except child.NoAnswer as fault:
        raise Refused(_fault("broken", name)) from fault
    if "fault" in answer:
        raise Refused(_fault(answer["fault"], name))
    return [Grid(name, bound_rows(answer["rows"], name))]


def _fault(what: str, name: str) -> Finding:
    if what == "locked":
        return locked(name)
    zh, en = {
        "pages": ("PDF 页数过多", "the PDF has too many pages"),
        "no-table": (
            "PDF 中没有可读的交易表格，可能是扫描件",
            "the PDF holds no table of transactions that can be read; it may be a scan",
        ),
    }.get(what, ("PDF 文件损坏", "the PDF file is broken"))
    return unreadable(name, zh, en)


# ---- in the child ------------------------------------------------------------------------------


def main() -> None:
    """Print ``{"rows": [...]}`` of the PDF on standard input, or ``{"fault": ...}``."""
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    memory = min(_MOST_MEMORY, _LEAST_MEMORY + _MEMORY_PER_BYTE * len(data))
    child.bound([*_LIMITS, (resource.RLIMIT_AS, memory)])
    json.dump(_answer(data, head["password"]), sys.stdout)


def _answer(data: bytes, password: str) -> dict[str, object]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data), password=password) as document:
            if len(document.pages) > MOST_PAGES:
                return {"fault": "pages"}
            rows = _Pages(document.pages).rows()
    except PDFPasswordIncorrect:
        return {"fault": "locked"}
    except PdfminerException as fault:
        wrong = any(isinstance(one, PDFPasswordIncorrect) for one in fault.args)
        return {"fault": "locked" if wrong else "broken"}
    return {"rows": rows} if rows else {"fault": "no-table"}


@dataclass
class _Line:
    """A printed line: its words from left to right, and where it stands."""

    top: float
    bottom: float
    words: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(word["text"] for word in self.words)


@dataclass
class _Row:
    """A row of the table: its own printed line, and what is wrapped above and below it."""

    line: _Line
    cells: list[str]
    wrapped: list[tuple[float, list[str]]] = field(default_factory=list)

    def gap(self, other: _Line) -> float:
        return abs(self.line.top - other.top)

    def cells_whole(self) -> list[str]:
        """Each cell's text, from the topmost printed line to the lowest."""
        printed = sorted([(self.line.top, self.cells), *self.wrapped], key=lambda one: one[0])
        return [_joined(cells[number] for _, cells in printed) for number in range(len(self.cells))]


class _Pages:
    """Gathers one table from all pages: what stands around it first, then header and rows."""

    def __init__(self, pages: Sequence[Any]) -> None:
        self._pages = pages
        self._around: list[list[str]] = []
        self._header: list[str] = []
        self._table: list[list[str]] = []
        self._columns: list[tuple[float, float]] = []

    def rows(self) -> list[list[str]]:
        pages = [page.filter(_is_upright) for page in self._pages]
        ruled = [self._take_ruled(page) for page in pages]
        if not any(ruled):
            for page in pages:
                self._take_printed(page)
        for page in self._pages:
            page.close()
        return [*self._around, self._header, *self._table] if self._header else []

    # ---- tables with lines ---------------------------------------------------------------------

    def _take_ruled(self, page: Any) -> bool:
        tables = page.find_tables()
        taken = False
        outside = page
        for table in tables:
            cells = [[_joined((cell or "").split("\n")) for cell in row] for row in table.extract()]
            if cells:
                cells[0] = [_heading(cell) for cell in cells[0]]
            if self._take_table(cells):
                taken = True
                left, top, right, bottom = table.bbox
                outside = outside.filter(_outside(left, top, right, bottom))
        if taken or self._header:
            self._around += [[line.text] for line in _lines(outside)]
        return taken

    def _take_table(self, cells: list[list[str]]) -> bool:
        headers = find_headers(cells)
        if headers:
            header = headers[0]
            self._header = self._header or header.cells
            self._around += [[" ".join(filter(None, row))] for row in cells[: header.row]]
            self._table += cells[header.row + header.height :]
            return True
        if self._header and cells and len(cells[0]) == len(self._header):
            self._table += cells  # goes on from the page before
            return True
        return False

    # ---- tables without lines ------------------------------------------------------------------

    def _take_printed(self, page: Any) -> None:
        lines = _lines(page)
        place, header = _header_in(lines)
        if header is not None:
            self._header = self._header or header.cells
            self._columns = [(word["x0"], word["x1"]) for word in lines[place].words]
            self._dates = header.columns[roles.DATE][0]
            self._amounts = [number for role in (roles.AMOUNT, roles.IN, roles.OUT)
                             for number in header.columns.get(role, ())]  # fmt: skip
            # Below the heading it may be said again in English.
            below = place + 1
            while below < len(lines) and not _VALUE.search(lines[below].text):
                below += 1
            self._around += [[line.text] for line in [*lines[:place], *lines[place + 1 : below]]]
            lines = lines[below:]
        if not self._header:
            self._around += [[line.text] for line in lines]
            return
        rows = [(line, self._cells(line)) for line in lines]
        anchors = [_Row(line, cells) for line, cells in rows if self._is_row(cells)]
        pitch = _pitch([row.line for row in anchors])
        for line, cells in rows:
            if self._is_row(cells):
                continue
            near = min(anchors, key=lambda row: row.gap(line), default=None)
            if any(looks_like_number(cells[number]) for number in self._amounts if cells[number]):
                anchors.append(_Row(line, cells))
            elif near is not None and near.gap(line) < pitch:
                near.wrapped.append((line.top, cells))
            else:
                self._around.append([line.text])
        anchors.sort(key=lambda row: row.line.top)
        self._table += [row.cells_whole() for row in anchors]

    def _is_row(self, cells: list[str]) -> bool:
        return parse_moment(cells[self._dates]) is not None

    def _cells(self, line: _Line) -> list[str]:
        """The line's words in the columns that they stand under."""
        cells = [""] * len(self._columns)
        for word in line.words:
            number = min(range(len(self._columns)), key=lambda n: _distance(self._columns[n], word))
            cells[number] = _joined([cells[number], word["text"]])
        return cells


def _is_upright(thing: dict[str, Any]) -> bool:
    if thing["object_type"] != "char":
        return True
    _, up, across, *_ = thing["matrix"]
    return bool(abs(up) < _TURNED and abs(across) < _TURNED)


def _heading(cell: str) -> str:
    """A heading that says its word in two languages, by the Chinese one."""
    chinese = "".join(_CHINESE.findall(cell))
    return chinese if role_of(cell) is None and role_of(chinese) else cell


def _outside(left: float, top: float, right: float, bottom: float) -> Any:
    def keep(thing: dict[str, Any]) -> bool:
        middle = (thing["top"] + thing["bottom"]) / 2
        across = (thing["x0"] + thing["x1"]) / 2
        return not (top <= middle <= bottom and left <= across <= right)

    return keep


def _lines(page: Any) -> list[_Line]:
    """The page's words as printed lines, from top to bottom."""
    lines: list[_Line] = []
    words = page.extract_words(x_tolerance=2, y_tolerance=2, keep_blank_chars=False)
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        if lines and abs(lines[-1].bottom - word["bottom"]) < _SAME_LINE:
            lines[-1].words.append(word)
        else:
            lines.append(_Line(word["top"], word["bottom"], [word]))
    for line in lines:
        line.words.sort(key=lambda word: word["x0"])
    return lines


def _header_in(lines: list[_Line]) -> tuple[int, Header | None]:
    for place, line in enumerate(lines):
        found = find_headers([[word["text"] for word in line.words]])
        if found:
            return place, found[0]
    return 0, None


def _pitch(anchors: list[_Line]) -> float:
    """How far from its row a wrapped line may stand: less than the least distance of rows."""
    gaps = [below.top - above.top for above, below in pairwise(anchors)]
    height = max((line.bottom - line.top for line in anchors), default=10.0)
    return max(min(gaps, default=height * 2), height * 1.6)


def _joined(parts: Iterable[str]) -> str:
    """Parts of one cell as one text: Chinese runs on, Latin words stay apart."""
    whole = ""
    for part in parts:
        text = part.strip()
        if not text:
            continue
        wide = whole and unicodedata.east_asian_width(whole[-1]) in "WF"
        glued = not whole or wide or unicodedata.east_asian_width(text[0]) in "WF"
        whole += text if glued else f" {text}"
    return whole


def _distance(column: tuple[float, float], word: dict[str, Any]) -> float:
    """How far a word stands from a column's heading; less than zero where they belong together."""
    if abs(column[0] - word["x0"]) < _ALIGNED or abs(column[1] - word["x1"]) < _ALIGNED:
        return -math.inf
    return float(max(column[0], word["x0"]) - min(column[1], word["x1"]))
