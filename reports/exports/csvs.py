"""Tables as CSV files (RFC 4180), row by row, so that no table is held in memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from ledger.money import fen_text
from reports.opendata import safe_cell

if TYPE_CHECKING:
    from pathlib import Path


_AMOUNT: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


class Rows(Protocol):
    """What a table's rows are given to."""

    def writerow(self, row: Iterable[object], /) -> object: ...


@contextmanager
def table(
    folder: Path, name: str, heads: Sequence[str], *, encoding: str = "utf-8", tabs: bool = False
) -> Iterator[Rows]:
    """A file of one table with one line of headings.

    A text that a spreadsheet would take for a formula is preceded by an apostrophe.
    With ``tabs``, values are parted by tabs and never quoted.
    """
    with (folder / name).open("w", encoding=encoding, newline="") as file:
        writer = (
            csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
            if tabs
            else csv.writer(file)
        )
        writer.writerow(heads)
        yield _Plain(writer)


class _Plain:
    """Rows whose words no spreadsheet takes for a formula; amounts stay what they are."""

    def __init__(self, writer: Rows) -> None:
        self._writer = writer

    def writerow(self, row: Iterable[object], /) -> object:
        return self._writer.writerow(
            text if not isinstance(text, str) or _AMOUNT.fullmatch(text) else safe_cell(text)
            for text in row
        )


def whole(
    folder: Path, name: str, heads: Sequence[str], rows: Iterable[Iterable[object]], *,
    encoding: str = "utf-8", always: bool = False,
) -> None:  # fmt: skip
    """A table that is written at once; one without rows is left out, unless ``always``."""
    rows = list(rows)
    if rows or always:
        with table(folder, name, heads, encoding=encoding) as file:
            for row in rows:
                file.writerow(row)


def amount(fen: int | None) -> str:
    """Yuan to the fen, ``-1234.50``; empty for nothing known."""
    return "" if fen is None else fen_text(fen)
