"""Plain tables from any file, for lists that are no statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

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


def rows_below(
    cells: list[list[str]],
    columns: Mapping[str, Collection[str]],
    fits: Callable[[Collection[str]], bool],
    most: int,
) -> list[tuple[int, dict[str, str]]] | None:
    """The rows below the first header that ``fits``, with their numbers; None if there is none.

    ``columns`` are the words that name each column; ``fits`` is asked of the columns that a header
    names. A row has a text for every column, empty where it says nothing; blank rows are left out.
    """
    for place, row in enumerate(cells):
        heads = ["".join(cell.split()).lower() for cell in row]
        at = {
            name: next((heads.index(word) for word in words if word in heads), None)
            for name, words in columns.items()
        }
        if not fits([name for name, column in at.items() if column is not None]):
            continue
        found = []
        for number, body in enumerate(cells[place + 1 : place + 1 + most], start=place + 2):
            said = {
                name: body[column].strip() if column is not None and column < len(body) else ""
                for name, column in at.items()
            }
            if any(said.values()):
                found.append((number, said))
        return found
    return None
