"""Reference codes in the words of a statement, however a bank's form mangles them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ledger.reference import DOCUMENT, check_digit

#: Blanks and hyphens are what banks' forms lose first, so a code is found without them.
_CODE: Final = re.compile(r"(?<![A-Z])([A-Z]{2})([0-9]{4})([0-9]{4,7})([0-9])(?![0-9])")
_WITH_HYPHENS: Final = re.compile(r"(?<![A-Z])([A-Z]{2})([0-9]{4})-([0-9]{4,7})-([0-9])(?![0-9])")
#: What every code begins with, so that most texts cost one look only.
_PERHAPS: Final = re.compile(r"[A-Z]\s*[A-Z][\s\u2010-\u2015\u2212-]*2(?:\s*[0-9]){3}")
#: Texts that no folding gives a Latin letter: most of them, told apart much faster than folded.
_NO_LETTER: Final = re.compile(r"[\x00-@\[-`{-\x7f\u3400-\u9fff，。、：；（）《》“”\u3000]*")
_FOLDED: Final = re.compile(r"[\s\u2010-\u2015\u2212\uff0d]")


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


# ---- numbers of documents ----------------------------------------------------------------------

#: What a word ends with that may stand before a document's number.
_BEFORE: Final = frozenset("付拨款转汇收据按照依见文件号为费金")


def find_documents(text: str) -> list[str]:
    """The documents that a text may name.

    The words of a number may follow others: they begin where the text does, or behind a word by
    which a payment speaks of a document, never in the middle: 青财预 is another office than 财预.

    >>> find_documents("拨付青财预〔2026〕12号")
    ['拨付青财预〔2026〕12号', '付青财预〔2026〕12号', '青财预〔2026〕12号']
    """
    if "号" not in text or "20" not in text:
        return []
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return [
        f"{words[start:]}〔{year}〕{int(number)}号"
        for words, year, number in DOCUMENT.findall(folded)
        for start in range(len(words))
        if start == 0 or words[start - 1] in _BEFORE
    ]
