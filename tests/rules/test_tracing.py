"""Gifts are followed to the fen: each lot's received is its used, returned and held, always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.tracing import FIFO, NAMED, PRO_RATA, RULES, Move, Traced, trace


def came(*amounts: int) -> list[Move]:
    return [
        Move("received", f"收-{place}", amount, (f"g-{place}",))
        for place, amount in enumerate(amounts, start=1)
    ]


def used(done: Traced) -> list[int]:
    return [lot.used for lot in done.lots()]


def test_first_in_is_spent_first() -> None:
    done = trace([*came(100, 50, 30), Move("spent", "付-1", 120)], FIFO)
    assert used(done) == [100, 20, 0]
    assert done.lot("g-2").uses == (("付-1", 20),)


def test_in_proportion_each_lot_gives_its_share_of_what_is_held_now() -> None:
    done = trace([*came(100, 100, 200), Move("spent", "付-1", 100)], PRO_RATA)
    assert used(done) == [25, 25, 50]


def test_a_spending_of_one_fen_takes_it_from_one_lot() -> None:
    done = trace([*came(1, 1, 1), Move("spent", "付-1", 1)], PRO_RATA)
    assert sum(used(done)) == 1


def test_named_lots_give_first_and_under_the_named_rule_alone() -> None:
    spent = Move("spent", "付-1", 70, ("g-2",))
    assert used(trace([*came(100, 50), spent], FIFO)) == [20, 50]
    done = trace([*came(100, 50), spent], NAMED)
    assert used(done) == [0, 50]
    assert done.untraced == {"付-1": 20}


def test_what_goes_back_to_a_giver_leaves_their_lot_alone() -> None:
    done = trace([*came(100, 50), Move("returned", "付-1", 60, ("g-1",))], FIFO)
    assert (done.lot("g-1").returned, done.lot("g-1").held) == (60, 40)
    assert done.lot("g-2").held == 50


def test_more_than_a_lot_holds_goes_back_from_elsewhere_and_is_said() -> None:
    moves = [*came(100, 50), Move("spent", "付-1", 80), Move("returned", "付-2", 100, ("g-1",))]
    done = trace(moves, FIFO)
    assert done.lot("g-1").returned == 20
    assert done.untraced == {"付-2": 80}


@pytest.mark.parametrize("rule", [FIFO, PRO_RATA])
def test_a_locked_lot_is_left_alone_until_its_day(rule: str) -> None:
    first = Move("received", "收-1", 100, ("g-1",), locked=True)
    other = Move("received", "收-2", 60, ("g-2",))
    moves = [first, other, Move("spent", "付-1", 80)]
    done = trace(moves, rule)
    assert used(done) == [0, 60] and done.untraced == {"付-1": 20}
    later = trace([*moves, Move("unlocked", "g-1", lots=("g-1",)), Move("spent", "付-2", 30)], rule)
    assert used(later) == [30, 60] and later.lot("g-1").uses == (("付-2", 30),)


def test_what_names_a_locked_lot_takes_it_all_the_same() -> None:
    first = Move("received", "收-1", 100, ("g-1",), locked=True)
    done = trace([first, Move("spent", "付-1", 30, ("g-1",))], FIFO)
    assert (used(done), done.untraced) == ([30], {})


def test_a_reversed_spending_gives_every_lot_back_what_it_took() -> None:
    moves = [
        *came(100, 50), Move("spent", "付-1", 120), Move("undone", "付-2", undoes="付-1"),
        Move("spent", "付-3", 10),
    ]  # fmt: skip
    done = trace(moves, FIFO)
    assert used(done) == [10, 0]
    assert done.lot("g-2").uses == (("付-1", 20), ("付-2", -20))


def test_what_the_fund_had_from_elsewhere_is_untraced() -> None:
    done = trace([*came(100), Move("spent", "付-1", 130)], PRO_RATA)
    assert done.untraced == {"付-1": 30}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule"):
        trace([], "lifo")
    with pytest.raises(ValueError, match="came already"):
        trace([*came(1), *came(1)], FIFO)
    with pytest.raises(ValueError, match="took nothing"):
        trace([Move("undone", "付-2", undoes="付-1")], FIFO)
    with pytest.raises(ValueError, match="not negative"):
        Move("spent", "付-1", -1)
    for kind in ("returned", "unlocked"):
        with pytest.raises(ValueError, match="a lot"):
            Move(kind, "付-1", 1)


_AMOUNTS = st.integers(0, 10**6) | st.integers(10**12, 10**13)


@st.composite
def stories(draw: st.DrawFn) -> list[Move]:
    """Anything that may happen to a fund, in any order."""
    moves: list[Move] = []
    lots = 0
    spent: list[str] = []
    for number in range(draw(st.integers(1, 40))):
        kind = draw(
            st.sampled_from(
                ["received", "received", "spent", "spent", "returned", "undone", "unlocked"]
            )
        )
        name = f"v-{number}"
        some = tuple(draw(st.lists(st.integers(1, max(lots, 1)), max_size=3, unique=True)))
        if kind == "received":
            lots += 1
            lot = (f"g-{lots}",)
            moves.append(Move("received", name, draw(_AMOUNTS), lot, locked=draw(st.booleans())))
        elif kind == "spent":
            moves.append(Move("spent", name, draw(_AMOUNTS), tuple(f"g-{one}" for one in some)))
            spent.append(name)
        elif kind == "unlocked" and some:
            moves.append(Move("unlocked", name, 0, tuple(f"g-{one}" for one in some)))
        elif kind == "returned" and lots:
            moves.append(Move("returned", name, draw(_AMOUNTS), (f"g-{some[0] if some else 1}",)))
            spent.append(name)
        elif spent:
            gone = spent.pop(draw(st.integers(0, len(spent) - 1)))
            moves.append(Move("undone", name, undoes=gone))
    return moves


@given(stories(), st.sampled_from(RULES))
def test_nothing_is_lost_and_nothing_invented(moves: list[Move], rule: str) -> None:
    done = trace(moves, rule)
    undone = {move.undoes for move in moves}
    for lot in done.lots():
        assert lot.used == sum(amount for _, amount in lot.uses)
        assert lot.returned == sum(amount for _, amount in lot.returns)
        assert lot.used >= 0 and lot.returned >= 0 and lot.held >= 0
    for move in moves:
        if move.kind in ("spent", "returned") and move.reference not in undone:
            taken = sum(
                amount
                for lot in done.lots()
                for reference, amount in [*lot.uses, *lot.returns]
                if reference == move.reference
            )
            assert taken + done.untraced.get(move.reference, 0) == move.amount
    received = sum(move.amount for move in moves if move.kind == "received")
    assert received == sum(lot.used + lot.returned + lot.held for lot in done.lots())


@given(stories())
def test_only_what_the_rule_of_names_leaves_out_stays_untraced_while_lots_hold(
    moves: list[Move],
) -> None:
    """Under the other rules nothing is untraced while any lot still has something to give."""
    locked: set[str] = set()
    for place, move in enumerate(moves):
        if move.kind == "received" and move.locked:
            locked.update(move.lots)
        elif move.kind == "unlocked":
            locked.difference_update(move.lots)
        if move.kind != "spent":
            continue
        for rule in (FIFO, PRO_RATA):
            done = trace(moves[: place + 1], rule)
            if done.untraced.get(move.reference):
                assert not any(lot.held for lot in done.lots() if lot.name not in locked)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.integers(0, 10**9))
def test_in_proportion_no_share_is_a_fen_off(amounts: list[int], spent: int) -> None:
    done = trace([*came(*amounts), Move("spent", "付-1", spent)], PRO_RATA)
    whole = sum(amounts)
    for lot in done.lots():
        assert abs(lot.used * whole - lot.received * min(spent, whole)) < whole
