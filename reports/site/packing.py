"""Long lists on several pages, none of which is heavy: rows are weighed as they will be written.

A list is a sequence of blocks (a voucher, a figure, a gift), each with a head and rows. Where a
block does not fit, it goes on over the page under its head.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

#: Bytes of rows on one page: with what stands around them a page stays below 200 KB.
HEAVIEST: Final = 110_000
#: And so many rows, that a phone draws it at once.
LONGEST: Final = 400
_NOTHING: Final = Markup("")


@dataclass(frozen=True, slots=True)
class Block:
    """What is written together. ``again`` is the head where the block goes on over a page.

    ``foot`` closes the block on its last page, ``more`` on the others. ``key`` is what links ask
    for.
    """

    key: str
    head: Markup
    rows: Sequence[Markup] = ()
    again: Markup = _NOTHING
    foot: Markup = _NOTHING
    more: Markup = _NOTHING


@dataclass(slots=True)
class Piece:
    """The part of a block on one page. ``first``: it begins here, and bears the block's anchor."""

    block: Block
    first: bool
    rows: list[Markup] = field(default_factory=list)
    last: bool = True

    @property
    def head(self) -> Markup:
        return self.block.head if self.first else self.block.again

    @property
    def foot(self) -> Markup:
        return self.block.foot if self.last else self.block.more

    def __html__(self) -> str:
        return "\n".join((self.head, *self.rows, self.foot))


def pack(blocks: Iterable[Block]) -> list[list[Piece]]:
    """The pages of a list, at least one; blocks and their rows keep their order."""
    pages: list[list[Piece]] = [[]]
    weight = rows = 0
    for block in blocks:
        piece = Piece(block, True)
        start = _bytes(block.head) + _bytes(block.foot)
        first = _bytes(block.rows[0]) if block.rows else 0
        if pages[-1] and (weight + start + first > HEAVIEST or rows >= LONGEST):
            pages.append([])
            weight = rows = 0
        pages[-1].append(piece)
        weight += start
        rows += 1
        for row in block.rows:
            if piece.rows and (weight + _bytes(row) > HEAVIEST or rows >= LONGEST):
                piece.last = False
                piece = Piece(block, False)
                pages.append([piece])
                weight, rows = _bytes(piece.head) + _bytes(block.foot), 1
            piece.rows.append(row)
            weight += _bytes(row)
            rows += 1
    return pages


def places(pages: Sequence[Sequence[Piece]]) -> dict[str, int]:
    """On which page, from 1, each block begins."""
    return {
        piece.block.key: number
        for number, page in enumerate(pages, 1)
        for piece in page
        if piece.first
    }


def _bytes(text: str) -> int:
    return len(text.encode())
