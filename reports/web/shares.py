"""Pictures of shares: bars with a part of each filled in, and the figures as text beside them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, percent_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.statement import Bar as StatementBar
    from reports.statement import Cell, Line, Statement

_LABEL: Final = 190
_WIDE: Final = 300
_ROW: Final = 26
_TALL: Final = 16
_EDGE: Final = 10
#: More bars than these are no picture any more; the table says it.
_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Part:
    """What a bar is drawn from: its whole, the part that is filled in, and what stands beside."""

    label: Words
    whole: Fraction
    filled: Fraction
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the drawing's units; ``y`` is its top."""

    label: str
    said: str
    title: str
    y: int
    width: int
    filled: int


@dataclass(frozen=True)
class Shares:
    """A drawing of horizontal bars that begin at ``left``."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    left: int = _LABEL
    tall: int = _TALL


def drawing(parts: Sequence[Part]) -> Shares | None:
    """Bars as long as their wholes; None where there is nothing to see, or too much."""
    most = max((part.whole for part in parts), default=Fraction(0))
    if most <= 0 or len(parts) > _MOST:
        return None
    bars = tuple(
        Bar(
            _short(part.label.zh), part.said, f"{part.label.zh} {part.label.en} {part.said}",
            _EDGE + place * _ROW, _length(part.whole, most), _length(part.filled, most),
        )
        for place, part in enumerate(parts)
    )  # fmt: skip
    return Shares(bars, _LABEL + _WIDE + 150, _EDGE + len(bars) * _ROW)


def _length(part: Fraction, most: Fraction) -> int:
    """At least a stroke where there is anything at all."""
    return max(2, int(part * _WIDE / most)) if part > 0 else 0


def _short(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"


# ---- statements that have a picture ------------------------------------------------------------


#: Statements drawn per head, and the style of the lines that are.
_PER_HEAD: Final = {"support-per-head": "line", "support-by-region": "subtotal"}


def picture_of(statement: Statement) -> Shares | None:
    """The picture of a statement of support, or its bars; None for any other."""
    if statement.bars:
        return drawing([_of_bar(bar) for bar in statement.bars])
    if statement.name == "grass-roots-share":
        return drawing([_of_reached(statement, line) for line in statement.lines])
    style = _PER_HEAD.get(statement.name)
    if style is None:
        return None
    lines = [line for line in statement.lines if line.style == style and _has(statement, line)]
    return drawing([_per_head(statement, line) for line in lines])


def _of_bar(bar: StatementBar) -> Part:
    """A bar with its first part filled in."""
    return Part(bar.label, Fraction(bar.whole), Fraction(bar.parts[0][1]), bar.said)


def _cells(statement: Statement, line: Line) -> dict[str, Cell]:
    keys = (column.key for column in statement.columns)
    return dict(zip(keys, line.cells, strict=False))


def _of_reached(statement: Statement, line: Line) -> Part:
    cells = _cells(statement, line)
    kept, ground = _fen(cells["kept"]), _fen(cells["ground"])
    said = percent_text(ground, kept)
    return Part(line.label, Fraction(kept), Fraction(ground), f"{Money(ground).grouped} {said}")


def _has(statement: Statement, line: Line) -> bool:
    return bool(_cells(statement, line)["heads"])


def _per_head(statement: Statement, line: Line) -> Part:
    cells = _cells(statement, line)
    heads = cells["heads"]
    each = Fraction(_fen(cells["received"]), heads if isinstance(heads, int) and heads else 1)
    return Part(line.label, each, each, str(cells["each"] or ""))


def _fen(cell: Cell) -> int:
    return cell.fen if isinstance(cell, Money) else 0
