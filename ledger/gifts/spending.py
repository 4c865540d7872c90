"""What the money and the things of a fund were spent on, by purpose: pure, and to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.gifts.effects import purpose_of

if TYPE_CHECKING:
    from ledger.gifts.following import FundFollowed
    from ledger.model import PostedLine


def by_purpose(followed: FundFollowed) -> dict[str, int]:
    """What a fund spent by purpose, in fen, whether gifts gave it or not, in order of the book.

    It adds up to what gifts gave and what is untraced. A voucher that is for several purposes is
    divided as its lines say; where they do not add up to it, it stands under all of them together.
    """
    whole = dict(followed.used)
    for number, fen in followed.untraced.items():
        whole[number] = whole.get(number, 0) + fen
    found: dict[str, int] = {}
    for number in sorted(whole, key=lambda one: (followed.effects(one).day, one)):
        for purpose, fen in _parts(number, whole[number], followed).items():
            found[purpose] = found.get(purpose, 0) + fen
    return {purpose: fen for purpose, fen in found.items() if fen}


def beside_budget(
    lines: Sequence[tuple[str, int]], followed: FundFollowed
) -> list[tuple[str, int, int]]:
    """What was planned beside what was spent: purpose, planned, spent; the unplanned last."""
    spent = by_purpose(followed)
    planned: dict[str, int] = {}
    for purpose, fen in lines:
        planned[purpose] = planned.get(purpose, 0) + fen
    return [
        (purpose, planned.get(purpose, 0), spent.get(purpose, 0))
        for purpose in dict.fromkeys([*planned, *spent])
    ]


def _parts(number: str, whole: int, followed: FundFollowed) -> dict[str, int]:
    parts = _said(followed.read.lines[number])
    if sum(parts.values()) == whole:
        return parts
    one = followed.effects(number)
    if one.reverses:
        one = followed.effects(one.reverses)
    return {one.purpose: whole}


def _said(lines: Sequence[PostedLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        if purpose := purpose_of(line):
            found[purpose] = found.get(purpose, 0) + line.amount.fen
    return found
