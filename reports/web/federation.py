"""The picture of a matrix of units: payers down, payees across, a square for each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.transfers.matrix import Matrix

_SQUARE: Final = 22
_MARGIN: Final = 150
#: More units than these are no picture any more; the table says it.
_MOST: Final = 40
#: Fill of a pair that agrees, and of one that does not; both stand out on light and dark ground.
_FILLS: Final = {False: "#4f8f94", True: "#c0492f"}


@dataclass(frozen=True)
class Square:
    """One pair: where it is drawn, how, and what it says."""

    x: int
    y: int
    fill: str
    text: str
    sign: str  # for whoever does not see colours


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Picture:
    """A drawing of ``width`` by ``height``."""

    width: int
    height: int
    size: int
    squares: tuple[Square, ...]
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]


def picture_of(matrix: Matrix, names: Mapping[str, str]) -> Picture | None:
    """The picture of a matrix; None where there is nothing to see, or too much."""
    pairs = [one for one in matrix.pairs if one.payer and one.payee]
    payers = list(dict.fromkeys(one.payer for one in pairs))
    payees = sorted({one.payee for one in pairs})
    if not pairs or max(len(payers), len(payees)) > _MOST:
        return None
    squares = []
    for one in pairs:
        x = _MARGIN + payees.index(one.payee) * _SQUARE
        y = _MARGIN + payers.index(one.payer) * _SQUARE
        said = (
            f"{names.get(one.payer, one.payer)} → {names.get(one.payee, one.payee)} "
            f"{Money(one.paid).grouped} / {Money(one.arrived).grouped}"
        )
        is_wrong = one.exceptions > 0
        squares.append(
            Square(x, y, _FILLS[is_wrong], said, str(one.exceptions) if is_wrong else "")
        )
    middle = _SQUARE // 2 + 4
    return Picture(
        _MARGIN + len(payees) * _SQUARE + 60, _MARGIN + len(payers) * _SQUARE + 6, _SQUARE - 2,
        tuple(squares),
        tuple(
            Label(_MARGIN - 6, _MARGIN + at * _SQUARE + middle, _short(names.get(unit, unit)))
            for at, unit in enumerate(payers)
        ),
        tuple(
            Label(_MARGIN + at * _SQUARE + middle, _MARGIN - 6, _short(names.get(unit, unit)))
            for at, unit in enumerate(payees)
        ),
    )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= 10 else f"{name[:9]}…"
