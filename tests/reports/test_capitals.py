"""Amounts in Chinese capitals, as the rule for receipts and cheques gives them."""

from __future__ import annotations

import pytest

from reports.capitals import capitals


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (1, "壹分"), (10, "壹角整"), (100, "壹元整"), (101, "壹元零壹分"),
        (1_409_50, "壹仟肆佰零玖元伍角整"), (6_007_14, "陆仟零柒元壹角肆分"),
        (1_680_32, "壹仟陆佰捌拾元叁角贰分"), (107_000_53, "壹拾万零柒仟元伍角叁分"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"), (325_04, "叁佰贰拾伍元零肆分"),
        (100_005_00, "壹拾万零伍元整"), (100_000_001_00, "壹亿零壹元整"),
        (10**12, "壹佰亿元整"), (-30_01, "负叁拾元零壹分"),
    ],
)  # fmt: skip
def test_an_amount_in_capitals(fen: int, words: str) -> None:
    assert capitals(fen) == words


def test_amounts_beyond_all_reason_have_no_capitals() -> None:
    with pytest.raises(ValueError, match="end below"):
        capitals(10**18)
