"""The child process that opens spreadsheets: a workbook on standard input, its cells as JSON out.

The library that reads workbooks answers damaged ones with panics and with allocations without
bound, which no exception handler sees. Here they end a process that has limits, and the parent
says that the file is broken. This file is run by its path and imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time
from typing import Any, Final

_LIMITS: Final = (
    (resource.RLIMIT_CPU, 60),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


# A small file that asks for much memory is a damaged one; large workbooks need it by their size.
_LEAST_MEMORY: Final = 448 * 1024**2
_MOST_MEMORY: Final = 3 * 1024**3
_MEMORY_PER_BYTE: Final = 100


def main() -> int:
    """Print ``[{"name", "rows", "merged"}, ...]``, hidden sheets and hidden rows included."""
    import python_calamine

    data = sys.stdin.buffer.read()
    for limit, value in _LIMITS:
        resource.setrlimit(limit, (value, value))
    memory = min(_MOST_MEMORY, _LEAST_MEMORY + _MEMORY_PER_BYTE * len(data))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [sheet.name for sheet in book.sheets_metadata if "WorkSheet" in str(sheet.typ)]
    json.dump([_sheet(name, book.get_sheet_by_name(name)) for name in names], sys.stdout)
    return 0


def _sheet(name: str, sheet: Any) -> dict[str, Any]:
    rows = [
        [cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)
    ]  # fmt: skip
    return {"name": name, "rows": rows, "merged": sheet.merged_cell_ranges or []}


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


if __name__ == "__main__":
    raise SystemExit(main())
