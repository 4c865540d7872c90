"""What is told of aid: a person may stand in several rows, and what was paid may be taken back.

The attacker here is exact: of every set of fewer than five persons it is asked whether any
combination of all that was told is about them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statements.cells import LEAST, Share, published

PRIME = 2**31 - 1
Row = dict[tuple[str, int], int]


def share(who: str, kind: str, fen: int) -> Share:
    return Share(who, kind, fen, fen)


def told_rows(months: Sequence[Sequence[Share]]) -> list[Row]:
    """Every sum of money that the months tell, over what each person got."""
    found = []
    for number, of_month in enumerate(months):
        told = published(months[: number + 1])
        for cell in (*told.cells, told.total):
            if cell.paid is None:
                continue
            row: Row = {}
            for one in of_month:
                if not cell.rows or one.row in cell.rows:
                    key = one.member, abs(one.paid)
                    row[key] = row.get(key, 0) + (1 if one.paid > 0 else -1)
            found.append({key: times for key, times in row.items() if times})
    return found


def rank(rows: Sequence[Row], without: frozenset[str]) -> int:
    """The rank of the rows where nothing is seen of some persons, modulo a prime."""
    pivots: dict[tuple[str, int], Row] = {}
    for one in rows:
        row = {key: value % PRIME for key, value in one.items() if key[0] not in without}
        while row:
            key = min(row)
            if key not in pivots:
                scale = pow(row[key], -1, PRIME)
                pivots[key] = {at: value * scale % PRIME for at, value in row.items()}
                break
            times, other = row[key], pivots[key]
            row = {
                at: value
                for at in {*row, *other}
                if (value := (row.get(at, 0) - times * other.get(at, 0)) % PRIME)
            }
    return len(pivots)


def given_away(rows: Sequence[Row]) -> set[str]:
    """Fewer than five persons about whom alone something follows from the rows."""
    people = sorted({who for row in rows for who, _ in row})
    whole = rank(rows, frozenset())
    # What is about some of them is about any larger set of them: the largest sets are enough.
    for some in combinations(people, min(LEAST - 1, len(people))):
        if rank(rows, frozenset(some)) < whole:
            return set(some)
    return set()


def test_the_attacker_finds_what_is_given_away() -> None:
    """Else the property below would prove nothing."""
    ten: Row = {(f"p{at}", 100 + at): 1 for at in range(10)}
    six: Row = {(f"p{at}", 100 + at): 1 for at in range(6)}
    assert given_away([ten, six]) == {"p6", "p7", "p8", "p9"}
    five: Row = {(f"p{at}", 100 + at): 1 for at in range(5)}
    assert given_away([ten, five]) == set()
    twice: Row = {**ten, ("p0", 100): 2}
    assert given_away([ten, twice]) & {"p0"}


def test_one_person_in_five_kinds_is_one_and_hides_nobody() -> None:
    month = [share("p0", kind, 100_00) for kind in "abcde"]
    told = published([month])
    assert told.cells == () or all(cell.members is None for cell in told.cells)
    assert (told.total.members, told.total.paid) == (None, None)


def test_persons_are_counted_once_in_each_kind_so_that_cells_add_up_to_the_total() -> None:
    month = [share(f"p{at}", "hardship", 100_00 + at) for at in range(6)]
    month += [share(f"p{at}", "illness", 200_00 + at) for at in range(5, 11)]
    told = published([month])
    assert [(cell.rows, cell.members) for cell in told.cells] == [
        (("hardship",), 6), (("illness",), 6),
    ]  # fmt: skip
    assert told.total.members == 12  # not 11: who got both kinds would follow from it
    assert told.total.paid == sum(cell.paid or 0 for cell in told.cells)


def test_what_is_taken_back_from_one_is_not_told_by_the_sum() -> None:
    paid = [share(f"p{at}", "hardship", 100_00 + at) for at in range(8)]
    back = [share("p3", "hardship", -(100_00 + 3))]
    assert published([paid, back]).total.paid is None
    again = [share(f"q{at}", "hardship", 50_00 + at) for at in range(9)]
    assert published([paid, [*again, *back]]).total.paid is not None


@st.composite
def years(draw: st.DrawFn) -> list[list[Share]]:
    """Months of a small unit: few persons, several kinds, equal amounts, some taken back."""
    people = [f"p{at}" for at in range(draw(st.integers(1, 11)))]
    months: list[list[Share]] = []
    for _ in range(draw(st.integers(1, 3))):
        found: dict[tuple[str, str], int] = {}
        for kind in "abc":
            for who in draw(st.lists(st.sampled_from(people), unique=True)):
                found[who, kind] = draw(st.sampled_from([100_00, 100_00, 200_00, 337_00]))
        month = [share(who, kind, fen) for (who, kind), fen in sorted(found.items())]
        takes_back = draw(st.booleans())
        for old in months[-1][:2] if months and takes_back else []:
            if old.paid > 0 and (old.member, old.row) not in found:
                month.append(share(old.member, old.row, -old.paid))
        months.append(month)
    return months


def test_a_member_in_many_rows_is_not_given_away_by_many_sums_together() -> None:
    """Four sums and more may be about one member, who has an amount of their own in each."""
    fen = {"1": 100_00, "2": 200_00, "3": 337_00}
    months = [
        "p0b1 p1b3 p2b2 p3c1 p4c3 p5b1",
        "p0a1 p0b2 p0c1 p1a1 p1c1 p2a3 p2c1 p3a3 p3b3 p3c1 p4a3 p4b2 p4c2 p5c1",
        "p0a1 p0b1 p0c1 p1a1 p1c2 p2a3 p2c3 p3a1 p3c3 p4a1 p4c2 p5c2",
    ]
    told = [[share(w[:2], w[2], fen[w[3]]) for w in month.split()] for month in months]
    assert given_away(told_rows(told)) == set()


@settings(max_examples=300, deadline=None)
@given(years())
def test_no_combination_of_what_is_told_is_about_fewer_than_five(
    months: list[list[Share]],
) -> None:
    assert given_away(told_rows(months)) == set()


@settings(max_examples=200, deadline=None)
@given(years())
def test_no_count_of_fewer_than_five_persons_follows(months: list[list[Share]]) -> None:
    """Cells add up to the total, and each of them is of five persons or is not counted."""
    for number, month in enumerate(months):
        told = published(months[: number + 1])
        counts = [cell.members for cell in told.cells]
        for cell in (*told.cells, told.total):
            inside = {one.member for one in month if not cell.rows or one.row in cell.rows}
            assert (cell.members is not None) == (len(inside) >= LEAST)
        if None not in counts and counts and told.total.members is not None:
            assert sum(count or 0 for count in counts) == told.total.members
