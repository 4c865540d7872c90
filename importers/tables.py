"""Plain tables from any file, for lists that are no statements."""

from __future__ import annotations

from importers.cells import value_text
from importers.readers.grid import read_grids


def tables_of(data: bytes, name: str) -> list[list[list[str]]]:
    """Each table of the file as rows of clean text cells; Refused if it holds none."""
    return [
        [[value_text(cell) for cell in row] for row in grid.rows] for grid in read_grids(data, name)
    ]


def table_of(data: bytes, name: str) -> list[list[str]]:
    """The rows of all tables of the file, one below the other."""
    return [row for table in tables_of(data, name) for row in table]
