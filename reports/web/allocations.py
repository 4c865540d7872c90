"""The picture of an allocation: the steps of its way, and a bar of where its money is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.allocations.standing import Standing

#: Fill and words of each part of the bar; they stand out on light and dark ground, and the words
#: beside the bar say the same for whoever does not see colours.
_PARTS: Final = (
    ("spent", "#17595e", Words("支出", "spent")),
    ("returned", "#7a6a3a", Words("退回", "returned")),
    ("held", "#6fb1b5", Words("结存", "held")),
    ("outstanding", "#d8d5cb", Words("未到账", "outstanding")),
    ("lapsed", "#b9a7a3", Words("失效", "lapsed")),
)
WIDTH: Final = 200


@dataclass(frozen=True)
class Part:
    """A part of the bar: where it begins, how wide it is of :data:`WIDTH`, and what it says."""

    x: int
    width: int
    fill: str
    words: Words
    amount: Money


@dataclass(frozen=True)
class Step:
    """A step of the way: its name, what came so far, whether it is done, and the days late."""

    words: Words
    amount: Money
    is_done: bool
    late: int


def bar_of(one: Standing) -> tuple[Part, ...]:
    """The parts of the promise, which add up to it; none of one that waits or was refused."""
    return stacked(
        one.approved_fen,
        [(getattr(one, f"{key}_fen"), fill, words) for key, fill, words in _PARTS],
    )


def stacked(whole: int, amounts: Iterable[tuple[int, str, Words]]) -> tuple[Part, ...]:
    """The parts of a bar of ``whole`` fen, each ``(fen, fill, words)``; none of nothing."""
    found = []
    at = 0
    for fen, fill, words in amounts:
        if fen > 0 and whole > 0:
            begin, end = at * WIDTH // whole, (at + fen) * WIDTH // whole
            found.append(Part(begin, max(1, end - begin), fill, words, Money(fen)))
            at += fen
    return tuple(found)


def steps_of(one: Standing) -> tuple[Step, ...]:
    """批准, 下达, 到账, 支出: each with its amount and the days that it is late."""
    late = one.days_late
    due = one.row.fen - one.lapsed_fen
    is_promised = one.approved_fen > 0
    return (
        Step(Words("批准", "approved"), Money(one.row.fen), is_promised, 0),
        Step(Words("下达", "released"), Money(one.released_fen),
             is_promised and one.released_fen >= due, late["release"]),
        Step(Words("到账", "arrived"), Money(one.arrived_fen),
             is_promised and one.outstanding_fen <= 0, late["arrive"]),
        Step(Words("支出", "spent"), Money(one.spent_fen),
             is_promised and one.outstanding_fen <= 0 and one.held_fen <= 0, late["spend"]),
    )  # fmt: skip
