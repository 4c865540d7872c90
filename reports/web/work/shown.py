"""Values as the desk's pages show them."""

from __future__ import annotations

import re
from typing import Final

from ledger.errors import Words
from ledger.money import Money

_BOTH: Final = re.compile(r"(.*?[一-鿿）。」]) ([a-z].*)", re.DOTALL)


def fen(amount: int | None) -> str:
    """Whole fen as grouped yuan; a dash where nothing is known."""
    return "—" if amount is None else Money(amount).grouped


def words(text: str) -> Words:
    """A text that says the same in Chinese and then in English, as its two parts.

    >>> words("资金未填 the fund is empty")
    Words(zh='资金未填', en='the fund is empty')
    """
    found = _BOTH.fullmatch(text)
    return Words(found[1], found[2]) if found else Words(text, "")
