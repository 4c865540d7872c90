"""What a person types for an account: its name, its code, its Chinese label, or pinyin initials.

Pinyin has its one door here, for names as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ledger.account import account_code, account_label


def resolve_account(text: str, known: Iterable[str]) -> str:
    """The one account that ``text`` means; ValueError if none fits, or several do.

    A full name goes before a code, a code before a label, a label before initials.

    >>> resolve_account("10201", ["Assets:102-银行存款:01-基本户"])
    'Assets:102-银行存款:01-基本户'
    """
    names = list(known)
    word = text.strip()
    # A list of suggestions writes the code in front of the label.
    first = word.split(" ", 1)[0]
    for fits in (
        lambda name: name == word,
        lambda name: account_code(name) == first,
        lambda name: account_label(name) == word,
        lambda name: initials(account_label(name)) == word.lower(),
    ):
        found = [name for name in names if word and fits(name)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise ValueError(f"没有这一科目 no such account: {text[:60]}")


@lru_cache(maxsize=4096)
def initials(label: str) -> str:
    """The pinyin initials of a Chinese text, small; Latin letters and digits stay.

    >>> initials("银行存款")
    'yhck'
    """
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(label, style=Style.FIRST_LETTER, errors="default")
    return "".join(char for part in letters for char in part.lower() if char.isalnum())


@lru_cache(maxsize=16384)
def spelling(name: str) -> str:
    """A name in pinyin without tones, small and in one; Latin letters stay.

    >>> spelling("欧阳示例") == spelling("Ouyang Shili")
    True
    """
    from pypinyin import lazy_pinyin

    parts = lazy_pinyin(name, errors="default")
    return "".join(char for part in parts for char in part.lower() if char.isalnum())
