"""Reference codes: found however a bank's form mangles them, and never with a digit wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.reference import find_codes
from ledger.reference import check_digit, make_code

CODE = make_code("HY", 2026, 371)
NUMBERS = st.integers(1, 999_999)


@pytest.mark.parametrize(
    "text",
    [
        "HY2026-0371-7",
        "会费 HY2026-0371-7 张",
        "ＨＹ２０２６－０３７１－７",
        "HY 2026 0371 7",
        "hy20260371-7",
        "HY20260371" + "7",
        "H Y2026—0371—7",
        "三月会费HY2026-0371-7，谢谢",
        "HY2026-0371-7 2026年3月",
        "hy２０２６ －0371 － 7",
    ],
)
def test_a_code_survives_the_forms_of_banks(text: str) -> None:
    assert find_codes(text) == [CODE]


@given(number=NUMBERS, place=st.integers(0, 100), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_found(number: int, place: int, digit: str) -> None:
    code = make_code("HY", 2026, number)
    places = [n for n, char in enumerate(code) if char.isdigit()]
    at = places[place % len(places)]
    if code[at] == digit:
        return
    wrong = code[:at] + digit + code[at + 1 :]
    assert find_codes(wrong) == []


@given(number=NUMBERS)
def test_every_code_that_is_made_is_found_with_and_without_hyphens(number: int) -> None:
    code = make_code("DK", 2026, number)
    assert find_codes(code) == find_codes(code.replace("-", "")) == [code]


@given(text=st.text(alphabet="HYDK2026-0371 58ａＨ会", max_size=30))
def test_whatever_is_found_has_a_check_digit_that_holds(text: str) -> None:
    for code in find_codes(text):
        plain = code.replace("-", "")
        assert check_digit(plain[:-1]) == plain[-1]


def test_the_example_of_the_specification_holds() -> None:
    assert make_code("HY", 2026, 371) == "HY2026-0371-7"


def test_the_check_digit_covers_the_letters_too() -> None:
    """A list's letters before the digits of a member's code are no code."""
    assert find_codes("HY2026-0371-7") == ["HY2026-0371-7"]
    assert find_codes("DK2026-0371-7") == []


def test_several_codes_are_all_found() -> None:
    other = make_code("HY", 2026, 372)
    assert find_codes(f"{CODE} {other} {CODE}") == [CODE, other]


@pytest.mark.parametrize("bad", [("hy", 2026, 1), ("HYX", 2026, 1), ("HY", 26, 1), ("HY", 2026, 0)])
def test_a_code_that_could_not_be_found_again_is_not_made(bad: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="two capitals"):
        make_code(*bad)
