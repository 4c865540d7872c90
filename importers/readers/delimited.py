"""Text in which something stands between cells: commas, tabs, semicolons, bars, or blanks."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from importers.cells import clean, parse_moment
from importers.header import find_headers
from importers.readers.limits import LONGEST_LINE, MOST_ROWS, bound_rows, unreadable
from ledger.errors import Refused

_DELIMITERS: Final = ",\t;|"
# A header stands near the top; no file needs to be cut in every way to its end to find it.
_SAMPLE_ROWS: Final = 400

csv.field_size_limit(LONGEST_LINE)


def read_delimited(text: str, name: str) -> list[list[str]]:
    """The rows of a text; the delimiter is the one under which a header makes most sense."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_ROWS:
        raise Refused(unreadable(name, "行数过多", "it has too many rows"))
    if max(map(len, lines)) > LONGEST_LINE:
        raise Refused(unreadable(name, "有过长的行", "it has lines longer than any statement's"))
    for sample in (lines[:_SAMPLE_ROWS], lines):
        known = {mark: _known(_cut(sample, mark)) for mark in _DELIMITERS if mark in text}
        best = max(known, key=lambda mark: known[mark], default=None)
        if best is not None and known[best]:
            return bound_rows(_cut(lines, best), name)
        by_blanks = [re.split(r" {2,}|\t", line.strip()) for line in sample]
        if find_headers(by_blanks):
            return bound_rows([re.split(r" {2,}|\t", line.strip()) for line in lines], name)
        if len(lines) <= _SAMPLE_ROWS:
            break
    # No statement, but perhaps another list: the mark that stands in most lines parts its cells.
    mark = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
    return bound_rows(_cut(lines, mark), name)


def _known(rows: list[list[str]]) -> int:
    return max((header.known for header in find_headers(rows)), default=0)


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        whole = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        whole = []
    if whole and not any(_swallows(cell, delimiter) for row in whole for cell in row):
        return whole
    # A stray quotation mark has swallowed rows: every line is read by itself.
    return [_one_line(line, delimiter) for line in lines]


def _one_line(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        row = line.split(delimiter)
    # An unclosed quotation mark makes the rest of the line one cell.
    return row if line.count('"') % 2 == 0 else [c.strip('"') for c in line.split(delimiter)]


def _swallows(cell: str, delimiter: str) -> bool:
    """True if a cell holds another row of the table, not just a remark of several lines."""
    if "\n" not in cell:
        return False
    return any(
        part.count(delimiter) > 3
        or (part.count(delimiter) > 1 and parse_moment(clean(part)[:24]) is not None)
        for part in cell.split("\n")[1:]
    )
