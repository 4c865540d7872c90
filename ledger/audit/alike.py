"""Which payments belong together, though their payees are not typed alike."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.audit.population import Population


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Letters and figures alone, in one width and case, without a number at the end.

    >>> plain("示例 商行（二店） 2") == plain("示例商行(二店)")
    True
    """
    same = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, same)).rstrip("0123456789")


def by_payee(
    book: Population, rows: Iterable[int], *, named: bool = False
) -> dict[tuple[bool, str], list[int]]:
    """The rows of each payee, in the order of their days and entries.

    A payment without a payee belongs to the payee of those that say the same words as it does;
    where none do, its words, digits apart, stand for the payee, unless only ``named`` ones count.
    """
    numbers, words = book.columns.numbers, book.columns.words
    payees, texts = book.texts("payee"), book.texts("text")
    found: dict[tuple[bool, str], list[int]] = defaultdict(list)
    nameless: dict[str, list[int]] = defaultdict(list)
    called: dict[str, str] = {}
    for row in rows:
        payee = plain(payees[words["payee"][row]])
        said = plain(texts[words["text"][row]])
        if payee:
            found[True, payee].append(row)
            called.setdefault(said, payee)
        else:
            nameless[said].append(row)
    for said, of in nameless.items():
        if said in called:
            found[True, called[said]] += of
        elif not named:
            found[False, said] += of
    for of in found.values():
        of.sort(key=lambda row: (numbers["day"][row], numbers["seq"][row]))
    return found
