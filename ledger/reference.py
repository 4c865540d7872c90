"""Reference codes such as ``HY2026-0371-7``: what a payer writes so that money finds its claim.

Two letters say what is paid (``HY`` a member's dues, ``DK`` a payroll list), four digits the year,
four or more the number, and the last one is a check digit by ISO/IEC 7064 MOD 11,10 over all that
stands before it, letters as numbers from A=10 to Z=35. It finds every single wrong digit, nearly
every exchange of two neighbours, and most codes whose letters were mistyped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: A unit with a hundred thousand members enters more than a million claims in a year.
MOST: Final = 9_999_999
_PREFIX: Final = re.compile(r"[A-Z]{2}")
_DIGITS: Final = {char: str(int(char, 36)) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


#: What is carried on after a digit, by what was carried before it.
_NEXT: Final = tuple(
    {str(digit): ((carry + digit) % 10 or 10) * 2 % 11 for digit in range(10)}
    for carry in range(11)
)


def make_code(prefix: str, year: int, number: int) -> str:
    """The code of the ``number``-th claim of a kind in a year.

    >>> make_code("HY", 2026, 371)
    'HY2026-0371-7'
    """
    return make_codes(prefix, year, number, 1)[0]


def make_codes(prefix: str, year: int, first: int, count: int) -> list[str]:
    """The codes of ``count`` claims from the ``first``-th on."""
    last = first + count - 1
    if not _PREFIX.fullmatch(prefix) or not 2000 <= year <= 2999 or first < 1 or last > MOST:
        raise ValueError("a code is two capitals, a year, and a number up to 9,999,999")
    begins = f"{prefix}{year:04d}"
    carried = _carried_by(begins)
    codes = []
    for number in range(first, last + 1):
        digits = f"{number:04d}"
        carry = carried
        for char in digits:
            carry = _NEXT[carry][char]
        codes.append(f"{begins}-{digits}-{(11 - carry) % 10}")
    return codes


def check_digit(text: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit of capitals and digits.

    A letter counts as the two digits of its number, A=10 to Z=35: ``HY`` is fed as 1, 7, 3, 4.

    >>> check_digit("HY20260371")
    '7'
    """
    return str((11 - _carried_by(text)) % 10)


@lru_cache(maxsize=256)
def _carried_by(text: str) -> int:
    """What is carried after these characters; a unit's codes of a year begin alike."""
    carry = 10
    for char in text:
        for digit in _DIGITS[char]:
            carry = _NEXT[carry][digit]
    return carry


# ---- numbers of documents ----------------------------------------------------------------------

DOCUMENT: Final = re.compile(
    r"([\u3400-\u9fff]{1,16})[〔\[(【]\s*(20[0-9]{2})\s*[〕\])】]\s*第?\s*([0-9]{1,5})\s*号"
)


def document_number(text: str) -> str:
    """A document's number in its one spelling; empty if ``text`` is none.

    >>> document_number("青财预[2026]第 12 号")
    '青财预〔2026〕12号'
    """
    found = DOCUMENT.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    return "" if found is None else f"{found[1]}〔{found[2]}〕{int(found[3])}号"
