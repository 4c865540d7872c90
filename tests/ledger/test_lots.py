"""Things at cost: one asset is disposed of once, and Beancount never objects to what was posted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from beancount import loader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import book, reversing
from ledger.checking import check_unit
from ledger.cli.bench.books import ACCOUNTS, UNIT, BookWriter
from ledger.entry import Draft, Lot, Posting
from ledger.errors import Refused
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.lots import lot_faults, lot_moves
from ledger.money import yuan
from ledger.registry import entries
from tests.house import BANK, House
from tests.house import UNIT as TINY
from tests.ledger.books import MACHINES, OPENED

THINGS = "Assets:141-库存物品:02-设备"


def move(
    day: date, units: str, cost: str = "100.00", thing: str = "FA-1", label: str | None = None
) -> Draft:
    """A purchase or, with negative units, a disposal."""
    lot = Lot(Decimal(units), thing, yuan(cost), label)
    return Draft(
        UNIT,
        day,
        "转",
        "设备",
        (
            Posting(MACHINES.name, lot.weight, "F01", (), lot),
            Posting(ACCOUNTS[1].name, -lot.weight, "F01"),
        ),
    )


def rules(*drafts: Draft) -> list[str]:
    return [fault.rule for _, fault in lot_faults(m for d in drafts for m in lot_moves(d))]


FIRST, SECOND, THIRD = date(2025, 2, 1), date(2025, 2, 2), date(2025, 2, 3)


def test_an_asset_is_disposed_of_once() -> None:
    assert rules(move(FIRST, "1"), move(SECOND, "-1")) == []
    assert rules(move(FIRST, "1"), move(SECOND, "-1"), move(THIRD, "-1")) == ["lot-not-held"]


@pytest.mark.parametrize(
    ("drafts", "rule"),
    [
        ([move(FIRST, "-1")], "lot-not-held"),
        ([move(SECOND, "1"), move(FIRST, "-1")], "lot-not-held"),
        ([move(FIRST, "1"), move(SECOND, "-2")], "lot-not-held"),
        ([move(FIRST, "1"), move(SECOND, "-1", "90.00")], "lot-not-held"),
        ([move(FIRST, "1", label="a"), move(SECOND, "-1", label="b")], "lot-not-held"),
        ([move(FIRST, "1"), move(SECOND, "1"), move(THIRD, "-1")], "lot-ambiguous"),
        (
            [move(FIRST, "1", label="a"), move(FIRST, "1", label="b"), move(SECOND, "-1")],
            "lot-ambiguous",
        ),
    ],
)
def test_what_is_not_there_or_not_named_does_not_go(drafts: list[Draft], rule: str) -> None:
    assert rules(*drafts) == [rule]


def test_what_is_taken_whole_needs_no_name() -> None:
    assert rules(move(FIRST, "1"), move(SECOND, "2"), move(THIRD, "-3")) == []
    assert rules(move(FIRST, "1", label="a"), move(SECOND, "-1")) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["1", "2", "-1", "-2", "0.5", "-0.5"]),
            st.sampled_from(["100.00", "90.00"]),
            st.sampled_from(["FA-1", "FA-2"]),
            st.sampled_from([None, "a"]),
        ),
        max_size=8,
    )
)
def test_beancount_takes_every_book_that_we_take(
    tmp_path_factory: pytest.TempPathFactory,
    moves: list[tuple[int, str, str, str, str | None]],
) -> None:
    folder = tmp_path_factory.mktemp("book")
    writer = BookWriter(folder, UNIT, OPENED)
    writer.found((*ACCOUNTS, MACHINES))
    taken: list[Draft] = []
    for days, units, cost, thing, label in moves:
        draft = move(FIRST + timedelta(days=days), units, cost, thing, label)
        if not rules(*taken, draft):
            taken.append(draft)
            writer.post(draft)
    _, errors, _ = loader.load_file(str(writer.save() / "book.bean"))
    assert [error.message for error in errors] == []


def test_the_posting_path_refuses_a_second_disposal(house: House) -> None:
    with open_pen(house.registry, TINY, house.now) as pen:
        row = entries.AccountRow(THINGS, "Equipment", "", False, date(2026, 1, 1), None)
        open_accounts(pen, [row])

    def draft(units: str, day: date) -> Draft:
        lot = Lot(Decimal(units), "FA-00001", yuan("100.00"))
        lines = (Posting(THINGS, lot.weight, "F01", (), lot), Posting(BANK, -lot.weight, "F01"))
        return Draft(TINY, day, "转", "投影仪", lines)

    bought = house.post(draft("1", date(2026, 3, 3)))
    with pytest.raises(Refused, match="lot-not-held"):
        house.post(draft("-1", date(2026, 3, 2)))
    house.post(draft("-1", date(2026, 3, 4)))
    with pytest.raises(Refused, match="lot-not-held"):
        house.post(draft("-1", date(2026, 3, 5)))
    # Reversing the purchase would take the thing away that was disposed of.
    with pytest.raises(Refused, match="lot-not-held"):
        reversing.reverse(
            house.registry, TINY, bought.number, house.maker, house.now,
            day=date(2026, 3, 5), reason="退货",
        )  # fmt: skip
    assert check_unit(house.registry, TINY) == []


def test_bean_check_finds_a_second_disposal_by_our_plugin(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    writer = BookWriter(tmp_path_factory.mktemp("book"), UNIT, OPENED)
    writer.found((*ACCOUNTS, MACHINES))
    for draft in (move(FIRST, "1"), move(SECOND, "-1"), move(THIRD, "-1")):
        writer.post(draft)
    (fault,) = book.check_in_child(writer.save())
    assert "lot-not-held" in fault.what.en
