"""A plain table from any file, for lists that are no statements."""

from __future__ import annotations

from importers.cells import value_text
from importers.readers.grid import iter_rows, read_grids


def table_of(data: bytes, name: str) -> list[list[str]]:
    """Every row of the file as clean text cells; Refused if it holds no table."""
    return [[value_text(cell) for cell in row] for row in iter_rows(read_grids(data, name))]
