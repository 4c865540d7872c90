"""The cost of a shared venue divides by its key, to the fen."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import NotAllowed, Refused
from ledger.money import Money, total, yuan
from ledger.period import Period
from ledger.registry import counterparties, persons
from ledger.venues import registering, sharing
from ledger.venues.dividing import divided, share_of
from tests.conftest import NOW
from tests.house import UNIT, House
from tests.venues.rooms import OPENED, ORGANISATION, Room

MARCH = Period.parse("2026-03")


@st.composite
def keys(draw: st.DrawFn) -> dict[str, Fraction]:
    """Shares that make up the whole."""
    weights = draw(st.lists(st.integers(1, 97), min_size=2, max_size=9))
    return {f"u{place}": Fraction(one, sum(weights)) for place, one in enumerate(weights)}


@given(
    st.integers(1, 10**12),
    st.dictionaries(st.integers(-40, 60), keys(), max_size=4),
    keys(),
    st.sampled_from(["2026-03", "2026", "2026-Q1"]),
)
def test_shares_of_any_cost_add_up_to_the_fen(
    fen: int, later: dict[int, dict[str, Fraction]], first: dict[str, Fraction], months: str
) -> None:
    of = {(date(2025, 12, 1), 1): first}
    for place, (days, key) in enumerate(sorted(later.items()), start=2):
        of[date(2026, 3, 1) + timedelta(days=days), place] = key
    period = Period.parse(months)
    found = divided(of, Money(fen), period)
    assert total(one.amount for one in found) == Money(fen)
    assert sum(one.share for one in found) == 1
    assert all(one.amount.fen >= 0 for one in found)
    # Day by day, the share of each is what the key of that day says.
    every = [period.start + timedelta(days=n) for n in range((period.end - period.start).days)]
    for one in found:
        exact = Fraction(0)
        for day in every:
            held = max(at for at in of if at[0] <= day)
            exact += of[held].get(one.party, Fraction(0))
        assert one.share == exact / len(every)
        assert abs(one.amount.fen - fen * exact / len(every)) < 1


def test_a_key_is_entered_by_one_and_approved_by_another(house: House) -> None:
    room = Room(house, "1-5=09:00-18:00")
    parts = [
        (UNIT, Fraction(1, 2)),
        (ORGANISATION, Fraction(1, 3)),
        ("其他社（示例）", Fraction(1, 6)),
    ]
    sharing.set_key(
        house.registry, UNIT, room.code, parts, OPENED, "共用协议", house.maker, house.now
    )
    with pytest.raises(Refused, match="no-key"):
        sharing.divide(house.registry, UNIT, room.code, yuan("1000"), MARCH, house.reader)
    room.approve(kind="key")
    found = sharing.divide(house.registry, UNIT, room.code, yuan("1000"), MARCH, house.reader)
    assert [one.amount.text for one in found] == ["500.00", "333.33", "166.67"]
    with house.registry.read() as conn:
        named = counterparties.names(conn, UNIT)
    assert [named.get(one.party, one.party) for one in found] == [
        UNIT, ORGANISATION, "其他社（示例）",
    ]  # fmt: skip
    assert found[1].party.startswith("cp-")


def test_a_key_that_changes_in_a_month_divides_by_days(house: House) -> None:
    room = Room(house)
    room.key({UNIT: Fraction(1, 2), ORGANISATION: Fraction(1, 2)})
    room.key({UNIT: Fraction(1, 4), ORGANISATION: Fraction(3, 4)}, date(2026, 3, 11))
    found = sharing.divide(house.registry, UNIT, room.code, yuan("310"), MARCH, house.reader)
    # 10 days at a half, 21 at a quarter: 5 + 5.25 of 31.
    assert [one.amount.text for one in found] == ["102.50", "207.50"]
    january = sharing.divide(
        house.registry, UNIT, room.code, yuan("1"), Period.parse("2026-01"), house.reader
    )
    assert [one.amount.text for one in january] == ["0.50", "0.50"]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(UNIT, Fraction(1))],
        [(UNIT, Fraction(1, 2)), (ORGANISATION, Fraction(1, 3))],
        [(UNIT, Fraction(3, 2)), (ORGANISATION, Fraction(-1, 2))],
        [(UNIT, Fraction(1)), (ORGANISATION, Fraction(0))],
        [(UNIT, Fraction(1, 2)), (UNIT, Fraction(1, 2))],
        [(UNIT, Fraction(1, 2)), ("cp-NOBODY1234", Fraction(1, 2))],
        [(UNIT, Fraction(1, 2)), ("  ", Fraction(1, 2))],
        [(UNIT, Fraction(1, 2)), ("欧阳示例", Fraction(1, 2))],
    ],
)
def test_a_key_that_is_none_is_refused_and_leaves_nothing(
    small_house: House, parts: list[tuple[str, Fraction]]
) -> None:
    room = Room(small_house)
    with small_house.registry.write() as conn:
        persons.add(conn, small_house.registry.vault, persons.PersonData("欧阳示例"), NOW)
    with pytest.raises(Refused):
        sharing.set_key(
            small_house.registry, UNIT, room.code, parts, OPENED, "协议", small_house.maker, NOW
        )
    with small_house.registry.read() as conn:
        assert counterparties.names(conn, UNIT) == {}
    assert room.now().waits == ()


def test_nobody_approves_the_key_that_they_entered(small_house: House) -> None:
    room = Room(small_house)
    with pytest.raises(NotAllowed):
        sharing.set_key(
            small_house.registry, UNIT, room.code, [], OPENED, "x", small_house.reader, NOW
        )
    both = [(UNIT, Fraction(1, 2)), (ORGANISATION, Fraction(1, 2))]
    sharing.set_key(
        small_house.registry, UNIT, room.code, both, OPENED, "x", small_house.maker, NOW
    )
    with pytest.raises(NotAllowed):
        registering.approve(
            small_house.registry, UNIT, room.code, small_house.maker, NOW, kind="key"
        )


@pytest.mark.parametrize(
    ("typed", "share"),
    [("1/3", Fraction(1, 3)), ("25%", Fraction(1, 4)), ("33.5％", Fraction(67, 200)),
     ("1/0", None), ("", None), ("0.5", None), ("-1/2", None), ("1/２", None), ("1e3%", None)],
)  # fmt: skip
def test_a_share_is_typed_as_a_fraction_or_percent(typed: str, share: Fraction | None) -> None:
    assert share_of(typed) == share
