"""A reader of square codes for tests: from the rectangles of a PDF's page to the text.

Small codes of one block only (versions 1 to 3 at level M), without correcting errors: what was
drawn has to be right. Source: ISO/IEC 18004, 7.3 to 7.10 and 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_BLACK = re.compile(
    rb"0\.000 0\.000 0\.000 rg ([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+) re f"
)  # fmt: skip


def squares(page: bytes) -> Iterator[list[list[bool]]]:
    """The modules of each code on a page, from above; codes stand clear of each other."""
    runs = [tuple(map(float, found)) for found in _BLACK.findall(page)]
    left: list[list[tuple[float, ...]]] = []
    for run in runs:
        # A code's runs are written together; a new code begins far from the last one.
        if left and abs(run[0] - left[-1][0][0]) < 100 and abs(run[1] - left[-1][0][1]) < 90:
            left[-1].append(run)
        else:
            left.append([run])
    for found in left:
        yield _modules(found)


def _modules(runs: Sequence[tuple[float, ...]]) -> list[list[bool]]:
    each = min(height for *_, height in runs) - 0.02
    x0, top = min(x for x, *_ in runs), max(y for _, y, *_ in runs)
    size = round((max(x + width for x, _, width, _ in runs) - 0.02 - x0) / each)
    rows = [[False] * size for _ in range(size)]
    for x, y, width, _ in runs:
        row, start = round((top - y) / each), round((x - x0) / each)
        for at in range(start, start + round((width - 0.02) / each)):
            rows[row][at] = True
    return rows


def read(rows: Sequence[Sequence[bool]]) -> str:
    """The text of a code in bytes."""
    size = len(rows)
    version = (size - 17) // 4
    if version > 3:
        raise ValueError("more than one block")
    bits = [rows[row][at] ^ _masked(_mask(rows), row, at) for row, at in _path(size, version)]
    mode, count = _number(bits[:4]), _number(bits[4:12])
    if mode != 4:
        raise ValueError(f"mode {mode}")
    data = bits[12 : 12 + 8 * count]
    return bytes(_number(data[at : at + 8]) for at in range(0, len(data), 8)).decode("ascii")


def _number(bits: Sequence[bool]) -> int:
    return int("".join("01"[bit] for bit in bits), 2)


def _mask(rows: Sequence[Sequence[bool]]) -> int:
    """Which of eight patterns lies over the data: three of the format's bits, themselves masked."""
    return _number([rows[8][at] for at in (2, 3, 4)]) ^ 0b101


def _masked(mask: int, row: int, at: int) -> bool:
    return {
        0: (row + at) % 2, 1: row % 2, 2: at % 3, 3: (row + at) % 3, 4: (row // 2 + at // 3) % 2,
        5: row * at % 2 + row * at % 3, 6: (row * at % 2 + row * at % 3) % 2,
        7: ((row + at) % 2 + row * at % 3) % 2,
    }[mask] == 0  # fmt: skip


def _path(size: int, version: int) -> Iterator[tuple[int, int]]:
    """The places of data in order: two columns at a time from the right, up and down by turns."""
    upwards = True
    right = size - 1
    while right > 0:
        if right == 6:
            right -= 1
        for step in range(size):
            row = size - 1 - step if upwards else step
            for at in (right, right - 1):
                if not _is_fixed(size, version, row, at):
                    yield row, at
        upwards = not upwards
        right -= 2


def _is_fixed(size: int, version: int, row: int, at: int) -> bool:
    """Finders with their format, timing lines, and from version 2 on one alignment pattern."""
    corner = (row < 9 and at < 9) or (row < 9 and at >= size - 8) or (row >= size - 8 and at < 9)
    aligned = version > 1 and abs(row - (size - 7)) <= 2 and abs(at - (size - 7)) <= 2
    return corner or row == 6 or at == 6 or aligned
