"""A plain table for the terminal, aligned by what Chinese and Latin characters take."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reports.text import cut, pad, text_width

_WIDEST = 48


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """Rows of equally many cells as lines; columns in ``right`` end flush. The first row heads.

    >>> print(aligned([("金额", "摘要"), ("1.00", "会费")], right={0}))
    金额  摘要
    1.00  会费
    """
    cells = [[cut(cell, _WIDEST) for cell in row] for row in rows]
    widths = [max(map(text_width, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            pad(cell, width, right=place in right)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
