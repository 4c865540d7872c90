"""One deposit takes one due: the best assignment of all, never the greedy one."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from importers.assignment import assign

ROWS = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 100), max_size=4), max_size=4
)


def worth(rows: list[dict[str, int]], taken: tuple[str | None, ...]) -> int:
    return sum(row[name] for row, name in zip(rows, taken, strict=True) if name is not None)


@given(rows=ROWS)
def test_no_assignment_is_worth_more_and_nothing_is_taken_twice(rows: list[dict[str, int]]) -> None:
    taken = assign(rows)
    used = [name for name in taken if name is not None]
    assert len(used) == len(set(used))
    best = max(
        worth(rows, choice)
        for choice in itertools.product(*[[None, *row] for row in rows])
        if len([x for x in choice if x]) == len({x for x in choice if x})
    )
    assert worth(rows, tuple(taken)) == best


def test_a_line_gives_way_where_its_second_choice_costs_less() -> None:
    assert assign([{"a": 90, "b": 85}, {"a": 80}]) == ["b", "a"]


def test_of_more_lines_than_dues_the_weakest_is_left_out() -> None:
    assert assign([{"a": 60}, {"a": 90}, {"a": 70}]) == [None, "a", None]


def test_two_thousand_lines_of_many_like_dues_are_assigned_at_once() -> None:
    rows = [{f"{(n + k) % 2000:04d}": 90 - k for k in range(5)} for n in range(2000)]
    assert assign(rows) == [f"{n:04d}" for n in range(2000)]
