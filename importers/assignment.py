"""Who takes what, all at once: each row takes at most one thing, each thing goes to one row.

The assignment of greatest total score, by shortest augmenting paths over the pairs that exist. The
pairs are few beside rows times things, and a hundred lines of our own weigh less than a numerical
library of a hundred megabytes for them; integers keep it exact.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence


def assign(scores: Sequence[Mapping[str, int]]) -> list[str | None]:
    """For each row the thing that it takes, or None where it is better left out.

    ``scores`` are whole and above zero. Of equally good assignments the first in order is taken.

    >>> assign([{"a": 90, "b": 85}, {"a": 80}])
    ['b', 'a']
    """
    top = max((score for row in scores for score in row.values()), default=0)
    names = sorted({name for row in scores for name in row})
    column = {name: place for place, name in enumerate(names)}
    # Beside the things that it may take, each row has a place of its own, worth nothing.
    costs = [
        {**{column[name]: top - score for name, score in row.items()}, len(names) + place: top}
        for place, row in enumerate(scores)
    ]
    taken = _cheapest(costs)
    return [names[place] if place < len(names) else None for place in taken]


def _cheapest(costs: Sequence[Mapping[int, int]]) -> list[int]:
    """The column of each row at the least total cost, row after row by the cheapest exchange."""
    of_row = [0] * len(costs)
    of_column: dict[int, int] = {}
    owner: dict[int, int] = {}
    given: dict[int, int] = {}
    for start in range(len(costs)):
        far: dict[int, int] = {}
        through: dict[int, int] = {}
        done: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        row, reached = start, 0
        while True:
            for place, cost in costs[row].items():
                if place in done:
                    continue
                length = reached + cost - of_row[row] - of_column.get(place, 0)
                if place not in far or length < far[place]:
                    far[place], through[place] = length, row
                    heapq.heappush(heap, (length, place))
            reached, place = heapq.heappop(heap)
            while place in done:
                reached, place = heapq.heappop(heap)
            if place not in owner:
                break
            done[place] = reached
            row = owner[place]
        of_row[start] += reached
        for other, length in done.items():
            of_column[other] = of_column.get(other, 0) + length - reached
            of_row[owner[other]] += reached - length
        while True:
            row = through[place]
            before = given.get(row, -1)
            given[row], owner[place] = place, row
            if row == start:
                break
            place = before
    return [given[row] for row in range(len(costs))]
