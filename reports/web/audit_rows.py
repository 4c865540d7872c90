"""Findings on a page: how many there are of each state and severity, and their picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.audit.standing import (
    ANSWERED,
    CLOSED,
    OPEN,
    RETURNED,
    SEVERITY_WORDS,
    STATE_WORDS,
    WITHDRAWN,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.audit.standing import Standing
    from ledger.errors import Words

#: How wide a whole bar is, in the units of its picture.
WIDTH: Final = 200
#: Fills that stand out on light and dark ground; the table beside the bars says the same.
FILLS: Final = {
    OPEN: "#b8674f", RETURNED: "#c79a3b", ANSWERED: "#3f7fa6", CLOSED: "#17595e",
    WITHDRAWN: "#9fb8b3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: where it begins, how wide it is, and how many stand so."""

    x: int
    width: int
    state: str
    words: Words
    count: int

    @property
    def fill(self) -> str:
        return FILLS[self.state]


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """The findings of one severity by state; the bar is as long as the largest row's."""

    severity: str
    words: Words
    counts: tuple[tuple[str, int], ...]
    total: int
    bar: tuple[Part, ...]


def by_severity(found: Sequence[Standing]) -> tuple[SeverityRow, ...]:
    """A row for each severity, the gravest first, those of which there are none left out."""
    counted = Counter((one.row.severity, one.state) for one in found)
    sums = Counter(one.row.severity for one in found)
    most = max(sums.values(), default=0)
    return tuple(
        SeverityRow(
            severity, words, tuple((state, counted[severity, state]) for state in FILLS),
            sums[severity], _bar([(state, counted[severity, state]) for state in FILLS], most),
        )
        for severity, words in SEVERITY_WORDS.items()
        if sums[severity]
    )  # fmt: skip


def totals(found: Sequence[Standing]) -> dict[str, int]:
    """How many there are of each state, in the order of the picture."""
    counted = Counter(one.state for one in found)
    return {state: counted[state] for state in FILLS}


def _bar(counts: Sequence[tuple[str, int]], most: int) -> tuple[Part, ...]:
    parts = []
    at = 0
    for state, count in counts:
        if count:
            begin, end = at * WIDTH // most, (at + count) * WIDTH // most
            parts.append(Part(begin, max(1, end - begin), state, STATE_WORDS[state], count))
            at += count
    return tuple(parts)
