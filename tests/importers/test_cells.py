"""Cells as values: what is written as most banks write it is read by a short cut, and no otherwise.

A cell with a tab in front is the same cell, and takes the long way.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importers.cells import folded, parse_moment, value_text
from importers.preamble import has_total_word
from importers.reference import find_codes
from importers.rules import fold
from ledger.reference import make_code

#: What stands in statements, and what is mistaken for it.
CELLS = st.one_of(
    st.text(max_size=20),
    st.text("0123456789-/:. 年月日T会费合计余额n/aNULL`'=\"\u3000\u200b\ufeffＡａ¥", max_size=24),
    st.from_regex(
        r"(19|20)[0-9]{2}[-/.][0-9]{2}[-/.][0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?", fullmatch=True
    ),
)  # fmt: skip


@given(CELLS)
@example("2026-03-05 24:00:00")
@example("2026-02-30")
@example("0  1")
@example("收入 支出")
@example("1\x1c2")
def test_a_short_cut_leads_where_the_long_way_does(cell: str) -> None:
    assert value_text(cell) == value_text("\t" + cell)
    assert folded(cell) == folded("\t" + cell)
    assert parse_moment(cell) == parse_moment("\t" + cell)
    assert fold(cell) == fold(cell + "\u3000")
    assert has_total_word([cell]) == has_total_word([cell + "\t"])


@given(
    st.text(max_size=8), st.sampled_from(["HY", "DK", "ZZ"]), st.integers(1, 9999),
    st.text(max_size=8), st.sampled_from(["", " ", "\u3000", "-"]),
)  # fmt: skip
def test_a_code_is_found_wherever_any_letter_stands(
    before: str, prefix: str, number: int, after: str, gap: str
) -> None:
    text = f"{before}{make_code(prefix, 2026, number).replace('-', gap)}{after}"
    # An accented letter is none of a code, and keeps the look for letters from answering first.
    assert find_codes(text) == find_codes(text + " \u00e9")


@pytest.mark.parametrize("cell", ["ＨＹ２０２６０３７１７", "hy2026-0371-7", "交ｈｙ2026 0371 7费"])
def test_full_width_and_small_letters_are_letters(cell: str) -> None:
    assert find_codes(cell) == ["HY2026-0371-7"]
