"""What stands behind a label's square code, and what is typed in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.assets.labels import LONGEST, Label, label_text, parse_label, typed_code
from ledger.registry.assets import PREFIX

UNITS = st.from_regex(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", fullmatch=True)
CODES = st.from_regex(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", fullmatch=True)


@given(UNITS, CODES)
def test_a_label_is_read_back_as_it_was_written(unit: str, code: str) -> None:
    assert parse_label(label_text(unit, code)) == Label(unit, code)
    assert len(label_text(unit, code)) <= LONGEST


@given(st.text(max_size=200))
def test_any_other_text_is_no_label(text: str) -> None:
    if not text.strip().startswith("mingbai:asset:"):
        assert parse_label(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "mingbai:asset:gong", "mingbai:asset:gong:", "mingbai:asset::FA-00012",
        "mingbai:asset:../x:FA-00012", "mingbai:asset:gong:FA-00012:x", "mingbai:asset:gong:fa 1",
        "mingbai:asset:gong:" + "A" * 200,
    ],
)  # fmt: skip
def test_a_label_that_is_not_whole_is_none(text: str) -> None:
    assert parse_label(text) is None


@pytest.mark.parametrize(("unit", "code"), [("", "FA-1"), ("Gong", "FA-1"), ("gong", "a b")])
def test_nothing_else_becomes_a_label(unit: str, code: str) -> None:
    with pytest.raises(ValueError, match="no label"):
        label_text(unit, code)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_the_number_alone_is_typed(number: int) -> None:
    code = f"{PREFIX}{number:05d}"
    assert typed_code(str(number)) == typed_code(code.lower()) == typed_code(f" {code} ") == code


@given(st.text(max_size=150))
def test_what_can_be_no_code_is_empty(text: str) -> None:
    found = typed_code(text)
    assert found == "" or typed_code(found) == found


def test_a_number_that_is_too_long_is_no_asset() -> None:
    assert typed_code("1" * 10) == typed_code("FA-" + "1" * 30) == ""
