"""Pictures of amounts: bars that say their own figures, so that no colour means anything alone.

A table with the same figures stands beside each. The picture is as wide as a phone, so that its
letters are never smaller than those of the page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from ledger.money import Money

WIDE: Final = 360
_STEP, _LETTERS, _THICK = 44, 16, 14
#: How many letters of a label stand before its figure; a Chinese one counts for two.
_ROOM: Final = 34
#: Of units, funds and classes, so many have a bar; all stand in the table.
MOST: Final = 8


class Bar(NamedTuple):
    """A bar of ``fen``; below nothing it is drawn hollow. ``kind`` tells series apart: a, b."""

    label: str
    fen: int
    kind: str = "a"


def largest(rows: Sequence[Bar]) -> list[Bar]:
    """The largest of the bars, no more than :data:`MOST`, in the order that they were given."""
    if len(rows) <= MOST:
        return list(rows)
    by_size = sorted(range(len(rows)), key=lambda index: (-abs(rows[index].fen), index))
    return [rows[index] for index in sorted(by_size[:MOST])]


def bars(key: str, title: str, told: str, rows: Sequence[Bar]) -> Markup:
    """A figure of bars on one scale; nothing where there is nothing to draw."""
    longest = max((abs(row.fen) for row in rows), default=0)
    if not longest:
        return Markup("")
    drawn = [_bar(row, index * _STEP, longest) for index, row in enumerate(rows)]
    return Markup(
        '<figure class="chart">\n<svg viewBox="0 0 {w} {h}" role="img" '
        'aria-labelledby="{k}-t {k}-d">\n<title id="{k}-t">{title}</title>\n'
        '<desc id="{k}-d">{told}</desc>\n{bars}\n</svg>\n'
        "<figcaption>{title}</figcaption>\n</figure>"
    ).format(
        w=WIDE, h=len(rows) * _STEP, k=key, title=title, told=told, bars=Markup("\n").join(drawn)
    )


def _bar(row: Bar, top: int, longest: int) -> Markup:
    width = max(1, round(abs(row.fen) * WIDE / longest)) if row.fen else 0
    kind = f"bar {row.kind}" + (" below" if row.fen < 0 else "")
    return Markup(
        '<text x="0" y="{y}">{label}</text><text x="{w}" y="{y}" text-anchor="end">{said}</text>'
        '<rect class="track" x="0" y="{at}" width="{w}" height="{t}"/>'
        '<rect class="{kind}" x="0" y="{at}" width="{width}" height="{t}"/>'
    ).format(
        y=top + _LETTERS, w=WIDE, label=_cut(row.label), said=Money(row.fen).grouped,
        at=top + _LETTERS + 6, t=_THICK, kind=kind, width=width,
    )  # fmt: skip


def _cut(label: str) -> str:
    """As much of a label as there is room for.

    >>> _cut("会费"), len(_cut("长" * 40))
    ('会费', 17)
    """
    room = _ROOM
    for index, letter in enumerate(label):
        room -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < 0:
            return label[: index - 1] + "…"
    return label
