"""A pool is divided to the fen: exactly, within floors and caps, else in proportion."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.distribution import Claimant, Distribution, distribute


def unit(name: str, base: int, *, floor: int = 0, cap: int | None = None) -> Claimant:
    return Claimant(name, Fraction(base), floor=floor, cap=cap)


def test_left_over_fen_go_to_the_largest_remainders_and_among_equals_to_the_first_unit() -> None:
    assert distribute(100, [unit("b", 1), unit("a", 1), unit("c", 1)]).amounts == {
        "b": 33, "a": 34, "c": 33,
    }  # fmt: skip


def test_weights_count_as_bases() -> None:
    old = Claimant("lao", Fraction(10), Fraction("1.5"))
    assert distribute(100_00, [old, unit("xin", 5)]).amounts == {"lao": 7500, "xin": 2500}


def test_floors_are_taken_from_those_above_and_caps_given_to_those_below() -> None:
    found = distribute(1000, [unit("a", 1, floor=200), unit("b", 9), unit("c", 90, cap=500)])
    assert found == Distribution({"a": 200, "b": 300, "c": 500}, 0)


def test_what_caps_leave_over_is_nobodys_and_said() -> None:
    found = distribute(1000, [unit("a", 1, cap=300), unit("b", 1, cap=300)])
    assert found == Distribution({"a": 300, "b": 300}, 400)


def test_units_without_a_base_get_their_floors_only() -> None:
    found = distribute(1000, [unit("a", 0, floor=100), unit("b", 0)])
    assert found == Distribution({"a": 100, "b": 0}, 900)


@pytest.mark.parametrize(
    "pool, claimants",
    [
        (-1, [unit("a", 1)]),
        (100, [unit("a", 1), unit("a", 2)]),
        (100, [unit("a", 1, floor=60), unit("b", 1, floor=60)]),
    ],
)
def test_what_cannot_be_divided_is_refused(pool: int, claimants: list[Claimant]) -> None:
    with pytest.raises(ValueError, match=r"pool|once"):
        distribute(pool, claimants)


@pytest.mark.parametrize("base, floor, cap", [(-1, 0, None), (1, -1, None), (1, 5, 4)])
def test_a_claimant_that_makes_no_sense_is_refused(base: int, floor: int, cap: int | None) -> None:
    with pytest.raises(ValueError, match="a: "):
        Claimant("a", Fraction(base), floor=floor, cap=cap)


claimants = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.sampled_from(["0", "0.5", "1", "1.25", "3"]),
        st.integers(0, 2000),
        st.none() | st.integers(0, 30000),
    ),
    min_size=1,
    max_size=12,
).map(
    lambda rows: [
        Claimant(
            f"u{place}", Fraction(base), Fraction(weight), floor,
            None if cap is None else floor + cap,
        )
        for place, (base, weight, floor, cap) in enumerate(rows)
    ]
)  # fmt: skip


@given(st.integers(0, 10**7), claimants)
def test_sums_are_exact_floors_and_caps_hold_and_the_free_are_in_proportion(
    pool: int, found: list[Claimant]
) -> None:
    if sum(one.floor for one in found) > pool:
        return
    done = distribute(pool, found)
    assert sum(done.amounts.values()) + done.rest == pool
    assert done.rest >= 0
    for one in found:
        assert one.floor <= done.amounts[one.unit]
        assert one.cap is None or done.amounts[one.unit] <= one.cap
    if done.rest:
        # Nobody who has points could have taken more.
        assert all(not one.points or done.amounts[one.unit] == one.cap for one in found)
    # One level for all: whoever is above their floor and below their cap has it, to the fen.
    free = [
        one
        for one in found
        if one.points and done.amounts[one.unit] > one.floor + 1
        and (one.cap is None or done.amounts[one.unit] < one.cap - 1)
    ]  # fmt: skip
    levels = [
        ((done.amounts[one.unit] - 1) / one.points, (done.amounts[one.unit] + 1) / one.points)
        for one in free
    ]
    if levels:
        assert max(low for low, _ in levels) <= min(high for _, high in levels)


@given(st.integers(0, 10**6), claimants)
def test_the_order_of_the_units_changes_nothing(pool: int, found: list[Claimant]) -> None:
    if sum(one.floor for one in found) <= pool:
        assert distribute(pool, found).amounts == distribute(pool, found[::-1]).amounts
