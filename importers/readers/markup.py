"""Tables in HTML, and in the XML of old spreadsheets: both are often named .xls."""

from __future__ import annotations

import re
from typing import Any

from importers.readers.limits import MOST_COLUMNS, Grid, bound_rows, unreadable
from ledger.errors import Refused

_ROW = ("row", "ss:row")
_CELL = ("cell", "ss:cell")
_STARTS = ("<html", "<!doctype html", "<table", "<?xml", "<meta", "<workbook")


def is_markup(text: str) -> bool:
    head = text[:4096].lstrip("\ufeff \t\r\n").casefold()
    return head.startswith(_STARTS) or "<table" in head


def read_markup(text: str, name: str) -> list[Grid]:
    """The tables of a page or of an XML spreadsheet, without entities and without network."""
    from lxml import etree, html

    try:
        # Huge trees are refused by the parser.
        parser = html.HTMLParser(no_network=True, huge_tree=False, recover=True)
        page = html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=parser)
        rows = _html_rows(page) or _xml_rows(page)
    except (etree.LxmlError, ValueError) as fault:
        raise Refused(unreadable(name, "网页表格损坏", "the HTML table is broken")) from fault
    if not rows:
        raise Refused(unreadable(name, "网页中没有表格", "the page holds no table"))
    return [Grid(name, bound_rows(rows, name))]


def _html_rows(page: Any) -> list[list[str]]:
    """The rows of all tables; a cell that spans columns is followed by blanks.

    A cell that spans rows says its text again below, or the cells there would be shifted; but an
    amount is not said twice.
    """
    rows = []
    hanging: dict[int, tuple[int, str]] = {}
    for line in page.iter("tr"):
        row: list[str] = []
        for cell in line:
            if cell.tag not in ("td", "th"):
                continue
            _hang(row, hanging)
            text = " ".join(part for part in map(str, cell.itertext()) if part)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(wide):
                if high > 1:
                    said = "" if re.fullmatch(r"\s*[¥￥+-]?[0-9,]+\.[0-9]+\s*", text) else text
                    hanging[len(row)] = high - 1, said if not offset else ""
                row.append(text if not offset else "")
        _hang(row, hanging)
        rows.append(row)
    return rows


def _hang(row: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Put what hangs down from the rows above into the row, where its next cell would be."""
    while len(row) in hanging:
        left, text = hanging.pop(len(row))
        if left > 1:
            hanging[len(row)] = left - 1, text
        row.append(text)


def _span(cell: Any, name: str) -> int:
    digits = str(cell.get(name) or "1").strip()
    return max(1, min(int(digits), MOST_COLUMNS)) if digits.isdigit() and len(digits) < 6 else 1


def _xml_rows(page: Any) -> list[list[str]]:
    """The rows of an XML spreadsheet of 2003, whose cells may leave others out.

    The page is gone through once, and a text belongs to the cell that is nearest around it: where
    damage has left rows open, each lies within all that stand before it.
    """
    from lxml import etree

    rows: list[list[list[str]]] = []
    open_rows: list[list[list[str]]] = []
    texts: list[list[str] | None] = [None]  # where a text goes that stands here
    for event, node in etree.iterwalk(page, events=("start", "end", "comment", "pi")):
        if event == "start":
            if node.tag in _ROW:
                rows.append([])
                open_rows.append(rows[-1])
                texts.append(None)
            elif node.tag in _CELL:
                texts.append(_next_cell(node, open_rows[-1]) if open_rows else None)
            if texts[-1] is not None and node.text:
                texts[-1].append(str(node.text))
            continue
        if node.tag in _ROW:
            open_rows.pop()
        if node.tag in _ROW or node.tag in _CELL:
            texts.pop()
        if texts[-1] is not None and node.tail:
            texts[-1].append(str(node.tail))
    return [["".join(cell).strip() for cell in row] for row in rows]


def _next_cell(node: Any, row: list[list[str]]) -> list[str]:
    """A new cell at the end of the row, or where its index says."""
    index = str(node.get("ss:index") or "")
    if index.isdigit() and len(index) < 5:
        row.extend([] for _ in range(min(int(index) - 1 - len(row), MOST_COLUMNS)))
    row.append([])
    return row[-1]
