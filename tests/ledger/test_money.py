"""Money is exact, knows its currency, and is never lost when it is divided."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import Money, fen_text, round_yuan, total, yuan

fen = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("3001", 300100), ("1,234.5", 123450), ("-0.05", -5), ("+7.10", 710)],
)
def test_an_amount_is_read_to_the_fen(text: str, expected: int) -> None:
    assert yuan(text) == Money(expected)


@pytest.mark.parametrize(
    "text",
    ["", "1.234", "1e3", "12,34", "0x10", "1 000", "NaN", "１", "1.", ".5", "--1", "9" * 41],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        yuan(text)


@pytest.mark.parametrize("value", [1.5, True, None, b"1"])
def test_floats_and_strangers_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        yuan(value)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e40")])
def test_decimals_that_are_no_money_are_refused(value: Decimal) -> None:
    with pytest.raises(ValueError):
        yuan(value)


def test_amounts_beyond_all_money_are_refused() -> None:
    with pytest.raises(ValueError, match="beyond"):
        Money(10**18)


@pytest.mark.parametrize("currency", ["", "cny", "C", "元", "CNY EUR"])
def test_a_currency_is_a_code(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(1, currency)


def test_currencies_do_not_mix() -> None:
    for operation in (
        lambda: Money(1) + Money(1, "USD"),
        lambda: Money(1) - Money(1, "USD"),
        lambda: Money(1) < Money(1, "USD"),
        lambda: total([Money(1), Money(1, "USD")]),
    ):
        with pytest.raises(ValueError, match="do not add"):
            operation()


@given(fen)
def test_text_and_amount_say_the_same(number: int) -> None:
    assert yuan(fen_text(number)) == Money(number)
    assert yuan(Money(number).grouped) == Money(number)
    assert yuan(Money(number).decimal) == Money(number)


@given(fen, st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_shares_add_up_and_none_is_off_by_a_fen(number: int, weights: list[int]) -> None:
    shares = Money(number).split(weights)
    assert total(shares) == Money(number)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.fen - Fraction(number) * weight / sum(weights)) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_shares_need_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(1).split(weights)


def test_the_fen_left_over_go_to_the_largest_remainders_then_to_the_first() -> None:
    assert [m.fen for m in Money(100).split([1, 1, 1])] == [34, 33, 33]
    assert [m.fen for m in Money(-100).split([1, 1, 1])] == [-34, -33, -33]
    assert [m.fen for m in Money(10).split([1, 2, 4])] == [1, 3, 6]


@pytest.mark.parametrize(("exact", "rounded"), [("0.005", 1), ("0.0049", 0), ("-0.005", -1)])
def test_rounding_is_half_up(exact: str, rounded: int) -> None:
    assert round_yuan(Decimal(exact)).fen == rounded
    assert round_yuan(Fraction(exact)).fen == rounded
    assert Money(100).times(Fraction(exact)).fen == rounded
