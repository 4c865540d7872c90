"""Spreadsheets, XLSX and XLS, with or without a password."""

from __future__ import annotations

import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
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
from ledger.errors import Refused

_MOST_SHEETS: Final = 40
_CHUNK: Final = 1024 * 1024
_CELL: Final = re.compile(rb'<(?:[A-Za-z0-9]+:)?(?:c|row)\b[^>]*?\br="([A-Z]*)([0-9]+)"')


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
    import python_calamine

    _bound_extent(data, name)
    try:
        with _quiet_panics():
            grids = _grids(python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)), name)
    except (python_calamine.CalamineError, OSError, ValueError) as fault:
        raise Refused(unreadable(name, "电子表格损坏", "the spreadsheet is broken")) from fault
    except BaseException as fault:
        # A panic of the Rust library is no Exception, but all it says is that the file is broken.
        if type(fault).__name__ != "PanicException":
            raise
        raise Refused(unreadable(name, "电子表格损坏", "the spreadsheet is broken")) from fault
    grids = [grid for grid in grids if any(cell for row in grid.rows for cell in row)]
    if not grids:
        raise Refused(unreadable(name, "电子表格为空", "the spreadsheet is empty"))
    return grids


def _grids(book: Any, name: str) -> list[Grid]:
    names = [
        sheet.name for sheet in book.sheets_metadata
        if str(sheet.typ).endswith("WorkSheet")
    ]  # fmt: skip
    if len(names) > _MOST_SHEETS:
        raise Refused(unreadable(name, "工作表过多", "it has too many sheets"))
    return [Grid(sheet, _rows(book.get_sheet_by_name(sheet), name), sheet=True) for sheet in names]


@contextmanager
def _quiet_panics() -> Iterator[None]:
    """Keep a panic's own report off the screen: the user is told by a finding."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
            if letters:
                columns = max(columns, _column(letters[:4]))
        tail = text[-200:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(sheet: Any, name: str) -> list[list[str]]:
    values = sheet.to_python(skip_empty_area=False)
    rows = bound_rows([[cell_text(cell) for cell in row] for row in values], name)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        # A day that stands once beside all its rows; amounts are never repeated.
        if left == right and top < bottom < len(rows) and left < len(rows[top]):
            day = rows[top][left]
            if parse_moment(day) is not None:
                for row in rows[top + 1 : bottom + 1]:
                    row[left] = row[left] or day
    return rows


def cell_text(cell: object) -> str:
    """A spreadsheet's value as it would be typed.

    Numbers stand as stored, but for two things: what is a whole number of fen but for the last
    bits of a sum is that number; and whole numbers of more than 15 digits, which no spreadsheet
    keeps, are written so that nobody takes them for the id they once were.

    >>> cell_text(0.1 + 0.2), cell_text(6222021001122334455.0)
    ('0.3', '6.222021001122e+18')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float) and abs(cell) >= 1e15:
        return f"{float(cell):.12e}"
    if isinstance(cell, float):
        near = round(cell, 2)
        exact = near if abs(cell - near) < 1e-7 else cell
        return str(int(exact)) if exact.is_integer() else repr(exact)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    return str(cell)
