"""Spreadsheets, XLSX and XLS, with or without a password."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any, Final

from importers.cells import parse_moment
from importers.readers.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Grid,
    bound_rows,
    locked,
    unreadable,
)
from ledger import child
from ledger.errors import Refused

_CHILD: Final = Path(__file__).with_name("sheet_child.py")
_SECONDS: Final = 90
_MOST_SHEETS: Final = 40
_CHUNK: Final = 1024 * 1024
# A cell that holds something; one that has no more than a style closes itself.
_CELL: Final = re.compile(rb'<(?:[A-Za-z0-9]+:)?c\b[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*?(?<!/)>')


def decrypted(data: bytes, name: str, password: str | None) -> bytes:
    """An OLE2 file without its password; as it is where it has none."""
    import msoffcrypto

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not office.is_encrypted():
            return data
        if not password:
            raise Refused(locked(name))
        office.load_key(password=password)
        plain = io.BytesIO()
        office.decrypt(plain)
    except Refused:
        raise
    except Exception as fault:
        if "password" in str(fault).casefold() or "key" in str(fault).casefold():
            raise Refused(locked(name)) from fault
        return data
    return plain.getvalue()


def read_sheets(data: bytes, name: str) -> list[Grid]:
    """Every sheet that holds anything, hidden ones and hidden rows too."""
    _bound_extent(data, name)
    sheets = _opened(data, name)
    if len(sheets) > _MOST_SHEETS:
        raise Refused(unreadable(name, "工作表过多", "it has too many sheets"))
    several = len(sheets) > 1
    grids = [
        Grid(
            f"{name}/{sheet['name']}" if several else name,
            _rows(sheet["rows"], sheet["merged"], name),
            sheet=True,
        )
        for sheet in sheets
    ]
    grids = [grid for grid in grids if any(cell for row in grid.rows for cell in row)]
    if not grids:
        raise Refused(unreadable(name, "电子表格为空", "the spreadsheet is empty"))
    return grids


def _opened(data: bytes, name: str) -> list[dict[str, Any]]:
    broken = unreadable(name, "电子表格损坏", "the spreadsheet is broken")
    try:
        found: list[dict[str, Any]] = child.ask(["-I", str(_CHILD)], data, seconds=_SECONDS)
    except child.NoAnswer as fault:
        raise Refused(broken) from fault
    return found


def _bound_extent(data: bytes, name: str) -> None:
    """Refuse a workbook whose cells lie so far out that a table of them fits no memory.

    The dimension that a sheet states may be wrong either way; where its cells stand is asked.
    """
    if not data.startswith(b"PK"):
        return  # XLS: at most 65,536 rows of 256 cells
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
                    with archive.open(info) as file:
                        rows, columns = _extent(file)
                    if columns > MOST_COLUMNS or rows > MOST_ROWS or rows * columns > MOST_CELLS:
                        raise Refused(
                            unreadable(name, "工作表过大", "a sheet is larger than any statement")
                        )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as fault:
        raise Refused(unreadable(name, "电子表格损坏", "the spreadsheet is broken")) from fault


def _extent(file: Any) -> tuple[int, int]:
    rows = columns = 0
    tail = b""
    while chunk := file.read(_CHUNK):
        text = tail + chunk
        for letters, digits in _CELL.findall(text):
            rows = max(rows, int(digits[:8]))
            columns = max(columns, _column(letters[:4]))
        tail = text[-200:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(rows: list[list[str]], merged: list[Any], name: str) -> list[list[str]]:
    bound_rows(rows, name)
    for (top, left), (bottom, right) in merged:
        # A day that stands once beside all its rows; amounts are never repeated.
        if left == right and top < bottom < len(rows) and left < len(rows[top]):
            day = rows[top][left]
            if parse_moment(day) is not None:
                for row in rows[top + 1 : bottom + 1]:
                    row[left] = row[left] or day
    return rows
