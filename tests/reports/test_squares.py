"""Square codes: the marks by which a reader finds them, and what they cannot hold.

That readers read back what was written was tried with one (ZXing); none is needed to build.
"""

from __future__ import annotations

import pytest

from reports.pdf.squares import modules

#: Source: ISO/IEC 18004, 6.3.3: the pattern in three corners.
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def rows(text: str) -> list[str]:
    return ["".join("01"[dark] for dark in row) for row in modules(text)]


@pytest.mark.parametrize("length", [1, 100, 310, 900, 2000])
def test_a_code_has_its_three_corners_and_its_timing_lines(length: int) -> None:
    found = rows("MB1|" + "x" * length)
    size = len(found)
    assert size % 4 == 1
    assert all(len(row) == size for row in found)
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert tuple(row[left : left + 7] for row in found[top : top + 7]) == FINDER
    between = range(8, size - 8)
    assert [found[6][at] for at in between] == ["10"[at % 2] for at in between]
    assert [found[at][6] for at in between] == ["10"[at % 2] for at in between]


def test_the_format_says_the_level_of_correction_twice_alike() -> None:
    """Fifteen bits with a code of their own; the first two are 00 for level M, masked 10."""
    found = rows("MB1|proof")
    size = len(found)
    beside = [found[8][at] for at in (0, 1, 2, 3, 4, 5, 7, 8)]
    below = [found[size - 1 - at][8] for at in range(7)]
    assert beside[:7] == below
    assert beside[:2] == ["1", "0"]


@pytest.mark.parametrize("text", ["收据", "é", "x" * 4000])
def test_what_readers_would_read_differently_or_nobody_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="square code"):
        modules(text)
