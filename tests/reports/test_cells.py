"""What is told to everyone of members' dues, and an attacker who computes from all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statements.cells import LEAST, Cell, Figure, Share, published

Vector = dict[tuple[str, int], Fraction]


def shares(amounts: dict[str, int], row: str = "wage", unpaid: Iterable[str] = ()) -> list[Share]:
    """Members who owe these amounts by one row, and have paid but for some."""
    late = set(unpaid)
    return [Share(who, row, fen, 0 if who in late else fen) for who, fen in amounts.items()]


def many(count: int, first: int = 0) -> dict[str, int]:
    """So many members, each with an amount of their own."""
    return {f"m{at:03d}": 20_00 + 7 * at for at in range(first, first + count)}


# ---- the attacker ------------------------------------------------------------------------------


def equations(months: Sequence[Sequence[Share]]) -> list[Vector]:
    """Every sum that somebody could read in the months' public rolls, over members' amounts.

    The attacker knows who is in which row and who has paid; only the amounts are unknown, the same
    one wherever it is the same.
    """
    found = []
    for number, of_month in enumerate(months):
        told = published(months[: number + 1])
        for cell in (*told.cells, told.total):
            rows = set(cell.rows) or {share.row for share in of_month}
            inside = [share for share in of_month if share.row in rows]
            for kind in ("owed", "paid", "arrears"):
                if getattr(cell, kind) is None:
                    continue
                vector: Vector = {}
                for share in inside:
                    parts = {"owed": [(share.owed, 1)], "paid": [(share.paid, 1)],
                             "arrears": [(share.owed, 1), (share.paid, -1)]}[kind]  # fmt: skip
                    for fen, times in parts:
                        if fen and not share.known:
                            key = share.member, fen
                            vector[key] = vector.get(key, Fraction(0)) + times
                found.append({key: value for key, value in vector.items() if value})
    return found


def revealed(told: Sequence[Vector]) -> set[str]:
    """The members of whom an amount follows from the equations, by exact elimination."""
    # In reduced form an unknown that is determined stands alone in its row.
    return {next(iter(row))[0] for row in reduced(told) if len(row) == 1}


def few(told: Sequence[Vector]) -> set[str]:
    """Fewer than five members over whom a sum or difference follows from the equations."""
    rows = reduced(told)
    for count in range(1, LEAST):
        for some in combinations(rows, count):
            for sign in (1, -1) if count == 2 else (-1,):
                row = some[0]
                for other in some[1:]:
                    row = minus(row, other, Fraction(sign))
                if len(found := {member for member, _ in row}) < LEAST:
                    return found
    return set()


def reduced(told: Sequence[Vector]) -> list[Vector]:
    rows: list[tuple[tuple[str, int], Vector]] = []
    for vector in told:
        row = dict(vector)
        for pivot, other in rows:
            if pivot in row:
                row = minus(row, other, row[pivot])
        if not row:
            continue
        pivot = min(row)
        row = {key: value / row[pivot] for key, value in row.items()}
        rows = [
            (old, minus(kept, row, kept[pivot]) if pivot in kept else kept) for old, kept in rows
        ]
        rows.append((pivot, row))
    return [row for _, row in rows]


def minus(row: Vector, other: Vector, times: Fraction) -> Vector:
    found = dict(row)
    for key, value in other.items():
        found[key] = found.get(key, Fraction(0)) - times * value
    return {key: value for key, value in found.items() if value}


def test_the_attacker_finds_a_member_where_everything_is_told() -> None:
    """Else the tests below would prove nothing."""
    before: Vector = {(who, fen): Fraction(1) for who, fen in many(10).items()}
    after: Vector = {(who, fen): Fraction(1) for who, fen in many(11).items()}
    assert revealed([before, after]) == {"m010"}
    two: Vector = {(who, fen): Fraction(1) for who, fen in many(12).items()}
    assert (revealed([before, two]), few([before, two])) == (set(), {"m010", "m011"})


# ---- what is told ------------------------------------------------------------------------------


def test_rows_of_five_are_told_and_add_up() -> None:
    month = shares(many(6), "low") + shares(many(8, first=6), "high")
    told = published([month])
    assert [(cell.rows, cell.members) for cell in told.cells] == [(("high",), 8), (("low",), 6)]
    assert told.total.owed == sum(share.owed for share in month)
    assert told.total.owed == sum(cell.owed or 0 for cell in told.cells)
    assert told.total.arrears == 0


def test_rows_of_fewer_than_five_are_taken_together() -> None:
    month = shares(many(3), "low") + shares(many(2, first=3), "mid")
    month += shares(many(9, first=5), "high")
    assert [(cell.rows, cell.members) for cell in published([month]).cells] == [
        (("high",), 9), (("low", "mid"), 5),
    ]  # fmt: skip


def test_a_small_row_hides_in_the_least_of_the_others() -> None:
    month = shares(many(1), "low") + shares(many(6, first=1), "mid")
    month += shares(many(9, first=7), "high")
    assert [cell.rows for cell in published([month]).cells] == [("high",), ("low", "mid")]


def test_of_a_unit_of_four_nothing_is_told() -> None:
    told = published([shares(many(4))])
    assert told.cells == ()
    assert told.total == Cell((), None, None, None)


def test_one_who_has_not_paid_is_not_told_by_the_difference() -> None:
    told = published([shares(many(20), unpaid=["m003"])])
    assert told.total.paid is not None
    assert (told.total.owed, told.total.arrears) == (None, None)
    five = published([shares(many(20), unpaid=[f"m00{at}" for at in range(5)])])
    assert five.total.arrears == sum(many(5).values())


def test_one_who_joins_is_not_told_by_the_next_month() -> None:
    one, more = shares(many(20)), shares(many(21))
    assert published([one]).total.owed is not None
    assert published([one, more]).total == Cell((), 21, None, None)
    assert published([one, shares(many(25))]).total.owed is not None


def test_one_who_earns_more_is_not_told_by_the_next_month() -> None:
    raised = many(20) | {"m007": 99_00}
    assert published([shares(many(20)), shares(raised)]).total.owed is None


def test_months_that_are_not_told_hide_nothing_later() -> None:
    """Three join one after the other: the third month is told against the first."""
    months = [shares(many(20 + at)) for at in (0, 2, 5)]
    told = [published(months[: at + 1]).total.owed is not None for at in range(3)]
    assert told == [True, False, True]


def test_amounts_that_the_rule_fixes_hide_nobody() -> None:
    """Four students owe 0.20 as everyone can read; with them stands one who earns."""
    students = [Share(f"s{at}", "student", 20, 20, known=True) for at in range(4)]
    month = [*students, Share("m1", "wage", 55_00, 55_00)]
    assert published([month]).total == Cell((), 5, None, None)


@st.composite
def years(draw: st.DrawFn) -> list[list[Share]]:
    """A few months of a small unit in which people come, go, earn more, pay late or in part."""
    rows = ["a", "b", "c"]
    size = draw(st.integers(1, 24))
    members = {f"m{at:02d}": (draw(st.sampled_from(rows)), 1000 + 37 * at) for at in range(size)}
    months = []
    for month in range(draw(st.integers(1, 4))):
        for at in draw(st.lists(st.integers(0, 29), max_size=3)):
            who = f"m{at:02d}"
            if who in members and draw(st.booleans()):
                del members[who]
            else:
                members[who] = (draw(st.sampled_from(rows)), 2000 + 41 * at + 997 * month)
        late = set(draw(st.lists(st.sampled_from(sorted(members) or [""]), max_size=7)))
        part = set(draw(st.lists(st.sampled_from(sorted(members) or [""]), max_size=2)))
        months.append(
            [
                Share(who, row, fen, 0 if who in late else fen // 2 if who in part else fen,
                      known=row == "c" and fen % 2 == 0)
                for who, (row, fen) in sorted(members.items())
            ]
        )  # fmt: skip
    return months


@settings(max_examples=300, deadline=None)
@given(years())
def test_no_members_amount_follows_from_the_public_rolls_of_a_year(
    months: list[list[Share]],
) -> None:
    assert revealed(equations(months)) == set()


@settings(max_examples=200, deadline=None)
@given(years())
def test_nor_a_sum_or_difference_over_fewer_than_five(months: list[list[Share]]) -> None:
    assert few(equations(months)) == set()


@settings(max_examples=100, deadline=None)
@given(years())
def test_nothing_told_is_of_fewer_than_five(months: list[list[Share]]) -> None:
    for number in range(len(months)):
        told = published(months[: number + 1])
        for cell in (*told.cells, told.total):
            assert cell.members is None or cell.members >= LEAST
            if cell.members is None:
                assert (cell.owed, cell.paid) == (None, None)


@pytest.mark.parametrize("count", [5, 60, 2600])
def test_of_a_steady_unit_every_month_is_told_whole(count: int) -> None:
    months = [shares(many(count)) for _ in range(12)]
    assert published(months).total.owed == sum(many(count).values())


# ---- what others tell --------------------------------------------------------------------------


def of_book(shares: Sequence[Share]) -> Figure:
    """What the published book says of some members' payments together."""
    unknowns = {(share.member, share.paid): 1 for share in shares}
    members = frozenset(share.member for share in shares)
    return Figure("paid", None, members, unknowns, sum(s.paid for s in shares), len(shares))


def test_a_total_is_not_told_where_the_published_book_sums_up_all_members_but_one() -> None:
    """Seven paid; the book tells of six of them together, and holds the seventh back."""
    shares = [Share(who, "r", fen, fen) for who, fen in many(7).items()]
    assert published([shares]).total.paid == sum(share.paid for share in shares)
    told = published([shares], [[of_book(shares[:6])]]).total
    assert (told.members, told.paid, told.owed) == (7, None, None)
    # Of five whom the book tells of and five others nobody can be told apart.
    ten = [Share(who, "r", fen, fen) for who, fen in many(10).items()]
    assert published([ten], [[of_book(ten[:5])]]).total.paid == sum(s.paid for s in ten)
    assert published([shares], [[of_book(shares)]]).total.owed == sum(s.owed for s in shares)


def test_what_the_book_tells_later_counts_for_the_month_that_is_told_now() -> None:
    shares = [Share(who, "r", fen, fen) for who, fen in many(7).items()]
    assert published([shares], [[]], [of_book(shares[:6])]).total.paid is None
    # A month before was told without it, and what it told is remembered.
    months = [shares, [*shares[:6], replace(shares[6], owed=1, paid=1)]]
    assert published(months, [[], [of_book(shares[:6])]]).total.paid is None
