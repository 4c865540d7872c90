"""Where the table of an unknown statement stands: its header, its rows, and their days.

The header is that which the dictionary knows, or a row of words above rows with a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Final

from importers import dictionary as roles
from importers.cells import folded, looks_like_number, parse_moment, reads_day_first, value_text
from importers.header import find_headers, role_of, two_lines
from importers.readers.grid import Grid
from importers.wizard_modes import Sheet
from ledger.errors import Refused, finding

_LOOKED_AT: Final = 200


def table_of(grids: Sequence[Grid], name: str, day: str) -> Sheet:
    """The first table with a header, found by words where the dictionary has them, or by values.

    ``day`` is the word of the column of days, if a person has said it.
    """
    for number, grid in enumerate(grids):
        for header in find_headers(grid.rows):
            above = header.row + header.height
            if sheet := _sheet(header.cells, grid.rows[above:], grid.sheet, day):
                return replace(sheet, grid=number, above=above)
    for number, grid in enumerate(grids):
        for place, row in enumerate(grid.rows[:_LOOKED_AT]):
            if not _is_words(row):
                continue
            for cells, height in ((two_lines(grid.rows, place), 2), (row, 1)):
                above = place + height
                if cells and (sheet := _sheet(cells, grid.rows[above:], grid.sheet, day)):
                    return replace(sheet, grid=number, above=above)
    raise Refused(
        finding(
            "no-header",
            "找不到表头：没有一行文字，其下各行都有日期与数字",
            "no header found: no row of words above rows that have a day and a number",
            "确认导出的是交易明细",
            "check that it is a list of transactions",
            file=name,
        )
    )


def _is_words(row: Sequence[str]) -> bool:
    said = [cell for cell in row if folded(cell)]
    return len(said) >= 3 and not any(
        looks_like_number(cell) or parse_moment(cell, day_first=True) for cell in said
    )


def _is_day(cell: str, serials: bool) -> bool:
    """Whether a cell may be a day, in whichever order it is written."""
    return any(parse_moment(cell, day_first=order, serials=serials) for order in (True, False))


def _has_two(row: Sequence[str]) -> bool:
    """Whether at least two cells of a row say something."""
    return sum(1 for _ in islice(filter(value_text, row), 2)) == 2


def _sheet(
    cells: Sequence[str], below: Sequence[list[str]], serials: bool, day: str
) -> Sheet | None:
    """The rows below a header with their days; None if the first of them is no such row."""
    named = {number: role for number, cell in enumerate(cells) if (role := role_of(cell))}
    # A total or a remark below the rows is one cell; it has no day, and needs none.
    top = next((row for row in below if _has_two(row)), [])
    if not any(_is_day(cell, serials) for cell in top):
        return None  # as of most rows of words: no day stands below them
    body = [row for row in below if _has_two(row)]
    called = [number for number, role in named.items() if role == roles.DATE]
    wanted = [number for number, cell in enumerate(cells) if day and folded(cell) == folded(day)]
    free = [number for number in range(len(cells)) if number not in named]
    is_open = False
    if days := _days_of(wanted or called, body, serials):
        column = next(iter(days))
    elif not day and (days := _days_of(free, body, serials=False)):
        # Statements run with their days, or against them; of two columns that do not, neither.
        running = {n: found for n, found in days.items() if _runs(found)} or days
        column = next(iter(running))
        is_open = len({tuple(found) for found in running.values()}) > 1
    else:
        return None
    named = {number: roles.TIME if role == roles.DATE else role for number, role in named.items()}
    named |= dict.fromkeys(days, roles.TIME)
    named[column] = roles.DATE
    kept = [
        (found, row) for found, row in zip(days[column], body, strict=True) if found is not None
    ]
    return Sheet(cells, [one for one, _ in kept], [row for _, row in kept], named, is_open)


def _days_of(
    columns: Sequence[int], body: Sequence[list[str]], serials: bool
) -> dict[int, list[date | None]]:
    """The columns in which days stand from the top on, in most rows, with the days of all rows."""
    found: dict[int, list[date | None]] = {}
    for number in columns:
        top = body[0][number] if body and number < len(body[0]) else ""
        if not _is_day(top, serials):
            continue
        said = [row[number] if number < len(row) else "" for row in body]
        first = reads_day_first(said)
        moments = [parse_moment(cell, day_first=first, serials=serials) for cell in said]
        days = [None if moment is None else moment.day for moment in moments]
        if days and days[0] is not None and 2 * sum(one is not None for one in days) > len(days):
            found[number] = days
    return found


def _runs(days: Sequence[date | None]) -> bool:
    known = [one for one in days if one is not None]
    return sorted(known) in (known, known[::-1])
