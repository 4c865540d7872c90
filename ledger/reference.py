"""Reference codes such as ``HY2026-0371-7``: what a payer writes so that money finds its claim.

Two letters say what is paid (``HY`` a member's dues, ``DK`` a payroll list), four digits the year,
four or more the number, and the last one is a check digit by ISO/IEC 7064 MOD 11,10 over all that
stands before it, letters as numbers from A=10 to Z=35. It finds every single wrong digit, nearly
every exchange of two neighbours, and most codes whose letters were mistyped.
"""

from __future__ import annotations

import re
from typing import Final

#: A unit with a hundred thousand members enters more than a million claims in a year.
MOST: Final = 9_999_999
_PREFIX: Final = re.compile(r"[A-Z]{2}")
_DIGITS: Final = {
    char: tuple(map(int, str(int(char, 36)))) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}


def make_code(prefix: str, year: int, number: int) -> str:
    """The code of the ``number``-th claim of a kind in a year.

    >>> make_code("HY", 2026, 371)
    'HY2026-0371-7'
    """
    if not _PREFIX.fullmatch(prefix) or not 2000 <= year <= 2999 or not 0 < number <= MOST:
        raise ValueError("a code is two capitals, a year, and a number up to 9,999,999")
    check = check_digit(f"{prefix}{year:04d}{number:04d}")
    return f"{prefix}{year:04d}-{number:04d}-{check}"


def check_digit(text: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit of capitals and digits.

    A letter counts as the two digits of its number, A=10 to Z=35: ``HY`` is fed as 1, 7, 3, 4.

    >>> check_digit("HY20260371")
    '7'
    """
    carry = 10
    for char in text:
        for digit in _DIGITS[char]:
            carry = ((carry + digit) % 10 or 10) * 2 % 11
    return str((11 - carry) % 10)
