"""Amounts in capitals, as they stand on receipts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.capitals import in_capitals
from ledger.money import Money, yuan


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.00", "壹元整"),
        ("10.00", "壹拾元整"),
        ("66.15", "陆拾陆元壹角伍分"),
        ("100.08", "壹佰元零捌分"),
        ("105.60", "壹佰零伍元陆角整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000.00", "壹拾万元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("10000010.00", "壹仟万零壹拾元整"),
        ("100000000.00", "壹亿元整"),
        ("300020000.01", "叁亿零贰万元零壹分"),
    ],
)
def test_amounts_are_written_as_on_a_cheque(amount: str, capitals: str) -> None:
    assert in_capitals(yuan(amount)) == capitals


@given(st.integers(0, 10**14))
def test_capitals_read_back_to_the_amount(fen: int) -> None:
    assert _read(in_capitals(Money(fen))) == fen


def _read(text: str) -> int:
    """By another way than they are written: units add up from the left."""
    yuan_part, mark, rest = text.partition("元")
    if not mark:
        yuan_part, rest = "", text
    whole = section = digit = 0
    for char in yuan_part:
        if char in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(char)
        elif char in "拾佰仟":
            section += digit * 10 ** ("拾佰仟".index(char) + 1)
            digit = 0
        elif char == "万":
            section, digit = (section + digit) * 10**4, 0
            whole, section = whole + section, 0
        elif char == "亿":
            whole, section, digit = (whole + section + digit) * 10**8, 0, 0
    fen = (whole + section + digit) * 100
    for place, char in enumerate(rest):
        if char in "角分":
            fen += "零壹贰叁肆伍陆柒捌玖".index(rest[place - 1]) * (10 if char == "角" else 1)
    return fen


def test_neither_other_money_nor_less_than_nothing_is_written_so() -> None:
    for amount in (Money(-1), Money(100, "USD")):
        with pytest.raises(ValueError, match="yuan"):
            in_capitals(amount)
