"""Eliminations take out what both units entered, no more; the rest is listed with its reason."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from ledger.consolidation.eliminating import POSITION, RESULT, BetweenRow, eliminate
from tests.consolidation.tree import BANK, DOWN, GRANT, OWED_BY_LOWER, OWED_TO_UPPER

UNITS = frozenset({"a", "b", "c"})


def row(
    unit: str, counter: str, account: str, fen: int, ref: str = "R1", month: int = 202603
) -> BetweenRow:
    return BetweenRow(unit, counter, ref, account, "F01", "CNY", month, fen)


def test_what_both_entered_for_one_transfer_goes_and_the_rest_is_listed() -> None:
    rows = [row("a", "b", DOWN, 100), row("b", "a", GRANT, -70), row("a", "b", BANK, -100)]
    done, left = eliminate(rows, UNITS, 202601, 202612)
    assert [(one.kind, one.fen) for one in done] == [(RESULT, 70)]
    assert dict(done[0].moves) == {("a", DOWN, "F01"): -70, ("b", GRANT, "F01"): 70}
    assert [(one.payer, one.payee, one.fen) for one in left] == [("a", "b", 30)]


def test_what_names_no_transfer_stays_and_says_so() -> None:
    rows = [row("a", "b", DOWN, 50, ""), row("b", "a", GRANT, -50, "")]
    done, left = eliminate(rows, UNITS, 202601, 202612)
    assert done == []
    assert [one.fen for one in left] == [50, 50]
    assert all("调拨编号" in one.why.zh for one in left)


def test_a_unit_outside_of_the_subtree_is_left_alone() -> None:
    rows = [row("a", "x", DOWN, 50), row("x", "a", GRANT, -50)]
    assert eliminate(rows, UNITS, 202601, 202612) == ([], [])


def test_income_of_another_period_eliminates_nothing_but_balances_count_from_the_beginning() -> (
    None
):
    rows = [
        row("a", "b", DOWN, 50, month=202512),
        row("b", "a", GRANT, -50, month=202601),
        row("b", "a", OWED_TO_UPPER, -40, "", 202500),
        row("a", "b", OWED_BY_LOWER, 40, "", 202603),
    ]
    done, left = eliminate(rows, UNITS, 202601, 202612)
    assert [(one.kind, one.fen) for one in done] == [(POSITION, 40)]
    assert [(one.kind, one.fen) for one in left] == [(RESULT, 50)]


def test_a_reversal_on_another_account_is_taken_whole() -> None:
    other = "Expenses:510-其他支出"
    rows = [
        row("a", "b", DOWN, 100), row("a", "b", other, -30), row("b", "a", GRANT, -70),
    ]  # fmt: skip
    done, left = eliminate(rows, UNITS, 202601, 202612)
    assert sum(fen for (unit, _, _), fen in done[0].moves if unit == "a") == -70
    assert left == []


rows = st.lists(
    st.builds(
        row,
        st.sampled_from("abc"),
        st.sampled_from("abcx"),
        st.sampled_from([DOWN, GRANT, BANK, OWED_BY_LOWER, OWED_TO_UPPER]),
        st.integers(-1000, 1000),
        st.sampled_from(["", "R1", "R2"]),
        st.sampled_from([202500, 202602, 202603, 202604]),
    ),
    max_size=25,
)


@given(rows)
def test_every_elimination_sums_to_nothing_and_what_is_left_makes_both_sides_whole(
    found: list[BetweenRow],
) -> None:
    done, left = eliminate(found, UNITS, 202601, 202603)
    gone: dict[str, int] = defaultdict(int)
    for one in done:
        assert sum(fen for _, fen in one.moves) == 0
        assert one.fen > 0
        for (_, account, _), fen in one.moves:
            gone[account] += fen
    for kind, accounts, months in (
        (RESULT, (DOWN, GRANT), (202602, 202603)),
        (POSITION, (OWED_TO_UPPER, OWED_BY_LOWER), (202500, 202602, 202603)),
    ):
        whole = sum(
            r.fen
            for r in found
            if r.account in accounts and r.month in months and r.counter in UNITS
        )
        sides: dict[str, int] = defaultdict(int)
        for rest in left:
            if rest.kind == kind:
                sides[rest.side] += rest.fen
        after = whole + sum(gone[account] for account in accounts)
        listed = sides["payer"] - sides["payee"]
        # Spending is a debit and income a credit; debts are credits and claims debits.
        assert after == (listed if kind == RESULT else -listed)
