"""Bars for a page: plain SVG, drawn from whole fen, with the figures as text beside the bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.errors import Words

_WIDE: Final = 205
_ROW: Final = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``y`` its top, ``width`` its length in the drawing's units."""

    label: Words
    amount: str
    y: int
    width: int
    place: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawing of horizontal bars, ``height`` units high."""

    rows: tuple[Bar, ...]
    height: int


def bars(parts: Sequence[tuple[Words, int]]) -> Bars | None:
    """Bars as long as their amounts, the greatest of full length; None where all are zero."""
    most = max((fen for _, fen in parts), default=0)
    if most <= 0:
        return None
    rows = [
        Bar(
            label,
            Money(fen).grouped,
            place * _ROW,
            max(2, fen * _WIDE // most) if fen else 0,
            place,
        )
        for place, (label, fen) in enumerate(parts)
    ]
    return Bars(tuple(rows), len(rows) * _ROW)
