"""Reference codes such as ``HY2026-0371-7``: what a payer writes so that money finds its claim.

Two letters say what is paid (``HY`` a member's dues, ``DK`` a payroll list), four digits the year,
four or more the number, and the last one is a check digit by ISO/IEC 7064 MOD 11,10 over all that
stands before it, letters as numbers from A=10 to Z=35. It finds every single wrong digit, nearly
every exchange of two neighbours, and most codes whose letters were mistyped.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Blanks and hyphens are what banks' forms lose first, so a code is found without them.
_CODE: Final = re.compile(r"(?<![A-Z])([A-Z]{2})([0-9]{4})([0-9]{4,6})([0-9])(?![0-9])")
_WITH_HYPHENS: Final = re.compile(r"(?<![A-Z])([A-Z]{2})([0-9]{4})-([0-9]{4,6})-([0-9])(?![0-9])")
#: What every code begins with, so that most texts cost one look only.
_PERHAPS: Final = re.compile(r"[A-Z]\s*[A-Z][\s\u2010-\u2015\u2212-]*2(?:\s*[0-9]){3}")
#: Texts that no folding gives a Latin letter: most of them, told apart much faster than folded.
_NO_LETTER: Final = re.compile(r"[\x00-@\[-`{-\x7f\u3400-\u9fff，。、：；（）《》“”\u3000]*")
_FOLDED: Final = re.compile(r"[\s\u2010-\u2015\u2212\uff0d]")


def make_code(prefix: str, year: int, number: int) -> str:
    """The code of the ``number``-th claim of a kind in a year.

    >>> make_code("HY", 2026, 371)
    'HY2026-0371-7'
    """
    if not re.fullmatch(r"[A-Z]{2}", prefix) or not 2000 <= year <= 2999 or not 0 < number < 10**6:
        raise ValueError("a code is two capitals, a year, and a number up to 999,999")
    check = check_digit(f"{prefix}{year:04d}{number:04d}")
    return f"{prefix}{year:04d}-{number:04d}-{check}"


def check_digit(text: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit of capitals and digits.

    A letter counts as the two digits of its number, A=10 to Z=35: ``HY`` is fed as 1, 7, 3, 4.

    >>> check_digit("HY20260371")
    '7'
    """
    carry = 10
    for digit in "".join(str(int(char, 36)) for char in text):
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def find_codes(text: str) -> list[str]:
    """Every code in ``text`` whose check digit holds, each once, in order.

    Full-width letters, missing hyphens and blanks inside a code do not matter.
    """
    if _NO_LETTER.fullmatch(text):
        return []
    folded = unicodedata.normalize("NFKC", text).upper()
    if not _PERHAPS.search(folded):
        return []
    hyphens = re.sub(r"[\u2010-\u2015\u2212]", "-", folded)
    found = list(_WITH_HYPHENS.finditer(re.sub(r"\s", "", hyphens)))
    found += list(_WITH_HYPHENS.finditer(hyphens))
    found += list(_CODE.finditer(_FOLDED.sub("", folded).replace("-", "")))
    found += list(_CODE.finditer(re.sub(r"[-]", "", hyphens)))
    codes = []
    for part in found:
        prefix, year, number, check = part.groups()
        if check_digit(prefix + year + number) == check:
            codes.append(f"{prefix}{year}-{number}-{check}")
    return list(dict.fromkeys(codes))
